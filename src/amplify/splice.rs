//! Minimal edits of an Amplify project's JSON in the style of the existing text.

use std::ops::Range;

use super::hjson::{HjsonNode, HjsonValue};

pub(super) type Member<'m> = (&'m str, String);

pub(super) type JsonSplice = (Range<usize>, String);

pub(super) struct JsonText<'t> {
    text: &'t str,
    line_end: &'static str,
}

impl<'t> JsonText<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, line_end: if text.contains("\r\n") { "\r\n" } else { "\n" } }
    }

    /// `members` gets the indentation, or `None` for a single line.
    pub(super) fn insert<'m>(
        &self,
        object: &HjsonNode,
        members: &dyn Fn(Option<&str>) -> Vec<Member<'m>>,
    ) -> Vec<JsonSplice> {
        let Some((_, last)) = object.members().last() else { return vec![self.fill(object, members)] };
        // Unquoted text ends with its line, so a comma would become part of it.
        let is_bare =
            matches!(last.value, HjsonValue::Text(_)) && !self.text[last.bytes.clone()].starts_with(['"', '\'']);
        let behind = &self.text[last.bytes.end..];
        let comma = behind.len() - behind.trim_start().len();
        let has_comma = behind[comma..].starts_with(',');
        let end = last.bytes.end + if has_comma { comma + 1 } else { 0 };
        let comma = if is_bare || has_comma { "" } else { "," };
        let is_on_one_line = !self.text[object.bytes.start..last.bytes.start].contains('\n');
        if is_on_one_line && !is_bare {
            return vec![(end..end, format!("{comma} {}", joined(&members(None), ", ")))];
        }
        let start = format!("{}{}", self.line_end, self.indent(last.bytes.start));
        let new = joined(&members(Some(self.indent(last.bytes.start))), &format!(",{start}"));
        // A comment after the last member stays on its line.
        let rest = self.text[end..].split(['\r', '\n']).next().unwrap_or_default();
        let is_whole = rest.trim().starts_with("/*") && rest.trim().ends_with("*/");
        let is_comment = is_whole || rest.trim_start().starts_with("//") || rest.trim_start().starts_with('#');
        let below = if is_comment { end + rest.len() } else { end };
        vec![(end..end, comma.to_owned()), (below..below, start + &new)]
    }

    fn fill<'m>(&self, object: &HjsonNode, members: &dyn Fn(Option<&str>) -> Vec<Member<'m>>) -> JsonSplice {
        let outer = self.indent(object.bytes.start);
        let start = format!("{}{outer}  ", self.line_end);
        let Some(inside) = self.text[object.bytes.start..].strip_prefix('{') else {
            // A file with only comments has no braces.
            let end = self.text.len();
            return (end..end, format!("{}{}", self.line_end, joined(&members(Some("")), self.line_end)));
        };
        let at = self.text.len() - inside.len();
        let is_open = inside.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        let close = if is_open { String::new() } else { format!("{}{outer}", self.line_end) };
        let new = joined(&members(Some(&start[self.line_end.len()..])), &format!(",{start}"));
        (at..at, format!("{start}{new}{close}"))
    }

    /// Also removes the line if it becomes blank, and the comma if it becomes unnecessary.
    pub(super) fn remove(&self, object: &HjsonNode, index: usize) -> Vec<JsonSplice> {
        let Some((_, member)) = object.members().get(index) else { return Vec::new() };
        let blank = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
        let behind = &self.text[member.bytes.end..];
        let gap = behind.len() - behind.trim_start().len();
        let has_comma = behind[gap..].starts_with(',');
        let mut range = member.begins..member.bytes.end + if has_comma { gap + 1 } else { 0 };
        let before = index.checked_sub(1).and_then(|index| object.members().get(index)).map(|(_, node)| node);
        let comma = before.filter(|_| !has_comma).and_then(|before| self.comma(before.bytes.end..member.begins));
        let line = self.text[..range.start].rfind('\n').map_or(0, |end| end + 1);
        let rest = &self.text[range.end..];
        let ends = rest[blank(rest)..].starts_with(['\r', '\n']);
        if ends && self.text[line..range.start].trim().is_empty() {
            let newline = if rest[blank(rest)..].starts_with("\r\n") { 2 } else { 1 };
            range = line..range.end + blank(rest) + newline;
        } else if has_comma {
            range.end += blank(rest);
        } else {
            range.start = self.text[..range.start].trim_end_matches([' ', '\t']).len();
        }
        let comma = comma.map(|at| (at..at + 1, String::new()));
        comma.into_iter().chain([(range, String::new())]).collect()
    }

    fn comma(&self, range: Range<usize>) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            let rest = &self.text[at..range.end];
            at += if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with(',') {
                return Some(at);
            } else {
                rest.chars().next().map_or(1, char::len_utf8)
            };
        }
        None
    }

    pub(super) fn object(&self, members: &[Member<'_>], indent: Option<&str>) -> String {
        let Some(indent) = indent else { return format!("{{{}}}", joined(members, ", ")) };
        let start = format!("{}{indent}  ", self.line_end);
        format!("{{{start}{}{}{indent}}}", joined(members, &format!(",{start}")), self.line_end)
    }

    pub(super) fn indent(&self, at: usize) -> &str {
        let line = &self.text[self.text[..at].rfind('\n').map_or(0, |end| end + 1)..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    pub(super) fn spliced(&self, mut splices: Vec<JsonSplice>) -> String {
        splices.sort_by_key(|(range, _)| range.start);
        let mut text = self.text.to_owned();
        for (range, new) in splices.into_iter().rev() {
            text.replace_range(range, &new);
        }
        text
    }
}

fn joined(members: &[Member<'_>], separator: &str) -> String {
    members.iter().map(|(key, value)| format!("{}: {value}", quoted(key))).collect::<Vec<_>>().join(separator)
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
