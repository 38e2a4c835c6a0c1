//! Owns the walk from a profile to its base credentials: precedence, aliases, loops, missing ends.
//!
//! As a source, static keys beat the source's own `role_arn`, as in every SDK (observed of botocore 1.44.5, aws-config
//! 1.13.0 and @smithy/shared-ini-file-loader 4.7.2). Refuses to guess between two sources.

use std::mem::replace;

use crate::profile::keys::{HalfPair, Keys};
use crate::profile::{Profile, ProfileSet, Setting};
use crate::span::{Located, Location, Origin};

use super::build::Inputs;
use super::endpoint::Choice;
use super::error::PlanError;
use super::hop::{self, Asked};
use super::wrapper::Wrapper;
use super::{Base, BaseSource, Hop, ProcessBase, Warning};

/// One walk.
pub(super) struct Walk<'a, 't> {
    set: &'a ProfileSet<'t>,
    inputs: &'a Inputs,
    /// The profiles passed, each with the line that led on from it.
    pub(super) path: Vec<(String, Location)>,
    /// The profiles passed: the asked-for one first, the base's last.
    pub(super) passed: Vec<Profile<'t>>,
    /// From the asked-for role to the first one.
    pub(super) hops: Vec<Hop>,
    /// The profiles passed that were aliases.
    pub(super) via: Vec<String>,
    pub(super) warnings: Vec<Warning>,
    /// The region of the profile that is asked for, or of what it is an alias of.
    pub(super) region: Option<Located<String>>,
    /// `AWS_CA_BUNDLE`, else the key of the same profiles.
    pub(super) ca_bundle: Option<Located<String>>,
    /// What the last profile that somebody asks for says of STS's endpoint.
    sts: Choice,
    /// What the last alias asks.
    asked: Asked,
    /// Whether the profile at hand is one that somebody asks for, not a source: then its role beats its keys.
    is_asked_for: bool,
}

/// What a profile without a role leads to.
enum End<'t> {
    Base(Base),
    Alias(Profile<'t>),
}

impl<'a, 't> Walk<'a, 't> {
    pub(super) fn new(set: &'a ProfileSet<'t>, inputs: &'a Inputs) -> Self {
        Self {
            set,
            inputs,
            path: Vec::new(),
            passed: Vec::new(),
            hops: Vec::new(),
            via: Vec::new(),
            warnings: Vec::new(),
            region: inputs.region.clone(),
            ca_bundle: inputs.ca_bundle.clone(),
            sts: Choice::default(),
            asked: Asked::default(),
            is_asked_for: true,
        }
    }

    /// Walks from the profile `name` to its base, collecting hops on the way.
    pub(super) fn from(&mut self, name: &str) -> Result<Base, PlanError> {
        let mut profile = self.profile(name)?;
        loop {
            if self.is_asked_for {
                let said =
                    |found: Option<Located<String>>, key| found.or_else(|| profile.get(key).map(Setting::located));
                self.region = said(self.region.take(), "region");
                self.ca_bundle = said(self.ca_bundle.take(), "ca_bundle");
            }
            let Some(role) = profile.get("role_arn").filter(|_| self.is_asked_for || !has_keys(&profile)) else {
                match self.end(&profile)? {
                    End::Base(base) => {
                        self.passed.push(profile);
                        return Ok(base);
                    }
                    End::Alias(target) => self.passed.push(replace(&mut profile, target)),
                }
                continue;
            };
            let name = || profile.name.clone();
            refuse(&profile, "web_identity_token_file")?;
            if self.is_asked_for {
                self.sts = Choice::of(self.set, &profile, &self.inputs.sts)?;
            }
            let source = match (profile.get("source_profile"), profile.get("credential_source")) {
                (Some(source), None) => source,
                (None, Some(source)) => {
                    let base = self.credential_source(&profile, &source)?;
                    self.hops.push(hop::make(&profile, role, None, self.inputs, &self.asked, &self.sts)?);
                    self.passed.push(profile);
                    return Ok(base);
                }
                (Some(source), Some(other)) => {
                    return Err(PlanError::TwoSources { profile: name(), at: source.at, other: other.at });
                }
                (None, None) => return Err(PlanError::NoSource { profile: name(), at: role.at }),
            };
            if source.value != profile.name
                && let Ok(Some(Keys { from, .. })) = profile.keys()
            {
                self.warnings.push(Warning::MixedKinds {
                    profile: name(),
                    used: "role_arn",
                    unused: "static keys",
                    from,
                });
            }
            if source.value.contains('\n') {
                let (expected, from) =
                    ("one line: an indented line below continues it".to_owned(), Origin::File(source.at));
                return Err(PlanError::Invalid { profile: name(), key: "source_profile", expected, from });
            }
            let may_name_itself = source.value == profile.name && has_keys(&profile);
            let next = self.next(&profile.name, source.value, &source.at, may_name_itself)?;
            self.hops.push(hop::make(&profile, role, next.get("region"), self.inputs, &self.asked, &self.sts)?);
            self.asked.duration = None;
            self.is_asked_for = false;
            self.passed.push(replace(&mut profile, next));
        }
    }

