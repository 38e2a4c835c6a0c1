use test_support::biz_corp::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};

use super::{KeysHome, assert_hidden, assert_user};

/// A stand-in that speaks the format of `aws-vault export`.
fn with_vault(script: &str) -> Option<(KeysHome, String)> {
    let home = KeysHome::empty()?;
    home.home.write_program("bin/aws-vault", format!("#!/bin/sh\n{script}\n"));
    let path = format!("{}/bin:/usr/bin:/bin", home.home.path().display());
    Some((home, path))
}

fn exports(more: &str) -> String {
    let key =
        format!(r#"{{"Version":1,"AccessKeyId":"{ACCESS_KEY_ID}","SecretAccessKey":"{SECRET_ACCESS_KEY}"{more}}}"#);
    format!("echo \"$*\" >\"$HOME/arguments\"; echo unlocked >&2; echo '{key}'")
}

#[test]
fn key_of_aws_vault_is_imported_and_its_command_replaced() {
    let Some((home, path)) = with_vault(&exports("")) else { return };
    home.home.config("[profile dev]\nregion = us-east-1\ncredential_process = aws-vault export --format=json dev\n");
    let run = home.home.run_with(&["keys", "import", "dev", "--from", "aws-vault", "--yes"], &[("PATH", &path)]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_hidden(&run);
    assert_eq!(home.text("arguments"), "export --no-session --format=json -- dev\n");
    assert!(run.stderr.contains("unlocked\n") && run.stderr.ends_with("aws-vault remove dev\n"), "{run:#?}");
    assert_eq!(home.config(), format!("[profile dev]\nregion = us-east-1\n{}", home.command_of("dev")));
    assert_user(&home, "dev");
}

#[test]
fn aws_vault_errors_are_reported_without_secrets() {
    let token = exports(r#","SessionToken":"t""#);
    let wrong = format!("echo 'export AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}'");
    for (script, code, message) in [
        ("echo no such profile >&2; exit 1", 4, "aws-vault export dev failed: exit status: 1"),
        (wrong.as_str(), 4, "aws-vault export dev printed no keys in the expected format"),
        (token.as_str(), 3, "aws-vault has only temporary credentials for dev, which expire"),
    ] {
        let Some((home, path)) = with_vault(script) else { return };
        let args = ["keys", "import", "dev", "--from", "aws-vault", "--yes"];
        let run = home.home.run_with(&args, &[("PATH", &path)]);
        assert!(run.code == Some(code) && run.stderr.contains(&format!("amplify-creds: {message}\n")), "{run:#?}");
        assert_hidden(&run);
        assert_eq!((home.stored_id("dev"), home.config().as_str()), (None, ""));
    }
    let Some(home) = KeysHome::empty() else { return };
    let run = home.run(&["keys", "import", "dev", "--from", "aws-vault", "--yes"]);
    assert_eq!(run.failed_with(4).first_error_line(), "amplify-creds: aws-vault is not in PATH");
}
