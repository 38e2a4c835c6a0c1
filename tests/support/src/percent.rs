//! Percent-encoding: the form fields of the query protocol and the strict encoding of Signature Version 4.
//!
//! An invalid escape stays as it was sent; invalid UTF-8 is replaced.

use std::collections::BTreeMap;

/// The fields of `application/x-www-form-urlencoded` text. The last of repeated names counts.
pub(crate) fn form_fields(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_text(name), form_text(value))
        })
        .collect()
}

/// The decoded bytes of `text`. A plus sign is not decoded.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if let (b'%', Some(escaped)) = (byte, escape_at(bytes, at)) {
            decoded.push(escaped);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    decoded
}

/// Escapes everything but RFC 3986's unreserved characters, with upper-case digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn form_text(text: &str) -> String {
    String::from_utf8_lossy(&decode(&text.replace('+', " "))).into_owned()
}

fn escape_at(bytes: &[u8], at: usize) -> Option<u8> {
    let digits = bytes.get(at + 1..at + 3)?;
    // `from_str_radix` also accepts a sign.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_fields_are_decoded() {
        let fields = form_fields("a=1+2&b=%2B%2f&c&a=last&=x");
        assert_eq!(fields["a"], "last");
        assert_eq!(fields["b"], "+/");
        assert_eq!(fields["c"], "");
    }

    #[test]
    fn invalid_escape_is_unchanged() {
        assert_eq!(decode("%zz%4%+1%41"), b"%zz%4%+1A");
    }

    #[test]
    fn reserved_characters_are_percent_encoded() {
        assert_eq!(encode("a-_.~/ é".as_bytes()), "a-_.~%2F%20%C3%A9");
    }
}
