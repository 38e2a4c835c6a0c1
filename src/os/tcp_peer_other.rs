use std::net::SocketAddr;

/// Only Linux reveals the user at the other end of a connection. Elsewhere the token decides.
pub fn may_ask(_from: SocketAddr, _here: SocketAddr) -> bool {
    true
}

pub fn is_known() -> bool {
    false
}
