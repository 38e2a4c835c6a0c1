//! Owns finding one member of a JSON object in its text: all others are passed over by their quotes and brackets, at a
//! third of what reading them takes, which is most of a hit.
//!
//! Refuses what is not plain, and to judge what it passes over: what is found is read strictly by whoever asked, and a
//! file is read strictly as a whole before it is written again.

use crate::find_byte::find_byte;

/// The object has something that only a whole reading understands, or is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unusual;

/// The text of the value that `name` has in `object`, if it is there.
pub(super) fn member<'t>(object: &'t str, name: &str) -> Result<Option<&'t str>, Unusual> {
    let mut cursor = Cursor { text: object, at: 0 };
    let mut found = None;
    cursor.take(b'{')?;
    loop {
        let key = cursor.name()?;
        cursor.take(b':')?;
        let value = cursor.value()?;
        if key == name && found.replace(value).is_some() {
            return Err(Unusual);
        }
        match cursor.next()? {
            b',' => {}
            b'}' if object[cursor.at..].trim_ascii().is_empty() => return Ok(found),
            _ => return Err(Unusual),
        }
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// Passes over white space and one more byte.
    fn next(&mut self) -> Result<u8, Unusual> {
        let rest = self.text.as_bytes().get(self.at..).ok_or(Unusual)?;
        let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace()).ok_or(Unusual)?;
        self.at += blanks + 1;
        Ok(rest[blanks])
    }

    fn take(&mut self, expected: u8) -> Result<(), Unusual> {
        if self.next()? == expected { Ok(()) } else { Err(Unusual) }
    }

    /// A member's name, which has no escapes.
    fn name(&mut self) -> Result<&'t str, Unusual> {
        self.take(b'"')?;
        let start = self.at;
        self.at = past_string(self.text.as_bytes(), start).ok_or(Unusual)?;
        let name = &self.text[start..self.at - 1];
        if find_byte(b'\\', name.as_bytes()).is_some() { Err(Unusual) } else { Ok(name) }
    }

    fn value(&mut self) -> Result<&'t str, Unusual> {
        let first = self.next()?;
        let start = self.at - 1;
        match first {
            b'"' => self.at = past_string(self.text.as_bytes(), self.at).ok_or(Unusual)?,
            b'{' | b'[' => self.at = past_nested(self.text.as_bytes(), self.at).ok_or(Unusual)?,
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'}' | b']');
                self.at += rest.iter().position(ends).ok_or(Unusual)?;
            }
        }
        self.text.get(start..self.at).ok_or(Unusual)
    }
}

/// Behind the end of an object or an array, of which the rest begins at `at`.
fn past_nested(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 1_usize;
    while depth > 0 {
        at += first_mark(bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => at = past_string(bytes, at + 1)?,
            byte => {
                at += 1;
                match byte {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
            }
        }
    }
    Some(at)
}

/// Behind the end of a string, of which the rest begins at `at`: a quote that no odd number of backslashes stands before.
fn past_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let end = at + find_byte(b'"', bytes.get(at..)?)?;
        at = end + 1;
        // At the latest the quote that opens the string ends them.
        let backslashes = bytes[..end].iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return Some(at);
        }
    }
}

/// Where the first byte is that `marks` finds, eight bytes at a time.
fn first_mark(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = marks(*word);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| marks([*byte; 8]) != 0)?;
    Some(words.len() * 8 + at)
}

/// Marks quotes and brackets, and `Y`, `_`, `y` and DEL, from which brackets differ by two bits of 0x26.
fn marks(word: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(word);
    zeros(word ^ (ONES * u64::from(b'"'))) | zeros((word | (ONES * 0x26)) ^ (ONES * 0x7f))
}

const ONES: u64 = u64::MAX / 255;

/// The highest bit of the first byte that is zero, and none below it: subtracting one borrows from such a byte alone.
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn a_member_is_found_wherever_it_stands() {
        let text = " {\"a\" : {\"b\":[1,\"}\\\"]\"]},\n\"b\": \"\u{fc}\\\\\" , \"c\":-1e3,\"d\":null} \n";
        let rows = [
            ("a", Some("{\"b\":[1,\"}\\\"]\"]}")),
            ("b", Some("\"\u{fc}\\\\\"")),
            ("c", Some("-1e3")),
            ("d", Some("null")),
            ("e", None),
        ];
        for (name, expected) in rows {
            assert_eq!(member(text, name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_a_whole_reading() {
        for text in [
            "",
            "null",
            "{",
            "{}",
            "[\"a\"]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":1,}",
            "{\"a\":1}}",
            "{\"a\":1} x",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":[1}",
            "{\"a\":1,\"a\":2}",
            "{\"\\u0061\":1}",
            "{a:1}",
            "{\"a\":1 2}",
        ] {
            assert_eq!(member(text, "a"), Err(Unusual), "{text}");
        }
        let odd = "{\"a\":[Y, _, y, \u{7f}, 1, {\"Y_y\": 2}], \"b\": 1}";
        assert_eq!(member(odd, "b"), Ok(Some("1")));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(member(&deep, "b").is_ok());
    }

    proptest! {
        /// Wherever serde_json reads an object, this finds the same or leaves it to serde_json.
        #[test]
        fn serde_json_finds_the_same(
            text in "\\{(\"a\"|\"b\"|:|:|,|,|\\{|\\}|\\[|\\]|\"\\\\\\\\\"|\"\\\\\"\"|\"x{20}\"|1|null| |\n){0,12}\\}",
            name in "a|b|x",
        ) {
            if let Ok(read) = serde_json::from_str::<BTreeMap<String, &RawValue>>(&text) {
                let expected = read.get(&name).map(|value| value.get());
                prop_assert!(member(&text, &name).is_ok_and(|found| found == expected) || member(&text, &name).is_err());
            }
        }
    }
}
