//! The local endpoint of `exec --serve`: credentials over loopback HTTP as on ECS, protected by a token.

pub mod directory;
pub mod private_config;
mod wire;

use std::hint::black_box;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use std::{io, thread};

use zeroize::Zeroizing;

use crate::core::clock::Clock;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::os::{panics, random, tcp_peer};
use crate::output::{container_json, print_message};

use wire::{Head, HttpReply};

/// A request takes well under a millisecond; more requests wait in the system's queue.
const WORKERS: usize = 16;
/// The stack of a worker in bytes, more than a request needs.
const STACK: usize = 256 << 10;
const CLIENT_TIMEOUT: Duration = Duration::from_secs(5);
const TOKEN_BYTES: usize = 32;

/// The running endpoint. It lasts as long as the process.
pub struct CredentialsEndpoint {
    state: Arc<EndpointState>,
}

struct EndpointState {
    /// `127.0.0.1:PORT`
    host: String,
    token: Secret,
    credentials: RwLock<Arc<Credentials>>,
    /// The message when the credentials have expired.
    expired: String,
    /// For reading a request, and for writing the reply.
    timeout: Duration,
    has_panicked: AtomicBool,
}

impl CredentialsEndpoint {
    /// Port 0 is any free port. `expired` is the message for expired credentials.
    pub fn start(port: u16, credentials: Credentials, expired: String) -> io::Result<Self> {
        Self::start_with(port, credentials, expired, CLIENT_TIMEOUT)
    }

    fn start_with(port: u16, credentials: Credentials, expired: String, timeout: Duration) -> io::Result<Self> {
        let listener = Arc::new(TcpListener::bind((Ipv4Addr::LOCALHOST, port))?);
        let state = Arc::new(EndpointState {
            host: listener.local_addr()?.to_string(),
            token: random::hex(TOKEN_BYTES)?,
            credentials: RwLock::new(Arc::new(credentials)),
            expired,
            timeout,
            has_panicked: AtomicBool::new(false),
        });
        for _ in 0..WORKERS {
            let (listener, state) = (listener.clone(), state.clone());
            thread::Builder::new().stack_size(STACK).spawn(move || state.work(&listener))?;
        }
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
    fn work(&self, listener: &TcpListener) {
        loop {
            self.survive(|| match listener.accept() {
                // A closed connection concerns only its client.
                Ok((client, from)) => drop(self.answer(client, from)),
                // The process is probably out of descriptors for a moment.
                Err(_) => thread::sleep(Duration::from_millis(20)),
            });
        }
    }

    /// A panic ends one request, not the worker. The first one is reported.
    fn survive(&self, request: impl FnOnce()) {
        if let Err(panicked) = panics::catch(request)
            && !self.has_panicked.swap(true, Ordering::Relaxed)
        {
            print_message(&format!("amplify-creds: a request for credentials was not answered: {panicked}"));
        }
    }

    fn answer(&self, mut client: TcpStream, from: SocketAddr) -> io::Result<()> {
        client.set_write_timeout(Some(self.timeout))?;
        // Before any read, so that another user cannot occupy a worker.
        if !tcp_peer::may_ask(from, client.local_addr()?) {
            return Ok(());
        }
        let until = Instant::now() + self.timeout;
        let reply = match wire::read_head(&mut client, until) {
            Ok(head) => self.reply(&head),
            Err(refusal) => refusal?,
        };
        client.write_all(&reply.bytes())
    }

    fn reply(&self, head: &Head) -> HttpReply {
        if head.host.as_deref() != Some(self.host.as_str()) {
            return HttpReply::refused("403 Forbidden", "WrongHost", "this address is not the one that was given out");
        }
        let token = head.authorization.as_ref().map(Secret::expose).unwrap_or_default();
        if !is_equal(token.as_bytes(), self.token.expose().as_bytes()) {
            let message = "the Authorization header is not AWS_CONTAINER_AUTHORIZATION_TOKEN";
            return HttpReply::refused("401 Unauthorized", "WrongToken", message);
        }
        if head.path != "/" {
            return HttpReply::refused("404 Not Found", "NoSuchPath", "there is nothing but /");
        }
        if head.method != "GET" {
            return HttpReply::refused("405 Method Not Allowed", "WrongMethod", "use GET");
        }
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = Clock::System.now();
        match credentials.expiration {
            Some(end) if end <= now => HttpReply::refused("403 Forbidden", "SessionOver", &self.expired),
            _ => HttpReply { status: "200 OK", body: container_json::render(&credentials, now) },
        }
    }
}

/// Compares in constant time.
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |differences, (a, b)| black_box(differences | (a ^ b)));
    one.len() == other.len() && differences == 0
}

impl HttpReply {
    /// The SDKs show the message.
    fn refused(status: &'static str, code: &str, message: &str) -> Self {
        let body = serde_json::json!({"Code": code, "Message": message}).to_string();
        Self { status, body: Zeroizing::new(body.into_bytes()) }
    }
}

#[cfg(test)]
mod tests;
