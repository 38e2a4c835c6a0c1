//! The canonical request of Signature Version 4: the text that signer and verifier both derive from a request.
//!
//! Paths are encoded twice, as every service but S3 does.

use crate::http::Request;
use crate::percent;

/// `None` if a signed header is missing.
pub(super) fn request(request: &Request, signed_headers: &[String], payload_hash: &str) -> Option<String> {
    let mut names = signed_headers.to_vec();
    names.sort();
    let headers = names
        .iter()
        .map(|name| Some(format!("{name}:{}\n", header_value(request, name)?)))
        .collect::<Option<String>>()?;
    Some(format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload_hash}",
        request.method(),
        path(request.path()),
        query(request.query()),
        names.join(";"),
    ))
}

/// Joins repeated headers with commas, and replaces runs of blanks by one blank.
fn header_value(request: &Request, name: &str) -> Option<String> {
    let values: Vec<String> = request
        .headers_named(name)
        .iter()
        .map(|value| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// The path without dot segments (RFC 3986 section 5.2.4) and empty ones. Each segment is encoded again.
fn path(sent: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in sent.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    let encoded: String = segments.iter().map(|segment| format!("/{}", percent::encode(segment.as_bytes()))).collect();
    if encoded.is_empty() || sent.ends_with('/') { encoded + "/" } else { encoded }
}

/// Encodes names and values again, in the order of their encoded bytes.
fn query(sent: &str) -> String {
    let mut pairs: Vec<(String, String)> = sent
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let again = |text: &str| percent::encode(&percent::decode(text));
            (again(name), again(value))
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_encoded_twice() {
        for (sent, canonical) in
            [("", "/"), ("/", "/"), ("/a/./b/../c", "/a/c"), ("//a//", "/a/"), ("/a%20b", "/a%2520b")]
        {
            assert_eq!(path(sent), canonical, "{sent}");
        }
    }

    #[test]
    fn queries_are_sorted_after_encoding() {
        assert_eq!(query("b=2&a=%7e&a=1&c"), "a=1&a=~&b=2&c=");
        assert_eq!(query(""), "");
    }

    #[test]
    fn header_values_are_folded() {
        let sent = Request::new("GET", "/", &[("X", "  a   b "), ("x", "c")], b"");
        assert_eq!(header_value(&sent, "x").as_deref(), Some("a b,c"));
        assert_eq!(request(&sent, &["y".to_owned()], ""), None);
    }
}
