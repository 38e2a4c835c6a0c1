//! The audit log: the records of each command, the file, and `audit`. Not on Windows, where the directory of the log does
//! not depend on the environment.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use amplify_creds::audit::log::{MAX_FILE, OLD_FILES};
use amplify_creds::audit::record::{GrantSource, Record};
use amplify_creds::core::clock::{Clock, Timestamp};
use serde_json::{Value, json};
use test_support::{Finished, Terminal, TestHome, biz_corp as data, wait_until};

#[cfg(target_os = "linux")]
use crate::faults::Disk;
use crate::{PROGRAM, add_config, biz_corp, cache, fresh_code, json as document, without_mfa};

const ON: &str = "AMPLIFY_CREDS_AUDIT_LOG";

fn directory(home: &TestHome) -> PathBuf {
    let parent = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/state" };
    home.path().join(parent).join("amplify-creds")
}

fn file(home: &TestHome) -> PathBuf {
    directory(home).join("audit.jsonl")
}

/// The path of the log in messages.
fn shown(home: &TestHome) -> String {
    format!("~/{}", file(home).strip_prefix(home.path()).unwrap().display())
}

/// The lines of the log, each a whole record.
#[track_caller]
pub(crate) fn records(home: &TestHome) -> Vec<Value> {
    let old = (1..=OLD_FILES).rev().map(|number| directory(home).join(format!("audit.jsonl.{number}")));
    let texts = old.chain([file(home)]).filter_map(|path| fs::read_to_string(path).ok());
    let text: String = texts.collect();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines().map(document).collect()
}

fn logged(home: TestHome) -> TestHome {
    home.with_variable(ON, "on")
}

fn line(second: i64, profile: &str) -> String {
    let record = Record {
        time: Timestamp(1_767_323_045 + second).rfc3339(),
        profile: Some(profile.to_owned()),
        wrapper: None,
        command: "process".to_owned(),
        role_arn: Some(data::NO_MFA_ROLE.to_owned()),
        session_name: Some("amplify".to_owned()),
        policies: Vec::new(),
        source: GrantSource::New,
        access_key_id: "ASIA1".to_owned(),
        expires: None,
        by: "process".to_owned(),
        pid: Some(7),
        processes: vec!["node".to_owned(), "bash".to_owned()],
    };
    record.line()
}

/// A log with `lines` in the place of the program's own.
fn with_log(lines: &str) -> TestHome {
    let home = logged(TestHome::new(PROGRAM));
    fs::create_dir_all(directory(&home)).unwrap();
    fs::write(file(&home), lines).unwrap();
    home
}

#[test]
fn each_command_writes_one_record_and_others_none() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    let name = |record: &Value| [&record["command"], &record["source"], &record["profile"]].map(Value::clone);
    for (args, command, source) in [
        (&["process", "nomfa"][..], "process", "new"),
        (&["process", "nomfa"], "process", "cached"),
        (&["process", "nomfa", "--refresh"], "process", "new"),
        (&["env", "nomfa", "--shell", "bash"], "env", "cached"),
        (&["exec", "nomfa", "--", "true"], "exec", "cached"),
        (&["exec", "nomfa", "--serve", "--", "true"], "exec", "cached"),
        (&["acreds", "--keys", "nomfa"], "acreds", "cached"),
        (&["export", "--profile", "nomfa"], "process", "cached"),
    ] {
        let before = records(&home).len();
        let run = home.run_with(args, &[("TMPDIR", &home.path().display().to_string())]);
        assert_eq!(run.code, Some(0), "{args:?} {run:?}");
        let all = records(&home);
        assert_eq!(all.len(), before + 1, "{args:?}");
        assert_eq!(name(&all[before]), [command, source, "nomfa"].map(Value::from), "{args:?}");
    }
    let before = records(&home);
    for args in [
        &["login", "nomfa"][..],
        &["whoami", "nomfa"],
        &["check", "nomfa"],
        &["list"],
        &["explain", "nomfa"],
        &["env", "--unset"],
        &["audit"],
        &["process", "nowhere"],
        &["acreds", "--unset"],
    ] {
        home.run(args);
        assert_eq!(records(&home), before, "{args:?}");
    }
}

