//! One call at a time for equal requests. A call goes on if its clients disconnect, because its result is cached.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use crate::os::panics::{Panicked, catch};

/// Calls at the same time. Each has a thread.
const MAX_CALLS: usize = 64;
/// Of one kind, so that the calls of one profile do not prevent those of another.
const MAX_ALIKE: usize = 16;

pub struct SharedCalls<K, T> {
    running: Arc<Mutex<HashMap<K, Arc<SharedCall<T>>>>>,
    /// Of all calls.
    clients: Arc<AtomicUsize>,
    max_clients: usize,
}

pub struct SharedCall<T> {
    state: Mutex<CallState<T>>,
    changed: Condvar,
    clients: AtomicUsize,
}

/// A client that waits for the call, until it is dropped.
pub struct Waiter<T> {
    call: Arc<SharedCall<T>>,
    clients: Arc<AtomicUsize>,
    /// Whether the call was started for this client.
    pub is_first: bool,
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

impl<K: Clone + Eq + Hash + Send + 'static, T: Send + Sync + 'static> SharedCalls<K, T> {
    pub fn new(max_clients: usize) -> Self {
        Self { running: Arc::default(), clients: Arc::default(), max_clients }
    }

    /// Starts the call in a thread of its own if it does not run yet. `None` if too many calls or clients wait already.
    pub fn join(
        &self,
        key: &K,
        is_alike: impl Fn(&K) -> bool,
        call: impl FnOnce(&SharedCall<T>) -> T + Send + 'static,
    ) -> io::Result<Option<Waiter<T>>> {
        let mut running = locked(&self.running);
        if self.clients.load(Ordering::SeqCst) >= self.max_clients {
            return Ok(None);
        }
        if let Some(found) = running.get(key) {
            return Ok(Some(self.waiter(found, false)));
        }
        if running.len() >= MAX_CALLS || running.keys().filter(|other| is_alike(other)).count() >= MAX_ALIKE {
            return Ok(None);
        }
        let new = Arc::new(SharedCall {
            state: Mutex::new(CallState::Waiting(None)),
            changed: Condvar::new(),
            clients: AtomicUsize::new(0),
        });
        let waiter = self.waiter(&new, true);
        let (all, key_of_call, shared) = (self.running.clone(), key.clone(), new.clone());
        thread::Builder::new().spawn(move || {
            let result = catch(|| call(&shared));
            // A later client makes a new call.
            locked(&all).remove(&key_of_call);
            shared.set(CallState::Done(Arc::new(result)));
        })?;
        running.insert(key.clone(), new);
        Ok(Some(waiter))
    }

    fn waiter(&self, call: &Arc<SharedCall<T>>, is_first: bool) -> Waiter<T> {
        self.clients.fetch_add(1, Ordering::SeqCst);
        call.clients.fetch_add(1, Ordering::SeqCst);
        Waiter { call: call.clone(), clients: self.clients.clone(), is_first }
    }
}

impl<T> SharedCall<T> {
    pub fn set_waiting(&self, text: String) {
        self.set(CallState::Waiting(Some(text)));
    }

    pub fn has_clients(&self) -> bool {
        self.clients.load(Ordering::SeqCst) > 0
    }

    fn set(&self, state: CallState<T>) {
        *locked(&self.state) = state;
        self.changed.notify_all();
    }
}

impl<T> Waiter<T> {
    /// Returns the state after it has changed from `known`, or after `limit`.
    pub fn wait(&self, known: Option<&str>, limit: Duration) -> CallState<T> {
        let is_known = |state: &mut CallState<T>| matches!(state, CallState::Waiting(text) if text.as_deref() == known);
        let SharedCall { state, changed, clients: _ } = &*self.call;
        let (state, _) =
            changed.wait_timeout_while(locked(state), limit, is_known).unwrap_or_else(PoisonError::into_inner);
        state.clone()
    }
}

impl<T> Drop for Waiter<T> {
    fn drop(&mut self) {
        self.call.clients.fetch_sub(1, Ordering::SeqCst);
        self.clients.fetch_sub(1, Ordering::SeqCst);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    const LIMIT: Duration = Duration::from_mins(2);

    fn result<T: Clone>(waiter: &Waiter<T>, known: Option<&str>) -> Result<T, Panicked> {
        match waiter.wait(known, LIMIT) {
            CallState::Done(result) => result.as_ref().clone(),
            CallState::Waiting(text) => panic!("{text:?}"),
        }
    }

    #[test]
    fn equal_requests_share_a_call() {
        let calls = SharedCalls::<&str, u8>::new(100);
        let (go, gone) = channel::<()>();
        let call = move |call: &SharedCall<u8>| {
            call.set_waiting("code".to_owned());
            let _ = gone.recv();
            0
        };
        let first = calls.join(&"a", |_| false, call).unwrap().unwrap();
        assert!(matches!(first.wait(None, LIMIT), CallState::Waiting(Some(text)) if text == "code"));
        let second = calls.join(&"a", |_| false, |_| 7).unwrap().unwrap();
        assert!(first.is_first && !second.is_first);
        let other = calls.join(&"b", |_| false, |_| 8).unwrap().unwrap();
        assert_eq!(result(&other, None), Ok(8));
        go.send(()).unwrap();
        assert_eq!((result(&first, Some("code")), result(&second, Some("code"))), (Ok(0), Ok(0)));
        assert_eq!(result(&calls.join(&"a", |_| false, |_| 9).unwrap().unwrap(), None), Ok(9));
    }

    #[test]
    fn call_knows_whether_a_client_waits() {
        let calls = SharedCalls::<(), bool>::new(100);
        let (go, gone) = channel::<()>();
        let waiter = calls
            .join(
                &(),
                |()| false,
                move |call| {
                    let _ = gone.recv();
                    call.has_clients()
                },
            )
            .unwrap()
            .unwrap();
        let second = calls.join(&(), |()| false, |_| true).unwrap().unwrap();
        drop(waiter);
        go.send(()).unwrap();
        assert_eq!(result(&second, None), Ok(true));
        drop(second);
        assert_eq!(calls.clients.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn calls_and_clients_are_limited() {
        let calls = SharedCalls::<usize, ()>::new(MAX_ALIKE + 1);
        let (go, gone) = channel::<()>();
        let gone = Arc::new(Mutex::new(gone));
        let join = |key: usize| {
            let gone = gone.clone();
            let wait = move |_: &SharedCall<()>| {
                let _ = locked(&gone).recv();
            };
            calls.join(&key, |other| (*other < 100) == (key < 100), wait).unwrap()
        };
        let waiting: Vec<_> = (0..MAX_ALIKE).map(|key| join(key).unwrap()).collect();
        assert!(join(MAX_ALIKE).is_none());
        drop(join(100).unwrap());
        let last = join(0).unwrap();
        assert!(join(0).is_none());
        drop(last);
        assert!(join(0).is_some());
        drop((go, waiting));
    }

    #[test]
    fn panic_ends_the_call_with_an_error() {
        let calls = SharedCalls::<(), u8>::new(100);
        let waiter = calls.join(&(), |()| false, |_| panic!("hunter2")).unwrap().unwrap();
        assert!(result(&waiter, None).is_err());
    }
}
