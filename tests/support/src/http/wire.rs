//! Reads requests from a connection and writes answers to it. Heads over 64 KiB, bodies over 1 MiB and any framing but
//! `Content-Length` are rejected.

use std::fmt::Write as _;
use std::io::{self, Read, Write};

use super::message::{Request, Response};

/// The largest body in bytes.
const BODY_CAP: usize = 1 << 20;
/// The largest request line and headers in bytes.
const HEAD_CAP: usize = 1 << 16;
const HEADER_CAP: usize = 128;

pub(super) enum Unreadable {
    /// The connection broke.
    Io(io::Error),
    /// The client gets this status. The connection is unusable afterwards.
    Refused(u16),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

pub(super) struct Wire<S> {
    stream: S,
    /// Bytes that belong to the next request.
    pending: Vec<u8>,
}

impl<S: Read + Write> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, pending: Vec::new() }
    }

    /// The next request; `None` if the client has closed the connection between two requests.
    pub(super) fn read_request(&mut self) -> Result<Option<Request>, Unreadable> {
        let (mut request, head) = loop {
            if let Some(parsed) = parse_head(&self.pending)? {
                break parsed;
            }
            if self.pending.len() >= HEAD_CAP {
                return Err(Unreadable::Refused(431));
            }
            if !self.fill()? {
                return Ok(None);
            }
        };
        let end = head + body_length(&request)?;
        if self.pending.len() < end && request.header("expect").is_some() {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        while self.pending.len() < end {
            if !self.fill()? {
                return Ok(None);
            }
        }
        request.body = self.pending[head..end].to_vec();
        self.pending.drain(..end);
        Ok(Some(request))
    }

    /// Writes a response that promises `length` bytes of body, regardless of its real length.
    pub(super) fn write(&mut self, response: &Response, length: usize, keep_alive: bool) -> io::Result<()> {
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Length: {length}\r\nConnection: {}\r\n",
            response.status,
            reason(response.status),
            response.date.format("%a, %d %b %Y %H:%M:%S GMT"),
            if keep_alive { "keep-alive" } else { "close" },
        );
        for (name, value) in &response.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&response.body);
        self.stream.write_all(&bytes)
    }

    /// Reads more bytes. False at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        let mut chunk = [0; 8192];
        let read = self.stream.read(&mut chunk)?;
        self.pending.extend_from_slice(&chunk[..read]);
        Ok(read > 0)
    }
}

/// The request without its body, and the length of its head. `None` until the head is complete.
fn parse_head(bytes: &[u8]) -> Result<Option<(Request, usize)>, Unreadable> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_CAP];
    let mut parsed = httparse::Request::new(&mut headers);
    let head = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Unreadable::Refused(431)),
        Err(_) => return Err(Unreadable::Refused(400)),
    };
    let headers = parsed
        .headers
        .iter()
        .map(|header| {
            let value = std::str::from_utf8(header.value).map_err(|_| Unreadable::Refused(400))?;
            Ok((header.name.to_owned(), value.to_owned()))
        })
        .collect::<Result<_, Unreadable>>()?;
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        http_1_0: parsed.version == Some(0),
        headers,
        body: Vec::new(),
    };
    Ok(Some((request, head)))
}

fn body_length(request: &Request) -> Result<usize, Unreadable> {
    if request.header("transfer-encoding").is_some() {
        return Err(Unreadable::Refused(411));
    }
    let lengths = request.headers_named("content-length");
    let Some((length, others)) = lengths.split_first() else {
        return Ok(0);
    };
    // RFC 9112 section 6.3: different lengths are an attack or a bug, never a valid request.
    if others.iter().any(|other| other != length) || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Unreadable::Refused(400));
    }
    match length.parse() {
        Ok(length) if length <= BODY_CAP => Ok(length),
        _ => Err(Unreadable::Refused(413)),
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        411 => "Length Required",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        // The phrase may be empty (RFC 9112 section 4).
        _ => "",
    }
}
