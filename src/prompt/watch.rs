//! Ends an unanswered prompt at the deadline, on a signal, or when the parent process ends.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::process::{Pid, getppid};
#[cfg(unix)]
use signal_hook::consts::{SIGINT, SIGTSTP};

#[cfg(windows)]
use crate::os::ctrl_c::Kept;
use crate::prompt::question::{DEADLINE_SECONDS, PromptError};
#[cfg(unix)]
use crate::prompt::signals::Kept;

/// How often a wait is left to look around.
pub(super) const LOOK_AROUND: Duration = Duration::from_millis(200);

/// How many questions are open.
static OPEN: AtomicUsize = AtomicUsize::new(0);
/// Whether this process ends, and no question is of use any more.
static ENDED: AtomicBool = AtomicBool::new(false);
/// How long the end of the questions is waited for: a program that asks may take half a second to tidy up.
const END: Duration = Duration::from_secs(3);

/// Ends every question, whichever thread asks it, and keeps new ones from beginning: for a process that ends.
pub fn end_questions() {
    ENDED.store(true, Ordering::SeqCst);
    let until = Instant::now() + END;
    while OPEN.load(Ordering::SeqCst) > 0 && Instant::now() < until {
        sleep(Duration::from_millis(5));
    }
}

/// Whether they have been ended so.
pub fn questions_are_over() -> bool {
    ENDED.load(Ordering::SeqCst)
}

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
        OPEN.fetch_add(1, Ordering::SeqCst);
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
        if questions_are_over() {
            return Err(PromptError::Cancelled);
        }
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

impl Drop for Watch {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::SeqCst);
    }
}
