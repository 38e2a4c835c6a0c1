use std::fmt;

use memchr::memchr_iter;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Editors and PowerShell write a byte order mark. JSON parsers reject it (RFC 8259, section 8.1).
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// The error names the line.
pub fn utf8_text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(without_mark(bytes)).map_err(|error| {
        let mark = bytes.len() - without_mark(bytes).len();
        let invalid = InvalidByte::at(bytes, mark + error.valid_up_to());
        format!("line {} is {invalid}", invalid.line)
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidByte {
    /// Counted from 1, by `\n`.
    pub line: u32,
    /// Counted from 0.
    pub offset: usize,
    pub byte: u8,
}

impl InvalidByte {
    pub fn first(bytes: &[u8]) -> Option<Self> {
        Some(Self::at(bytes, std::str::from_utf8(bytes).err()?.valid_up_to()))
    }

    pub fn at(bytes: &[u8], offset: usize) -> Self {
        let lines = memchr_iter(b'\n', &bytes[..offset]).count();
        Self { line: u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1), offset, byte: bytes[offset] }
    }
}

/// Omits the line, because a location already names it.
impl fmt::Display for InvalidByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not valid UTF-8 at byte {} of the file (0x{:02X})", self.offset, self.byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_byte_has_line_and_offset() {
        for (bytes, expected) in [
            (&b"[p]\n# Schl\xfcssel\n"[..], Some((2, 10, 0xfc))),
            (b"\xff\xfe[\0", Some((1, 0, 0xff))),
            (b"a\r\n\r\n\xc3", Some((3, 5, 0xc3))),
            ("[p]\n# Schl\u{fc}ssel\n".as_bytes(), None),
            (b"", None),
        ] {
            let expected = expected.map(|(line, offset, byte)| InvalidByte { line, offset, byte });
            assert_eq!(InvalidByte::first(bytes), expected, "{bytes:?}");
        }
        let shown = InvalidByte { line: 2, offset: 10, byte: 0xfc }.to_string();
        assert_eq!(shown, "not valid UTF-8 at byte 10 of the file (0xFC)");
    }

    #[test]
    fn utf8_text_follows_byte_order_mark() {
        assert_eq!(utf8_text("\u{feff}a\n".as_bytes()), Ok("a\n"));
        let expected = Err("line 2 is not valid UTF-8 at byte 5 of the file (0xFC)".to_owned());
        assert_eq!(utf8_text(b"\xef\xbb\xbfa\n\xfc"), expected);
    }

    #[test]
    fn byte_order_mark_is_removed_only_once() {
        assert_eq!(without_mark("\u{feff}{}".as_bytes()), b"{}");
        assert_eq!(without_mark(b"{}"), b"{}");
        assert_eq!(without_mark("\u{feff}\u{feff}".as_bytes()), "\u{feff}".as_bytes());
    }
}
