//! Owns profiles: what the two files say about one name, merged, each value with its line.
//!
//! Refuses to decide what a profile means for credentials: that is `plan`'s.

pub mod keys;
pub mod load;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::profile_file::{Dialect, FileKind, Name, Property, Reading, Section, Spelling};
use crate::span::{Located, Location, Origin, SourceFile};

/// All profiles of both files, as one dialect reads them. Borrows the files' text.
#[derive(Debug)]
pub struct ProfileSet<'t> {
    /// How the files were read.
    pub dialect: Dialect,
    files: [FileView<'t>; 2],
}

/// One file's reading and what to call the file.
#[derive(Debug)]
struct FileView<'t> {
    kind: FileKind,
    source: Arc<SourceFile>,
    reading: Reading<'t>,
}

/// One profile. Lookups see the credentials file before the config file.
#[derive(Debug)]
pub struct Profile<'t> {
    /// The name, case and all.
    pub name: String,
    parts: Vec<Part<'t>>,
}

/// What one file says about a profile.
#[derive(Debug)]
pub struct Part<'t> {
    /// Which file.
    pub kind: FileKind,
    /// The file, for locations.
    pub source: Arc<SourceFile>,
    /// The headers that name the profile: line and text.
    pub headers: Vec<(u32, &'t str)>,
    /// The properties of all those sections in file order.
    pub properties: Vec<Property<'t>>,
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

impl Profile<'_> {
    /// The value of `key` and its line; the last of a file counts, and credentials over config. Empty is unset.
    pub fn get(&self, key: &str) -> Option<Setting<'_>> {
        let (part, property) = self.parts.iter().find_map(|part| Some((part, part.last(key)?)))?;
        (!property.value.is_empty()).then(|| Setting { value: &property.value, at: part.location(property.line) })
    }

    /// Whether any key begins with `prefix`.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.parts.iter().flat_map(|part| &part.properties).any(|property| property.key.starts_with(prefix))
    }

    /// What each file says: credentials first.
    pub fn parts(&self) -> &[Part<'_>] {
        &self.parts
    }

    /// The first header that names the profile: config before credentials.
    pub fn location(&self) -> Option<Location> {
        let part = self.parts.last()?;
        Some(part.location(part.headers.first()?.0))
    }
}

impl<'t> ProfileSet<'t> {
    /// The names in file order, config before credentials.
    pub fn names(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let sections = self.files.iter().flat_map(|file| &file.reading.sections);
        sections.filter_map(profile_name).filter(|name| seen.insert(*name)).collect()
    }

    /// Every profile in file order, each section read once.
    pub fn all(&self) -> Vec<Profile<'t>> {
        let names = self.names();
        let [config, credentials] = [0, 1].map(|index| self.files[index].parts());
        let mut parts = [credentials, config];
        let profile = |name: &str| {
            let parts = parts.iter_mut().filter_map(|file| file.remove(name)).collect();
            Profile { name: name.to_owned(), parts }
        };
        names.into_iter().map(profile).collect()
    }

    /// The profile of that name, from every section that names it in the better spelling of its file.
    pub fn get(&self, name: &str) -> Option<Profile<'t>> {
        let parts: Vec<_> = self.files.iter().rev().filter_map(|file| file.part(name)).collect();
        (!parts.is_empty()).then(|| Profile { name: name.to_owned(), parts })
    }

    /// A header without `]` that leaves in doubt what belongs to `name`.
    pub fn broken_near(&self, name: &str) -> Option<Location> {
        self.files.iter().find_map(|file| {
            let sections = &file.reading.sections;
            let concerns =
                |before: Option<usize>| before.and_then(|index| profile_name(&sections[index])) == Some(name);
            let broken = file.reading.broken.iter().find(|broken| broken.begins == name || concerns(broken.after))?;
            Some(Location { file: file.source.clone(), line: broken.line })
        })
    }

    /// Any header without `]`.
    pub fn first_broken(&self) -> Option<Location> {
        self.files.iter().find_map(|file| {
            let broken = file.reading.broken.first()?;
            Some(Location { file: file.source.clone(), line: broken.line })
        })
    }

    /// The names nearest to one that does not exist, best first, at most three.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        let mut scored: Vec<_> =
            self.names().into_iter().map(|other| (strsim::jaro_winkler(name, other), other)).collect();
        scored.retain(|(score, _)| *score > 0.75);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        scored.into_iter().take(3).map(|(_, other)| other.to_owned()).collect()
    }

    /// The files as people know them: config, then credentials.
    pub fn shown_files(&self) -> [&str; 2] {
        [&self.files[0].source.shown, &self.files[1].source.shown]
    }
}

impl<'t> FileView<'t> {
    /// What the file says about each name it has.
    fn parts(&self) -> HashMap<&str, Part<'t>> {
        let mut sections: HashMap<&str, Vec<&Section<'t>>> = HashMap::new();
        for section in &self.reading.sections {
            if let Some(name) = profile_name(section) {
                sections.entry(name).or_default().push(section);
            }
        }
        let part = |sections: Vec<&Section<'t>>| {
            let best = sections.iter().filter_map(|section| spelling(section)).min();
            self.join(sections.into_iter().filter(|section| spelling(section) == best))
        };
        sections.into_iter().map(|(name, sections)| (name, part(sections))).collect()
    }

    /// What the file says about one name.
    fn part(&self, name: &str) -> Option<Part<'t>> {
        let named: Vec<_> =
            self.reading.sections.iter().filter(|section| profile_name(section) == Some(name)).collect();
        if let Some(best) = named.iter().filter_map(|section| spelling(section)).min() {
            return Some(self.join(named.into_iter().filter(|section| spelling(section) == Some(best))));
        }
        // botocore takes a credentials header literally, quotes and backslashes included.
        let literally = |section: &&Section<'t>| profile_name(section).is_some() && section.literal_name() == name;
        let literal: Vec<_> = match self.kind {
            FileKind::Config => Vec::new(),
            FileKind::Credentials => self.reading.sections.iter().filter(literally).collect(),
        };
        (!literal.is_empty()).then(|| self.join(literal.into_iter()))
    }

    fn join<'s>(&self, sections: impl Iterator<Item = &'s Section<'t>>) -> Part<'t>
    where
        't: 's,
    {
        let mut part =
            Part { kind: self.kind, source: self.source.clone(), headers: Vec::new(), properties: Vec::new() };
        for section in sections {
            part.headers.push((section.header.number, section.header.text));
            part.properties.extend(section.properties());
        }
        part
    }
}

fn profile_name<'s>(section: &'s Section<'_>) -> Option<&'s str> {
    match &section.name {
        Name::Profile(name, _) => Some(name),
        Name::SsoSession(_) | Name::Services(_) | Name::Other => None,
    }
}

fn spelling(section: &Section<'_>) -> Option<Spelling> {
    match &section.name {
        Name::Profile(_, spelling) => Some(*spelling),
        Name::SsoSession(_) | Name::Services(_) | Name::Other => None,
    }
}
