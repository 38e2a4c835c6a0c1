//! Walks from a profile to its base credentials: precedence, aliases, loops, missing sources. As a source, static keys
//! override the source's own `role_arn`, as in every SDK (observed in botocore 1.44.5, aws-config 1.13.0 and
//! @smithy/shared-ini-file-loader 4.7.2). A role with a token file is always a base, never a hop. Within one profile
//! the kinds have the order of botocore and the SDK for Rust. Where the two differ, the SDK for Rust decides
//! (`tests/conformance/vectors/resolution.json`).

use std::mem::replace;

use crate::core::origin::{Located, Location, Origin};
use crate::profile::keys::HalfPair;
use crate::profile::{Profile, ProfileSet, Setting};

use super::credential_plan::{Base, BaseSource, Hop, ProcessBase, Warning};
use super::endpoint::Choice;
use super::error::{Mention, PlanError};
use super::hop::{RequestedRole, RoleOptions, SetByWrappers, WrapperRole, override_role};
use super::inputs::{Inputs, RoleFlags};
use super::session::SessionExtras;
use super::sources::KeyStoreBase;
use super::walk_state::{Trail, WalkSettings, Wanted};
use super::wrapper::{Wrapper, WrapperOptions};
use super::{base, hop};

pub(super) struct Walk<'a, 't> {
    set: &'a ProfileSet<'t>,
    inputs: &'a Inputs,
    pub(super) trail: Trail<'t>,
    pub(super) settings: WalkSettings,
    asked: RequestedRole,
    wanted: Wanted,
}

/// Makes a role the base of a chain instead of a hop.
const TOKEN_FILE: &str = "web_identity_token_file";
const PROCESS: &str = "credential_process";

/// The end of the walk at a profile without a role.
enum End<'t> {
    Base(Box<Base>),
    Alias(Profile<'t>),
}

impl<'a, 't> Walk<'a, 't> {
    pub(super) fn new(set: &'a ProfileSet<'t>, inputs: &'a Inputs) -> Self {
        Self {
            set,
            inputs,
            trail: Trail::default(),
            settings: WalkSettings {
                region: inputs.region.clone(),
                own_region: None,
                ca_bundle: inputs.ca_bundle.clone(),
                min_ttl: None,
                options: Located::new(WrapperOptions::default(), Origin::Default),
                sts: Choice::default(),
            },
            asked: RequestedRole::default(),
            wanted: Wanted::ByItself,
        }
    }

    /// Collects hops on the way to the base.
    pub(super) fn from(&mut self, name: &str) -> Result<Base, PlanError> {
        let mut profile = self.profile(name)?;
        loop {
            self.read_settings(&profile)?;
            let Some(role) = profile.get("role_arn").filter(|_| self.is_role(&profile)) else {
                match self.end(&profile)? {
                    End::Base(base) => {
                        self.trail.profiles.push(profile);
                        return Ok(*base);
                    }
                    End::Alias(target) => self.trail.profiles.push(replace(&mut profile, target)),
                }
                continue;
            };
            let name = || profile.name.clone();
            let source = match (profile.get("source_profile"), profile.get("credential_source")) {
                (Some(source), None) => source,
                (None, Some(source)) => {
                    let base = self.credential_source(&profile, &source)?;
                    let hop = hop::make(&profile, role, None, self.inputs, &self.asked, &self.settings.sts)?;
                    self.push(hop)?;
                    self.trail.profiles.push(profile);
                    return Ok(base);
                }
                (Some(source), Some(other)) => {
                    return Err(PlanError::TwoSources { profile: name(), at: source.at, other: other.at });
                }
                (None, None) => return Err(PlanError::NoSource { profile: name(), at: role.at }),
            };
            let is_own_source = source.value == profile.name;
            self.check_source(&profile, &source, is_own_source)?;
            if self.inputs.may_lack_base && !self.set.may_have(source.value) {
                let hop = hop::make(&profile, role, None, self.inputs, &self.asked, &self.settings.sts)?;
                self.push(hop)?;
                let base = self.missing_base(source.value, Origin::File(source.at.clone()));
                self.trail.profiles.push(profile);
                return Ok(base);
            }
            let may_name_itself = is_own_source && has_keys(&profile);
            let next =
                self.next(source.value, Mention::new(&profile.name, "source_profile", &source.at), may_name_itself)?;
            let hop = hop::make(&profile, role, next.get("region"), self.inputs, &self.asked, &self.settings.sts)?;
            self.push(hop)?;
            self.asked.duration = None;
            self.wanted = if is_own_source { Wanted::AsOwnSource } else { Wanted::AsSource };
            self.trail.profiles.push(replace(&mut profile, next));
        }
    }

