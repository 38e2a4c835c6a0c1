//! `seal = on`: sessions are encrypted with a key in gnome-keyring and in the kernel's keyring.

use std::fs;
use std::process::{Command, Stdio};

use amplify_creds::cache::sealing::kernel_key_name;
use amplify_creds::os::kernel_keyring;
use serde_json::{Value, json};
use test_support::{FakeSts, Finished, KeyStoreDaemon, TestHome, biz_corp as data};

use crate::{cache, fresh_code, json as document, without_mfa};

struct SealedHome {
    sts: FakeSts,
    home: TestHome,
    daemon: KeyStoreDaemon,
}

impl SealedHome {
    /// `None` if gnome-keyring is not installed.
    fn new() -> Option<Self> {
        let daemon = KeyStoreDaemon::unlocked()?;
        let (sts, home) = without_mfa();
        let story = Self { sts, home, daemon };
        story.seal("on");
        Some(story)
    }

    fn seal(&self, value: &str) {
        self.home.write(".config/amplify-creds/config.ini", format!("seal = {value}\n"));
    }

    fn run(&self, args: &[&str]) -> Finished {
        self.home.run_with(args, &[("DBUS_SESSION_BUS_ADDRESS", self.daemon.address())])
    }

    /// Like a session in which no store runs.
    fn run_without_store(&self, args: &[&str]) -> Finished {
        self.home.run(args)
    }

    fn entry(&self, role: &str) -> Value {
        cache(&self.home)[role].as_object().unwrap().values().next().unwrap().clone()
    }

    fn forget_kernel_key(&self) {
        kernel_keyring::remove(&kernel_key_name(&self.home.cache_dir()));
    }

    fn kernel_has_key(&self) -> bool {
        kernel_keyring::read(&kernel_key_name(&self.home.cache_dir())).is_some()
    }

    /// No file of the home has one of the texts.
    fn is_nowhere(&self, secrets: &[&str]) {
        for entry in walk(self.home.path()) {
            let text = String::from_utf8_lossy(&fs::read(&entry).unwrap()).into_owned();
            for secret in secrets {
                assert!(!text.contains(secret), "{secret} in {}", entry.display());
            }
        }
    }
}

