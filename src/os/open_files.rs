use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Enough for any number of clients that is useful. macOS rejects a higher limit than this.
const ENOUGH: u64 = 10_240;

/// Raises the limit of open files as far as the system allows. Returns the limit.
pub fn raise_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current.unwrap_or(ENOUGH);
    let wanted = maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if wanted <= current || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_err() {
        return current;
    }
    wanted
}