#[test]
fn record_has_every_documented_key_and_no_secret() {
    let (sts, home) = biz_corp();
    let home = logged(home);
    add_config(
        &home,
        "[profile limited]\nsource_profile = devcorpuser\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\n\
         policy_arns = read-only\npolicy = {\"Version\":\"2012-10-17\",\"Statement\":[]}\n",
    );
    let code = fresh_code(&sts);
    let first = document(home.run(&["process", "bizcorprole", "-t", &code]).succeeded());
    let second = document(home.run(&["process", "limited"]).succeeded());
    home.run(&["process", "devcorpuser"]).succeeded();
    let all = records(&home);
    let mut keys: Vec<_> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let contract = [
        "access_key_id",
        "by",
        "command",
        "expires",
        "pid",
        "policies",
        "processes",
        "profile",
        "role_arn",
        "session_name",
        "source",
        "time",
        "wrapper",
    ];
    assert_eq!(keys, contract);
    assert_eq!(all[0]["role_arn"], data::BIZ_CORP_ROLE);
    assert_eq!((&all[0]["session_name"], &all[0]["by"]), (&json!("amplify"), &json!("process")));
    assert_eq!((&all[0]["access_key_id"], &all[0]["expires"]), (&first["AccessKeyId"], &first["Expiration"]));
    assert_eq!((&all[0]["pid"], &all[0]["policies"]), (&json!(std::process::id()), &json!([])));
    assert!(Timestamp::parse(all[0]["time"].as_str().unwrap()).is_some());
    let policies: Vec<_> = all[1]["policies"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let hash = policies[0].strip_prefix("inline:").unwrap();
    assert!(hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{policies:?}");
    assert_eq!(policies[1..], ["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    let user = [&all[2]["role_arn"], &all[2]["session_name"], &all[2]["expires"], &all[2]["source"]];
    assert_eq!(user, [&Value::Null, &Value::Null, &Value::Null, &json!("keys")]);
    assert_eq!(all[2]["access_key_id"], data::ACCESS_KEY_ID);

    let text = fs::read_to_string(file(&home)).unwrap();
    let session = cache(&home)[data::MFA_SERIAL].as_object().unwrap().values().next().unwrap().clone();
    let member = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    let secrets = [
        member(&first, "SecretAccessKey"),
        member(&first, "SessionToken"),
        member(&second, "SecretAccessKey"),
        member(&second, "SessionToken"),
        member(&session, "secretAccessKey"),
        member(&session, "sessionToken"),
        data::SECRET_ACCESS_KEY.to_owned(),
        data::EXTERNAL_ID.to_owned(),
        code,
        "2012-10-17".to_owned(),
    ];
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} in {text}");
    }
}

#[test]
fn asking_processes_are_named_without_arguments() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    let mut shell = Command::new("sh");
    // The second command keeps the shell from becoming the program.
    shell.args(["-c", "\"$0\" process nomfa hush-argument; \"$0\" process nomfa; true"]).arg(PROGRAM);
    shell.env_clear().envs(home.environment()).stdin(Stdio::null());
    assert!(shell.output().unwrap().status.success());
    let all = records(&home);
    assert_eq!(all.len(), 1, "{all:?}");
    let names: Vec<_> = all[0]["processes"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    // A shell may be a link to another one.
    let real = fs::canonicalize("/bin/sh").unwrap();
    assert!(["sh", real.file_name().unwrap().to_str().unwrap()].contains(&names[0]), "{names:?}");
    let own = std::env::current_exe().unwrap();
    let own = own.file_name().unwrap().to_str().unwrap();
    assert!(own.starts_with(&names[1][..10]), "{names:?}");
    assert!(names.len() <= 16 && !all[0].to_string().contains("hush"), "{names:?}");
}

#[test]
fn session_of_another_process_is_cached() {
    let (sts, home) = without_mfa();
    let home = logged(home);
    let runs: Vec<_> = (0..8)
        .map(|_| home.command(&["process", "nomfa"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    for run in runs {
        Finished::from(run.wait_with_output().unwrap()).succeeded();
    }
    let all = records(&home);
    let new = all.iter().filter(|record| record["source"] == "new").count();
    assert_eq!((all.len(), new), (8, sts.count("AssumeRole")));
}

/// The path of config.ini is that of Linux.
#[cfg(target_os = "linux")]
#[test]
fn log_off_writes_nothing_and_invalid_setting_is_an_error() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    home.write(".config/amplify-creds/config.ini", "audit_log = off\n");
    home.run(&["process", "nomfa"]).succeeded();
    assert!(!directory(&home).exists());
    let run = home.run(&["audit"]);
    assert_eq!(run.stdout, "no records in ~/.local/state/amplify-creds/audit.jsonl\n");
    assert_eq!(
        run.stderr,
        "the audit log is off; to turn it on: add the line audit_log = on to ~/.config/amplify-creds/config.ini\n"
    );
    assert!(!directory(&home).exists());

    home.write(".config/amplify-creds/config.ini", "\naudit_log = yes\n");
    let calls = sts.calls().len();
    for args in [&["process", "nomfa"][..], &["process", "nomfa", "--refresh"], &["audit"], &["env", "nomfa"]] {
        let run = home.run(args);
        run.failed_with(3);
        let message = "amplify-creds: invalid audit_log in ~/.config/amplify-creds/config.ini:2";
        assert_eq!(run.first_error_line(), message, "{args:?}");
        assert!(run.stderr.contains("hint: expected on or off"), "{run:?}");
    }
    let run = home.run_with(&["process", "nomfa"], &[(ON, "1")]);
    assert_eq!(run.first_error_line(), "amplify-creds: invalid audit_log in $AMPLIFY_CREDS_AUDIT_LOG");
    assert_eq!(sts.calls().len(), calls);
    // The variable has priority.
    home.run_with(&["process", "nomfa"], &[(ON, "On")]).succeeded();
    assert_eq!(records(&home).len(), 1);
    let run = home.run_with(&["audit"], &[(ON, "on")]);
    assert!(run.succeeded().contains("nomfa"), "{run:?}");
}

#[test]
fn log_is_private() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(file(&home)), mode(directory(&home))), (0o600, 0o700));
    fs::set_permissions(file(&home), fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!((mode(file(&home)), records(&home).len()), (0o600, 2));
}

/// Runs 256 processes at the same time. Each prints credentials.
fn run_256(home: &TestHome) {
    let script = "i=0; while [ $i -lt 256 ]; do \"$PROGRAM\" process nomfa >\"$FILES/out.$i\" 2>\"$FILES/err.$i\" \
                  </dev/null & i=$((i+1)); done; wait";
    Terminal::script(home, script).finish();
    for number in 0..256 {
        let read = |kind: &str| fs::read_to_string(home.path().join(format!("terminal/{kind}.{number}"))).unwrap();
        assert_eq!(read("err"), "");
        document(&read("out"));
    }
}

#[test]
fn concurrent_processes_write_whole_lines() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    run_256(&home);
    assert_eq!(records(&home).len(), 257);
    assert!(!directory(&home).join("audit.jsonl.1").exists());
}

#[test]
fn rotation_loses_and_tears_no_line() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    let (one, limit) = (line(0, "old"), usize::try_from(MAX_FILE).unwrap());
    // The limit is exceeded after some of the 256 records.
    let filled = limit / one.len() - 60;
    fs::write(file(&home), one.repeat(filled)).unwrap();
    fs::write(directory(&home).join("audit.jsonl.1"), line(-1, "older")).unwrap();
    run_256(&home);
    let all = records(&home);
    let count = |profile: &str| all.iter().filter(|record| record["profile"] == profile).count();
    assert_eq!((count("older"), count("old"), count("nomfa")), (1, filled, 256));
    assert_eq!(fs::read_to_string(directory(&home).join("audit.jsonl.2")).unwrap(), line(-1, "older"));
    assert!(fs::metadata(file(&home)).unwrap().len() < MAX_FILE / 2);
}

