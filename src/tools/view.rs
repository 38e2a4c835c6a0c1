use std::collections::HashMap;

use serde::Serialize;

use crate::profile::load::Files;
use crate::profile_file::section_view::{SectionView, by_amplify, by_rust};
use crate::profile_file::{FileKind, Name, Problem, SyntaxError, botocore, go, javascript};

/// A tool, or a family of them that read the files with the same code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The Amplify CLI, Gen 1, from 14.2.2 on.
    Amplify,
    /// The AWS CLI, boto3 and whatever else stands on botocore.
    AwsCli,
    /// The AWS SDK for JavaScript v3: Amplify Gen 2, the CDK.
    SdkJs,
    /// The AWS SDK for Rust.
    SdkRust,
    /// The AWS SDK for Go v2: Terraform.
    SdkGo,
}

impl Tool {
    /// All of them, in the order of the reports.
    pub const ALL: [Self; 5] = [Self::Amplify, Self::AwsCli, Self::SdkJs, Self::SdkRust, Self::SdkGo];

    /// The name in JSON; stable.
    pub fn key(self) -> &'static str {
        match self {
            Self::Amplify => "amplify",
            Self::AwsCli => "aws_cli",
            Self::SdkJs => "sdk_js",
            Self::SdkRust => "sdk_rust",
            Self::SdkGo => "sdk_go",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Amplify => "Amplify CLI",
            Self::AwsCli => "AWS CLI",
            Self::SdkJs => "JS SDK",
            Self::SdkRust => "Rust SDK",
            Self::SdkGo => "Go SDK",
        }
    }

    /// Whether what stops the reading of one file stops that of both.
    pub(super) fn rejects_both(self) -> bool {
        matches!(self, Self::AwsCli | Self::SdkRust)
    }
}

/// Both files as one consumer sees them.
#[derive(Debug)]
pub struct View<'t> {
    /// Whose view.
    pub consumer: Tool,
    /// Why it gives up on config and on credentials.
    rejected: [Option<SyntaxError>; 2],
    /// What it sees in config and in credentials.
    files: [Vec<SectionView<'t>>; 2],
    /// Where in them each profile stands.
    places: HashMap<String, [Option<usize>; 2]>,
}

/// What a consumer makes of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sight {
    /// Whether it sees keys under that name.
    pub visible: bool,
    /// Whether it can get credentials by them, as far as the files tell.
    pub resolvable: bool,
    /// Why not: words to go behind the consumer's name.
    pub reason: Option<String>,
}

/// Config is the first of a pair.
pub(super) fn index(kind: FileKind) -> usize {
    match kind {
        FileKind::Config => 0,
        FileKind::Credentials => 1,
    }
}

impl<'t> View<'t> {
    /// Reads both files as `consumer` does.
    pub fn read(consumer: Tool, config: &'t str, credentials: &'t str) -> Self {
        let texts = [(FileKind::Config, config), (FileKind::Credentials, credentials)];
        let mut rejected = [None, None];
        let mut files = texts.map(|(kind, text)| {
            sections(consumer, kind, text).unwrap_or_else(|error| {
                rejected[index(kind)] = Some(error);
                Vec::new()
            })
        });
        if consumer.rejects_both() && rejected.iter().any(Option::is_some) {
            files = [Vec::new(), Vec::new()];
        }
        let mut places: HashMap<String, [Option<usize>; 2]> = HashMap::new();
        for (file, sections) in files.iter().enumerate() {
            for (place, seen) in sections.iter().enumerate() {
                if let Some(name) = seen.profile() {
                    places.entry(name.to_owned()).or_default()[file] = Some(place);
                }
            }
        }
        Self { consumer, rejected, files, places }
    }

    /// Why the consumer gives up on a file.
    pub fn rejected(&self, kind: FileKind) -> Option<&SyntaxError> {
        self.rejected[index(kind)].as_ref()
    }

