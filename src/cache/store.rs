//! The cache file: read whole without a lock, written whole under one, by temporary file and rename.
//!
//! What is not ours is carried through unread.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use serde_json::value::RawValue;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Freshness;
use crate::os::atomic_file::{Access, AtomicFile};
#[cfg(windows)]
use crate::os::fs::is_another_users;
use crate::os::fs::{create_private_dir, rename};

use crate::cache::entry::CachedSession;
use crate::cache::file::{read_plain, text};
use crate::cache::holder::Holders;
use crate::cache::key::CacheKey;
use crate::cache::members::Members;
use crate::cache::notes::Notes;
use crate::cache::sessions::Snapshot;
use crate::os::lock::{Attempt, Guard, Locks};

/// The file that counts how often sessions have been forgotten.
const EPOCH: &str = "epoch";

/// How often old lock files are looked for, in seconds.
const SWEEP_EVERY: i64 = 86_400;

/// How old a lock file is before it goes.
const LOCK_FILE_AGE: Duration = Duration::from_hours(7 * 24);

/// How long a write waits for another process's write, which takes a millisecond.
const WRITE_LOCK_WAIT: Duration = Duration::from_secs(5);

/// Why the cache was not written. The credentials are handed out all the same.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The directory belongs to another user.
    #[error("{} belongs to another user", .0.display())]
    ForeignOwner(PathBuf),
    /// Sessions have been forgotten on request since this one was asked for.
    #[error("sessions were forgotten meanwhile")]
    Forgotten,
    /// Another process held the file for seconds.
    #[error("{} is locked by another process", .0.display())]
    Locked(PathBuf),
    /// The file is larger than [`MAX_CACHE_BYTES`](crate::cache::file::MAX_CACHE_BYTES).
    #[error("{} is larger than 64 MiB", .0.display())]
    TooLarge(PathBuf),
    /// The system refused.
    #[error("{}: {reason}", path.display())]
    Io {
        /// What was written.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
}

/// The cache in one directory.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    file: PathBuf,
}

/// The lock around a read-modify-write of the cache file. Writing asks for it, so that writing without does not compile.
struct CacheGuard(Guard);

