use std::sync::Arc;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::entry::{CachedEntry, CachedSession, EntryMetadata};
use super::key::{CacheKey, Fingerprint};
use super::members::Members;
use super::sealing::Sealing;

#[derive(Default)]
pub struct Snapshot {
    text: Zeroizing<String>,
    sealing: Option<Arc<Sealing>>,
}

impl Snapshot {
    pub(super) fn new(text: Zeroizing<String>, sealing: Option<Arc<Sealing>>) -> Self {
        Self { text, sealing }
    }

    pub fn sessions(&self) -> CachedSessions<'_> {
        let file = Members::parse(&self.text).unwrap_or_default();
        CachedSessions { file, sealing: self.sealing.as_deref() }
    }
}

#[derive(Debug)]
pub struct CachedSessions<'t> {
    file: Members<'t>,
    sealing: Option<&'t Sealing>,
}

impl CachedSessions<'_> {
    /// An entry of the Amplify CLI has no fingerprint: it is used only if Amplify could have made the session and
    /// `is_only_profile` returns true. Of two entries, the one that expires later is used: Amplify's entry keeps the
    /// plain name while ours is renewed under the marked name.
    pub fn lookup(&self, key: &CacheKey, is_only_profile: &dyn Fn(&CacheKey) -> bool) -> Option<CachedSession> {
        let [first, second] = self.entries(key, is_only_profile);
        self.open(first?).or_else(|| self.open(second?))
    }

    /// Like [`CachedSessions::lookup`], without the credentials. A sealed session is not opened.
    pub fn find(&self, key: &CacheKey, is_only_profile: &dyn Fn(&CacheKey) -> bool) -> Option<CachedEntry> {
        let [first, _] = self.entries(key, is_only_profile);
        first
    }

    /// The one that expires later is the first.
    fn entries(&self, key: &CacheKey, is_only_profile: &dyn Fn(&CacheKey) -> bool) -> [Option<CachedEntry>; 2] {
        let Some(sessions) = self.file.object(&key.outer) else { return [None, None] };
        let read = |name: &str| sessions.get(name).map(RawValue::get).and_then(CachedEntry::read);
        let is_for_key = |mark: &EntryMetadata| mark.is_for(&key.fingerprint);
        let plain = read(&key.inner).filter(|entry| match &entry.mark {
            Some(mark) => is_for_key(mark),
            None => key.amplify_could_make_it && is_only_profile(key),
        });
        let marked = read(&key.marked_name()).filter(|entry| entry.mark.as_ref().is_some_and(is_for_key));
        let end = |entry: &Option<CachedEntry>| entry.as_ref().map(|entry| entry.lease.expiration);
        if end(&plain) > end(&marked) { [plain, marked] } else { [marked, plain] }
    }

    fn open(&self, entry: CachedEntry) -> Option<CachedSession> {
        match self.sealing {
            Some(sealing) => sealing.open(entry),
            None => entry.open(|_, _| None),
        }
    }

    /// The longest session for this role that this long-term key of a `credential_process` signed.
    pub fn lookup_by_key(&self, outer: &str, fingerprint: &Fingerprint) -> Option<CachedSession> {
        let sessions = self.file.object(outer)?;
        let of_key = |found: &CachedEntry| {
            let process = found.mark.as_ref().and_then(|mark| mark.process.as_ref());
            process.is_some_and(|process| process.key.as_deref() == Some(fingerprint.hex()))
        };
        let found = sessions.iter().filter_map(|(_, raw)| CachedEntry::read(raw.get())).filter(of_key);
        self.open(found.max_by_key(|found| found.lease.expiration)?)
    }

    pub fn is_empty(&self) -> bool {
        self.file.is_empty()
    }

    pub fn has(&self, outer: &str) -> bool {
        self.file.get(outer).is_some()
    }

    pub fn role_session_names(&self) -> Vec<String> {
        let of_roles = self.all().into_iter().filter(|(outer, ..)| outer.contains(":role/"));
        let name = |(_, inner, entry): (String, String, &str)| {
            let session = CachedEntry::read(entry)?;
            Some(session_name(&inner, session.mark.as_ref()).to_owned())
        };
        of_roles.filter_map(name).collect()
    }

    pub fn all(&self) -> Vec<(String, String, &str)> {
        let mut all = Vec::new();
        for (outer, raw) in self.file.iter() {
            for (inner, entry) in Members::parse(raw.get()).unwrap_or_default().iter() {
                if is_session_like(entry.get()) {
                    all.push((outer.to_owned(), inner.to_owned(), entry.get()));
                }
            }
        }
        all
    }
}

pub fn session_name<'k>(inner: &'k str, mark: Option<&EntryMetadata>) -> &'k str {
    let split = inner.rsplit_once('#').zip(mark);
    let ours = split.filter(|((_, digits), mark)| digits.len() == 8 && mark.fingerprint.starts_with(digits));
    ours.map_or(inner, |((name, _), _)| name)
}

/// Old versions of the Amplify CLI left `{}` behind after a failed AssumeRole.
pub fn is_session_like(entry: &str) -> bool {
    let keys = ["accessKeyId", "credentials", "amplifyCreds"];
    Members::parse(entry).is_some_and(|entry| entry.is_empty() || keys.iter().any(|key| entry.get(key).is_some()))
}
