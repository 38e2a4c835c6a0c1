//! Chains of every kind: programs as bases, aliases, included profiles, recursion.

use std::fs;

use test_support::{FakeSts, Finished, TestHome, World, biz_corp as data, wait_until};

use crate::{PROGRAM, json};

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
}

/// A home with a `keys` profile that gets the walk-through's keys from a program, which counts its runs.
fn with_program() -> (FakeSts, TestHome) {
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::new(PROGRAM).calling(&sts);
    home.write(
        "give",
        format!(
            "echo run >>\"$HOME/runs\"\n\
             printf '{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\"}}'\n",
            data::ACCESS_KEY_ID,
            data::SECRET_ACCESS_KEY
        ),
    );
    home.config(&format!(
        "[profile keys]\ncredential_process = /bin/sh {0}/give\n\
         [profile role]\nrole_arn = {1}\nsource_profile = keys\n",
        home.path().display(),
        data::NO_MFA_ROLE
    ));
    (sts, home)
}

fn runs(home: &TestHome) -> usize {
    fs::read_to_string(home.path().join("runs")).unwrap_or_default().lines().count()
}

fn add(home: &TestHome, text: &str) {
    crate::add_config(home, text);
}

#[test]
fn credential_process_is_not_run_for_cached_role() {
    let (sts, home) = with_program();
    let first = home.run(&["process", "role"]);
    assert_eq!(first.succeeded(), home.run(&["process", "role"]).succeeded());
    assert_eq!((runs(&home), sts.count("AssumeRole")), (1, 1));
    assert_eq!(json(home.run(&["process", "keys"]).succeeded())["AccessKeyId"], data::ACCESS_KEY_ID);
    // The program may return other credentials here, but it returns the same long-term key.
    let other = home.run_with(&["process", "role"], &[("AWS_PROFILE", "x")]);
    assert_eq!(other.succeeded(), first.stdout);
    assert_eq!((runs(&home), sts.count("AssumeRole")), (3, 1));
    home.run_with(&["process", "role"], &[("AWS_PROFILE", "x")]).succeeded();
    assert_eq!(runs(&home), 3);
}

#[test]
fn temporary_credentials_of_a_program_depend_on_its_environment() {
    let (sts, home) = with_program();
    let keys = sts.keys_of_role(data::NO_MFA_ROLE, "program", 3600);
    home.write(
        "give",
        format!(
            "printf '{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\",\"SessionToken\":\"{}\"}}'\n",
            keys.access_key_id, keys.secret_access_key, keys.session_token
        ),
    );
    add(&home, &format!("[profile next]\nrole_arn = {}\nsource_profile = keys\n", data::DEPLOY_ROLE));
    sts.edit_world(|world| world.put_role(test_support::Role::new(data::DEPLOY_ROLE).trusts(data::NO_MFA_ROLE)));
    let count = |variables: &[(&str, &str)]| {
        home.run_with(&["process", "next"], variables).succeeded();
        sts.count("AssumeRole")
    };
    assert_eq!(count(&[("SHLVL", "1"), ("TERM_PROGRAM", "a")]), 1);
    assert_eq!(count(&[("SHLVL", "2"), ("npm_config_cache", "b")]), 1, "these decide nothing");
    assert_eq!(count(&[("VAULT_NAMESPACE", "one")]), 2);
    assert_eq!(count(&[("VAULT_NAMESPACE", "two")]), 3);
    assert_eq!(count(&[("VAULT_NAMESPACE", "one")]), 3);
    for number in 0..10 {
        count(&[("VAULT_NAMESPACE", number.to_string().as_str())]);
    }
    let cache = crate::cache(&home);
    assert_eq!(cache[data::DEPLOY_ROLE].as_object().unwrap().len(), 8, "the oldest are dropped");
}

