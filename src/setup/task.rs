//! One run of `setup`: the wrapper's name, its target, and the edits before it.

use std::path::Path;

use crate::plan::CredentialPlan;
use crate::plan::kind::ProfileKind;
use crate::plan::limits::is_region;
use crate::profile::ProfileSet;
use crate::profile::load::{Files, LoadError};
use crate::profile_file::Dialect;
use crate::tools::Tool;

use super::agent::AgentLimits;
use super::draft::{Draft, SetupError};
use super::in_place::move_aside;
use super::stanzas::{Role, add_role};
use super::verify::{blind as tools_without, verify};
use super::wrapper::{ExtraSettings, WrapperSpec, wrap, wrapped};

pub struct Task {
    pub wrapper: String,
    target: String,
    region: Option<String>,
    extra: ExtraSettings,
    agent: Option<AgentLimits>,
    profiles: Vec<String>,
    /// The files before all edits that could affect other profiles.
    before: Files,
}

pub struct Done {
    pub wrapper: String,
    pub command: String,
    pub region: Option<String>,
    /// Files that a dialect cannot read, before and after the edit.
    pub unreadable: Vec<LoadError>,
    /// The tools that cannot use the profile, with reasons.
    pub blind: Vec<(Tool, String)>,
    /// For a wrapper with a session policy.
    pub agent: Option<AgentLimits>,
    profiles: Vec<String>,
    before: Files,
}

impl Task {
    /// The new profile is `NAME-amplify` by default. An existing wrapper is updated.
    pub fn wrapping(draft: &Draft, name: &str, wrapper: Option<&str>, programs: &[String]) -> Result<Self, SetupError> {
        let files = draft.files();
        let set = files.profiles(Dialect::Auto)?;
        let is_one = set.get(name).and_then(|profile| wrapped(&profile, programs)).filter(|_| wrapper.is_none());
        let (wrapper, target) = match is_one {
            Some((_, known)) => (name.to_owned(), known.profile.unwrap_or_default()),
            None => (wrapper.map_or_else(|| default_name(name), |name| Ok(name.to_owned()))?, name.to_owned()),
        };
        Ok(Self::plain(draft, wrapper, target, region(&set, name), None))
    }

    /// The new profile is `NAME-agent` by default.
    pub fn for_agent(
        draft: &Draft,
        name: &str,
        wrapper: Option<&str>,
        limits: AgentLimits,
    ) -> Result<Self, SetupError> {
        let region = region(&draft.files().profiles(Dialect::Auto)?, name);
        let wrapper = wrapper.map_or_else(|| with_suffix(name, "agent"), |name| Ok(name.to_owned()))?;
        Ok(Self::plain(draft, wrapper, name.to_owned(), region, Some(limits)))
    }

    fn plain(
        draft: &Draft,
        wrapper: String,
        target: String,
        region: Option<String>,
        agent: Option<AgentLimits>,
    ) -> Self {
        let (extra, profiles) = (ExtraSettings::default(), vec![wrapper.clone()]);
        Self { wrapper, target, region, extra, agent, profiles, before: draft.files() }
    }

    /// Wraps `name` under its own name. The original becomes `NAME-role`.
    pub fn in_place(draft: &mut Draft, name: &str, programs: &[String]) -> Result<Self, SetupError> {
        let files = draft.files();
        let set = files.profiles(Dialect::Auto)?;
        if set.get(name).is_some_and(|profile| wrapped(&profile, programs).is_some()) {
            return Self::wrapping(draft, name, None, programs);
        }
        if let Some(profile) = set.get(name).filter(|profile| ProfileKind::of(profile) == ProfileKind::KeyStore) {
            return Err(SetupError::StoredKey { profile: name.to_owned(), at: profile.location() });
        }
        let (region, target) = (region(&set, name), role_name(name));
        let running = programs.last().map_or(Path::new(""), Path::new);
        let (extra, before) = move_aside(draft, name, &target, running)?;
        let profiles = vec![name.to_owned(), target.clone()];
        Ok(Self { wrapper: name.to_owned(), target, region, extra, agent: None, profiles, before: before.files() })
    }

