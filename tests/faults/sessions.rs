//! Reads a cache file without the program's own code, so that a mistake in that code cannot hide.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// Unparsed entries by outer and inner key. A value that is not an object has an empty inner key.
pub(crate) type Sessions = BTreeMap<(String, String), String>;

type Object = BTreeMap<String, Box<RawValue>>;

pub(crate) fn parse(text: &str) -> Result<Sessions, String> {
    let mut all = Sessions::new();
    let outer: Object = serde_json::from_str(text).map_err(|error| format!("cache.json is no JSON object: {error}"))?;
    for (outer, raw) in outer {
        match serde_json::from_str::<Object>(raw.get()) {
            Ok(inner) => {
                let entries = inner.into_iter().map(|(inner, entry)| ((outer.clone(), inner), entry.get().to_owned()));
                all.extend(entries);
            }
            Err(_) => {
                all.insert((outer, String::new()), raw.get().to_owned());
            }
        }
    }
    Ok(all)
}

/// Whether an entry is a complete session of this program: flat, nested and with metadata.
pub(crate) fn is_whole(entry: &str) -> bool {
    let Ok(entry) = serde_json::from_str::<Value>(entry) else { return false };
    let has_four = |at: &Value| {
        ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"]
            .iter()
            .all(|key| at[key].as_str().is_some_and(|text| !text.is_empty()))
    };
    has_four(&entry) && has_four(&entry["credentials"]) && entry["amplifyCreds"]["fingerprint"].is_string()
}

/// All secrets in a JSON text, which messages must not contain.
pub(crate) fn secrets(text: &str) -> Vec<String> {
    fn collect(at: &Value, all: &mut Vec<String>) {
        match at {
            Value::Object(members) => {
                for (key, member) in members {
                    let is_secret = ["secretaccesskey", "sessiontoken"].contains(&key.to_lowercase().as_str());
                    match member.as_str() {
                        Some(text) if is_secret => all.push(text.to_owned()),
                        _ => collect(member, all),
                    }
                }
            }
            Value::Array(members) => members.iter().for_each(|member| collect(member, all)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    if let Ok(value) = serde_json::from_str(text) {
        collect(&value, &mut all);
    }
    all
}
