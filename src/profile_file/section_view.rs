//! One tool's view of one file.

use std::collections::HashMap;

use crate::profile_file::npm_ini;
use crate::profile_file::npm_ini::Value;
use crate::profile_file::sections::{FileKind, Name, Property, Reading, Spelling, SyntaxError};

#[derive(Debug, Clone)]
pub struct SectionView<'t> {
    pub name: Name<'t>,
    /// The lines of its headers, counted by `\n`.
    pub lines: Vec<u32>,
    /// In file order and in the tool's spelling. The last of two equal keys counts.
    pub properties: Vec<Property<'t>>,
}

impl<'t> SectionView<'t> {
    /// An empty value counts as a value.
    pub fn last(&self, key: &str) -> Option<&Property<'t>> {
        self.properties.iter().rev().find(|property| property.key == key)
    }
}

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

/// Includes profiles without a header: a container that a dot created, a key before the first header, a header that npm
/// ini reads as a key.
pub fn by_amplify(kind: FileKind, text: &str) -> Result<Vec<SectionView<'static>>, SyntaxError> {
    let file = npm_ini::read(text)?;
    let seen = |profile: &npm_ini::AmplifyProfile<'_>| SectionView {
        name: Name::Profile(profile.name.clone().into_owned().into(), Spelling::Amplify),
        lines: match profile.found.value {
            Value::Object(section) => section.headers().map(|header| header.line).collect(),
            _ => Vec::new(),
        },
        properties: profile.properties().map(npm_ini::Entry::property).collect(),
    };
    Ok(file.profiles(kind).listed().map(seen).collect())
}
