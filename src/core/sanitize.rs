//! What may reach a terminal: text from files and from AWS without characters that steer it.

/// `text` without control characters and without the marks that reorder text (CVE-2021-42574); each becomes U+FFFD.
pub fn printable(text: &str) -> String {
    // What is only letters, digits and marks of ASCII needs no look at each character.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steering_characters_are_replaced_and_letters_stay() {
        assert_eq!(printable("a\u{1b}[2Jb\rc\nd\u{202e}e\u{9b}"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}");
        assert_eq!(printable("m\u{fc}ller \u{958b}\u{767a}"), "m\u{fc}ller \u{958b}\u{767a}");
    }
}