#[test]
fn process_identity_command_ignores_the_environment() {
    let (sts, home) = with_program();
    let config = fs::read_to_string(home.path().join(".aws/config"))
        .unwrap()
        .replace("/give\n", "/give\nprocess_identity = command\n");
    home.config(&config);
    home.run(&["process", "role"]).succeeded();
    home.run_with(&["process", "role"], &[("VAULT_NAMESPACE", "x")]).succeeded();
    assert_eq!((runs(&home), sts.count("AssumeRole")), (1, 1));
    home.config(&config.replace("= command", "= everything"));
    home.run(&["process", "role"]).failed_with(3);
}

#[test]
fn failed_credential_process_is_reported_with_stderr() {
    let (_sts, home) = with_program();
    home.write("give", "echo; echo 'no \u{1b}[2Jluck' >&2; exit 3\n");
    let run = home.run(&["process", "role"]);
    run.failed_with(4);
    says(&run, &["credential_process of profile keys", "exit status: 3: no \u{fffd}[2Jluck", "~/.aws/config:2"]);
    for (script, expected) in [
        ("echo hello\n", "its stdout is not a JSON object"),
        ("true\n", "it printed nothing on stdout"),
        ("echo Signed in.; echo '{}'\n", "text before the JSON object"),
        ("echo '{}'; echo Bye.\n", "text after the JSON object"),
        ("echo Sign in first.; exit 1\n", "exit status: 1: it printed no error on stderr"),
        ("echo Warning: old >&2; echo Error: expired >&2; exit 1\n", "exit status: 1: Error: expired\n"),
        ("echo Warning: old >&2; echo Error: expired >&2; exit 1\n", "\n  Warning: old\n  Error: expired\n"),
    ] {
        home.write("give", script);
        says(home.run(&["process", "keys"]).failed_with(4), &[expected]);
    }
}

#[test]
fn credential_process_inherits_neither_stdin_nor_code() {
    let (_sts, home) = with_program();
    let script = fs::read_to_string(home.path().join("give")).unwrap();
    home.write("give", format!("cat >/dev/null\nenv >\"$HOME/environment\"\n{script}"));
    let mut command = home.command(&["process", "keys"]);
    command.env("AMPLIFY_CREDS_MFA_TOKEN", "123456").env("PATH", "/usr/bin:/bin");
    // Nothing is written to stdin, and it is never closed, as in the JS SDK.
    let mut child = command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    wait_until("the end", || child.try_wait().unwrap().is_some());
    assert!(child.wait().unwrap().success());
    let environment = fs::read_to_string(home.path().join("environment")).unwrap();
    assert!(!environment.contains("123456"), "{environment}");
    assert!(environment.contains("AMPLIFY_CREDS_CHAIN="), "{environment}");
}

#[test]
#[ignore = "waits 60 s for the real deadline; .ci/full runs it"]
fn hanging_credential_process_times_out() {
    let (_sts, home) = with_program();
    home.write("give", "exec sleep 1000\n");
    let run = home.run(&["process", "keys"]);
    run.failed_with(4);
    says(&run, &["no answer within 60 s"]);
}