    /// Only the first profile that is not a wrapper counts.
    fn read_settings(&mut self, profile: &Profile<'t>) -> Result<(), PlanError> {
        if self.wanted != Wanted::ByItself {
            return Ok(());
        }
        for (setting, key) in [
            (&mut self.settings.region, "region"),
            (&mut self.settings.own_region, "region"),
            (&mut self.settings.ca_bundle, "ca_bundle"),
            (&mut self.settings.min_ttl, "min_ttl"),
        ] {
            if setting.is_none() {
                *setting = profile.get(key).map(Setting::located);
            }
        }
        if profile.has("role_arn") {
            self.settings.sts = Choice::of(Some((self.set, profile)), &self.inputs.sts)?;
        }
        Ok(())
    }

    fn is_role(&self, profile: &Profile<'t>) -> bool {
        match self.wanted {
            Wanted::ByItself => !profile.has(TOKEN_FILE),
            Wanted::AsSource => !profile.has(TOKEN_FILE) && !has_keys(profile),
            Wanted::AsOwnSource => false,
        }
    }

    fn check_source(
        &mut self,
        profile: &Profile<'t>,
        source: &Setting<'_>,
        is_own_source: bool,
    ) -> Result<(), PlanError> {
        if !is_own_source {
            self.warn_of_others(profile, "role_arn");
        }
        if source.value.contains('\n') {
            let (profile, key, from) = (profile.name.clone(), "source_profile", Origin::File(source.at.clone()));
            return Err(PlanError::Invalid { profile, key, expected: "the name of a profile".to_owned(), from });
        }
        Ok(())
    }

    /// The origin of the command's role options, if the walk found no role.
    pub(super) fn unused_role_flags(&self) -> Option<&Origin> {
        let sets_more = |role: &&WrapperRole| role.flags != RoleFlags::default() || !role.extras.is_empty();
        self.asked.roles.iter().find(sets_more).map(|role| &role.from)
    }

    /// The options of wrappers apply to the first role after them.
    fn push(&mut self, mut hop: Hop) -> Result<(), PlanError> {
        let mut fixed = SetByWrappers::default();
        for role in std::mem::take(&mut self.asked.roles).iter().rev() {
            let WrapperRole { wrapper, flags, extras, duration, from } = role;
            let options = RoleOptions { flags, extras, duration: *duration };
            override_role(&mut hop, &options, &fixed, wrapper, |_| from.clone())?;
            fixed.add(role);
        }
        if self.trail.hops.is_empty() {
            self.trail.set_by_wrappers = fixed;
        }
        self.trail.hops.push(hop);
        Ok(())
    }

