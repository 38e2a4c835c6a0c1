//! A double of an HTTP proxy: CONNECT tunnels and plain forwarding, with or without Basic authentication.
//!
//! It connects every host name to the same double, so no request leaves this machine.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// A running proxy. Its threads end with its clients and with the test.
#[derive(Debug)]
pub struct FakeProxy {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Asked>>>,
}

/// A client's request to the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `CONNECT`, or the method of a request to forward.
    pub method: String,
    /// `HOST:PORT`, or the whole URL of a request to forward.
    pub target: String,
    /// The `Proxy-Authorization` header.
    pub authorization: Option<String>,
}

/// The proxy's reaction to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Serves all clients.
    Open,
    /// Serves clients with this `Proxy-Authorization`, and answers others with 407.
    Authorized(String),
    /// Answers all clients with 403.
    Forbidden,
}

impl FakeProxy {
    /// Starts on a free port of 127.0.0.1, in front of the server at `port`.
    ///
    /// # Panics
    ///
    /// If the system has no free port or thread.
    pub fn start(port: u16, policy: Policy) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback interface");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (shared, behind) = (Arc::clone(&seen), SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (seen, policy) = (Arc::clone(&shared), policy.clone());
                thread::spawn(move || serve(client, behind, &policy, &seen));
            }
        });
        Self { address, seen }
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Asked> {
        lock(&self.seen).clone()
    }
}

fn lock(seen: &Mutex<Vec<Asked>>) -> MutexGuard<'_, Vec<Asked>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves one client. Errors are expected in a proxy.
fn serve(mut client: TcpStream, behind: SocketAddr, policy: &Policy, seen: &Mutex<Vec<Asked>>) -> io::Result<()> {
    let (head, rest) = read_head(&mut client)?;
    let asked = parse(&head);
    lock(seen).push(asked.clone());
    let refusal = match policy {
        Policy::Open => None,
        Policy::Authorized(expected) if asked.authorization.as_ref() == Some(expected) => None,
        Policy::Authorized(_) => {
            Some("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"double\"")
        }
        Policy::Forbidden => Some("403 Forbidden"),
    };
    if let Some(refusal) = refusal {
        write!(client, "HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        return client.shutdown(Shutdown::Both);
    }
    let mut server = TcpStream::connect(behind)?;
    if asked.method == "CONNECT" {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    } else {
        // A modern server accepts the absolute form (RFC 9112 section 3.2.2), but this double does not.
        let path = asked.target.splitn(4, '/').nth(3).unwrap_or_default();
        server.write_all(head.replacen(&asked.target, &format!("/{path}"), 1).as_bytes())?;
    }
    server.write_all(&rest)?;
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let _ = io::copy(&mut client, &mut server);
    let _ = server.shutdown(Shutdown::Both);
    let _ = back.join();
    Ok(())
}

/// The request line with its headers, and the bytes after them.
pub(crate) fn read_head(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        let mut chunk = [0; 4096];
        match client.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

pub(crate) fn parse(head: &str) -> Asked {
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("proxy-authorization").then(|| value.trim().to_owned())
    };
    Asked { method, target, authorization: lines.find_map(header) }
}
