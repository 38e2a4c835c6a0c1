//! The local endpoint of `exec --serve`: credentials over loopback HTTP as on ECS, protected by a token.

pub mod directory;
pub mod private_config;

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use std::{io, thread};

use crate::core::clock::Clock;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::loopback::{Head, HttpReply, Loopback, Patience, Peer};
use crate::os::random;
use crate::output::{container_json, print_message};

const CLIENT_TIMEOUT: Duration = Duration::from_secs(5);
const TOKEN_BYTES: usize = 32;

/// The running endpoint. It runs until the process ends.
pub struct CredentialsEndpoint {
    state: Arc<EndpointState>,
}

struct EndpointState {
    /// `127.0.0.1:PORT`
    host: String,
    token: Secret,
    credentials: RwLock<Arc<Credentials>>,
    expired: String,
    has_panicked: AtomicBool,
}

impl CredentialsEndpoint {
    /// Port 0 selects any free port. `expired` is the message for expired credentials.
    pub fn start(port: u16, credentials: Credentials, expired: String) -> io::Result<Self> {
        Self::start_with(port, credentials, expired, CLIENT_TIMEOUT)
    }

    fn start_with(port: u16, credentials: Credentials, expired: String, timeout: Duration) -> io::Result<Self> {
        let mut loopback = Loopback::bind(port, timeout)?;
        let state = Arc::new(EndpointState {
            host: loopback.host()?,
            token: random::hex(TOKEN_BYTES)?,
            credentials: RwLock::new(Arc::new(credentials)),
            expired,
            has_panicked: AtomicBool::new(false),
        });
        let worker = state.clone();
        thread::Builder::new().spawn(move || worker.work(&mut loopback))?;
        Ok(Self { state })
    }

    /// For `AWS_CONTAINER_CREDENTIALS_FULL_URI`. Every SDK accepts a loopback address without TLS.
    pub fn uri(&self) -> String {
        format!("http://{}/", self.state.host)
    }

    pub fn token(&self) -> &Secret {
        &self.state.token
    }

    pub fn publish(&self, credentials: Credentials) {
        *self.state.credentials.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(credentials);
    }
}

impl EndpointState {
    fn work(&self, loopback: &mut Loopback) {
        loop {
            let answer = &mut |head: &Head, peer: Peer| peer.may_ask().then(|| self.reply(head));
            // A panic ends one request, not the endpoint. The first panic is reported.
            if let Some(panicked) = loopback.turn(Patience::Blocks, answer)
                && !self.has_panicked.swap(true, Ordering::Relaxed)
            {
                print_message(&format!("amplify-creds: a request for credentials failed: {panicked}"));
            }
        }
    }

    fn reply(&self, head: &Head) -> HttpReply {
        if head.host.as_deref() != Some(self.host.as_str()) {
            return HttpReply::refused(
                "403 Forbidden",
                "WrongHost",
                "this host name is not the one in AWS_CONTAINER_CREDENTIALS_FULL_URI",
            );
        }
        let token = head.authorization.as_ref().map(Secret::expose).unwrap_or_default();
        if !is_equal(token.as_bytes(), self.token.expose().as_bytes()) {
            let message = "the Authorization header is not AWS_CONTAINER_AUTHORIZATION_TOKEN";
            return HttpReply::refused("401 Unauthorized", "WrongToken", message);
        }
        if head.path != "/" {
            return HttpReply::refused("404 Not Found", "NoSuchPath", "the only path is /");
        }
        if head.method != "GET" {
            return HttpReply::refused("405 Method Not Allowed", "WrongMethod", "use GET");
        }
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = Clock::System.now();
        match credentials.expiration {
            Some(end) if end <= now => HttpReply::refused("403 Forbidden", "SessionOver", &self.expired),
            _ => HttpReply::json("200 OK", container_json::render(&credentials, now)),
        }
    }
}

fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |differences, (a, b)| black_box(differences | (a ^ b)));
    one.len() == other.len() && differences == 0
}

#[cfg(test)]
mod tests;
