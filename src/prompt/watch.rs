//! Owns what ends a question that nobody has answered: the deadline, a signal, the end of whoever started us.
//!
//! Refuses to know how the question is asked.

use std::thread::sleep;
use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::process::{Pid, getppid};
#[cfg(unix)]
use signal_hook::consts::{SIGINT, SIGTSTP};

#[cfg(windows)]
use crate::ctrl_c::Kept;

#[cfg(unix)]
use super::signals::Kept;
use super::{DEADLINE_SECONDS, PromptError};

/// How often a wait is left to look around.
pub(super) const LOOK_AROUND: Duration = Duration::from_millis(200);

/// One question's watch. Signals are kept for it until it is dropped.
pub(super) struct Watch {
    deadline: Instant,
    #[cfg(unix)]
    signals: Kept,
    #[cfg(unix)]
    parent: Option<Pid>,
    #[cfg(windows)]
    ctrl_c: Kept,
}

impl Watch {
    /// Begins now.
    pub(super) fn begin(deadline: Instant) -> Self {
        Self {
            deadline,
            #[cfg(unix)]
            signals: Kept::new(),
            #[cfg(unix)]
            parent: getppid(),
            #[cfg(windows)]
            ctrl_c: Kept::new(),
        }
    }

    /// Whether Ctrl-Z asks for a stop, which is the caller's to obey; any other signal is the end.
    #[cfg(unix)]
    pub(super) fn stop_asked(&self) -> Result<bool, PromptError> {
        match self.signals.take() {
            0 => Ok(false),
            SIGTSTP => Ok(true),
            SIGINT => Err(PromptError::Cancelled),
            signal => Err(PromptError::Signalled(signal)),
        }
    }

    /// The time left, or an error when it is over or nobody waits any more.
    pub(super) fn time_left(&self) -> Result<Duration, PromptError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(PromptError::TimedOut(DEADLINE_SECONDS));
        }
        #[cfg(unix)]
        if getppid() != self.parent {
            return Err(PromptError::Cancelled);
        }
        Ok(left)
    }

    /// All of that, stopping when asked to: for a question that another program has on the screen. Ctrl-Z reaches that
    /// program as well, and so does `fg`.
    pub(super) fn look_around(&self) -> Result<Duration, PromptError> {
        #[cfg(unix)]
        if self.stop_asked()? {
            // Where it fails we go on, and so does the question.
            let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
        }
        #[cfg(windows)]
        if self.ctrl_c.take() {
            return Err(PromptError::Cancelled);
        }
        self.time_left()
    }

    /// Waits, and looks around meanwhile.
    pub(super) fn wait(&self, wait: Duration) -> Result<(), PromptError> {
        let until = Instant::now() + wait;
        loop {
            let left = self.look_around()?.min(until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(());
            }
            sleep(left.min(LOOK_AROUND));
        }
    }
}
