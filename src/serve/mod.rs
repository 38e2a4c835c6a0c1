//! The local endpoint of `exec --serve`: credentials over HTTP on the loopback interface, as containers on ECS get
//! theirs, for whoever has the token.

pub mod directory;
pub mod private_config;
mod wire;

use std::hint::black_box;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use std::{io, thread};

use zeroize::Zeroizing;

use crate::core::clock::Clock;
use crate::core::credentials::Credentials;
use crate::core::secret::Secret;
use crate::os::{random, tcp_peer};
use crate::output::container_json;

use wire::{Head, Reply};

/// How many requests are answered at once. One takes well under a millisecond; the rest waits in the system's queue.
const WORKERS: usize = 16;
/// More than a request takes, in bytes of stack.
const STACK: usize = 256 << 10;
/// [`State::patience`] of a running endpoint.
const PATIENCE: Duration = Duration::from_secs(5);
/// Random bytes of the token.
const TOKEN_BYTES: usize = 32;

/// The running endpoint. It is there as long as the process.
pub struct Endpoint {
    state: Arc<State>,
}

struct State {
    /// `127.0.0.1:PORT`
    host: String,
    token: Secret,
    credentials: RwLock<Arc<Credentials>>,
    /// What is said when they are over.
    over: String,
    /// How long a client may take to say what it wants, and to take the answer.
    patience: Duration,
}

impl Endpoint {
    /// Opens the port, a free one where it is 0, and answers with `credentials`; with `over` once those have ended.
    pub fn start(port: u16, credentials: Credentials, over: String) -> io::Result<Self> {
        Self::start_with(port, credentials, over, PATIENCE)
    }

    fn start_with(port: u16, credentials: Credentials, over: String, patience: Duration) -> io::Result<Self> {
        let listener = Arc::new(TcpListener::bind((Ipv4Addr::LOCALHOST, port))?);
        let state = Arc::new(State {
            host: listener.local_addr()?.to_string(),
            token: random::hex(TOKEN_BYTES)?,
            credentials: RwLock::new(Arc::new(credentials)),
            over,
            patience,
        });
        for _ in 0..WORKERS {
            let (listener, state) = (listener.clone(), state.clone());
            thread::Builder::new().stack_size(STACK).spawn(move || state.work(&listener))?;
        }
        Ok(Self { state })
    }

    /// For `AWS_CONTAINER_CREDENTIALS_FULL_URI`. Every SDK takes this address without TLS.
    pub fn uri(&self) -> String {
        format!("http://{}/", self.state.host)
    }

    /// For `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    pub fn token(&self) -> &Secret {
        &self.state.token
    }

    /// Answers with these from now on.
    pub fn publish(&self, credentials: Credentials) {
        *self.state.credentials.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(credentials);
    }
}

impl State {
    fn work(&self, listener: &TcpListener) {
        loop {
            match listener.accept() {
                // A client that goes away is its own affair.
                Ok((client, from)) => drop(self.answer(client, from)),
                // Out of descriptors, most likely: a moment later there may be one.
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn answer(&self, mut client: TcpStream, from: SocketAddr) -> io::Result<()> {
        client.set_write_timeout(Some(self.patience))?;
        // Before anything is read, so that it cannot keep us waiting either.
        if !tcp_peer::may_ask(from, client.local_addr()?) {
            return Ok(());
        }
        let until = Instant::now() + self.patience;
        let reply = match wire::read_head(&mut client, until) {
            Ok(head) => self.reply(&head),
            Err(refusal) => refusal?,
        };
        client.write_all(&reply.bytes())
    }

    fn reply(&self, head: &Head) -> Reply {
        if head.host.as_deref() != Some(self.host.as_str()) {
            return Reply::refused("403 Forbidden", "WrongHost", "this address is not the one that was given out");
        }
        let token = head.authorization.as_ref().map(Secret::expose).unwrap_or_default();
        if !same(token.as_bytes(), self.token.expose().as_bytes()) {
            let message = "the Authorization header is not AWS_CONTAINER_AUTHORIZATION_TOKEN";
            return Reply::refused("401 Unauthorized", "WrongToken", message);
        }
        if head.path != "/" {
            return Reply::refused("404 Not Found", "NoSuchPath", "there is nothing but /");
        }
        if head.method != "GET" {
            return Reply::refused("405 Method Not Allowed", "WrongMethod", "use GET");
        }
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner).clone();
        let now = Clock::System.now();
        match credentials.expiration {
            Some(end) if end <= now => Reply::refused("403 Forbidden", "SessionOver", &self.over),
            _ => Reply { status: "200 OK", body: container_json::render(&credentials, now) },
        }
    }
}

/// Whether both are the same, in a time that tells nothing of where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |differences, (a, b)| black_box(differences | (a ^ b)));
    one.len() == other.len() && differences == 0
}

impl Reply {
    /// A refusal in the words that the SDKs show.
    fn refused(status: &'static str, code: &str, message: &str) -> Self {
        let body = serde_json::json!({"Code": code, "Message": message}).to_string();
        Self { status, body: Zeroizing::new(body.into_bytes()) }
    }
}

#[cfg(test)]
mod tests;
