//! What signals do while a question is open: they end it in order, so that the terminal is put back first.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::{SigSet, Signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};

/// SIGTTIN and SIGTTOU kept from this thread: a background read then fails with EIO instead of stopping us.
pub(super) struct Blocked {
    before: Option<SigSet>,
}

impl Blocked {
    pub(super) fn new() -> Self {
        let mut set = SigSet::empty();
        set.add(Signal::SIGTTIN);
        set.add(Signal::SIGTTOU);
        let before = SigSet::thread_get_mask().ok();
        let _ = set.thread_block();
        Self { before }
    }

    pub(super) fn lift(&mut self) {
        if let Some(before) = self.before.take() {
            let _ = before.thread_set_mask();
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        self.lift();
    }
}

/// The signals that end a question. Their handlers stay for the life of the process, since taking them away would
/// leave the signals ignored; `idle` makes them do what they do by default between questions.
struct Signals {
    idle: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();
/// Whether somebody else hears the signals, for good.
static LEFT: AtomicBool = AtomicBool::new(false);

/// Leaves the signals to whoever waits for a command that has the terminal: a question in a window goes on whatever is
/// typed there.
pub fn leave_signals() {
    LEFT.store(true, Ordering::SeqCst);
    if let Some(signals) = SIGNALS.get() {
        signals.idle.store(false, Ordering::SeqCst);
    }
}

/// Whether they are left.
pub(super) fn are_left() -> bool {
    LEFT.load(Ordering::SeqCst)
}

impl Signals {
    fn get() -> &'static Self {
        SIGNALS.get_or_init(|| {
            let signals = Self { idle: Arc::new(AtomicBool::new(!are_left())), last: Arc::new(AtomicUsize::new(0)) };
            for signal in [SIGINT, SIGTERM, SIGHUP, SIGTSTP] {
                // An error means that the system forbids handlers: then the default acts, as without us.
                let _ = signal_hook::flag::register_conditional_default(signal, signals.idle.clone());
                let _ = signal_hook::flag::register_usize(signal, signals.last.clone(), signal.unsigned_abs() as usize);
            }
            signals
        })
    }
}

/// Signals are kept for whoever asks, until this is dropped.
pub(super) struct Kept(&'static Signals);

impl Kept {
    pub(super) fn new() -> Self {
        let signals = Signals::get();
        signals.idle.store(false, Ordering::SeqCst);
        Self(signals)
    }

    /// The last signal since the last look, or 0.
    pub(super) fn take(&self) -> i32 {
        let last = self.0.last.swap(0, Ordering::SeqCst);
        if are_left() { 0 } else { i32::try_from(last).unwrap_or(0) }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.idle.store(!are_left(), Ordering::SeqCst);
    }
}
