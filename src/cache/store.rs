//! Reads without a lock; writes under one, by temporary file and rename. Foreign entries pass through unparsed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, SystemTime};
use std::{fs, io};

use serde_json::value::RawValue;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::core::clock::Timestamp;
use crate::core::credentials::Credentials;
use crate::key_store::KeyStoreError;
use crate::os::atomic_file::{Access, AtomicFile};
use crate::os::fs::{create_private_dir, is_full, rename};

use crate::cache::edits::{is_ours_and_over, sessions_of, with, without};
use crate::cache::entry;
use crate::cache::entry::EntryMetadata;
use crate::cache::file::{is_trusted, read_plain, text};
use crate::cache::holder::Holders;
use crate::cache::key::CacheKey;
use crate::cache::members::Members;
use crate::cache::naming::{drop_surplus, place};
use crate::cache::notes::Notes;
use crate::cache::owner::{is_another_users, is_link_to_another_users};
use crate::cache::reserve::Reserve;
use crate::cache::sealing::Sealing;
use crate::cache::sessions::Snapshot;
use crate::os::lock::{Attempt, Guard, Locks};

const EPOCH: &str = "epoch";
const LOCK: &str = "cache";

const SWEEP_EVERY: i64 = 86_400;

const LOCK_FILE_AGE: Duration = Duration::from_hours(7 * 24);

/// A write takes a millisecond.
const WRITE_LOCK_WAIT: Duration = Duration::from_secs(5);

/// Applies while the holder of the lock is known to be stopped. Otherwise each role of a chain and each waiting process
/// would wait for the full time.
const STOPPED_LOCK_WAIT: Duration = Duration::from_millis(100);

/// After a wait has timed out, the holder counts as stopped for this long.
const STOPPED_FOR: Duration = Duration::from_mins(1);

#[derive(Debug, Error)]
pub enum CacheWriteError {
    #[error("{} belongs to another user", .0.display())]
    ForeignOwner(PathBuf),
    #[error("the sessions were deleted in the meantime")]
    Forgotten,
    #[error("{} is locked by another process", .0.display())]
    Locked(PathBuf),
    /// `seal = on`, and the sealing key cannot be had.
    #[error("{0}")]
    Sealing(KeyStoreError),
    #[error("{} is larger than 64 MiB", .0.display())]
    TooLarge(PathBuf),
    #[error("{}: {reason}", path.display())]
    Io { path: PathBuf, reason: io::Error },
}

#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    file: PathBuf,
    /// Without it, sealed sessions cannot be opened.
    sealing: Option<Arc<Sealing>>,
}

/// A session to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'s> {
    pub credentials: &'s Credentials,
    pub expiration: Timestamp,
    pub mark: &'s EntryMetadata,
}

/// Writing requires a guard, so that a write without the lock does not compile.
struct CacheGuard(Guard);

