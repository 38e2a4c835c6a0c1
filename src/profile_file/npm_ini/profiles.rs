//! The Amplify CLI's profiles: everything at the top level is a profile.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

use super::value::{Entry, NpmIni, Object, Value};
use crate::profile_file::lines::shortened;
use crate::profile_file::npm_ini::arena::rank;
use crate::profile_file::npm_ini::text::trim;
use crate::profile_file::sections::FileKind;

/// Amplify removes its first occurrence from the name of a config section, wherever it is.
const PREFIX: &str = "profile";

const INHERITED: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

pub(in crate::profile_file) fn is_inherited(name: &str) -> bool {
    INHERITED.contains(&name)
}

/// The new and the old name of keys that Amplify accepts in two spellings.
const ALIASES: [(&str, &str); 3] = [
    ("accessKeyId", "aws_access_key_id"),
    ("secretAccessKey", "aws_secret_access_key"),
    ("sessionToken", "aws_session_token"),
];

#[derive(Debug, Clone)]
pub struct AmplifyProfile<'a> {
    /// The profile's name. The entries have the section's name.
    pub name: Cow<'a, str>,
    /// The first truthy entry, which the picker lists.
    pub listed: Entry<'a>,
    /// The last entry, which the lookup finds. Amplify crashes if it is null.
    pub found: Entry<'a>,
    in_picker: bool,
}

impl<'a> AmplifyProfile<'a> {
    /// The keys that the lookup finds. Amplify's clone splits text into UTF-16 units and drops other scalars.
    pub fn properties(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let (object, text) = match self.found.value {
            Value::Array(object) | Value::Object(object) => (Some(object), ""),
            Value::Text(text) => (None, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => (None, ""),
        };
        let line = self.found.line;
        let units = text.char_indices().flat_map(move |(start, char)| {
            let whole = &text[start..start + char.len_utf8()];
            std::iter::repeat_n(if char.len_utf16() == 1 { whole } else { "\u{fffd}" }, char.len_utf16())
        });
        let units = units.enumerate().map(move |(at, unit)| Entry {
            key: at.to_string().into(),
            value: Value::Text(unit),
            line,
        });
        object.into_iter().flat_map(Object::entries).chain(units)
    }

    /// Only `accessKeyId`, `secretAccessKey` and `sessionToken`. The value of the old name is used if the new name's
    /// value is not truthy.
    pub fn normalized(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let object = if let Value::Object(object) = self.found.value { Some(object) } else { None };
        let resolved = ALIASES.map(|(new, old)| {
            let camel = object.and_then(|object| object.get(new));
            let in_place = camel.is_some();
            let value = camel.filter(|entry| entry.value.is_truthy()).or_else(|| object?.get(old));
            (in_place, value.map(|entry| Entry { key: new.into(), ..entry }))
        });
        let added = resolved.clone().into_iter().filter(|(in_place, _)| !in_place).filter_map(|(_, entry)| entry);
        let kept = self.properties().filter_map(move |entry| {
            match ALIASES.iter().position(|(new, old)| entry.key == *new || entry.key == *old) {
                None => Some(entry),
                Some(alias) if entry.key == ALIASES[alias].0 => resolved[alias].1.clone(),
                Some(_) => None,
            }
        });
        kept.chain(added)
    }
}

#[derive(Debug, Clone)]
pub struct Profiles<'a> {
    profiles: Vec<AmplifyProfile<'a>>,
    places: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Profiles<'a> {
    /// What Amplify's picker lists, in its order. The picker ignores the credentials file; for that file all names are
    /// returned.
    pub fn listed(&self) -> impl Iterator<Item = &AmplifyProfile<'a>> {
        self.profiles.iter().filter(|profile| profile.in_picker)
    }

    /// Amplify looks up the exact name.
    pub fn lookup(&self, name: &str) -> Option<&AmplifyProfile<'a>> {
        self.places.get(name).map(|place| &self.profiles[*place])
    }
}

impl NpmIni<'_> {
    pub fn profiles(&self, kind: FileKind) -> Profiles<'_> {
        let mut profiles: Vec<AmplifyProfile<'_>> = Vec::new();
        let mut places = HashMap::with_capacity(self.sections().len());
        for found in self.sections().entries() {
            let name = profile_name(kind, found.key.clone());
            match places.entry(name) {
                Occupied(place) => {
                    let profile: &mut AmplifyProfile<'_> = &mut profiles[*place.get()];
                    if !profile.listed.value.is_truthy() {
                        profile.listed = found.clone();
                    }
                    profile.found = found;
                }
                Vacant(place) => {
                    let name = place.key().clone();
                    // The picker treats inherited names as present and skips them.
                    let in_picker = kind == FileKind::Credentials || !is_inherited(&name);
                    place.insert(profiles.len());
                    profiles.push(AmplifyProfile { name, listed: found.clone(), found, in_picker });
                }
            }
        }
        // The picker's names are keys of a JavaScript object.
        let ranks: Vec<_> = profiles.iter().map(|profile| rank(&profile.name)).collect();
        if !ranks.is_sorted() {
            profiles.sort_by_cached_key(|profile| rank(&profile.name));
            for (place, profile) in profiles.iter().enumerate() {
                if let Some(known) = places.get_mut(&profile.name) {
                    *known = place;
                }
            }
        }
        Profiles { profiles, places }
    }
}

fn profile_name(kind: FileKind, section: Cow<'_, str>) -> Cow<'_, str> {
    let cut = if kind == FileKind::Config { section.find(PREFIX) } else { None };
    match cut {
        None => shortened(section, trim),
        Some(0) => shortened(section, |section| trim(&section[PREFIX.len()..])),
        Some(at) => trim(&[&section[..at], &section[at + PREFIX.len()..]].concat()).to_owned().into(),
    }
}
