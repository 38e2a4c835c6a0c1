//! On Windows, Ctrl-C ends the open prompt, is left to a running command, or ends this process as cancelled.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const CANCELLED: i32 = 130;

static CAPTURES: AtomicUsize = AtomicUsize::new(0);
static RECEIVED: AtomicBool = AtomicBool::new(false);
static LEFT_TO_COMMAND: AtomicBool = AtomicBool::new(false);

/// The command gets Ctrl-C from the console, as this process does.
pub fn leave_to_command() {
    LEFT_TO_COMMAND.store(true, Ordering::SeqCst);
    listen();
}

#[derive(Debug)]
pub struct SignalCapture(());

impl SignalCapture {
    #[expect(clippy::new_without_default, reason = "it does something")]
    pub fn new() -> Self {
        CAPTURES.fetch_add(1, Ordering::SeqCst);
        listen();
        Self(())
    }

    pub fn take_ctrl_c(&self) -> bool {
        RECEIVED.swap(false, Ordering::SeqCst) && !LEFT_TO_COMMAND.load(Ordering::SeqCst)
    }
}

impl Drop for SignalCapture {
    fn drop(&mut self) {
        CAPTURES.fetch_sub(1, Ordering::SeqCst);
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    // Fails without a console.
    ONCE.call_once(|| drop(ctrlc::set_handler(act)));
}

#[expect(clippy::exit, reason = "nothing has to be restored, and no other thread may continue")]
fn act() {
    if LEFT_TO_COMMAND.load(Ordering::SeqCst) {
        return;
    }
    if CAPTURES.load(Ordering::SeqCst) == 0 {
        std::process::exit(CANCELLED);
    }
    RECEIVED.store(true, Ordering::SeqCst);
}