    /// Whether the consumer sees the keys of any header under `name`, in either file.
    pub fn sees(&self, name: &str) -> bool {
        let Found { config, credentials, .. } = self.found(name);
        config.into_iter().chain(credentials).any(|seen| !seen.lines.is_empty())
    }

    /// Every header whose keys it sees: file, line and the profile's name.
    pub fn headers(&self) -> impl Iterator<Item = (FileKind, u32, &str)> {
        [FileKind::Config, FileKind::Credentials]
            .into_iter()
            .flat_map(|kind| self.sections(kind).iter().filter_map(move |seen| Some((kind, seen, seen.profile()?))))
            .flat_map(|(kind, seen, name)| seen.lines.iter().map(move |line| (kind, *line, name)))
    }

    /// All that it sees in one file, profiles and other sections.
    pub fn sections(&self, kind: FileKind) -> &[SectionView<'t>] {
        &self.files[index(kind)]
    }

    /// What one file has for a profile.
    pub fn seen(&self, kind: FileKind, name: &str) -> Option<&SectionView<'t>> {
        self.files[index(kind)].get(self.places.get(name)?[index(kind)]?)
    }

    /// What both files have for a profile.
    pub(super) fn found<'v>(&'v self, name: &'v str) -> Found<'v, 't> {
        let seen = |kind| self.seen(kind, name);
        Found { name, config: seen(FileKind::Config), credentials: seen(FileKind::Credentials) }
    }

    /// The keys of `[sso-session NAME]`.
    pub(super) fn sso_session(&self, name: &str) -> Option<&SectionView<'t>> {
        let is_it = |seen: &&SectionView<'t>| match &seen.name {
            Name::SsoSession(session) => session == name,
            // The JavaScript loader keeps it among the profiles.
            Name::Profile(kept, _) => kept.strip_prefix("sso-session.") == Some(name),
            _ => false,
        };
        self.files[0].iter().find(is_it)
    }
}

/// What a consumer has for one profile.
#[derive(Clone, Copy)]
pub(super) struct Found<'v, 't> {
    pub(super) name: &'v str,
    pub(super) config: Option<&'v SectionView<'t>>,
    pub(super) credentials: Option<&'v SectionView<'t>>,
}

impl<'v> Found<'v, '_> {
    /// The value of `key`, credentials before config. Empty is unset.
    pub(super) fn get(self, key: &str) -> Option<&'v str> {
        let last = |seen: Option<&'v SectionView<'_>>| seen?.last(key).map(|found| &*found.value);
        last(self.credentials).or_else(|| last(self.config)).filter(|value| !value.is_empty())
    }

    /// Whether `key` has a value.
    pub(super) fn has(self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

pub(super) fn sections(consumer: Tool, kind: FileKind, text: &str) -> Result<Vec<SectionView<'_>>, SyntaxError> {
    match consumer {
        Tool::Amplify => {
            by_amplify(kind, text).map_err(|error| SyntaxError { line: error.line, problem: Problem::NotAName })
        }
        Tool::AwsCli => botocore::read(kind, text),
        Tool::SdkJs => javascript::read(kind, text),
        Tool::SdkRust => by_rust(kind, text),
        Tool::SdkGo => Ok(go::read(kind, text)),
    }
}

/// The views of all consumers.
#[derive(Debug)]
pub struct Views<'t>([View<'t>; 5]);

impl<'t> Views<'t> {
    /// Reads both files as each of them does.
    pub fn of_files(files: &'t Files) -> Self {
        Self::read(files.text(FileKind::Config), files.text(FileKind::Credentials))
    }

    /// The same of text that is already there.
    pub fn read(config: &'t str, credentials: &'t str) -> Self {
        Self(Tool::ALL.map(|consumer| View::read(consumer, config, credentials)))
    }

    /// One consumer's.
    pub fn of(&self, consumer: Tool) -> &View<'t> {
        &self.0[consumer as usize]
    }

    /// All of them, in the order of [`Tool::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = &View<'t>> {
        self.0.iter()
    }
}