#[test]
fn five_files_are_kept_and_read_in_order() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    let limit = usize::try_from(MAX_FILE).unwrap();
    for round in 0..6 {
        let name = format!("p{round}");
        let one = line(round, &name);
        fs::write(file(&home), one.repeat(limit / one.len() + 1)).unwrap();
        home.run(&["process", "nomfa"]).succeeded();
    }
    let names: Vec<_> = fs::read_dir(directory(&home)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.iter().filter(|name| name.to_str().unwrap().starts_with("audit.jsonl")).count(), 5);
    let shown = document(home.run(&["audit", "--json"]).succeeded());
    let mut profiles: Vec<_> = shown.as_array().unwrap().iter().map(|row| row["profile"].as_str().unwrap()).collect();
    profiles.dedup();
    assert_eq!(profiles, ["p2", "p3", "p4", "p5", "nomfa"]);
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_costs_the_record_and_is_reported() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    let Some(disk) = Disk::at(&home.path().join(".local")) else { return };
    home.run(&["process", "nomfa"]).succeeded();
    disk.fill();
    // A file of one page has no room for the second page.
    let runs: Vec<_> = (0..16).map(|_| home.run(&["process", "nomfa"])).collect();
    let failed: Vec<_> = runs.iter().filter(|run| !run.stderr.is_empty()).collect();
    for run in &runs {
        assert_eq!(run.code, Some(0), "{run:?}");
        document(&run.stdout);
    }
    assert!(!failed.is_empty());
    for run in failed {
        let start = "amplify-creds: cannot write the audit log ~/.local/state/amplify-creds/audit.jsonl: ";
        assert!(run.stderr.starts_with(start) && run.stderr.lines().count() == 2, "{run:?}");
        assert!(run.stderr.contains("\nhint: "), "{run:?}");
    }
    // The next record is found behind the part of another one.
    disk.empty();
    home.run(&["process", "nomfa"]).succeeded();
    let run = home.run(&["audit", "--json"]);
    assert!(document(&run.stdout).as_array().unwrap().len() >= 2, "{run:?}");
}

