use std::fmt;

/// Names the character, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidText {
    Empty,
    Character(char),
}

pub fn check_text(text: &str, is_allowed: impl Fn(char) -> bool) -> Result<(), InvalidText> {
    match text.chars().find(|c| !is_allowed(*c)) {
        None if text.is_empty() => Err(InvalidText::Empty),
        None => Ok(()),
        Some(c) => Err(InvalidText::Character(c)),
    }
}

/// A token is sent as the value of an HTTP header, which is one line of ASCII (RFC 9110 section 5.5).
pub fn check_token(token: &str) -> Result<(), InvalidText> {
    // Checking characters takes ten times as long, on every cache hit.
    if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    check_text(token, |c| c.is_ascii() && !c.is_control())
}

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Character(c) = *self else { return f.write_str("is empty") };
        if c.is_ascii_graphic() {
            write!(f, "contains the character {c}")?;
        } else {
            write!(f, "contains the character U+{:04X}", u32::from(c))?;
        }
        match name(c) {
            Some(name) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

/// A description of the character that a user can search for.
fn name(c: char) -> Option<&'static str> {
    Some(match c {
        '\0' => "a NUL",
        '\t' => "a tab",
        '\n' => "a line feed",
        '\r' => "a carriage return",
        '\u{1b}' => "an escape",
        ' ' => "a space",
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => "a quotation mark",
        '$' => "a variable that is not expanded",
        '{' | '}' => "a placeholder that is not filled in",
        '\u{ad}' => "a soft hyphen",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a dash",
        '\u{200b}'..='\u{200d}' | '\u{2060}' => "a zero-width character",
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark for the direction of text"
        }
        '\u{2028}' | '\u{2029}' => "a line separator",
        '\u{feff}' => "a byte order mark",
        char::REPLACEMENT_CHARACTER => "bytes that are not UTF-8",
        c if c.is_control() => "a control character",
        c if c.is_whitespace() => "a blank",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_character_is_named() {
        for (token, message) in [
            ("", "is empty"),
            ("t\r", "contains the character U+000D (a carriage return)"),
            ("t\nt", "contains the character U+000A (a line feed)"),
            ("t\0", "contains the character U+0000 (a NUL)"),
            ("t\u{1b}[31m", "contains the character U+001B (an escape)"),
            ("t\u{7f}", "contains the character U+007F (a control character)"),
            ("t\u{9b}", "contains the character U+009B (a control character)"),
            ("\u{feff}t", "contains the character U+FEFF (a byte order mark)"),
            ("t\u{200b}", "contains the character U+200B (a zero-width character)"),
            ("t\u{201d}", "contains the character U+201D (a quotation mark)"),
            ("t\u{fffd}", "contains the character U+FFFD (bytes that are not UTF-8)"),
            ("t\u{e9}", "contains the character U+00E9"),
        ] {
            assert_eq!(check_token(token).unwrap_err().to_string(), message, "{token:?}");
        }
        assert_eq!(check_token("Bearer a.b-c_d~+/=="), Ok(()));
    }
}
