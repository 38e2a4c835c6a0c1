//! A double that is one function: requests go into a list, and the function's result is the answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::http::{Reply, Request, Server, Service};

/// A running double of a service, which stops on drop.
#[derive(Debug)]
pub struct Site {
    server: Server,
    requests: Arc<Mutex<Vec<Request>>>,
}

struct Answering<F> {
    answer: F,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If the system has no free port or thread.
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let requests = Arc::new(Mutex::default());
        let service = Arc::new(Answering { answer, requests: Arc::clone(&requests) });
        Self { server: Server::start(0, service).expect("a free port on the loopback interface"), requests }
    }

    /// The endpoint, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }

    /// The number of requests with this method and path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        lock(&self.requests).iter().filter(|request| request.method() == method && request.path() == path).count()
    }
}

impl<F: Fn(&Request) -> Reply + Send + Sync + 'static> Service for Answering<F> {
    fn answer(&self, request: &Request) -> Reply {
        lock(&self.requests).push(request.clone());
        (self.answer)(request)
    }

    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// Ignores the poison of a panicked thread.
pub(crate) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
