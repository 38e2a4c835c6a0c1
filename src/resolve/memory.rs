//! MFA facts that persist between runs, as notes next to the locks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cache::key::CacheKey;
use crate::cache::notes::Notes;
use crate::core::clock::Timestamp;
use crate::core::digest::sha256_hex;
use crate::core::secret::Secret;
use crate::os::lock::Guard;
use crate::plan::CredentialPlan;
use crate::plan::mfa_strategy::{Mfa, MfaState, Step};

/// Seconds between two codes (RFC 6238; true of every device that AWS accepts).
const CODE_STEP: i64 = 30;
const USED_STEPS: i64 = 3;
/// Seconds for which a denied GetSessionToken is remembered. The limit exists because policies change.
const DENIED_FOR: i64 = 86_400;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct DeviceNote {
    spent: Option<String>,
    /// Seconds since 1970.
    spent_at: i64,
    /// Seconds since 1970 of the last denied GetSessionToken.
    session_denied_at: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RoleNote {
    session: String,
    fresh_code_helped: bool,
}

#[derive(Debug)]
pub struct Memory {
    notes: Notes,
    device: String,
}

impl Memory {
    pub fn new(notes: Notes, serial: &str, access_key_id: &str) -> Self {
        Self { notes, device: device_id(serial, access_key_id) }
    }

    /// `None` without a device, or if the user is unknown until the base has been fetched.
    pub fn of(notes: Notes, plan: &CredentialPlan) -> Option<Self> {
        let access_key_id = plan.base.source.access_key_id()?;
        plan.mfa.as_ref().map(|Mfa { serial, .. }| Self::new(notes, &serial.value, access_key_id))
    }

    pub fn device(&self) -> &str {
        &self.device
    }

    /// Time until the device shows its next code. `None` if `code` has not been used.
    pub fn wait_after_use(&self, code: &Secret, now: Timestamp) -> Option<Duration> {
        let note = self.device_note();
        let steps = now.0.div_euclid(CODE_STEP) - note.spent_at.div_euclid(CODE_STEP);
        let is_used = note.spent? == self.hash(code) && (0..USED_STEPS).contains(&steps);
        let left = CODE_STEP - now.0.rem_euclid(CODE_STEP);
        is_used.then(|| Duration::from_secs(left.unsigned_abs()))
    }

    pub fn mark_used(&self, code: &Secret, now: Timestamp, device: &Guard) {
        let note = DeviceNote { spent: Some(self.hash(code)), spent_at: now.0, ..self.device_note() };
        self.notes.put(&note_of(&self.device), &note, device);
    }

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

    pub fn refused_session(&self, role: &CacheKey, access_key_id: &str, fresh_code_helped: bool, role_lock: &Guard) {
        let note = RoleNote { session: access_key_id.to_owned(), fresh_code_helped };
        self.notes.put(&note_of(role.fingerprint.hex()), &note, role_lock);
    }

    pub fn fresh_code_helped(&self, role: &CacheKey, access_key_id: &str) -> Option<bool> {
        let note: RoleNote = self.notes.get(&note_of(role.fingerprint.hex()))?;
        (note.session == access_key_id).then_some(note.fresh_code_helped)
    }

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

/// Hashed, because a serial has characters that are invalid in a file name.
pub(super) fn device_id(serial: &str, access_key_id: &str) -> String {
    format!("mfa-{}", short_hash(&format!("{serial}\n{access_key_id}")))
}

/// Half of a SHA-256 is enough to distinguish names.
fn short_hash(text: &str) -> String {
    sha256_hex(text)[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::lock::{Attempt, Locks};

    #[test]
    fn used_code_is_remembered_until_next_code() {
        let dir = tempfile::tempdir().unwrap();
        let memory = Memory::new(Notes::in_dir(dir.path()), "arn:aws:iam::111111111111:mfa/dev", "AKIA1");
        let Attempt::Held(lock) = Locks::in_dir(dir.path()).try_lock(memory.device()) else { panic!("a free lock") };
        let (code, other) = (Secret::from("123456"), Secret::from("654321"));
        let at = Timestamp(1_800_000_005);
        assert_eq!(memory.wait_after_use(&code, at), None);
        memory.mark_used(&code, at, &lock);
        let rows = [(0, Some(25)), (24, Some(1)), (25, Some(30)), (84, Some(1)), (85, None), (-6, None)];
        for (later, expected) in rows {
            assert_eq!(
                memory.wait_after_use(&code, at.plus(later)),
                expected.map(Duration::from_secs),
                "{later} s later"
            );
        }
        assert_eq!(memory.wait_after_use(&other, at), None);
        let elsewhere = Memory::new(Notes::in_dir(dir.path()), "arn:aws:iam::111111111111:mfa/dev", "AKIA2");
        assert_eq!(elsewhere.wait_after_use(&code, at), None, "another user's device");
        let text = std::fs::read_to_string(dir.path().join("locks").join(format!("{}.note", memory.device()))).unwrap();
        assert!(!text.contains("123456"));
    }
}
