//! An HTTP proxy that ends TLS for the hosts of AWS and forwards their requests to doubles, so that unchanged clients
//! use the real names. Its authority is made for one run; other hosts get 502.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use chrono::{DateTime, Utc};
use tempfile::TempDir;

use crate::http::{Reply, Request, Response, Service, converse_securely, exchange, split};
use crate::proxy::{parse, read_head};
use crate::site::lock;
use crate::tls::{Authority, ServerTls, Validity};

/// A running front. Its threads end with its clients and with the process.
#[derive(Debug)]
pub struct TlsFront {
    address: SocketAddr,
    shared: Arc<Shared>,
    folder: TempDir,
}

#[derive(Debug)]
struct Shared {
    authority: Authority,
    hosts: Mutex<HashMap<String, Host>>,
    connects: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Host {
    /// Its certificate, made by the first connection.
    tls: Option<ServerTls>,
    service: Arc<dyn Service>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("tls", &self.tls).finish_non_exhaustive()
    }
}

impl TlsFront {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// If the system has no free port, thread or temporary directory.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback interface");
        let address = listener.local_addr().expect("an address");
        let authority = Authority::new("amplify-creds test double");
        let folder = TempDir::new().expect("a temporary directory");
        std::fs::write(folder.path().join("ca.pem"), authority.pem()).expect("a writable temporary directory");
        let shared = Arc::new(Shared { authority, hosts: Mutex::default(), connects: Mutex::default() });
        let for_threads = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&for_threads);
                // Clients may close a connection at any time.
                thread::spawn(move || serve(client, &shared));
            }
        });
        Self { address, shared, folder }
    }

    /// Forwards the requests for `https://HOST` to the double at `url`, with `x-forwarded-proto: https`.
    ///
    /// # Panics
    ///
    /// If `url` is not an `http` URL.
    pub fn forward(&self, host: &str, url: &str) {
        self.forward_path(host, url, ("", url));
    }

    /// As [`TlsFront::forward`], but forwards the requests for one path to another double.
    ///
    /// # Panics
    ///
    /// If a URL is not an `http` URL.
    pub fn forward_path(&self, host: &str, url: &str, (path, other): (&str, &str)) {
        let address = |url| split(url).expect("an http URL").0.to_owned();
        let (path, address, other) = (path.to_owned(), address(url), address(other));
        self.answer(host, move |request| {
            let address = if request.path() == path { &other } else { &address };
            exchange(address, &request.clone().with_header("x-forwarded-proto", "https"))
                .unwrap_or_else(|_| Reply::Whole(Response::new(502, Utc::now())))
        });
    }

    /// Answers the requests for `https://HOST` by this function.
    pub fn answer(&self, host: &str, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        let service: Arc<dyn Service> = Arc::new(Answering(answer));
        lock(&self.shared.hosts).insert(host.to_owned(), Host { tls: None, service });
    }

    /// Redirects all requests for `https://HOST` to `location`, as a vanity start URL. HEAD gets the status
    /// `head`: 302, or 405 or 501 from a server that does not support it.
    pub fn redirect(&self, host: &str, location: &str, head: u16) {
        let location = location.to_owned();
        self.answer(host, move |request| {
            let status = if request.method() == "HEAD" { head } else { 302 };
            let response = Response::new(status, Utc::now());
            Reply::Whole(if status == 302 { response.header("Location", &location) } else { response })
        });
    }

    /// The URL of the proxy, for `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The authority's certificate, for `AWS_CA_BUNDLE`. It is deleted on drop.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The `HOST:PORT` of all CONNECT requests so far, with rejected ones.
    pub fn connects(&self) -> Vec<String> {
        lock(&self.shared.connects).clone()
    }
}

struct Answering<F>(F);

impl<F: Fn(&Request) -> Reply + Send + Sync + 'static> Service for Answering<F> {
    fn answer(&self, request: &Request) -> Reply {
        let mut reply = (self.0)(request);
        if let (true, Reply::Whole(response)) = (request.method() == "HEAD", &mut reply) {
            response.body.clear();
        }
        reply
    }

    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

