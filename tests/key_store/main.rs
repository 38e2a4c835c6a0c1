//! The key store of Linux: gnome-keyring on a session bus of its own.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod prompting_service;
mod prompts;

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread::spawn;
use std::time::{Duration, Instant};

use amplify_creds::core::secret::Secret;
use amplify_creds::key_store::KeyStoreItem::{AccessKey, NewAccessKey, SealingKey};
use amplify_creds::key_store::{KeyStore, KeyStoreError, KeyStoreItem, Unlock};
use amplify_creds::os::env::Env;
use amplify_creds::os::lock::Locks;
use test_support::KeyStoreDaemon;

fn store_at(address: &str, home: &Path) -> KeyStore {
    KeyStore::new(&Env::fixed([("DBUS_SESSION_BUS_ADDRESS", address)]), Locks::in_dir(home))
}

fn store(daemon: &KeyStoreDaemon) -> KeyStore {
    store_at(daemon.address(), daemon.home())
}

fn access_key(profile: &str) -> KeyStoreItem {
    AccessKey(profile.to_owned())
}

fn text(store: &KeyStore, item: &KeyStoreItem) -> Option<String> {
    store.get(item, Unlock::Never).unwrap().map(|secret| secret.expose().to_owned())
}

fn put(store: &KeyStore, item: &KeyStoreItem, secret: &str) {
    store.put(item, &Secret::from(secret), Unlock::Never).unwrap();
}

#[test]
fn secret_is_stored_replaced_and_deleted() {
    let Some(daemon) = KeyStoreDaemon::unlocked() else { return };
    let (store, item) = (store(&daemon), access_key("dev"));
    assert_eq!(text(&store, &item), None);
    assert!(!store.delete(&item, Unlock::Never).unwrap());
    put(&store, &item, "first");
    assert_eq!(text(&store, &item).as_deref(), Some("first"));
    put(&store, &item, "sécond 開発");
    assert_eq!(text(&store, &item).as_deref(), Some("sécond 開発"));
    assert!(store.delete(&item, Unlock::Never).unwrap());
    assert_eq!(text(&store, &item), None, "the replaced secret has no copy");
    assert!(!store.delete(&item, Unlock::Never).unwrap());
}

#[test]
fn items_with_similar_names_are_distinct() {
    let Some(daemon) = KeyStoreDaemon::unlocked() else { return };
    let store = store(&daemon);
    let new = NewAccessKey("dev".to_owned());
    let items =
        [access_key("dev"), access_key("dev2"), access_key("Dev"), access_key("müller 開発/*?"), new, SealingKey];
    for item in &items {
        put(&store, item, &item.name());
    }
    for item in &items {
        assert_eq!(text(&store, item), Some(item.name()));
    }
    assert!(store.delete(&items[0], Unlock::Never).unwrap());
    assert_eq!(text(&store, &items[0]), None);
    assert!(items[1..].iter().all(|item| text(&store, item).is_some()));
}

#[test]
fn locked_collection_is_reported_at_once() {
    let Some(daemon) = KeyStoreDaemon::unlocked() else { return };
    let (store, item) = (store(&daemon), access_key("dev"));
    put(&store, &item, "hidden");
    daemon.lock();
    let locked = Some(KeyStoreError::Locked);
    assert_eq!(store.get(&item, Unlock::Never).err(), locked);
    assert_eq!(store.get(&access_key("missing"), Unlock::Never).err(), locked);
    assert_eq!(store.put(&item, &Secret::from("new"), Unlock::Never).err(), locked);
    assert_eq!(store.delete(&item, Unlock::Never).err(), locked);
}

#[test]
fn prompt_without_screen_is_an_error() {
    let Some(daemon) = KeyStoreDaemon::unlocked() else { return };
    let (store, item) = (store(&daemon), access_key("dev"));
    put(&store, &item, "hidden");
    daemon.lock();
    let begun = Instant::now();
    assert_eq!(store.get(&item, Unlock::Ask).err(), Some(KeyStoreError::Dismissed));
    assert!(begun.elapsed() < Duration::from_secs(33));
    assert_eq!(store.get(&item, Unlock::Never).err(), Some(KeyStoreError::Locked), "gnome-keyring still runs");
}

#[test]
#[ignore = "waits for the real deadline, 3 s; .ci/full runs it"]
fn stopped_service_times_out() {
    let Some(daemon) = KeyStoreDaemon::unlocked() else { return };
    let store = store(&daemon);
    daemon.stop();
    for unlock in [Unlock::Never, Unlock::Ask] {
        let begun = Instant::now();
        assert_eq!(store.get(&SealingKey, unlock).err(), Some(KeyStoreError::TimedOut(3)));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn killed_service_is_started_again() {
    let Some(daemon) = KeyStoreDaemon::unlocked() else { return };
    let (store, item) = (store(&daemon), access_key("dev"));
    put(&store, &item, "kept");
    daemon.kill();
    assert_eq!(text(&store, &item).as_deref(), Some("kept"));
    daemon.lock();
    daemon.kill();
    assert_eq!(store.get(&item, Unlock::Never).err(), Some(KeyStoreError::Locked));
}

#[test]
fn new_user_has_no_collection() {
    let Some(daemon) = KeyStoreDaemon::without_collection() else { return };
    let store = store(&daemon);
    assert_eq!(text(&store, &SealingKey), None);
    let put = |unlock| store.put(&SealingKey, &Secret::from("key"), unlock).err();
    assert_eq!(put(Unlock::Never), Some(KeyStoreError::NoKeyring));
    assert_eq!(put(Unlock::Ask), Some(KeyStoreError::Dismissed));
}

#[test]
fn bus_without_service_is_reported() {
    let Some(daemon) = KeyStoreDaemon::bus_only() else { return };
    let reason = "no Secret Service answers on the session bus (install gnome-keyring, KWallet or KeePassXC)";
    for unlock in [Unlock::Never, Unlock::Ask] {
        let error = store(&daemon).get(&SealingKey, unlock).err();
        assert_eq!(error, Some(KeyStoreError::Missing(reason.to_owned())));
    }
}

#[test]
fn missing_or_remote_bus_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let socket = format!("unix:path={}/bus", dir.path().display());
    for (address, reason) in [
        ("", "this session has no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS is not set)"),
        ("tcp:host=127.0.0.1,port=1", "DBUS_SESSION_BUS_ADDRESS is not the address of a Unix socket"),
        (&socket, "cannot connect to the D-Bus session bus: No such file or directory (os error 2)"),
    ] {
        let error = store_at(address, dir.path()).get(&SealingKey, Unlock::Ask).err();
        assert_eq!(error, Some(KeyStoreError::Missing(reason.to_owned())));
    }
}

#[test]
fn broken_bus_is_an_error() {
    for answer in
        [&b""[..], b"garbage", b"OK \xff\r\n", b"REJECTED\r\n", b"OK 00000000000000000000000000000000\r\nl\x01"]
    {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("bus")).unwrap();
        let bus = spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            // The client may have closed the connection already.
            let _ = client.write_all(answer);
        });
        let store = store_at(&format!("unix:path={}/bus", dir.path().display()), dir.path());
        let error = store.get(&SealingKey, Unlock::Never).unwrap_err();
        assert!(matches!(error, KeyStoreError::Failed(_)), "{answer:?}: {error:?}");
        bus.join().unwrap();
    }
}
