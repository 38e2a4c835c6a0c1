//! The three readings, the profiles made of them and the plan of each profile: no text makes them panic, and every line
//! number lies within its file.
#![no_main]

use amplify_creds::plan::build::{Inputs, build};
use amplify_creds::plan::kind::Kind;
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
        // A plan looks at every profile; a few are enough.
        for profile in all.iter().take(20) {
            assert!(set.get(&profile.name).is_some());
            let _ = Kind::of(profile);
            for property in profile.parts().iter().flat_map(|part| &part.properties) {
                assert!((1..=last).contains(&(property.line as usize)));
            }
            let _ = build(&set, &profile.name, &Inputs::default());
        }
    }
});
