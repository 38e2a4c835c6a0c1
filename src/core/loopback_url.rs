use std::net::IpAddr;

/// Whether other machines cannot read what is sent to this `http://` URL.
pub fn is_loopback_http(url: &str) -> bool {
    let host = http_host(url);
    host.is_some_and(|host| host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
}

/// The host of an `http://` URL without a user name. An IPv6 address has no brackets.
pub fn http_host(url: &str) -> Option<&str> {
    let authority = url.strip_prefix("http://")?.split(['/', '?', '#']).next()?;
    // The text before an @ is a user name, even if it looks like a host.
    if authority.contains('@') {
        return None;
    }
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => authority.split(':').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_address_is_recognised() {
        for (url, expected) in [
            ("http://127.0.0.1:4566", true),
            ("http://localhost/", true),
            ("http://[::1]:80/", true),
            ("http://192.0.2.2:80", false),
            ("http://127.0.0.1.example/", false),
            ("http://localhost@evil.example/", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(is_loopback_http(url), expected, "{url}");
        }
    }
}
