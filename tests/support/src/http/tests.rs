use std::io::{Read, Write};
use std::time::Duration;

use super::*;

struct Echo;

impl Service for Echo {
    fn answer(&self, request: &Request) -> Reply {
        let response = Response::new(200, self.now());
        let body = [request.method().as_bytes(), b" ", request.body()].concat();
        Reply::Whole(response.body("text/plain", body))
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(784_111_777, 0).unwrap()
    }
}

fn start() -> Server {
    Server::start(0, Arc::new(Echo)).unwrap()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Reads until the text ends with `end`.
fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with(end) {
        stream.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    text
}

fn exchange(bytes: &[u8]) -> String {
    let server = start();
    let mut stream = connect(&server);
    stream.write_all(bytes).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn connection_serves_requests_that_arrive_in_pieces() {
    let server = start();
    let mut stream = connect(&server);
    stream.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le").unwrap();
    stream.write_all(b"ngth: 3\r\n\r\nab").unwrap();
    stream.write_all(b"cPUT /x?y HTTP/1.1\r\n\r\n").unwrap();
    let first = read_to(&mut stream, "POST abc");
    assert!(first.starts_with("HTTP/1.1 200 OK\r\n"), "{first}");
    assert!(first.contains("Connection: keep-alive\r\n"), "{first}");
    // The example date of RFC 9110 section 5.6.7.
    assert!(first.contains("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), "{first}");
    read_to(&mut stream, "PUT ");
}

#[test]
fn connection_close_and_http_1_0_are_honoured() {
    for request in ["GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"] {
        let answer = exchange(request.as_bytes());
        assert!(answer.contains("Connection: close\r\n"), "{answer}");
        assert!(answer.ends_with("GET "), "{answer}");
    }
}

#[test]
fn malformed_request_is_rejected() {
    for (status, request) in [
        (413, "POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n"),
        (400, "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        (400, "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        (411, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        (400, "what is this\r\n\r\n"),
    ] {
        let answer = exchange(request.as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
    }
}

#[test]
fn expect_header_gets_100_continue() {
    let server = start();
    let mut stream = connect(&server);
    stream.write_all(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n").unwrap();
    read_to(&mut stream, "100 Continue\r\n\r\n");
    stream.write_all(b"z").unwrap();
    read_to(&mut stream, "POST z");
}

#[test]
fn dropped_server_closes_connections() {
    let server = start();
    let address = server.address();
    let mut idle = connect(&server);
    idle.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    read_to(&mut idle, "GET ");
    drop(server);
    assert!(matches!(idle.read(&mut [0]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).is_err());
}
