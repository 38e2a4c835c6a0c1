use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One prompt at a time.
#[derive(Debug, Default)]
pub(super) struct PromptQueue {
    turn: Mutex<()>,
    /// The profile of the open prompt.
    current: Mutex<Option<String>>,
    /// With the open one.
    length: AtomicUsize,
}

/// Ends on drop.
pub(super) struct Turn<'q> {
    queue: &'q PromptQueue,
    _turn: MutexGuard<'q, ()>,
}

impl PromptQueue {
    /// Waits for the end of the other prompts.
    pub(super) fn enter(&self, profile: &str) -> Turn<'_> {
        self.length.fetch_add(1, Ordering::SeqCst);
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *self.current() = Some(profile.to_owned());
        Turn { queue: self, _turn: turn }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length.load(Ordering::SeqCst) == 0
    }

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
        self.queue.length.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_prompt_is_named_until_it_ends() {
        let queue = PromptQueue::default();
        let turn = queue.enter("dev");
        assert_eq!((queue.open_prompt().as_deref(), queue.is_empty()), (Some("dev"), false));
        drop(turn);
        assert_eq!((queue.open_prompt(), queue.is_empty()), (None, true));
    }
}
