//! The local endpoint of `exec --serve`: credentials over loopback HTTP as on ECS, protected by a token.

pub mod directory;
pub mod private_config;
mod wire;

use std::collections::VecDeque;
use std::hint::black_box;
use std::io::{ErrorKind, Write};
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

use wire::{Head, HttpReply, Request};

/// Clients with a request or reply in progress. A new client displaces the oldest: macOS allows 256 open files.
const MAX_CLIENTS: usize = 128;
const PAUSE: Duration = Duration::from_millis(1);
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
    /// For reading a request, and for writing the reply.
    timeout: Duration,
    has_panicked: AtomicBool,
}

struct Client {
    from: SocketAddr,
    stream: TcpStream,
    until: Instant,
    request: Request,
    reply: Option<Zeroizing<Vec<u8>>>,
    sent: usize,
}

impl CredentialsEndpoint {
    /// Port 0 selects any free port. `expired` is the message for expired credentials.
    pub fn start(port: u16, credentials: Credentials, expired: String) -> io::Result<Self> {
        Self::start_with(port, credentials, expired, CLIENT_TIMEOUT)
    }

    fn start_with(port: u16, credentials: Credentials, expired: String, timeout: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let state = Arc::new(EndpointState {
            host: listener.local_addr()?.to_string(),
            token: random::hex(TOKEN_BYTES)?,
            credentials: RwLock::new(Arc::new(credentials)),
            expired,
            timeout,
            has_panicked: AtomicBool::new(false),
        });
        let worker = state.clone();
        thread::Builder::new().spawn(move || worker.work(&listener))?;
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
    /// One thread for all clients. A silent client only costs a check, so it does not delay others.
    fn work(&self, listener: &TcpListener) {
        let mut clients = VecDeque::new();
        loop {
            // Blocks only if there are no clients.
            let accepted = listener.set_nonblocking(!clients.is_empty()).and_then(|()| listener.accept());
            match accepted {
                Ok((stream, from)) => {
                    if clients.len() == MAX_CLIENTS {
                        clients.pop_front();
                    }
                    clients.extend(self.survive(|| self.admit(stream, from)).flatten());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
                // The process has probably run out of descriptors temporarily.
                Err(_) => {
                    clients.pop_front();
                    thread::sleep(20 * PAUSE);
                }
            }
            clients.retain_mut(|client| self.survive(|| self.advance(client)).unwrap_or(false));
        }
    }

    /// A panic ends one request, not the worker. The first panic is reported.
    fn survive<T>(&self, request: impl FnOnce() -> T) -> Option<T> {
        let panicked = match panics::catch(request) {
            Ok(outcome) => return Some(outcome),
            Err(panicked) => panicked,
        };
        if !self.has_panicked.swap(true, Ordering::Relaxed) {
            print_message(&format!("amplify-creds: a request for credentials failed: {panicked}"));
        }
        None
    }

    fn admit(&self, stream: TcpStream, from: SocketAddr) -> Option<Client> {
        stream.set_nonblocking(true).ok()?;
        Some(Client {
            from,
            stream,
            until: Instant::now() + self.timeout,
            request: Request::new(),
            reply: None,
            sent: 0,
        })
    }

    fn advance(&self, client: &mut Client) -> bool {
        let Client { from, stream, until, request, reply, sent } = client;
        if reply.is_none() {
            let answer = match request.receive(stream) {
                None => return Instant::now() < *until,
                Some(Ok(head)) => self.reply(&head),
                Some(Err(Ok(refusal))) => refusal,
                Some(Err(Err(_))) => return false,
            };
            // Not for silent clients, because listing a thousand sockets takes ten milliseconds.
            if !stream.local_addr().is_ok_and(|here| tcp_peer::may_ask(*from, here)) {
                return false;
            }
            *reply = Some(answer.bytes());
            *until = Instant::now() + self.timeout;
        }
        while let Some(left) = reply.as_ref().map(|reply| &reply[*sent..]).filter(|left| !left.is_empty()) {
            match stream.write(left) {
                Ok(0) => return false,
                Ok(written) => *sent += written,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock && Instant::now() < *until,
            }
        }
        false
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
            _ => HttpReply { status: "200 OK", body: container_json::render(&credentials, now) },
        }
    }
}

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