    /// The profile `to`, which `mention` names. Fails if the path already contains it.
    fn next(&mut self, to: &str, mention: Mention, may_repeat: bool) -> Result<Profile<'t>, PlanError> {
        self.trail.path.push(mention);
        let seen = self.trail.path.iter().position(|passed| passed.by == to);
        if let Some(start) = seen.filter(|_| !may_repeat) {
            return Err(PlanError::Loop { path: self.trail.path[start..].to_vec(), back_to: to.to_owned() });
        }
        self.profile(to).map_err(|error| match error {
            PlanError::UnknownProfile { name, nearest, files, broken, near, named_by: None } => {
                let named_by = self.trail.path.last().cloned();
                PlanError::UnknownProfile { name, nearest, files, broken, near, named_by }
            }
            other => other,
        })
    }

    fn profile(&self, name: &str) -> Result<Profile<'t>, PlanError> {
        let include = |profile: &Profile<'_>| profile.get("include_profile").map(|to| (to.value.to_owned(), to.at));
        let mut profile = self.found(name, None)?;
        let mut passed = vec![name.to_owned()];
        let mut next = include(&profile);
        while let Some((other, at)) = next {
            if passed.contains(&other) {
                return Err(PlanError::IncludeLoop { profile: name.to_owned(), at });
            }
            let more = self.found(&other, passed.last().map(|by| Mention::new(by, "include_profile", &at)))?;
            if let Some((at, other)) = hop::united_policies(&profile, &more) {
                return Err(PlanError::TwoPolicies { profile: name.to_owned(), at, other });
            }
            next = include(&more);
            profile.include(more);
            passed.push(other);
        }
        Ok(profile)
    }

    fn found(&self, name: &str, named_by: Option<Mention>) -> Result<Profile<'t>, PlanError> {
        let broken = self.set.broken_near(name);
        match (self.set.get(name), broken) {
            (Some(_), Some((header, at))) => {
                Err(PlanError::BrokenHeader { profile: name.to_owned(), header: header.to_owned(), at })
            }
            (Some(profile), None) => Ok(profile),
            (None, broken) => Err(PlanError::UnknownProfile {
                name: name.to_owned(),
                named_by,
                nearest: self.set.nearest(name),
                files: self.set.shown_files().map(str::to_owned),
                near: self.set.near_misses_of_missing(name),
                broken: broken.map(|(_, at)| at),
            }),
        }
    }

    /// A profile without a role, or with a role that does not count.
    fn end(&mut self, profile: &Profile<'t>) -> Result<End<'t>, PlanError> {
        // Half a pair has priority over a missing pair. It is an error only if the profile has no other credentials.
        if self.wanted == Wanted::AsSource
            && let Ok(Some(keys)) = profile.keys()
        {
            return Ok(self.base(profile, "static keys", BaseSource::Static(keys)));
        }
        if let Some(web) = base::web_identity(profile, &self.asked, self.inputs, &self.settings.sts)? {
            return Ok(self.base(profile, TOKEN_FILE, BaseSource::WebIdentity(web)));
        }
        if let Some(sso) = base::sso(self.set, profile)? {
            return Ok(self.base(profile, "sso_account_id", BaseSource::Sso(sso)));
        }
        if let Some(login) = base::login(profile, self.settings.region.as_ref())? {
            return Ok(self.base(profile, "login_session", BaseSource::Login(login)));
        }
        if let Some(command) = profile.get(PROCESS) {
            match self.wrapper(&command) {
                // It would lead back to the role that needs this source.
                Some(_) if self.wanted == Wanted::AsOwnSource => {}
                Some(_) if is_continued(profile, command.value) => {
                    let (profile, from) = (profile.name.clone(), Origin::File(command.at));
                    let expected = "one line (the indented line below continues it)".to_owned();
                    return Err(PlanError::Invalid { profile, key: PROCESS, expected, from });
                }
                Some(wrapper) if wrapper.is_for(&profile.name) => {
                    self.take_options(&profile.name, &wrapper, &command.at)?;
                    let (profile_name, from) = (profile.name.clone(), Origin::File(command.at));
                    let base = KeyStoreBase { profile: profile_name, from, access_key_id: None };
                    return Ok(self.base(profile, PROCESS, BaseSource::KeyStore(base)));
                }
                Some(wrapper) => {
                    self.warn_of_others(profile, PROCESS);
                    return self.alias(&profile.name, &wrapper, &command.at).map(End::Alias);
                }
                None if self.inputs.waiting.contains(&profile.name) => {
                    return Err(PlanError::Recursion { profile: profile.name.clone(), at: Some(command.at) });
                }
                None => {
                    let identity = base::process_identity(profile)?;
                    let process = ProcessBase { command: command.located(), identity };
                    return Ok(self.base(profile, PROCESS, BaseSource::Process(process)));
                }
            }
        }
        let keys = profile.keys().map_err(|HalfPair { missing, at }| PlanError::HalfPair {
            profile: profile.name.clone(),
            missing,
            at,
            near: self.set.near_misses(&profile.name),
        });
        if let Some(keys) = keys? {
            return Ok(self.base(profile, "static keys", BaseSource::Static(keys)));
        }
        // `credential_source` without a role counts only if the profile has no other credentials. The SDK for Rust
        // accepts it; botocore ignores it.
        if let Some(source) = profile.get("credential_source") {
            return self.credential_source(profile, &source).map(|base| End::Base(Box::new(base)));
        }
        let (name, at) = (profile.name.clone(), profile.location());
        if self.inputs.may_lack_base && !self.trail.hops.is_empty() {
            return Ok(End::Base(Box::new(self.missing_base(&name, at.map_or(Origin::Default, Origin::File)))));
        }
        let near = self.set.near_misses(&name);
        Err(PlanError::no_credentials(profile, self.trail.path.last().cloned(), near))
    }

    fn missing_base(&mut self, name: &str, from: Origin) -> Base {
        self.trail.warnings.push(Warning::NoCredentials { profile: name.to_owned(), from: from.clone() });
        Base { profile: name.to_owned(), source: BaseSource::Missing(from) }
    }

    fn base(&mut self, profile: &Profile<'t>, kind: &'static str, source: BaseSource) -> End<'t> {
        if self.wanted != Wanted::AsOwnSource {
            self.warn_of_others(profile, kind);
        }
        End::Base(Box::new(Base { profile: profile.name.clone(), source }))
    }

    /// Warns of other credentials in the profile, because tools choose different ones.
    fn warn_of_others(&mut self, profile: &Profile<'t>, used: &'static str) {
        let of = |key: &'static str| Some((key, Origin::File(profile.get(key)?.at)));
        let process = of(PROCESS).filter(|_| profile.get(PROCESS).is_some_and(|found| self.wrapper(&found).is_none()));
        let keys = profile.keys().ok().flatten().map(|keys| ("static keys", keys.from));
        let source = of("source_profile").filter(|_| used == TOKEN_FILE);
        let sso = of("sso_account_id").or_else(|| of("sso_role_name").map(|(_, from)| ("sso_account_id", from)));
        let all = [source, of(TOKEN_FILE), sso, of("login_session"), process, keys];
        for (unused, from) in all.into_iter().flatten().filter(|(kind, _)| *kind != used) {
            self.trail.warnings.push(Warning::MixedKinds { profile: profile.name.clone(), used, unused, from });
        }
    }

    fn wrapper(&self, command: &Setting<'_>) -> Option<Wrapper> {
        Wrapper::parse(command.value, self.inputs.program.as_deref())
    }

    /// The profile that our own `credential_process` names: its plan applies, with the command's options.
    fn alias(&mut self, from: &str, wrapper: &Wrapper, at: &Location) -> Result<Profile<'t>, PlanError> {
        self.take_options(from, wrapper, at)?;
        self.trail.via.push(from.to_owned());
        self.wanted = Wanted::ByItself;
        let to = wrapper.profile.as_deref().unwrap_or(&self.inputs.unnamed_profile);
        self.next(to, Mention::new(from, PROCESS, at), false)
    }

    /// The outer of two wrappers has priority, like options of the user.
    fn take_options(&mut self, from: &str, wrapper: &Wrapper, at: &Location) -> Result<(), PlanError> {
        let Wrapper { profile: _, duration, region, role, extras, options } = wrapper;
        let by = || Origin::File(at.clone());
        let extras = SessionExtras::of_options(extras, &by()).map_err(|option| PlanError::Invalid {
            profile: from.to_owned(),
            key: option,
            expected: "a command as in: amplify-creds help process".to_owned(),
            from: by(),
        })?;
        if *role != RoleFlags::default() || !extras.is_empty() || duration.is_some() {
            let (flags, duration) = (role.clone(), *duration);
            self.asked.roles.push(WrapperRole { wrapper: from.to_owned(), flags, extras, duration, from: by() });
        }
        self.asked.duration = self.asked.duration.take().or(duration.map(|seconds| Located::new(seconds, by())));
        let region = || Some(Located::new(region.clone()?, by()));
        self.asked.region = self.asked.region.take().or_else(region);
        if *options != WrapperOptions::default() {
            let outer = replace(&mut self.settings.options, Located::new(WrapperOptions::default(), by()));
            let from = if outer.from == Origin::Default { by() } else { outer.from };
            self.settings.options = Located::new(outer.value.or(options), from);
        }
        let from_flag = self.settings.region.as_ref().is_some_and(|region| matches!(region.from, Origin::Flag(_)));
        if !from_flag {
            self.settings.region = self.asked.region.clone().or(self.settings.region.take());
        }
        Ok(())
    }

    fn credential_source(&self, profile: &Profile<'_>, source: &Setting<'_>) -> Result<Base, PlanError> {
        let (name, at) = (profile.name.clone(), source.at.clone());
        let from = || Origin::File(source.at.clone());
        let source = match source.value {
            "Environment" => match &self.inputs.environment {
                Some(keys) => BaseSource::Environment(keys.clone()),
                None => return Err(PlanError::NoEnvironmentKeys { profile: name, at }),
            },
            "Ec2InstanceMetadata" => {
                BaseSource::Imds(base::imds(profile, self.trail.profiles.first(), from(), self.inputs)?)
            }
            "EcsContainer" => BaseSource::Container(base::container(from(), self.inputs)),
            _ => return Err(PlanError::UnknownCredentialSource { profile: name, at }),
        };
        Ok(Base { profile: name, source })
    }
}

/// Whether our own command has further lines, which the dialect does not join. A shell runs each line as a command, and
/// the Amplify CLI reads each line as a key, so a tool would get a session without the policy of such a line.
fn is_continued(profile: &Profile<'_>, command: &str) -> bool {
    command.contains('\n') || profile.properties().any(|property| property.key.starts_with('-'))
}

/// Half a pair counts, because it is an error if it is needed.
fn has_keys(profile: &Profile<'_>) -> bool {
    !matches!(profile.keys(), Ok(None))
}
