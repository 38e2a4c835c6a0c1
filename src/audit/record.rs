use serde::{Deserialize, Serialize};

use crate::core::clock::Timestamp;
use crate::core::masking::{masked, masked_message};
use crate::core::sanitize::printable;

/// Bytes of a line with its end. Writes of this size to a local file are never mixed.
pub const MAX_LINE: usize = 4096;

/// Limits of a field in bytes of JSON. Together they keep a line below [`MAX_LINE`].
const NAME: usize = 200;
const COMMAND: usize = 20;
const KEY_ID: usize = 128;
const ARN: usize = 256;
const POLICY: usize = 198;
const POLICIES: usize = 11;
const PROCESS: usize = 36;

/// Never has a secret. Its names are a contract with the readers of the log. Times are in RFC 3339, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub time: String,
    pub profile: Option<String>,
    /// The profile whose `credential_process` is this command.
    pub wrapper: Option<String>,
    pub command: String,
    pub role_arn: Option<String>,
    pub session_name: Option<String>,
    pub policies: Vec<String>,
    pub source: GrantSource,
    pub access_key_id: String,
    pub expires: Option<String>,
    pub by: String,
    pub pid: Option<u32>,
    pub processes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantSource {
    /// From the cache, also if another process has just put the session there.
    Cached,
    New,
    /// Access keys that are handed out as they are, without a call.
    Keys,
}

impl GrantSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::New => "new",
            Self::Keys => "keys",
        }
    }
}

impl Record {
    /// A line of JSON with its end, shorter than [`MAX_LINE`].
    pub fn line(&self) -> String {
        let Self {
            time,
            profile,
            wrapper,
            command,
            role_arn,
            session_name,
            policies,
            source,
            access_key_id,
            expires,
            by,
            pid,
            processes,
        } = self;
        let policies = policies.iter().take(POLICIES).map(|policy| cut(&masked_message(policy), POLICY));
        let record = Self {
            time: time.clone(),
            profile: profile.as_deref().map(shown_name),
            wrapper: wrapper.as_deref().map(shown_name),
            command: cut(command, COMMAND),
            role_arn: role_arn.as_deref().map(|arn| cut(&masked_message(arn), ARN)),
            session_name: session_name.as_deref().map(shown_name),
            policies: policies.collect(),
            source: *source,
            // A file may have the secret in the place of the id.
            access_key_id: cut(&masked(access_key_id), KEY_ID),
            expires: expires.clone(),
            by: by.clone(),
            pid: *pid,
            processes: processes.iter().map(|process| cut(&masked(process), PROCESS)).collect(),
        };
        // Strings and numbers are always valid in JSON.
        let mut line = serde_json::to_string(&record).unwrap_or_default();
        line.push('\n');
        line
    }

    /// A write to a full disk may end within a record or before its newline. Then the next record follows it in the same
    /// line.
    pub fn parse(line: &[u8]) -> Parsed {
        if let Some((record, true)) = Self::first(line) {
            return Parsed { records: vec![record], is_damaged: false };
        }
        // Quotes in a string are escaped, so only the start of a record matches.
        let starts: Vec<_> = memchr::memmem::find_iter(line, br#"{"time":""#).collect();
        let ends = starts.iter().copied().skip(1).chain([line.len()]);
        let found: Vec<_> = starts.iter().zip(ends).map(|(start, end)| Self::first(&line[*start..end])).collect();
        let are_whole = found.iter().all(|first| matches!(first, Some((_, true))));
        let is_damaged = starts.first() != Some(&0) || !are_whole;
        Parsed { records: found.into_iter().flatten().map(|(record, _)| record).collect(), is_damaged }
    }

    /// The record at the start, and whether nothing follows it.
    fn first(text: &[u8]) -> Option<(Self, bool)> {
        let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Self>();
        let record = values.next()?.ok().filter(|record| record.at().is_some())?;
        Some((record, text[values.byte_offset()..].trim_ascii().is_empty()))
    }

    pub fn at(&self) -> Option<Timestamp> {
        Timestamp::parse(&self.time)
    }
}

pub struct Parsed {
    pub records: Vec<Record>,
    /// Whether the line has anything else, such as a part of a record.
    pub is_damaged: bool,
}

/// A name as records have it.
pub fn shown_name(name: &str) -> String {
    cut(&masked(name), NAME)
}

/// At most `limit` bytes as a string of JSON, without control characters.
fn cut(text: &str, limit: usize) -> String {
    const ELLIPSIS: char = '\u{2026}';
    let text = printable(text);
    let size = |c: char| if matches!(c, '"' | '\\') { 2 } else { c.len_utf8() };
    if text.chars().map(size).sum::<usize>() <= limit {
        return text;
    }
    let mut left = limit - ELLIPSIS.len_utf8();
    let fits = |c: &char| {
        let fits = size(*c) <= left;
        left = left.saturating_sub(size(*c));
        fits
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push(ELLIPSIS);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            time: "2026-01-02T03:04:05Z".to_owned(),
            profile: Some("dev".to_owned()),
            wrapper: None,
            command: "process".to_owned(),
            role_arn: None,
            session_name: Some("amplify".to_owned()),
            policies: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
            source: GrantSource::New,
            access_key_id: "ASIA1".to_owned(),
            expires: None,
            by: "process".to_owned(),
            pid: Some(7),
            processes: vec!["node".to_owned(), "bash".to_owned()],
        }
    }

