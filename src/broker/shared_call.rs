//! One call at a time for equal requests. The call goes on if its clients disconnect, because its result is cached.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use crate::os::panics::{Panicked, catch};

pub struct SharedCalls<K, T> {
    running: Arc<Mutex<HashMap<K, Arc<SharedCall<T>>>>>,
}

pub struct SharedCall<T> {
    state: Mutex<CallState<T>>,
    changed: Condvar,
}

pub enum CallState<T> {
    /// What the user has to do, if anything.
    Waiting(Option<String>),
    Done(Arc<Result<T, Panicked>>),
}

impl<T> Clone for CallState<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Waiting(text) => Self::Waiting(text.clone()),
            Self::Done(result) => Self::Done(result.clone()),
        }
    }
}

impl<K, T> Default for SharedCalls<K, T> {
    fn default() -> Self {
        Self { running: Arc::default() }
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, T: Send + Sync + 'static> SharedCalls<K, T> {
    /// Starts the call in a thread of its own if it does not run yet. Returns whether it was started.
    pub fn join(
        &self,
        key: &K,
        call: impl FnOnce(&SharedCall<T>) -> T + Send + 'static,
    ) -> io::Result<(Arc<SharedCall<T>>, bool)> {
        let mut running = locked(&self.running);
        if let Some(found) = running.get(key) {
            return Ok((found.clone(), false));
        }
        let new = Arc::new(SharedCall { state: Mutex::new(CallState::Waiting(None)), changed: Condvar::new() });
        let (all, key_of_call, shared) = (self.running.clone(), key.clone(), new.clone());
        thread::Builder::new().spawn(move || {
            let result = catch(|| call(&shared));
            // A later client makes a new call.
            locked(&all).remove(&key_of_call);
            shared.set(CallState::Done(Arc::new(result)));
        })?;
        running.insert(key.clone(), new.clone());
        Ok((new, true))
    }
}

impl<T> SharedCall<T> {
    pub fn set_waiting(&self, text: String) {
        self.set(CallState::Waiting(Some(text)));
    }

    fn set(&self, state: CallState<T>) {
        *locked(&self.state) = state;
        self.changed.notify_all();
    }

    /// Returns the state after it has changed from `known`, or after `limit`.
    pub fn wait(&self, known: Option<&str>, limit: Duration) -> CallState<T> {
        let is_known = |state: &mut CallState<T>| matches!(state, CallState::Waiting(text) if text.as_deref() == known);
        let (state, _) = self
            .changed
            .wait_timeout_while(locked(&self.state), limit, is_known)
            .unwrap_or_else(PoisonError::into_inner);
        state.clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    use super::*;

    const LIMIT: Duration = Duration::from_mins(2);

    fn result<T: Clone>(call: &SharedCall<T>, known: Option<&str>) -> Result<T, Panicked> {
        match call.wait(known, LIMIT) {
            CallState::Done(result) => result.as_ref().clone(),
            CallState::Waiting(text) => panic!("{text:?}"),
        }
    }

    #[test]
    fn equal_requests_share_a_call() {
        let calls = SharedCalls::<&str, usize>::default();
        let made = Arc::new(AtomicUsize::new(0));
        let (go, gone) = channel::<()>();
        let counter = made.clone();
        let (first, is_new) = calls
            .join(&"a", move |call| {
                call.set_waiting("code".to_owned());
                let _ = gone.recv();
                counter.fetch_add(1, Ordering::SeqCst)
            })
            .unwrap();
        assert!(matches!(first.wait(None, LIMIT), CallState::Waiting(Some(text)) if text == "code"));
        let (second, is_second_new) = calls.join(&"a", |_| 7).unwrap();
        assert!(is_new && !is_second_new);
        let (other, _) = calls.join(&"b", |_| 8).unwrap();
        assert_eq!(result(&other, None), Ok(8));
        go.send(()).unwrap();
        assert_eq!((result(&first, Some("code")), result(&second, Some("code"))), (Ok(0), Ok(0)));
        assert_eq!(result(&calls.join(&"a", |_| 9).unwrap().0, None), Ok(9));
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn panic_ends_the_call_with_an_error() {
        let calls = SharedCalls::<(), u8>::default();
        let (call, _) = calls.join(&(), |_| panic!("hunter2")).unwrap();
        assert!(result(&call, None).is_err());
    }
}