impl Store {
    /// The cache in `dir`, which need not exist.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), file: dir.join("cache.json") }
    }

    /// The cache file, for messages.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// The locks beside the cache.
    pub fn locks(&self) -> Locks {
        Locks::in_dir(&self.dir)
    }

    /// The facts of lock holders.
    pub fn holders(&self) -> Holders {
        Holders::new(self.notes())
    }

    /// How often sessions have been forgotten on request. Who fetches reads it first and hands it to [`Store::put`].
    pub fn reset_generation(&self) -> u64 {
        self.notes().get(EPOCH).unwrap_or_default()
    }

    /// The notes beside the cache.
    pub fn notes(&self) -> Notes {
        Notes::beside(&self.dir)
    }

    /// Reads the file without a lock. Missing, unreadable, too large or not UTF-8 is an empty cache.
    pub fn read(&self) -> Snapshot {
        if is_link_to_another_users(&self.dir) {
            return Snapshot::default();
        }
        Snapshot(read_plain(&self.file).map(text).unwrap_or_default())
    }

    /// What tells one state of the file from another: a waiter reads it again only when this has changed.
    pub fn stamp(&self) -> Option<(std::time::SystemTime, u64)> {
        let metadata = fs::metadata(&self.file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    /// Whether this user may write and lock here; a directory that does not exist yet may be made.
    pub fn is_ours(&self) -> bool {
        !is_link_to_another_users(&self.dir) && !is_another_users(&self.dir)
    }

    /// Stores `entry` under `key` and drops our own entries that are over at `now`, unless sessions have been forgotten
    /// since `reset_generation`: what was asked for before is not to come back.
    pub fn put(
        &self,
        key: &CacheKey,
        entry: &RawValue,
        now: Timestamp,
        reset_generation: u64,
    ) -> Result<(), WriteError> {
        if !self.is_ours() {
            return Err(WriteError::ForeignOwner(self.dir.clone()));
        }
        self.prepare_dir().map_err(|reason| WriteError::Io { path: self.dir.clone(), reason })?;
        let guard = self.lock()?;
        if self.reset_generation() != reset_generation {
            return Err(WriteError::Forgotten);
        }
        self.sweep(now, &guard);
        let text = self.read_for_write()?;
        let mut file = Members::parse(&text).unwrap_or_default();
        let mut changed = without(&file, &|_, _, entry| is_ours_and_over(entry, now));
        if !changed.iter().any(|(outer, _)| *outer == key.outer) {
            changed.push((key.outer.clone(), file.object(&key.outer).unwrap_or_default()));
        }
        for (outer, sessions) in &mut changed {
            if *outer == key.outer {
                let name = place(key, sessions, now);
                sessions.set(&name, entry);
            }
        }
        let raws = self.raw(&changed)?;
        self.replace(&guard, &with(&mut file, &changed, &raws))
    }

    /// Removes the entries that `goes` takes, by outer key, inner key and content. A file without any stays as it is.
    /// With `for_good`, neither does what is being fetched now come back.
    pub fn remove(&self, goes: &dyn Fn(&str, &str, &str) -> bool, for_good: bool) -> Result<(), WriteError> {
        // Without a directory nobody has asked for anything.
        if !self.dir.exists() {
            return Ok(());
        }
        if !self.is_ours() {
            return Err(WriteError::ForeignOwner(self.dir.clone()));
        }
        let guard = self.lock()?;
        if for_good {
            self.notes().put(EPOCH, &(self.reset_generation() + 1), &guard.0);
        }
        let text = self.read_for_write()?;
        let mut file = Members::parse(&text).unwrap_or_default();
        let changed = without(&file, goes);
        if changed.is_empty() {
            // A run that was killed may have left what it was about to store, and no run that writes may follow.
            return self.remove_leftover();
        }
        let raws = self.raw(&changed)?;
        self.replace(&guard, &with(&mut file, &changed, &raws))
    }

    /// Removes what locks of roles and devices long forgotten have left, once a day.
    fn sweep(&self, now: Timestamp, guard: &CacheGuard) {
        const SWEPT: &str = "swept";
        let last: i64 = self.notes().get(SWEPT).unwrap_or_default();
        if now.0 - last < SWEEP_EVERY {
            return;
        }
        self.notes().put(SWEPT, &now.0, &guard.0);
        if let Some(oldest) = SystemTime::now().checked_sub(LOCK_FILE_AGE) {
            self.locks().sweep(oldest);
        }
    }

    fn raw(&self, changed: &[(String, Members<'_>)]) -> Result<Vec<Box<RawValue>>, WriteError> {
        let io = |error: serde_json::Error| WriteError::Io { path: self.file.clone(), reason: error.into() };
        changed.iter().map(|(_, sessions)| serde_json::value::to_raw_value(sessions).map_err(io)).collect()
    }

    fn lock(&self) -> Result<CacheGuard, WriteError> {
        match self.locks().lock_within("cache", WRITE_LOCK_WAIT) {
            Attempt::Held(guard) => Ok(CacheGuard(guard)),
            Attempt::Busy => Err(WriteError::Locked(self.file.clone())),
            Attempt::Unavailable(reason) => Err(WriteError::Io { path: self.dir.join("locks"), reason }),
        }
    }

    /// The text to change. What is no JSON object is read once more, since the Amplify CLI writes in place and may be
    /// half-way, and then set aside.
    fn read_for_write(&self) -> Result<Zeroizing<String>, WriteError> {
        let io = |reason| WriteError::Io { path: self.file.clone(), reason };
        for last in [false, true] {
            let bytes = match read_plain(&self.file) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    return Err(WriteError::TooLarge(self.file.clone()));
                }
                Err(reason) => return Err(io(reason)),
            };
            if bytes.is_empty() && last {
                break;
            }
            let text = text(bytes);
            if Members::parse(&text).is_some() {
                return Ok(text);
            }
            if last {
                rename(&self.file, &self.set_aside()).map_err(io)?;
            } else {
                sleep(Duration::from_millis(50));
            }
        }
        Ok(Zeroizing::default())
    }

    fn replace(&self, _guard: &CacheGuard, file: &Members<'_>) -> Result<(), WriteError> {
        let temporary = self.temporary();
        let io = |reason| WriteError::Io { path: temporary.clone(), reason };
        let mut text = Zeroizing::new(Vec::with_capacity(1 << 14));
        serde_json::to_writer_pretty(&mut *text, file).map_err(|error| io(error.into()))?;
        AtomicFile::write(&self.file, self.temporary(), Access::Private, &text, |_, _| Ok(()))
            .map_err(io)?
            .commit()
            .map_err(io)
    }

    /// Where a file goes that is no JSON object: somebody may want to look.
    fn set_aside(&self) -> PathBuf {
        self.dir.join("cache.json.corrupt")
    }

    /// Removes the file that was set aside, in which there may be sessions, too.
    pub fn remove_set_aside(&self) -> Result<(), WriteError> {
        let path = self.set_aside();
        match fs::remove_file(&path) {
            Err(reason) if ![io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&reason.kind()) => {
                Err(WriteError::Io { path, reason })
            }
            _ => Ok(()),
        }
    }

    /// Where the next state of the file is written before it takes its name.
    fn temporary(&self) -> PathBuf {
        self.dir.join("cache.json.tmp")
    }

    /// Removes what a killed run has left half-written.
    fn remove_leftover(&self) -> Result<(), WriteError> {
        match fs::remove_file(self.temporary()) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                Err(WriteError::Io { path: self.temporary(), reason })
            }
            _ => Ok(()),
        }
    }

    /// Makes the directory, or takes other users' rights from one that is ours.
    fn prepare_dir(&self) -> io::Result<()> {
        create_private_dir(&self.dir)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            let dir = fs::File::open(&self.dir)?;
            if dir.metadata()?.mode() & 0o077 != 0 {
                // A file system without modes refuses or forgets; neither is a reason to stop.
                let _ = dir.set_permissions(fs::Permissions::from_mode(0o700));
            }
        }
        Ok(())
    }
}

