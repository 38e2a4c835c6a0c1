//! Owns the walk from a profile to its base credentials: precedence, loops, missing ends.
//!
//! As a source, static keys beat the source's own `role_arn`, as in every SDK (`facts`: botocore 1.44.5, aws-config
//! 1.13.0, @smithy/shared-ini-file-loader 4.7.2). Refuses to guess between two sources.

use crate::profile::keys::{HalfPair, Keys};
use crate::profile::{Profile, ProfileSet, Setting};
use crate::span::{Located, Location, Origin};

use super::error::PlanError;
use super::limits::{DURATION_SECONDS, EXTERNAL_ID, MFA_SERIAL, ONE_HOUR, RoleArn, SESSION_NAME, TextLimit};
use super::{Base, BaseSource, CredentialPlan, Hop, SessionDuration, Warning};

/// The session name that the Amplify CLI gives a profile without one.
const AMPLIFY_SESSION_NAME: &str = "amplify";

/// What the command line, the environment and the settings add to the profile files.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `--region` or the variables; beats the profile's.
    pub region: Option<Located<String>>,
    /// `--duration`, in seconds, for the last role; beats the profile's.
    pub duration: Option<Located<u32>>,
    /// Session name for profiles that set none; else `amplify`.
    pub session_name: Option<Located<String>>,
    /// URL of STS.
    pub endpoint: Option<Located<String>>,
    /// Keys in the environment, for `credential_source = Environment` and for no profile at all.
    pub environment: Option<Keys>,
}

/// Plans the credentials of the profile `name`.
pub fn build(set: &ProfileSet<'_>, name: &str, inputs: &Inputs) -> Result<CredentialPlan, PlanError> {
    let mut walk = Walk { set, inputs, path: Vec::new(), hops: Vec::new(), warnings: Vec::new() };
    let base = walk.from(walk.profile(name)?)?;
    let Walk { mut hops, mut warnings, .. } = walk;
    hops.reverse();
    check_chain(&mut hops, inputs, &mut warnings)?;
    Ok(CredentialPlan { profile: name.to_owned(), base, hops, endpoint: inputs.endpoint.clone(), warnings })
}

/// Plans the environment's own keys, for when no profile is asked for and none is there.
pub fn environment(keys: Keys) -> CredentialPlan {
    let base = Base { profile: "environment".to_owned(), source: BaseSource::Environment(keys) };
    CredentialPlan { profile: base.profile.clone(), base, hops: Vec::new(), endpoint: None, warnings: Vec::new() }
}

/// Whether exactly one profile of the files names this role and session name: only then can a session that the Amplify
/// CLI cached, which tells neither profile nor external id, be anybody's.
pub fn is_only_profile(set: &ProfileSet<'_>, role_arn: &str, session_name: &str) -> bool {
    let names_it = |profile: &Profile<'_>| {
        profile.get("role_arn").is_some_and(|role| role.value == role_arn)
            && profile.get(SESSION_NAME.key).map_or(AMPLIFY_SESSION_NAME, |name| name.value) == session_name
    };
    set.all().iter().filter(|profile| names_it(profile)).count() == 1
}

struct Walk<'a, 't> {
    set: &'a ProfileSet<'t>,
    inputs: &'a Inputs,
    /// The profiles passed, each with the line that led on from it.
    path: Vec<(String, Location)>,
    /// From the asked-for role to the first one.
    hops: Vec<Hop>,
    warnings: Vec<Warning>,
}

