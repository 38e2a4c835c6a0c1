//! Ends an unanswered prompt or a sign-in at the deadline, on a signal, or if the parent process ends.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::process::{Pid, getppid};
#[cfg(unix)]
use signal_hook::consts::{SIGINT, SIGTSTP};

#[cfg(windows)]
use crate::os::ctrl_c::SignalCapture;
use crate::prompt::question::{DEADLINE_SECONDS, PromptError};
#[cfg(unix)]
use crate::prompt::signals::SignalCapture;

pub(super) const CHECK_INTERVAL: Duration = Duration::from_millis(200);

static OPEN_PROMPTS: AtomicUsize = AtomicUsize::new(0);
static ENDED: AtomicBool = AtomicBool::new(false);
/// A helper program may take half a second to clean up.
const END_LIMIT: Duration = Duration::from_secs(3);

/// Ends the prompts of all threads and prevents new ones, before the process ends.
pub fn end_prompts() {
    ENDED.store(true, Ordering::SeqCst);
    let until = Instant::now() + END_LIMIT;
    while OPEN_PROMPTS.load(Ordering::SeqCst) > 0 && Instant::now() < until {
        sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
pub fn is_prompt_open() -> bool {
    OPEN_PROMPTS.load(Ordering::SeqCst) > 0
}

pub fn prompts_have_ended() -> bool {
    ENDED.load(Ordering::SeqCst)
}

/// Captures signals until it is dropped.
pub struct Watch {
    deadline: Instant,
    signals: SignalCapture,
    #[cfg(unix)]
    parent: Option<Pid>,
}

impl Watch {
    pub fn begin(deadline: Instant) -> Self {
        OPEN_PROMPTS.fetch_add(1, Ordering::SeqCst);
        Self {
            deadline,
            signals: SignalCapture::new(),
            #[cfg(unix)]
            parent: getppid(),
        }
    }

    /// True after Ctrl-Z, on which the caller must stop. Any other signal is an error.
    #[cfg(unix)]
    pub(super) fn must_stop(&self) -> Result<bool, PromptError> {
        match self.signals.take_signal() {
            0 => Ok(false),
            SIGTSTP => Ok(true),
            SIGINT => Err(PromptError::Cancelled),
            signal => Err(PromptError::Signalled(signal)),
        }
    }

    /// Fails after the deadline or the end of the parent process.
    pub(super) fn time_left(&self) -> Result<Duration, PromptError> {
        if prompts_have_ended() {
            return Err(PromptError::Cancelled);
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(PromptError::TimedOut(DEADLINE_SECONDS));
        }
        #[cfg(unix)]
        if getppid() != self.parent {
            return Err(PromptError::CallerEnded);
        }
        Ok(left)
    }

    /// Also handles a stop by Ctrl-Z: for the prompt of another program, which Ctrl-Z and `fg` also reach.
    pub fn check(&self) -> Result<Duration, PromptError> {
        #[cfg(unix)]
        if self.must_stop()? {
            let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
        }
        #[cfg(windows)]
        if self.signals.take_ctrl_c() {
            return Err(PromptError::Cancelled);
        }
        self.time_left()
    }

    pub fn wait(&self, wait: Duration) -> Result<(), PromptError> {
        let until = Instant::now() + wait;
        loop {
            let left = self.check()?.min(until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(());
            }
            sleep(left.min(CHECK_INTERVAL));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        OPEN_PROMPTS.fetch_sub(1, Ordering::SeqCst);
    }
}