impl Shared {
    fn host(&self, target: &str) -> Option<(ServerTls, Arc<dyn Service>)> {
        let name = target.strip_suffix(":443")?;
        let mut hosts = lock(&self.hosts);
        let host = hosts.get_mut(&name.to_ascii_lowercase())?;
        let tls = host.tls.get_or_insert_with(|| self.authority.server(&[name], Validity::Good)).clone();
        Some((tls, Arc::clone(&host.service)))
    }
}

fn serve(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (head, _) = read_head(&mut client)?;
    let asked = parse(&head);
    let refuse = |mut client: TcpStream, status: &str| {
        write!(client, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        client.shutdown(Shutdown::Both)
    };
    if asked.method != "CONNECT" {
        return refuse(client, "405 Method Not Allowed");
    }
    lock(&shared.connects).push(asked.target.clone());
    let Some((tls, service)) = shared.host(&asked.target) else { return refuse(client, "502 Bad Gateway") };
    // The client sends nothing more before this response, so no bytes of its handshake are lost.
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let outcome = converse_securely(&client, &tls, service.as_ref());
    let _ = client.shutdown(Shutdown::Both);
    outcome
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use rustls::pki_types::{CertificateDer, pem::PemObject};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};

    use super::*;
    use crate::Site;

    fn connect(front: &TlsFront, target: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(front.address).unwrap();
        write!(stream, "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").unwrap();
        let (head, _) = read_head(&mut stream).unwrap();
        (stream, head.lines().next().unwrap().to_owned())
    }

    fn request(front: &TlsFront, host: &str, method: &str) -> String {
        let (mut stream, status) = connect(front, &format!("{host}:443"));
        assert_eq!(status, "HTTP/1.1 200 Connection established");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(front.ca_file()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tls = ClientConnection::new(Arc::new(config), host.to_owned().try_into().unwrap()).unwrap();
        let mut stream = Stream::new(&mut tls, &mut stream);
        write!(stream, "{method} /start?a=b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn request_reaches_the_double_of_its_host() {
        let front = TlsFront::start();
        let site = Site::start(|request| {
            let body = [request.header("host"), request.header("x-forwarded-proto")].map(Option::unwrap).join(" ");
            Reply::Whole(Response::new(418, Utc::now()).header("x-own", "1").body("text/plain", body))
        });
        front.forward("oidc.eu-west-1.amazonaws.com", &site.url());
        let text = request(&front, "oidc.eu-west-1.amazonaws.com", "GET");
        assert!(text.starts_with("HTTP/1.1 418 ") && text.contains("\r\nx-own: 1\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\noidc.eu-west-1.amazonaws.com https"), "{text}");
        assert_eq!((site.requests()[0].query(), site.count("GET", "/start")), ("a=b", 1));
    }

    #[test]
    fn vanity_host_redirects_and_may_reject_head() {
        let front = TlsFront::start();
        for head in [302, 405, 501] {
            front.redirect("sso.corp.example", "https://d-123.awsapps.com/start", head);
            let answers = ["HEAD", "GET"].map(|method| request(&front, "sso.corp.example", method));
            for (answer, status) in answers.iter().zip([head, 302]) {
                assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
                let location = "\r\nLocation: https://d-123.awsapps.com/start\r\n";
                assert_eq!(answer.contains(location), status == 302, "{answer}");
            }
        }
    }

    #[test]
    fn unknown_host_or_port_gets_502() {
        let front = TlsFront::start();
        front.redirect("sso.corp.example", "https://d-123.awsapps.com/start", 302);
        for target in ["other.example:443", "sso.corp.example:8443"] {
            assert_eq!(connect(&front, target).1, "HTTP/1.1 502 Bad Gateway");
        }
        assert_eq!(front.connects(), ["other.example:443", "sso.corp.example:8443"]);
    }
}
