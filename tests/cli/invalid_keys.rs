//! Invalid keys are reported with key and location before anything is signed, stored or printed.

use std::fs;

use test_support::{FakeSts, Finished, TestHome};

use crate::{PROGRAM, cache, without_mfa};

const ROLES: &str = "[profile r]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = user\n\
    [profile e]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\ncredential_source = Environment\n\
    [profile p]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = program\n\
    [profile program]\ncredential_process = cat document.json\n";

fn home_of(sts: &FakeSts, credentials: &str) -> TestHome {
    let home = TestHome::new(PROGRAM).calling(sts);
    home.config(ROLES);
    home.credentials(credentials);
    home
}

#[track_caller]
fn refused(run: &Finished, code: i32, first_line: &str, sts: &FakeSts) {
    assert_eq!(run.failed_with(code).first_error_line(), format!("amplify-creds: {first_line}"));
    let lines = run.stderr.strip_suffix('\n').unwrap();
    assert!(!lines.chars().any(|c| c.is_control() && c != '\n'), "{lines:?}");
    assert!(run.stdout.is_empty() && !lines.contains("IOSFODNN7") && !lines.contains("hunter2"), "{run:?}");
    assert!(sts.calls().is_empty(), "{:?}", sts.calls());
}

#[test]
fn invalid_key_of_a_file_names_key_line_and_character() {
    let (sts, _home) = without_mfa();
    let id = "the access key id contains the character";
    for (id_line, secret_line, message) in [
        (
            "aws_access_key_id = AKIA\x07IOSFODNN7",
            "",
            format!("aws_access_key_id at L:2: {id} U+0007 (a control character)"),
        ),
        ("aws_access_key_id = AKIA\x1bIOSFODNN7", "", format!("aws_access_key_id at L:2: {id} U+001B (an escape)")),
        ("aws_access_key_id = AKIA\0IOSFODNN7", "", format!("aws_access_key_id at L:2: {id} U+0000 (a NUL)")),
        ("aws_access_key_id = AKIA\n  IOSFODNN7", "", format!("aws_access_key_id at L:2: {id} U+000A (a line feed)")),
        (
            "aws_access_key_id = AKIAIOSFODNN7\u{200b}",
            "",
            format!("aws_access_key_id at L:2: {id} U+200B (a zero-width character)"),
        ),
        (
            "aws_access_key_id = \u{201c}AKIAIOSFODNN7\u{201d}",
            "",
            format!("aws_access_key_id at L:2: {id} U+201C (a quotation mark)"),
        ),
        ("aws_access_key_id = AKIAIOSFODNN7\"", "", format!("aws_access_key_id at L:2: {id} \" (a quotation mark)")),
        (
            "aws_access_key_id = ${KEY_IOSFODNN7}",
            "",
            format!("aws_access_key_id at L:2: {id} $ (a variable that is not expanded)"),
        ),
        (
            "aws_access_key_id = AKIA",
            "aws_secret_access_key = hunter2\x1b[2J",
            "aws_secret_access_key at L:3: the secret access key contains the character U+001B (an escape)".to_owned(),
        ),
        (
            "aws_access_key_id = AKIA",
            "aws_secret_access_key = s\naws_session_token = hunter2\u{e9}",
            "aws_session_token at L:4: the session token contains the character U+00E9".to_owned(),
        ),
    ] {
        let secret_line = if secret_line.is_empty() { "aws_secret_access_key = hunter2" } else { secret_line };
        let home = home_of(&sts, &format!("[user]\n{id_line}\n{secret_line}\n"));
        let message = format!("invalid {}", message.replace("L:", "~/.aws/credentials:"));
        for command in [&["process", "r"][..], &["process", "user"], &["env", "user"], &["whoami", "user"]] {
            refused(&home.run(command), 3, &message, &sts);
        }
        refused(&home.run(&["exec", "user", "--", "true"]), 125, &message, &sts);
        assert!(!home.cache_file().exists());
    }
}

#[test]
fn invalid_key_of_the_environment_names_the_variable() {
    let (sts, _home) = without_mfa();
    let home = home_of(&sts, "");
    for (id, secret, token, message) in [
        (
            "AKIAIOSFODNN7\r",
            "hunter2",
            "",
            "$AWS_ACCESS_KEY_ID: the access key id contains the character U+000D (a carriage return)",
        ),
        ("AKIA\n", "hunter2", "", "$AWS_ACCESS_KEY_ID: the access key id contains the character U+000A (a line feed)"),
        (
            "AKIA",
            "hunter2\n",
            "",
            "$AWS_SECRET_ACCESS_KEY: the secret access key contains the character U+000A (a line feed)",
        ),
        (
            "AKIA",
            "hunter2",
            "hunter2\r",
            "$AWS_SESSION_TOKEN: the session token contains the character U+000D (a carriage return)",
        ),
    ] {
        let variables = [("AWS_ACCESS_KEY_ID", id), ("AWS_SECRET_ACCESS_KEY", secret), ("AWS_SESSION_TOKEN", token)];
        for command in [&["process", "e"][..], &["process"], &["env"], &["whoami"]] {
            refused(&home.run_with(command, &variables), 3, &format!("invalid {message}"), &sts);
        }
    }
}

// It runs programs of Unix.
#[cfg(unix)]
#[test]
fn invalid_answer_of_a_program_is_refused() {
    let (sts, _home) = without_mfa();
    let home = home_of(&sts, "");
    for (id, secret, more, problem) in [
        ("", "hunter2", "", "the access key id is empty"),
        ("AKIA", "", "", "the secret access key is empty"),
        ("AKIAIOSFODNN7\\n", "hunter2", "", "the access key id contains the character U+000A (a line feed)"),
        ("AKIA\\u0000B", "hunter2", "", "the access key id contains the character U+0000 (a NUL)"),
        ("AKIA", "hunter2\\u007f", "", "the secret access key contains the character U+007F (a control character)"),
        (
            "AKIA",
            "s",
            r#","SessionToken":"hunter2\u001b[31m""#,
            "the session token contains the character U+001B (an escape)",
        ),
        ("AKIA", "s", r#","AccountId":"1\nB=2""#, "the account id contains the character U+000A (a line feed)"),
    ] {
        let document = format!(r#"{{"Version":1,"AccessKeyId":"{id}","SecretAccessKey":"{secret}"{more}}}"#);
        let file = home.write("document.json", &document);
        home.config(&ROLES.replace("document.json", &file.display().to_string()));
        for profile in ["p", "program"] {
            let message = format!("the credentials of profile program are invalid: {problem}");
            refused(&home.run(&["process", profile]), 4, &message, &sts);
        }
    }
}

#[test]
fn short_key_ids_of_other_services_are_valid() {
    let (sts, _home) = without_mfa();
    let home = home_of(&sts, "[user]\naws_access_key_id = minio-user\naws_secret_access_key = s p=\u{e9}\n");
    assert!(home.run(&["process", "user"]).succeeded().contains("\"minio-user\""));
}

#[test]
fn invalid_cached_session_is_fetched_again() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let id = |cache: &serde_json::Value| cache.to_string().split("ASIA").nth(1).unwrap()[..8].to_owned();
    let before = fs::read_to_string(home.cache_file()).unwrap();
    let id = id(&cache(&home));
    fs::write(home.cache_file(), before.replace(&id, &format!("{id}\\n"))).unwrap();
    home.run(&["process", "nomfa"]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 2);
}
