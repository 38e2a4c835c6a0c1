//! A cache file with any content: reading never panics, and foreign entries are written back unchanged.
#![no_main]

use amplify_creds::cache::entry::CachedEntry;
use amplify_creds::cache::members::Members;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(file) = Members::parse(text) else { return };
    for (role, raw) in file.iter() {
        let Some(sessions) = Members::parse(raw.get()) else { continue };
        for (name, entry) in sessions.iter() {
            let _ = CachedEntry::read(entry.get());
            assert!(sessions.get(name).is_some());
        }
        let mut set = sessions.clone();
        set.set(role, raw);
        assert_eq!(set.get(role).map(|value| value.get()), Some(raw.get()));
    }
    let written = serde_json::to_string(&file).expect("members can be written");
    let again = Members::parse(&written).expect("and read again");
    let pairs = |members: &Members<'_>| {
        members.iter().map(|(name, value)| (name.to_owned(), value.get().to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(pairs(&file), pairs(&again));
});
