use std::fs::File;
use std::path::{Path, PathBuf};

use nix::sys::termios::{SetArg, Termios, tcgetattr, tcgetsid, tcsetattr};

use crate::os::job::{CONTROLLING_TERMINAL, in_foreground};
use crate::prompt::signals::Blocked;
use crate::prompt::terminal::open_device;

/// A terminal that another program may change. Drop it after that program has ended: that restores the modes.
pub(crate) struct TerminalGuard {
    pub(crate) path: PathBuf,
    device: File,
    before: Termios,
}

impl TerminalGuard {
    /// The preferred terminal, otherwise the controlling one. Without a terminal `tty` prints "not a tty", which users
    /// export.
    pub(crate) fn open(preferred: Option<&Path>) -> Option<Self> {
        let guard = preferred.and_then(Self::open_path).or_else(|| Self::open_path(Path::new(CONTROLLING_TERMINAL)))?;
        guard.is_available().then_some(guard)
    }

    fn open_path(path: &Path) -> Option<Self> {
        if !path.is_absolute() {
            return None;
        }
        let device = open_device(path).ok()?;
        let before = tcgetattr(&device).ok()?;
        Some(Self { path: path.to_owned(), device, before })
    }

    /// Another session's terminal shows no foreground job and does not stop us.
    fn is_available(&self) -> bool {
        tcgetsid(&self.device).is_err() || in_foreground(&self.device)
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        // Another foreground job has set the modes that it needs.
        if self.is_available() {
            let _blocked = Blocked::new();
            let _ = tcsetattr(&self.device, SetArg::TCSANOW, &self.before);
        }
    }
}
