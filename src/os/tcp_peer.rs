//! The user at the other end of a loopback connection.

use std::io;
use std::net::{IpAddr, SocketAddr};

/// The list is not a snapshot: a line may be missing while connections open and close.
const TRIES: usize = 10;

/// Whether `from` belongs to this user or to root, who can read everything anyway. True if the system hides the
/// sockets; the token decides then.
pub fn may_ask(from: SocketAddr, here: SocketAddr) -> bool {
    match (0..TRIES).map(|_| owner(from, here)).find(|owner| !matches!(owner, Ok(None))) {
        Some(Ok(Some(owner))) => owner == 0 || owner == rustix::process::geteuid().as_raw(),
        Some(_) => true,
        None => false,
    }
}

/// Whether the system shows the owner of a connection.
pub fn is_known() -> bool {
    std::fs::File::open("/proc/net/tcp").is_ok()
}

/// `TIME_WAIT` and `LISTEN`.
const OWNERLESS: [u8; 2] = [6, 10];

/// proc_pid_net(5)
fn owner(from: SocketAddr, here: SocketAddr) -> io::Result<Option<u32>> {
    let ours = std::fs::read_to_string("/proc/net/tcp")?;
    // IPv6 clients of an IPv4 address, for example Java, are listed here.
    let theirs = std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
    let find = |list: &str, mapped: &str| {
        let wanted = (shown(from, mapped)?, shown(here, mapped)?);
        list.lines().skip(1).find_map(|line| owner_in(line, &wanted))
    };
    Ok(find(&ours, "").or_else(|| find(&theirs, "0000000000000000FFFF0000")))
}

/// The second and third column are the two ends, the eighth is the owner.
fn owner_in(line: &str, (from, here): &(String, String)) -> Option<u32> {
    let mut columns = line.split_ascii_whitespace();
    if columns.nth(1)? != from || columns.next()? != here {
        return None;
    }
    let state = u8::from_str_radix(columns.next()?, 16).ok()?;
    columns.nth(3)?.parse().ok().filter(|_| !OWNERLESS.contains(&state))
}

/// The kernel prints the four bytes as a number in native byte order.
fn shown(address: SocketAddr, mapped: &str) -> Option<String> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    let mapped = if cfg!(target_endian = "big") { mapped.replace("FFFF0000", "0000FFFF") } else { mapped.to_owned() };
    Some(format!("{mapped}{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Retries, because other tests open and close connections.
    fn listed(from: SocketAddr, here: SocketAddr) -> Option<u32> {
        (0..100).find_map(|_| owner(from, here).unwrap())
    }

    #[test]
    fn own_connection_is_listed_with_own_uid() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let client = TcpStream::connect(here).unwrap();
        let from = client.local_addr().unwrap();
        let mine = Some(rustix::process::geteuid().as_raw());
        assert_eq!(listed(from, here), mine);
        client.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(listed(from, here), mine, "it still listens");
        assert_eq!(listed(here, here), None);
    }

    #[test]
    fn ipv6_client_is_listed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        // A machine without IPv6 has no such clients.
        let Ok(_client) = TcpStream::connect(format!("[::ffff:127.0.0.1]:{}", here.port())) else { return };
        let (_server, from) = listener.accept().unwrap();
        assert_eq!(listed(from, here), Some(rustix::process::geteuid().as_raw()));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn kernel_line_gives_the_owner() {
        let ends = |mapped| {
            let shown = |text: &str| shown(text.parse().unwrap(), mapped).unwrap();
            (shown("127.0.0.1:43210"), shown("127.0.0.1:8080"))
        };
        let line = "   3: 0100007F:A8CA 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 1 1";
        assert_eq!(owner_in(line, &ends("")), Some(1000));
        assert_eq!(owner_in(&line.replace(" 01 ", " 06 "), &ends("")), None, "TIME_WAIT has no owner");
        let mapped = "0000000000000000FFFF0000";
        let line = line.replace("0100007F:", "0000000000000000FFFF00000100007F:");
        assert_eq!(owner_in(&line, &ends(mapped)), Some(1000));
    }
}
