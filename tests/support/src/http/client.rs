//! A client for `http://127.0.0.1:PORT`: one request per connection, no redirects.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use chrono::{DateTime, Utc};

use super::message::{Reply, Request, Response};

/// Hop-by-hop headers, and those that this client or the server writes.
const OWN_HEADERS: [&str; 7] =
    ["connection", "content-length", "date", "expect", "keep-alive", "proxy-connection", "transfer-encoding"];

/// Sends a request with `body` to a URL. The `Host` header is the URL's.
///
/// # Errors
///
/// The server cannot be reached, its response is incomplete, or the URL is not an `http` URL.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Response> {
    let (authority, target) = split(url)?;
    let headers = [headers, &[("Host", authority)]].concat();
    match exchange(authority, &Request::new(method, &target, &headers, body))? {
        Reply::Whole(response) => Ok(response),
        Reply::Truncated(_) | Reply::Close => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// The authority of an `http` URL, and its path with the query.
pub(crate) fn split(url: &str) -> io::Result<(&str, String)> {
    let rest = url.strip_prefix("http://").ok_or_else(|| io::Error::other(format!("not an http URL: {url}")))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let target = rest[authority.len()..].split('#').next().unwrap_or_default();
    let slash = if target.starts_with('/') { "" } else { "/" };
    Ok((authority, format!("{slash}{target}")))
}

/// Sends a request with all its headers to the server at `address`.
pub(crate) fn exchange(address: &str, request: &Request) -> io::Result<Reply> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in request.headers.iter().filter(|(name, _)| !is_own(name)) {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "Content-Length: {}\r\nConnection: close\r\n\r\n", request.body.len());
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(&[head.as_bytes(), &request.body].concat())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> io::Result<Reply> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = parsed.parse(bytes).map_err(io::Error::other)? else {
        return Ok(Reply::Close);
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let all: Vec<_> = parsed.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect();
    let value = |wanted: &str| all.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value);
    let date = value("date").and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let mut response = Response::new(parsed.code.unwrap_or_default(), date.map_or_else(Utc::now, Into::into));
    response.body = bytes[head..].to_vec();
    let is_short = value("content-length").and_then(|text| text.parse().ok()).is_some_and(|n| response.body.len() < n);
    response.headers = all.into_iter().filter(|(name, _)| !is_own(name)).collect();
    Ok(if is_short { Reply::Truncated(response) } else { Reply::Whole(response) })
}

fn is_own(header: &str) -> bool {
    OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(header))
}
