//! Runs our operations and the Amplify CLI's in any order on one file: both can read it, and valid entries of others
//! survive.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cache::entry::{CachedEntry, METADATA_VERSION};
use crate::cache::key::Fingerprint;

use super::*;

const NOW: Timestamp = Timestamp(1_800_000_000);

#[derive(Debug, Clone)]
enum CacheStep {
    Put(u8, u8),
    Reset(u8),
    /// The Amplify CLI reads the file, adds a session, and writes in place.
    AmplifyPut(u8, u8),
    /// The Amplify CLI removes the sessions of a role.
    AmplifyReset(u8),
    /// The Amplify CLI crashes during a write.
    Corrupt(usize),
}

fn steps() -> impl Strategy<Value = Vec<CacheStep>> {
    let step = prop_oneof![
        4 => (0..3u8, 0..3u8).prop_map(|(role, name)| CacheStep::Put(role, name)),
        1 => (0..3u8).prop_map(CacheStep::Reset),
        3 => (0..3u8, 0..3u8).prop_map(|(role, name)| CacheStep::AmplifyPut(role, name)),
        1 => (0..3u8).prop_map(CacheStep::AmplifyReset),
        1 => (0..200usize).prop_map(CacheStep::Corrupt),
    ];
    prop::collection::vec(step, 1..20)
}

fn role(role: u8) -> String {
    format!("arn:aws:iam::222222222222:role/R{role}")
}

fn put_ours(store: &Store, key: &CacheKey, generation: u64) -> Result<(), CacheWriteError> {
    let credentials = Credentials {
        access_key_id: "ASIAOURS".into(),
        secret_access_key: "s".into(),
        session_token: Some("t".into()),
        expiration: None,
        account_id: None,
    };
    let mark = EntryMetadata {
        v: METADATA_VERSION,
        fingerprint: key.fingerprint.hex().to_owned(),
        written_at: NOW.rfc3339(),
        lifetime: 3600,
        profile: "p".into(),
        account_id: None,
        clock_offset: 0,
        process: None,
        sealed: None,
    };
    let session = NewSession { credentials: &credentials, expiration: NOW.plus(3600), mark: &mark };
    store.put(key, &session, NOW, generation)
}

fn amplifys(number: usize) -> Value {
    json!({"accessKeyId": format!("ASIA{number}"), "secretAccessKey": "s", "sessionToken": "t",
        "expiration": NOW.plus(3600).iso_millis()})
}

/// The Amplify CLI treats a file with invalid JSON as empty.
fn amplify_reads(store: &Store) -> Value {
    let text = fs::read_to_string(store.path()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|_| json!({}))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn interleaved_cache_writes_lose_no_session(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path());
        // The entries that must exist, by role and name.
        let (mut theirs, mut mine) = (BTreeMap::new(), BTreeMap::new());
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                CacheStep::Put(r, n) => {
                    let key = CacheKey {
                        outer: role(r),
                        inner: format!("s{n}"),
                        fingerprint: Fingerprint::of_test(r * 16 + n),
                        amplify_could_make_it: true,
                    };
                    put_ours(&store, &key, store.reset_generation()).unwrap();
                    mine.insert((r, n), key);
                }
                CacheStep::Reset(r) => {
                    let is_ours = |entry: &str| CachedEntry::read(entry).is_some_and(|found| found.mark.is_some());
                    store.remove(&|outer, _, entry| outer == role(r) && is_ours(entry), true).unwrap();
                    mine.retain(|(of, _), _| *of != r);
                }
                CacheStep::AmplifyPut(r, n) => {
                    let mut file = amplify_reads(&store);
                    let entry = amplifys(number);
                    let before = file[role(r)][format!("s{n}")].clone();
                    file[role(r)][format!("s{n}")] = entry.clone();
                    fs::write(store.path(), file.to_string()).unwrap();
                    // Amplify overwrites the entry under its own name, even ours. The result is Amplify's entry.
                    if before.get("amplifyCreds").is_some() {
                        mine.remove(&(r, n));
                    }
                    theirs.insert((r, n), entry);
                }
                CacheStep::AmplifyReset(r) => {
                    let mut file = amplify_reads(&store);
                    if let Some(file) = file.as_object_mut() {
                        file.remove(&role(r));
                    }
                    fs::write(store.path(), file.to_string()).unwrap();
                    theirs.retain(|(of, _), _| *of != r);
                    mine.retain(|(of, _), _| *of != r);
                }
                CacheStep::Corrupt(at) => {
                    let text = fs::read_to_string(store.path()).unwrap_or_default();
                    if text.len() > 2 {
                        // Half of the file is invalid JSON, so all entries are lost.
                        fs::write(store.path(), &text[..at.min(text.len() - 2)]).unwrap();
                        theirs.clear();
                        mine.clear();
                    }
                }
            }
            let file = amplify_reads(&store);
            for ((r, n), entry) in &theirs {
                prop_assert_eq!(&file[role(*r)][format!("s{n}")], entry);
            }
            for key in mine.values() {
                let snapshot = store.read();
                let found = snapshot.sessions().lookup(key, &|_| false).and_then(|found| found.mark);
                prop_assert!(found.is_some_and(|mark| mark.is_for(&key.fingerprint)), "{key:?} in {file}");
            }
            prop_assert!(!dir.path().join("cache.json.tmp").exists());
        }
    }
}

fn key_of_role() -> CacheKey {
    CacheKey { outer: role(1), inner: "s".into(), fingerprint: Fingerprint::of_test(1), amplify_could_make_it: true }
}

#[test]
fn lock_of_stopped_process_is_waited_for_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path());
    let key = key_of_role();
    assert_eq!(store.patience(), WRITE_LOCK_WAIT);
    let Attempt::Held(stopped) = store.locks().try_lock(LOCK) else { panic!("a free lock") };
    store.locks().mark_held(LOCK);
    assert_eq!(store.patience(), STOPPED_LOCK_WAIT);
    assert!(matches!(put_ours(&store, &key, 0), Err(CacheWriteError::Locked(_))));
    drop(stopped);
    put_ours(&store, &key, 0).unwrap();
    assert_eq!(store.patience(), WRITE_LOCK_WAIT);
}

#[test]
fn leftover_temporary_file_is_removed_under_the_next_lock() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path());
    let key = key_of_role();
    fs::write(store.temporary(), "a session").unwrap();
    assert!(matches!(put_ours(&store, &key, 7), Err(CacheWriteError::Forgotten)));
    assert!(!store.temporary().exists());
}