impl Store {
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), file: dir.join("cache.json"), sealing: None }
    }

    #[must_use]
    pub fn with_sealing(self, sealing: Sealing) -> Self {
        Self { sealing: Some(Arc::new(sealing)), ..self }
    }

    /// An error if sessions are to be sealed and could not be.
    pub fn check_sealing(&self) -> Result<(), KeyStoreError> {
        self.sealing.as_ref().map_or(Ok(()), |sealing| sealing.check())
    }

    pub fn path(&self) -> &Path {
        &self.file
    }

    pub fn directory(&self) -> &Path {
        &self.dir
    }

    pub fn locks(&self) -> Locks {
        Locks::in_dir(&self.dir)
    }

    pub fn holders(&self) -> Holders {
        Holders::new(self.notes())
    }

    /// Number of resets. A fetch reads it first and passes it to [`Store::put`].
    pub fn reset_generation(&self) -> u64 {
        self.notes().get(EPOCH).unwrap_or_default()
    }

    pub fn notes(&self) -> Notes {
        Notes::in_dir(&self.dir)
    }

    /// A missing, unreadable, too large or non-UTF-8 file is an empty cache.
    pub fn read(&self) -> Snapshot {
        if is_link_to_another_users(&self.dir) || self.is_dir_untrusted() {
            return Snapshot::default();
        }
        Snapshot::new(read_plain(&self.file).map(text).unwrap_or_default(), self.sealing.clone())
    }

    /// A directory with unreadable metadata counts as trusted.
    fn is_dir_untrusted(&self) -> bool {
        fs::metadata(&self.dir).is_ok_and(|metadata| !is_trusted(&metadata))
    }

    pub fn stamp(&self) -> Option<(std::time::SystemTime, u64)> {
        let metadata = fs::metadata(&self.file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }

    pub fn is_ours(&self) -> bool {
        !is_link_to_another_users(&self.dir) && !is_another_users(&self.dir)
    }

    /// Does not store `session` if sessions were reset since `reset_generation`. Drops our own expired entries, and
    /// seals those that are not, if sessions are sealed.
    pub fn put(
        &self,
        key: &CacheKey,
        session: &NewSession<'_>,
        now: Timestamp,
        reset_generation: u64,
    ) -> Result<(), CacheWriteError> {
        let sealing = self.sealing.as_ref().filter(|sealing| sealing.is_on);
        let NewSession { credentials, expiration, mark } = *session;
        let entry = match sealing {
            Some(sealing) => sealing.seal(credentials, expiration, mark).map_err(CacheWriteError::Sealing)?,
            None => entry::write(credentials, expiration, mark).map_err(|error| self.failed(error.into()))?,
        };
        if !self.is_ours() {
            return Err(CacheWriteError::ForeignOwner(self.dir.clone()));
        }
        let was_untrusted = self.is_dir_untrusted();
        self.prepare_dir().map_err(|reason| CacheWriteError::Io { path: self.dir.clone(), reason })?;
        let guard = self.lock(self.patience())?;
        if was_untrusted {
            self.set_aside()?;
        }
        if self.reset_generation() != reset_generation {
            return Err(CacheWriteError::Forgotten);
        }
        self.sweep(now, &guard);
        let text = self.read_for_write()?;
        let mut file = Members::parse(&text).unwrap_or_default();
        let mut changed = without(&file, &|_, _, entry| is_ours_and_over(entry, now));
        let sealed = sealing.map_or_else(Vec::new, |sealing| sealing.seal_clear(&file));
        if sealing.is_some() {
            // It may hold sessions in clear.
            let _ = self.remove_set_aside();
        }
        for (outer, inner, entry) in &sealed {
            let sessions = sessions_of(&mut changed, &file, outer);
            if sessions.get(inner).is_some() {
                sessions.set(inner, entry);
            }
        }
        let sessions = sessions_of(&mut changed, &file, &key.outer);
        let name = place(key, sessions, now);
        sessions.set(&name, &entry);
        drop_surplus(sessions, &name, entry.get());
        let raws = self.raw(&changed)?;
        self.replace(&guard, &with(&mut file, &changed, &raws))
    }

    /// Removes the entries that `goes` accepts (outer key, inner key, content). With `for_good`, fetches already in
    /// progress are not stored either.
    pub fn remove(&self, goes: &dyn Fn(&str, &str, &str) -> bool, for_good: bool) -> Result<(), CacheWriteError> {
        if !self.dir.exists() {
            return Ok(());
        }
        if !self.is_ours() {
            return Err(CacheWriteError::ForeignOwner(self.dir.clone()));
        }
        let guard = self.lock(WRITE_LOCK_WAIT)?;
        if for_good {
            let generation = self.reset_generation() + 1;
            let raised = self.notes().try_put(EPOCH, &generation, &guard.0);
            if raised.is_err_and(|error| is_full(&error)) && self.reserve().give_up() {
                self.notes().put(EPOCH, &generation, &guard.0);
            }
        }
        let text = self.read_for_write()?;
        let mut file = Members::parse(&text).unwrap_or_default();
        let changed = without(&file, goes);
        if changed.is_empty() {
            return Ok(());
        }
        let raws = self.raw(&changed)?;
        let rest = with(&mut file, &changed, &raws);
        match self.replace(&guard, &rest) {
            Err(CacheWriteError::Io { reason, .. }) if is_full(&reason) && rest.is_empty() => {
                fs::remove_file(&self.file).map_err(|reason| CacheWriteError::Io { path: self.file.clone(), reason })
            }
            done => done,
        }
    }

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

    fn failed(&self, reason: io::Error) -> CacheWriteError {
        CacheWriteError::Io { path: self.file.clone(), reason }
    }

    fn raw(&self, changed: &[(String, Members<'_>)]) -> Result<Vec<Box<RawValue>>, CacheWriteError> {
        let io = |error: serde_json::Error| self.failed(error.into());
        changed.iter().map(|(_, sessions)| serde_json::value::to_raw_value(sessions).map_err(io)).collect()
    }

    fn patience(&self) -> Duration {
        if self.locks().is_marked_within(LOCK, STOPPED_FOR) { STOPPED_LOCK_WAIT } else { WRITE_LOCK_WAIT }
    }

    fn lock(&self, limit: Duration) -> Result<CacheGuard, CacheWriteError> {
        match self.locks().lock_within(LOCK, limit) {
            Attempt::Held(guard) => {
                guard.set_mark(0);
                // A killed process may have left sessions in it.
                self.remove_leftover()?;
                Ok(CacheGuard(guard))
            }
            Attempt::Busy => {
                if limit == WRITE_LOCK_WAIT {
                    self.locks().mark_held(LOCK);
                }
                Err(CacheWriteError::Locked(self.file.clone()))
            }
            Attempt::Unavailable(reason) => Err(CacheWriteError::Io { path: self.dir.join("locks"), reason }),
        }
    }

    /// Reads an invalid file twice, because the Amplify CLI writes in place and may be half-way. Then sets the file
    /// aside.
    fn read_for_write(&self) -> Result<Zeroizing<String>, CacheWriteError> {
        let io = |reason| CacheWriteError::Io { path: self.file.clone(), reason };
        for last in [false, true] {
            let bytes = match read_plain(&self.file) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    return Err(CacheWriteError::TooLarge(self.file.clone()));
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    return Err(io(io::Error::other("it is not a regular file")));
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    self.set_aside()?;
                    break;
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
                self.set_aside()?;
            } else {
                sleep(Duration::from_millis(50));
            }
        }
        Ok(Zeroizing::default())
    }

    fn replace(&self, _guard: &CacheGuard, file: &Members<'_>) -> Result<(), CacheWriteError> {
        let io = |reason| CacheWriteError::Io { path: self.temporary(), reason };
        // The buffer never grows, because a reallocation would leave a copy of the secrets. All of it is wiped, so it
        // is no larger than needed.
        let length: usize = file.iter().map(|(name, value)| name.len() + value.get().len() + 64).sum();
        let mut text = Zeroizing::new(Vec::with_capacity(length + 64));
        serde_json::to_writer_pretty(&mut *text, file).map_err(|error| io(error.into()))?;
        let write = || {
            AtomicFile::write(&self.file, self.temporary(), Access::Private, &text, |_, _| Ok(()))
                .and_then(AtomicFile::commit)
        };
        match write() {
            Ok(()) => {
                self.reserve().keep(text.len() as u64);
                Ok(())
            }
            Err(error) if is_full(&error) && self.reserve().give_up() => write().map_err(io),
            Err(error) => Err(io(error)),
        }
    }

    fn reserve(&self) -> Reserve {
        Reserve::in_dir(&self.dir)
    }

    fn set_aside_path(&self) -> PathBuf {
        self.dir.join("cache.json.corrupt")
    }

    /// Renames a file with invalid content, or with content that could be another user's.
    fn set_aside(&self) -> Result<(), CacheWriteError> {
        match rename(&self.file, &self.set_aside_path()) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                Err(CacheWriteError::Io { path: self.file.clone(), reason })
            }
            _ => Ok(()),
        }
    }

    pub fn remove_set_aside(&self) -> Result<(), CacheWriteError> {
        let path = self.set_aside_path();
        match fs::remove_file(&path) {
            Err(reason) if ![io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&reason.kind()) => {
                Err(CacheWriteError::Io { path, reason })
            }
            _ => Ok(()),
        }
    }

    fn temporary(&self) -> PathBuf {
        self.dir.join("cache.json.tmp")
    }

    fn remove_leftover(&self) -> Result<(), CacheWriteError> {
        match fs::remove_file(self.temporary()) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                Err(CacheWriteError::Io { path: self.temporary(), reason })
            }
            _ => Ok(()),
        }
    }

    fn prepare_dir(&self) -> io::Result<()> {
        create_private_dir(&self.dir)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            let dir = fs::File::open(&self.dir)?;
            if dir.metadata()?.mode() & 0o077 != 0 {
                // Some file systems ignore modes, or this call fails on them.
                let _ = dir.set_permissions(fs::Permissions::from_mode(0o700));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