#[test]
fn file_size_limit_costs_the_record_and_is_reported() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 0; exec \"$0\" process nomfa"]).arg(PROGRAM);
    // Without pipes the output would be limited, too.
    let run = shell.env_clear().envs(home.environment()).stdin(Stdio::null()).output().unwrap();
    let run = Finished::from(run);
    assert_eq!(run.code, Some(0), "{run:?}");
    document(&run.stdout);
    assert!(run.stderr.starts_with("amplify-creds: cannot write the audit log "), "{run:?}");
}

#[test]
fn special_file_is_refused_and_reported_once() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    let (path, other) = (file(&home), home.path().join("other"));
    fs::write(&other, "mine\n").unwrap();
    let makes: [(&str, &dyn Fn()); 5] = [
        ("it is a symbolic link", &|| symlink(&other, &path).unwrap()),
        ("it is a symbolic link", &|| symlink("/dev/full", &path).unwrap()),
        ("it is a symbolic link", &|| symlink("missing", &path).unwrap()),
        ("it is not a regular file", &|| fs::create_dir(&path).unwrap()),
        ("it is not a regular file", &|| {
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        }),
    ];
    for (reason, make) in makes {
        let _ = fs::remove_file(&path);
        let _ = fs::remove_dir(&path);
        make();
        let mut run = home.command(&["process", "nomfa"]);
        let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until("the end", || run.try_wait().unwrap().is_some());
        let run = Finished::from(run.wait_with_output().unwrap());
        assert_eq!(run.code, Some(0), "{reason}: {run:?}");
        document(&run.stdout);
        let hint = format!("hint: run: ls -ld {}", path.display());
        let lines = format!("amplify-creds: cannot write the audit log {}: {reason}\n{hint}\n", shown(&home));
        assert_eq!(run.stderr, lines);
        let run = home.run(&["audit"]);
        run.failed_with(3);
        assert!(run.first_error_line().ends_with(&format!("audit.jsonl: {reason}")), "{run:?}");
        assert!(run.stderr.contains(&hint), "{run:?}");
        // The warning is the only sign of the gap.
        assert_eq!(home.run(&["process", "nomfa", "-q"]).stderr, lines);
    }
    assert_eq!(fs::read_to_string(other).unwrap(), "mine\n");
}

