use std::io::{IsTerminal, stderr};
use std::time::Duration;

use crate::cache::store::Store;
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
    let (notes, printed) = (store.notes(), (amplify, sha256_hex(text)));
    let is_new = notes.get::<(i32, String)>(NOTE).as_ref() != Some(&printed);
    if is_new {
        notes.put(NOTE, &printed, &lock);
    }
    is_new
}
