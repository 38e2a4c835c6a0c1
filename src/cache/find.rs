//! Owns finding one member of a JSON object in its text: all others are passed over by their quotes and brackets, at a
//! third of what reading them takes, which is most of a hit.
//!
//! Refuses what is not plain, and to judge what it passes over: what is found is read strictly by whoever asked, and a
//! file is read strictly as a whole before it is written again.

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
        self.pass_string()?;
        let name = &self.text[start..self.at - 1];
        if name.contains('\\') { Err(Unusual) } else { Ok(name) }
    }

    fn value(&mut self) -> Result<&'t str, Unusual> {
        let first = self.next()?;
        let start = self.at - 1;
        match first {
            b'"' => self.pass_string()?,
            b'{' | b'[' => self.pass_nested()?,
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b",}]".contains(byte);
                self.at += rest.iter().position(ends).ok_or(Unusual)?;
            }
        }
        self.text.get(start..self.at).ok_or(Unusual)
    }

    /// Passes over the rest of an object or an array.
    fn pass_nested(&mut self) -> Result<(), Unusual> {
        let mut depth = 1_usize;
        while depth > 0 {
            let rest = self.text.as_bytes().get(self.at..).ok_or(Unusual)?;
            let mark = rest.iter().position(|byte| b"\"{}[]".contains(byte)).ok_or(Unusual)?;
            self.at += mark + 1;
            match rest[mark] {
                b'"' => self.pass_string()?,
                b'{' | b'[' => depth += 1,
                _ => depth -= 1,
            }
        }
        Ok(())
    }

    /// Passes over the rest of a string: up to a quote that no odd number of backslashes stands before.
    fn pass_string(&mut self) -> Result<(), Unusual> {
        let start = self.at;
        loop {
            let bytes = &self.text.as_bytes()[start..];
            let end = self.at - start + quote(&bytes[self.at - start..]).ok_or(Unusual)?;
            self.at = start + end + 1;
            let backslashes = bytes[..end].iter().rev().take_while(|byte| **byte == b'\\').count();
            if backslashes % 2 == 0 {
                return Ok(());
            }
        }
    }
}

/// Where the first quote is, eight bytes at a time: subtracting one borrows from the highest bit of a byte that is zero,
/// here of a quote, and below it of no other. The standard library's search costs more on short text.
fn quote(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word) ^ (ONES * u64::from(b'"'));
        let zeros = word.wrapping_sub(ONES) & !word & (ONES << 7);
        if zeros != 0 {
            return Some(at * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    Some(words.len() * 8 + rest.iter().position(|byte| *byte == b'"')?)
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
