use std::borrow::Cow;
use std::sync::Arc;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::profile_file::{FileKind, Property};

use super::key_names::KEYS;

/// The credentials file has priority over the config file.
#[derive(Debug)]
pub struct Profile<'t> {
    pub name: String,
    pub(super) parts: Vec<Part<'t>>,
    /// From `include_profile`. Used for keys that the profile itself does not have.
    pub(super) included: Vec<Part<'t>>,
}

#[derive(Debug, Clone)]
pub struct Part<'t> {
    pub kind: FileKind,
    pub source: Arc<SourceFile>,
    pub headers: Vec<(u32, Cow<'t, str>)>,
    pub properties: Vec<Property<'t>>,
    /// The value of the name is `null` in the Amplify dialect. Amplify's lookup crashes on it.
    pub is_null: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<'p> {
    pub value: &'p str,
    pub at: Location,
}

impl Setting<'_> {
    pub fn located(self) -> Located<String> {
        Located::new(self.value.to_owned(), Origin::File(self.at))
    }
}

impl Part<'_> {
    pub fn location(&self, line: u32) -> Location {
        Location { file: self.source.clone(), line }
    }

    pub fn last(&self, key: &str) -> Option<&Property<'_>> {
        self.properties.iter().rev().find(|property| property.key == key)
    }
}

impl<'t> Profile<'t> {
    /// The last value in a file counts, and credentials override config. An empty value is unset.
    pub fn get(&self, key: &'static str) -> Option<Setting<'_>> {
        debug_assert!(
            KEYS.iter().any(|known| known.is_read && known.name == key),
            "{key} is missing in key_names::KEYS"
        );
        self.get_any(key)
    }

    /// Like [`get`](Self::get), for a key that this program does not use.
    pub fn get_any(&self, key: &str) -> Option<Setting<'_>> {
        let (part, property) = self.find(key)?;
        Some(Setting { value: &property.value, at: part.location(property.line) })
    }

    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The first line of the value: names, regions and ARNs have no continuation lines.
    pub fn first_line(&self, key: &str) -> Option<&str> {
        self.find(key).and_then(|(_, property)| property.value.lines().next())
    }

    fn find(&self, key: &str) -> Option<(&Part<'t>, &Property<'_>)> {
        let mut all = self.parts.iter().chain(&self.included);
        let found = all.find_map(|part| Some((part, part.last(key)?)));
        found.filter(|(_, property)| !property.value.is_empty())
    }

    pub fn overridden(&self, key: &str, winner: Option<&Location>) -> Vec<Location> {
        let all = self.parts.iter().chain(&self.included);
        let lines = all.flat_map(|part| {
            part.properties.iter().filter(|property| property.key == key).map(|property| part.location(property.line))
        });
        lines.filter(|at| Some(at) != winner).collect()
    }

    pub fn properties(&self) -> impl Iterator<Item = &Property<'t>> {
        self.parts.iter().chain(&self.included).flat_map(|part| &part.properties)
    }

    /// Follows aws-vault's rule. Does not include static keys.
    pub fn include(&mut self, other: Profile<'t>) {
        self.included.extend(other.parts);
    }

    pub fn parts(&self) -> &[Part<'t>] {
        &self.parts
    }

    pub fn location(&self) -> Option<Location> {
        let part = self.parts.last()?;
        Some(part.location(part.headers.first()?.0))
    }
}
