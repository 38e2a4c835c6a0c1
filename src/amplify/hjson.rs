//! Hjson, the Amplify CLI's JSON: it allows a byte order mark, comments, unquoted keys and text, missing or extra
//! commas and a root without braces. Numbers and arrays are reduced to their truthiness, because no setting uses them.

use std::ops::Range;

use thiserror::Error;

/// The Amplify CLI's own files have few levels.
pub const MAX_DEPTH: u32 = 100;

/// Characters that cannot start a key or unquoted text.
const PUNCTUATION: [char; 6] = ['{', '}', '[', ']', ',', ':'];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HjsonNode {
    pub line: u32,
    /// The byte where the name starts; if it has no name, the byte where the value starts.
    pub begins: usize,
    pub bytes: Range<usize>,
    pub value: HjsonValue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HjsonValue {
    /// In file order. Names may repeat.
    Object(Vec<(String, HjsonNode)>),
    Text(String),
    Other(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HjsonProblem {
    #[error("the file is empty")]
    Empty,
    /// Inside an object, an array or quoted text.
    #[error("the file ends too early")]
    Ends,
    #[error("expected a name and a colon")]
    Name,
    #[error("expected a value")]
    Value,
    /// Quoted text continues on the next line, or has an unknown escape.
    #[error("invalid quoted string")]
    Quoted,
    #[error("too many nested levels")]
    Deep,
    #[error("unexpected text after the end")]
    More,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HjsonError {
    pub line: u32,
    pub problem: HjsonProblem,
}

impl HjsonNode {
    /// The last value of `name` counts, as in JavaScript.
    pub fn get(&self, name: &str) -> Option<&HjsonNode> {
        self.members().iter().rev().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    /// Not empty.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            HjsonValue::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    pub fn is_true(&self) -> bool {
        match &self.value {
            HjsonValue::Object(_) => true,
            HjsonValue::Text(text) => !text.is_empty(),
            HjsonValue::Other(is_true) => *is_true,
        }
    }

    pub fn members(&self) -> &[(String, HjsonNode)] {
        match &self.value {
            HjsonValue::Object(members) => members,
            HjsonValue::Text(_) | HjsonValue::Other(_) => &[],
        }
    }
}

pub fn parse(text: &str) -> Result<HjsonNode, HjsonError> {
    let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { rest, length: text.len(), line: 1, depth: 0 };
    let root = if reader.rest.is_empty() { Err(HjsonProblem::Empty) } else { reader.root() };
    root.map_err(|problem| HjsonError { line: reader.line, problem })
}

struct Reader<'t> {
    rest: &'t str,
    /// Of the whole text, in bytes.
    length: usize,
    line: u32,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn root(&mut self) -> Result<HjsonNode, HjsonProblem> {
        self.skip();
        let (line, start) = (self.line, self.at());
        let value = match self.peek() {
            Some('{' | '[') => self.value()?,
            _ => self.object(false)?,
        };
        let bytes = start..self.at();
        self.skip();
        if self.peek().is_some() {
            Err(HjsonProblem::More)
        } else {
            Ok(HjsonNode { line, begins: start, bytes, value })
        }
    }

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
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

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

    fn node(&mut self) -> Result<HjsonNode, HjsonProblem> {
        self.skip();
        let (line, start, all) = (self.line, self.at(), self.rest);
        let value = self.value()?;
        let read = &all[..all.len() - self.rest.len()];
        // Unquoted text ends with its line, without trailing blanks.
        Ok(HjsonNode { line, begins: start, bytes: start..start + read.trim_end().len(), value })
    }

    fn value(&mut self) -> Result<HjsonValue, HjsonProblem> {
        match self.peek() {
            Some('{' | '[') if self.depth == MAX_DEPTH => Err(HjsonProblem::Deep),
            Some(bracket @ ('{' | '[')) => {
                self.next();
                self.depth += 1;
                let value = if bracket == '{' { self.object(true) } else { self.array() };
                self.depth -= 1;
                value
            }
            Some('"' | '\'') if self.eat("'''") => self.block().map(HjsonValue::Text),
            Some('"' | '\'') => self.quoted().map(HjsonValue::Text),
            _ => self.bare(),
        }
    }

    fn object(&mut self, in_braces: bool) -> Result<HjsonValue, HjsonProblem> {
        let mut members = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                None if in_braces => return Err(HjsonProblem::Ends),
                None => return Ok(HjsonValue::Object(members)),
                Some('}') if in_braces => {
                    self.next();
                    return Ok(HjsonValue::Object(members));
                }
                Some(_) => {}
            }
            let begins = self.at();
            let name = self.name()?;
            self.skip();
            if !self.eat(":") {
                return Err(HjsonProblem::Name);
            }
            members.push((name, HjsonNode { begins, ..self.node()? }));
            self.skip();
            self.eat(",");
        }
    }

    fn array(&mut self) -> Result<HjsonValue, HjsonProblem> {
        loop {
            self.skip();
            match self.peek() {
                None => return Err(HjsonProblem::Ends),
                Some(']') => {
                    self.next();
                    // JavaScript treats every array as true, even an empty one.
                    return Ok(HjsonValue::Other(true));
                }
                Some(_) => self.value()?,
            };
            self.skip();
            self.eat(",");
        }
    }

    fn name(&mut self) -> Result<String, HjsonProblem> {
        if matches!(self.peek(), Some('"' | '\'')) {
            return self.quoted();
        }
        let name = self.take_while(|next| next > ' ' && !PUNCTUATION.contains(&next));
        if name.is_empty() { Err(HjsonProblem::Name) } else { Ok(name.to_owned()) }
    }

    /// Unquoted text ends with its line. A number or a JSON word ends earlier.
    fn bare(&mut self) -> Result<HjsonValue, HjsonProblem> {
        if self.peek().is_some_and(|next| PUNCTUATION.contains(&next)) {
            return Err(HjsonProblem::Value);
        }
        let all = self.rest;
        // Stops at the first possible end: a long line may hold many short values.
        let ends = |at: usize, next: char| match next {
            ',' | '}' | ']' | '#' | '\r' | '\n' => true,
            '/' => all[at..].starts_with("//") || all[at..].starts_with("/*"),
            _ => false,
        };
        let end = all.char_indices().find(|(at, next)| ends(*at, *next)).map_or(all.len(), |(at, _)| at);
        if let Some(is_true) = other(all[..end].trim()) {
            self.rest = &all[end..];
            return Ok(HjsonValue::Other(is_true));
        }
        let line = self.take_while(|next| next != '\r' && next != '\n');
        Ok(HjsonValue::Text(line.trim().to_owned()))
    }

    fn quoted(&mut self) -> Result<String, HjsonProblem> {
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(HjsonProblem::Ends),
                end if end == quote => return Ok(text),
                Some('\n' | '\r') => return Err(HjsonProblem::Quoted),
                Some('\\') => text.push(self.escaped()?),
                Some(plain) => text.push(plain),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, HjsonProblem> {
        Ok(match self.next().ok_or(HjsonProblem::Ends)? {
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
            _ => return Err(HjsonProblem::Quoted),
        })
    }

    fn unit(&mut self) -> Result<u16, HjsonProblem> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(HjsonProblem::Quoted)?;
        self.rest = &self.rest[4..];
        Ok(unit)
    }

    /// Multi-line text after its `'''`. The truthiness does not depend on indentation.
    fn block(&mut self) -> Result<String, HjsonProblem> {
        let all = self.rest;
        loop {
            let end = all.len() - self.rest.len();
            if self.eat("'''") {
                return Ok(all[..end].trim().to_owned());
            }
            self.next().ok_or(HjsonProblem::Ends)?;
        }
    }
}

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