    /// The profile that `from` leads on to at `at`, unless the path has been there before.
    fn next(&mut self, from: &str, to: &str, at: &Location, may_repeat: bool) -> Result<Profile<'t>, PlanError> {
        self.path.push((from.to_owned(), at.clone()));
        let seen = self.path.iter().position(|(passed, _)| passed == to);
        if let Some(start) = seen.filter(|_| !may_repeat) {
            return Err(PlanError::Loop { path: self.path[start..].to_vec(), back_to: to.to_owned() });
        }
        self.profile(to).map_err(|error| match error {
            PlanError::UnknownProfile { name, nearest, files, broken, named_by: None } => {
                PlanError::UnknownProfile { name, nearest, files, broken, named_by: self.path.last().cloned() }
            }
            other => other,
        })
    }

    /// The profile with what it includes, and what that includes.
    fn profile(&self, name: &str) -> Result<Profile<'t>, PlanError> {
        let include = |profile: &Profile<'_>| profile.get("include_profile").map(|to| (to.value.to_owned(), to.at));
        let mut profile = self.found(name, None)?;
        let mut passed = vec![name.to_owned()];
        let mut next = include(&profile);
        while let Some((other, at)) = next {
            if passed.contains(&other) {
                return Err(PlanError::IncludeLoop { profile: name.to_owned(), at });
            }
            let more = self.found(&other, passed.last().cloned().map(|by| (by, at)))?;
            next = include(&more);
            profile.include(more);
            passed.push(other);
        }
        Ok(profile)
    }

    fn found(&self, name: &str, named_by: Option<(String, Location)>) -> Result<Profile<'t>, PlanError> {
        let broken = self.set.broken_near(name);
        match (self.set.get(name), broken) {
            (Some(_), Some(at)) => Err(PlanError::BrokenHeader { profile: name.to_owned(), at }),
            (Some(profile), None) => Ok(profile),
            (None, broken) => Err(PlanError::UnknownProfile {
                name: name.to_owned(),
                named_by,
                nearest: self.set.nearest(name),
                files: self.set.shown_files().map(str::to_owned),
                broken: broken.or_else(|| self.set.first_broken()),
            }),
        }
    }

    /// What a profile without a role is, or one whose static keys beat its role.
    fn end(&mut self, profile: &Profile<'t>) -> Result<End<'t>, PlanError> {
        let name = profile.name.clone();
        let base = |source| Ok(End::Base(Base { profile: profile.name.clone(), source }));
        let keys = || {
            profile.keys().map_err(|HalfPair { missing, at }| PlanError::HalfPair {
                profile: profile.name.clone(),
                missing,
                at,
            })
        };
        if !self.is_asked_for
            && let Some(keys) = keys()?
        {
            return base(BaseSource::Static(keys));
        }
        for key in ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"] {
            refuse(profile, key)?;
        }
        if let Some(command) = profile.get("credential_process") {
            if let Ok(Some(Keys { from, .. })) = profile.keys() {
                let (used, unused) = ("credential_process", "static keys");
                self.warnings.push(Warning::MixedKinds { profile: name.clone(), used, unused, from });
            }
            return match Wrapper::parse(command.value, self.inputs.program.as_deref()) {
                Some(wrapper) => self.alias(&name, &wrapper, &command.at).map(End::Alias),
                None if self.inputs.waiting.contains(&name) => {
                    Err(PlanError::Recursion { profile: name, at: Some(command.at) })
                }
                None => {
                    let surroundings = self.inputs.surroundings.clone();
                    base(BaseSource::Process(ProcessBase { command: command.located(), surroundings }))
                }
            };
        }
        if let Some(keys) = keys()? {
            return base(BaseSource::Static(keys));
        }
        refuse(profile, "login_session")?;
        Err(PlanError::NoCredentials { profile: name, at: profile.location(), named_by: self.path.last().cloned() })
    }

    /// The profile that a `credential_process` of ours stands for: the plan is its plan, plus the command's options.
    fn alias(&mut self, from: &str, wrapper: &Wrapper, at: &Location) -> Result<Profile<'t>, PlanError> {
        let Wrapper { profile, duration, region } = wrapper;
        let by = || Origin::File(at.clone());
        self.asked = Asked {
            duration: duration.map(|seconds| Located::new(seconds, by())),
            region: region.clone().map(|region| Located::new(region, by())),
        };
        let from_flag = self.region.as_ref().is_some_and(|region| matches!(region.from, Origin::Flag(_)));
        if !from_flag {
            self.region = self.asked.region.clone().or(self.region.take());
        }
        self.via.push(from.to_owned());
        self.is_asked_for = true;
        let to = profile.as_deref().unwrap_or(&self.inputs.unnamed_profile);
        self.next(from, to, at, false)
    }

    fn credential_source(&self, profile: &Profile<'_>, source: &Setting<'_>) -> Result<Base, PlanError> {
        let (name, at) = (profile.name.clone(), source.at.clone());
        match source.value {
            "Environment" => match &self.inputs.environment {
                Some(keys) => Ok(Base { profile: name, source: BaseSource::Environment(keys.clone()) }),
                None => Err(PlanError::NoEnvironmentKeys { profile: name, at }),
            },
            "Ec2InstanceMetadata" | "EcsContainer" => {
                Err(PlanError::Unsupported { profile: name, key: "credential_source", at })
            }
            _ => Err(PlanError::UnknownCredentialSource { profile: name, at }),
        }
    }
}

fn refuse(profile: &Profile<'_>, key: &'static str) -> Result<(), PlanError> {
    match profile.get(key) {
        None => Ok(()),
        Some(found) => Err(PlanError::Unsupported { profile: profile.name.clone(), key, at: found.at }),
    }
}

/// Whether any of the pair is there: half a pair counts, and is an error where it is needed.
fn has_keys(profile: &Profile<'_>) -> bool {
    !matches!(profile.keys(), Ok(None))
}
