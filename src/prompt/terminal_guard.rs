//! The terminal while another program asks on it: which one to name to it, and how it was before.

use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetsid, tcsetattr};

use crate::prompt::signals::Blocked;
use crate::prompt::terminal::{CONTROLLING, in_foreground, open_device};

/// A terminal that another program may change. Dropping it puts it back; that program must have ended by then.
pub(crate) struct TerminalGuard {
    /// What to call it.
    pub(crate) path: PathBuf,
    device: File,
    before: Termios,
}

impl TerminalGuard {
    /// The terminal that the user prefers, else the controlling one. `tty` prints no path where there is none, and people
    /// export that: then it is as if nothing were preferred.
    pub(crate) fn take(preferred: Option<&Path>) -> Option<Self> {
        let lent = preferred.and_then(Self::open).or_else(|| Self::open(Path::new(CONTROLLING)))?;
        lent.is_free().then_some(lent)
    }

    fn open(path: &Path) -> Option<Self> {
        // A plain file or a device of another kind has no modes, and some wait or act when they are opened.
        if !path.is_absolute() {
            return None;
        }
        let device = open_device(path).ok()?;
        let before = tcgetattr(&device).ok()?;
        Some(Self { path: path.to_owned(), device, before })
    }

    /// Of a terminal that is not ours nobody can tell which job it listens to, nor does it stop us.
    fn is_free(&self) -> bool {
        tcgetsid(&self.device).is_err() || in_foreground(&self.device)
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        // Once it listens to another job it is as that job wants it.
        if self.is_free() {
            let _blocked = Blocked::new();
            let _ = tcsetattr(&self.device, OptionalActions::Now, &self.before);
        }
    }
}
