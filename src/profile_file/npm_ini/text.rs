//! npm ini's quotes, escapes and comments, and JavaScript's conversion of names to strings.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::profile_file::npm_ini::arena::Arena;
use crate::profile_file::npm_ini::json;
use crate::profile_file::npm_ini::stored::Stored;

/// White space of JavaScript's `trim` and `\s`.
pub(in crate::profile_file) fn is_blank(char: char) -> bool {
    matches!(char, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}')
        || matches!(char, '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

pub(in crate::profile_file) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Quoted text may be any JSON. A single quote character counts as both the first and the last one.
pub(super) fn unescaped<'t>(raw: &'t str, arena: &mut Arena<'t>, line: u32) -> Stored<'t> {
    let text = trim(raw);
    let quoted = |quote: char| text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') {
        json::parse(text, arena, line).unwrap_or(Stored::Text(text.into()))
    } else if quoted('\'') {
        let inner = text.get(1..text.len() - 1).unwrap_or("");
        json::parse(inner, arena, line).unwrap_or(Stored::Text(inner.into()))
    } else {
        Stored::Text(uncommented(text))
    }
}

/// Also unescapes `\;`, `\#` and `\\`.
fn uncommented(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(['\\', ';', '#']) else { return text.into() };
    if !text[first..].starts_with('\\') {
        return trim(&text[..first]).into();
    }
    let mut plain = text[..first].to_owned();
    let mut chars = text[first..].chars();
    while let Some(char) = chars.next() {
        match char {
            ';' | '#' => break,
            '\\' => match chars.next() {
                Some(marked @ ('\\' | ';' | '#')) => plain.push(marked),
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
            other => plain.push(other),
        }
    }
    trim(&plain).to_owned().into()
}

pub(super) struct KeyName<'t> {
    /// Without `[]`.
    pub(super) name: Cow<'t, str>,
    pub(super) array: bool,
}

/// JavaScript converts any JSON to a string.
pub(super) fn section_name<'t>(name: Stored<'t>, arena: &Arena<'t>) -> Result<Cow<'t, str>, ()> {
    match name {
        Stored::Text(text) => Ok(text),
        Stored::Null => Ok("null".into()),
        other => to_string(&other, arena).map(Cow::Owned),
    }
}

/// npm ini reads the `length` of every key: null has none, and an object with a `length` above two cannot be sliced.
pub(super) fn key_name<'t>(key: Stored<'t>, arena: &Arena<'t>) -> Result<KeyName<'t>, ()> {
    match key {
        Stored::Text(key) => {
            let array = key.len() > 2 && key.ends_with("[]");
            let name = match key {
                Cow::Borrowed(key) if array => Cow::Borrowed(&key[..key.len() - 2]),
                Cow::Owned(mut key) if array => {
                    key.truncate(key.len() - 2);
                    Cow::Owned(key)
                }
                whole => whole,
            };
            Ok(KeyName { name, array })
        }
        Stored::Null => Err(()),
        other => {
            let object = other.object().filter(|object| !arena.is_array(*object));
            let length = object.and_then(|object| arena.get(object, "length"));
            let length = length.map(|length| to_string(length, arena)).transpose()?;
            if length.is_some_and(|length| trim(&length).parse().is_ok_and(|length: f64| length > 2.0)) {
                return Err(());
            }
            Ok(KeyName { name: section_name(other, arena)?, array: false })
        }
    }
}

/// JavaScript's `String(value)`, which fails for an object with its own `toString`. Avoids recursion, because JSON can
/// be deep.
fn to_string(value: &Stored<'_>, arena: &Arena<'_>) -> Result<String, ()> {
    let mut text = String::new();
    // `None` is a comma.
    let mut pending = vec![Some(value)];
    while let Some(piece) = pending.pop() {
        let Some(value) = piece else {
            text.push(',');
            continue;
        };
        match value {
            // null is empty in an array. Callers handle a top-level null.
            Stored::Null => {}
            Stored::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
            Stored::Number(number) => write_number(&mut text, *number),
            Stored::Text(part) => text.push_str(part),
            Stored::Object(object) if arena.is_array(*object) => {
                let start = pending.len();
                for slot in arena.slots(*object) {
                    if pending.len() > start {
                        pending.push(None);
                    }
                    pending.push(Some(arena.value(slot)));
                }
                pending[start..].reverse();
            }
            Stored::Object(object) if arena.find(*object, "toString").is_some() => return Err(()),
            Stored::Object(_) => text.push_str("[object Object]"),
        }
    }
    Ok(text)
}

/// Uses JavaScript's shortest digits, without an exponent from 1e-6 up to 1e21.
fn write_number(text: &mut String, number: f64) {
    if number == 0.0 {
        text.push('0');
        return;
    }
    if number < 0.0 {
        text.push('-');
    }
    if number.is_infinite() {
        text.push_str("Infinity");
        return;
    }
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Digits before the point, if the exponent is not negative.
    let whole = usize::try_from(exponent + 1).unwrap_or(0);
    match exponent {
        0..=20 if whole >= digits.len() => {
            text.push_str(&digits);
            text.extend(std::iter::repeat_n('0', whole - digits.len()));
        }
        0..=20 => text.extend([&digits[..whole], ".", &digits[whole..]]),
        -6..=-1 => {
            text.push_str("0.");
            text.extend((exponent..-1).map(|_| '0'));
            text.push_str(&digits);
        }
        _ => {
            let _ = write!(text, "{mantissa}e{exponent:+}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(raw: &str) -> Option<String> {
        match unescaped(raw, &mut Arena::new(), 1) {
            Stored::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn trim_matches_javascript() {
        assert_eq!(text_of("\u{feff}\u{a0}\u{2028}\u{3000}\u{b}\u{c}\ta\t \u{1680}\u{200a}"), Some("a".into()));
        for kept in ["\u{85}a\u{85}", "\u{200b}a", "\u{180e}a"] {
            assert_eq!(text_of(kept), Some(kept.into()));
        }
    }

    #[test]
    fn quoted_text_is_json() {
        for (raw, text) in [
            ("\"  a;b#c \"", "  a;b#c "),
            ("\"a\\qb\"", "\"a\\qb\""),
            ("\"a\\tb\"", "a\tb"),
            ("\"", "\""),
            ("'", ""),
            ("''", ""),
            ("' it's '", " it's "),
            ("'\"a\"'", "a"),
            ("\"a\" ; note", "\"a\""),
            ("\"a'", "\"a'"),
        ] {
            assert_eq!(text_of(raw).as_deref(), Some(text), "{raw}");
        }
        assert_eq!(text_of("'5'"), None);
    }

    #[test]
    fn unquoted_text_ends_at_unescaped_mark() {
        for (raw, text) in [
            ("a#b", "a"),
            ("a ; b", "a"),
            ("# c", ""),
            (r"a\;b\#c\\d", "a;b#c\\d"),
            (r"a\nb\", r"a\nb\"),
            (r"a\\;b", r"a\"),
            (r"a\x;b", r"a\x"),
            (r"a\; ", "a;"),
            (r"\\ #", r"\"),
        ] {
            assert_eq!(text_of(raw).as_deref(), Some(text), "{raw}");
        }
    }

    #[test]
    fn numbers_match_javascript() {
        for (number, text) in [
            (-0.0, "0"),
            (42.0, "42"),
            (-1.5, "-1.5"),
            (1e20, "100000000000000000000"),
            (1.23e21, "1.23e+21"),
            (1e21, "1e+21"),
            (0.000_001, "0.000001"),
            (0.000_001_25, "0.00000125"),
            (1e-7, "1e-7"),
            (5e-324, "5e-324"),
            (123_456.789, "123456.789"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut written = String::new();
            write_number(&mut written, number);
            assert_eq!(written, text);
        }
    }
}
