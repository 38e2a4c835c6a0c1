//! The profiles of an IAM Identity Center session: one section for each role of each account.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use thiserror::Error;

use crate::core::origin::Location;
use crate::plan::sources::{AccountRole, SsoSession};
use crate::plan::wrapper::Wrapper;
use crate::profile::load::Files;
use crate::profile_file::document::{NewSection, ProfileDocument};
use crate::profile_file::section_edits::{SectionEdit, edit_sections};
use crate::profile_file::{FileKind, Name, Section, Spelling};

use super::command;
use super::draft::{Draft, SetupError};
use super::sso_template::NameTemplate;

/// A profile with exactly these keys is changed or removed, others never.
const KEYS: [&str; 5] = ["sso_session", "sso_account_id", "sso_role_name", "region", "credential_process"];

/// As the AWS CLI writes it. Without a scope, AWS issues tokens that cannot be renewed.
pub const SCOPE: &str = "sso:account:access";

pub struct SessionProfiles<'a> {
    pub session: &'a SsoSession,
    /// Whether the section of the session is missing.
    pub is_new: bool,
    pub template: &'a NameTemplate,
    /// Replaces the region of existing profiles.
    pub region: Option<&'a str>,
    pub prune: bool,
    /// Paths of this program, the most permanent first, the running executable last.
    pub programs: &'a [String],
}

/// The names of the profiles, sorted.
pub struct SessionChanges {
    pub added: Vec<String>,
    pub updated: Vec<String>,
    pub removed: Vec<String>,
    /// Profiles of the session for which AWS lists no role, or a role with another name. They stay without `prune`.
    pub unlisted: Vec<String>,
    /// Profiles of the same role with other keys, which stay as they are.
    pub kept: Vec<String>,
    pub all: Vec<String>,
    pub session: String,
    pub before: Files,
}

#[derive(Debug, Error)]
pub enum SessionProfilesError {
    #[error("several roles have the same profile name")]
    Collisions(Vec<(String, Vec<AccountRole>)>),
    #[error("profiles exist already with different settings")]
    Taken(Vec<(String, Location)>),
    #[error(transparent)]
    Setup(#[from] SetupError),
}

enum Existing {
    Own(OwnProfile),
    Other {
        at: Location,
        /// Session, account and role.
        role: [Option<String>; 3],
    },
}

struct OwnProfile {
    line: u32,
    /// In the order of [`KEYS`].
    values: [String; 5],
}

impl SessionProfiles<'_> {
    pub fn apply(&self, draft: &mut Draft, roles: &[AccountRole]) -> Result<SessionChanges, SessionProfilesError> {
        let Self { session, is_new, region, prune, .. } = self;
        let name_of_session = session.token_key();
        let wanted = self.wanted(roles)?;
        let existing = self.existing(draft);
        let before = draft.files();
        let (mut new, mut edits, mut taken) = (Vec::new(), BTreeMap::new(), Vec::new());
        let (mut added, mut updated, mut unlisted, mut kept) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        if *is_new {
            let properties = vec![
                ("sso_start_url", session.start_url.value.clone()),
                ("sso_region", session.region.value.clone()),
                ("sso_registration_scopes", SCOPE.to_owned()),
            ];
            new.push(NewSection { name: Name::SsoSession(name_of_session.into()), properties });
        }
        for (name, role) in &wanted {
            let identity = [name_of_session, &role.account_id, &role.role_name].map(|value| Some(value.to_owned()));
            let own = match existing.get(name) {
                Some(Existing::Other { role: there, .. }) if *there == identity => {
                    kept.push(name.clone());
                    continue;
                }
                Some(Existing::Other { at, .. }) => {
                    taken.push((name.clone(), at.clone()));
                    continue;
                }
                Some(Existing::Own(own)) => Some(own),
                None => None,
            };
            let command = match own {
                Some(own) => command::updated(self.programs, &own.values[4]),
                None => command::command(self.programs, name),
            };
            let command = command.ok_or_else(|| self.no_command(name))?;
            let kept_region = own.map(|own| own.values[3].as_str());
            let region = region.or(kept_region).unwrap_or(&session.region.value);
            let values = [name_of_session, &role.account_id, &role.role_name, region, &command];
            let properties = KEYS.into_iter().zip(values);
            let Some(own) = own else {
                let properties = properties.map(|(key, value)| (key, value.to_owned())).collect();
                new.push(NewSection { name: Name::Profile(name.into(), Spelling::Aws), properties });
                added.push(name.clone());
                continue;
            };
            let changed = properties.zip(&own.values).filter(|((_, value), there)| value != there);
            let changed: Vec<_> = changed.map(|((key, value), _)| (key, value.to_owned())).collect();
            if !changed.is_empty() {
                edits.insert(own.line, SectionEdit::Set(changed));
                updated.push(name.clone());
            }
        }
        if !taken.is_empty() {
            return Err(SessionProfilesError::Taken(taken));
        }
        for (name, existing) in &existing {
            if let Existing::Own(own) = existing
                && !wanted.contains_key(name)
            {
                unlisted.push(name.clone());
                edits.extend(prune.then_some((own.line, SectionEdit::Remove)));
            }
        }
        unlisted.sort_unstable();
        draft.edit(FileKind::Config, |config| {
            *config = ProfileDocument::new(FileKind::Config, &edit_sections(FileKind::Config, config.text(), &edits)?);
            config.add_sections(&new)
        })?;
        let (removed, unlisted) = if *prune { (unlisted, Vec::new()) } else { (Vec::new(), unlisted) };
        let (all, session) = (wanted.into_keys().collect(), name_of_session.to_owned());
        Ok(SessionChanges { added, updated, removed, unlisted, kept, all, session, before })
    }