/// The members of the file that lose entries to `goes`, without them.
fn without<'t>(file: &Members<'t>, goes: &dyn Fn(&str, &str, &str) -> bool) -> Vec<(String, Members<'t>)> {
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

/// The file with its changed members, of which the empty ones go.
fn with<'t>(file: &mut Members<'t>, changed: &[(String, Members<'_>)], raws: &'t [Box<RawValue>]) -> Members<'t> {
    for ((outer, sessions), raw) in changed.iter().zip(raws) {
        if sessions.is_empty() {
            file.retain(|name, _| name != outer);
        } else {
            file.set(outer, raw);
        }
    }
    file.clone()
}

/// Which inner key a new entry takes: the plain name where Amplify could have made the session and no other live
/// session stands there, else the marked name.
fn place(key: &CacheKey, sessions: &Members<'_>, now: Timestamp) -> String {
    let standing = sessions.get(&key.inner).map(RawValue::get).and_then(CachedSession::read);
    let free = standing.is_none_or(|there| {
        there.lease.judge(now, 0) == Freshness::Stale || there.mark.is_some_and(|mark| mark.is_for(&key.fingerprint))
    });
    if key.amplify_could_make_it && free { key.inner.clone() } else { key.marked_name() }
}

fn is_ours_and_over(entry: &str, now: Timestamp) -> bool {
    // Most entries of a file that others write, too, have no mark: they need no closer look.
    entry.contains("\"amplifyCreds\"")
        && CachedSession::read(entry)
            .is_some_and(|session| session.mark.is_some() && session.lease.seconds_left(now) <= 0)
}

/// Whether the directory, or while it does not exist the nearest one above it, belongs to somebody else: under sudo with
/// HOME kept, what root makes would be root's.
#[cfg(unix)]
fn is_another_users(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let there = path.ancestors().find_map(|path| fs::metadata(path).ok());
    there.is_some_and(|metadata| metadata.uid() != rustix::process::geteuid().as_raw())
}

/// Whether the directory, or `.amplify` above it, is a link and its target belongs to neither this user nor root.
#[cfg(unix)]
fn is_link_to_another_users(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mut on_the_way = dir.ancestors().take(2);
    let is_link = on_the_way.any(|path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()));
    is_link && fs::metadata(dir).is_ok_and(|there| there.uid() != 0) && is_another_users(dir)
}

/// The same of a junction, too, which everybody may make.
#[cfg(windows)]
fn is_link_to_another_users(dir: &Path) -> bool {
    let mut on_the_way = dir.ancestors().take(2);
    let is_link = on_the_way.any(|path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()));
    is_link && is_another_users(dir)
}

#[cfg(test)]
mod tests;
