use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::core::origin::{Location, Origin, SourceFile};
use crate::profile_file::npm_ini::Value;
use crate::profile_file::{BrokenHeader, Content, FileKind, Name, Section, npm_ini};

use super::merged::Part;

pub(super) struct FileView<'t> {
    pub(super) kind: FileKind,
    pub(super) source: Arc<SourceFile>,
    pub(super) text: &'t str,
    pub(super) is_missing: bool,
    /// The origin of the file's path; `None` for the default path.
    pub(super) named_by: Option<&'t Origin>,
    pub(super) content: Content<'t>,
    /// All parts by name, for callers that look up most of them.
    pub(super) read_ahead: Option<HashMap<String, Part<'t>>>,
}

// The text holds secrets.
impl std::fmt::Debug for FileView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.source.shown, self.text.len())
    }
}

impl<'t> FileView<'t> {
    /// In file order; in the Amplify dialect, in the order of its picker.
    pub(super) fn names(&self) -> Vec<String> {
        match &self.content {
            Content::Sections(reading) => {
                reading.sections.iter().filter_map(|section| section.name.profile()).map(str::to_owned).collect()
            }
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
            Content::Amplify(file) => {
                let part =
                    |profile: &npm_ini::AmplifyProfile<'_>| (profile.name.to_string(), self.amplify_part(profile));
                return file.profiles(self.kind).listed().map(part).collect();
            }
        };
        let mut sections: HashMap<&str, Vec<&Section<'t>>> = HashMap::new();
        for section in &reading.sections {
            if let Some(name) = section.name.profile() {
                sections.entry(name).or_default().push(section);
            }
        }
        sections.into_iter().filter_map(|(name, sections)| Some((name.to_owned(), self.join(sections)?))).collect()
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
        let named = match &self.read_ahead {
            Some(parts) => parts.get(name).cloned(),
            None => self.join(reading.sections.iter().filter(|section| section.name.profile() == Some(name))),
        };
        if named.is_some() || self.kind == FileKind::Config {
            return named;
        }
        // botocore uses a credentials header literally, with quotes and backslashes.
        let is_literal = |section: &&Section<'t>| section.name.profile().is_some() && section.literal_name() == name;
        self.join(reading.sections.iter().filter(is_literal))
    }

    pub(super) fn sso_session(&self, name: &str) -> Option<Part<'t>> {
        let Content::Sections(reading) = &self.content else { return None };
        let is_it = |section: &&Section<'t>| matches!(&section.name, Name::SsoSession(found) if found == name);
        self.join(reading.sections.iter().filter(is_it))
    }

    pub(super) fn sso_sessions(&self) -> Vec<String> {
        let Content::Sections(reading) = &self.content else { return Vec::new() };
        let name = |section: &Section<'t>| match &section.name {
            Name::SsoSession(name) => Some(name.clone().into_owned()),
            _ => None,
        };
        reading.sections.iter().filter_map(name).collect()
    }

    /// A header without `]`. With `name`, only a header that may affect this profile.
    pub(super) fn broken(&self, name: Option<&str>) -> Option<(&str, Location)> {
        let Content::Sections(reading) = &self.content else { return None };
        let before = |broken: &BrokenHeader| broken.after.and_then(|index| reading.sections[index].name.profile());
        let concerns =
            |broken: &&BrokenHeader| name.is_none_or(|name| broken.begins == name || before(broken) == Some(name));
        let found = reading.broken.iter().find(concerns)?;
        Some((&found.begins, Location { file: self.source.clone(), line: found.line }))
    }

    fn join<'s>(&self, sections: impl IntoIterator<Item = &'s Section<'t>>) -> Option<Part<'t>>
    where
        't: 's,
    {
        let mut sections: Vec<_> = sections.into_iter().collect();
        let best = sections.iter().filter_map(|section| section.name.spelling()).min();
        sections.retain(|section| section.name.spelling() == best);
        let mut part = self.empty_part();
        for section in sections {
            part.headers.push((section.line, section.header.into()));
            part.properties.extend(section.settings());
        }
        (!part.headers.is_empty()).then_some(part)
    }

    fn amplify_part(&self, profile: &npm_ini::AmplifyProfile<'_>) -> Part<'t> {
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