#[test]
fn own_credential_process_is_an_alias() {
    let (sts, home) = with_program();
    add(
        &home,
        "[profile alias]\ncredential_process = /usr/bin/amplify-creds process role --duration 20m --region eu-west-1\n\
         [profile twice]\ncredential_process = amplify-creds process -p alias\n",
    );
    home.run(&["process", "twice"]).succeeded();
    let call = &sts.calls()[0];
    // Only the program for the keys was run, so the options were recognised.
    assert_eq!((call.param("DurationSeconds"), call.region.as_deref()), (Some("1200"), Some("eu-west-1")));
    home.run(&["process", "role"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 1, "the alias has the session of its target");
    home.run(&["process", "alias", "--duration", "30m", "--refresh"]).succeeded();
    assert_eq!(sts.calls()[1].param("DurationSeconds"), Some("1800"), "the command line wins");
}

#[test]
fn alias_as_source_resolves_to_its_target() {
    let (sts, home) = with_program();
    add(
        &home,
        "[profile alias]\ncredential_process = amplify-creds process keys\n\
         [profile via]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = alias\n",
    );
    home.run(&["process", "via"]).succeeded();
    assert_eq!(sts.succeeded("AssumeRole"), 1);
}

#[test]
fn role_arn_overrides_credential_process() {
    let (sts, home) = with_program();
    add(
        &home,
        "[profile both]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = keys\n\
         credential_process = amplify-creds process both\n",
    );
    home.run(&["process", "both"]).succeeded();
    assert_eq!(sts.succeeded("AssumeRole"), 1);
}

#[test]
fn alias_loop_is_detected_in_config() {
    let (_sts, home) = with_program();
    add(
        &home,
        "[profile self]\ncredential_process = amplify-creds process self\n\
         [profile a]\ncredential_process = amplify-creds process b\n\
         [profile b]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = a\n",
    );
    says(
        home.run(&["process", "self"]).failed_with(3),
        &["the credential_process of profile self names self itself, which has no stored key", "~/.aws/config:8"],
    );
    says(home.run(&["process", "a"]).failed_with(3), &["loop: a (~/.aws/config:10) -> b (~/.aws/config:13) -> a"]);
    says(
        home.run_with(&["process", "-p", "unnamed"], &[("AWS_PROFILE", "unnamed")]).failed_with(3),
        &["profile unnamed does not exist"],
    );
}

#[test]
fn process_loop_is_detected_by_chain_variable() {
    let (_sts, home) = with_program();
    home.write("again", format!("exec {} process outer\n", home.program().display()));
    add(&home, &format!("[profile outer]\ncredential_process = /bin/sh {}/again\n", home.path().display()));
    let run = home.run(&["process", "outer"]);
    run.failed_with(4);
    says(&run, &["credential_process of profile outer asks for profile outer again"]);
    // The same through a role with a lock that the outer run holds.
    home.write("again", format!("exec {} process inner\n", home.program().display()));
    add(&home, "[profile inner]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = outer\n");
    let run = home.run(&["process", "inner"]);
    run.failed_with(4);
    says(&run, &["asks for profile inner again"]);
}

#[test]
fn included_profile_provides_missing_settings_except_keys() {
    let (sts, home) = with_program();
    add(
        &home,
        "[profile common]\nregion = eu-central-1\nrole_session_name = common\ninclude_profile = more\n\
         aws_access_key_id = AKIANOTMINE\naws_secret_access_key = x\n\
         [profile more]\nduration_seconds = 1200\nrole_session_name = more\n\
         [profile uses]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = keys\ninclude_profile = common\n\
         [profile round]\ninclude_profile = round\n",
    );
    home.run(&["process", "uses"]).succeeded();
    let call = &sts.calls()[0];
    assert_eq!(call.region.as_deref(), Some("eu-central-1"));
    assert_eq!((call.param("RoleSessionName"), call.param("DurationSeconds")), (Some("common"), Some("1200")));
    assert_eq!(call.access_key_id.as_deref(), Some(data::ACCESS_KEY_ID));
    says(home.run(&["process", "round"]).failed_with(3), &["include_profile of profile round", "~/.aws/config:"]);
}

#[test]
fn alias_chain_of_any_depth_is_resolved() {
    let (_sts, home) = with_program();
    let first = "[profile r0]\ncredential_process = amplify-creds process keys\n".to_owned();
    let alias = |depth: i32| format!("[profile r{depth}]\ncredential_process = amplify-creds process r{}\n", depth - 1);
    add(&home, &(first + &(1..200).map(alias).collect::<Vec<_>>().concat()));
    assert_eq!(json(home.run(&["process", "r199"]).succeeded())["AccessKeyId"], data::ACCESS_KEY_ID);
}
