//! The program's own settings, from `config.ini` in the platform's configuration directory.

use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::core::utf8::{InvalidByte, without_mark};
use crate::os::fs::read_capped;

pub const SETTING_NAMES: [&str; 11] = [
    "audit_log",
    "browser",
    "dialect",
    "lock_timeout",
    "min_ttl",
    "prompt",
    "seal",
    "serve_port",
    "session_name",
    "sign_in",
    "sign_in_flow",
];

const MAX_BYTES: u64 = 1 << 20;

#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    #[error("cannot read {file}: {reason}")]
    Unreadable { file: String, reason: String },
    #[error("{at} is {invalid}")]
    NotUtf8 { at: Location, invalid: InvalidByte },
    #[error("{at}: unknown setting {key}")]
    Unknown { key: String, at: Location },
    #[error("{at}: unexpected section [{section}]: config.ini has no sections")]
    Section { section: String, at: Location },
    /// The key has no `=`.
    #[error("{at}: {key} has no value")]
    NoValue { key: String, at: Location },
}

#[derive(Debug, Default)]
pub struct Settings(Vec<(String, Located<String>)>);

impl Settings {
    pub fn load(path: Option<&Path>, home: &Path) -> Result<Self, SettingsError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let source = SourceFile::new(path.to_owned(), home);
        let unreadable = |reason: String| SettingsError::Unreadable { file: source.shown.clone(), reason };
        let Some(bytes) = read_capped(path, MAX_BYTES).map_err(|error| unreadable(error.to_string()))? else {
            return Ok(Self::default());
        };
        if let Some(invalid) = InvalidByte::first(&bytes) {
            return Err(SettingsError::NotUtf8 { at: Location { file: source, line: invalid.line }, invalid });
        }
        Self::parse(&String::from_utf8_lossy(without_mark(&bytes)), &source)
    }

    fn parse(text: &str, source: &Arc<SourceFile>) -> Result<Self, SettingsError> {
        let at = |line| Location { file: source.clone(), line };
        if let Some((line, section)) = first_section(text) {
            return Err(SettingsError::Section { section: section.to_owned(), at: at(line) });
        }
        let map = ini::inistr!(safe text)
            .map_err(|reason| SettingsError::Unreadable { file: source.shown.clone(), reason })?;
        let mut all = Vec::new();
        for (key, value) in map.into_values().flatten() {
            let at = at(line_of(text, &key));
            if !SETTING_NAMES.contains(&key.as_str()) {
                return Err(SettingsError::Unknown { key, at });
            }
            let Some(value) = value else { return Err(SettingsError::NoValue { key, at }) };
            all.push((key, Located::new(value, Origin::File(at))));
        }
        Ok(Self(all))
    }

    pub fn get(&self, key: &str) -> Option<&Located<String>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// The first header other than `[default]`. The `ini` crate reads `[default]` as the section without a header.
fn first_section(text: &str) -> Option<(u32, &str)> {
    text.lines().zip(1..).find_map(|(line, number)| {
        let (name, _) = line.trim_start().strip_prefix('[')?.split_once(']')?;
        let name = name.trim();
        (!name.eq_ignore_ascii_case("default")).then_some((number, name))
    })
}

/// The last line with the key, because its value counts. The `ini` crate does not record line numbers.
fn line_of(text: &str, key: &str) -> u32 {
    let sets = |line: &str| {
        let line = line.split([';', '#']).next().unwrap_or_default();
        line.split(['=', ':']).next().is_some_and(|name| name.trim().eq_ignore_ascii_case(key))
    };
    let lines = text.lines().zip(1..);
    lines.filter(|(line, _)| sets(line)).last().map_or(1, |(_, number)| number)
}

/// The setting that most resembles a misspelled `key`.
pub fn nearest(key: &str) -> Option<&'static str> {
    let plain = key.replace(['-', ' ', '.'], "_");
    let scored = SETTING_NAMES.into_iter().map(|name| (strsim::jaro_winkler(&plain, name), name));
    scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// The seconds of `900`, `15m`, `1h30m`, `12h`, `90s` or `1d`.
pub fn seconds(text: &str) -> Option<u64> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let (mut total, mut number) = (0u64, String::new());
    for char in text.chars() {
        let unit = match char {
            '0'..='9' => {
                number.push(char);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        let counted = std::mem::take(&mut number).parse::<u64>().ok()?.checked_mul(unit)?;
        total = total.checked_add(counted)?;
    }
    (number.is_empty() && !text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, SettingsError> {
        Settings::parse(
            text,
            &SourceFile::new("/home/dev/.config/amplify-creds/config.ini".into(), Path::new("/home/dev")),
        )
    }

    #[test]
    fn value_has_its_line() {
        let settings = parse("; mine\nmin_ttl = 20m\n\nDialect = aws\n").unwrap();
        let found = settings.get("min_ttl").unwrap();
        assert_eq!(
            (found.value.as_str(), found.from.to_string().as_str()),
            ("20m", "~/.config/amplify-creds/config.ini:2")
        );
        assert_eq!(settings.get("dialect").unwrap().value, "aws");
        assert!(settings.get("session_name").is_none());
    }

    #[test]
    fn unknown_key_or_section_is_an_error_at_its_line() {
        for (text, expected) in [
            ("# min_tll\nmin_ttl = 1\nmin_tll = 5m\n", ":3: unknown setting min_tll"),
            ("min_tll = 1 ; x\n\nmin_tll = 5m\n", ":3: unknown setting min_tll"),
            ("min_ttl = 5m\n\n[x]\nmin_ttl = 5m\n", ":3: unexpected section [x]: config.ini has no sections"),
            (" [ profile dev ]\n", ":1: unexpected section [profile dev]: config.ini has no sections"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert_eq!(error, format!("~/.config/amplify-creds/config.ini{expected}"), "{text}");
        }
        assert!(parse("[default]\nmin_ttl = 5m\n").is_ok());
    }

    #[test]
    fn misspelled_setting_gives_nearest_name() {
        for (key, setting) in [
            ("min_tll", Some("min_ttl")),
            ("min-ttl", Some("min_ttl")),
            ("mfa_prompt", None),
            ("prompts", Some("prompt")),
            ("sessionname", Some("session_name")),
            ("color", None),
        ] {
            assert_eq!(nearest(key), setting, "{key}");
        }
    }

    #[test]
    fn key_without_value_is_an_error() {
        let error = parse("dialect = aws\nmin_ttl\n").unwrap_err();
        assert_eq!(error.to_string(), "~/.config/amplify-creds/config.ini:2: min_ttl has no value");
        assert_eq!(parse("min_ttl =\n").unwrap().get("min_ttl").unwrap().value, "");
    }

    #[test]
    fn duration_with_units_is_parsed() {
        let rows = [
            ("900", Some(900)),
            ("15m", Some(900)),
            ("1h30m", Some(5400)),
            ("90s", Some(90)),
            ("1d", Some(86_400)),
            ("0", Some(0)),
            ("", None),
            ("h", None),
            ("15", Some(15)),
            ("15x", None),
            ("1h30", None),
            ("-5", None),
            ("99999999999999999999h", None),
            ("9999999999999999999d", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }
}
