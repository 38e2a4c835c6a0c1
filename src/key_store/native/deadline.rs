use std::sync::mpsc;
use std::time::Duration;

use crate::key_store::error::KeyStoreError;

/// Runs `call` in a thread, because a dialog of the system can keep it waiting. After the deadline the thread goes on
/// until the end of the process.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    call: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, KeyStoreError> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new().spawn(move || {
        // The receiver may be gone.
        let _ = sender.send(call());
    });
    thread.map_err(|reason| KeyStoreError::Failed(format!("cannot start a thread: {reason}")))?;
    match receiver.recv_timeout(limit) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(KeyStoreError::TimedOut(limit.as_secs())),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(KeyStoreError::Failed("the call to the key store failed".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_call_times_out() {
        let (_sender, receiver) = mpsc::channel::<()>();
        let call = move || receiver.recv().map_err(|_| KeyStoreError::Locked);
        assert_eq!(within(Duration::ZERO, call), Err(KeyStoreError::TimedOut(0)));
        assert_eq!(within(Duration::from_mins(1), || Ok(1)), Ok(1));
    }
}