    fn parse(line: &str) -> (Vec<Record>, bool) {
        let Parsed { records, is_damaged } = Record::parse(line.as_bytes());
        (records, is_damaged)
    }

    #[test]
    fn line_has_every_documented_key() {
        let line = record().line();
        assert_eq!(
            line,
            "{\"time\":\"2026-01-02T03:04:05Z\",\"profile\":\"dev\",\"wrapper\":null,\"command\":\"process\",\
             \"role_arn\":null,\"session_name\":\"amplify\",\"policies\":[\"arn:aws:iam::aws:policy/ReadOnlyAccess\"],\
             \"source\":\"new\",\"access_key_id\":\"ASIA1\",\"expires\":null,\"by\":\"process\",\"pid\":7,\
             \"processes\":[\"node\",\"bash\"]}\n"
        );
        assert_eq!(parse(&line), (vec![record()], false));
    }

    #[test]
    fn longest_line_is_below_the_limit() {
        for text in ["\"\\".repeat(3000), "\u{1b}".repeat(3000), "\u{958b}".repeat(3000), "x y".repeat(3000)] {
            let long = Record {
                profile: Some(text.clone()),
                wrapper: Some(text.clone()),
                command: text.clone(),
                role_arn: Some(text.clone()),
                session_name: Some(text.clone()),
                policies: vec![text.clone(); 30],
                access_key_id: text.clone(),
                expires: Some("2026-01-02T03:04:05Z".to_owned()),
                processes: vec![text.clone(); 16],
                pid: Some(u32::MAX),
                ..record()
            };
            let line = long.line();
            assert!(line.len() < MAX_LINE, "{}", line.len());
            assert_eq!(line.matches('\n').count(), 1);
            let read = parse(&line).0.remove(0);
            assert!(read.profile.unwrap().ends_with('\u{2026}'));
            assert_eq!(read.policies.len(), 11);
        }
    }

    #[test]
    fn secret_in_the_place_of_a_name_is_masked() {
        let secret = "0A1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b";
        let swapped = Record {
            profile: Some(secret.to_owned()),
            wrapper: Some(secret.to_owned()),
            session_name: Some(secret.to_owned()),
            policies: vec![secret.to_owned()],
            access_key_id: secret.to_owned(),
            processes: vec![secret.to_owned()],
            ..record()
        };
        assert!(!swapped.line().contains(&secret[..20]), "{}", swapped.line());
    }

    #[test]
    fn damaged_line_is_skipped_and_record_behind_it_is_kept() {
        let line = record().line();
        for damaged in ["", "{}", "[1]", "nonsense", "{\"time\":\"x\"}", &line[..40], &line.replace("05Z", "?")] {
            assert_eq!(parse(damaged), (Vec::new(), true), "{damaged}");
        }
        assert_eq!(parse(&format!("{}{line}", &line[..40])), (vec![record()], true));
        assert_eq!(parse(&format!("\0\0{line}")), (vec![record()], true));
        // A newer version may write more keys, and an older one had no wrapper.
        assert_eq!(parse(&line.replace("\"pid\":7", "\"pid\":7,\"new\":[1]")), (vec![record()], false));
        assert_eq!(parse(&line.replace("\"wrapper\":null,", "")), (vec![record()], false));
    }

    #[test]
    fn records_without_newline_between_them_are_kept() {
        let line = record().line();
        let one = line.trim_end();
        let rows = [
            (format!("{one}{line}"), 2, false),
            (format!("{one}{one} {line}"), 3, false),
            (format!("{one}\0{line}"), 2, true),
            (format!("{one}{}", &line[..40]), 1, true),
            (format!("{one}{}{line}", &line[..40]), 2, true),
            (format!("{}{one}{line}", &line[..40]), 2, true),
        ];
        for (text, count, is_damaged) in rows {
            assert_eq!(parse(&text), (vec![record(); count], is_damaged), "{text}");
        }
    }
}
