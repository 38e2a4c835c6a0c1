use std::collections::HashMap;

use serde::Serialize;

use crate::profile::load::Files;
use crate::profile_file::section_view::{SectionView, by_amplify, by_rust};
use crate::profile_file::{FileKind, Name, SyntaxError, botocore, go, javascript};

/// A tool, or a family that reads the files with the same code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Gen 1, from 14.2.2 on.
    Amplify,
    /// Includes boto3 and other users of botocore.
    AwsCli,
    /// Version 3: Amplify Gen 2, the CDK.
    SdkJs,
    SdkRust,
    /// Version 2: Terraform.
    SdkGo,
}

impl Tool {
    pub const ALL: [Self; 5] = [Self::Amplify, Self::AwsCli, Self::SdkJs, Self::SdkRust, Self::SdkGo];

    /// The name in JSON, which must not change.
    pub fn key(self) -> &'static str {
        match self {
            Self::Amplify => "amplify",
            Self::AwsCli => "aws_cli",
            Self::SdkJs => "sdk_js",
            Self::SdkRust => "sdk_rust",
            Self::SdkGo => "sdk_go",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Amplify => "Amplify CLI",
            Self::AwsCli => "AWS CLI",
            Self::SdkJs => "JS SDK",
            Self::SdkRust => "Rust SDK",
            Self::SdkGo => "Go SDK",
        }
    }

    pub(super) fn rejects_both(self) -> bool {
        matches!(self, Self::AwsCli | Self::SdkRust)
    }
}

#[derive(Debug)]
pub struct View<'t> {
    pub tool: Tool,
    rejected: [Option<SyntaxError>; 2],
    files: [Vec<SectionView<'t>>; 2],
    places: HashMap<String, [Option<usize>; 2]>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visibility {
    pub visible: bool,
    /// Whether the tool can get credentials, judged only by the files.
    pub resolvable: bool,
    pub reason: Option<String>,
}

impl<'t> View<'t> {
    pub fn read(tool: Tool, config: &'t str, credentials: &'t str) -> Self {
        let texts = [(FileKind::Config, config), (FileKind::Credentials, credentials)];
        let mut rejected = [None, None];
        let mut files = texts.map(|(kind, text)| {
            sections(tool, kind, text).unwrap_or_else(|error| {
                rejected[kind as usize] = Some(error);
                Vec::new()
            })
        });
        if tool.rejects_both() && rejected.iter().any(Option::is_some) {
            files = [Vec::new(), Vec::new()];
        }
        let mut places: HashMap<String, [Option<usize>; 2]> = HashMap::new();
        for (file, sections) in files.iter().enumerate() {
            for (place, seen) in sections.iter().enumerate() {
                if let Some(name) = seen.name.profile() {
                    places.entry(name.to_owned()).or_default()[file] = Some(place);
                }
            }
        }
        Self { tool, rejected, files, places }
    }

    pub fn rejected(&self, kind: FileKind) -> Option<&SyntaxError> {
        self.rejected[kind as usize].as_ref()
    }

    /// A phrase about the first of these files that the tool rejects.
    pub fn rejection(&self, kinds: impl IntoIterator<Item = FileKind>) -> Option<String> {
        kinds.into_iter().find_map(|kind| {
            let SyntaxError { line, problem } = self.rejected(kind)?;
            Some(format!("rejects the whole {} file (line {line}: {problem})", kind.name()))
        })
    }

    pub fn sees(&self, name: &str) -> bool {
        let ProfileView { config, credentials, .. } = self.profile(name);
        config.into_iter().chain(credentials).any(|seen| !seen.lines.is_empty())
    }

    /// Every header with keys that the tool sees: file, line and profile name.
    pub fn headers(&self) -> impl Iterator<Item = (FileKind, u32, &str)> {
        FileKind::ALL
            .into_iter()
            .flat_map(|kind| {
                self.sections(kind).iter().filter_map(move |seen| Some((kind, seen, seen.name.profile()?)))
            })
            .flat_map(|(kind, seen, name)| seen.lines.iter().map(move |line| (kind, *line, name)))
    }

    pub fn sections(&self, kind: FileKind) -> &[SectionView<'t>] {
        &self.files[kind as usize]
    }

    pub fn seen(&self, kind: FileKind, name: &str) -> Option<&SectionView<'t>> {
        self.files[kind as usize].get(self.places.get(name)?[kind as usize]?)
    }

    pub(super) fn profile<'v>(&'v self, name: &'v str) -> ProfileView<'v, 't> {
        let seen = |kind| self.seen(kind, name);
        ProfileView { name, config: seen(FileKind::Config), credentials: seen(FileKind::Credentials) }
    }

    pub(super) fn sso_session(&self, name: &str) -> Option<&SectionView<'t>> {
        let is_it = |seen: &&SectionView<'t>| match &seen.name {
            Name::SsoSession(session) => session == name,
            // The JavaScript loader stores it with the profiles.
            Name::Profile(kept, _) => kept.strip_prefix("sso-session.") == Some(name),
            _ => false,
        };
        self.files[0].iter().find(is_it)
    }
}

#[derive(Clone, Copy)]
pub(super) struct ProfileView<'v, 't> {
    pub(super) name: &'v str,
    pub(super) config: Option<&'v SectionView<'t>>,
    pub(super) credentials: Option<&'v SectionView<'t>>,
}

impl<'v> ProfileView<'v, '_> {
    /// The credentials file has priority over the config file. An empty value is unset.
    pub(super) fn get(self, key: &str) -> Option<&'v str> {
        let last = |seen: Option<&'v SectionView<'_>>| seen?.last(key).map(|found| &*found.value);
        last(self.credentials).or_else(|| last(self.config)).filter(|value| !value.is_empty())
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

pub(super) fn sections(tool: Tool, kind: FileKind, text: &str) -> Result<Vec<SectionView<'_>>, SyntaxError> {
    match tool {
        Tool::Amplify => by_amplify(kind, text),
        Tool::AwsCli => botocore::read(kind, text),
        Tool::SdkJs => javascript::read(kind, text),
        Tool::SdkRust => by_rust(kind, text),
        Tool::SdkGo => Ok(go::read(kind, text)),
    }
    .map_err(|error| error.of_mark(text))
}

#[derive(Debug)]
pub struct Views<'t>([View<'t>; 5]);

impl<'t> Views<'t> {
    pub fn from_files(files: &'t Files) -> Self {
        Self::read(files.text(FileKind::Config), files.text(FileKind::Credentials))
    }

    pub fn read(config: &'t str, credentials: &'t str) -> Self {
        Self(Tool::ALL.map(|tool| View::read(tool, config, credentials)))
    }

    pub fn view(&self, tool: Tool) -> &View<'t> {
        &self.0[tool as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = &View<'t>> {
        self.0.iter()
    }
}
