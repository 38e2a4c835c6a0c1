//! What one tool sees of one file: names, and under each the keys that the tool finds there.

use std::collections::HashMap;

use crate::profile_file::npm_ini;
use crate::profile_file::npm_ini::Value;
use crate::profile_file::sections::{FileKind, Name, Property, Reading, Spelling, SyntaxError};

/// What a tool finds under one name of one file.
#[derive(Debug, Clone)]
pub struct SectionView<'t> {
    /// What the tool takes it for.
    pub name: Name<'t>,
    /// The lines of the headers whose keys are found here, counted from 1 by `\n`.
    pub lines: Vec<u32>,
    /// The keys in file order, spelled as the tool has them; of two alike the last counts.
    pub properties: Vec<Property<'t>>,
}

impl<'t> SectionView<'t> {
    /// The value of `key`; empty is a value here.
    pub fn last(&self, key: &str) -> Option<&Property<'t>> {
        self.properties.iter().rev().find(|property| property.key == key)
    }

    /// The name, where the tool takes it for a profile's.
    pub fn profile(&self) -> Option<&str> {
        match &self.name {
            Name::Profile(name, _) => Some(name),
            Name::SsoSession(_) | Name::Services(_) | Name::Other => None,
        }
    }
}

/// The file as the AWS SDK for Rust sees it: sections of one name are one.
pub fn by_rust(kind: FileKind, text: &str) -> Result<Vec<SectionView<'_>>, SyntaxError> {
    let Reading { sections, .. } = crate::profile_file::aws::read(kind, text)?;
    let mut all: Vec<SectionView<'_>> = Vec::new();
    let mut places = HashMap::new();
    for section in sections {
        let place = *places.entry(section.name.clone()).or_insert(all.len());
        if place == all.len() {
            all.push(SectionView { name: section.name.clone(), lines: Vec::new(), properties: Vec::new() });
        }
        all[place].lines.push(section.line);
        all[place].properties.extend(section.properties());
    }
    Ok(all)
}

/// The file as the Amplify CLI's lookup sees it. What has no header is there, too: a container that only a dot makes, a
/// key before the first header, a header that npm ini takes for a key.
pub fn by_amplify(kind: FileKind, text: &str) -> Result<Vec<SectionView<'static>>, npm_ini::NpmIniError> {
    let file = npm_ini::read(text)?;
    let seen = |profile: &npm_ini::Profile<'_>| SectionView {
        name: Name::Profile(profile.name.clone().into_owned().into(), Spelling::Amplify),
        lines: match profile.found.value {
            Value::Object(section) => section.headers().map(|header| header.line).collect(),
            _ => Vec::new(),
        },
        properties: profile.properties().map(npm_ini::Entry::property).collect(),
    };
    Ok(file.profiles(kind).listed().map(seen).collect())
}
