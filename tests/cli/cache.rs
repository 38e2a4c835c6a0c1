//! The cache file: form, modes, access, and damaged files.

use std::fs;

use amplify_creds::core::clock::{Clock, Timestamp};
use serde_json::{Value, json};
use test_support::{TestHome, biz_corp as data};

use crate::{add_config, cache, json as document, without_mfa};

/// An entry of the Amplify CLI, flat or nested, with a duration of an hour.
fn amplifys(id: &str, nested: bool) -> Value {
    let expiration = Clock::System.now().plus(3600).iso_millis();
    let four = json!({"accessKeyId": id, "secretAccessKey": "s", "sessionToken": "t", "expiration": expiration});
    if nested { json!({ "credentials": four }) } else { four }
}

/// A home without configured endpoints, so that the program calls the real names, as for the Amplify CLI.
fn without_endpoint() -> TestHome {
    let home = TestHome::new(crate::PROGRAM);
    home.config("[profile nomfa]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n");
    home.credentials("[devcorpuser]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
    home
}

fn put_cache(home: &TestHome, value: &Value) {
    home.write(".amplify/awscloudformation/cache.json", serde_json::to_string_pretty(value).unwrap());
}

fn id(home: &TestHome, profile: &str) -> String {
    document(home.run(&["process", profile]).succeeded())["AccessKeyId"].as_str().unwrap().to_owned()
}

#[test]
fn cache_entry_has_both_shapes_and_metadata() {
    let (_sts, home) = without_mfa();
    let printed = document(home.run(&["process", "nomfa"]).succeeded());
    let file = cache(&home);
    let sessions = file[data::NO_MFA_ROLE].as_object().unwrap();
    assert_eq!(sessions.len(), 1);
    let (name, entry) = sessions.iter().next().unwrap();
    let mark = &entry["amplifyCreds"];
    let fingerprint = mark["fingerprint"].as_str().unwrap();
    assert_eq!(fingerprint.len(), 64);
    // The Amplify CLI cannot have a configured endpoint, so the plain name is not used.
    assert_eq!(*name, format!("amplify#{}", &fingerprint[..8]));
    for (key, printed_key) in
        [("accessKeyId", "AccessKeyId"), ("secretAccessKey", "SecretAccessKey"), ("sessionToken", "SessionToken")]
    {
        assert_eq!(entry[key], printed[printed_key]);
        assert_eq!(entry["credentials"][key], printed[printed_key]);
    }
    let expiration = entry["expiration"].as_str().unwrap();
    assert_eq!(expiration.replace(".000Z", "Z"), printed["Expiration"].as_str().unwrap());
    assert_eq!(
        (&mark["v"], &mark["profile"], &mark["accountId"]),
        (&json!(1), &json!("nomfa"), &json!("222222222222"))
    );
    let lifetime = mark["lifetime"].as_i64().unwrap();
    assert!((3000..=3605).contains(&lifetime), "{lifetime}");
    assert!(Timestamp::parse(mark["writtenAt"].as_str().unwrap()).is_some());
}

#[cfg(unix)]
#[test]
fn cache_file_modes_are_private_and_repaired() {
    use std::os::unix::fs::PermissionsExt;
    let (_sts, home) = without_mfa();
    fs::create_dir_all(home.cache_dir()).unwrap();
    fs::set_permissions(home.cache_dir(), fs::Permissions::from_mode(0o755)).unwrap();
    put_cache(&home, &json!({}));
    fs::set_permissions(home.cache_file(), fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["process", "nomfa"]).succeeded();
    let mode = |path: std::path::PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(home.cache_dir()), 0o700);
    assert_eq!(mode(home.cache_file()), 0o600);
    assert_eq!(mode(home.cache_dir().join("locks")), 0o700);
    for lock in fs::read_dir(home.cache_dir().join("locks")).unwrap() {
        assert_eq!(mode(lock.unwrap().path()), 0o600);
    }
    assert!(!home.cache_dir().join("cache.json.tmp").exists());
}

#[test]
fn amplify_cli_entry_is_used_for_unambiguous_profile() {
    for nested in [false, true] {
        let home = without_endpoint();
        put_cache(&home, &json!({data::NO_MFA_ROLE: {"amplify": amplifys("ASIAAMPLIFY", nested)}}));
        assert_eq!(id(&home, "nomfa"), "ASIAAMPLIFY");
    }
}

