//! What is remembered of MFA between runs: the device's last code, a user who may not call GetSessionToken, a role that
//! wants a younger code than the cached session's. Each is a note beside the locks.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::key::CacheKey;
use crate::cache::notes::Notes;
use crate::core::clock::Timestamp;
use crate::core::hex::hex;
use crate::core::secret::Secret;
use crate::os::lock::Guard;
use crate::plan::mfa_strategy::{Mfa, MfaState, Step};
use crate::plan::{BaseSource, CredentialPlan};

/// How long a device shows a code, in seconds (RFC 6238, and every device that AWS takes).
const CODE_STEP: i64 = 30;
/// How many of those a spent code can still be what somebody types.
const SPENT_STEPS: i64 = 3;
/// How long a refusal of GetSessionToken is believed, in seconds: policies change.
const DENIED_FOR: i64 = 86_400;

/// What is known of a device and its user.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct DeviceNote {
    /// The hash of the last code that AWS has taken.
    spent: Option<String>,
    /// When that was, in seconds since 1970.
    spent_at: i64,
    /// When AWS refused GetSessionToken, in seconds since 1970.
    session_denied_at: Option<i64>,
}

/// What is known of a role that refused the user's MFA session.
#[derive(Debug, Serialize, Deserialize)]
struct RoleNote {
    /// The access key id of that session.
    session: String,
    /// Whether it took a fresh code instead.
    fresh_code_helped: bool,
}

/// The memory of one plan's device.
#[derive(Debug)]
pub struct Memory {
    notes: Notes,
    device: String,
}

impl Memory {
    /// The memory of the device `serial` of the user with `access_key_id`.
    pub fn new(notes: Notes, serial: &str, access_key_id: &str) -> Self {
        Self { notes, device: device_id(serial, access_key_id) }
    }

    /// The same of a plan's device; none where the plan has no device, or its user is not known before the base is.
    pub fn of(notes: Notes, plan: &CredentialPlan) -> Option<Self> {
        let (BaseSource::Static(keys) | BaseSource::Environment(keys)) = &plan.base.source else { return None };
        plan.mfa.as_ref().map(|Mfa { serial, .. }| Self::new(notes, &serial.value, &keys.access_key_id))
    }

    /// The name of the device's lock and note.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// How long until the device shows its next code, if this one has been used.
    pub fn spent(&self, code: &Secret, now: Timestamp) -> Option<Duration> {
        let note = self.device_note();
        let steps = now.0.div_euclid(CODE_STEP) - note.spent_at.div_euclid(CODE_STEP);
        let is_spent = note.spent? == self.hash(code) && (0..SPENT_STEPS).contains(&steps);
        let left = CODE_STEP - now.0.rem_euclid(CODE_STEP);
        is_spent.then(|| Duration::from_secs(left.unsigned_abs()))
    }

    /// Remembers a code that AWS has taken.
    pub fn spend(&self, code: &Secret, now: Timestamp, device: &Guard) {
        let note = DeviceNote { spent: Some(self.hash(code)), spent_at: now.0, ..self.device_note() };
        self.notes.put(&note_of(&self.device), &note, device);
    }

    /// Remembers that the user may not call GetSessionToken, or that she may.
    pub fn session_denied(&self, at: Option<Timestamp>, device: &Guard) {
        let note = self.device_note();
        if note.session_denied_at.is_some() || at.is_some() {
            self.notes.put(
                &note_of(&self.device),
                &DeviceNote { session_denied_at: at.map(|at| at.0), ..note },
                device,
            );
        }
    }

    /// Remembers how a role that refused the session `access_key_id` took a fresh code.
    pub fn refused_session(&self, role: &CacheKey, access_key_id: &str, fresh_code_helped: bool, role_lock: &Guard) {
        let note = RoleNote { session: access_key_id.to_owned(), fresh_code_helped };
        self.notes.put(&note_of(role.fingerprint.hex()), &note, role_lock);
    }

    /// How the role took a fresh code, if it has refused the session `access_key_id`.
    pub fn fresh_code_helped(&self, role: &CacheKey, access_key_id: &str) -> Option<bool> {
        let note: RoleNote = self.notes.get(&note_of(role.fingerprint.hex()))?;
        (note.session == access_key_id).then_some(note.fresh_code_helped)
    }

    /// What is known for the plan's first role, where the user's MFA session is `session`.
    pub fn known(&self, plan: &CredentialPlan, session: Option<&str>, now: Timestamp) -> MfaState {
        let denied_at = self.device_note().session_denied_at;
        let first = || CacheKey::of(plan, Step::Hop(0));
        let helped = |session| self.fresh_code_helped(&first()?, session);
        MfaState {
            has_session: session.is_some(),
            session_denied: denied_at.is_some_and(|at| (0..DENIED_FOR).contains(&(now.0 - at))),
            wants_fresh_code: session.and_then(helped) == Some(true),
        }
    }

    /// Forgets all that is known of the device and of the plan's roles.
    pub fn forget(&self, plan: &CredentialPlan) {
        self.notes.forget(&note_of(&self.device));
        for key in plan.steps().filter_map(|step| CacheKey::of(plan, step)) {
            self.notes.forget(&note_of(key.fingerprint.hex()));
        }
    }

    fn device_note(&self) -> DeviceNote {
        self.notes.get(&note_of(&self.device)).unwrap_or_default()
    }

    fn hash(&self, code: &Secret) -> String {
        short_hash(&format!("{}\n{}", self.device, code.expose()))
    }
}

fn note_of(id: &str) -> String {
    format!("{id}.note")
}

/// A device of one user; the serial may stand in a file name only as a hash.
pub(super) fn device_id(serial: &str, access_key_id: &str) -> String {
    format!("mfa-{}", short_hash(&format!("{serial}\n{access_key_id}")))
}

/// Half of a SHA-256 is more than enough to distinguish names.
fn short_hash(text: &str) -> String {
    hex(&Sha256::digest(text)[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::lock::{Attempt, Locks};

    #[test]
    fn a_code_is_spent_until_the_device_shows_another() {
        let dir = tempfile::tempdir().unwrap();
        let memory = Memory::new(Notes::beside(dir.path()), "arn:aws:iam::111111111111:mfa/dev", "AKIA1");
        let Attempt::Held(lock) = Locks::in_dir(dir.path()).try_lock(memory.device()) else { panic!("a free lock") };
        let (code, other) = (Secret::from("123456"), Secret::from("654321"));
        let at = Timestamp(1_800_000_005);
        assert_eq!(memory.spent(&code, at), None);
        memory.spend(&code, at, &lock);
        let rows = [(0, Some(25)), (24, Some(1)), (25, Some(30)), (84, Some(1)), (85, None), (-6, None)];
        for (later, expected) in rows {
            assert_eq!(memory.spent(&code, at.plus(later)), expected.map(Duration::from_secs), "{later} s later");
        }
        assert_eq!(memory.spent(&other, at), None);
        let elsewhere = Memory::new(Notes::beside(dir.path()), "arn:aws:iam::111111111111:mfa/dev", "AKIA2");
        assert_eq!(elsewhere.spent(&code, at), None, "another user's device");
        let text = std::fs::read_to_string(dir.path().join("locks").join(format!("{}.note", memory.device()))).unwrap();
        assert!(!text.contains("123456"));
    }
}
