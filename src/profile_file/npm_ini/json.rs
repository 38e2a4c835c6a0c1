//! Reads quoted JSON like JavaScript's `JSON.parse`. Objects keep their order.

use std::borrow::Cow;

use crate::profile_file::npm_ini::arena::Arena;
use crate::profile_file::npm_ini::stored::{ObjectId, Stored};

const HALF_A_PAIR: char = '\u{fffd}';

/// Returns `None` if `JSON.parse` throws an error.
pub(super) fn parse<'t>(text: &'t str, arena: &mut Arena<'t>, line: u32) -> Option<Stored<'t>> {
    let mark = arena.mark();
    let value = Scanner { text, at: 0 }.document(arena, line);
    if value.is_none() {
        arena.rewind(&mark);
    }
    value
}

/// An unclosed object or array, and the name of its next value.
struct Open<'t> {
    object: ObjectId,
    name: Option<Cow<'t, str>>,
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn document(&mut self, arena: &mut Arena<'t>, line: u32) -> Option<Stored<'t>> {
        let mut open: Vec<Open<'t>> = Vec::new();
        loop {
            self.blanks();
            let mut value = match self.peek()? {
                b'{' => {
                    self.at += 1;
                    self.blanks();
                    let object = arena.object();
                    if !self.eat(b'}') {
                        open.push(Open { object, name: Some(self.name()?) });
                        continue;
                    }
                    Stored::Object(object)
                }
                b'[' => {
                    self.at += 1;
                    self.blanks();
                    let object = arena.array();
                    if !self.eat(b']') {
                        open.push(Open { object, name: None });
                        continue;
                    }
                    Stored::Object(object)
                }
                b'"' => Stored::Text(self.string()?),
                b't' => self.word("true", Stored::Bool(true))?,
                b'f' => self.word("false", Stored::Bool(false))?,
                b'n' => self.word("null", Stored::Null)?,
                _ => Stored::Number(self.number()?),
            };
            loop {
                self.blanks();
                let Some(Open { object, name }) = open.last_mut() else {
                    return (self.at == self.text.len()).then_some(value);
                };
                let end = if name.is_some() { b'}' } else { b']' };
                match name.take() {
                    Some(name) => arena.set(*object, name, value, line),
                    None => arena.push(*object, value, line),
                }
                if self.eat(b',') {
                    if end == b'}' {
                        *name = Some(self.name()?);
                    }
                    break;
                }
                if !self.eat(end) {
                    return None;
                }
                value = Stored::Object(*object);
                open.pop();
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Stored<'t>) -> Option<Stored<'t>> {
        self.text[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn name(&mut self) -> Option<Cow<'t, str>> {
        self.blanks();
        let name = self.string()?;
        self.blanks();
        self.eat(b':').then_some(name)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<f64> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        self.text[start..self.at].parse().ok()
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        if !self.eat(b'"') {
            return None;
        }
        let mut unescaped = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|char| matches!(char, '"' | '\\' | '\0'..='\x1f'))?;
            self.at += plain;
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    let plain = &rest[..plain];
                    return Some(if unescaped.is_empty() { plain.into() } else { (unescaped + plain).into() });
                }
                b'\\' => {
                    unescaped.push_str(&rest[..plain]);
                    self.at += 1;
                    unescaped.push(self.escape()?);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let escape = self.peek()?;
        self.at += 1;
        Some(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.code_unit()?;
                let behind = self.at;
                if (0xd800..0xdc00).contains(&first) && self.eat(b'\\') && self.eat(b'u') {
                    let pair = char::decode_utf16([first, self.code_unit()?]).next();
                    if let Some(Ok(char)) = pair {
                        return Some(char);
                    }
                }
                self.at = behind;
                char::from_u32(first.into()).unwrap_or(HALF_A_PAIR)
            }
            _ => return None,
        })
    }

    fn code_unit(&mut self) -> Option<u16> {
        let hex = self.text.get(self.at..self.at + 4).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u16::from_str_radix(hex, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::profile_file::npm_ini::{NpmIni, read};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn quoted(text: &str) -> Value {
        let file = format!("x='{text}'");
        let read: NpmIni<'_> = read(&file).expect("a plain key");
        serde_json::to_value(read.sections().get("x").expect("x").value).expect("JSON")
    }

    #[test]
    fn json_matches_javascript() {
        for (text, value) in [
            (r#"{"b":1,"a":[true,null,{}],"b":[]}"#, json!({"b": [], "a": [true, null, {}]})),
            (r#" [ 1 , "a" ] "#, json!([1, "a"])),
            (r#""\ud83d\ude80 \/\b\f\n\r\t\u00e9""#, json!("\u{1f680} /\u{8}\u{c}\n\r\t\u{e9}")),
            (r#""\ud800""#, json!("\u{fffd}")),
            (r#""\ud800\u0041\udc00""#, json!("\u{fffd}A\u{fffd}")),
            ("-0", json!(0)),
            ("9007199254740993", json!(9_007_199_254_740_992_u64)),
            ("1e999", json!(null)),
            ("-1.5E-3", json!(-0.0015)),
        ] {
            assert_eq!(quoted(text), value, "{text}");
        }
    }

    #[test]
    fn invalid_json_stays_text() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "- 1",
            "1e",
            "1e+",
            "NaN",
            "Infinity",
            "tru",
            "nullx",
            "1 2",
            "\"a",
            "\"\t\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\ud800\u""#,
            "\u{feff}1",
            "\u{a0}1",
            "[1}",
            "{\"a\":1]",
            "]",
        ] {
            assert_eq!(quoted(text), json!(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn valid_json_matches_serde_json(text in r#"([\[\]{},: ]|"[a-c]{0,2}"|[0-9]{1,3}|true|null){0,12}"#) {
            let expected: Value = serde_json::from_str(&text).unwrap_or(Value::String(text.clone()));
            prop_assert_eq!(quoted(&text), crate::profile_file::npm_ini::tests::keyword(expected));
        }
    }
}
