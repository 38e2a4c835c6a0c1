use std::io::{Read, Write};
use std::net::TcpStream;

use crate::core::clock::Timestamp;
use crate::loopback::MAX_CLIENTS;

use super::*;

fn endpoint(expiration: Option<Timestamp>) -> CredentialsEndpoint {
    CredentialsEndpoint::start(0, credentials("ASIA1", expiration), "over: run login".into()).unwrap()
}

fn credentials(id: &str, expiration: Option<Timestamp>) -> Credentials {
    Credentials {
        access_key_id: id.into(),
        secret_access_key: "s".into(),
        session_token: Some("t".into()),
        expiration,
        account_id: None,
    }
}

fn ask(endpoint: &CredentialsEndpoint, request: &str) -> String {
    let mut client = TcpStream::connect(&endpoint.state.host).unwrap();
    client.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    client.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = client.read_to_string(&mut answer);
    answer
}

fn get(endpoint: &CredentialsEndpoint) -> String {
    let CredentialsEndpoint { state } = endpoint;
    ask(endpoint, &format!("GET / HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n", state.host, state.token.expose()))
}

#[test]
fn wrong_token_or_address_is_rejected() {
    let endpoint = endpoint(None);
    let (host, token) = (endpoint.state.host.clone(), endpoint.token().expose().to_owned());
    let port = host.rsplit(':').next().unwrap();
    assert_eq!(token.len(), 64);
    assert!(get(&endpoint).starts_with("HTTP/1.1 200 OK\r\n"));
    let wrong = format!("{}{}", &token[..63], if token.ends_with('0') { '1' } else { '0' });
    let rows = [
        ("GET", "/", host.as_str(), wrong.as_str(), "401"),
        ("GET", "/", &host, "", "401"),
        ("GET", "/", &host, &token[..63], "401"),
        ("GET", "/", &host, &format!("{token}0"), "401"),
        ("GET", "/", &host, &format!("Bearer {token}"), "401"),
        ("GET", "/", "evil.example", &token, "403"),
        ("GET", "/", &format!("evil.example:{port}"), &token, "403"),
        ("GET", "/", "127.0.0.1", &token, "403"),
        ("GET", "/", &format!("localhost:{port}"), &token, "403"),
        ("GET", "/other", &host, &token, "404"),
        ("POST", "/", &host, &token, "405"),
    ];
    for (method, path, host, token, status) in rows {
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\r\n");
        let answer = ask(&endpoint, &request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && !answer.contains("ASIA1"), "{request} {answer}");
    }
    let no_host = ask(&endpoint, &format!("GET / HTTP/1.1\r\nAuthorization: {token}\r\n\r\n"));
    assert!(no_host.starts_with("HTTP/1.1 403 "), "{no_host}");
    assert!(ask(&endpoint, "nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(!ask(&endpoint, &format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000))).contains("ASIA1"));
}

#[test]
fn published_credentials_are_served_until_they_expire() {
    let now = Clock::System.now();
    let endpoint = endpoint(Some(now.plus(100)));
    assert!(get(&endpoint).contains("ASIA1"));
    endpoint.publish(credentials("ASIA2", Some(now.plus(200))));
    assert!(get(&endpoint).contains("ASIA2"));
    endpoint.publish(credentials("ASIA3", Some(now)));
    let answer = get(&endpoint);
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("over: run login"), "{answer}");
}

#[test]
fn silent_clients_do_not_delay_others() {
    // Longer than any test, so that a reply after a silent client would never arrive.
    let timeout = Duration::from_hours(1);
    let endpoint = CredentialsEndpoint::start_with(0, credentials("ASIA1", None), String::new(), timeout).unwrap();
    let connect = |text: &str| {
        let mut client = TcpStream::connect(&endpoint.state.host).unwrap();
        client.write_all(text.as_bytes()).unwrap();
        client
    };
    // More than the limit.
    let silent: Vec<_> =
        (0..MAX_CLIENTS + 20).map(|number| connect(["", "GET / HTTP/1.1\r\nHo"][number % 2])).collect();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..3).for_each(|_| assert!(get(&endpoint).contains("ASIA1"))));
        }
    });
    drop(silent);
}

#[test]
fn slow_client_is_answered_and_a_silent_one_is_closed() {
    let timeout = Duration::from_hours(1);
    let endpoint = CredentialsEndpoint::start_with(0, credentials("ASIA1", None), String::new(), timeout).unwrap();
    let mut slow = TcpStream::connect(&endpoint.state.host).unwrap();
    let CredentialsEndpoint { state } = &endpoint;
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n", state.host, state.token.expose());
    for piece in request.as_bytes().chunks(40) {
        slow.write_all(piece).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("ASIA1"), "{answer}");

    let short = Duration::from_millis(20);
    let endpoint = CredentialsEndpoint::start_with(0, credentials("ASIA1", None), String::new(), short).unwrap();
    assert_eq!(ask(&endpoint, "GET / HTTP/1.1\r\n"), "");
}
