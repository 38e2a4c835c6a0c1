//! Invalid profiles and files: exit 3, the line, a hint, and no call to AWS.

use std::fs;

use test_support::{Finished, TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, without_mfa};

const KEYS: &str = "aws_access_key_id = AKIA1\naws_secret_access_key = hush-hush-secret\n";

/// Runs `process` for `profile` with these files. The secret in [`KEYS`] must never be printed.
#[track_caller]
fn fails(config: &str, credentials: &str, profile: &str) -> Finished {
    let home = TestHome::new(PROGRAM);
    home.config(config);
    home.credentials(credentials);
    let run = home.run(&["process", profile]);
    run.failed_with(3);
    assert!(!run.stderr.contains("hush-hush"), "{}", run.stderr);
    run
}

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
}

fn role(name: &str, more: &str) -> String {
    format!("[profile {name}]\nrole_arn = arn:aws:iam::222222222222:role/{name}\n{more}\n")
}

#[test]
fn unknown_profile_names_the_files_and_the_nearest() {
    let run = fails("[profile bizcorprole]\nregion = a\n", "", "bizcorprol");
    says(
        &run,
        &["profile bizcorprol does not exist in ~/.aws/config or ~/.aws/credentials", "did you mean bizcorprole?"],
    );
}

#[test]
fn missing_source_is_named_with_its_profile() {
    let run = fails(&role("a", "source_profile = devcorpuse"), "[devcorpuser]\n", "a");
    says(
        &run,
        &[
            "profile devcorpuse does not exist; it is the source_profile of profile a (~/.aws/config:3)",
            "did you mean devcorpuser?",
        ],
    );
    let run = fails(&role("a", "source_profile = profile user"), "[user]\n", "a");
    says(
        &run,
        &[
            "profile \"profile user\" does not exist; it is the source_profile of profile a (~/.aws/config:3)",
            "did you mean user?",
        ],
    );
    let run = fails("[profile a]\ninclude_profile = devcorpuse\n", "[devcorpuser]\n", "a");
    says(
        &run,
        &[
            "profile devcorpuse does not exist; it is the include_profile of profile a (~/.aws/config:2)",
            "did you mean devcorpuser?",
        ],
    );
}

#[test]
fn profile_requested_by_wrapper_is_named_in_error() {
    let wrapper = "[profile a]\ncredential_process = amplify-creds process b\n";
    let run = fails(wrapper, "", "a");
    says(&run, &["profile b does not exist; the credential_process of profile a asks for it (~/.aws/config:2)"]);
    let run = fails(&format!("{wrapper}[profile b]\nregion = x\n"), "", "a");
    says(&run, &["profile b, which the credential_process of a asks for (~/.aws/config:2), has no credentials"]);
}

#[test]
fn loops_print_the_path() {
    let config = role("a", "source_profile = b") + &role("b", "source_profile = c") + &role("c", "source_profile = b");
    let run = fails(&config, "", "a");
    says(&run, &["loop: b (~/.aws/config:6) -> c (~/.aws/config:9) -> b"]);
    let run = fails(&role("a", "source_profile = a"), "", "a");
    says(&run, &["loop: a (~/.aws/config:3) -> a"]);
}

#[test]
fn incomplete_key_pair_names_the_missing_key() {
    let run = fails("", "[a]\naws_access_key_id = AKIA1\n", "a");
    says(&run, &["half a key pair (~/.aws/credentials:2)", "aws_secret_access_key is missing"]);
    let run = fails("", "[a]\n\naws_secret_access_key = hush-hush\n", "a");
    says(&run, &["~/.aws/credentials:3", "aws_access_key_id is missing"]);
    // One key in each file is also half a pair, because both keys must come from one file.
    let run = fails("[profile a]\naws_secret_access_key = hush-hush\n", "[a]\naws_access_key_id = AKIA1\n", "a");
    says(&run, &["~/.aws/credentials:2"]);
    let run = fails(&role("r", "source_profile = a"), "[a]\naws_session_token = hush-hush\n", "r");
    says(&run, &["~/.aws/credentials:2"]);
}

#[test]
fn role_without_or_with_two_sources_is_rejected() {
    says(&fails(&role("a", ""), "", "a"), &["no source_profile or credential_source (~/.aws/config:2)"]);
    let both = role("a", "source_profile = b\ncredential_source = Environment");
    says(&fails(&both, "", "a"), &["both source_profile (~/.aws/config:3) and credential_source (~/.aws/config:4)"]);
    let unknown = role("a", "credential_source = environment");
    says(&fails(&unknown, "", "a"), &["unknown credential_source (~/.aws/config:3)", "Environment, Ec2"]);
    says(&fails(&role("a", "credential_source = Environment"), "", "a"), &["the environment has none"]);
    says(&fails("[profile a]\nregion = x\n", "", "a"), &["profile a has no credentials", "~/.aws/config:1"]);
    let run = fails(&(role("a", "source_profile = b") + "[profile b]\nregion = x\n"), "", "a");
    says(&run, &["profile b, the source_profile of a (~/.aws/config:3), has no credentials"]);
}

