use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::os::open_files::raise_limit;
use crate::os::panics::catch;
use crate::output::print_message;

use super::listener::BrokerSocket;
use super::message::{LONGEST_REQUEST, RemoteError, Reply, Request};
use super::peer::{AllowedPeers, Peer};

/// For the arrival of a request, and for writing a reply to a client that does not read.
const CLIENT_LIMIT: Duration = Duration::from_secs(5);
/// Of a connection: the socket, and the files that are read for it.
const FILES_PER_CONNECTION: u64 = 4;
/// After a failed accept. The process has probably run out of descriptors temporarily.
const PAUSE: Duration = Duration::from_millis(20);

pub struct ReplyStream(UnixStream);

impl ReplyStream {
    pub fn send(&mut self, reply: &Reply<'_>) -> io::Result<()> {
        self.0.write_all(&reply.line())
    }
}

/// Raises the limit of open files. Returns the number of connections at the same time; further ones wait in the queue
/// of the socket.
pub fn max_connections() -> usize {
    usize::try_from(raise_limit() / FILES_PER_CONNECTION).unwrap_or(usize::MAX).clamp(4, 512)
}

/// Accepts clients until the process ends. Each connection has a thread and one request.
pub fn serve(
    socket: &BrokerSocket,
    max_connections: usize,
    allowed: AllowedPeers,
    answer: &(dyn Fn(&Request, Peer, &mut ReplyStream) + Sync),
) -> ! {
    let slots = Slots::new(max_connections);
    thread::scope(|scope| {
        loop {
            slots.take();
            let Ok(stream) = socket.accept() else {
                slots.give_back();
                sleep(PAUSE);
                continue;
            };
            let slots = &slots;
            let started = thread::Builder::new().spawn_scoped(scope, move || {
                if let Err(panicked) = catch(|| connection(stream, allowed, answer)) {
                    print_message(&format!("amplify-creds: a request to the broker failed: {panicked}"));
                }
                slots.give_back();
            });
            if started.is_err() {
                slots.give_back();
                sleep(PAUSE);
            }
        }
    })
}

fn connection(stream: UnixStream, allowed: AllowedPeers, answer: &(dyn Fn(&Request, Peer, &mut ReplyStream) + Sync)) {
    let Ok(peer) = Peer::of(&stream) else { return };
    if stream.set_write_timeout(Some(CLIENT_LIMIT)).is_err() {
        return;
    }
    let mut replies = ReplyStream(stream);
    let request = if allowed.allow(peer) { read_request(&mut replies.0) } else { Ok(Err(not_allowed(allowed, peer))) };
    match request {
        Ok(Ok(request)) => answer(&request, peer, &mut replies),
        Ok(Err(error)) => drop(replies.send(&Reply::Error(error))),
        Err(_) => {}
    }
}

fn not_allowed(allowed: AllowedPeers, peer: Peer) -> RemoteError {
    let message = format!(
        "the broker belongs to the user with uid {}, and this process runs as uid {}",
        allowed.own_uid, peer.uid
    );
    let error = RemoteError::new("access_denied", &message);
    match peer.uid {
        0 => error.hint("start the broker with --allow-root, or run the client as the broker's user"),
        _ => error.hint(&format!("run the client as uid {}", allowed.own_uid)),
    }
}

/// The outer error means that the client sent no complete request in time.
fn read_request(stream: &mut UnixStream) -> io::Result<Result<Request, RemoteError>> {
    let until = Instant::now() + CLIENT_LIMIT;
    let mut line = Vec::new();
    let mut chunk = [0; 1024];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut chunk) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => line.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
            return Ok(Request::parse(&line[..end]));
        }
        if line.len() > LONGEST_REQUEST {
            return Ok(Err(RemoteError::usage("the request to the broker is too long")));
        }
    }
}

/// Counts the connections.
struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Slots {
    fn new(number: usize) -> Self {
        Self { free: Mutex::new(number), freed: Condvar::new() }
    }

    fn take(&self) {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        *self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner) -= 1;
    }

    fn give_back(&self) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.freed.notify_one();
    }
}