#[test]
fn records_are_filtered_by_time_and_profile() {
    let now = Clock::System.now().0 - 1_767_323_045;
    let (hour, day) = (3600, 86_400);
    let home = with_log(
        &[
            line(now - 8 * day, "dev"),
            line(now - 6 * day, "prod"),
            line(now - 2 * hour, "dev"),
            line(now - hour / 2, "dev"),
            line(now - 60, "prod"),
        ]
        .concat(),
    );
    let count = |args: &[&str]| {
        let run = home.run(&[&["audit", "--json"], args].concat());
        document(run.succeeded()).as_array().unwrap().len()
    };
    for (args, expected) in [
        (&[][..], 5),
        (&["--since", "7d"], 4),
        (&["--since", "1h"], 2),
        (&["--since", "3h"], 3),
        (&["--since", "0"], 0),
        (&["--since", "99999999999999d"], 5),
        (&["--profile", "dev"], 3),
        (&["-p", "prod", "--since", "1h"], 1),
        (&["-p", "nowhere"], 0),
        (&["dev"], 3),
        (&["prod", "--since", "1h"], 1),
        (&["prod", "-p", "prod"], 2),
    ] {
        assert_eq!(count(args), expected, "{args:?}");
    }
    // A variable selects the profile of other commands.
    let run = home.run_with(&["audit", "--json"], &[("AWS_PROFILE", "dev")]);
    assert_eq!(document(run.succeeded()).as_array().unwrap().len(), 5);
    let nothing = format!("no matching records in {}\n", shown(&home));
    assert_eq!(home.run(&["audit", "-p", "nowhere"]).succeeded(), nothing);
    assert_eq!(home.run(&["audit", "--since", "soon"]).code, Some(2));
    assert_eq!(home.run(&["audit", "dev", "-p", "prod"]).code, Some(2));
}

#[test]
fn name_is_shortened_in_record_and_filter() {
    let secret = "0A1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b";
    for name in ["long-name-".repeat(60).as_str(), "a\u{1b}[31mb", secret] {
        let home = with_log(&(line(0, name) + &line(1, "dev")));
        for args in [&["audit", "--json", "-p", name], &["audit", "--json", name, "-q"]] {
            let run = home.run(args);
            assert_eq!(document(run.succeeded()).as_array().unwrap().len(), 1, "{run:?}");
        }
    }
}

#[test]
fn wrapper_is_recorded_for_its_command_line() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["setup", "nomfa", "--for-agent", "--yes", "-q"]).succeeded();
    add_config(&home, &format!("[profile plain]\ncredential_process = {PROGRAM} process nomfa\n"));
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    let command = config.lines().find(|line| line.contains("--policy-arn")).unwrap();
    let words: Vec<_> = command.split(' ').skip(3).collect();
    for (args, profile, wrapper) in [
        (words.as_slice(), "nomfa", Some("nomfa-agent")),
        (&["process", "nomfa-agent"], "nomfa-agent", None),
        (&["process", "nomfa"], "nomfa", Some("plain")),
        (&["process", "nomfa", "-d", "15m"], "nomfa", None),
        (&["env", "nomfa"], "nomfa", None),
    ] {
        home.run(args).succeeded();
        let all = records(&home);
        let last = all.last().unwrap();
        assert_eq!((&last["profile"], &last["wrapper"]), (&json!(profile), &json!(wrapper)), "{args:?}");
    }
    for (name, count) in [("nomfa", 4), ("nomfa-agent", 2), ("plain", 1)] {
        let run = home.run(&["audit", "--json", "-p", name]);
        assert_eq!(document(run.succeeded()).as_array().unwrap().len(), count, "{name}");
    }
    let table = home.run(&["audit"]);
    let column: Vec<_> = table.succeeded().lines().skip(1).map(|row| row.split("  ").nth(1).unwrap().trim()).collect();
    assert_eq!(column, ["nomfa-agent", "nomfa-agent", "plain", "nomfa", "nomfa"]);
}

#[test]
fn special_old_file_is_skipped_with_a_note() {
    let home = with_log(&line(2, "new"));
    fs::write(directory(&home).join("audit.jsonl.1"), line(1, "old")).unwrap();
    let path = directory(&home).join("audit.jsonl.4");
    let makes: [(&str, &dyn Fn()); 3] = [
        ("it is a symbolic link", &|| symlink("audit.jsonl", &path).unwrap()),
        ("it is not a regular file", &|| fs::create_dir(&path).unwrap()),
        ("it is not a regular file", &|| {
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        }),
    ];
    for (reason, make) in makes {
        let _ = fs::remove_file(&path);
        let _ = fs::remove_dir(&path);
        make();
        let run = home.run(&["audit", "--json"]);
        assert_eq!(document(run.stdout.trim_end()).as_array().unwrap().len(), 2, "{run:?}");
        assert_eq!((run.code, run.stderr), (Some(0), format!("skipped {}.4: {reason}\n", shown(&home))));
        assert_eq!(home.run(&["audit", "-q"]).stderr, "");
    }
}

