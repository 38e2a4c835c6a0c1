use std::io::{IsTerminal, stderr};
use std::time::Duration;

use crate::cache::store::Store;
use crate::core::clock::Clock;
use crate::core::digest::sha256_hex;
use crate::os::ancestors;
use crate::os::env::Env;
use crate::os::lock::Attempt;
use crate::os::paths::{Overrides, Paths};
use crate::prompt::print_over_spinner;
use crate::tools::amplify_process::is_amplify;

use super::failure::Failure;

const NOTE: &str = "terminal-copy.note";
const LOCK_WAIT: Duration = Duration::from_secs(1);
/// In seconds. `ampx sandbox` runs for hours, and the same error can come again.
const SAME_RUN: i64 = 60;

/// The Amplify CLI drops our stderr and reports "Region is missing" (observed in 14.2.2), so the user sees the error
/// only on the terminal. Other tools relay our stderr and would show the error twice. If several processes share a
/// failure, only one prints it.
pub fn print_below_amplify(failure: &Failure) {
    if failure.is_shared || stderr().is_terminal() {
        return;
    }
    let amplify = ancestors::command_lines().into_iter().find(|(_, command_line)| is_amplify(command_line));
    if let Some((pid, _)) = amplify
        && is_new(pid, &failure.text())
    {
        print_over_spinner(&failure.text());
    }
}

/// The Amplify CLI calls this program several times in one run (observed in 14.2.2). Where no note can be written, each
/// call prints its error.
fn is_new(amplify: i32, text: &str) -> bool {
    let Ok(paths) = Paths::find(&Env::process(), &Overrides::default()) else { return true };
    let store = Store::new(&paths.cache_dir);
    if !store.is_ours() {
        return true;
    }
    let Attempt::Held(lock) = store.locks().lock_within("terminal-copy", LOCK_WAIT) else { return true };
    let (notes, hash, now) = (store.notes(), sha256_hex(text), Clock::System.now().0);
    let is_new = notes
        .get::<(i32, String, i64)>(NOTE)
        .is_none_or(|(pid, printed, at)| pid != amplify || printed != hash || !(at..at + SAME_RUN).contains(&now));
    if is_new {
        notes.put(NOTE, &(amplify, hash, now), &lock);
    }
    is_new
}