impl<'t> Walk<'_, 't> {
    fn from(&mut self, mut profile: Profile<'t>) -> Result<Base, PlanError> {
        loop {
            let Some(role) = profile.get("role_arn").filter(|_| self.path.is_empty() || !has_keys(&profile)) else {
                return self.base(&profile);
            };
            refuse(&profile, "web_identity_token_file")?;
            let source = match (profile.get("source_profile"), profile.get("credential_source")) {
                (Some(source), None) => source,
                (None, Some(source)) => {
                    let base = self.credential_source(&profile, &source)?;
                    self.hops.push(self.hop(&profile, role, None)?);
                    return Ok(base);
                }
                (Some(source), Some(other)) => {
                    return Err(PlanError::TwoSources {
                        profile: profile.name.clone(),
                        at: source.at,
                        other: other.at,
                    });
                }
                (None, None) => return Err(PlanError::NoSource { profile: profile.name.clone(), at: role.at }),
            };
            if source.value != profile.name
                && let Ok(Some(Keys { from, .. })) = profile.keys()
            {
                let (profile, used, unused) = (profile.name.clone(), "role_arn", "static keys");
                self.warnings.push(Warning::MixedKinds { profile, used, unused, from });
            }
            self.path.push((profile.name.clone(), source.at.clone()));
            let next = self.next(&source, has_keys(&profile))?;
            self.hops.push(self.hop(&profile, role, next.get("region"))?);
            profile = next;
        }
    }

    /// The source profile, unless the path has been there before. A profile may name itself when it has static keys.
    fn next(&self, source: &Setting<'_>, has_keys: bool) -> Result<Profile<'t>, PlanError> {
        let name = source.value;
        let seen = self.path.iter().position(|(passed, _)| passed == name);
        match seen {
            Some(at) if at + 1 == self.path.len() && has_keys => {}
            Some(at) => return Err(PlanError::Loop { path: self.path[at..].to_vec(), back_to: name.to_owned() }),
            None => {}
        }
        self.profile(name).map_err(|error| match error {
            PlanError::UnknownProfile { name, nearest, files, broken, .. } => {
                PlanError::UnknownProfile { name, nearest, files, broken, named_by: self.path.last().cloned() }
            }
            other => other,
        })
    }

    fn profile(&self, name: &str) -> Result<Profile<'t>, PlanError> {
        let broken = self.set.broken_near(name);
        match (self.set.get(name), broken) {
            (Some(_), Some(at)) => Err(PlanError::BrokenHeader { profile: name.to_owned(), at }),
            (Some(profile), None) => Ok(profile),
            (None, broken) => Err(PlanError::UnknownProfile {
                name: name.to_owned(),
                named_by: None,
                nearest: self.set.nearest(name),
                files: self.set.shown_files().map(str::to_owned),
                broken: broken.or_else(|| self.set.first_broken()),
            }),
        }
    }

    /// The base that a profile without a role is, or one whose static keys beat its role.
    fn base(&mut self, profile: &Profile<'_>) -> Result<Base, PlanError> {
        let name = profile.name.clone();
        if self.path.is_empty() || !has_keys(profile) {
            for key in ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name", "credential_process"] {
                refuse(profile, key)?;
            }
        }
        match profile.keys() {
            Ok(Some(keys)) => return Ok(Base { profile: name, source: BaseSource::Static(keys) }),
            Ok(None) => {}
            Err(HalfPair { missing, at }) => return Err(PlanError::HalfPair { profile: name, missing, at }),
        }
        refuse(profile, "login_session")?;
        Err(PlanError::NoCredentials { profile: name, at: profile.location(), named_by: self.path.last().cloned() })
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

    fn hop(
        &self,
        profile: &Profile<'_>,
        role: Setting<'_>,
        source_region: Option<Setting<'_>>,
    ) -> Result<Hop, PlanError> {
        let role_arn = RoleArn::parse(role.value).ok_or_else(|| PlanError::Invalid {
            profile: profile.name.clone(),
            key: "role_arn",
            expected: "arn:aws:iam::ACCOUNT:role/NAME with the account's twelve digits".to_owned(),
            from: Origin::File(role.at.clone()),
        })?;
        let region = self.inputs.region.clone();
        let region = region.or_else(|| profile.get("region").or(source_region).map(Setting::located));
        let default_region = role_arn.default_region();
        let session_name = limited(profile, &SESSION_NAME)?.or_else(|| self.inputs.session_name.clone());
        Ok(Hop {
            profile: profile.name.clone(),
            session_name: session_name
                .unwrap_or_else(|| Located::new(AMPLIFY_SESSION_NAME.to_owned(), Origin::Default)),
            external_id: limited(profile, &EXTERNAL_ID)?,
            mfa_serial: limited(profile, &MFA_SERIAL)?,
            duration: duration(profile)?,
            region: region.unwrap_or_else(|| Located::new(default_region.to_owned(), Origin::Default)),
            role_arn: Located::new(role_arn, Origin::File(role.at)),
        })
    }
}

/// Settles what depends on a hop's place in the chain.
fn check_chain(hops: &mut [Hop], inputs: &Inputs, warnings: &mut Vec<Warning>) -> Result<(), PlanError> {
    if let (Some(last), Some(asked)) = (hops.last_mut(), &inputs.duration) {
        last.duration = SessionDuration { requested: asked.clone(), seconds: asked.value };
    }
    for (index, hop) in hops.iter_mut().enumerate().skip(1) {
        if hop.duration.seconds > ONE_HOUR {
            let SessionDuration { requested, .. } = &hop.duration;
            let (profile, from) = (hop.profile.clone(), requested.from.clone());
            warnings.push(Warning::DurationCapped { profile, requested: requested.value, from });
            hop.duration.seconds = ONE_HOUR;
        }
        if let Some(serial) = &hop.mfa_serial {
            let (profile, at) = (hop.profile.clone(), serial.from.clone());
            return Err(PlanError::MfaOnLaterHop { profile, hop: index + 1, at });
        }
    }
    Ok(())
}

fn duration(profile: &Profile<'_>) -> Result<SessionDuration, PlanError> {
    let Some(found) = profile.get("duration_seconds") else {
        return Ok(SessionDuration { requested: Located::new(ONE_HOUR, Origin::Default), seconds: ONE_HOUR });
    };
    match found.value.parse().ok().filter(|seconds| DURATION_SECONDS.contains(seconds)) {
        Some(seconds) => Ok(SessionDuration { requested: Located::new(seconds, Origin::File(found.at)), seconds }),
        None => Err(PlanError::Invalid {
            profile: profile.name.clone(),
            key: "duration_seconds",
            expected: "a number of seconds from 900 to 43200".to_owned(),
            from: Origin::File(found.at),
        }),
    }
}

fn limited(profile: &Profile<'_>, limit: &TextLimit) -> Result<Option<Located<String>>, PlanError> {
    let Some(found) = profile.get(limit.key) else { return Ok(None) };
    if limit.allows(found.value) {
        return Ok(Some(found.located()));
    }
    let (profile, from) = (profile.name.clone(), Origin::File(found.at));
    Err(PlanError::Invalid { profile, key: limit.key, expected: limit.to_string(), from })
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
