//! The invitation to use a role: `policy invite` writes it, `setup --from` reads it.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use test_support::{FakeSts, Finished, Terminal, TestHome, World, biz_corp as data};

use crate::{PROGRAM, biz_corp, json as document};

/// The invitation of the Amplify documentation's walk-through.
fn invitation() -> Value {
    json!({
        "version": 1, "role_arn": data::BIZ_CORP_ROLE, "external_id": data::EXTERNAL_ID, "region": "us-east-1",
        "mfa_required": true, "duration_seconds": null, "note": null,
    })
}

/// Dev Corp's home, with the keys of the user.
fn dev_corp() -> (FakeSts, TestHome) {
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::new(PROGRAM).calling(&sts);
    home.config("[profile devcorpuser]\nregion = us-east-1\n");
    home.credentials(&format!(
        "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    ));
    (sts, home)
}

fn files(home: &TestHome) -> [String; 2] {
    [".aws/config", ".aws/credentials"].map(|name| fs::read_to_string(home.path().join(name)).unwrap_or_default())
}

/// Writes the invitation and runs `setup --from` with `args`.
fn setup(home: &TestHome, invitation: &Value, args: &[&str]) -> Finished {
    let file = home.write("invitation.json", invitation.to_string());
    home.run(&[&["setup", "--from", file.to_str().unwrap()], args].concat())
}

#[test]
fn walkthrough_takes_three_commands() {
    let biz = TestHome::new(PROGRAM);
    let (sts, dev) = dev_corp();
    let file = biz.path().join("invitation.json");
    let file = file.to_str().unwrap();
    // 1. At Biz Corp.
    let role =
        ["--role-arn", data::BIZ_CORP_ROLE, "--external-id", data::EXTERNAL_ID, "--mfa", "--region", "us-east-1"];
    let run = biz.run(&[&["policy", "invite", "--output", file], &role[..]].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("who runs: amplify-creds setup --from invitation.json\n"), "{run:?}");
    assert_eq!(serde_json::from_str::<Value>(&fs::read_to_string(file).unwrap()).unwrap(), invitation());
    // 2. At Dev Corp.
    let mut terminal = Terminal::start(&dev, &format!("setup --from {file}"), "</dev/null");
    for (question, answer) in [
        ("Source profile [devcorpuser]: ", ""),
        ("MFA device: ", data::MFA_SERIAL),
        ("Name of the profile [bizcorprole]: ", ""),
        ("Write this? [Y/n] ", "y"),
        ("Log in now with an MFA code? [Y/n] ", "y"),
    ] {
        terminal.expect(question);
        terminal.type_line(answer);
    }
    terminal.expect("Enter the MFA token code: ");
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
    terminal.expect("Test the role now? [Y/n] ");
    terminal.type_line("y");
    let run = terminal.finish().1.restored();
    assert!(run.code == Some(0) && run.stdout.contains("BizCorpRole"), "{run:?}");
    // 3. The first use, without a prompt.
    let found = document(dev.run(&["process", "bizcorprole-amplify"]).succeeded());
    assert_eq!(found["AccountId"], "222222222222");
    let [config, _] = files(&dev);
    let expected = format!(
        "\n[profile bizcorprole]\nrole_arn = {}\nsource_profile = devcorpuser\nexternal_id = {}\nmfa_serial = {}\n\
         region = us-east-1\n\n[profile bizcorprole-amplify]\ncredential_process = {PROGRAM} process bizcorprole\n\
         region = us-east-1\n",
        data::BIZ_CORP_ROLE,
        data::EXTERNAL_ID,
        data::MFA_SERIAL
    );
    assert!(config.ends_with(&expected), "{config}");
}

#[test]
fn invitation_is_made_from_profile_or_options() {
    let (_sts, home) = biz_corp();
    let invite = |args: &[&str]| {
        let run = home.run(&[&["policy", "invite", "-q"], args].concat());
        serde_json::from_str::<Value>(run.succeeded()).unwrap()
    };
    assert_eq!(invite(&["bizcorprole"]), invitation());
    let mut changed = invitation();
    changed["region"] = json!("eu-west-1");
    changed["duration_seconds"] = json!(7200);
    changed["note"] = json!("Questions: ops@biz.example");
    let args = ["bizcorprole", "--region", "eu-west-1", "-d", "2h", "--note", "Questions: ops@biz.example"];
    assert_eq!(invite(&args), changed);
    let least = invite(&["--role-arn", data::NO_MFA_ROLE]);
    let nulls = ["external_id", "region", "mfa_required", "duration_seconds", "note"];
    assert!(least["role_arn"] == data::NO_MFA_ROLE && nulls.iter().all(|key| least[key].is_null()), "{least}");
    // The user's own region is not that of the role.
    let run = home.run_with(&["policy", "invite", "bizcorprole"], &[("AWS_REGION", "ap-south-1")]);
    assert!(run.succeeded().contains("us-east-1"), "{run:?}");
    let run = home.run(&["policy", "invite", "--role-arn", data::NO_MFA_ROLE]);
    assert!(run.code == Some(0) && run.stderr.contains("has no external ID"), "{run:?}");
}

#[test]
fn invalid_invitation_options_are_rejected() {
    let (_sts, home) = biz_corp();
    let long = "x".repeat(201);
    for (args, message) in [
        (&["--role-arn", "nope"][..], "invalid role_arn for the invitation"),
        (&["bizcorprole", "--external-id", "a b"], "invalid external_id for the invitation"),
        (&["bizcorprole", "--note", &long], "invalid note for the invitation (expected up to 200"),
        (&["bizcorprole", "--note", "a\u{202e}b"], "invalid note for the invitation"),
        (&["bizcorprole", "--duration", "13h"], "--duration must be"),
    ] {
        let run = home.run(&[&["policy", "invite"], args].concat());
        assert!(run.failed_with(2).first_error_line().contains(message), "{args:?} {run:?}");
    }
    home.run(&["policy", "invite", "devcorpuser"]).failed_with(3);
    let file = home.write("taken.json", "{}");
    let output = ["policy", "invite", "bizcorprole", "--output", file.to_str().unwrap()];
    let run = home.run(&output);
    assert!(run.failed_with(1).stderr.contains("--force"), "{run:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
    assert_eq!(home.run(&[&output[..], &["--force"]].concat()).code, Some(0));
}

#[test]
fn flags_and_yes_need_no_terminal() {
    let (sts, home) = dev_corp();
    let mut invitation = invitation();
    invitation["duration_seconds"] = json!(1800);
    let run = setup(&home, &invitation, &["--yes"]);
    assert_eq!(run.failed_with(2).first_error_line(), "amplify-creds: --mfa-serial is missing");
    let before = files(&home);
    let mfa = ["--mfa-serial", data::MFA_SERIAL];
    let run = setup(&home, &invitation, &[&mfa[..], &["--source-profile", "devcorpuser", "--dry-run"]].concat());
    assert!(run.code == Some(0) && run.stdout.contains("+duration_seconds = 1800\n"), "{run:?}");
    assert_eq!(files(&home), before);
    assert_eq!(setup(&home, &invitation, &[&mfa[..], &["--yes"]].concat()).code, Some(0));
    let run = home.run(&["process", "bizcorprole-amplify", "-t", &sts.next_unused_code(data::MFA_SERIAL)]);
    run.succeeded();
    // The second run has nothing to change, and another role does not replace the profile.
    let before = files(&home);
    let again = ["--yes", "--source-profile", "devcorpuser"];
    let run = setup(&home, &invitation, &again);
    assert!(run.code == Some(0) && run.stderr.contains("nothing to change"), "{run:?}");
    invitation["external_id"] = json!("Other-Ext-1");
    let run = setup(&home, &invitation, &again);
    assert!(run.failed_with(3).first_error_line().contains("profile bizcorprole exists already"), "{run:?}");
    assert_eq!(files(&home), before);
    assert_eq!(
        setup(&home, &invitation, &[&again[..], &["--name", "other", "--region", "eu-west-1"]].concat()).code,
        Some(0)
    );
    let [config, _] = files(&home);
    assert!(config.contains("[profile other-amplify]"), "{config}");
    assert!(config.contains(&before[0]), "{config}");
}

#[test]
fn taken_name_is_asked_for_again() {
    let (_sts, home) = biz_corp();
    let before = files(&home);
    let file = home.write("invitation.json", invitation().to_string());
    let mut terminal = Terminal::start(&home, &format!("setup --from {}", file.display()), "</dev/null");
    terminal.expect("Role ARN: arn:aws:iam::222222222222:role/BizCorpRole\r\n");
    terminal.expect("Source profile: ");
    terminal.type_line("devcorpuser");
    // The device of the other role of this user.
    terminal.expect(&format!("MFA device [{}]: ", data::MFA_SERIAL));
    terminal.type_line("");
    terminal.expect("Name of the profile [bizcorprole-2]: ");
    terminal.type_line("bizcorprole");
    terminal.expect("Invalid: expected a new name");
    terminal.type_line("devcorpuser");
    terminal.expect("Invalid: expected a new name");
    terminal.type_line("second");
    terminal.expect("Write this? [Y/n] ");
    terminal.type_line("n");
    assert_eq!(terminal.finish().1.restored().code, Some(0));
    assert_eq!(files(&home), before);
}

#[test]
fn external_id_that_the_owner_left_out_is_asked_for() {
    let (_sts, home) = biz_corp();
    let mut invitation = invitation();
    invitation.as_object_mut().unwrap().remove("external_id");
    let file = home.write("invitation.json", invitation.to_string());
    let command = format!("setup --from {} --source-profile devcorpuser --name second", file.display());
    let mut terminal = Terminal::start(&home, &command, "</dev/null");
    terminal.expect("External id (empty if the role requires none): ");
    terminal.type_line("Other-Ext-1");
    terminal.expect("MFA device [");
    terminal.type_line("");
    terminal.expect("+external_id = Other-Ext-1");
    terminal.expect("Write this? [Y/n] ");
    terminal.type_line("n");
    assert_eq!(terminal.finish().1.restored().code, Some(0));
    // Options replace what the invitation says.
    let options = ["--yes", "--dry-run", "--source-profile", "devcorpuser", "--mfa-serial", data::MFA_SERIAL];
    let run = setup(&home, &invitation, &[&options[..], &["--name", "third", "--external-id", "Ext-2"]].concat());
    assert!(run.code == Some(0) && run.stdout.contains("+external_id = Ext-2\n"), "{run:?}");
}

#[test]
fn other_keys_are_named_and_ignored() {
    let (_sts, home) = dev_corp();
    let mut hostile = invitation();
    hostile["credential_process"] = json!("touch pwned");
    hostile["source_profile"] = json!("devcorpuser");
    hostile["\u{1b}[2Jx"] = json!(1);
    hostile["note"] = json!("for the app");
    let run = setup(&home, &hostile, &["--yes", "--mfa-serial", data::MFA_SERIAL]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let ignored = run.stderr.lines().find(|line| line.starts_with("ignored in ")).unwrap();
    assert!(ignored.contains("credential_process, source_profile"), "{run:?}");
    assert!(!run.stderr.contains('\u{1b}') && run.stderr.contains(": for the app\n"), "{run:?}");
    let [config, _] = files(&home);
    assert!(!config.contains("pwned") && config.matches("credential_process").count() == 1, "{config}");
}

#[test]
fn invalid_invitation_changes_nothing() {
    let (_sts, home) = dev_corp();
    let before = files(&home);
    let with = |key: &str, value: Value| {
        let mut changed = invitation();
        changed[key] = value;
        changed.to_string()
    };
    for (text, message) in [
        (with("version", json!(2)), "is an invitation of another version"),
        (with("role_arn", json!("arn:aws:iam::1:user/x")), "invalid role_arn (expected the ARN of a role"),
        (with("external_id", json!("x\ny")), "invalid external_id (expected 2 to 1224"),
        (with("region", json!("eu/west")), "invalid region (expected a region"),
        (with("mfa_required", json!("yes")), "invalid mfa_required (expected true or false)"),
        (with("duration_seconds", json!(10)), "invalid duration_seconds (expected 900 to 43200 seconds)"),
        (with("note", json!("a\u{202e}b")), "invalid note (expected up to 200 printable characters"),
        ("{\n,".to_owned(), "line 2 is not valid JSON"),
        ("\"x\"".to_owned(), "expected a JSON object"),
        ("\u{feff}".to_owned(), "is not an invitation: "),
    ] {
        let file = home.write("invitation.json", &text);
        let run = home.run(&["setup", "--from", file.to_str().unwrap(), "--yes", "--mfa-serial", data::MFA_SERIAL]);
        let line = run.failed_with(3).first_error_line();
        assert!(line.contains("invitation.json is ") && line.contains(message), "{line}");
    }
    let large = home.write("invitation.json", " ".repeat(70_000));
    for (path, message) in [
        (large.to_str().unwrap(), "cannot read"),
        ("/nosuch", "/nosuch does not exist"),
        ("/", "cannot read /: is a directory"),
    ] {
        let run = home.run(&["setup", "--from", path, "--yes"]);
        assert!(run.failed_with(3).first_error_line().contains(message), "{run:?}");
    }
    for args in [&["bizcorprole"][..], &["--role-arn", "x"], &["--sso", "corp"]] {
        setup(&home, &invitation(), args).failed_with(2);
    }
    assert_eq!(files(&home), before);
}

#[test]
fn invitation_is_read_from_stdin() {
    let (_sts, home) = dev_corp();
    let mut command = home.command(&["setup", "--from", "-", "--yes", "--mfa-serial", data::MFA_SERIAL]);
    let mut run = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    run.stdin.take().unwrap().write_all(invitation().to_string().as_bytes()).unwrap();
    assert!(run.wait().unwrap().success());
    assert!(files(&home)[0].contains("[profile bizcorprole-amplify]"));
    let run = home.run(&["setup", "--from", "-", "--access-key-id", "AKIA", "--secret-access-key", "-"]);
    assert!(run.failed_with(2).first_error_line().contains("cannot both read stdin"), "{run:?}");
    assert!(home.run(&["setup", "--from", "-"]).failed_with(3).first_error_line().contains("stdin is not"));
}

#[test]
fn missing_answers_without_terminal_are_reported() {
    let (_sts, home) = dev_corp();
    let run = setup(&home, &invitation(), &[]);
    let line = run.failed_with(4).first_error_line();
    assert!(line.contains("setup --from prompts for what the invitation lacks"), "{line}");
}
