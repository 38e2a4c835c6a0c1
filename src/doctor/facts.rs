//! Collects the facts for the checks. Only this file, `cache`, `sign_ins` and `stored_keys` access the system.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::core::clock::Timestamp;
use crate::core::origin::{Location, SourceFile};
use crate::os::env;
use crate::os::env::Env;
use crate::os::fs::{Rights, rights};
use crate::plan::CredentialPlan;
use crate::plan::error::PlanError;
use crate::plan::mfa_strategy::Mfa;
use crate::plan::wrapper::Wrapper;
use crate::profile::load::Files;
use crate::profile::{Profile, ProfileSet};
use crate::profile_file;
use crate::profile_file::botocore::words;
use crate::profile_file::finding::LineFinding;
use crate::profile_file::{Content, Dialect, FileKind, Name, Property, Section, Spelling};
use crate::tools::Views;

use super::finding::{FilePlace, Hit};
use super::sign_ins::{self, SignInFacts};
use super::stored_keys::StoredKeyFacts;
use super::world::{CacheFacts, ProjectProfile, World};
use super::wrapper_programs::{self, ProgramTrouble};

pub const KINDS: [FileKind; 2] = [FileKind::Config, FileKind::Credentials];

#[derive(Debug)]
pub struct Facts<'t> {
    pub files: [FileFacts<'t>; 2],
    pub views: &'t Views<'t>,
    pub profiles: Vec<Profile<'t>>,
    /// Every line that resolution or a tool reads as a header, config before credentials.
    pub headers: Vec<HeaderFacts<'t>>,
    pub plans: Vec<(String, Result<CredentialPlan, Trouble>)>,
    plan_index: HashMap<String, usize>,
    /// Profiles that another profile's `credential_process` requests from this program.
    pub wrapped: HashSet<String>,
    pub variables: EnvironmentFacts,
    /// The programs of `credential_process`, by their first word.
    pub programs: HashMap<String, Program>,
    /// The programs of wrappers that should be replaced, by their path.
    pub wrapper_programs: HashMap<String, ProgramTrouble>,
    pub cache: CacheFacts,
    pub sign_ins: Vec<SignInFacts>,
    pub stored_keys: StoredKeyFacts,
    pub now: Timestamp,
    pub program: Option<PathBuf>,
    pub project: Option<ProjectProfile>,
    pub invalid_settings: Vec<Hit>,
    /// The requested profiles and those on their paths; `None` if all were requested.
    concerned: Option<HashSet<String>>,
}

#[derive(Debug)]
pub struct FileFacts<'t> {
    pub kind: FileKind,
    pub source: Arc<SourceFile>,
    pub lines: Vec<&'t str>,
    pub sections: Vec<SectionFacts<'t>>,
    pub findings: Vec<LineFinding>,
    /// `None` if the file is missing.
    pub rights: Option<Rights>,
}

#[derive(Debug)]
pub struct SectionFacts<'t> {
    pub name: Name<'t>,
    /// Counted from 1.
    pub line: u32,
    pub header: &'t str,
    pub inner: &'t str,
    pub properties: Vec<Property<'t>>,
}

#[derive(Debug)]
pub struct HeaderFacts<'t> {
    pub kind: FileKind,
    /// Counted from 1.
    pub line: u32,
    pub text: &'t str,
    pub name: Option<String>,
    pub has_values: bool,
    /// The names under which each tool sees its keys, in the order of `Tool::ALL`.
    pub names: [Vec<&'t str>; 5],
}

/// Why a profile has no plan, and the message for it.
#[derive(Debug)]
pub struct Trouble {
    pub error: PlanError,
    pub message: String,
    pub at: Option<Location>,
    pub hint: Option<String>,
}

