//! `process`: the document, the source of the code, the selected profile.

use std::process::Stdio;

use test_support::{TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, cache, json, without_mfa};

#[test]
fn process_prints_credentials_of_role_with_mfa() {
    let (sts, home) = biz_corp();
    let run = home.run(&["process", "bizcorprole", "--mfa-token", &sts.next_unused_code(data::MFA_SERIAL)]);
    let document = json(run.succeeded());
    assert_eq!(document["Version"], 1);
    assert!(document["AccessKeyId"].as_str().unwrap().starts_with("ASIA"));
    assert_eq!(document["AccountId"], "222222222222");
    let expiration = document["Expiration"].as_str().unwrap();
    assert!(expiration.len() == 20 && expiration.ends_with('Z'), "{expiration}");
    let calls = sts.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].action, "GetSessionToken");
    assert_eq!(calls[0].param("DurationSeconds"), Some("43200"));
    assert_eq!(calls[0].param("SerialNumber"), Some(data::MFA_SERIAL));
    assert_eq!(calls[1].param("RoleSessionName"), Some("amplify"));
    assert_eq!(calls[1].param("DurationSeconds"), Some("3600"));
    assert_eq!(calls[1].param("ExternalId"), Some(data::EXTERNAL_ID));
    assert_eq!(calls[1].param("TokenCode"), None);
    assert_eq!(calls[1].region.as_deref(), Some("us-east-1"));
}

#[test]
fn second_call_uses_cache_without_sts() {
    let (sts, home) = without_mfa();
    let first = home.run(&["process", "nomfa"]);
    drop(sts);
    let second = home.run(&["process", "nomfa"]);
    assert_eq!(first.succeeded(), second.succeeded());
}

