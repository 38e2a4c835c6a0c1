//! A small HTTP/1.1 server on 127.0.0.1, with TLS where wanted: one thread per connection, keep-alive, bodies by
//! `Content-Length`.
//!
//! Dropping the [`Server`] closes its connections and joins its threads.

mod client;
mod message;
mod wire;

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use chrono::{DateTime, Utc};
use rustls::{ServerConnection, Stream};

use crate::tls::ServerTls;

pub use client::send;
pub(crate) use client::{exchange, split};
pub use message::{Reply, Request, Response};
use wire::{Unreadable, Wire};

/// Answers the requests of a [`Server`].
pub trait Service: Send + Sync + 'static {
    /// Answers one request. It runs in the connection's own thread, so it may block.
    fn answer(&self, request: &Request) -> Reply;

    /// The clock for the `Date` of the server's own responses (400, 413 and others).
    fn now(&self) -> DateTime<Utc>;
}

/// A running server, which stops on drop.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    connections: Arc<Connections>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on this port of 127.0.0.1, 0 for any free one.
    ///
    /// # Errors
    ///
    /// The port is taken or the system has no threads left.
    pub fn start(port: u16, service: Arc<dyn Service>) -> io::Result<Self> {
        Self::start_with(port, service, None)
    }

    /// With TLS if given.
    ///
    /// # Errors
    ///
    /// As [`Server::start`].
    pub fn start_with(port: u16, service: Arc<dyn Service>, tls: Option<ServerTls>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let connections = Arc::new(Connections::default());
        let shared = Arc::clone(&connections);
        let acceptor = thread::Builder::new()
            .name("double-accept".into())
            .spawn(move || accept(&listener, &shared, &service, tls.as_ref()))?;
        Ok(Self { address, connections, acceptor: Some(acceptor) })
    }

    /// The server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of connections so far.
    pub fn connections(&self) -> u64 {
        self.connections.lock().next
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.connections.lock().stopping = true;
        // `accept` has no deadline, so this connection wakes it.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(acceptor) = self.acceptor.take()
            && woken
        {
            // That thread has already printed its panic. A second panic during drop would abort.
            let _ = acceptor.join();
        }
        self.connections.close_all();
    }
}

fn accept(listener: &TcpListener, connections: &Arc<Connections>, service: &Arc<dyn Service>, tls: Option<&ServerTls>) {
    for stream in listener.incoming() {
        if connections.lock().stopping {
            return;
        }
        if let Ok(stream) = stream {
            // A connection that cannot be served (no descriptors, no threads) is dropped, and its client sees it
            // closed.
            let _ = connections.serve(stream, Arc::clone(service), tls.cloned());
        }
    }
}

/// Open connections, which are closed on stop.
#[derive(Debug, Default)]
struct Connections {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    stopping: bool,
    next: u64,
    by_number: HashMap<u64, (TcpStream, JoinHandle<()>)>,
}

impl Connections {
    fn serve(self: &Arc<Self>, stream: TcpStream, service: Arc<dyn Service>, tls: Option<ServerTls>) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let for_thread = stream.try_clone()?;
        // Locked during the spawn, so that a thread cannot unregister before it is registered.
        let mut open = self.lock();
        let number = open.next;
        open.next += 1;
        let connections = Arc::clone(self);
        let thread = thread::Builder::new().name("double-connection".into()).spawn(move || {
            // Clients may close a connection at any time.
            let _ = match tls {
                None => converse(&mut Wire::new(&for_thread), service.as_ref()),
                Some(tls) => converse_securely(&for_thread, &tls, service.as_ref()),
            };
            let _ = for_thread.shutdown(Shutdown::Both);
            connections.lock().by_number.remove(&number);
        })?;
        open.by_number.insert(number, (stream, thread));
        Ok(())
    }

    fn close_all(&self) {
        let open = std::mem::take(&mut self.lock().by_number);
        for (stream, _) in open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        for (_, thread) in open.into_values() {
            let _ = thread.join();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that does not trust the certificate reports that and closes the connection.
pub(crate) fn converse_securely(stream: &TcpStream, tls: &ServerTls, service: &dyn Service) -> io::Result<()> {
    let mut tls = ServerConnection::new(Arc::clone(&tls.0)).map_err(io::Error::other)?;
    let mut stream = stream;
    let outcome = converse(&mut Wire::new(Stream::new(&mut tls, &mut stream)), service);
    tls.send_close_notify();
    let _ = tls.complete_io(&mut stream);
    outcome
}

fn converse<S: Read + Write>(wire: &mut Wire<S>, service: &dyn Service) -> io::Result<()> {
    loop {
        let request = match wire.read_request() {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(Unreadable::Io(error)) => return Err(error),
            Err(Unreadable::Refused(status)) => {
                let refusal = Response::new(status, service.now());
                return wire.write(&refusal, refusal.body.len(), false);
            }
        };
        match service.answer(&request) {
            Reply::Whole(response) => {
                wire.write(&response, response.body.len(), request.keep_alive())?;
                if !request.keep_alive() {
                    return Ok(());
                }
            }
            Reply::Truncated(response) => {
                let promised = response.body.len() + 512;
                return wire.write(&response, promised, false);
            }
            Reply::Close => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
