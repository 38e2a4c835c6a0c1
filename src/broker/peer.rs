//! The process at the other end of a socket.

use std::io;
use std::os::unix::net::UnixStream;

use nix::sys::socket::getsockopt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    pub uid: u32,
    /// `None` if the process is outside our process namespace.
    pub pid: Option<u32>,
}

impl Peer {
    #[cfg(target_os = "linux")]
    pub(super) fn of(stream: &UnixStream) -> io::Result<Self> {
        let peer = getsockopt(stream, nix::sys::socket::sockopt::PeerCredentials)?;
        Ok(Self { uid: peer.uid(), pid: u32::try_from(peer.pid()).ok().filter(|pid| *pid > 0) })
    }

    #[cfg(target_vendor = "apple")]
    pub(super) fn of(stream: &UnixStream) -> io::Result<Self> {
        let (uid, _) = nix::unistd::getpeereid(stream)?;
        let pid = getsockopt(stream, nix::sys::socket::sockopt::LocalPeerPid).ok();
        Ok(Self { uid: uid.as_raw(), pid: pid.and_then(|pid| u32::try_from(pid).ok()) })
    }
}

/// Our own user, and root only on request: in a rootful container the user is root.
#[derive(Debug, Clone, Copy)]
pub struct AllowedPeers {
    pub own_uid: u32,
    pub root: bool,
}

impl AllowedPeers {
    pub fn new(root: bool) -> Self {
        Self { own_uid: rustix::process::geteuid().as_raw(), root }
    }

    pub(super) fn allow(self, peer: Peer) -> bool {
        peer.uid == self.own_uid || (self.root && peer.uid == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_user_and_allowed_root_may_ask() {
        let peer = |uid| Peer { uid, pid: None };
        for (root, uid, allowed) in [(false, 1000, true), (false, 0, false), (true, 0, true), (true, 1001, false)] {
            assert_eq!(AllowedPeers { own_uid: 1000, root }.allow(peer(uid)), allowed, "{root} {uid}");
        }
    }

    #[test]
    fn peer_of_own_process_is_known() {
        let (one, _other) = UnixStream::pair().unwrap();
        let expected = Peer { uid: rustix::process::geteuid().as_raw(), pid: Some(std::process::id()) };
        assert_eq!(Peer::of(&one).unwrap(), expected);
    }
}
