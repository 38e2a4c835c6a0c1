use std::path::PathBuf;

use crate::core::clock::Timestamp;
use crate::os::env::Env;
use crate::os::fs::Rights;
use crate::os::paths::Paths;

use super::finding::FilePlace;

/// Where facts are gathered.
#[derive(Debug)]
pub struct World<'a> {
    /// Where the files are.
    pub paths: &'a Paths,
    /// The environment.
    pub env: &'a Env,
    /// The present moment.
    pub now: Timestamp,
    /// The running executable.
    pub program: Option<PathBuf>,
}

/// The cache file and its directory.
#[derive(Debug)]
pub struct CacheFacts {
    pub file: FilePlace,
    /// Who can read it; none where it is not there.
    pub rights: Option<Rights>,
    /// Its directory.
    pub dir: FilePlace,
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
    /// When the session was written, if the entry has that time.
    pub written_at: Option<Timestamp>,
    /// Seconds that AWS's clock was ahead of this machine's then, where it was far off.
    pub clock_offset: i64,
}
