use crate::core::clock::{Clock, Timestamp};
use crate::key_store::KeyStore;
use crate::os::env::Env;
use crate::os::lock::Locks;
use crate::os::paths::{Overrides, Paths};
use crate::plan::build::build;
use crate::plan::inputs::Inputs;
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::tools::Views;

use super::facts::Trouble;
use super::world::World;
use super::*;

/// The findings as `code place profile`, without those that only say whether a profile is a role.
fn findings(config: &str, credentials: &str, env: &Env) -> Vec<String> {
    let files = Files::from_text(config, credentials);
    let views = Views::from_files(&files);
    let set = files.profiles(Dialect::Auto).unwrap();
    let paths = Paths::find(&Env::fixed([("HOME", "/nonexistent")]), &Overrides::default()).unwrap();
    let key_store = &KeyStore::new(env, Locks::in_dir(&paths.cache_dir));
    let now = Clock::Fixed(Timestamp(0)).now();
    let world = World {
        paths: &paths,
        env,
        now,
        program: None,
        project: None,
        key_store,
        seals: false,
        invalid_settings: Vec::new(),
    };
    let plan = |name: &str| {
        let trouble = |error| Trouble { error, message: "broken".to_owned(), at: None, hint: None };
        build(&set, name, &Inputs::default())
            .map_err(|error| Trouble { at: error.location().cloned(), ..trouble(error) })
    };
    let facts = Facts::gather(&files, &views, &set, &[], &world, &plan);
    let shown = |finding: &Finding| {
        let place =
            finding.hit.at.as_ref().map_or_else(String::new, |at| at.shown().trim_start_matches('/').to_owned());
        format!("{} {place} {}", finding.check.code, finding.hit.profile.as_deref().unwrap_or("-"))
    };
    let usual = ["no_credentials", "amplify_role"];
    examine(&facts).iter().filter(|finding| !usual.contains(&finding.check.code)).map(shown).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn config_mistake_has_one_finding_at_its_line() {
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    let keys = "[k]\naws_access_key_id = A\naws_secret_access_key = s\n";
    let rows: [(&str, &str, &str, &[&str]); 55] = [
        ("a clean pair", "[default]\nregion = r\n[profile k]\nregion = r\n", keys, &[]),
        ("BOM", "\u{feff}[profile a]\nregion = r\n", "", &["byte_order_mark config:1 -"]),
        ("no ]", "[profile a\nregion = r\n", "", &["header_not_closed config:1 -"]),
        ("text behind", "[profile a] b\nregion = r\n", "", &["text_after_header config:1 a"]),
        ("before all", "region = r\n[profile a]\nregion = r\n", "", &["outside_section config:1 -"]),
        ("junk", "[profile a]\njunk\n", "", &["no_property config:2 a"]),
        ("colon", "[profile a]\nregion: r\noutput = json\n", "", &["colon config:2 a"]),
        ("colon first", "[profile a]\nregion: r=s\noutput = json\n", "", &["colon config:2 a"]),
        ("no-break space", "[profile a]\nregion = r\u{a0}\n", "", &["wide_blank config:2 a"]),
        (
            "command on two lines",
            "[profile a]\ncredential_process = /bin/sh -x\n  -y\n",
            "",
            &["read_differently config:2 a"],
        ),
        (
            "command in quotes",
            "[profile a]\ncredential_process = \"/bin/sh\" \"a b\"\n",
            "",
            &["read_differently config:2 a"],
        ),
        ("command with a quote behind", "[profile a]\ncredential_process = /bin/sh \"a b\"\n", "", &[]),
        (
            "~ in a path",
            "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/x\nweb_identity_token_file = ~/t\n",
            "",
            &["home_path config:3 a"],
        ),
        ("region in capitals", "[profile a]\nregion = EU-WEST-1\n", "", &["region_capitals config:2 a"]),
        ("indented", "[profile a]\n  region = r\n", "", &["indented_property config:2 a"]),
        (
            "CR",
            "[profile a]\nregion = r\rs\noutput = json\n",
            "",
            &["no_property config:2 a", "lone_carriage_return config:2 a"],
        ),
        (
            "section twice",
            "[profile a]\nregion = r\n[profile a]\noutput = json\n",
            "",
            &["duplicate_section config:3 a"],
        ),
        ("key twice", "[profile a]\nregion = r\nregion = s\n", "", &["duplicate_key config:3 a"]),
        ("key twice in two sections", "[profile a]\nregion = r\n[profile b]\nregion = s\n", "", &[]),
        (
            "mark in a header",
            "[profile a#b]\nregion = r\n",
            "",
            &["rejected_by_some config:1 -", "hidden_name config:1 a#b"],
        ),
        ("bad block", "[profile a]\ns3 =\n  junk\n", "", &["rejected config:2 -", "rejected_by_some config:3 -"]),
        ("blank behind", "[profile a] \nregion = r\n", "", &["header_not_alone config:1 a"]),
        ("comment behind", "[profile a] # b\nregion = r\n", "", &["header_not_alone config:1 a"]),
        ("dotted", "[profile a.b]\nregion = r\n", "", &["hidden_name config:1 a.b"]),
        ("dotted with alias", "[profile a.b]\nregion = r\n[a\\.b]\nregion = r\n", "", &[]),
        (
            "alias that differs",
            "[profile a.b]\nregion = r\n[a\\.b]\nregion = s\n",
            "",
            &["spelling_left_out config:3 a.b"],
        ),
        ("dotted pair", "[profile a.b]\nregion = r\n[profile a\\.b]\nregion = r\n", "", &["dotted_pair config:3 a.b"]),
        ("no prefix", "[a]\nregion = r\n", "", &["hidden_name config:1 a"]),
        ("for Amplify alone", "[my-profile]\nregion = r\n", "", &["hidden_name config:1 my-"]),
        ("not meant as one", "[sso-session a]\nsso_region = r\n[services b]\ns3 =\n  k = v\n", "", &[]),
        ("a blank", "[profile a b]\nregion = r\n", "", &["hidden_name config:1 a b"]),
        ("letters", "", "[m\u{fc}ller]\nregion = r\n", &["hidden_name credentials:1 m\u{fc}ller"]),
        ("prefix in credentials", "", "[profile a]\nregion = r\n", &["hidden_name credentials:1 profile a"]),
        ("two for one", "[profile a]\nregion = r\n[profile  a]\noutput = json\n", "", &["same_name config:3 a"]),
        (
            "two defaults",
            "[default]\nregion = r\n[profile default]\noutput = json\n",
            "",
            &["same_name config:3 default"],
        ),
        ("comment", "[profile a]\nregion = r # c\n", "", &["read_differently config:2 a"]),
        ("quotes", "[profile a]\nregion = \"r\"\n", "", &["read_differently config:2 a"]),
        ("two lines", "[profile a]\nregion = r\n  s\n", "", &["read_differently config:2 a"]),
        ("a block", "[profile a]\ns3 =\n  max_attempts = 2\n", "", &[]),
        (
            "comment in a command",
            "[profile a]\ncredential_process = /bin/true #x\n",
            "",
            &["process_comment config:2 a"],
        ),
        ("block over a key", "[profile a]\nregion = r\ns3 =\n  region = s\n", "", &["flattened_block config:4 a"]),
        ("block before the key", "[profile a]\ns3 =\n  region = s\nregion = r\n", "", &[]),
        (
            "typo",
            "[profile a]\nreigon = r\nmfa-serial = m\nx_own = 1\n",
            "",
            &["key_typo config:2 a", "key_typo config:3 a"],
        ),
        ("half a pair", "", "[a]\naws_access_key_id = A\n", &["half_pair credentials:2 a"]),
        (
            "zero-width character in a key",
            "",
            "[a]\naws_access_key_id = A\naws_secret_access_key = s\naws_session_token = t\u{200b}\n",
            &["invalid_key credentials:4 a"],
        ),
        ("stale token", "[profile k]\naws_session_token = t\n", keys, &["stale_token config:2 k"]),
        ("several kinds", "[profile k]\ncredential_process = /bin/true\n", keys, &["mixed_kinds credentials:2 k"]),
        (
            "loop",
            "[profile a]\nROLEsource_profile = b\n[profile b]\nROLEsource_profile = a\n",
            "",
            &["chain config:3 a"],
        ),
        (
            "missing source",
            "[profile a]\nROLEsource_profile = b\n[profile c]\nROLEsource_profile = a\n",
            "",
            &["chain config:3 a"],
        ),
        (
            "long chain",
            "[profile a]\nROLEsource_profile = k\n[profile b]\nROLEsource_profile = a\nduration_seconds = 7200\n",
            keys,
            &["duration_capped config:7 b"],
        ),
        (
            "MFA",
            "[profile a]\nROLEsource_profile = k\nmfa_serial = arn:aws:iam::111111111111:mfa/u\n",
            keys,
            &["mfa_ignored config:4 a"],
        ),
        (
            "itself",
            "[profile a]\ncredential_process = /bin/amplify-creds process a\n",
            "",
            &["process_missing config:2 a", "key_store  -", "key_without_mfa config:2 a"],
        ),
        (
            "regions of one start URL",
            "[profile a]\nSSOsso_start_url = https://u/start\nsso_region = eu-west-1\n\
             [profile b]\nSSOsso_session = s\n[profile c]\nSSOsso_session = s\n\
             [sso-session s]\nsso_start_url = https://u/start#/\nsso_region = us-east-1\n",
            "",
            &["sso_regions_differ config:16 b"],
        ),
        ("nothing there", "[profile a]\ncredential_process = /no/such/thing\n", "", &["process_missing config:2 a"]),
        (
            "home",
            "[profile a]\ncredential_process = ~/thing\n",
            "",
            &["process_missing config:2 a", "process_shell config:2 a"],
        ),
    ];
    let sso = "sso_account_id = 111111111111\nsso_role_name = r\n";
    let mut wrong = Vec::new();
    for (name, config, credentials, expected) in rows {
        let found = findings(&config.replace("ROLE", role).replace("SSO", sso), credentials, &Env::fixed([]));
        if found != expected {
            wrong.push(format!("{name}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn variables_that_shadow_a_profile_are_reported() {
    let env = |variables: [(&str, &str); 3]| findings("[profile dev]\nregion = r\n", "", &Env::fixed(variables));
    let none = ("X", "x");
    assert!(env([("AWS_PROFILE", "dev"), none, none]).is_empty());
    assert_eq!(env([("AWS_PROFILE", "prod"), none, none]), ["profile_variable  -"]);
    assert_eq!(env([("AWS_PROFILE", "dev"), ("AWS_ACCESS_KEY_ID", "A"), none]), ["keys_shadow_profile  -"]);
    assert_eq!(
        env([("AWS_PROFILE", "dev"), ("AWS_DEFAULT_PROFILE", "x"), none]),
        ["profile_variable  -", "variables_disagree  -"]
    );
}

#[test]
fn secret_values_are_not_in_findings() {
    let files = Files::from_text("", "[a]\naws_access_key_id = AKIA1\naws_secret_access_key = hu#sh\n");
    let views = Views::from_files(&files);
    let set = files.profiles(Dialect::Auto).unwrap();
    let paths = Paths::find(&Env::fixed([("HOME", "/nonexistent")]), &Overrides::default()).unwrap();
    let env = Env::fixed([]);
    let key_store = &KeyStore::new(&env, Locks::in_dir(&paths.cache_dir));
    let world = World {
        paths: &paths,
        env: &env,
        now: Timestamp(0),
        program: None,
        project: None,
        key_store,
        seals: false,
        invalid_settings: Vec::new(),
    };
    let plan = |_: &str| Ok(crate::plan::build::build(&set, "a", &Inputs::default()).unwrap());
    let facts = Facts::gather(&files, &views, &set, &[], &world, &plan);
    let all = examine(&facts);
    assert!(all.iter().any(|finding| finding.check.code == "read_differently"));
    assert!(
        all.iter().all(|finding| !format!("{finding:?}").contains("hu#sh") && !format!("{finding:?}").contains("`hu"))
    );
}

#[test]
fn codes_are_unique_and_in_one_spelling() {
    let mut codes: Vec<_> = CHECKS.iter().map(|check| check.code).collect();
    assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), CHECKS.len());
}
