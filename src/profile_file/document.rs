//! Minimal edits of a profile file that keep comments, order, line ends and a byte order mark. A section is identified
//! by the line of its header in the current text, so several edits must go from the bottom up.

mod cut;

use std::collections::HashMap;

use zeroize::Zeroizing;

use crate::profile_file::auto;
use crate::profile_file::lines::{BLANKS, BYTE_ORDER_MARK, COMMENT, Shape, is_identifier};
use crate::profile_file::portable::{amplify_alias, headers, reads_alike};
use crate::profile_file::sections::{FileKind, Name, Section};

pub use super::edit_error::EditError;

use cut::{Cut, Splice, insert_after, line_end, line_range, text_range, whole_lines};

#[derive(Clone)]
pub struct ProfileDocument {
    kind: FileKind,
    text: Zeroizing<String>,
}

/// A section to add. Its name has only one header.
pub struct NewSection<'n> {
    pub name: Name<'n>,
    pub properties: Vec<(&'static str, String)>,
}

impl ProfileDocument {
    pub fn new(kind: FileKind, text: &str) -> Self {
        Self { kind, text: Zeroizing::new(text.to_owned()) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn sections(&self) -> Vec<Section<'_>> {
        auto::read(self.kind, &self.text).sections
    }

    pub fn lines_of(&self, profile: &str) -> Vec<u32> {
        let sections = self.sections();
        sections.iter().filter(|section| section.name.profile() == Some(profile)).map(|section| section.line).collect()
    }

    /// Adds a profile at the end under headers that every tool sees. The properties follow `more`, which holds nested
    /// blocks: the Amplify CLI reads the keys of a block as the profile's own.
    pub fn add_profile(&mut self, name: &str, properties: &[(&str, &str)], more: &[String]) -> Result<(), EditError> {
        let headers = self.free_headers(name, None)?;
        if let Some((key, _)) = properties.iter().find(|(key, value)| !reads_alike(key, value)) {
            return Err(EditError::Value((*key).to_owned()));
        }
        let lines = properties.iter().map(|(key, value)| format!("{key} = {value}"));
        let lines = Zeroizing::new(more.iter().cloned().chain(lines).collect::<Vec<_>>());
        for header in headers {
            self.append(header, &lines);
        }
        Ok(())
    }

    /// Adds all sections at the end with one edit, because each edit reads the whole file.
    pub fn add_sections(&mut self, sections: &[NewSection<'_>]) -> Result<(), EditError> {
        let mut lines = Vec::new();
        {
            let there = self.sections();
            let there: HashMap<_, _> = there.iter().map(|section| (&section.name, section.line)).collect();
            for NewSection { name, properties } in sections {
                if let Some(line) = there.get(name) {
                    return Err(EditError::Taken(text_of(name).to_owned(), *line));
                }
                let header = single_header(self.kind, name);
                let header = header.ok_or_else(|| EditError::Name(text_of(name).to_owned()))?;
                if let Some((key, _)) = properties.iter().find(|(key, value)| !reads_alike(key, value)) {
                    return Err(EditError::Value((*key).to_owned()));
                }
                lines.extend((!lines.is_empty()).then(String::new));
                lines.push(header);
                lines.extend(properties.iter().map(|(key, value)| format!("{key} = {value}")));
            }
        }
        if let Some((header, rest)) = lines.split_first() {
            self.append(header.clone(), rest);
        }
        Ok(())
    }

    /// Copies the section under the name that the Amplify CLI needs for a dotted profile.
    pub fn add_alias(&mut self, line: u32) -> Result<(), EditError> {
        let sections = self.sections();
        let section = sections.iter().find(|section| section.line == line);
        let name = section.and_then(|section| section.name.profile()).ok_or(EditError::NoSection(line))?;
        if headers(self.kind, name).is_none_or(|headers| headers.len() == 1) {
            return Err(EditError::Name(name.to_owned()));
        }
        let header = amplify_alias(self.kind, name);
        if let Some(alias) = sections.iter().find(|section| section.header == header) {
            return Err(EditError::Taken(name.to_owned(), alias.line));
        }
        let copied = self.property_lines(line, &|_| true)?;
        self.append(header, &copied);
        Ok(())
    }

    pub fn property_lines(&self, line: u32, is_wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, EditError> {
        let cut = self.cut(line)?;
        if cut.has_return() {
            return Err(EditError::Disputed(line));
        }
        let wanted = cut.properties.iter().filter(|property| is_wanted(&property.key));
        Ok(wanted.flat_map(|property| &property.lines).map(|at| cut.lines[*at].text.to_owned()).collect())
    }

    /// Replaces the last value of a key, or adds the key at the end. A comment after the old value moves to its own
    /// line above, where every tool accepts it.
    pub fn set(&mut self, line: u32, key: &str, value: &str) -> Result<(), EditError> {
        if !reads_alike(key, value) {
            return Err(EditError::Value(key.to_owned()));
        }
        let cut = self.agreed(line)?;
        let splices = match cut.properties.iter().rev().find(|property| property.key == key) {
            None => vec![cut.append(&[format!("{key} = {value}")])],
            Some(property) => {
                let mut splices: Vec<_> =
                    property.lines[1..].iter().map(|at| (line_range(cut.lines[*at]), Zeroizing::default())).collect();
                splices.push(cut.rewritten(property.lines[0], key, value));
                splices
            }
        };
        self.splice(splices);
        Ok(())
    }

    /// Removes all values of these keys. A comment after a value keeps its line.
    pub fn remove_keys(&mut self, line: u32, keys: &[&str]) -> Result<(), EditError> {
        let cut = self.cut(line)?;
        let unwanted: Vec<_> = cut.properties.iter().filter(|property| keys.contains(&property.key.as_str())).collect();
        if unwanted.is_empty() {
            return Ok(());
        }
        if cut.has_return() {
            return Err(EditError::Disputed(line));
        }
        let splices = unwanted.iter().flat_map(|property| &property.lines).map(|at| cut.removed(*at)).collect();
        self.splice(splices);
        Ok(())
    }

    pub fn rename_profile(&mut self, line: u32, name: &str) -> Result<(), EditError> {
        let headers = self.free_headers(name, Some(line))?;
        self.rewrite_header(line, headers.into_iter().next())
    }

    /// Moves text after `]` to a comment line above and removes the indentation, because the Amplify CLI requires a
    /// header to be the whole line.
    pub fn tidy_header(&mut self, line: u32) -> Result<(), EditError> {
        self.rewrite_header(line, None)
    }

    pub fn lower_key(&mut self, line: u32) {
        let Some(found) = auto::without_mark(&self.text).find(|found| found.number == line) else { return };
        let key = found.text.split(['=', ':']).next().unwrap_or_default();
        let (start, lower) = (found.start, key.to_ascii_lowercase());
        self.splice(vec![(start..start + key.len(), lower.into())]);
    }

    /// Also removes the blank lines after the section. Comments after its last property remain, since they may belong
    /// to the next section.
    pub fn remove_section(&mut self, line: u32) -> Result<(), EditError> {
        let cut = self.agreed(line)?;
        if !cut.is_ended() {
            return Err(EditError::Disputed(line));
        }
        let blank = cut.lines[cut.end..].iter().take_while(|line| line.shape == Shape::Blank).count();
        let goes = &cut.lines[cut.header..cut.end + blank];
        let splices = goes.iter().map(|line| (line_range(*line), Zeroizing::default())).collect();
        self.splice(splices);
        Ok(())
    }

    pub fn remove_mark(&mut self) -> bool {
        let has_mark = self.text.starts_with(BYTE_ORDER_MARK);
        if has_mark {
            self.text.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        has_mark
    }

    /// Fails if a section other than the one at `own` has the name.
    fn free_headers(&self, name: &str, own: Option<u32>) -> Result<Vec<String>, EditError> {
        match self.lines_of(name).into_iter().find(|line| Some(*line) != own) {
            Some(line) => Err(EditError::Taken(name.to_owned(), line)),
            None => headers(self.kind, name).ok_or_else(|| EditError::Name(name.to_owned())),
        }
    }

    fn rewrite_header(&mut self, line: u32, new: Option<String>) -> Result<(), EditError> {
        let cut = self.cut(line)?;
        let header = cut.lines[cut.header];
        let text = header.text.trim_start_matches(BLANKS);
        let (inner, _) = auto::brackets(text).ok_or(EditError::Disputed(line))?;
        if (new.is_none() && inner.contains(']')) || cut.has_return() {
            return Err(EditError::Disputed(line));
        }
        let behind = text[inner.len() + 2..].trim_matches(BLANKS);
        let comment = match behind {
            "" => String::new(),
            comment if comment.starts_with(COMMENT) => comment.to_owned() + line_end(&cut.lines),
            text => format!("# {text}{}", line_end(&cut.lines)),
        };
        let new = comment + &new.unwrap_or_else(|| format!("[{inner}]"));
        self.splice(vec![(text_range(header), new.into())]);
        Ok(())
    }

    fn append(&mut self, header: String, properties: &[String]) {
        let lines: Vec<_> = whole_lines(&self.text).collect();
        let mut new = Zeroizing::new(Vec::new());
        if lines.last().is_some_and(|last| last.shape != Shape::Blank) {
            new.push(String::new());
        }
        new.push(header);
        new.extend_from_slice(properties);
        let splice = if lines.is_empty() {
            // The Amplify CLI ignores a header directly after a byte order mark.
            let start = if self.text.is_empty() { "" } else { "\n" };
            (self.text.len()..self.text.len(), format!("{start}{}\n", new.join("\n")).into())
        } else {
            insert_after(&lines, lines.len() - 1, &new)
        };
        self.splice(vec![splice]);
    }

    fn cut(&self, line: u32) -> Result<Cut<'_>, EditError> {
        Cut::new(self.kind, &self.text, line)
    }

    /// Fails unless every dialect sees the same lines in the section.
    fn agreed(&self, line: u32) -> Result<Cut<'_>, EditError> {
        let cut = self.cut(line)?;
        if cut.is_agreed() { Ok(cut) } else { Err(EditError::Disputed(line)) }
    }

    /// A file without a final line end stays without one, unless its last line is blank.
    fn splice(&mut self, mut splices: Vec<Splice>) {
        let ended = self.text.is_empty() || self.text.ends_with('\n');
        splices.sort_by_key(|(range, _)| range.start);
        let mut text = Zeroizing::new(String::with_capacity(self.text.len() + 1024));
        let mut at = 0;
        for (range, new) in splices {
            text.push_str(&self.text[at..range.start]);
            text.push_str(&new);
            at = range.end;
        }
        text.push_str(&self.text[at..]);
        if let Some(rest) = text.strip_suffix('\n').filter(|_| !ended) {
            let rest = rest.strip_suffix('\r').unwrap_or(rest);
            if !rest.is_empty() && !rest.ends_with('\n') {
                let length = rest.len();
                text.truncate(length);
            }
        }
        self.text = text;
    }
}

fn single_header(kind: FileKind, name: &Name<'_>) -> Option<String> {
    match name {
        Name::Profile(name, _) => headers(kind, name).filter(|headers| headers.len() == 1)?.pop(),
        Name::SsoSession(name) => is_identifier(name).then(|| format!("[sso-session {name}]")),
        Name::Services(_) | Name::Other => None,
    }
}

fn text_of<'n>(name: &'n Name<'_>) -> &'n str {
    match name {
        Name::Profile(name, _) | Name::SsoSession(name) | Name::Services(name) => name,
        Name::Other => "",
    }
}

#[cfg(test)]
mod tests;
