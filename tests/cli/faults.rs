//! Effects of a user's machine on a run and its cache: full and read-only disks, other writers, processes that stop,
//! die or lose their caller. `tests/faults/run` fails every single system call.

use std::fs::{self, File};
use std::io::Write;
#[cfg(target_os = "linux")]
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use amplify_creds::core::clock::Clock;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use test_support::{FakeSts, Fault, Finished, TestHome, biz_corp as data, wait_until};

use crate::{PROGRAM, add_config, age_cache, cache, json as document, without_mfa};

/// Starts a run and captures its output.
fn start(home: &TestHome, args: &[&str]) -> Child {
    home.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Finished {
    child.wait_with_output().unwrap().into()
}

/// A run of `process nomfa` that waits for AWS until the faults are cleared.
fn start_held(sts: &FakeSts, home: &TestHome) -> Child {
    let calls = sts.count("AssumeRole");
    sts.fault(Fault::HELD, Some(1));
    // With `--refresh` it has the full timeout for a call, not the short one of an early renewal.
    let child = start(home, &["process", "nomfa", "--refresh"]);
    sts.wait_for("AssumeRole", calls + 1);
    child
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Adds a second session name on the same role.
fn add_other(home: &TestHome) {
    add_config(
        home,
        "[profile other]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = other\n",
    );
}

fn put_cache(home: &TestHome, value: &Value) {
    home.write(".amplify/awscloudformation/cache.json", value.to_string());
}

#[track_caller]
fn gives_credentials(run: &Finished) {
    assert_eq!(run.code, Some(0), "{run:?}");
    document(&run.stdout);
    assert!(!run.stderr.contains(data::SECRET_ACCESS_KEY), "{run:?}");
}

/// A separate file system, unmounted on drop.
#[cfg(target_os = "linux")]
pub(crate) struct Disk(PathBuf);

#[cfg(target_os = "linux")]
impl Disk {
    /// 64 KiB at `path`. `None` with a message if this user may not mount.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let options = ["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(path).output().is_ok_and(|out| out.status.success());
        if !mounted {
            eprintln!("skipped: needs the right to mount");
        }
        mounted.then(|| Self(path.to_owned()))
    }

    pub(crate) fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.0.join("filler")).unwrap();
        while file.write_all(&[0; 512]).is_ok() {}
    }

    pub(crate) fn empty(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }

    pub(crate) fn remount(&self, how: &str) {
        let remounted = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status().unwrap();
        assert!(remounted.success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_still_returns_credentials() {
    let (sts, home) = without_mfa();
    let Some(disk) = Disk::at(&home.path().join(".amplify")) else { return };
    add_other(&home);
    disk.fill();
    for calls in 1..3 {
        let run = home.run(&["process", "nomfa", "-v"]);
        gives_credentials(&run);
        assert!(run.stderr.contains("not cached"), "{}", run.stderr);
        assert_eq!(sts.count("AssumeRole"), calls);
    }
    disk.empty();
    home.run(&["process", "nomfa"]).succeeded();
    let reserve = home.cache_dir().join("reserve");
    assert_eq!(fs::metadata(&reserve).unwrap().len(), 16 << 10);
    disk.fill();
    let run = home.run(&["process", "other"]);
    gives_credentials(&run);
    assert_eq!(run.stderr, "", "the reserve has room for it");
    assert!(!reserve.exists());
    disk.fill();
    let before = fs::read(home.cache_file()).unwrap();
    for profile in ["nomfa", "other"] {
        gives_credentials(&home.run(&["process", profile, "--refresh"]));
    }
    assert_eq!(fs::read(home.cache_file()).unwrap(), before);
    assert!(!home.cache_dir().join("cache.json.tmp").exists());
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 6, "what was cached before answers");
    home.run(&["reset-cache", "--all"]).succeeded();
    assert!(!home.cache_file().exists(), "the file is removed where no new one can be written");
    disk.empty();
    home.run(&["process", "nomfa"]).succeeded();
    assert!(reserve.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn cache_hit_makes_no_reserve() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let reserve = home.cache_dir().join("reserve");
    fs::remove_file(&reserve).unwrap();
    home.run(&["process", "nomfa"]).succeeded();
    assert!(!reserve.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn read_only_disk_still_returns_credentials() {
    let (sts, home) = without_mfa();
    let Some(disk) = Disk::at(&home.path().join(".amplify")) else { return };
    add_other(&home);
    home.run(&["process", "nomfa"]).succeeded();
    disk.remount("ro");
    home.run(&["process", "nomfa"]).succeeded();
    let run = home.run(&["process", "other", "-v"]);
    gives_credentials(&run);
    assert!(run.stderr.contains("not cached"), "{}", run.stderr);
    home.run(&["reset-cache", "nomfa"]).failed_with(1);
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn home_that_cannot_be_created_still_returns_credentials() {
    let (sts, home) = without_mfa();
    let file = |name: &str| home.path().join(".aws").join(name).display().to_string();
    let (config, credentials) = (file("config"), file("credentials"));
    let elsewhere =
        [("HOME", "/proc/none"), ("AWS_CONFIG_FILE", &config), ("AWS_SHARED_CREDENTIALS_FILE", &credentials)];
    let run = home.run_with(&["process", "nomfa", "-v"], &elsewhere);
    gives_credentials(&run);
    assert!(run.stderr.contains("not cached"), "{}", run.stderr);
    assert_eq!(sts.count("AssumeRole"), 1);
    let run = home.run_with(&["process", "nomfa"], &elsewhere);
    assert_eq!(run.stderr.lines().count(), 1, "one line, since a tool reads it: {}", run.stderr);
    let run = home.run_with(&["login", "nomfa"], &elsewhere);
    assert!(run.stderr.contains("amplify-creds: the session is not cached: "), "{run:?}");
    assert!(home.run_with(&["reset-cache", "--all"], &elsewhere).succeeded().starts_with("No temp credentials"));
}

#[cfg(target_os = "linux")]
#[test]
fn user_without_home_is_an_error() {
    use std::os::unix::process::CommandExt;
    let home = TestHome::new(PROGRAM);
    // No system assigns this number to a user.
    let mut command = home.command(&["process", "nomfa"]);
    let run: Finished = match command.env_remove("HOME").uid(3_999_999_999).output() {
        Ok(output) => output.into(),
        Err(error) => return eprintln!("skipped: needs root and a program that all may run ({error})"),
    };
    run.failed_with(3);
    assert!(run.stderr.contains("HOME"), "{}", run.stderr);
}

#[test]
fn oversized_cache_is_not_changed() {
    let (sts, home) = without_mfa();
    put_cache(&home, &json!({}));
    let size = (64 << 20) + 1;
    File::options().write(true).open(home.cache_file()).unwrap().set_len(size).unwrap();
    let run = home.run(&["process", "nomfa", "-v"]);
    gives_credentials(&run);
    assert!(run.stderr.contains("larger than 64 MiB"), "{}", run.stderr);
    assert_eq!(fs::metadata(home.cache_file()).unwrap().len(), size);
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn cache_keeps_ten_thousand_entries() {
    let (sts, home) = without_mfa();
    let expiration = Clock::System.now().plus(3600).iso_millis();
    let many = (0..10_000).map(|n| {
        let entry = json!({"accessKeyId": n.to_string(), "secretAccessKey": "s", "sessionToken": "t".repeat(400),
            "expiration": expiration});
        (format!("arn:aws:iam::333333333333:role/R{n}"), json!({"amplify": entry}))
    });
    let many: serde_json::Map<String, Value> = many.collect();
    put_cache(&home, &Value::Object(many.clone()));
    home.run(&["process", "nomfa"]).succeeded();
    let after = cache(&home);
    assert_eq!(after.as_object().unwrap().len(), 10_001);
    assert!(many.iter().all(|(role, sessions)| after[role] == *sessions));
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn cache_values_of_any_type_cause_no_failure() {
    let wild =
        [json!(null), json!(true), json!(-7.5e300), json!(""), json!("\u{0}\u{1b}"), json!([[{}]]), json!({"a": {}})];
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let good = cache(&home);
    let name = good[data::NO_MFA_ROLE].as_object().unwrap().keys().next().unwrap().clone();
    let entry = format!("/{}/{name}", data::NO_MFA_ROLE.replace('/', "~1"));
    let within = [
        "",
        "/accessKeyId",
        "/secretAccessKey",
        "/sessionToken",
        "/expiration",
        "/credentials",
        "/credentials/expiration",
        "/amplifyCreds",
        "/amplifyCreds/v",
        "/amplifyCreds/fingerprint",
        "/amplifyCreds/writtenAt",
        "/amplifyCreds/lifetime",
        "/amplifyCreds/profile",
        "/amplifyCreds/accountId",
    ];
    let places = within.iter().map(|place| format!("{entry}{place}"));
    for place in places.chain([entry.rsplit_once('/').unwrap().0.to_owned()]) {
        for value in &wild {
            let mut file = good.clone();
            *file.pointer_mut(&place).unwrap() = value.clone();
            for command in [&["process", "nomfa"][..], &["list"], &["explain", "nomfa"], &["reset-cache", "nomfa"]] {
                put_cache(&home, &file);
                let run = home.run(command);
                assert_eq!(run.code, Some(0), "{place} = {value}: {run:?}");
            }
        }
    }
}

#[test]
fn in_place_writer_causes_no_failure() {
    let (_sts, home) = without_mfa();
    add_other(&home);
    home.run(&["process", "nomfa"]).succeeded();
    let theirs = json!({"arn:aws:iam::333333333333:role/Theirs": {"amplify": {"accessKeyId": "A".repeat(9000)}}});
    let theirs = theirs.to_string();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                // Writes like the Amplify CLI: the file is empty first, then half complete. The pauses only increase
                // the probability that a run sees each state. The result does not depend on it.
                let mut file = File::create(home.cache_file()).unwrap();
                sleep(Duration::from_millis(1));
                let (first, second) = theirs.as_bytes().split_at(5000);
                file.write_all(first).unwrap();
                sleep(Duration::from_millis(1));
                file.write_all(second).unwrap();
                sleep(Duration::from_millis(4));
            }
        });
        let runs: Vec<_> = (0..50).map(|n| start(&home, &["process", ["nomfa", "other"][n % 2]])).collect();
        let runs: Vec<_> = runs.into_iter().map(end).collect();
        is_over.store(true, Ordering::Relaxed);
        for run in &runs {
            run.succeeded();
            document(&run.stdout);
        }
    });
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(home.run(&["process", "nomfa"]).succeeded(), home.run(&["process", "nomfa"]).succeeded());
    assert!(cache(&home).get(data::NO_MFA_ROLE).is_some());
}

#[test]
fn deleted_lock_directory_causes_no_failure() {
    let (sts, home) = without_mfa();
    let holder = start_held(&sts, &home);
    fs::remove_dir_all(home.cache_dir().join("locks")).unwrap();
    // Its lock is now another file: both processes call AWS, and both entries are complete.
    home.run(&["process", "nomfa"]).succeeded();
    sts.clear_faults();
    end(holder).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
    assert_eq!(cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().len(), 1);
}

#[test]
fn stopped_holder_is_waited_for_until_timeout() {
    let (sts, home) = without_mfa();
    let holder = start_held(&sts, &home);
    send(&holder, Signal::STOP);
    home.run(&["process", "nomfa", "--lock-timeout", "1s"]).failed_with(7);
    sts.clear_faults();
    send(&holder, Signal::CONT);
    end(holder).succeeded();

    // The session has ten minutes left: it should be renewed, but is still used.
    age_cache(&home, 3000);
    let present = cache(&home);
    let holder = start_held(&sts, &home);
    send(&holder, Signal::STOP);
    for more in [&[][..], &["--min-ttl", "30m", "--lock-timeout", "1s"]] {
        let run = home.run(&[&["process", "nomfa"], more].concat());
        let id = document(run.succeeded())["AccessKeyId"].clone();
        let (_, entry) = present[data::NO_MFA_ROLE].as_object().unwrap().iter().next().unwrap();
        assert_eq!(id, entry["accessKeyId"], "{more:?}");
    }
    sts.clear_faults();
    send(&holder, Signal::CONT);
    end(holder).succeeded();
}

#[test]
fn waiters_continue_after_holder_is_killed() {
    let (sts, home) = without_mfa();
    let mut holder = start_held(&sts, &home);
    // Processes that start after the holder has ended use the same session.
    let waiters: Vec<_> = (0..4).map(|_| start(&home, &["process", "nomfa"])).collect();
    holder.kill().unwrap();
    holder.wait().unwrap();
    let answers: Vec<_> = waiters.into_iter().map(end).collect();
    assert!(answers.iter().all(|run| run.succeeded() == answers[0].stdout), "{answers:?}");
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn entry_of_later_version_is_kept_and_ignored() {
    let (sts, home) = without_mfa();
    add_other(&home);
    home.run(&["process", "nomfa"]).succeeded();
    let mut file = cache(&home);
    let entry = file[data::NO_MFA_ROLE].as_object_mut().unwrap().values_mut().next().unwrap();
    entry["later"] = json!({"a": [1, null]});
    entry["amplifyCreds"]["later"] = json!("x");
    let known = entry.clone();
    entry["amplifyCreds"]["v"] = json!(2);
    entry["amplifyCreds"]["lifetime"] = json!({"seconds": 3600});
    let of_later = entry.clone();
    for (entry, calls) in [(known, 0), (of_later, 1)] {
        let before = sts.count("AssumeRole");
        let name = file[data::NO_MFA_ROLE].as_object().unwrap().keys().next().unwrap().clone();
        put_cache(&home, &json!({data::NO_MFA_ROLE: {name.as_str(): entry, "amplify#ffffffff": entry}, "later": [{}]}));
        home.run(&["process", "other", "--refresh"]).succeeded();
        let after = cache(&home);
        assert_eq!(after[data::NO_MFA_ROLE]["amplify#ffffffff"], entry);
        assert_eq!((&after[data::NO_MFA_ROLE][name.as_str()], &after["later"]), (&entry, &json!([{}])));
        home.run(&["process", "nomfa"]).succeeded();
        assert_eq!(sts.count("AssumeRole") - before, 1 + calls, "an entry of a later format is never used");
    }
}

#[test]
fn session_is_cached_after_caller_exits() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::HELD, Some(1));
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$0\" process nomfa &", PROGRAM]).env_clear().envs(home.environment()).stdin(Stdio::null());
    let mut parent = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert!(parent.wait().unwrap().success());
    sts.wait_for("AssumeRole", 1);
    drop(parent);
    sts.clear_faults();
    wait_until("caching", || home.cache_file().exists());
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn reset_cache_deletes_leftover_temporary_file() {
    let (_sts, home) = without_mfa();
    let left = home.write(".amplify/awscloudformation/cache.json.tmp", "{\"secretAccessKey\": \"hal");
    home.run(&["reset-cache", "--all"]).succeeded();
    assert!(!left.exists());
}