#[test]
fn mfa_code_is_read_from_variable_or_stdin() {
    let (sts, home) = biz_corp();
    let code = sts.next_unused_code(data::MFA_SERIAL);
    home.run_with(&["process", "bizcorprole"], &[("AMPLIFY_CREDS_MFA_TOKEN", &code)]).succeeded();

    let (sts, home) = biz_corp();
    let mut command = home.command(&["process", "bizcorprole", "-t", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    // The pipe remains open, because one line is enough.
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, format!("{}\n", sts.next_unused_code(data::MFA_SERIAL)).as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn rejected_flag_code_falls_back_to_variable() {
    let (sts, home) = biz_corp();
    let (wrong, right) = (sts.wrong_code(data::MFA_SERIAL), sts.next_unused_code(data::MFA_SERIAL));
    let variables = [("AMPLIFY_CREDS_MFA_TOKEN", right.as_str())];
    home.run_with(&["process", "bizcorprole", "--mfa-token", &wrong], &variables).succeeded();
    assert_eq!((sts.count("GetSessionToken"), sts.succeeded("GetSessionToken")), (2, 1));
}

#[test]
fn missing_prompt_prints_login_command_at_once() {
    let (sts, home) = biz_corp();
    for args in [&["process", "bizcorprole"][..], &["process", "bizcorprole", "--no-input"]] {
        let run = home.run(args);
        run.failed_with(4);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains("run: amplify-creds login bizcorprole"), "{}", run.stderr);
    }
    assert_eq!(sts.count("AssumeRole"), 0);
}

#[test]
fn login_command_repeats_the_options_of_the_session() {
    let (sts, home) = biz_corp();
    let rows: &[(&[&str], &str)] = &[
        (&["-d", "15m"], "in a terminal, run: amplify-creds login --duration 900 bizcorprole"),
        (&["--tag", "team=a b"], "run: amplify-creds login --tag 'team=a b' bizcorprole"),
        (&["--no-cache"], "omit --no-cache, or give a code: --mfa-token CODE"),
        (&["--refresh", "-d", "15m"], "omit --refresh, or give a code: --mfa-token CODE"),
    ];
    for (options, expected) in rows {
        let run = home.run(&[&["process", "bizcorprole"], *options].concat());
        run.failed_with(4);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.ends_with(&format!("{expected}\n")), "{}", run.stderr);
    }
    let code = sts.next_unused_code(data::MFA_SERIAL);
    home.run(&["login", "--duration", "900", "bizcorprole", "-q", "-t", &code]).succeeded();
    home.run(&["process", "bizcorprole", "-d", "15m"]).succeeded();
}

#[test]
fn setting_that_prevents_a_prompt_is_named() {
    let (_sts, home) = biz_corp();
    for (variable, value, expected) in [
        ("AMPLIFY_CREDS_NO_INPUT", "1", "to enable them: unset AMPLIFY_CREDS_NO_INPUT"),
        (
            "AMPLIFY_CREDS_PROMPT",
            "none",
            "prompt method none ($AMPLIFY_CREDS_PROMPT) cannot be used here; add: --prompt tty",
        ),
    ] {
        for command in ["process", "login"] {
            let run = home.run_with(&[command, "bizcorprole"], &[(variable, value)]);
            assert!(run.code == Some(4) && run.stderr.contains(expected), "{command}: {run:?}");
        }
    }
}

#[test]
fn malformed_code_is_a_usage_error() {
    let (sts, home) = biz_corp();
    for code in ["12345", "1234567", "12345a", ""] {
        home.run(&["process", "bizcorprole", "--mfa-token", code]).failed_with(2);
    }
    home.run_with(&["process", "bizcorprole"], &[("AMPLIFY_CREDS_MFA_TOKEN", "nope")]).failed_with(2);
    assert_eq!(sts.count("AssumeRole"), 0);
}

#[test]
fn rejected_code_exits_4_with_aws_message() {
    let (sts, home) = biz_corp();
    let run = home.run(&["process", "bizcorprole", "--mfa-token", &sts.wrong_code(data::MFA_SERIAL)]);
    run.failed_with(4);
    assert!(run.first_error_line().contains("rejected the MFA code"), "{}", run.stderr);
    assert!(run.stderr.contains("AWS: MultiFactorAuthentication failed"), "{}", run.stderr);
}

#[test]
fn role_chain_caches_every_hop() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/Deploy\nsource_profile = bizcorprole\n\
         duration_seconds = 7200\nrole_session_name = ship-it\n",
    );
    let run = home.run(&["process", "deploy", "-t", &sts.next_unused_code(data::MFA_SERIAL)]);
    json(run.succeeded());
    let calls = sts.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[2].param("RoleArn"), Some(data::DEPLOY_ROLE));
    assert_eq!(calls[2].param("RoleSessionName"), Some("ship-it"));
    assert_eq!(calls[2].param("DurationSeconds"), Some("3600"), "AWS holds a chained role to an hour");
    assert_eq!(calls[2].param("SerialNumber"), None);
    assert_eq!(calls[2].region.as_deref(), Some("us-east-1"), "the source's region");
    home.run(&["process", "bizcorprole"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2, "the first hop was cached on the way");
    assert!(cache(&home)[data::BIZ_CORP_ROLE].is_object());
}

#[test]
fn static_profile_needs_no_aws_call() {
    let (sts, home) = biz_corp();
    let run = home.run(&["process", "devcorpuser"]);
    let expected = format!(
        "{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"{}\"}}\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    );
    assert_eq!(run.succeeded(), expected);
    assert_eq!(sts.calls().len(), 0);
    assert!(!home.cache_dir().exists());
}

#[test]
fn profile_is_argument_then_variable_then_default() {
    let (_sts, home) = biz_corp();
    home.credentials(
        &["default", "a", "b", "c", "d"]
            .map(|name| format!("[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = s\n"))
            .concat(),
    );
    let id = |args: &[&str], variables: &[(&str, &str)]| {
        json(home.run_with(args, variables).succeeded())["AccessKeyId"].as_str().unwrap().to_owned()
    };
    let all = [("AMPLIFY_CREDS_PROFILE", "b"), ("AWS_PROFILE", "c"), ("AWS_DEFAULT_PROFILE", "d")];
    assert_eq!(id(&["process"], &[]), "AKIAdefault");
    assert_eq!(id(&["process", "a"], &all), "AKIAa");
    assert_eq!(id(&["process", "-p", "a"], &all), "AKIAa");
    assert_eq!(id(&["-p", "a", "process", "a"], &all), "AKIAa");
    assert_eq!(id(&["process"], &all), "AKIAb");
    assert_eq!(id(&["process"], &all[1..]), "AKIAc");
    assert_eq!(id(&["process"], &all[2..]), "AKIAd");
    assert_eq!(id(&["process"], &[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "d")]), "AKIAd");
    assert_eq!(id(&["credential-process", "a"], &[]), "AKIAa");
    home.run(&["process", "a", "-p", "b"]).failed_with(2);
}