#[test]
fn setting_value_invalid_for_aws_has_line() {
    let long = "x".repeat(65);
    let rows = [
        ("role_arn = nope", "role_arn", "arn:aws:iam::ACCOUNT:role/NAME"),
        ("external_id = a b", "external_id", "2 to 1224"),
        ("external_id = x", "external_id", "2 to 1224"),
        ("role_session_name = a b", "role_session_name", "2 to 64"),
        (&format!("role_session_name = {long}"), "role_session_name", "2 to 64"),
        ("mfa_serial = a b", "mfa_serial", "9 to 256"),
        ("duration_seconds = 899", "duration_seconds", "900 to 43200"),
        ("duration_seconds = 43201", "duration_seconds", "900 to 43200"),
        ("duration_seconds = abc", "duration_seconds", "900 to 43200"),
    ];
    for (line, key, expected) in rows {
        let run = fails(&role("a", &format!("source_profile = b\n{line}")), &format!("[b]\n{KEYS}"), "a");
        says(&run, &[&format!("profile a has an invalid {key} (~/.aws/config:4)"), expected]);
    }
}

#[test]
fn empty_values_are_unset() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         external_id =\nmfa_serial =\nrole_session_name =\nduration_seconds =\n",
    );
    home.run(&["process", "a"]).succeeded();
    assert_eq!(sts.calls()[0].param("ExternalId"), None);
}

#[test]
fn header_without_bracket_fails_affected_profiles() {
    let config = format!("[profile a]\n{KEYS}[profile b\n{KEYS}[profile c]\n{KEYS}");
    let above = "cannot read profile a: the section header below it has no ']' (~/.aws/config:4)";
    says(&fails(&config, "", "a"), &[above]);
    says(&fails(&config, "", "b"), &["~/.aws/config:4"]);
    says(&fails(&config, "", "zzz"), &["~/.aws/config:4"]);
    let home = TestHome::new(PROGRAM);
    home.config(&config);
    home.run(&["process", "c"]).succeeded();
    let run = home.run(&["process", "c", "--dialect", "aws"]);
    run.failed_with(3);
    says(&run, &["~/.aws/config:4: a section header has no ']'"]);
}

#[test]
fn invalid_config_file_is_reported_with_hint() {
    let directory = TestHome::new(PROGRAM);
    fs::create_dir_all(directory.path().join(".aws/config")).unwrap();
    let run = directory.run(&["process", "a"]);
    run.failed_with(3);
    says(&run, &["~/.aws/config is a directory", "AWS_CONFIG_FILE"]);

    let bad = TestHome::new(PROGRAM);
    bad.write(".aws/credentials", b"[a]\nx = \xff\n");
    let run = bad.run(&["process", "a"]);
    run.failed_with(3);
    says(&run, &["~/.aws/credentials:2 is not valid UTF-8 at byte 8 of the file (0xFF)", "save the file as UTF-8"]);

    let large = TestHome::new(PROGRAM);
    large.write(".aws/config", vec![b'#'; (16 << 20) + 1]);
    let run = large.run(&["process", "a"]);
    run.failed_with(3);
    says(&run, &["~/.aws/config is larger than 16 MiB"]);

    let missing = TestHome::new(PROGRAM);
    says(missing.run(&["process", "a"]).failed_with(3), &["profile a does not exist"]);
}

#[cfg(unix)]
#[test]
fn unreadable_file_is_reported() {
    use std::os::unix::fs::symlink;
    let home = TestHome::new(PROGRAM);
    fs::create_dir_all(home.path().join(".aws")).unwrap();
    // A link to itself is unreadable even for root.
    symlink(home.path().join(".aws/config"), home.path().join(".aws/config")).unwrap();
    let run = home.run(&["process", "a"]);
    run.failed_with(3);
    says(&run, &["cannot read ~/.aws/config", "ls -l ~/.aws/config"]);
}