/// The paths of libfaketime on Debian and Fedora. It gives a program another clock, which can change while it runs.
#[cfg(target_os = "linux")]
const FAKETIME: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];

#[cfg(target_os = "linux")]
#[test]
fn clock_jump_keeps_session_or_reports_skew() {
    let Some(library) = FAKETIME.into_iter().find(|path| Path::new(path).exists()) else {
        assert!(std::env::var_os("CI").is_none(), "libfaketime must be there in CI");
        return eprintln!("skipped: needs libfaketime (Debian's package faketime)");
    };
    // AWS's clock does not change. A session of an hour is expired for a clock that moved an hour ahead.
    for (from, to, is_over) in
        [("+3600", "+0", false), ("-3600", "+0", false), ("+0", "+3600", true), ("+0", "-3600", false)]
    {
        let (sts, home) = without_mfa();
        let clock = home.write("clock", from);
        let run = || {
            let mut command = home.command(&["process", "nomfa"]);
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &clock).env("FAKETIME_NO_CACHE", "1");
            // Like a machine with a changed clock: the monotonic clock continues.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let judge = |run: &Finished| {
            if is_over {
                run.failed_with(1);
                assert!(run.stderr.contains("min ahead of AWS's"), "{run:?}");
            } else {
                gives_credentials(run);
            }
        };
        sts.fault(Fault::HELD, Some(1));
        let holder = run();
        sts.wait_for("AssumeRole", 1);
        let waiters = [run(), run()];
        fs::write(&clock, to).unwrap();
        sts.clear_faults();
        for one in [holder].into_iter().chain(waiters) {
            judge(&end(one));
        }
        let calls = sts.count("AssumeRole");
        assert!(calls <= 3, "{from} to {to}: {calls}");
        // After that the clock does not change, right or wrong: at most one more call, for a session that looks
        // expired.
        for _ in 0..3 {
            judge(&end(run()));
        }
        assert!(sts.count("AssumeRole") <= calls + 1, "{from} to {to}: {calls}, {}", sts.count("AssumeRole"));
    }
}

/// Otherwise the next opened file would get a stream's number, and output would be written into it.
#[cfg(target_os = "linux")]
#[test]
fn closed_standard_streams_become_dev_null() {
    let (_sts, home) = without_mfa();
    let mut shell = Command::new("sh");
    let command = "exec <&- >&- 2>&-; exec \"$0\" exec nomfa -- sh -c 'ls -l /proc/$$/fd >\"$HOME/streams\"'";
    shell.args(["-c", command]).arg(home.program());
    shell.env_clear().envs(home.environment()).env("PATH", "/usr/bin:/bin");
    assert_eq!(shell.status().unwrap().code(), Some(0));
    let streams = fs::read_to_string(home.path().join("streams")).unwrap();
    for stream in ["0", "2"] {
        assert!(streams.contains(&format!(" {stream} -> /dev/null")), "{streams}");
    }
}
