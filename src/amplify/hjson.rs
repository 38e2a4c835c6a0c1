//! JSON as the Amplify CLI reads it: Hjson, with or without a byte order mark. Comments, bare keys and texts, commas
//! that are missing or too many, and a root without braces are all fine there, and people's files have them.
//!
//! Of numbers and arrays, which no file of a project says anything of ours with, it keeps only whether JavaScript takes
//! them for true.

use std::fmt;
use std::ops::Range;

/// How deep objects and arrays may lie in one another. The Amplify CLI's own files have a handful of levels.
pub const MAX_DEPTH: u32 = 100;

/// Characters that begin no key and no bare text.
const PUNCTUATION: [char; 6] = ['{', '}', '[', ']', ',', ':'];

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The line that the value begins on, counted from 1.
    pub line: u32,
    /// The byte that its name begins at; of a value without a name the value's own first.
    pub begins: usize,
    /// The bytes of the text that it stands in.
    pub bytes: Range<usize>,
    pub value: Value,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Names and values in file order. A name may come twice.
    Object(Vec<(String, Node)>),
    Text(String),
    /// Anything else: whether it counts as true.
    Other(bool),
}

/// Why a text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// There is nothing in it.
    Empty,
    /// It ends in the middle of an object, an array or a quoted text.
    Ends,
    /// A name, or the colon behind it, was expected.
    Name,
    /// A value was expected.
    Value,
    /// A quoted text goes over the end of its line, or has a backslash before something that it does not go with.
    Quoted,
    /// It is deeper than [`MAX_DEPTH`].
    Deep,
    /// Something comes after the end.
    More,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the file is empty",
            Self::Ends => "the file ends too early",
            Self::Name => "a name and a colon are expected",
            Self::Value => "a value is expected",
            Self::Quoted => "a quoted text is broken",
            Self::Deep => "too many levels",
            Self::More => "something comes after the end",
        })
    }
}

/// A problem and its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong.
    pub problem: Problem,
}

impl Node {
    /// The value of `name` in an object; of several the last one, as in JavaScript.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().rev().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// The text, where it is one that is not empty.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether JavaScript takes it for true.
    pub fn is_true(&self) -> bool {
        match &self.value {
            Value::Object(_) => true,
            Value::Text(text) => !text.is_empty(),
            Value::Other(is_true) => *is_true,
        }
    }

    /// An object's names and values; none of anything else.
    pub fn members(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Object(members) => members,
            Value::Text(_) | Value::Other(_) => &[],
        }
    }
}

/// Reads a whole text.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { rest, length: text.len(), line: 1, depth: 0 };
    let root = if reader.rest.is_empty() { Err(Problem::Empty) } else { reader.root() };
    root.map_err(|problem| SyntaxError { line: reader.line, problem })
}