#[derive(Debug)]
pub struct EnvironmentFacts {
    pub profiles: Vec<(&'static str, String)>,
    pub has_keys: bool,
    pub has_region: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    There,
    NotExecutable,
    Missing,
}

impl<'t> Facts<'t> {
    /// `asked` are the requested profiles; empty for every profile. `plan` plans one.
    pub fn gather(
        files: &'t Files,
        views: &'t Views<'t>,
        set: &ProfileSet<'t>,
        asked: &[String],
        world: &World<'_>,
        plan: &dyn Fn(&str) -> Result<CredentialPlan, Trouble>,
    ) -> Self {
        let profiles = set.all();
        let texts = FileKind::ALL.map(|kind| files.text(kind));
        let files = KINDS.map(|kind| FileFacts::gather(files, kind));
        let headers = headers(&files, views);
        // Names that only some tools read as profiles have no plan.
        let is_asked: HashSet<_> = asked.iter().collect();
        let planned = profiles.iter().map(|profile| &profile.name);
        let planned = planned.filter(|name| asked.is_empty() || is_asked.contains(name));
        let plans: Vec<_> = planned.map(|name| (name.clone(), plan(name))).collect();
        let plan_index = plans.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
        let sign_ins = sign_ins::gather(plans.iter().filter_map(|(_, plan)| plan.as_ref().ok()), world);
        let stored_keys = StoredKeyFacts::gather(plans.iter().filter_map(|(_, plan)| plan.as_ref().ok()), texts, world);
        let concerned = (!asked.is_empty()).then(|| concerned(asked, &profiles, world));
        let commands =
            || profiles.iter().filter_map(|profile| Some((profile, profile.get("credential_process")?.value)));
        let wrapped = commands().filter_map(|(profile, command)| {
            let target = Wrapper::parse(command, world.program.as_deref())?.profile?;
            (target != profile.name).then_some(target)
        });
        let first_words = commands().filter_map(|(_, command)| words(command)?.into_iter().next());
        let programs = first_words.collect::<HashSet<_>>();
        Self {
            wrapped: wrapped.collect(),
            wrapper_programs: wrapper_programs::troubles(&profiles, world.program.as_deref()),
            programs: programs.into_iter().map(|word| (word.clone(), program(&word, world))).collect(),
            files,
            views,
            headers,
            plans,
            plan_index,
            concerned,
            variables: EnvironmentFacts::gather(world.env),
            cache: CacheFacts::gather(world),
            sign_ins,
            stored_keys,
            now: world.now,
            program: world.program.clone(),
            project: world.project.clone(),
            invalid_settings: world.invalid_settings.clone(),
            profiles,
        }
    }

    pub fn plan(&self, profile: &str) -> Option<&CredentialPlan> {
        self.plans[*self.plan_index.get(profile)?].1.as_ref().ok()
    }

    pub fn has_security_key(&self, profile: &str) -> bool {
        self.plan(profile).and_then(|plan| plan.mfa.as_ref()).is_some_and(Mfa::is_security_key)
    }

    /// Whether `setup` can create a wrapper that works for `profile`.
    pub fn can_be_wrapped(&self, profile: &str) -> bool {
        self.plan(profile).is_some() && !self.has_security_key(profile)
    }

    /// Whether `profile` is requested, or on the path of a requested one.
    pub fn concerns(&self, profile: &str) -> bool {
        self.concerned.as_ref().is_none_or(|concerned| concerned.contains(profile))
    }

    pub fn file(&self, kind: FileKind) -> &FileFacts<'t> {
        match kind {
            FileKind::Config => &self.files[0],
            FileKind::Credentials => &self.files[1],
        }
    }

    pub fn profile_sections(&self) -> impl Iterator<Item = (&FileFacts<'t>, &SectionFacts<'t>, &str)> {
        self.files.iter().flat_map(|file| {
            file.sections.iter().filter_map(move |section| Some((file, section, section.profile()?.0)))
        })
    }
}

impl<'t> FileFacts<'t> {
    fn gather(files: &'t Files, kind: FileKind) -> Self {
        let (text, source) = (files.text(kind), files.source(kind).clone());
        let sections = match profile_file::read(Dialect::Auto, kind, text) {
            Ok(Content::Sections(reading)) => reading.sections.into_iter().map(SectionFacts::from).collect(),
            _ => Vec::new(),
        };
        let rights = rights(&source.path);
        let findings = profile_file::auto::findings(text);
        Self { kind, source, lines: text.split('\n').collect(), sections, findings, rights }
    }

    pub fn at(&self, line: u32) -> Option<FilePlace> {
        Some(FilePlace { file: self.source.clone(), line: Some(line) })
    }

