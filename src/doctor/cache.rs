use crate::cache::entry::CachedEntry;
use crate::cache::file::problem;
use crate::cache::members::Members;
use crate::cache::store::Store;
use crate::core::clock::Timestamp;
use crate::os::fs::rights;

use super::finding::FilePlace;
use super::world::{CacheFacts, EntryFacts, World};

impl CacheFacts {
    pub(super) fn gather(world: &World<'_>) -> Self {
        let dir = &world.paths.cache_dir;
        let store = Store::new(dir);
        let file = store.path().to_owned();
        let snapshot = store.read();
        let sessions = snapshot.sessions();
        let entries = sessions.all().into_iter();
        Self {
            problem: problem(&file),
            rights: rights(&file),
            file: FilePlace::of_file(file, &world.paths.home),
            dir_rights: rights(dir),
            dir: FilePlace::of_file(dir.clone(), &world.paths.home),
            entries: entries.map(|(outer, _, raw)| entry(outer, raw, world.now)).collect(),
        }
    }
}

fn entry(outer: String, raw: &str, now: Timestamp) -> EntryFacts {
    let session = CachedEntry::read(raw);
    // Old versions of the Amplify CLI left `{}` after a failed AssumeRole. These entries are ignored.
    let is_empty = Members::parse(raw).is_some_and(|entry| entry.is_empty());
    let lease = session.as_ref().map(|session| &session.lease);
    EntryFacts {
        outer,
        is_ours: session.as_ref().is_some_and(|session| session.mark.is_some()),
        is_session: session.is_some() || is_empty,
        lasts: lease.is_some_and(|lease| lease.seconds_left(now) > 0),
        written_at: lease.and_then(|lease| lease.written_at),
        clock_offset: lease.map_or(0, |lease| lease.clock_offset),
    }
}
