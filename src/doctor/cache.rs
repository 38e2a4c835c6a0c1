//! Owns what the checks know of the cache: rights, whether it can be read, dates and kinds of its entries.
//!
//! Refuses to keep a key of a session.

use crate::cache::entry::CachedSession;
use crate::cache::file::problem;
use crate::cache::members::Members;
use crate::cache::store::Store;
use crate::clock::Timestamp;
use crate::fs::{Rights, rights};

use super::Place;
use super::facts::World;

/// The cache file and its directory.
#[derive(Debug)]
pub struct CacheFacts {
    /// The file.
    pub file: Place,
    /// Who can read it; none where it is not there.
    pub rights: Option<Rights>,
    /// Its directory.
    pub dir: Place,
    /// Who can look into it.
    pub dir_rights: Option<Rights>,
    /// Why its text is of no use.
    pub problem: Option<String>,
    /// What looks like a session in it.
    pub entries: Vec<EntryFacts>,
}

/// What looks like a session in the cache.
#[derive(Debug)]
pub struct EntryFacts {
    /// The role's ARN, or the device's serial.
    pub outer: String,
    /// The session name, or a name of our own.
    pub inner: String,
    /// Whether this program wrote it.
    pub is_ours: bool,
    /// Whether it can be handed out as far as its form goes.
    pub is_session: bool,
    /// Whether it still lasts.
    pub lasts: bool,
    /// When it was written, where that is told.
    pub written_at: Option<Timestamp>,
    /// Seconds that AWS's clock was ahead of this machine's then, where it was far off.
    pub clock_offset: i64,
}

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
            file: Place::of_file(file, &world.paths.home),
            dir_rights: rights(dir),
            dir: Place::of_file(dir.clone(), &world.paths.home),
            entries: entries.map(|(outer, inner, raw)| entry(outer, inner, raw, world.now)).collect(),
        }
    }
}

fn entry(outer: String, inner: String, raw: &str, now: Timestamp) -> EntryFacts {
    let session = CachedSession::read(raw);
    // Old Amplify CLIs left `{}` where AssumeRole had failed: that is nobody's concern.
    let is_empty = Members::parse(raw).is_some_and(|entry| entry.is_empty());
    let lease = session.as_ref().map(|session| &session.lease);
    EntryFacts {
        outer,
        inner,
        is_ours: session.as_ref().is_some_and(|session| session.mark.is_some()),
        is_session: session.is_some() || is_empty,
        lasts: lease.is_some_and(|lease| lease.seconds_left(now) > 0),
        written_at: lease.and_then(|lease| lease.written_at),
        clock_offset: lease.map_or(0, |lease| lease.clock_offset),
    }
}
