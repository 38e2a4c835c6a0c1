//! The profiles of one file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::core::origin::{Location, SourceFile};
use crate::profile_file::npm_ini::{NpmIni, Value};
use crate::profile_file::{Content, FileKind, Name, Section, Spelling, npm_ini};

use super::merged::{Part, SectionKind};

#[derive(Debug)]
pub(super) struct FileView<'t> {
    pub(super) kind: FileKind,
    pub(super) source: Arc<SourceFile>,
    pub(super) content: Content<'t>,
    /// All parts by name, for callers that look up most of them.
    pub(super) read_ahead: Option<HashMap<String, Part<'t>>>,
}

impl<'t> FileView<'t> {
    /// In file order; in the Amplify dialect, in the order of its picker.
    pub(super) fn names(&self) -> Vec<String> {
        match &self.content {
            Content::Sections(reading) => reading.sections.iter().filter_map(profile_name).map(str::to_owned).collect(),
            Content::Amplify(file) => {
                file.profiles(self.kind).listed().map(|profile| profile.name.clone().into_owned()).collect()
            }
        }
    }

    pub(super) fn parts(&self) -> HashMap<String, Part<'t>> {
        if let Some(parts) = &self.read_ahead {
            return parts.clone();
        }
        let reading = match &self.content {
            Content::Sections(reading) => reading,
            Content::Amplify(file) => return self.amplify_parts(file),
        };
        let mut sections: HashMap<&str, Vec<&Section<'t>>> = HashMap::new();
        for section in &reading.sections {
            if let Some(name) = profile_name(section) {
                sections.entry(name).or_default().push(section);
            }
        }
        sections.into_iter().map(|(name, sections)| (name.to_owned(), self.join(sections))).collect()
    }

    pub(super) fn read_ahead(&mut self) {
        self.read_ahead = Some(self.parts());
    }

    pub(super) fn part(&self, name: &str) -> Option<Part<'t>> {
        let reading = match &self.content {
            Content::Sections(reading) => reading,
            Content::Amplify(file) => {
                return file.profiles(self.kind).lookup(name).map(|profile| self.amplify_part(profile));
            }
        };
        if let Some(part) = self.read_ahead.as_ref().and_then(|parts| parts.get(name)) {
            return Some(part.clone());
        }
        let named: Vec<_> = match self.read_ahead {
            Some(_) => Vec::new(),
            None => reading.sections.iter().filter(|section| profile_name(section) == Some(name)).collect(),
        };
        if !named.is_empty() {
            return Some(self.join(named));
        }
        // botocore uses a credentials header literally, with quotes and backslashes.
        let literally = |section: &&Section<'t>| profile_name(section).is_some() && section.literal_name() == name;
        let literal: Vec<_> = match self.kind {
            FileKind::Config => Vec::new(),
            FileKind::Credentials => reading.sections.iter().filter(literally).collect(),
        };
        (!literal.is_empty()).then(|| self.join(literal))
    }

    pub(super) fn section(&self, kind: SectionKind, name: &str) -> Option<Part<'t>> {
        let Content::Sections(reading) = &self.content else { return None };
        let mut part = self.empty_part();
        for section in &reading.sections {
            let is_meant = match (&section.name, kind) {
                (Name::SsoSession(found), SectionKind::SsoSession) | (Name::Services(found), SectionKind::Services) => {
                    *found == name
                }
                _ => false,
            };
            if is_meant {
                part.headers.push((section.line, section.header.into()));
                part.properties.extend(section.properties());
            }
        }
        (!part.headers.is_empty()).then_some(part)
    }

    /// A header without `]`: one that may affect the profile, or any.
    pub(super) fn broken(&self, name: Option<&str>) -> Option<Location> {
        let Content::Sections(reading) = &self.content else { return None };
        let before = |index: Option<usize>| index.and_then(|index| profile_name(&reading.sections[index]));
        let concerns = |name| move |begins: &str, after| begins == name || before(after) == Some(name);
        let found = match name {
            None => reading.broken.first(),
            Some(name) => reading.broken.iter().find(|broken| concerns(name)(&broken.begins, broken.after)),
        };
        found.map(|broken| Location { file: self.source.clone(), line: broken.line })
    }

    fn join(&self, mut sections: Vec<&Section<'t>>) -> Part<'t> {
        let best = sections.iter().filter_map(|section| spelling(section)).min();
        sections.retain(|section| spelling(section) == best);
        let mut part = self.empty_part();
        for section in sections {
            part.headers.push((section.line, section.header.into()));
            part.properties.extend(section.properties());
        }
        part
    }

    fn amplify_parts(&self, file: &NpmIni<'t>) -> HashMap<String, Part<'t>> {
        let profiles = file.profiles(self.kind);
        let part = |profile: &npm_ini::Profile<'_>| (profile.name.clone().into_owned(), self.amplify_part(profile));
        profiles.listed().map(part).collect()
    }

    /// Copies what Amplify's lookup finds.
    fn amplify_part(&self, profile: &npm_ini::Profile<'_>) -> Part<'t> {
        let mut part = self.empty_part();
        if let Value::Object(section) = profile.found.value {
            part.headers.extend(section.headers().map(|header| (header.line, Cow::Owned(header.text.to_owned()))));
        }
        part.is_null = matches!(profile.found.value, Value::Null);
        part.properties.extend(profile.properties().map(npm_ini::Entry::property));
        part
    }

    fn empty_part(&self) -> Part<'t> {
        Part {
            kind: self.kind,
            source: self.source.clone(),
            headers: Vec::new(),
            properties: Vec::new(),
            is_null: false,
        }
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
