//! The names of a process and of its ancestors. Never their arguments, which may contain secrets.

/// npm, npx, a shell and a task runner may run between a tool and this process.
pub const MAX_DEPTH: usize = 16;

#[cfg(unix)]
pub fn parent() -> Option<u32> {
    let parent = rustix::process::getppid()?;
    u32::try_from(parent.as_raw_nonzero().get()).ok()
}

/// std has no call for it.
#[cfg(not(unix))]
pub fn parent() -> Option<u32> {
    None
}

/// From `pid` upward. Ends early if the system hides a process.
#[cfg(target_os = "linux")]
pub fn names(pid: u32, limit: usize) -> Vec<String> {
    use super::process_tree::parent_of;

    let mut next = i32::try_from(pid).ok();
    let mut found = Vec::new();
    while let Some(pid) = next.filter(|pid| *pid > 0 && found.len() < limit) {
        let Some(name) = name(pid) else { break };
        found.push(name);
        next = parent_of(pid);
    }
    found
}

/// The name of the executable, because a process can set its other name: npm puts its arguments there. For a process of
/// another user only the other name is readable, and its first word is not an argument.
#[cfg(target_os = "linux")]
fn name(pid: i32) -> Option<String> {
    if let Ok(path) = std::fs::read_link(format!("/proc/{pid}/exe")) {
        let name = path.file_name()?.to_string_lossy();
        return Some(name.strip_suffix(" (deleted)").unwrap_or(&name).to_owned());
    }
    let comm = std::fs::read(format!("/proc/{pid}/comm")).ok()?;
    String::from_utf8_lossy(&comm).split_whitespace().next().map(str::to_owned)
}

/// `ucomm` is the name of the executable, and has no arguments (ps(1)).
#[cfg(all(unix, not(target_os = "linux")))]
pub fn names(pid: u32, limit: usize) -> Vec<String> {
    let listed = std::process::Command::new("/bin/ps").args(["-A", "-o", "pid=,ppid=,ucomm="]).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    up_the_tree(&String::from_utf8_lossy(&listed), pid, limit)
}

#[cfg(any(test, all(unix, not(target_os = "linux"))))]
fn up_the_tree(listed: &str, pid: u32, limit: usize) -> Vec<String> {
    let row = |line: &str| {
        let (pid, rest) = line.trim_start().split_once(char::is_whitespace)?;
        let (parent, name) = rest.trim_start().split_once(char::is_whitespace)?;
        Some((pid.parse::<u32>().ok()?, (parent.parse::<u32>().ok()?, name.trim().to_owned())))
    };
    let mut all: std::collections::BTreeMap<_, _> = listed.lines().filter_map(row).collect();
    let (mut next, mut found) = (pid, Vec::new());
    while found.len() < limit
        && let Some((parent, name)) = all.remove(&next)
    {
        found.push(name);
        next = parent;
    }
    found
}

#[cfg(not(unix))]
pub fn names(_pid: u32, _limit: usize) -> Vec<String> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn names_start_with_the_process_and_are_limited() {
        let own = std::env::current_exe().unwrap();
        let own = own.file_name().unwrap().to_str().unwrap().to_owned();
        let all = names(std::process::id(), MAX_DEPTH);
        // ps(1) of some systems cuts names.
        assert!(all.len() > 1 && own.starts_with(&all[0][..all[0].len().min(15)]), "{all:?}");
        assert_eq!(names(parent().unwrap(), 1), all[1..2]);
        assert!(names(u32::MAX, MAX_DEPTH).is_empty());
    }

    #[test]
    fn listed_processes_are_followed_upward() {
        let listed = "    1     0 launchd\n  400     1 Google Chrome He\n 70000   400 node\nx\n 5 5 loop\n";
        for (pid, limit, expected) in [
            (70000, 16, &["node", "Google Chrome He", "launchd"][..]),
            (70000, 1, &["node"]),
            (5, 16, &["loop"]),
            (6, 16, &[]),
        ] {
            assert_eq!(up_the_tree(listed, pid, limit), expected, "{pid}");
        }
    }
}
