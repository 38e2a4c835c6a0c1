//! Decides the next step from the journal, the key store and IAM's list, without I/O.

use crate::access_keys::{Rotation, RotationStep};
use crate::core::clock::Timestamp;
use crate::iam::{AccessKeyMetadata, LastUse};

/// In seconds, between this machine and AWS.
const CLOCK_DIFFERENCE: i64 = 300;
/// In seconds. AWS accepts signatures of a clock that is 15 minutes off, and the rotation itself used the old key.
const USE_TOLERANCE: i64 = 900;
/// In seconds. More than the deadlines of all attempts to create a key.
const CREATION: i64 = 60;

/// The ids of the keys in the key store.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'a> {
    pub current: &'a str,
    /// In the item of the new key.
    pub new: Option<&'a str>,
}

/// The next step of a profile, if IAM's list is not needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalStep<'a> {
    /// IAM's list decides.
    List,
    /// Delete this key: IAM has created it, but no item has its secret.
    DeleteLost(&'a str),
    /// Verify the new key, then replace the old one.
    Replace,
    Deactivate,
    /// Only the deletion of the old key remains.
    Finish,
}

pub fn local_step<'a>(rotation: Option<&'a Rotation>, secrets: Secrets<'_>) -> LocalStep<'a> {
    let Some(Rotation { new_key_id: Some(new), next, .. }) = rotation else { return LocalStep::List };
    let is_current = secrets.current == new;
    match next {
        RotationStep::Create => LocalStep::List,
        RotationStep::Delete => LocalStep::Finish,
        RotationStep::Deactivate if is_current => LocalStep::Deactivate,
        _ if is_current || secrets.new == Some(new) => LocalStep::Replace,
        _ => LocalStep::DeleteLost(new),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum KeysVerdict<'a> {
    /// The stored key is the user's only one.
    Create,
    /// The journal is lost, but the item of the new key shows an unfinished rotation.
    Continue(Rotation),
    Second(&'a AccessKeyMetadata),
    /// The stored key is missing.
    Unlisted,
    Inactive,
}

pub fn judge_keys<'a>(secrets: Secrets<'_>, listed: &'a [AccessKeyMetadata], now: Timestamp) -> KeysVerdict<'a> {
    let find = |id: &str| listed.iter().find(|key| key.id == id);
    let Some(current) = find(secrets.current) else { return KeysVerdict::Unlisted };
    let other = listed.iter().find(|key| key.id != secrets.current);
    let unfinished = |old: &str, new: &str| {
        KeysVerdict::Continue(Rotation {
            started_at: now.rfc3339(),
            old_key_id: old.to_owned(),
            new_key_id: Some(new.to_owned()),
            next: RotationStep::Verify,
            deactivated_at: None,
        })
    };
    match (other, secrets.new) {
        (Some(other), Some(new)) if other.id == new => unfinished(&current.id, new),
        // The old key is replaced, but the item of the new key is not deleted yet.
        (Some(other), Some(new)) if new == current.id && other.created < current.created => unfinished(&other.id, new),
        _ if !current.is_active => KeysVerdict::Inactive,
        (Some(other), _) => KeysVerdict::Second(other),
        (None, _) => KeysVerdict::Create,
    }
}

/// Whether `key` comes from a killed run of this rotation, so that no program has its secret. The journal is written
/// right before the call that creates the key.
pub(super) fn is_leftover(rotation: &Rotation, key: &AccessKeyMetadata, last_use: &LastUse) -> bool {
    let (Some(created), Some(started)) = (key.created, Timestamp::parse(&rotation.started_at)) else { return false };
    let earliest = started.plus(-CLOCK_DIFFERENCE);
    let latest = started.plus(CREATION + CLOCK_DIFFERENCE);
    *last_use == LastUse::Never && (earliest..=latest).contains(&created)
}

/// Whether the old key was activated again, and used.
pub fn used_after_deactivation(rotation: &Rotation, last_use: &LastUse) -> bool {
    let deactivated = rotation.deactivated_at.as_deref().and_then(Timestamp::parse);
    match (last_use, deactivated) {
        (LastUse::Never, _) => false,
        (LastUse::At { time, .. }, Some(deactivated)) => *time > deactivated.plus(USE_TOLERANCE),
        (LastUse::At { .. }, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn rotation(next: RotationStep, new: Option<&str>) -> Rotation {
        Rotation {
            started_at: NOW.rfc3339(),
            old_key_id: "OLD".to_owned(),
            new_key_id: new.map(str::to_owned),
            next,
            deactivated_at: None,
        }
    }

    fn key(id: &str, is_active: bool, created: i64) -> AccessKeyMetadata {
        AccessKeyMetadata { id: id.to_owned(), is_active, created: Some(NOW.plus(created)) }
    }

    fn secrets<'a>(current: &'a str, new: Option<&'a str>) -> Secrets<'a> {
        Secrets { current, new }
    }

    #[test]
    fn journal_and_key_store_give_the_next_step() {
        use RotationStep::{Create, Deactivate, Delete, Replace, Store, Verify};
        for (next, new, stored, expected) in [
            (Create, None, secrets("OLD", None), LocalStep::List),
            (Create, None, secrets("OLD", Some("STALE")), LocalStep::List),
            (Store, None, secrets("OLD", None), LocalStep::List),
            (Store, Some("NEW"), secrets("OLD", None), LocalStep::DeleteLost("NEW")),
            (Store, Some("NEW"), secrets("OLD", Some("STALE")), LocalStep::DeleteLost("NEW")),
            (Store, Some("NEW"), secrets("OLD", Some("NEW")), LocalStep::Replace),
            (Verify, Some("NEW"), secrets("OLD", Some("NEW")), LocalStep::Replace),
            (Verify, Some("NEW"), secrets("OLD", None), LocalStep::DeleteLost("NEW")),
            (Replace, Some("NEW"), secrets("OLD", Some("NEW")), LocalStep::Replace),
            (Replace, Some("NEW"), secrets("NEW", Some("NEW")), LocalStep::Replace),
            (Replace, Some("NEW"), secrets("NEW", None), LocalStep::Replace),
            (Replace, Some("NEW"), secrets("OLD", None), LocalStep::DeleteLost("NEW")),
            (Deactivate, Some("NEW"), secrets("NEW", None), LocalStep::Deactivate),
            (Deactivate, Some("NEW"), secrets("OLD", Some("NEW")), LocalStep::Replace),
            (Deactivate, Some("NEW"), secrets("OLD", None), LocalStep::DeleteLost("NEW")),
            (Delete, Some("NEW"), secrets("NEW", None), LocalStep::Finish),
        ] {
            let rotation = rotation(next, new);
            assert_eq!(local_step(Some(&rotation), stored), expected, "{next:?} {stored:?}");
        }
        assert_eq!(local_step(None, secrets("OLD", Some("NEW"))), LocalStep::List);
    }

    #[test]
    fn listed_keys_give_the_verdict() {
        let old = || key("OLD", true, -1000);
        let continued = |old: &str, new: &str| {
            let rotation = rotation(RotationStep::Verify, Some(new));
            KeysVerdict::Continue(Rotation { old_key_id: old.to_owned(), ..rotation })
        };
        let second = |is_active| key("NEW", is_active, 0);
        for (stored, listed, expected) in [
            (secrets("OLD", None), vec![old()], KeysVerdict::Create),
            // The item of a key that was deleted at IAM.
            (secrets("OLD", Some("GONE")), vec![old()], KeysVerdict::Create),
            (secrets("OLD", None), vec![], KeysVerdict::Unlisted),
            (secrets("OLD", None), vec![second(true)], KeysVerdict::Unlisted),
            (secrets("OLD", None), vec![key("OLD", false, -1000)], KeysVerdict::Inactive),
            (secrets("OLD", None), vec![old(), second(true)], KeysVerdict::Second(&second(true))),
            (secrets("OLD", None), vec![second(false), old()], KeysVerdict::Second(&second(false))),
            (secrets("OLD", Some("OTHER")), vec![old(), second(true)], KeysVerdict::Second(&second(true))),
            (secrets("OLD", Some("NEW")), vec![old(), second(true)], continued("OLD", "NEW")),
            (secrets("NEW", Some("NEW")), vec![old(), second(true)], continued("OLD", "NEW")),
            (secrets("OLD", Some("OLD")), vec![old(), second(true)], KeysVerdict::Second(&second(true))),
        ] {
            assert_eq!(judge_keys(stored, &listed, NOW), expected, "{stored:?} {listed:?}");
        }
    }

    #[test]
    fn only_a_new_unused_key_is_a_leftover() {
        let journal = rotation(RotationStep::Create, None);
        let used = LastUse::At { time: NOW, service: "sts".to_owned(), region: "us-east-1".to_owned() };
        for (created, last_use, expected) in [
            (0, LastUse::Never, true),
            (-300, LastUse::Never, true),
            (-301, LastUse::Never, false),
            (360, LastUse::Never, true),
            (361, LastUse::Never, false),
            (0, used, false),
        ] {
            assert_eq!(is_leftover(&journal, &key("NEW", true, created), &last_use), expected, "{created}");
        }
        let unknown = AccessKeyMetadata { created: None, ..key("NEW", true, 0) };
        assert!(!is_leftover(&journal, &unknown, &LastUse::Never));
    }

    #[test]
    fn use_after_deactivation_is_detected() {
        let at =
            |seconds| LastUse::At { time: NOW.plus(seconds), service: "s3".to_owned(), region: "us-east-1".to_owned() };
        let deactivated_at = Some(NOW.rfc3339());
        let journal = Rotation { deactivated_at, ..rotation(RotationStep::Delete, Some("NEW")) };
        for (last_use, expected) in [(LastUse::Never, false), (at(-5), false), (at(900), false), (at(901), true)] {
            assert_eq!(used_after_deactivation(&journal, &last_use), expected, "{last_use:?}");
        }
        assert!(used_after_deactivation(&rotation(RotationStep::Delete, Some("NEW")), &at(-5)));
    }
}
