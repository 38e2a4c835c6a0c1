//! A JSON object that passes values through unparsed: order, numbers and unknown keys are preserved. The last of
//! duplicate keys counts, as in JavaScript.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

#[derive(Debug, Clone, Default)]
pub struct Members<'t>(Vec<(MemberName<'t>, &'t RawValue)>);

/// Borrowed if the text has no escapes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
struct MemberName<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'t> Members<'t> {
    pub fn parse(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn get(&self, key: &str) -> Option<&'t RawValue> {
        self.0.iter().rev().find(|(name, _)| name.0 == key).map(|(_, value)| *value)
    }

    pub fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.get(key)?.get()).ok()
    }

    pub fn object(&self, key: &str) -> Option<Members<'t>> {
        Self::parse(self.get(key)?.get())
    }

    pub fn set(&mut self, key: &str, value: &'t RawValue) {
        let place = self.0.iter().position(|(name, _)| name.0 == key);
        match place {
            Some(at) => {
                self.0[at].1 = value;
                let mut index = 0;
                self.0.retain(|(name, _)| {
                    index += 1;
                    index <= at + 1 || name.0 != key
                });
            }
            None => self.0.push((MemberName(Cow::Owned(key.to_owned())), value)),
        }
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&str, &'t RawValue) -> bool) {
        self.0.retain(|(name, value)| keep(&name.0, value));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &'t RawValue)> {
        self.0.iter().map(|(name, value)| (&*name.0, *value))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                // The number of members in an entry.
                let mut members = Vec::with_capacity(8);
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_pass_through_untouched_and_in_order() {
        let text = r#"{"b":1.50e+3,"a":{"x":[1, 2 ,3]},"\u00fc":null,"b":2}"#;
        let mut members = Members::parse(text).unwrap();
        assert_eq!(members.get("b").unwrap().get(), "2");
        let new: Box<RawValue> = serde_json::from_str("9").unwrap();
        members.set("b", &new);
        assert_eq!(serde_json::to_string(&members).unwrap(), "{\"b\":9,\"a\":{\"x\":[1, 2 ,3]},\"\u{fc}\":null}");
    }

    #[test]
    fn cache_members_are_read_only_from_objects() {
        for text in ["", "null", "[]", "1", "{", "{\"a\":}", "{\"a\":1} x"] {
            assert!(Members::parse(text).is_none(), "{text}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Members::parse(&deep).is_some());
    }
}
