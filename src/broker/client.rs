use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use thiserror::Error;
use zeroize::Zeroizing;

use super::listener::LONGEST_PATH;
use super::message::{LONGEST_REPLY, Reply, Request};

/// Three heartbeats. A broker that is silent for longer is stopped, or its machine is asleep or unreachable.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(15);
/// In bytes. Credentials fit, so that no reallocation leaves a copy.
const FIRST_SIZE: usize = 64 << 10;

#[derive(Debug, Error)]
pub enum ClientError {
    #[error("the socket is missing")]
    Missing,
    #[error("no process listens on the socket")]
    Dead,
    #[error("it is not a socket")]
    NotASocket,
    #[error("its path is longer than {LONGEST_PATH} bytes")]
    TooLong,
    #[error("the socket belongs to another user")]
    Forbidden,
    #[error("the connection ended without a reply")]
    Closed,
    #[error("no reply within {} seconds", SILENCE_LIMIT.as_secs())]
    Silent,
    #[error("the reply is malformed")]
    Malformed,
    #[error("{0}")]
    System(io::Error),
}

impl From<io::Error> for ClientError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Missing,
            ErrorKind::ConnectionRefused => Self::Dead,
            ErrorKind::PermissionDenied => Self::Forbidden,
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::Silent,
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::System(error),
        }
    }
}

/// A connection with one request. The reply borrows from it.
#[derive(Debug)]
pub struct BrokerClient {
    stream: UnixStream,
    received: Zeroizing<Vec<u8>>,
}

impl BrokerClient {
    /// `silence` is the longest time without a line from the broker.
    pub fn send(socket: &Path, request: &Request, silence: Duration) -> Result<Self, ClientError> {
        let mut stream = connect(socket, silence)?;
        stream.set_read_timeout(Some(silence))?;
        stream.set_write_timeout(Some(silence))?;
        match stream.write_all(&request.line()) {
            // The broker rejects some clients before it reads, and replies with the reason.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            sent => sent?,
        }
        Ok(Self { stream, received: Zeroizing::new(Vec::with_capacity(FIRST_SIZE)) })
    }

    /// Returns the reply after all `waiting` lines. Their text is reported.
    pub fn reply(&mut self, report: &mut dyn FnMut(&str)) -> Result<Reply<'_>, ClientError> {
        let mut begin = 0;
        loop {
            let end = self.line_end(begin)?;
            match parse(&self.received[begin..end])? {
                Reply::Waiting(text) => {
                    if let Some(text) = text {
                        report(&text);
                    }
                    begin = end + 1;
                }
                // Parsed again, because the borrow checker would extend the borrow to the next turn.
                _ => return parse(&self.received[begin..end]),
            }
        }
    }

    /// The index of the next line feed from `begin`, after reading as much as needed.
    fn line_end(&mut self, begin: usize) -> Result<usize, ClientError> {
        let Self { stream, received } = self;
        let mut searched = begin;
        loop {
            if let Some(at) = received[searched..].iter().position(|byte| *byte == b'\n') {
                return Ok(searched + at);
            }
            searched = received.len();
            if searched > LONGEST_REPLY {
                return Err(ClientError::Malformed);
            }
            let mut chunk = Zeroizing::new([0; 16 << 10]);
            match stream.read(&mut *chunk) {
                Ok(0) => return Err(ClientError::Closed),
                Ok(read) => received.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn parse(line: &[u8]) -> Result<Reply<'_>, ClientError> {
    serde_json::from_slice(line).map_err(|_| ClientError::Malformed)
}

/// Connecting blocks while the queue of a stopped broker is full, and the standard library has no limit for it.
fn connect(socket: &Path, limit: Duration) -> Result<UnixStream, ClientError> {
    if socket.as_os_str().len() > LONGEST_PATH {
        return Err(ClientError::TooLong);
    }
    if fs::metadata(socket).is_ok_and(|metadata| !metadata.file_type().is_socket()) {
        return Err(ClientError::NotASocket);
    }
    let (sender, connected) = channel();
    let path = socket.to_owned();
    thread::Builder::new().spawn(move || drop(sender.send(UnixStream::connect(path))))?;
    Ok(connected.recv_timeout(limit).map_err(|_| ClientError::Silent)??)
}