struct Reader<'t> {
    rest: &'t str,
    /// Of the whole text, in bytes.
    length: usize,
    line: u32,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn root(&mut self) -> Result<Node, Problem> {
        self.skip();
        let (line, start) = (self.line, self.at());
        let value = match self.peek() {
            Some('{' | '[') => self.value()?,
            _ => self.object(false)?,
        };
        let bytes = start..self.at();
        self.skip();
        if self.peek().is_some() { Err(Problem::More) } else { Ok(Node { line, begins: start, bytes, value }) }
    }

    /// The place in the text.
    fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = &self.rest[next.len_utf8()..];
        self.line = self.line.saturating_add(u32::from(next == '\n'));
        Some(next)
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest.starts_with(wanted);
        if found {
            self.rest = &self.rest[wanted.len()..];
        }
        found
    }

    /// Passes over white space and comments.
    fn skip(&mut self) {
        loop {
            if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.take_while(|next| next != '\n');
            } else if self.eat("/*") {
                while !self.eat("*/") && self.next().is_some() {}
            } else if self.take_while(|next| next <= ' ').is_empty() {
                return;
            }
        }
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let all = self.rest;
        while self.peek().is_some_and(&fits) {
            self.next();
        }
        &all[..all.len() - self.rest.len()]
    }

    fn node(&mut self) -> Result<Node, Problem> {
        self.skip();
        let (line, start, all) = (self.line, self.at(), self.rest);
        let value = self.value()?;
        let read = &all[..all.len() - self.rest.len()];
        // A text without quotes goes to the end of its line, but not what is blank there.
        Ok(Node { line, begins: start, bytes: start..start + read.trim_end().len(), value })
    }

    fn value(&mut self) -> Result<Value, Problem> {
        match self.peek() {
            Some('{' | '[') if self.depth == MAX_DEPTH => Err(Problem::Deep),
            Some('{') => {
                self.next();
                self.nested(|reader| reader.object(true))
            }
            Some('[') => {
                self.next();
                self.nested(Self::array)
            }
            Some('"' | '\'') if self.eat("'''") => self.block().map(Value::Text),
            Some('"' | '\'') => self.quoted().map(Value::Text),
            _ => self.bare(),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Value, Problem>) -> Result<Value, Problem> {
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self, in_braces: bool) -> Result<Value, Problem> {
        let mut members = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                None if in_braces => return Err(Problem::Ends),
                None => return Ok(Value::Object(members)),
                Some('}') if in_braces => {
                    self.next();
                    return Ok(Value::Object(members));
                }
                Some(_) => {}
            }
            let begins = self.at();
            let name = self.name()?;
            self.skip();
            if !self.eat(":") {
                return Err(Problem::Name);
            }
            members.push((name, Node { begins, ..self.node()? }));
            self.skip();
            self.eat(",");
        }
    }

    fn array(&mut self) -> Result<Value, Problem> {
        loop {
            self.skip();
            match self.peek() {
                None => return Err(Problem::Ends),
                Some(']') => {
                    self.next();
                    // An array is true, empty or not.
                    return Ok(Value::Other(true));
                }
                Some(_) => self.value()?,
            };
            self.skip();
            self.eat(",");
        }
    }

    fn name(&mut self) -> Result<String, Problem> {
        if matches!(self.peek(), Some('"' | '\'')) {
            return self.quoted();
        }
        let name = self.take_while(|next| next > ' ' && !PUNCTUATION.contains(&next));
        if name.is_empty() { Err(Problem::Name) } else { Ok(name.to_owned()) }
    }

    /// A text without quotes goes to the end of its line; a number or a word of JSON ends before that.
    fn bare(&mut self) -> Result<Value, Problem> {
        if self.peek().is_some_and(|next| PUNCTUATION.contains(&next)) {
            return Err(Problem::Value);
        }
        let all = self.rest;
        // Looking no further than to the first end: a long line may hold many short values.
        let ends = |at: usize, next: char| match next {
            ',' | '}' | ']' | '#' | '\r' | '\n' => true,
            '/' => all[at..].starts_with("//") || all[at..].starts_with("/*"),
            _ => false,
        };
        let end = all.char_indices().find(|(at, next)| ends(*at, *next)).map_or(all.len(), |(at, _)| at);
        if let Some(is_true) = other(all[..end].trim()) {
            self.rest = &all[end..];
            return Ok(Value::Other(is_true));
        }
        let line = self.take_while(|next| next != '\r' && next != '\n');
        Ok(Value::Text(line.trim().to_owned()))
    }

    fn quoted(&mut self) -> Result<String, Problem> {
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(Problem::Ends),
                end if end == quote => return Ok(text),
                Some('\n' | '\r') => return Err(Problem::Quoted),
                Some('\\') => text.push(self.escaped()?),
                Some(plain) => text.push(plain),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Problem> {
        Ok(match self.next().ok_or(Problem::Ends)? {
            plain @ ('"' | '\'' | '\\' | '/') => plain,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.unit()?;
                let is_half = (0xd800..0xdc00).contains(&first);
                let second = if is_half && self.eat("\\u") { Some(self.unit()?) } else { None };
                let mut decoded = char::decode_utf16([first].into_iter().chain(second));
                decoded.next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(Problem::Quoted),
        })
    }

    fn unit(&mut self) -> Result<u16, Problem> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(Problem::Quoted)?;
        self.rest = &self.rest[4..];
        Ok(unit)
    }

    /// Text over several lines, after its three quotes. What of the indentation belongs to it does not matter here.
    fn block(&mut self) -> Result<String, Problem> {
        let all = self.rest;
        loop {
            let end = all.len() - self.rest.len();
            if self.eat("'''") {
                return Ok(all[..end].trim().to_owned());
            }
            self.next().ok_or(Problem::Ends)?;
        }
    }
}

/// Whether JavaScript takes a number or a word of JSON for true; none for any other text.
fn other(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" | "null" => Some(false),
        _ if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
            text.parse::<f64>().ok().map(|number| number != 0.0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
