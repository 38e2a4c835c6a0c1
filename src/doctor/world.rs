use std::path::PathBuf;

use crate::core::clock::Timestamp;
use crate::core::origin::Origin;
use crate::key_store::KeyStore;
use crate::os::env::Env;
use crate::os::fs::Rights;
use crate::os::paths::Paths;

use super::finding::{FilePlace, Hit};

#[derive(Debug)]
pub struct World<'a> {
    pub paths: &'a Paths,
    pub env: &'a Env,
    pub now: Timestamp,
    pub program: Option<PathBuf>,
    pub project: Option<ProjectProfile>,
    pub key_store: &'a KeyStore,
    /// Whether sessions are sealed with a key in the key store.
    pub seals: bool,
    /// The settings with an invalid value.
    pub invalid_settings: Vec<Hit>,
}

/// The profile of the Amplify project around the current directory.
#[derive(Debug, Clone)]
pub struct ProjectProfile {
    pub environment: String,
    pub profile: String,
    pub from: Origin,
}

#[derive(Debug)]
pub struct CacheFacts {
    pub file: FilePlace,
    /// `None` if the file is missing.
    pub rights: Option<Rights>,
    pub dir: FilePlace,
    pub dir_rights: Option<Rights>,
    pub problem: Option<String>,
    pub entries: Vec<EntryFacts>,
}

#[derive(Debug)]
pub struct EntryFacts {
    pub outer: String,
    pub is_ours: bool,
    pub is_session: bool,
    pub lasts: bool,
    pub written_at: Option<Timestamp>,
    /// Seconds by which AWS's clock was ahead of this machine's at that time, if it was far off.
    pub clock_offset: i64,
}
