//! The part of HTTP/1.1 (RFC 9112) that one GET needs: a bounded request head, and a reply that ends the connection.

use std::io::{self, ErrorKind, Read};

use zeroize::{Zeroize, Zeroizing};

use crate::core::secret::Secret;

/// In bytes. The SDKs send several hundred.
const LONGEST_HEAD: usize = 8 << 10;
const CHUNK: usize = 1024;

#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) host: Option<String>,
    pub(crate) authorization: Option<Secret>,
}

#[derive(Debug)]
pub(crate) struct HttpReply {
    pub(crate) status: &'static str,
    /// In addition to the length, `Cache-Control: no-store` and `Connection: close`.
    pub(crate) headers: Vec<(&'static str, Zeroizing<String>)>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl HttpReply {
    pub(crate) fn json(status: &'static str, body: Zeroizing<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type", "application/json".to_owned().into())], body }
    }

    /// The SDKs show the message.
    pub(crate) fn refused(status: &'static str, code: &str, message: &str) -> Self {
        let body = serde_json::json!({"Code": code, "Message": message}).to_string();
        Self::json(status, Zeroizing::new(body.into_bytes()))
    }

    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let Self { status, headers, body } = self;
        let first = format!("HTTP/1.1 {status}\r\n");
        let last = format!("Content-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n", body.len());
        // An address in a header may contain a token. No buffer grows, which would leave a copy.
        let headers: Vec<_> = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let texts = || std::iter::once(first.as_str()).chain(headers.iter().copied()).chain([last.as_str()]);
        let length = texts().map(str::len).sum::<usize>() + body.len();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        texts().for_each(|text| bytes.extend_from_slice(text.as_bytes()));
        bytes.extend_from_slice(body);
        bytes
    }
}

pub(super) struct Request(Zeroizing<Vec<u8>>);

/// An error is the reply to an invalid request, or the failure of the connection.
type Received = Result<Head, io::Result<HttpReply>>;

impl Request {
    pub(super) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(LONGEST_HEAD + CHUNK)))
    }

    /// Reads from a non-blocking client. `None` until the empty line has arrived.
    pub(super) fn receive(&mut self, client: &mut impl Read) -> Option<Received> {
        let Self(bytes) = self;
        let mut chunk = [0; CHUNK];
        loop {
            match client.read(&mut chunk) {
                Ok(0) => return Some(Err(Err(ErrorKind::UnexpectedEof.into()))),
                Ok(read) => {
                    bytes.extend_from_slice(&chunk[..read]);
                    chunk[..read].zeroize();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) => return Some(Err(Err(error))),
            }
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let message = "this is not an HTTP/1.1 request without a body";
                let refused = || Ok(HttpReply::refused("400 Bad Request", "BadRequest", message));
                return Some(parse(&bytes[..end]).ok_or_else(refused));
            }
            if bytes.len() > LONGEST_HEAD {
                let status = "431 Request Header Fields Too Large";
                return Some(Err(Ok(HttpReply::refused(status, "TooLong", "the request is too long"))));
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Head> {
    let mut lines = std::str::from_utf8(bytes).ok()?.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, path, version) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !["HTTP/1.1", "HTTP/1.0"].contains(&version) {
        return None;
    }
    let mut head = Head { method: method.to_owned(), path: path.to_owned(), host: None, authorization: None };
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let value = value.trim_matches([' ', '\t']);
        let is_invalid = match name.to_ascii_lowercase().as_str() {
            "host" => head.host.replace(value.to_ascii_lowercase()).is_some(),
            "authorization" => head.authorization.replace(Secret::from(value)).is_some(),
            // A body could be read as the next request.
            "transfer-encoding" => true,
            "content-length" => value != "0",
            _ => name.is_empty() || name.contains([' ', '\t']),
        };
        if is_invalid {
            return None;
        }
    }
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_head_is_rejected() {
        let head = parse(b"GET / HTTP/1.1\r\nHOST: 127.0.0.1:1\r\nAuthorization:  a b \r\nAccept: */*").unwrap();
        assert_eq!((head.method.as_str(), head.path.as_str(), head.host.as_deref()), ("GET", "/", Some("127.0.0.1:1")));
        assert_eq!(head.authorization.unwrap().expose(), "a b");
        let none = parse(b"GET /x HTTP/1.0").unwrap();
        assert!(none.host.is_none() && none.authorization.is_none());
        for text in [
            "",
            "GET /",
            "GET / HTTP/2",
            "GET / x HTTP/1.1",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b",
            "GET / HTTP/1.1\r\nAuthorization: a\r\nauthorization: b",
            "GET / HTTP/1.1\r\n folded",
            "GET / HTTP/1.1\r\nHost : a",
            "GET / HTTP/1.1\r\nContent-Length: 5",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked",
            "GET / HTTP/1.1\r\nno colon",
        ] {
            assert!(parse(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(parse(b"GET / HTTP/1.1\r\nHost: \xff").is_none());
    }
}
