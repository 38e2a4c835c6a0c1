use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use amplify_creds::core::secret::Secret;
use amplify_creds::key_store::{KeyStore, KeyStoreError, Unlock};
use test_support::KeyStoreDaemon;

use crate::prompting_service::{Behaviour, Prompts, serve};
use crate::{access_key, store};

fn start(prompts: Prompts) -> Option<(KeyStoreDaemon, Arc<AtomicUsize>)> {
    start_as(Behaviour { prompts, open_until: 0, prompts_for_changes: false })
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
        let behaviour = Behaviour { prompts, open_until: 3, prompts_for_changes: false };
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
    let behaviour = Behaviour { prompts: Prompts::Accepted, open_until: 0, prompts_for_changes: true };
    let Some((daemon, shown)) = start_as(behaviour) else { return };
    let (store, item) = (store(&daemon), access_key("dev"));
    store.put(&item, &Secret::from("new"), Unlock::Ask).unwrap();
    assert_eq!(shown.load(Ordering::SeqCst), 2, "one to unlock, one to replace the item");
    assert_eq!(get(&store, Unlock::Never).unwrap().as_deref(), Some("new"));
    assert_eq!(store.delete(&item, Unlock::Never), Err(KeyStoreError::Locked));
    assert!(store.delete(&item, Unlock::Ask).unwrap());
    assert_eq!(get(&store, Unlock::Never).unwrap(), None);
}