    fn wanted<'r>(&self, roles: &'r [AccountRole]) -> Result<BTreeMap<String, &'r AccountRole>, SessionProfilesError> {
        let mut named: BTreeMap<String, Vec<&AccountRole>> = BTreeMap::new();
        for role in roles {
            let roles = named.entry(self.template.name(self.session.token_key(), role)).or_default();
            let is_same =
                |other: &&&AccountRole| (&other.account_id, &other.role_name) == (&role.account_id, &role.role_name);
            if !roles.iter().any(|other| is_same(&other)) {
                roles.push(role);
            }
        }
        let collisions = named.iter().filter(|(_, roles)| roles.len() > 1);
        let collisions: Vec<_> =
            collisions.map(|(name, roles)| (name.clone(), roles.iter().copied().cloned().collect())).collect();
        if !collisions.is_empty() {
            return Err(SessionProfilesError::Collisions(collisions));
        }
        Ok(named.into_iter().filter_map(|(name, roles)| Some((name, *roles.first()?))).collect())
    }

    fn existing(&self, draft: &Draft) -> HashMap<String, Existing> {
        let mut found = HashMap::new();
        for kind in FileKind::ALL {
            for section in draft.document(kind).sections() {
                let Some(name) = section.name.profile() else { continue };
                let is_first = !found.contains_key(name);
                let own = || self.own(name, &section).filter(|_| is_first && kind == FileKind::Config);
                let other = || {
                    let properties = section.properties();
                    let value = |key: &str| {
                        let found = properties.iter().find(|property| property.key == key)?;
                        (is_first && kind == FileKind::Config).then(|| found.value.to_string())
                    };
                    let role = ["sso_session", "sso_account_id", "sso_role_name"].map(value);
                    Existing::Other { at: draft.location(kind, section.line), role }
                };
                found.insert(name.to_owned(), own().map_or_else(other, Existing::Own));
            }
        }
        found
    }

    /// `None` unless the section has exactly our keys, is of this session, and starts this program for its own profile.
    fn own(&self, name: &str, section: &Section<'_>) -> Option<OwnProfile> {
        let properties = section.properties();
        if properties.len() != KEYS.len() || !matches!(section.name, Name::Profile(_, Spelling::Aws)) {
            return None;
        }
        let value = |key: &str| Some(properties.iter().find(|property| property.key == key)?.value.to_string());
        let [session, account_id, role_name, region, command] = KEYS.map(value);
        let values = [session?, account_id?, role_name?, region?, command?];
        let wrapper = Wrapper::parse(&values[4], self.programs.last().map(Path::new))?;
        let is_own = values[0] == self.session.token_key() && wrapper.profile.as_deref() == Some(name);
        is_own.then_some(OwnProfile { line: section.line, values })
    }

    fn no_command(&self, name: &str) -> SetupError {
        match command::command(self.programs, "x") {
            Some(_) => SetupError::ProfileInCommand(name.to_owned()),
            None => SetupError::ProgramInCommand(self.programs.last().cloned().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests;
