use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The endpoint rules of an SDK client return futures that never wait.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}
