//! What Ctrl-C does on Windows: it ends the question that is open, it is left to the command that runs, else it ends us
//! with the status of a cancelled run.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The exit status of a run that was cancelled.
const CANCELLED: i32 = 130;

/// How many wait for it.
static KEPT: AtomicUsize = AtomicUsize::new(0);
/// Whether it came since somebody looked.
static CAME: AtomicBool = AtomicBool::new(false);
/// Whether it is a command's, for good.
static LEFT: AtomicBool = AtomicBool::new(false);

/// Leaves Ctrl-C to a command, which gets it from the console as we do.
pub fn leave() {
    LEFT.store(true, Ordering::SeqCst);
    listen();
}

/// Ctrl-C is kept for whoever asks, until this is dropped.
#[derive(Debug)]
pub struct Kept(());

impl Kept {
    /// From now on.
    #[expect(clippy::new_without_default, reason = "it does something")]
    pub fn new() -> Self {
        KEPT.fetch_add(1, Ordering::SeqCst);
        listen();
        Self(())
    }

    /// Whether it came since the last look.
    pub fn take(&self) -> bool {
        CAME.swap(false, Ordering::SeqCst) && !LEFT.load(Ordering::SeqCst)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        KEPT.fetch_sub(1, Ordering::SeqCst);
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    // An error means that there is no console to hear it from.
    ONCE.call_once(|| drop(ctrlc::set_handler(act)));
}

#[expect(clippy::exit, reason = "nothing is open that would have to be put back, and no other thread is to go on")]
fn act() {
    if LEFT.load(Ordering::SeqCst) {
        return;
    }
    if KEPT.load(Ordering::SeqCst) == 0 {
        std::process::exit(CANCELLED);
    }
    CAME.store(true, Ordering::SeqCst);
}