#[test]
fn amplify_cli_entry_is_not_used_for_other_sessions() {
    let (sts, home) = without_mfa();
    put_cache(&home, &json!({data::NO_MFA_ROLE: {"amplify": amplifys("ASIAAMPLIFY", false)}}));
    assert_ne!(id(&home, "nomfa"), "ASIAAMPLIFY", "an endpoint is configured");
    assert_eq!(cache(&home)[data::NO_MFA_ROLE]["amplify"]["accessKeyId"], "ASIAAMPLIFY", "a fresh one stays");
    assert_eq!(sts.count("AssumeRole"), 1);

    let home = without_endpoint();
    add_config(&home, "[profile twin]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = other\n");
    put_cache(&home, &json!({data::NO_MFA_ROLE: {"amplify": amplifys("ASIAAMPLIFY", false)}}));
    let closed = [("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")];
    home.run_with(&["process", "nomfa"], &closed).failed_with(6);
    let run = home.run_with(&["process", "nomfa", "--region", "us-east-1"], &[("HTTPS_PROXY", "http://127.0.0.1:1")]);
    run.failed_with(6);
}

#[test]
fn foreign_entries_are_kept_and_own_expired_removed() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let text = fs::read_to_string(home.cache_file()).unwrap();
    let (_, entry) = cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().clone().into_iter().next().unwrap();
    let mut over = entry.clone();
    over["expiration"] = json!("2020-01-01T00:00:00.000Z");
    over["credentials"]["expiration"] = json!("2020-01-01T00:00:00.000Z");
    let mut amplifys_over = amplifys("ASIAOVER", false);
    amplifys_over["expiration"] = json!("2020-01-01T00:00:00.000Z");
    let foreign = json!({
        "arn:aws:iam::333333333333:role/Theirs": {"amplify": amplifys_over, "x": {"y": [1, 2.50, null]}},
        "note": "not a role",
        "number": 12.5,
        "arn:aws:iam::444444444444:role/Gone": {"amplify#12345678": over},
        data::NO_MFA_ROLE: {"old#00000000": over, "someone": amplifys("ASIASOMEONE", true)},
    });
    drop(text);
    put_cache(&home, &foreign);
    home.run(&["process", "nomfa"]).succeeded();
    let after = cache(&home);
    assert_eq!(after["arn:aws:iam::333333333333:role/Theirs"], foreign["arn:aws:iam::333333333333:role/Theirs"]);
    assert_eq!((&after["note"], &after["number"]), (&foreign["note"], &foreign["number"]));
    assert!(after.get("arn:aws:iam::444444444444:role/Gone").is_none(), "nothing was left of it");
    let sessions = after[data::NO_MFA_ROLE].as_object().unwrap();
    assert_eq!(sessions["someone"], foreign[data::NO_MFA_ROLE]["someone"]);
    assert_eq!(sessions.len(), 2, "{:?}", sessions.keys());
}

#[test]
fn cache_separates_identity_external_id_and_session_name() {
    let (sts, home) = without_mfa();
    let first = id(&home, "nomfa");
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    let mut seen = vec![first.clone()];
    for change in ["external_id = another", "role_session_name = another"] {
        home.config(&format!("{config}{change}\n"));
        seen.push(id(&home, "nomfa"));
    }
    home.config(&config);
    sts.edit_world(|world| {
        world.put_user(test_support::User::new("arn:aws:iam::111111111111:user/second", "AKIASECOND", "second-secret"));
    });
    home.credentials("[devcorpuser]\naws_access_key_id = AKIASECOND\naws_secret_access_key = second-secret\n");
    seen.push(id(&home, "nomfa"));
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen.len(), "{seen:?}");
    assert_eq!(sts.count("AssumeRole"), 4);
    // Region and duration change neither the identity nor the permissions of a session.
    home.run(&["process", "nomfa", "--region", "eu-west-1", "--duration", "30m"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 4);
}

