//! Signals end an open prompt, so that the terminal is restored first.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::{SigSet, Signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};

/// Blocks SIGTTIN and SIGTTOU in this thread: a background read fails with EIO instead of stopping the process.
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

/// The handlers remain registered, because without them the signals would be ignored. With `idle`, between prompts, the
/// default action follows.
struct Signals {
    idle: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();
static CAPTURES: AtomicUsize = AtomicUsize::new(0);
static LEFT_TO_COMMAND: AtomicBool = AtomicBool::new(false);
static HANDLED_BETWEEN: AtomicBool = AtomicBool::new(false);
static SUBSTITUTED: AtomicBool = AtomicBool::new(false);

/// For a command substitution: bash and zsh would wait forever for one that Ctrl-Z has stopped.
pub fn ignore_suspend_key() {
    SUBSTITUTED.store(true, Ordering::SeqCst);
}

pub(super) fn is_substituted() -> bool {
    SUBSTITUTED.load(Ordering::SeqCst)
}

/// For a command that has the terminal. Its signals do not end a prompt in a window.
pub fn leave_signals() {
    LEFT_TO_COMMAND.store(true, Ordering::SeqCst);
    if let Some(signals) = SIGNALS.get() {
        signals.idle.store(false, Ordering::SeqCst);
    }
}

pub(super) fn are_left() -> bool {
    LEFT_TO_COMMAND.load(Ordering::SeqCst)
}

/// For a program that handles the signals between prompts itself.
pub fn handle_signals_between_prompts() {
    HANDLED_BETWEEN.store(true, Ordering::SeqCst);
}

fn have_default_action() -> bool {
    !are_left() && !HANDLED_BETWEEN.load(Ordering::SeqCst)
}

impl Signals {
    fn get() -> &'static Self {
        SIGNALS.get_or_init(|| {
            let signals =
                Self { idle: Arc::new(AtomicBool::new(have_default_action())), last: Arc::new(AtomicUsize::new(0)) };
            for signal in [SIGINT, SIGTERM, SIGHUP, SIGTSTP] {
                // If the registration fails, the default action remains.
                let _ = signal_hook::flag::register_conditional_default(signal, signals.idle.clone());
                let _ = signal_hook::flag::register_usize(signal, signals.last.clone(), signal.unsigned_abs() as usize);
            }
            signals
        })
    }
}

/// Captures the signals until it is dropped.
pub(super) struct SignalCapture(&'static Signals);

impl SignalCapture {
    pub(super) fn new() -> Self {
        let signals = Signals::get();
        signals.idle.store(false, Ordering::SeqCst);
        // A signal before the prompt is not an answer to it.
        if CAPTURES.fetch_add(1, Ordering::SeqCst) == 0 {
            signals.last.store(0, Ordering::SeqCst);
        }
        Self(signals)
    }

    /// The last signal since the last call, or 0.
    pub(super) fn take_signal(&self) -> i32 {
        let last = self.0.last.swap(0, Ordering::SeqCst);
        if are_left() { 0 } else { i32::try_from(last).unwrap_or(0) }
    }
}

impl Drop for SignalCapture {
    fn drop(&mut self) {
        CAPTURES.fetch_sub(1, Ordering::SeqCst);
        self.0.idle.store(have_default_action(), Ordering::SeqCst);
    }
}
