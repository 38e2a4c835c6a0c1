use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use amplify_creds::core::secret::Secret;
use amplify_creds::key_store::{KeyStore, KeyStoreError, Unlock};
use test_support::KeyStoreDaemon;

use crate::prompting_service::{Behaviour, Prompts, serve};
use crate::{access_key, store};

fn start(prompts: Prompts) -> Option<(KeyStoreDaemon, Arc<AtomicUsize>)> {
    start_as(behaviour(prompts))
}

fn behaviour(prompts: Prompts) -> Behaviour {
    Behaviour { prompts, open_until: 0, prompts_for_changes: false, crashes_at: None }
}

fn start_as(behaviour: Behaviour) -> Option<(KeyStoreDaemon, Arc<AtomicUsize>)> {
    let daemon = KeyStoreDaemon::bus_only()?;
    let shown = serve(daemon.address(), behaviour);
    Some((daemon, shown))
}

fn get(store: &KeyStore, unlock: Unlock) -> Result<Option<String>, KeyStoreError> {
    Ok(store.get(&access_key("dev"), unlock)?.map(|secret| secret.expose().to_owned()))
}

#[test]
fn accepted_prompt_unlocks() {
    let Some((daemon, shown)) = start(Prompts::Accepted) else { return };
    let store = store(&daemon);
    assert_eq!(get(&store, Unlock::Never), Err(KeyStoreError::Locked));
    assert_eq!(shown.load(Ordering::SeqCst), 0);
    assert_eq!(get(&store, Unlock::Ask).unwrap().as_deref(), Some("hidden"));
    assert_eq!(get(&store, Unlock::Ask).unwrap().as_deref(), Some("hidden"));
    assert_eq!(shown.load(Ordering::SeqCst), 1);
}

#[test]
fn dismissed_prompt_is_reported_and_shown_again_later() {
    let Some((daemon, shown)) = start(Prompts::Dismissed) else { return };
    let store = store(&daemon);
    for count in 1..=2 {
        assert_eq!(get(&store, Unlock::Ask), Err(KeyStoreError::Dismissed));
        assert_eq!(shown.load(Ordering::SeqCst), count);
    }
}

#[test]
fn unlocking_without_prompt_needs_no_permission() {
    let Some((daemon, shown)) = start(Prompts::None) else { return };
    assert_eq!(get(&store(&daemon), Unlock::Never).unwrap().as_deref(), Some("hidden"));
    assert_eq!(shown.load(Ordering::SeqCst), 0);
}

#[test]
fn parallel_calls_show_one_prompt() {
    for prompts in [Prompts::Accepted, Prompts::Dismissed] {
        // Two calls by the one that shows the prompt, and one by the other, which then waits.
        let behaviour = Behaviour { open_until: 3, ..behaviour(prompts) };
        let Some((daemon, shown)) = start_as(behaviour) else { return };
        let stores = [store(&daemon), store(&daemon)];
        let results = scope(|scope| {
            let threads = stores.each_ref().map(|store| scope.spawn(|| get(store, Unlock::Ask)));
            threads.map(|thread| thread.join().unwrap())
        });
        let expected = match prompts {
            Prompts::Dismissed => Err(KeyStoreError::Dismissed),
            _ => Ok(Some("hidden".to_owned())),
        };
        assert_eq!(results, [expected.clone(), expected]);
        assert_eq!(shown.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn changes_may_need_prompts() {
    let behaviour = Behaviour { prompts_for_changes: true, ..behaviour(Prompts::Accepted) };
    let Some((daemon, shown)) = start_as(behaviour) else { return };
    let (store, item) = (store(&daemon), access_key("dev"));
    store.put(&item, &Secret::from("new"), Unlock::Ask).unwrap();
    assert_eq!(shown.load(Ordering::SeqCst), 2, "one to unlock, one to replace the item");
    assert_eq!(get(&store, Unlock::Never).unwrap().as_deref(), Some("new"));
    assert_eq!(store.delete(&item, Unlock::Never), Err(KeyStoreError::Locked));
    assert!(store.delete(&item, Unlock::Ask).unwrap());
    assert_eq!(get(&store, Unlock::Never).unwrap(), None);
}

/// `count` services that crash at the method, and one that does not. Each takes the place of the one before.
fn start_crashing(method: &'static str, count: usize) -> Option<KeyStoreDaemon> {
    let daemon = KeyStoreDaemon::bus_only()?;
    for _ in 0..count {
        serve(daemon.address(), Behaviour { crashes_at: Some(method), ..behaviour(Prompts::None) });
    }
    serve(daemon.address(), behaviour(Prompts::None));
    Some(daemon)
}

fn disconnected() -> KeyStoreError {
    let text = "Message recipient disconnected from message bus without replying";
    KeyStoreError::Failed(format!("the Secret Service reports org.freedesktop.DBus.Error.NoReply: {text}"))
}

#[test]
fn crash_at_open_session_is_survived_once() {
    let Some(daemon) = start_crashing("OpenSession", 1) else { return };
    assert_eq!(get(&store(&daemon), Unlock::Never).unwrap().as_deref(), Some("hidden"));
    let Some(daemon) = start_crashing("OpenSession", 2) else { return };
    assert_eq!(get(&store(&daemon), Unlock::Never), Err(disconnected()));
}

#[test]
fn crash_without_new_service_is_reported() {
    let Some((daemon, _)) = start_as(Behaviour { crashes_at: Some("OpenSession"), ..behaviour(Prompts::None) }) else {
        return;
    };
    assert_eq!(get(&store(&daemon), Unlock::Ask), Err(disconnected()));
}

#[test]
fn crash_at_another_call_is_reported() {
    let Some(daemon) = start_crashing("SearchItems", 1) else { return };
    assert_eq!(store(&daemon).delete(&access_key("dev"), Unlock::Never), Err(disconnected()));
}
