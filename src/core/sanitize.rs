use std::fmt::Write as _;

/// Control characters, marks that reorder text (CVE-2021-42574), and separators of lines and paragraphs.
fn steers_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || c == '\u{feff}'
}

pub fn printable(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    text.chars().map(|c| if steers_terminal(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Escapes characters that steer a terminal. serde_json escapes only C0 characters.
pub fn escaped_json(document: String) -> String {
    let is_escaped = |c: char| !matches!(c, '\n' | '\r' | '\t') && steers_terminal(c);
    if !document.contains(is_escaped) {
        return document;
    }
    let mut text = String::with_capacity(document.len() + 64);
    for c in document.chars() {
        if is_escaped(c) {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(printable("a\u{1b}[2Jb\rc\nd\u{202e}e\u{9b}"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}");
        assert_eq!(printable("a\u{61c}b\u{2028}c\u{2029}d"), "a\u{fffd}b\u{fffd}c\u{fffd}d");
        assert_eq!(printable("m\u{fc}ller \u{958b}\u{767a}"), "m\u{fc}ller \u{958b}\u{767a}");
    }

    #[test]
    fn steering_characters_are_escaped_in_json() {
        let value =
            serde_json::json!({"a\u{61c}": "\u{7f}\u{85}\u{200e}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{fc}\n"});
        let text = escaped_json(value.to_string());
        let expected = "{\"a\\u061c\":\"\\u007f\\u0085\\u200e\\u2028\\u2029\\u202e\\u2066\\ufeff\u{fc}\\n\"}";
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
