use std::borrow::Cow;
use std::sync::Arc;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::profile_file::{FileKind, Property};

use super::key_names::KEYS;

/// One profile. Lookups see the credentials file before the config file.
#[derive(Debug)]
pub struct Profile<'t> {
    /// The name, case and all.
    pub name: String,
    pub(super) parts: Vec<Part<'t>>,
    /// What `include_profile` fills in where the profile itself says nothing.
    pub(super) included: Vec<Part<'t>>,
}

/// What one file says about a profile.
#[derive(Debug, Clone)]
pub struct Part<'t> {
    /// Which file.
    pub kind: FileKind,
    /// The file, for locations.
    pub source: Arc<SourceFile>,
    /// The headers that name the profile: line and text.
    pub headers: Vec<(u32, Cow<'t, str>)>,
    /// The properties of all those sections in file order.
    pub properties: Vec<Property<'t>>,
    /// Whether the Amplify CLI's lookup crashes at it: the name stands for `null`. Only in that dialect.
    pub is_null: bool,
}

/// A profile's value for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<'p> {
    /// The value, never empty.
    pub value: &'p str,
    /// Its line.
    pub at: Location,
}

impl Setting<'_> {
    /// The value with its origin, free of the files' text.
    pub fn located(self) -> Located<String> {
        Located::new(self.value.to_owned(), Origin::File(self.at))
    }
}

impl Part<'_> {
    /// Where `line` of this file is.
    pub fn location(&self, line: u32) -> Location {
        Location { file: self.source.clone(), line }
    }

    /// The last property named `key`.
    pub fn last(&self, key: &str) -> Option<&Property<'_>> {
        self.properties.iter().rev().find(|property| property.key == key)
    }
}

impl<'t> Profile<'t> {
    /// The value of `key` and its line; the last of a file counts, and credentials over config. Empty is unset.
    pub fn get(&self, key: &'static str) -> Option<Setting<'_>> {
        debug_assert!(
            KEYS.iter().any(|known| known.is_read && known.name == key),
            "{key} is missing in key_names::KEYS"
        );
        self.get_any(key)
    }

    /// The same for a key that means nothing to this program.
    pub fn get_any(&self, key: &str) -> Option<Setting<'_>> {
        let (part, property) = self.find(key)?;
        Some(Setting { value: &property.value, at: part.location(property.line) })
    }

    /// Whether `key` has a value.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The first line of `key`'s value: what goes on below it is no part of a name, a region or an ARN, and may be
    /// anything.
    pub fn first_line(&self, key: &str) -> Option<&str> {
        self.find(key).and_then(|(_, property)| property.value.lines().next())
    }

    fn find(&self, key: &str) -> Option<(&Part<'t>, &Property<'_>)> {
        let mut all = self.parts.iter().chain(&self.included);
        let found = all.find_map(|part| Some((part, part.last(key)?)));
        found.filter(|(_, property)| !property.value.is_empty())
    }

    /// The other lines that give `key` a value: those that lose against the one at `winner`.
    pub fn overridden(&self, key: &str, winner: Option<&Location>) -> Vec<Location> {
        let all = self.parts.iter().chain(&self.included);
        let lines = all.flat_map(|part| {
            part.properties.iter().filter(|property| property.key == key).map(|property| part.location(property.line))
        });
        lines.filter(|at| Some(at) != winner).collect()
    }

    /// Takes what `other` says for keys that this profile does not have: aws-vault's rule. Its static keys stay its own.
    pub fn include(&mut self, other: Profile<'t>) {
        self.included.extend(other.parts);
    }

    /// What each file says: credentials first.
    pub fn parts(&self) -> &[Part<'t>] {
        &self.parts
    }

    /// The first header that names the profile: config before credentials.
    pub fn location(&self) -> Option<Location> {
        let part = self.parts.last()?;
        Some(part.location(part.headers.first()?.0))
    }
}

/// Sections of the config file that are no profiles and that profiles refer to by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// `[sso-session NAME]`
    SsoSession,
    /// `[services NAME]`
    Services,
}
