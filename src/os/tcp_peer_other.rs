use std::net::SocketAddr;

/// Only Linux shows the user at the other end of a connection; the token decides.
pub fn may_ask(_from: SocketAddr, _here: SocketAddr) -> bool {
    true
}
