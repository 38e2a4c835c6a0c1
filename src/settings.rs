//! The program's own settings: `config.ini` in the platform's configuration directory, and durations as people write
//! them.

use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::os::fs::read_capped;

/// What the file may set.
pub const KEYS: [&str; 6] = ["dialect", "lock_timeout", "min_ttl", "prompt", "serve_port", "session_name"];

/// The largest settings file that is read, in bytes: 1 MiB.
const MAX_BYTES: u64 = 1 << 20;

/// Why the settings cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The file cannot be read, or is no INI file.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// The file, for people.
        file: String,
        /// Why.
        reason: String,
    },
    /// A key that means nothing.
    #[error("{at}: there is no setting {key}")]
    Unknown {
        key: String,
        /// Its line.
        at: Location,
    },
    /// A key without `=`.
    #[error("{at}: {key} has no value")]
    NoValue {
        key: String,
        /// Its line.
        at: Location,
    },
}

/// The values of `config.ini`; empty when there is no such file.
#[derive(Debug, Default)]
pub struct Settings(Vec<(String, Located<String>)>);

impl Settings {
    /// Reads the file.
    pub fn load(path: Option<&Path>, home: &Path) -> Result<Self, SettingsError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let source = SourceFile::new(path.to_owned(), home);
        let unreadable = |reason: String| SettingsError::Unreadable { file: source.shown.clone(), reason };
        let Some(bytes) = read_capped(path, MAX_BYTES).map_err(|error| unreadable(error.to_string()))? else {
            return Ok(Self::default());
        };
        let text = String::from_utf8(bytes).map_err(|error| unreadable(error.utf8_error().to_string()))?;
        Self::parse(text.trim_start_matches('\u{feff}'), &source)
    }

    fn parse(text: &str, source: &Arc<SourceFile>) -> Result<Self, SettingsError> {
        let map = ini::inistr!(safe text)
            .map_err(|reason| SettingsError::Unreadable { file: source.shown.clone(), reason })?;
        let mut all = Vec::new();
        for (section, values) in map {
            for (key, value) in values {
                let at = Location { file: source.clone(), line: line_of(text, &key) };
                if section != "default" {
                    return Err(SettingsError::Unknown { key: format!("{key} in a section: [{section}]"), at });
                }
                if !KEYS.contains(&key.as_str()) {
                    return Err(SettingsError::Unknown { key, at });
                }
                let Some(value) = value else { return Err(SettingsError::NoValue { key, at }) };
                all.push((key, Located::new(value, Origin::File(at))));
            }
        }
        Ok(Self(all))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Located<String>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// The line that sets `key`: the `ini` crate keeps no lines.
fn line_of(text: &str, key: &str) -> u32 {
    let sets = |line: &str| line.split(['=', ':']).next().is_some_and(|name| name.trim().eq_ignore_ascii_case(key));
    text.lines().position(sets).and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(1)
}

/// Seconds in a duration as people write it: `900`, `15m`, `1h30m`, `12h`, `90s`, `1d`. `None` for anything else.
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
    fn values_know_their_line() {
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
    fn unknown_keys_and_sections_are_errors() {
        for text in ["min_tll = 5m\n", "[profile dev]\nmin_ttl = 5m\n"] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, SettingsError::Unknown { .. }), "{text}: {error}");
        }
        let error = parse("[x]\nmin_ttl = 5m\n").unwrap_err().to_string();
        assert_eq!(error, "~/.config/amplify-creds/config.ini:2: there is no setting min_ttl in a section: [x]");
    }

    #[test]
    fn a_key_without_a_value_is_an_error() {
        let error = parse("dialect = aws\nmin_ttl\n").unwrap_err();
        assert_eq!(error.to_string(), "~/.config/amplify-creds/config.ini:2: min_ttl has no value");
        assert_eq!(parse("min_ttl =\n").unwrap().get("min_ttl").unwrap().value, "");
    }

    #[test]
    fn durations_as_people_write_them() {
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
