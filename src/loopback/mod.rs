//! Answers HTTP requests on the loopback interface, in one thread. A silent client only costs a check, so it does not
//! delay others.

mod message;
pub(crate) mod page;
mod start_address;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::os::panics::{Panicked, catch};
use crate::os::tcp_peer;

use message::Request;
pub(crate) use message::{Head, HttpReply};
pub(crate) use start_address::{NOT_FOUND, StartAddress};

/// Clients with a request or reply in progress. A new client displaces the oldest: macOS allows 256 open files.
pub(crate) const MAX_CLIENTS: usize = 128;
const PAUSE: Duration = Duration::from_millis(1);
const IDLE_PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Loopback {
    listener: TcpListener,
    /// For reading a request, and for writing the reply.
    timeout: Duration,
    clients: VecDeque<Client>,
}

/// What a turn without clients does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    Blocks,
    Returns,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    from: SocketAddr,
    here: SocketAddr,
}

impl Peer {
    /// Not for silent clients, because listing a thousand sockets takes ten milliseconds.
    pub(crate) fn may_ask(self) -> bool {
        tcp_peer::may_ask(self.from, self.here)
    }
}

/// `None` ends the connection without a reply.
type Answer<'f> = dyn FnMut(&Head, Peer) -> Option<HttpReply> + 'f;

struct Client {
    from: SocketAddr,
    stream: TcpStream,
    until: Instant,
    request: Request,
    reply: Option<Zeroizing<Vec<u8>>>,
    sent: usize,
}

impl Loopback {
    /// Port 0 selects any free port.
    pub(crate) fn bind(port: u16, timeout: Duration) -> io::Result<Self> {
        Ok(Self { listener: TcpListener::bind((Ipv4Addr::LOCALHOST, port))?, timeout, clients: VecDeque::new() })
    }

    /// `127.0.0.1:PORT`
    pub(crate) fn host(&self) -> io::Result<String> {
        Ok(self.listener.local_addr()?.to_string())
    }

    pub(crate) fn is_replying(&self) -> bool {
        self.clients.iter().any(|client| client.reply.is_some())
    }

    /// Accepts a client, and reads and writes what is possible without waiting. A panic in `answer` ends one request.
    pub(crate) fn turn(&mut self, patience: Patience, answer: &mut Answer<'_>) -> Option<Panicked> {
        let blocks = patience == Patience::Blocks && self.clients.is_empty();
        match self.listener.set_nonblocking(!blocks).and_then(|()| self.listener.accept()) {
            Ok((stream, from)) => {
                if self.clients.len() == MAX_CLIENTS {
                    self.clients.pop_front();
                }
                self.clients.extend(Client::new(stream, from, self.timeout));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                sleep(if self.clients.is_empty() { IDLE_PAUSE } else { PAUSE });
            }
            // The process has probably run out of descriptors temporarily.
            Err(_) => {
                self.clients.pop_front();
                sleep(IDLE_PAUSE);
            }
        }
        let mut panicked = None;
        self.clients.retain_mut(|client| match catch(|| client.advance(self.timeout, answer)) {
            Ok(goes_on) => goes_on,
            Err(caught) => {
                panicked = Some(caught);
                false
            }
        });
        panicked
    }
}

impl Client {
    fn new(stream: TcpStream, from: SocketAddr, timeout: Duration) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        Some(Self { from, stream, until: Instant::now() + timeout, request: Request::new(), reply: None, sent: 0 })
    }

    /// `false` after the end of the connection.
    fn advance(&mut self, timeout: Duration, answer: &mut Answer<'_>) -> bool {
        let Self { from, stream, until, request, reply, sent } = self;
        if reply.is_none() {
            let given = match request.receive(stream) {
                None => return Instant::now() < *until,
                Some(Ok(head)) => {
                    let peer = stream.local_addr().ok().map(|here| Peer { from: *from, here });
                    peer.and_then(|peer| answer(&head, peer))
                }
                Some(Err(Ok(refusal))) => Some(refusal),
                Some(Err(Err(_))) => return false,
            };
            let Some(given) = given else { return false };
            *reply = Some(given.bytes());
            *until = Instant::now() + timeout;
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
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn panic_ends_one_request() {
        let mut loopback = Loopback::bind(0, Duration::from_mins(1)).unwrap();
        let host = loopback.host().unwrap();
        let mut ask = |path: &str, answer: &mut Answer<'_>| {
            let mut client = TcpStream::connect(&host).unwrap();
            client.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).unwrap();
            // The first turn only accepts if the request is not there yet.
            let panicked = (0..100).find_map(|_| loopback.turn(Patience::Returns, answer));
            let mut reply = String::new();
            client.read_to_string(&mut reply).map(|_| (panicked.is_some(), reply)).unwrap()
        };
        assert_eq!(ask("/", &mut |_, _| panic!("hunter2")), (true, String::new()));
        let (panicked, reply) = ask("/", &mut |_, _| Some(HttpReply::refused("404 Not Found", "x", "y")));
        assert!(!panicked && reply.starts_with("HTTP/1.1 404 "), "{reply}");
    }
}
