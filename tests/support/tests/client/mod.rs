//! A signer and an HTTP client for these tests, written independently of the double. It always signs `POST /` with a
//! form body.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::net::TcpStream;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use test_support::{FakeSts, biz_corp};

#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether all promised bytes arrived.
    pub whole: bool,
}

/// Service, API version and signed region.
const STS: (&str, &str, &str) = ("sts", "2011-06-15", "eu-central-1");
const IAM: (&str, &str, &str) = ("iam", "2010-05-08", "us-east-1");

impl Keys {
    pub(crate) fn developer() -> Self {
        Self::long_term(biz_corp::ACCESS_KEY_ID, biz_corp::SECRET_ACCESS_KEY)
    }

    pub(crate) fn long_term(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), token: None }
    }

    /// The keys in a successful response.
    pub(crate) fn of(answer: &Answer) -> Self {
        Self {
            id: answer.element("AccessKeyId"),
            secret: answer.element("SecretAccessKey"),
            token: Some(answer.element("SessionToken")),
        }
    }

    /// Sends an action, signed now, on its own connection.
    pub(crate) fn call(&self, sts: &FakeSts, action: &str, params: &[(&str, &str)]) -> Answer {
        self.call_at(sts, Utc::now(), action, params).expect("an answer")
    }

    /// Like [`Self::call`], if there may be no response.
    pub(crate) fn try_call(&self, sts: &FakeSts, action: &str, params: &[(&str, &str)]) -> io::Result<Answer> {
        self.call_at(sts, Utc::now(), action, params)
    }

    /// Like [`Self::call`], signed at another time.
    pub(crate) fn call_at(
        &self,
        sts: &FakeSts,
        time: DateTime<Utc>,
        action: &str,
        params: &[(&str, &str)],
    ) -> io::Result<Answer> {
        send(sts, &self.request(sts, time, STS, action, params))
    }

    /// Sends an action of IAM, signed now.
    pub(crate) fn call_iam(&self, sts: &FakeSts, action: &str, params: &[(&str, &str)]) -> Answer {
        send(sts, &self.request(sts, Utc::now(), IAM, action, params)).expect("an answer")
    }

    /// Assumes a role as the session `tester`.
    pub(crate) fn assume(&self, sts: &FakeSts, role: &str, more: &[(&str, &str)]) -> Answer {
        let mut params = vec![("RoleArn", role), ("RoleSessionName", "tester")];
        params.extend_from_slice(more);
        self.call(sts, "AssumeRole", &params)
    }

    fn request(
        &self,
        sts: &FakeSts,
        time: DateTime<Utc>,
        (service, version, region): (&str, &str, &str),
        action: &str,
        params: &[(&str, &str)],
    ) -> String {
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in params {
            write!(body, "&{name}={}", form(value)).unwrap();
        }
        let host = format!("127.0.0.1:{}", sts.port());
        let stamp = time.format("%Y%m%dT%H%M%SZ").to_string();
        let mut headers = vec![
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("host", host),
            ("x-amz-date", stamp.clone()),
        ];
        headers.extend(self.token.clone().map(|token| ("x-amz-security-token", token)));

        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let canonical = format!("POST\n/\n\n{lines}\n{names}\n{}", hex(&Sha256::digest(&body)));
        let scope = format!("{}/{region}/{service}/aws4_request", &stamp[..8]);
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let key = scope.split('/').fold(format!("AWS4{}", self.secret).into_bytes(), |key, part| mac(&key, part));
        let signature = hex(&mac(&key, &text));

        let mut request = String::from("POST / HTTP/1.1\r\n");
        for (name, value) in &headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        write!(
            request,
            "authorization: AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.id,
            body.len()
        )
        .unwrap();
        request
    }
}

impl Answer {
    /// The text of the first element of this name, with XML's escapes decoded.
    #[track_caller]
    pub(crate) fn element(&self, name: &str) -> String {
        let text = self.text();
        let (_, after) = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {text}"));
        let (inside, _) = after.split_once('<').unwrap();
        inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn assert_ok(&self) -> &Self {
        assert_eq!(self.status, 200, "{}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str, message: &str) {
        let got = (self.status, self.element("Code"), self.element("Message"));
        assert_eq!(got, (status, code.to_owned(), message.to_owned()));
    }

    /// The denial without a reason.
    #[track_caller]
    pub(crate) fn assert_not_authorized(&self, who: &str, role: &str) {
        let message = format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role}");
        self.assert_error(403, "AccessDenied", &message);
    }
}

/// Sends bytes and reads until the double closes.
pub(crate) fn send(sts: &FakeSts, request: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", sts.port()))?;
    stream.set_read_timeout(Some(test_support::PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let body = bytes.split_off(head_end + 4);
    let head = String::from_utf8(bytes).expect("a head of text");
    let promised = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .map_or(0, |length| length.parse().expect("a length"));
    Ok(Answer { status: head[9..12].parse().expect("a status"), whole: body.len() == promised, head, body })
}

fn form(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
