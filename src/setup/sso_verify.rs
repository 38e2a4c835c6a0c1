//! Checks that only the profiles of the session have changed, and that every dialect reads them.

use std::collections::{BTreeMap, HashSet};

use crate::profile::load::{Files, LoadError};
use crate::profile::{Profile, effect};
use crate::profile_file::Dialect;
use crate::tools::Tool;

use super::draft::SetupError;
use super::sso_profiles::SessionChanges;
use super::verify;

impl SessionChanges {
    /// Returns the files that a dialect could not read before either.
    pub fn verify(&self, after: &Files) -> Result<Vec<LoadError>, SetupError> {
        let Self { added, updated, removed, all: _, session, before, unlisted: _, kept: _ } = self;
        let section = format!("sso-session {session}");
        let touched: HashSet<_> = added.iter().chain(updated).chain(removed).map(String::as_str).collect();
        let mut unreadable = Vec::new();
        for dialect in Dialect::ALL {
            // The Amplify CLI reads the section of the session as a profile, and a dotted name as a container.
            let is_meant = |name: &String| touched.contains(name.as_str()) || section.split('.').next() == Some(name);
            if let Some(profile) = effect::changed(dialect, before, after)?.into_iter().find(|name| !is_meant(name)) {
                return Err(SetupError::Ripple { profile, dialect });
            }
            match after.profiles(dialect) {
                Err(error) => unreadable.push(error),
                Ok(set) => {
                    let seen: BTreeMap<_, _> = set.all().into_iter().map(|it| (it.name.clone(), it)).collect();
                    let is_seen =
                        |name: &&String| seen.get(*name).is_some_and(|profile| has_all_keys(profile, session));
                    if let Some(profile) = added.iter().chain(updated).find(|name| !is_seen(name)) {
                        return Err(SetupError::Unseen { profile: profile.clone(), dialect });
                    }
                }
            }
        }
        Ok(unreadable)
    }

    /// The tools that cannot use the profiles because of errors that the files already had.
    pub fn blind(&self, files: &Files) -> Vec<(Tool, String)> {
        self.all.first().map(|name| verify::blind(files, name)).unwrap_or_default()
    }
}

fn has_all_keys(profile: &Profile<'_>, session: &str) -> bool {
    let has = |key| profile.has(key);
    profile.get("sso_session").is_some_and(|found| found.value == session)
        && ["sso_account_id", "sso_role_name", "region", "credential_process"].into_iter().all(has)
}
