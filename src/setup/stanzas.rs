//! The profiles of a new role and its source, as documented by Amplify.

use crate::core::secret::Secret;
use crate::profile::Profile;
use crate::profile_file::{Dialect, FileKind};

use super::draft::{Draft, SetupError};

#[derive(Debug, Clone)]
pub struct Role {
    pub name: String,
    pub role_arn: String,
    pub source_profile: String,
    pub source_keys: Option<SourceKeys>,
    pub external_id: Option<String>,
    pub mfa_serial: Option<String>,
    pub region: Option<String>,
    pub duration_seconds: Option<u32>,
}

#[derive(Debug, Clone)]
pub struct SourceKeys {
    pub access_key_id: String,
    pub secret_access_key: Secret,
}

/// Adds a source profile only if `role` has keys. An existing profile must have the same settings.
pub(super) fn add_role(draft: &mut Draft, name: &str, role: &Role) -> Result<(), SetupError> {
    let files = draft.files();
    let set = files.profiles(Dialect::Auto)?;
    if let Some(keys) = &role.source_keys {
        add_source(draft, role, keys, set.get(&role.source_profile).as_ref())?;
    }
    let Role { role_arn, source_profile, external_id, mfa_serial, region, duration_seconds, name: _, source_keys: _ } =
        role;
    let duration_seconds = duration_seconds.map(|seconds| seconds.to_string());
    let wanted = [
        ("role_arn", Some(role_arn.as_str())),
        ("source_profile", Some(source_profile.as_str())),
        ("external_id", external_id.as_deref()),
        ("mfa_serial", mfa_serial.as_deref()),
        ("region", region.as_deref()),
        ("duration_seconds", duration_seconds.as_deref()),
    ];
    if let Some(there) = set.get(name) {
        // A region or duration that is not given may differ.
        let is_so = |(key, value): &(&str, Option<&str>)| {
            there.get_any(key).map(|setting| setting.value) == *value
                || (["region", "duration_seconds"].contains(key) && value.is_none())
        };
        return if wanted.iter().all(is_so) { Ok(()) } else { Err(draft.taken(name)) };
    }
    let given: Vec<_> = wanted.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    draft.edit(FileKind::Config, |config| config.add_profile(name, &given, &[]))
}

/// The keys are added to the credentials file. The Amplify CLI sees the profile only if config also has a section.
fn add_source(
    draft: &mut Draft,
    role: &Role,
    keys: &SourceKeys,
    existing: Option<&Profile<'_>>,
) -> Result<(), SetupError> {
    let name = &role.source_profile;
    if let Some(existing) = existing {
        let is_so = existing.keys().is_ok_and(|found| {
            found.is_some_and(|found| {
                found.access_key_id == keys.access_key_id
                    && found.secret_access_key.expose() == keys.secret_access_key.expose()
                    && found.session_token.is_none()
            })
        });
        return if is_so { Ok(()) } else { Err(draft.taken(name)) };
    }
    let pair = [
        ("aws_access_key_id", keys.access_key_id.as_str()),
        ("aws_secret_access_key", keys.secret_access_key.expose()),
    ];
    draft.edit(FileKind::Credentials, |credentials| credentials.add_profile(name, &pair, &[]))?;
    let region: Vec<_> = role.region.iter().map(|region| ("region", region.as_str())).collect();
    draft.edit(FileKind::Config, |config| config.add_profile(name, &region, &[]))
}
