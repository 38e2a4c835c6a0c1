//! The three dialects, their profiles, the plan of each profile, the tool models and the doctor: no text makes them
//! panic, and every line number is valid.
#![no_main]

use amplify_creds::core::clock::Timestamp;
use amplify_creds::tools::{Tool, Views};
use amplify_creds::doctor::examine;
use amplify_creds::doctor::facts::{Facts, Trouble};
use amplify_creds::doctor::world::World;
use amplify_creds::doctor::visibility::VisibilityTable;
use amplify_creds::key_store::KeyStore;
use amplify_creds::os::env::Env;
use amplify_creds::os::lock::Locks;
use amplify_creds::os::paths::{Overrides, Paths};
use amplify_creds::plan::inputs::Inputs;
use amplify_creds::plan::build::build;
use amplify_creds::plan::kind::ProfileKind;
use amplify_creds::profile::load::Files;
use amplify_creds::profile_file::Dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str)| {
    let (config, credentials) = texts;
    let files = Files::from_text(config, credentials);
    let last = 1 + config.matches('\n').count().max(credentials.matches('\n').count());
    for dialect in [Dialect::Auto, Dialect::Aws, Dialect::Amplify] {
        let Ok(set) = files.profiles(dialect) else { continue };
        let all = set.all();
        // Each plan reads every profile, so a few plans are enough.
        for profile in all.iter().take(20) {
            assert!(set.get(&profile.name).is_some());
            let _ = ProfileKind::of(profile);
            for property in profile.parts().iter().flat_map(|part| &part.properties) {
                assert!((1..=last).contains(&(property.line as usize)));
            }
            let _ = build(&set, &profile.name, &Inputs::default());
        }
    }
    examined(&files, last);
});

fn examined(files: &Files, last: usize) {
    let views = Views::from_files(files);
    let Ok(set) = files.profiles(Dialect::Auto) else { return };
    let env = Env::fixed([("HOME", "/nonexistent")]);
    let Ok(paths) = Paths::find(&env, &Overrides::default()) else { return };
    let key_store = &KeyStore::new(&env, Locks::in_dir(&paths.cache_dir));
    let world = World { paths: &paths, env: &env, now: Timestamp(0), program: None, project: None, key_store, seals: false };
    let plan = |name: &str| {
        let trouble = |error| Trouble { error, message: String::new(), at: None, hint: None };
        build(&set, name, &Inputs::default()).map_err(trouble)
    };
    let facts = Facts::gather(files, &views, &set, &[], &world, &plan);
    for finding in examine(&facts) {
        let line = finding.hit.at.and_then(|at| at.line);
        assert!(line.is_none_or(|line| (1..=last).contains(&(line as usize))));
    }
    let visibilities = VisibilityTable::of(&facts);
    for name in visibilities.names().into_iter().take(20) {
        for consumer in Tool::ALL {
            let visibility = visibilities.visibility(consumer, name);
            assert_eq!(visibility.resolvable, visibility.reason.is_none());
        }
    }
}