#[test]
fn environment_keys_are_used_without_default_profile() {
    let home = TestHome::new(PROGRAM);
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_SESSION_TOKEN", "t")];
    let run = home.run_with(&["process"], &keys);
    assert_eq!(
        run.succeeded(),
        "{\"Version\":1,\"AccessKeyId\":\"AKIAENV\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\"}\n"
    );
    home.run_with(&["process", "nosuch"], &keys).failed_with(3);
    home.run(&["process"]).failed_with(3);
}

#[test]
fn inherited_keys_do_not_override_profile() {
    let (_sts, home) = biz_corp();
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let run = home.run_with(&["process", "devcorpuser"], &keys);
    assert_eq!(json(run.succeeded())["AccessKeyId"], data::ACCESS_KEY_ID);
}

#[test]
fn verbose_prints_the_profile() {
    let (_sts, home) = without_mfa();
    let run = home.run(&["process", "nomfa", "-v"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stderr.contains("profile nomfa"), "{}", run.stderr);
    home.run(&["process", "nomfa"]).succeeded();
}

#[test]
fn refresh_and_no_cache_skip_cached_session() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa", "--no-cache"]).succeeded();
    assert!(!home.cache_file().exists());
    let first = home.run(&["process", "nomfa"]);
    let second = home.run(&["process", "nomfa", "--refresh"]);
    assert_ne!(first.succeeded(), second.succeeded());
    assert_eq!(second.succeeded(), home.run(&["process", "nomfa"]).succeeded());
    assert_eq!(sts.count("AssumeRole"), 3);
}

#[cfg(unix)]
#[test]
fn closed_pipe_is_a_quiet_failure() {
    let (_sts, home) = without_mfa();
    // Shut down before the start, for every process that may have inherited it.
    let (reader, writer) = std::os::unix::net::UnixStream::pair().unwrap();
    reader.shutdown(std::net::Shutdown::Both).unwrap();
    let output = home
        .command(&["process", "nomfa"])
        .stdout(std::os::fd::OwnedFd::from(writer))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_on_stdout_exits_1() {
    let (_sts, home) = without_mfa();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = home.command(&["process", "nomfa"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.starts_with("amplify-creds: cannot write to stdout"), "{message}");
}

#[test]
fn wrapper_options_count_like_flags() {
    let (sts, home) = without_mfa();
    crate::add_config(
        &home,
        "[profile uncached]\ncredential_process = amplify-creds process nomfa --no-cache\n\
         [profile anew]\ncredential_process = amplify-creds process nomfa --refresh\n\
         [profile over]\ncredential_process = amplify-creds process anew\n\
         [profile strict]\ncredential_process = amplify-creds process nomfa --min-ttl 20m\n\
         [profile wrong]\ncredential_process = amplify-creds process bizcorprole --prompt semaphore\n\
         [profile silent]\ncredential_process = amplify-creds process bizcorprole --no-input\n",
    );
    home.run(&["process", "uncached"]).succeeded();
    assert!(!home.cache_file().exists());
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
    home.run(&["process", "uncached"]).succeeded();
    home.run(&["process", "anew"]).succeeded();
    home.run(&["env", "over"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 5);
    home.run(&["process", "strict"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 5);
    crate::age_cache(&home, 3000);
    home.run(&["process", "nomfa", "--min-ttl", "5m"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 5);
    home.run(&["process", "strict", "--min-ttl", "5m"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 5, "the flag counts first");
    home.run(&["process", "strict"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 6);
    home.run(&["process", "silent"]).failed_with(4);
    let run = home.run(&["process", "wrong"]);
    assert!(run.failed_with(3).stderr.contains("~/.aws/config:"), "{}", run.stderr);
}
