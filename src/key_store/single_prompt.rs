//! One prompt for parallel processes: the others wait for it and do not show their own if it fails.

use std::time::Duration;

use super::error::KeyStoreError;
use crate::os::lock::{Attempt, Guard, Locks};

/// Held while a prompt is open. Its mark counts failed prompts.
const LOCK: &str = "key-store";
const MAX_MARK: u64 = 1000;
pub(super) const PROMPT_LIMIT: Duration = Duration::from_secs(30);
/// A prompt, and the calls before and after it.
const LOCK_LIMIT: Duration = Duration::from_secs(33);

pub(super) struct SinglePrompt<'a> {
    locks: &'a Locks,
    failed_before: u64,
}

impl<'a> SinglePrompt<'a> {
    /// Prompts that fail from now on count.
    pub(super) fn new(locks: &'a Locks) -> Self {
        Self { locks, failed_before: locks.mark(LOCK) }
    }

    /// `operation` may show a prompt.
    pub(super) fn run<T>(self, operation: impl FnOnce() -> Result<T, KeyStoreError>) -> Result<T, KeyStoreError> {
        let guard = self.lock()?;
        let result = operation();
        if let (Some(guard), Err(KeyStoreError::Dismissed | KeyStoreError::TimedOut(_))) = (guard, &result) {
            guard.set_mark(self.failed_before % MAX_MARK + 1);
        }
        result
    }

    /// `None` if the file system has no locks.
    fn lock(&self) -> Result<Option<Guard>, KeyStoreError> {
        match self.locks.lock_within(LOCK, LOCK_LIMIT) {
            // A new lock file has no mark.
            Attempt::Held(_) if ![0, self.failed_before].contains(&self.locks.mark(LOCK)) => {
                Err(KeyStoreError::Dismissed)
            }
            Attempt::Held(guard) => Ok(Some(guard)),
            Attempt::Busy => Err(KeyStoreError::TimedOut(LOCK_LIMIT.as_secs())),
            Attempt::Unavailable(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_prompt_is_not_repeated_by_waiting_process() {
        let dir = tempfile::tempdir().unwrap();
        let locks = Locks::in_dir(dir.path());
        for failure in [KeyStoreError::Dismissed, KeyStoreError::TimedOut(30)] {
            let (first, waiting) = (SinglePrompt::new(&locks), SinglePrompt::new(&locks));
            assert_eq!(first.run(|| Err::<(), _>(failure.clone())), Err(failure));
            assert_eq!(waiting.run(|| Ok(())), Err(KeyStoreError::Dismissed));
            assert_eq!(SinglePrompt::new(&locks).run(|| Ok("later")), Ok("later"));
        }
    }

    #[test]
    fn waiting_process_goes_on_after_answered_prompt() {
        let dir = tempfile::tempdir().unwrap();
        let locks = Locks::in_dir(dir.path());
        let (first, waiting) = (SinglePrompt::new(&locks), SinglePrompt::new(&locks));
        assert_eq!(first.run(|| Ok("first")), Ok("first"));
        assert_eq!(waiting.run(|| Ok("second")), Ok("second"));
    }

    #[test]
    fn prompt_is_shown_without_lock_directory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let locks = Locks::in_dir(file.path());
        assert_eq!(SinglePrompt::new(&locks).run(|| Ok(1)), Ok(1));
    }
}