#[test]
fn incomplete_base_is_reported_with_its_lines() {
    let sso = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://a.example/start\n";
    let rows: [(&str, &[&str]); 7] = [
        ("sso_session = corp", &["profile a has no credentials"]),
        (
            "sso_session = crop\nsso_account_id = 1\nsso_role_name = R",
            &["[sso-session crop] does not exist", "~/.aws/config:5"],
        ),
        ("sso_session = corp\nsso_account_id = 1", &["sso_role_name is missing", "~/.aws/config:6"]),
        ("sso_account_id = 1\nsso_role_name = R\nsso_region = x", &["sso_start_url is missing"]),
        (
            "sso_session = corp\nsso_account_id = 1\nsso_role_name = R\nsso_start_url = https://b.example/start",
            &["a different sso_start_url", "~/.aws/config:8", "~/.aws/config:3"],
        ),
        ("web_identity_token_file = /t", &["no role_arn", "~/.aws/config:5"]),
        (
            "role_arn = arn:aws:iam::222222222222:role/X\ncredential_source = Ec2",
            &["unknown credential_source", "~/.aws/config:6"],
        ),
    ];
    for (lines, wanted) in rows {
        says(&fails(&format!("{sso}[profile a]\n{lines}\n"), "", "a"), wanted);
    }
}

#[test]
fn mfa_serial_on_later_role_is_an_error() {
    let config = role("a", "source_profile = b\nmfa_serial = arn:aws:iam::111111111111:mfa/x")
        + &role("b", "source_profile = c");
    let keys = format!("[c]\n{KEYS}aws_session_token = t\n");
    says(&fails(&config, &keys, "a"), &["role 2 of its chain (~/.aws/config:4)"]);
}

#[test]
fn hostile_names_do_not_steer_the_terminal() {
    let run = fails("", "", "a\u{1b}[2J\u{202e}b");
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{:?}", run.stderr);
    // Windows allows 32,767 characters.
    let run = fails("", "", &"x".repeat(20_000));
    assert!(run.stderr.len() < 5_000, "{}", run.stderr.len());
}

#[test]
fn long_message_continues_on_the_next_line() {
    let name = "x".repeat(180);
    let run = fails("", "", &name);
    let (first, second) = run.stderr.split_once("…\n  …").unwrap();
    let whole = first.to_owned() + second.lines().next().unwrap();
    assert_eq!(whole, format!("amplify-creds: profile {name} does not exist in ~/.aws/config or ~/.aws/credentials"));
}

#[test]
fn missing_home_variable_is_read_from_user_database() {
    let home = TestHome::new(PROGRAM);
    let output = home.command(&["process", "surely-no-such-profile"]).env_remove("HOME").output().unwrap();
    Finished::from(output).failed_with(3);
}

/// The system determines the configuration directory of Windows, not the variables.
#[cfg(unix)]
#[test]
fn invalid_config_ini_is_reported_with_line() {
    let home = TestHome::new(PROGRAM);
    home.credentials(&format!("[default]\n{KEYS}"));
    let settings = if cfg!(target_os = "macos") {
        "Library/Application Support/amplify-creds/config.ini"
    } else {
        ".config/amplify-creds/config.ini"
    };
    home.write(settings, "min_ttl = soon\n");
    says(home.run(&["process"]).failed_with(3), &["config.ini:1"]);
    home.write(settings, "\nmin_tll = 15m\n");
    let run = home.run(&["process"]);
    says(run.failed_with(3), &["unknown setting min_tll", "config.ini:2", "did you mean min_ttl?"]);
    home.write(settings, "dialect = aws\n[x]\nmin_ttl = 15m\n");
    says(home.run(&["process"]).failed_with(3), &["config.ini:2: unexpected section [x]: config.ini has no sections"]);
    home.write(settings, "dialect = aws\nmin_ttl = 15m\n");
    home.run(&["process"]).succeeded();
}

#[test]
fn min_ttl_is_read_from_profile_or_alias_target() {
    let config = format!(
        "{}[profile alias]\ncredential_process = amplify-creds process short\n[profile wrong]\nmin_ttl = soon\n{KEYS}",
        role("short", "source_profile = wrong\nmin_ttl = later")
    );
    for (profile, line) in [("short", "config:4"), ("alias", "config:4"), ("wrong", "config:8")] {
        says(&fails(&config, "", profile), &["invalid min_ttl", line]);
    }
}

#[test]
fn static_keys_of_source_override_its_role() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = b\n\
         [profile b]\nrole_arn = arn:aws:iam::222222222222:role/Never\nsource_profile = a\n\
         [profile self]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = self\nrole_session_name = self\n",
    );
    let keys =
        format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", data::ACCESS_KEY_ID, data::SECRET_ACCESS_KEY);
    home.credentials(&format!("[b]\n{keys}[self]\n{keys}"));
    home.run(&["process", "a"]).succeeded();
    home.run(&["process", "self"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn account_of_nine_digits_gets_no_request() {
    let (sts, home) = without_mfa();
    crate::add_config(
        &home,
        "[profile nine]\nrole_arn = arn:aws:iam::123456789:role/RoleA\nsource_profile = devcorpuser\n",
    );
    for command in ["explain", "process"] {
        let run = home.run(&[command, "nine"]);
        run.failed_with(3);
        assert!(run.stderr.contains("twelve digits"), "{}", run.stderr);
    }
    assert!(sts.calls().is_empty());
}