impl Drop for SealedHome {
    fn drop(&mut self) {
        self.forget_kernel_key();
    }
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Containers often have no kernel keyring.
fn kernel_has_keyring() -> bool {
    let works = kernel_keyring::write("amplify-creds:test", b"x", 60).is_ok();
    if !works {
        eprintln!("the kernel's keyring cannot be used here");
    }
    kernel_keyring::remove("amplify-creds:test");
    works
}

#[test]
fn sealed_session_has_no_secret_in_any_file_and_is_a_hit() {
    let Some(story) = SealedHome::new() else { return };
    let printed = document(story.run(&["process", "nomfa"]).succeeded());
    let secrets = ["SecretAccessKey", "SessionToken"].map(|key| printed[key].as_str().unwrap().to_owned());
    story.is_nowhere(&[&secrets[0], &secrets[1]]);
    let entry = story.entry(data::NO_MFA_ROLE);
    assert_eq!(entry.as_object().unwrap().keys().collect::<Vec<_>>(), ["amplifyCreds"], "fields of the Amplify CLI");
    let calls = story.sts.calls().len();
    assert_eq!(document(story.run(&["process", "nomfa"]).succeeded()), printed);
    assert_eq!(story.sts.calls().len(), calls);
    let sessions = document(story.run(&["sessions", "--json"]).succeeded());
    assert_eq!((&sessions[0]["sealed"], &sessions[0]["profile"]), (&json!(true), &json!("nomfa")));
    let listed = document(story.run_without_store(&["list", "--json"]).succeeded());
    let profile = listed.as_array().unwrap().iter().find(|profile| profile["name"] == "nomfa").unwrap();
    assert!(profile["session"]["seconds_left"].as_i64().unwrap() > 3000, "{profile}");
    let explained = document(story.run_without_store(&["explain", "nomfa", "--json"]).succeeded());
    assert_eq!(explained["cache"][0]["state"], "valid");
}

#[test]
fn hit_with_kernel_key_needs_no_store_and_no_possession() {
    let Some(story) = SealedHome::new() else { return };
    if !kernel_has_keyring() {
        return;
    }
    let printed = story.run(&["process", "nomfa"]).succeeded().to_owned();
    assert!(story.kernel_has_key());
    assert_eq!(story.run_without_store(&["process", "nomfa"]).succeeded(), printed);
    let keyctl = Command::new("keyctl").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if keyctl.is_err() {
        eprintln!("keyctl is not installed");
        return;
    }
    // A login session of its own.
    let mut other = Command::new("keyctl");
    other.args(["session", "-"]).arg(story.home.program()).args(["process", "nomfa"]);
    other.env_clear().envs(story.home.environment()).env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    let output = other.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{output:?}");
}

#[test]
fn lost_kernel_key_is_refilled_from_store() {
    let Some(story) = SealedHome::new() else { return };
    let printed = story.run(&["process", "nomfa"]).succeeded().to_owned();
    story.forget_kernel_key();
    let calls = story.sts.calls().len();
    assert_eq!(story.run(&["process", "nomfa"]).succeeded(), printed);
    assert_eq!(story.sts.calls().len(), calls);
    assert!(!kernel_has_keyring() || story.kernel_has_key());
}

#[test]
fn locked_or_missing_store_costs_the_cache_and_is_reported_once() {
    let Some(story) = SealedHome::new() else { return };
    for (run, reason) in [(story.run_without_store(&["process", "nomfa"]), "DBUS_SESSION_BUS_ADDRESS"), {
        story.daemon.lock();
        (story.run(&["process", "nomfa"]), "locked")
    }] {
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.contains("SessionToken"), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        assert!(run.first_error_line().starts_with("amplify-creds: the session is not cached: "), "{run:?}");
        assert!(run.stderr.contains(reason), "{run:?}");
        assert!(!story.home.cache_file().exists());
    }
}

#[test]
fn mfa_is_not_prompted_for_a_session_that_cannot_be_sealed() {
    let Some(story) = SealedHome::new() else { return };
    story.daemon.lock();
    let run = story.run(&["process", "bizcorprole"]);
    run.failed_with(4);
    assert!(run.stderr.contains("locked") && run.stderr.contains("amplify-creds login bizcorprole"), "{run:?}");
    assert_eq!(story.sts.calls().len(), 0);
    // A code that was given is used.
    let code = fresh_code(&story.sts);
    let run = story.run(&["process", "bizcorprole", "-t", &code]);
    assert_eq!((run.code, run.stderr.lines().count()), (Some(0), 1), "{run:?}");
    // Without the cache nothing has to be sealed.
    let run = story.run(&["process", "bizcorprole", "--no-cache", "--no-input"]);
    run.failed_with(4);
    assert!(run.stderr.contains("MFA") && !run.stderr.contains("seal"), "{run:?}");
}

#[test]
fn mfa_session_is_sealed() {
    let Some(story) = SealedHome::new() else { return };
    let code = fresh_code(&story.sts);
    let printed = document(story.run(&["process", "bizcorprole", "-t", &code]).succeeded());
    let token = printed["SessionToken"].as_str().unwrap();
    story.is_nowhere(&[token, printed["SecretAccessKey"].as_str().unwrap()]);
    for (outer, sessions) in cache(&story.home).as_object().unwrap() {
        for (name, entry) in sessions.as_object().unwrap() {
            assert!(entry["amplifyCreds"]["sealed"]["data"].is_string(), "{outer} {name} {entry}");
            assert!(entry.get("secretAccessKey").is_none() && entry.get("credentials").is_none(), "{entry}");
        }
    }
    // The role's session is renewed with the sealed MFA session.
    story.run(&["process", "bizcorprole", "--refresh", "--no-input"]).succeeded();
}

#[test]
fn clear_sessions_are_sealed_by_the_next_write_and_back() {
    let Some(story) = SealedHome::new() else { return };
    story.seal("off");
    let clear = document(story.run(&["process", "nomfa"]).succeeded());
    let secret = clear["SecretAccessKey"].as_str().unwrap();
    story.seal("on");
    assert_eq!(document(story.run(&["process", "nomfa"]).succeeded()), clear);
    let code = fresh_code(&story.sts);
    story.run(&["process", "bizcorprole", "-t", &code]).succeeded();
    story.is_nowhere(&[secret]);
    assert_eq!(document(story.run(&["process", "nomfa"]).succeeded()), clear);
    story.seal("off");
    assert_eq!(document(story.run(&["process", "nomfa"]).succeeded()), clear, "sealed sessions can still be used");
    let renewed = document(story.run(&["process", "nomfa", "--refresh"]).succeeded());
    assert_eq!(story.entry(data::NO_MFA_ROLE)["secretAccessKey"], renewed["SecretAccessKey"]);
}

#[test]
fn entries_of_the_amplify_cli_stay_as_they_are() {
    let Some(story) = SealedHome::new() else { return };
    let entry = json!({"accessKeyId": "ASIA1", "secretAccessKey": "s", "sessionToken": "t",
        "expiration": "2099-01-01T00:00:00.000Z"});
    let role = "arn:aws:iam::333333333333:role/Other";
    story.home.write(".amplify/awscloudformation/cache.json", json!({role: {"amplify": entry}}).to_string());
    story.run(&["process", "nomfa"]).succeeded();
    assert_eq!(story.entry(role), entry);
}

#[test]
fn session_of_a_lost_sealing_key_is_fetched_again() {
    let Some(story) = SealedHome::new() else { return };
    let first = document(story.run(&["process", "nomfa"]).succeeded());
    story.forget_kernel_key();
    // Another store, as after a new installation of the system.
    let daemon = KeyStoreDaemon::unlocked().unwrap();
    let run = |args: &[&str]| story.home.run_with(args, &[("DBUS_SESSION_BUS_ADDRESS", daemon.address())]);
    let second = document(run(&["process", "nomfa"]).succeeded());
    assert_ne!(first["AccessKeyId"], second["AccessKeyId"]);
    assert_eq!(document(run(&["process", "nomfa"]).succeeded()), second);
}

#[test]
fn parallel_processes_make_one_sealing_key() {
    let Some(story) = SealedHome::new() else { return };
    let runs: Vec<_> = (0..8)
        .map(|_| {
            let mut command = story.home.command(&["process", "nomfa", "--refresh"]);
            command.env("DBUS_SESSION_BUS_ADDRESS", story.daemon.address());
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    let calls = story.sts.calls().len();
    story.run(&["process", "nomfa"]).succeeded();
    story.forget_kernel_key();
    story.run(&["process", "nomfa"]).succeeded();
    assert_eq!(story.sts.calls().len(), calls, "the session opens with the key in the store");
}

#[test]
fn invalid_seal_is_an_error_at_its_line() {
    let (_sts, home) = without_mfa();
    home.write(".config/amplify-creds/config.ini", "seal = maybe\n");
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(3);
    assert!(run.stderr.contains("config.ini:1") && run.stderr.contains("on or off"), "{run:?}");
}

#[test]
#[ignore = "waits for the deadline of the key store"]
fn processes_share_the_failure_of_a_hung_key_store() {
    let Some(story) = SealedHome::new() else { return };
    story.daemon.stop();
    let began = std::time::Instant::now();
    let runs: Vec<_> = (0..16)
        .map(|_| {
            let mut command = story.home.command(&["process", "bizcorprole"]);
            command.env("DBUS_SESSION_BUS_ADDRESS", story.daemon.address());
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("did not answer within 3 s"), "{output:?}");
    }
    // One after the other, they would wait for 48 s.
    assert!(began.elapsed().as_secs() < 24, "{:?}", began.elapsed());
}

#[test]
fn user_without_a_keyring_is_sent_to_login() {
    let Some(story) = SealedHome::new() else { return };
    let daemon = KeyStoreDaemon::without_collection().unwrap();
    let run = |args: &[&str]| story.home.run_with(args, &[("DBUS_SESSION_BUS_ADDRESS", daemon.address())]);
    let failed = run(&["process", "bizcorprole"]);
    let message = "the key store has no default keyring yet; run: amplify-creds login bizcorprole";
    assert!(failed.failed_with(4).first_error_line().ends_with(message), "{failed:?}");
}

#[test]
fn login_fails_if_its_session_could_not_be_sealed() {
    let Some(story) = SealedHome::new() else { return };
    let run = story.run_without_store(&["login", "nomfa"]);
    assert!(run.failed_with(4).stderr.contains("the sessions could not be sealed"), "{run:?}");
    let doctor = story.run_without_store(&["doctor"]);
    assert!(doctor.stdout.contains("DBUS_SESSION_BUS_ADDRESS is not set"), "{doctor:?}");
}

#[test]
fn damaged_cache_with_clear_sessions_is_not_kept() {
    let Some(story) = SealedHome::new() else { return };
    story.home.write(".amplify/awscloudformation/cache.json", "{\"secretAccessKey\": \"clear-secret\"");
    story.run(&["process", "nomfa"]).succeeded();
    story.is_nowhere(&["clear-secret"]);
}
