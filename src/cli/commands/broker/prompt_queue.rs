use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A signal so soon after a prompt was meant for a prompt.
const GRACE: Duration = Duration::from_secs(2);

/// One prompt at a time.
#[derive(Debug, Default)]
pub(super) struct PromptQueue {
    turn: Mutex<()>,
    /// What the open prompt is for.
    current: Mutex<Option<String>>,
    /// With the open one.
    length: AtomicUsize,
    last_end: Mutex<Option<Instant>>,
}

/// Ends on drop.
pub(super) struct Turn<'q> {
    queue: &'q PromptQueue,
    _turn: MutexGuard<'q, ()>,
}

impl PromptQueue {
    /// Waits for the end of the other prompts.
    pub(super) fn enter(&self, purpose: &str) -> Turn<'_> {
        self.length.fetch_add(1, Ordering::SeqCst);
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *self.current() = Some(purpose.to_owned());
        Turn { queue: self, _turn: turn }
    }

    /// Whether the keyboard's signals are for a prompt.
    pub(super) fn has_keyboard(&self) -> bool {
        let last_end = *self.last_end.lock().unwrap_or_else(PoisonError::into_inner);
        self.length.load(Ordering::SeqCst) > 0 || last_end.is_some_and(|end| end.elapsed() < GRACE)
    }

    /// What the open prompt is for.
    pub(super) fn open_prompt(&self) -> Option<String> {
        self.current().clone()
    }

    fn current(&self) -> MutexGuard<'_, Option<String>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.queue.current() = None;
        *self.queue.last_end.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.queue.length.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_prompt_is_named_until_it_ends() {
        let queue = PromptQueue::default();
        let turn = queue.enter("a code");
        assert_eq!(queue.open_prompt().as_deref(), Some("a code"));
        drop(turn);
        assert_eq!(queue.open_prompt(), None);
    }
}
