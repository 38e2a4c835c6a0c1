//! Decides how an MFA code is used: for a user session (GetSessionToken) that serves every role of the same user and
//! device, or only for the first role. AWS accepts each code once, and only with a user's long-term keys.

use crate::core::origin::{Located, Origin};
use crate::profile::{Profile, ProfileSet};
use crate::settings::seconds;

use super::credential_plan::{BaseSource, CredentialPlan, Hop, Warning};
use super::endpoint::{Choice, Endpoint, EndpointVariables};
use super::error::PlanError;
use super::limits::{MFA_SERIAL, MFA_SESSION_SECONDS, ONE_HOUR, limited};
use super::mfa_strategy::{DirectReason, Mfa, MfaStrategy, Step};
use super::partition::first_region;

/// Values of the profile key `mfa_session` other than a duration.
const OFF: [&str; 3] = ["off", "no", "false"];

/// The default duration of a user's MFA session: AWS's own default, 12 hours.
const MFA_SESSION_DEFAULT: u32 = 43_200;

const ROOT_DEVICE: &str = ":mfa/root-account-mfa-device";

impl CredentialPlan {
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = Step> + use<> {
        let mfa = self.mfa.as_ref().is_some_and(|mfa| matches!(mfa.way, MfaStrategy::Session(_)));
        let web_identity = matches!(self.base.source, BaseSource::WebIdentity(_)).then_some(Step::WebIdentity);
        web_identity.or(mfa.then_some(Step::Mfa)).into_iter().chain((0..self.hops.len()).map(Step::Hop))
    }
}

pub(super) struct MfaContext<'a, 't> {
    pub(super) profiles: &'a [Profile<'t>],
    pub(super) base: &'a BaseSource,
    pub(super) set: &'a ProfileSet<'t>,
    pub(super) sts: &'a EndpointVariables,
    pub(super) region: &'a Option<Located<String>>,
}

struct NamedDevice {
    profile: String,
    serial: Located<String>,
    /// The hop of the profile; `None` for the base's own profile.
    hop: Option<usize>,
}

impl MfaContext<'_, '_> {
    pub(super) fn mfa(&self, hops: &mut [Hop], warnings: &mut Vec<Warning>) -> Result<Option<Mfa>, PlanError> {
        let Some(named) = self.named(hops)? else { return Ok(None) };
        let NamedDevice { profile, serial, hop } = &named;
        if hop.is_some_and(|index| index > 0) {
            let (profile, from) = (profile.clone(), serial.from.clone());
            warnings.push(Warning::MfaDoesNotTravel { profile, from });
        }
        let Some(way) = self.strategy(&named, hops)? else { return Ok(None) };
        if let (MfaStrategy::Session(_), Some(first)) = (&way, hops.first_mut()) {
            first.hold_to_an_hour(warnings);
        }
        let process = self.setting(profile, "mfa_process").map(|(found, _)| found);
        let sts = match hops.first() {
            Some(hop) => hop.sts.clone(),
            None => self.sts(&serial.value)?,
        };
        let NamedDevice { profile, serial, hop: _ } = named;
        let mfa = Mfa { profile, serial, process, way, sts };
        if mfa.is_security_key() {
            warnings.push(Warning::SecurityKey { profile: mfa.profile.clone(), from: mfa.serial.from.clone() });
        }
        Ok(Some(mfa))
    }

    /// The endpoint for a user who assumes no role.
    fn sts(&self, serial: &str) -> Result<Endpoint, PlanError> {
        let choice = self.profiles.last().map(|profile| Choice::of(Some((self.set, profile)), self.sts)).transpose()?;
        let partition = serial.split(':').nth(1).unwrap_or_default();
        let first_region = || Located::new(first_region(partition).to_owned(), Origin::Default);
        Ok(choice.unwrap_or_default().endpoint(self.region.clone().unwrap_or_else(first_region)))
    }