    /// Wraps the new role as `NAME-amplify`, or with `in_place` as `NAME` with the role in `NAME-role`.
    pub fn new_role(draft: &mut Draft, role: &Role, in_place: bool) -> Result<Self, SetupError> {
        let before = draft.files();
        let (wrapper, target) = names(&role.name, in_place)?;
        add_role(draft, &target, role)?;
        let files = draft.files();
        let region = region(&files.profiles(Dialect::Auto)?, &target);
        let profiles = vec![wrapper.clone(), target.clone(), role.source_profile.clone()];
        let extra = ExtraSettings::default();
        Ok(Self { wrapper, target, region, extra, agent: None, profiles, before })
    }

    /// Adds the wrapper and checks the result in every dialect. `region` is the requested one.
    pub fn finish(self, draft: &mut Draft, region: Option<&str>, programs: &[String]) -> Result<Done, SetupError> {
        let Self { wrapper, target, region: known, extra, agent, profiles, before } = self;
        let spec = WrapperSpec {
            name: &wrapper,
            target: &target,
            programs,
            region: region.or(known.as_deref()),
            sets_region: region.is_some(),
            extra,
            options: agent.as_ref().map(AgentLimits::options).unwrap_or_default(),
        };
        let command = wrap(draft, &spec)?;
        let after = draft.files();
        let set = after.profiles(Dialect::Auto)?;
        let region = set.get(&wrapper).and_then(|profile| Some(profile.get("region")?.value.to_owned()));
        let (unreadable, blind) = (Vec::new(), Vec::new());
        let mut done = Done { wrapper, command, region, unreadable, blind, agent, profiles, before };
        done.unreadable = done.verify(&after)?;
        done.blind = tools_without(&after, &done.wrapper);
        Ok(done)
    }
}

impl Done {
    /// `plan` is that of the wrapper. Another setting of an existing wrapper could undo the limits.
    pub fn check_limits(&self, plan: &CredentialPlan, draft: &Draft) -> Result<(), SetupError> {
        let holds = self.agent.as_ref().is_none_or(|limits| limits.hold_in(plan));
        if holds { Ok(()) } else { Err(draft.taken(&self.wrapper)) }
    }

    pub fn verify(&self, after: &Files) -> Result<Vec<LoadError>, SetupError> {
        let profiles: Vec<_> = self.profiles.iter().map(String::as_str).collect();
        verify(&self.before, after, &profiles, (&self.wrapper, &self.command))
    }
}

pub fn names(name: &str, in_place: bool) -> Result<(String, String), SetupError> {
    Ok(if in_place { (name.to_owned(), role_name(name)) } else { (default_name(name)?, name.to_owned()) })
}

fn default_name(name: &str) -> Result<String, SetupError> {
    with_suffix(name, "amplify")
}

/// Fails if no letter, digit or `_` of the name can be used.
fn with_suffix(name: &str, suffix: &str) -> Result<String, SetupError> {
    let plain = |char: char| if char.is_ascii_alphanumeric() || "-_".contains(char) { char } else { '-' };
    let (original, name) = (name, name.chars().map(plain).collect::<String>());
    match name.trim_start_matches('-') {
        "" => Err(SetupError::NoDefaultName(original.to_owned())),
        name => Ok(format!("{name}-{suffix}")),
    }
}

fn role_name(name: &str) -> String {
    format!("{name}-role")
}

/// The region of a profile, otherwise of its source, and so on.
pub fn region(set: &ProfileSet<'_>, name: &str) -> Option<String> {
    // A cycle of sources is an error of the plan. Here it only ends the search.
    const LONGEST: usize = 16;
    let source = |name: &String| Some(set.get(name)?.get("source_profile")?.value.to_owned());
    let chain = std::iter::successors(Some(name.to_owned()), source).take(LONGEST);
    let mut regions = chain.filter_map(|name| Some(set.get(&name)?.get("region")?.value.to_ascii_lowercase()));
    regions.find(|region| is_region(region))
}