    pub fn line(&self, number: u32) -> &'t str {
        let line = self.lines.get(number as usize - 1).copied().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    pub fn profile_of(&self, line: u32) -> Option<&str> {
        let before = self.sections.partition_point(|section| section.line <= line);
        Some(self.sections.get(before.checked_sub(1)?)?.profile()?.0)
    }
}

impl<'t> From<Section<'t>> for SectionFacts<'t> {
    fn from(section: Section<'t>) -> Self {
        let (inner, properties) = (section.literal_name(), section.properties());
        Self { name: section.name, line: section.line, header: section.header, inner, properties }
    }
}

impl SectionFacts<'_> {
    pub fn profile(&self) -> Option<(&str, Spelling)> {
        match &self.name {
            Name::Profile(name, spelling) => Some((name, *spelling)),
            _ => None,
        }
    }
}

fn headers<'t>(files: &[FileFacts<'t>; 2], views: &'t Views<'t>) -> Vec<HeaderFacts<'t>> {
    let index = |kind| usize::from(kind == FileKind::Credentials);
    let mut all: BTreeMap<(usize, u32), [Vec<&'t str>; 5]> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        for section in &file.sections {
            all.entry((place, section.line)).or_default();
        }
    }
    for (tool, view) in views.iter().enumerate() {
        for (kind, line, name) in view.headers() {
            all.entry((index(kind), line)).or_default()[tool].push(name);
        }
    }
    let header = |((place, line), names)| {
        let file: &FileFacts<'t> = &files[place];
        let found = file.sections.binary_search_by_key(&line, |section| section.line).ok();
        let section = found.map(|at| &file.sections[at]);
        let name = section.and_then(SectionFacts::profile).map(|(name, _)| name.to_owned());
        let text = file.line(line).trim_start_matches(['\u{feff}', ' ', '\t']);
        let has_values = section.is_none_or(|section| !section.properties.is_empty());
        HeaderFacts { kind: file.kind, line, text, name, has_values, names }
    };
    all.into_iter().map(header).collect()
}

fn concerned(asked: &[String], profiles: &[Profile<'_>], world: &World<'_>) -> HashSet<String> {
    let by_name: HashMap<_, _> = profiles.iter().map(|profile| (profile.name.as_str(), profile)).collect();
    let mut all = HashSet::new();
    let mut next = asked.to_vec();
    while let Some(name) = next.pop() {
        if let Some(profile) = by_name.get(name.as_str()).filter(|_| !all.contains(&name)) {
            let on = ["source_profile", "include_profile"];
            next.extend(on.iter().filter_map(|key| profile.first_line(key)).map(str::to_owned));
            let command = profile.get("credential_process");
            next.extend(command.and_then(|command| Wrapper::parse(command.value, world.program.as_deref())?.profile));
        }
        all.insert(name);
    }
    all
}

impl EnvironmentFacts {
    fn gather(env: &Env) -> Self {
        let names = [env::AMPLIFY_CREDS_PROFILE, env::AWS_PROFILE, env::AWS_DEFAULT_PROFILE];
        let profiles = names.into_iter().filter_map(|name| Some((name, env.text(name)?))).collect();
        Self {
            profiles,
            has_keys: env.text(env::AWS_ACCESS_KEY_ID).is_some(),
            has_region: env.text(env::AWS_REGION).is_some(),
        }
    }
}

/// Follows a shell: a path from here, or a name in `PATH`.
#[cfg(unix)]
fn program(first: &str, world: &World<'_>) -> Program {
    let judge = |path: &std::path::Path| match rights(path) {
        None => Program::Missing,
        Some(Rights { is_program: true, .. }) => Program::There,
        Some(_) => Program::NotExecutable,
    };
    if let Some(rest) = first.strip_prefix("~/") {
        return judge(&world.paths.home.join(rest));
    }
    if first.contains('/') {
        return judge(first.as_ref());
    }
    let found = world.env.search_path().iter().any(|dir| judge(&dir.join(first)) == Program::There);
    if found { Program::There } else { Program::Missing }
}

/// Windows starts programs by its own rules (PATHEXT, App Paths), so they are not checked.
#[cfg(not(unix))]
fn program(_first: &str, _world: &World<'_>) -> Program {
    Program::There
}