#[test]
fn log_that_cannot_be_rotated_is_reported_above_twice_the_limit() {
    let (_sts, home) = without_mfa();
    let home = logged(home);
    home.run(&["process", "nomfa"]).succeeded();
    for number in 1..=OLD_FILES {
        fs::create_dir(directory(&home).join(format!("audit.jsonl.{number}"))).unwrap();
    }
    fs::write(directory(&home).join("audit.jsonl.4/file"), "").unwrap();
    let one = line(0, "old");
    for (times, is_reported) in [(1, false), (2, true)] {
        let filled = one.repeat(usize::try_from(times * MAX_FILE).unwrap() / one.len() + 1);
        fs::write(file(&home), &filled).unwrap();
        let run = home.run(&["process", "nomfa", "-q"]);
        document(&run.stdout);
        let text = fs::read_to_string(file(&home)).unwrap();
        assert_eq!(text.lines().count(), filled.lines().count() + 1);
        assert_eq!(run.stderr.is_empty(), !is_reported, "{run:?}");
        if is_reported {
            let start = format!("amplify-creds: cannot rotate the audit log {} (2 MiB): audit.jsonl.4: ", shown(&home));
            assert!(run.stderr.starts_with(&start) && run.stderr.lines().count() == 2, "{run:?}");
            assert!(run.stderr.ends_with(&format!("hint: run: ls -la {}\n", directory(&home).display())), "{run:?}");
        }
    }
}

#[test]
fn records_without_newline_between_them_are_shown() {
    let many: String = (0..100).map(|second| line(second, "dev")).collect();
    let home = with_log(&format!("{}\n{}", many.replace('\n', ""), line(100, "dev")));
    let run = home.run(&["audit", "--json"]);
    assert_eq!(document(run.succeeded()).as_array().unwrap().len(), 101);
    assert_eq!(run.stderr, "");
}

#[test]
fn damaged_lines_are_skipped_and_counted() {
    let long = format!("{{\"time\":\"{}\"}}\n", "x".repeat(10_000));
    let torn = &line(0, "torn")[..50];
    let lines =
        [&line(1, "a"), "nonsense\n", &long, "\n", "{}\n", torn, &line(2, "b"), "\u{1b}[2J\n", &line(3, "c"), torn];
    let home = with_log(&lines.concat());
    let run = home.run(&["audit", "--json"]);
    let profiles: Vec<_> = document(&run.stdout).as_array().unwrap().iter().map(|row| row["profile"].clone()).collect();
    assert_eq!(profiles, ["a", "b", "c"]);
    assert_eq!(run.stderr, "skipped 7 damaged lines of the audit log\n");
    let run = home.run(&["audit"]);
    assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 4), "{run:?}");
    fs::write(file(&home), format!("x\n{}", line(1, "a"))).unwrap();
    assert_eq!(home.run(&["audit"]).stderr, "skipped a damaged line of the audit log\n");
}

#[test]
fn table_shows_role_source_and_processes() {
    // As another program may write it.
    let socket = line(1, "de?v").replace('?', "\\u001b").replace("\"by\":\"process\"", "\"by\":\"socket\"");
    let home = with_log(&(line(0, "dev") + &socket));
    let run = home.run(&["audit"]);
    assert_eq!(
        run.succeeded(),
        "TIME                     PROFILE  COMMAND  ROLE   SOURCE  PROCESSES\n\
         2026-01-02 03:04:05 UTC  dev      process  NoMfa  new     node, bash\n\
         2026-01-02 03:04:06 UTC  de\u{fffd}v     process  NoMfa  new     by socket: node, bash\n"
    );
    let json = home.run(&["audit", "--json"]);
    assert!(!json.stdout.contains('\u{1b}'));
    assert_eq!(document(&json.stdout)[1]["by"], "socket");
    for width in [70, 80, 100] {
        fs::write(file(&home), line(0, "a-profile-with-a-long-name").replace("NoMfa", &"a-long-role".repeat(4)))
            .unwrap();
        let (screen, _) = Terminal::script(&home, &format!("stty cols {width}; \"$PROGRAM\" audit")).finish();
        let widest = screen.lines().map(|line| {
            let plain = line.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
            plain.trim_end().chars().count()
        });
        assert!(widest.max().unwrap() <= width + 6, "{screen}");
    }
}
