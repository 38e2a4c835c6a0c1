//! Owns whose process is at the other end of a loopback connection, where the system tells: Linux knows each socket's
//! owner.
//!
//! Refuses nobody of whom nothing is told: the token decides then.

use std::net::SocketAddr;

/// Whether the process behind `from` belongs to this user, or to root, from whom nothing can be kept.
#[cfg(target_os = "linux")]
pub(super) fn may_ask(from: SocketAddr, here: SocketAddr) -> bool {
    let owner = linux::owner(from, here);
    owner.is_none_or(|owner| owner == 0 || owner == rustix::process::geteuid().as_raw())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn may_ask(_from: SocketAddr, _here: SocketAddr) -> bool {
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io::{BufRead, BufReader};
    use std::net::{IpAddr, SocketAddr};

    use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
    use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};

    /// The states (`TIME_WAIT`, `LISTEN`) of what is no end of an open connection. One that has said all it has to say is.
    const OWNERLESS: [u8; 2] = [6, 10];

    /// The user that the socket at `from` belongs to, which is connected to `here`.
    pub(super) fn owner(from: SocketAddr, here: SocketAddr) -> Option<u32> {
        // The list is as long as the machine is busy, connections that have just ended included, and a line may be missing
        // while others come and go; not everywhere is there more than the list.
        asked(from, here).or_else(|| listed(from, here))
    }

    /// Asks the kernel for this one socket: sock_diag(7).
    fn asked(from: SocketAddr, here: SocketAddr) -> Option<u32> {
        /// SOCK_DIAG_BY_FAMILY, the request and its answer.
        const BY_FAMILY: u16 = 20;
        const NLM_F_REQUEST: u16 = 1;
        const TCP: u8 = 6;
        const FAMILY: u8 = 2;
        /// The lengths of `nlmsghdr` and of `inet_diag_req_v2` behind it.
        const HEADER: usize = 16;
        const REQUEST: u32 = 16 + 56;
        /// Where `inet_diag_msg` has the user: four bytes, the socket's 48, three numbers.
        const UID: usize = HEADER + 4 + 48 + 12;

        let (IpAddr::V4(from_ip), IpAddr::V4(here_ip)) = (from.ip(), here.ip()) else { return None };
        let mut request = Vec::with_capacity(REQUEST as usize);
        request.extend(REQUEST.to_ne_bytes());
        request.extend([BY_FAMILY, NLM_F_REQUEST].map(u16::to_ne_bytes).concat());
        request.extend([0; 8]);
        request.extend([FAMILY, TCP, 0, 0]);
        // Every state.
        request.extend(u32::MAX.to_ne_bytes());
        request.extend([from.port(), here.port()].map(u16::to_be_bytes).concat());
        for ip in [from_ip, here_ip] {
            request.extend(ip.octets());
            request.extend([0; 12]);
        }
        // Any interface, and no cookie to compare.
        request.extend([0; 4]);
        request.extend([0xff; 8]);

        let netlink =
            socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(SOCK_DIAG)).ok()?;
        sendto(&netlink, &request, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;
        let mut answer = [0; 1024];
        // The kernel has answered when `sendto` returns.
        let (length, _) = recv(&netlink, &mut answer, RecvFlags::DONTWAIT).ok()?;
        let answer = &answer[..length.min(1024)];
        // Anything else is an error: no such socket, or a kernel without this. A listening one answers for its port.
        let is_answer = answer.get(4..6)? == BY_FAMILY.to_ne_bytes() && !OWNERLESS.contains(answer.get(HEADER + 1)?);
        let uid = answer.get(UID..UID + 4)?.try_into().ok()?;
        is_answer.then(|| u32::from_ne_bytes(uid))
    }

    /// Looks for it in the list of all sockets.
    fn listed(from: SocketAddr, here: SocketAddr) -> Option<u32> {
        // A client that speaks IPv6 to an IPv4 address is listed among its own kind: Java is one.
        [("/proc/net/tcp", ""), ("/proc/net/tcp6", "0000000000000000FFFF0000")].into_iter().find_map(
            |(file, mapped)| {
                let wanted = (shown(from, mapped)?, shown(here, mapped)?);
                let lines = BufReader::new(File::open(file).ok()?).lines().map_while(Result::ok);
                lines.skip(1).find_map(|line| owner_in(&line, &wanted))
            },
        )
    }

    /// The owner (the eighth column) of a line whose second and third column are the two ends.
    fn owner_in(line: &str, (from, here): &(String, String)) -> Option<u32> {
        let mut columns = line.split_ascii_whitespace();
        if columns.nth(1)? != from || columns.next()? != here {
            return None;
        }
        let state = u8::from_str_radix(columns.next()?, 16).ok()?;
        columns.nth(3)?.parse().ok().filter(|_| !OWNERLESS.contains(&state))
    }

    /// An address as the kernel prints it: four bytes as a number of this machine's, then the port.
    fn shown(address: SocketAddr, mapped: &str) -> Option<String> {
        let IpAddr::V4(ip) = address.ip() else { return None };
        // The bytes FFFF of a mapped address are a number of this machine's, too.
        let mapped =
            if cfg!(target_endian = "big") { mapped.replace("FFFF0000", "0000FFFF") } else { mapped.to_owned() };
        Some(format!("{mapped}{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
    }

    #[cfg(test)]
    mod tests {
        use std::net::{TcpListener, TcpStream};

        use super::*;

        /// The other tests' connections come and go meanwhile.
        fn listed_at_last(from: SocketAddr, here: SocketAddr) -> Option<u32> {
            (0..100).find_map(|_| listed(from, here))
        }

        #[test]
        fn a_connection_from_here_is_ours() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let here = listener.local_addr().unwrap();
            let client = TcpStream::connect(here).unwrap();
            let from = client.local_addr().unwrap();
            let mine = Some(rustix::process::geteuid().as_raw());
            assert_eq!((asked(from, here), listed_at_last(from, here)), (mine, mine));
            client.shutdown(std::net::Shutdown::Write).unwrap();
            assert_eq!((asked(from, here), listed_at_last(from, here)), (mine, mine), "it still listens");
            assert_eq!((asked(here, here), listed(here, here)), (None, None));
        }

        #[test]
        fn a_client_that_speaks_ipv6_is_found_too() {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let here = listener.local_addr().unwrap();
            // Where the machine has no IPv6 there are no such clients.
            let Ok(_client) = TcpStream::connect(format!("[::ffff:127.0.0.1]:{}", here.port())) else { return };
            let (_server, from) = listener.accept().unwrap();
            let mine = Some(rustix::process::geteuid().as_raw());
            assert_eq!((asked(from, here), listed_at_last(from, here)), (mine, mine));
        }

        #[test]
        #[cfg(target_endian = "little")]
        fn lines_as_the_kernel_prints_them() {
            let ends = |mapped| {
                let shown = |text: &str| shown(text.parse().unwrap(), mapped).unwrap();
                (shown("127.0.0.1:43210"), shown("127.0.0.1:8080"))
            };
            let line = "   3: 0100007F:A8CA 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 1 1";
            assert_eq!(owner_in(line, &ends("")), Some(1000));
            assert_eq!(owner_in(&line.replace(" 01 ", " 06 "), &ends("")), None, "TIME_WAIT is nobody's");
            let mapped = "0000000000000000FFFF0000";
            let line = line.replace("0100007F:", "0000000000000000FFFF00000100007F:");
            assert_eq!(owner_in(&line, &ends(mapped)), Some(1000));
        }
    }
}