#[test]
fn corrupt_cache_is_a_miss_and_renamed() {
    let deep = format!("{}{}", "{\"a\":".repeat(5000), "1".to_owned() + &"}".repeat(5000));
    let rows: [(&str, &[u8], bool); 8] = [
        ("corrupt", b"{\"a\": nope", true),
        ("truncated", b"{\"arn:aws:iam::222222222222:role/NoMfa\": {\"amplify\": {", true),
        ("empty", b"", false),
        ("null", b"null", true),
        ("array", b"[1]", true),
        ("not UTF-8", b"{\"\xff\": 1}", true),
        ("deep", deep.as_bytes(), false),
        ("wrong types", br#"{"arn:aws:iam::222222222222:role/NoMfa": {"amplify": 7}}"#, false),
    ];
    for (name, text, is_set_aside) in rows {
        let (sts, home) = without_mfa();
        home.write(".amplify/awscloudformation/cache.json", text);
        let first = home.run(&["process", "nomfa"]);
        assert_eq!(first.succeeded(), home.run(&["process", "nomfa"]).succeeded(), "{name}");
        assert_eq!(sts.count("AssumeRole"), 1, "{name}");
        let corrupt = home.cache_dir().join("cache.json.corrupt");
        assert_eq!(corrupt.exists(), is_set_aside, "{name}");
        if is_set_aside {
            assert_eq!(fs::read(corrupt).unwrap(), text, "{name}");
        }
    }
}

#[test]
fn session_written_in_the_future_is_ignored() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let mut file = cache(&home);
    let entry = file[data::NO_MFA_ROLE].as_object_mut().unwrap().values_mut().next().unwrap();
    entry["amplifyCreds"]["writtenAt"] = json!(Clock::System.now().plus(7200).rfc3339());
    put_cache(&home, &file);
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[cfg(target_os = "linux")]
mod ownership {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};
    use std::os::unix::process::CommandExt;

    use super::*;

    /// Another user, who exists on every Unix.
    const NOBODY: u32 = 65_534;

    fn is_root() -> bool {
        std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0
    }

    /// Runs as `nobody`, who may read the home but does not own anything in it.
    fn run_as_nobody(home: &TestHome, profile: &str) -> test_support::Finished {
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = home.write_program("program", fs::read(home.program()).unwrap());
        let mut command = std::process::Command::new(program);
        command.args(["process", profile, "-v"]).env_clear().envs(home.environment()).uid(NOBODY).gid(NOBODY);
        command.process_group(0).output().unwrap().into()
    }

    fn credentials_without_cache(sts: &test_support::FakeSts, run: &test_support::Finished) {
        assert_eq!(run.code, Some(0), "{run:?}");
        document(&run.stdout);
        assert_eq!(sts.count("AssumeRole"), 1);
    }

    #[test]
    fn cache_directory_of_other_user_is_not_changed() {
        if !is_root() {
            return eprintln!("skipped: needs root");
        }
        let (sts, home) = without_mfa();
        fs::create_dir_all(home.cache_dir()).unwrap();
        fs::set_permissions(home.cache_dir(), fs::Permissions::from_mode(0o755)).unwrap();
        chown(home.cache_dir(), Some(NOBODY), Some(NOBODY)).unwrap();
        let run = home.run(&["process", "nomfa", "-v"]);
        credentials_without_cache(&sts, &run);
        assert!(run.stderr.contains("belongs to another user"), "{}", run.stderr);
        assert_eq!(fs::read_dir(home.cache_dir()).unwrap().count(), 0);
        assert_eq!(fs::metadata(home.cache_dir()).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn unwritable_home_still_returns_credentials() {
        if !is_root() {
            return eprintln!("skipped: needs root");
        }
        let (sts, home) = without_mfa();
        let run = run_as_nobody(&home, "nomfa");
        credentials_without_cache(&sts, &run);
        assert!(run.stderr.contains("not cached"), "{}", run.stderr);
    }

    #[test]
    fn cache_link_into_foreign_directory_is_refused() {
        if !is_root() {
            return eprintln!("skipped: needs root");
        }
        let home = without_endpoint();
        put_cache(&home, &json!({data::NO_MFA_ROLE: {"amplify": amplifys("ASIAEVIL", false)}}));
        let elsewhere = home.path().join("elsewhere");
        fs::rename(home.cache_dir(), &elsewhere).unwrap();
        chown(&elsewhere, Some(NOBODY), Some(NOBODY)).unwrap();
        symlink(&elsewhere, home.cache_dir()).unwrap();
        let unreachable = [("HTTPS_PROXY", "http://127.0.0.1:1")];
        home.run_with(&["process", "nomfa"], &unreachable).failed_with(6);
        chown(&elsewhere, Some(0), Some(0)).unwrap();
        assert_eq!(id(&home, "nomfa"), "ASIAEVIL", "root's directory is accepted");
    }

    #[test]
    fn world_writable_cache_is_not_trusted() {
        let (sts, home) = without_mfa();
        let file = home.cache_dir().join("cache.json");
        for (path, mode) in [(&file, 0o666), (&home.cache_dir(), 0o777)] {
            let cached = id(&home, "nomfa");
            fs::write(&file, fs::read_to_string(&file).unwrap().replace(&cached, "ASIAEVIL")).unwrap();
            assert_eq!(id(&home, "nomfa"), "ASIAEVIL");
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            assert_ne!(id(&home, "nomfa"), "ASIAEVIL", "{mode:o}");
            assert!(!fs::read_to_string(&file).unwrap().contains("ASIAEVIL"));
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
        }
        assert_eq!(sts.count("AssumeRole"), 3);
    }

    #[test]
    fn group_writable_cache_is_read_and_made_private() {
        let (_sts, home) = without_mfa();
        let file = home.cache_dir().join("cache.json");
        let cached = id(&home, "nomfa");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
        fs::set_permissions(home.cache_dir(), fs::Permissions::from_mode(0o775)).unwrap();
        assert_eq!(id(&home, "nomfa"), cached);
        home.run(&["process", "nomfa", "--refresh"]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(home.cache_dir()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
