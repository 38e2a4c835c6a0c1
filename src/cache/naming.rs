//! The name under which a session is stored, and the sessions that it displaces.

use serde_json::value::RawValue;

use crate::cache::entry::CachedEntry;
use crate::cache::key::CacheKey;
use crate::cache::members::Members;
use crate::core::clock::Timestamp;
use crate::core::credentials::Freshness;

/// The plain name, if Amplify could have made the session and no other valid session has that name; otherwise the
/// marked name.
pub(super) fn place(key: &CacheKey, sessions: &Members<'_>, now: Timestamp) -> String {
    let standing = sessions.get(&key.inner).map(RawValue::get).and_then(CachedEntry::read);
    let free = standing.is_none_or(|there| {
        there.lease.judge(now, 0) == Freshness::Stale || there.mark.is_some_and(|mark| mark.is_for(&key.fingerprint))
    });
    if key.amplify_could_make_it && free { key.inner.clone() } else { key.marked_name() }
}

/// Sessions that one command and role keep: the command's environment may change with every run.
const MAX_IDENTITIES: usize = 8;

/// Drops the oldest sessions of the same command. Keeps `name`, which has just been stored.
pub(super) fn drop_surplus(sessions: &mut Members<'_>, name: &str, entry: &str) {
    let command = |entry: &str| {
        let mark = CachedEntry::read(entry)?.mark?;
        Some((mark.process?.command, mark.written_at))
    };
    let Some((stored, _)) = command(entry) else { return };
    let mut others: Vec<_> = sessions
        .iter()
        .filter(|(other, _)| *other != name)
        .filter_map(|(other, raw)| {
            command(raw.get()).map(|(command, written_at)| (command, written_at, other.to_owned()))
        })
        .filter(|(command, ..)| *command == stored)
        .map(|(_, written_at, other)| (written_at, other))
        .collect();
    others.sort();
    let surplus = (others.len() + 1).saturating_sub(MAX_IDENTITIES);
    let surplus: Vec<_> = others.into_iter().take(surplus).map(|(_, other)| other).collect();
    sessions.retain(|other, _| !surplus.iter().any(|name| name == other));
}
