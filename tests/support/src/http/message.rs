//! A complete request and its answer.

use chrono::{DateTime, Utc};

/// A complete request.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) http_1_0: bool,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// A request for tests of services.
    pub fn new(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            http_1_0: false,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_vec(),
        }
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The method as sent.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The encoded path as sent, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The encoded query as sent; empty if missing.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The first value of this header. The name is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_named(name).first().copied()
    }

    /// All values of this header in their order.
    pub fn headers_named(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// RFC 9112 section 9.3: HTTP/1.1 connections persist by default, 1.0 connections do not.
    pub(super) fn keep_alive(&self) -> bool {
        let said = |option: &str| {
            self.headers_named("connection")
                .iter()
                .flat_map(|value| value.split(','))
                .any(|token| token.trim().eq_ignore_ascii_case(option))
        };
        if self.http_1_0 { said("keep-alive") } else { !said("close") }
    }
}

/// A response. The server writes `Date`, `Content-Length` and `Connection`.
#[must_use]
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The value of the `Date` header.
    pub date: DateTime<Utc>,
    /// The other headers.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without a body.
    pub fn new(status: u16, date: DateTime<Utc>) -> Self {
        Self { status, date, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the body and its media type.
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", media_type)
    }
}

/// The server's reaction to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A correct response.
    Whole(Response),
    /// A response that promises more bytes than it sends before the connection closes.
    Truncated(Response),
    /// Closes the connection without a byte.
    Close,
}