    /// The device of the first role, otherwise of the base, otherwise of a later role.
    fn named(&self, hops: &[Hop]) -> Result<Option<NamedDevice>, PlanError> {
        let of_hop = |index: usize| {
            let hop: &Hop = hops.get(index)?;
            Some(NamedDevice { profile: hop.profile.clone(), serial: hop.mfa_serial.clone()?, hop: Some(index) })
        };
        if let Some(first) = of_hop(0) {
            return Ok(Some(first));
        }
        if self.is_user()
            && let (BaseSource::Static(_) | BaseSource::KeyStore(_), Some(profile)) = (self.base, self.profiles.last())
            && let Some(serial) = limited(profile, &MFA_SERIAL)?
        {
            return Ok(Some(NamedDevice { profile: profile.name.clone(), serial, hop: None }));
        }
        match (1..hops.len()).find_map(of_hop) {
            Some(NamedDevice { profile, serial, hop: Some(index) }) if !self.is_user() => {
                Err(PlanError::MfaOnLaterHop { profile, hop: index + 1, at: serial.from })
            }
            later => Ok(later),
        }
    }

    /// `None` if the code would only be for a user session, and those are switched off.
    fn strategy(&self, named: &NamedDevice, hops: &[Hop]) -> Result<Option<MfaStrategy>, PlanError> {
        let session = self.setting(&named.profile, "mfa_session");
        let session = session.map(|(found, by)| read_session(&found, &by)).transpose()?;
        let is_root = named.serial.value.ends_with(ROOT_DEVICE);
        let why = match (&session, hops) {
            (Some(MfaSession::Off(_)), _) if named.hop.is_none() => return Ok(None),
            (Some(MfaSession::Off(from)), _) => DirectReason::SwitchedOff(from.clone()),
            _ if matches!(self.base, BaseSource::Process(_)) => DirectReason::Program,
            _ if !self.is_user() => DirectReason::TemporaryKeys,
            (_, [_, ..]) if is_root => DirectReason::Root,
            (_, [only]) if only.duration.seconds > ONE_HOUR => {
                DirectReason::LongerThanAnHour(only.duration.requested.clone())
            }
            _ => {
                let default = if is_root { ONE_HOUR } else { MFA_SESSION_DEFAULT };
                return Ok(Some(MfaStrategy::Session(match session {
                    Some(MfaSession::Seconds(seconds)) => seconds,
                    _ => Located::new(default, Origin::Default),
                })));
            }
        };
        Ok(Some(MfaStrategy::Role(why)))
    }

    /// The setting and its profile: the profile that names the device, otherwise the requested one, otherwise the
    /// base's.
    fn setting(&self, naming: &str, key: &'static str) -> Option<(Located<String>, String)> {
        let naming = self.profiles.iter().find(|profile| profile.name == naming);
        let all = naming.into_iter().chain(self.profiles.first()).chain(self.profiles.last());
        all.into_iter().find_map(|profile| Some((profile.get(key)?.located(), profile.name.clone())))
    }

    /// Whether the base is a user's keys from IAM. Keys from STS begin with ASIA and include a token.
    fn is_user(&self) -> bool {
        match self.base {
            BaseSource::Static(keys) | BaseSource::Environment(keys) => {
                keys.session_token.is_none() && !keys.access_key_id.starts_with("ASIA")
            }
            // Most likely the keys of a user.
            BaseSource::Missing(_) | BaseSource::KeyStore(_) => true,
            BaseSource::Process(_)
            | BaseSource::Imds(_)
            | BaseSource::Container(_)
            | BaseSource::Sso(_)
            | BaseSource::WebIdentity(_)
            | BaseSource::Login(_) => false,
        }
    }
}

enum MfaSession {
    Off(Origin),
    Seconds(Located<u32>),
}

fn read_session(found: &Located<String>, by: &str) -> Result<MfaSession, PlanError> {
    if OFF.contains(&found.value.to_ascii_lowercase().as_str()) {
        return Ok(MfaSession::Off(found.from.clone()));
    }
    let asked = seconds(&found.value).and_then(|seconds| u32::try_from(seconds).ok());
    match asked.filter(|seconds| MFA_SESSION_SECONDS.contains(seconds)) {
        Some(seconds) => Ok(MfaSession::Seconds(Located::new(seconds, found.from.clone()))),
        None => Err(PlanError::Invalid {
            profile: by.to_owned(),
            key: "mfa_session",
            expected: "off, or a time from 15m to 36h".to_owned(),
            from: found.from.clone(),
        }),
    }
}

#[cfg(test)]
mod tests;
