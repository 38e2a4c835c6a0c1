//! Changes of the cache's text. Foreign entries pass through unparsed.

use serde_json::value::RawValue;

use crate::core::clock::Timestamp;

use super::entry::CachedEntry;
use super::members::Members;

pub(super) fn without<'t>(file: &Members<'t>, goes: &dyn Fn(&str, &str, &str) -> bool) -> Vec<(String, Members<'t>)> {
    let mut changed = Vec::new();
    for (outer, raw) in file.iter() {
        if let Some(mut sessions) = Members::parse(raw.get()) {
            let mut loses = false;
            sessions.retain(|inner, entry| {
                let stays = !goes(outer, inner, entry.get());
                loses |= !stays;
                stays
            });
            if loses {
                changed.push((outer.to_owned(), sessions));
            }
        }
    }
    changed
}

pub(super) fn sessions_of<'c, 't>(
    changed: &'c mut Vec<(String, Members<'t>)>,
    file: &Members<'t>,
    outer: &str,
) -> &'c mut Members<'t> {
    let at = changed.iter().position(|(name, _)| name == outer).unwrap_or_else(|| {
        changed.push((outer.to_owned(), file.object(outer).unwrap_or_default()));
        changed.len() - 1
    });
    &mut changed[at].1
}

pub(super) fn with<'t>(
    file: &mut Members<'t>,
    changed: &[(String, Members<'_>)],
    raws: &'t [Box<RawValue>],
) -> Members<'t> {
    for ((outer, sessions), raw) in changed.iter().zip(raws) {
        if sessions.is_empty() {
            file.retain(|name, _| name != outer);
        } else {
            file.set(outer, raw);
        }
    }
    file.clone()
}

pub(super) fn is_ours_and_over(entry: &str, now: Timestamp) -> bool {
    // Most entries of a shared file have no metadata and need no parsing.
    entry.contains("\"amplifyCreds\"")
        && CachedEntry::read(entry)
            .is_some_and(|session| session.mark.is_some() && session.lease.seconds_left(now) <= 0)
}
