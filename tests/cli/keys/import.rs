use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use test_support::biz_corp::{ACCESS_KEY_ID, BIZ_CORP_ROLE, MFA_SERIAL, SECRET_ACCESS_KEY, USER_ARN};
use test_support::{Fault, Terminal, TestHome};

use super::{KeysHome, assert_hidden, assert_user};
use crate::killed::{Victim, sweep};
use crate::{add_config, fresh_code, json};

#[test]
fn keys_move_from_the_file_to_the_store() {
    let Some(home) = KeysHome::new() else { return };
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_hidden(&run);
    assert!(run.stdout.contains("-aws_secret_access_key = ****\n"), "{run:#?}");
    let stored = format!("stored {ACCESS_KEY_ID} of {USER_ARN} in the Secret Service\n");
    assert!(run.stderr.starts_with(&stored), "{run:#?}");
    assert!(run.stderr.contains("wrote ~/.aws/credentials, without a backup\n"), "{run:#?}");
    assert!(run.stderr.contains("wrote ~/.aws/config; backup: "), "{run:#?}");
    let profile = format!("[profile devcorpuser]\nregion = us-east-1\n{}", home.command_of("devcorpuser"));
    assert!(home.config().ends_with(&profile), "{}", home.config());
    assert_eq!(home.text(".aws/credentials"), "");
    assert_eq!(home.files_with_secret(), [""; 0].map(std::path::PathBuf::from));
    assert_eq!(home.stored_id("devcorpuser").as_deref(), Some(ACCESS_KEY_ID));
    assert_user(&home, "devcorpuser");
    let code = fresh_code(&home.sts);
    let run = home.run(&["process", "bizcorprole", "-t", &code]);
    assert!(json(run.succeeded())["SessionToken"].is_string());
    let again = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    let note = "nothing to import: the key of profile devcorpuser is in the Secret Service already\n";
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), note));
}

#[test]
fn dry_run_changes_nothing() {
    let Some(home) = KeysHome::new() else { return };
    let before = (home.config(), home.text(".aws/credentials"));
    let run = home.run(&["keys", "import", "devcorpuser", "--dry-run"]);
    assert!(run.succeeded().contains("+credential_process = "), "{run:#?}");
    assert_hidden(&run);
    assert_eq!((home.config(), home.text(".aws/credentials")), before);
    assert_eq!((home.stored_id("devcorpuser"), home.sts.calls().len()), (None, 0));
}

#[test]
fn user_agrees_before_anything_is_stored() {
    let Some(home) = KeysHome::new() else { return };
    let before = home.text(".aws/credentials");
    for (answer, is_imported) in [("n", false), ("y", true)] {
        let mut terminal = Terminal::start(&home.home, "keys import devcorpuser", "</dev/null");
        terminal.expect("Write this? [Y/n]");
        assert_eq!(home.stored_id("devcorpuser"), None);
        terminal.type_line(answer);
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert_eq!(run.stderr.contains("nothing was changed"), !is_imported);
        assert_eq!(home.text(".aws/credentials") == before, !is_imported);
        assert_eq!(home.stored_id("devcorpuser").is_some(), is_imported);
    }
    assert_user(&home, "devcorpuser");
}

#[test]
fn older_backups_with_the_secret_are_deleted_after_a_question() {
    let Some(home) = KeysHome::new() else { return };
    let backup = |number: u32, text: &str| {
        home.home.write(&format!(".amplify/awscloudformation/credentials.backup.{number}"), text)
    };
    let holding = backup(1, &format!("[old]\naws_secret_access_key = {SECRET_ACCESS_KEY}\n"));
    let other = backup(2, "[old]\nregion = x\n");
    let mut terminal = Terminal::start(&home.home, "keys import devcorpuser", "</dev/null");
    terminal.expect("Write this? [Y/n]");
    terminal.type_line("y");
    terminal.expect("credentials.backup.1");
    terminal.expect("Delete these files? [Y/n]");
    terminal.type_line("n");
    let run = terminal.finish().1.restored();
    assert!(run.stderr.contains("the older backups were not deleted"), "{run:#?}");
    assert!(holding.exists());
    let run = home.run(&["keys", "import", "devcorpuser"]);
    assert!(run.stderr.contains("older backups still hold the secret; delete them: ~/.amplify"), "{run:#?}");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert!(run.stderr.contains("deleted ~/.amplify/awscloudformation/credentials.backup.1"), "{run:#?}");
    assert!(!holding.exists() && other.exists());
}

#[test]
fn rejected_or_unreachable_key_is_not_moved() {
    let Some(home) = KeysHome::new() else { return };
    let before = (home.config(), home.text(".aws/credentials"));
    let unchanged = |code| {
        let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
        assert_eq!(run.code, Some(code), "{run:#?}");
        assert_hidden(&run);
        assert_eq!((home.config(), home.text(".aws/credentials")), before);
        assert_eq!(home.stored_id("devcorpuser"), None);
        run
    };
    home.sts.fault(Fault::error(403, "InvalidClientTokenId", "The security token is invalid."), Some(1));
    let run = unchanged(4);
    assert!(run.stderr.contains("AWS: The security token is invalid."), "{run:#?}");
    home.sts.fault(Fault::Close, None);
    unchanged(6);
    home.sts.clear_faults();
    assert_eq!(home.run(&["keys", "import", "devcorpuser", "--yes"]).code, Some(0));
}

#[test]
fn killed_import_is_completed_by_the_next() {
    let Some(home) = KeysHome::new() else { return };
    home.sts.fault_on("GetCallerIdentity", Fault::HELD, Some(1));
    let mut command = home.home.command(&["keys", "import", "devcorpuser", "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    home.sts.wait_for("GetCallerIdentity", 1);
    child.kill().unwrap();
    child.wait().unwrap();
    home.sts.clear_faults();
    assert!(home.stored_id("devcorpuser").is_some() && home.text(".aws/credentials").contains(SECRET_ACCESS_KEY));
    assert_user(&home, "devcorpuser");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(home.files_with_secret().is_empty());
}

#[test]
fn import_killed_between_the_two_files_is_completed_by_the_next() {
    let Some(home) = KeysHome::new() else { return };
    let credentials = home.text(".aws/credentials");
    assert_eq!(home.run(&["keys", "import", "devcorpuser", "--yes"]).code, Some(0));
    home.home.credentials(&credentials);
    assert_user(&home, "devcorpuser");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(home.files_with_secret().is_empty());
    assert_user(&home, "devcorpuser");
}

#[test]
fn other_profiles_with_the_keys_become_wrappers() {
    let Some(home) = KeysHome::new() else { return };
    let credentials = home.text(".aws/credentials");
    home.home.credentials(&format!("{credentials}\n{}", credentials.replace("devcorpuser", "old")));
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    let note = "these profiles had the same keys and use profile devcorpuser now: old\n";
    assert!(run.code == Some(0) && run.stderr.contains(note), "{run:#?}");
    assert!(home.config().ends_with(&format!("[profile old]\n{}", home.command_of("devcorpuser"))));
    assert_user(&home, "old");
}

#[test]
fn mfa_profile_gets_a_session_afterwards() {
    let Some(home) = KeysHome::new() else { return };
    home.home.config(&format!("[profile devcorpuser]\nregion = us-east-1\nmfa_serial = {MFA_SERIAL}\n"));
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    let note = "profile devcorpuser has mfa_serial, so every tool gets an MFA session instead of the key\n";
    assert!(run.code == Some(0) && run.stderr.contains(note), "{run:#?}");
    let code = fresh_code(&home.sts);
    let run = home.run(&["process", "devcorpuser", "-t", &code]);
    assert!(json(run.succeeded())["SessionToken"].is_string());
}

#[test]
fn links_and_line_ends_are_kept() {
    let Some(home) = KeysHome::new() else { return };
    let credentials = home.text(".aws/credentials").replace('\n', "\r\n");
    home.home.credentials(&format!("# mine\r\n[x]\r\nregion = y\r\n\r\n{credentials}"));
    for file in ["config", "credentials"] {
        let (path, target) = (home.home.path().join(".aws").join(file), home.home.path().join(file));
        fs::rename(&path, &target).unwrap();
        symlink(&target, &path).unwrap();
    }
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(home.text("credentials"), "# mine\r\n[x]\r\nregion = y\r\n\r\n");
    assert!(fs::symlink_metadata(home.home.path().join(".aws/credentials")).unwrap().is_symlink());
    assert!(home.files_with_secret().is_empty());
    assert_user(&home, "devcorpuser");
}

#[test]
fn names_with_other_characters_are_imported() {
    let Some(home) = KeysHome::new() else { return };
    let pair = format!("aws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
    for (header, name) in [
        ("[profile \"b z\"]", "b z"),
        ("[profile m\u{fc}ller]", "m\u{fc}ller"),
        ("[profile a.b]", "a.b"),
        ("[profile it's]", "it's"),
    ] {
        home.home.config(&format!("{header}\n{pair}region = us-east-1\n"));
        home.home.credentials("");
        let run = home.run(&["keys", "import", name, "--yes"]);
        assert_eq!(run.code, Some(0), "{name} {run:#?}");
        assert!(home.files_with_secret().is_empty(), "{name}");
        assert_user(&home, name);
    }
}

#[test]
fn parallel_imports_lose_nothing() {
    let Some(home) = KeysHome::new() else { return };
    let other = test_support::User::new("arn:aws:iam::111111111111:user/b", "AKIABBBBBBBBBBBBBBBB", "b".repeat(40));
    home.sts.edit_world(|world| world.put_user(other));
    let credentials = home.text(".aws/credentials");
    let second = format!("[b]\naws_access_key_id = AKIABBBBBBBBBBBBBBBB\naws_secret_access_key = {}\n", "b".repeat(40));
    home.home.credentials(&format!("{credentials}\n{second}"));
    add_config(&home.home, "[profile b]\nregion = us-east-1\n");
    let start = |name: &str| {
        let mut command = home.home.command(&["keys", "import", name, "--yes"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = ["devcorpuser", "b", "devcorpuser"].map(start);
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(home.text(".aws/credentials"), "");
    assert_user(&home, "devcorpuser");
    assert!(home.run(&["whoami", "b"]).succeeded().contains("user/b"));
}

#[test]
fn keys_of_another_profile_are_named() {
    let Some(home) = KeysHome::new() else { return };
    let run = home.run(&["keys", "import", "bizcorprole", "--yes"]);
    let message = "amplify-creds: profile bizcorprole uses the keys of profile devcorpuser";
    assert_eq!(run.failed_with(3).first_error_line(), message);
    assert!(run.stderr.contains("amplify-creds keys import devcorpuser"), "{run:#?}");
    add_config(
        &home.home,
        &format!("[profile p]\ncredential_process = /bin/x\n[profile q]\nrole_arn = {BIZ_CORP_ROLE}\n"),
    );
    let run = home.run(&["keys", "import", "p", "--yes"]);
    let message = "amplify-creds: profile p has no keys in a file; its credentials are of type process";
    assert_eq!(run.failed_with(3).first_error_line(), message);
    home.home.config("[profile devcorpuser]\naws_session_token = x\n");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    let message = "amplify-creds: profile devcorpuser has a session token (~/.aws/config:2)";
    assert_eq!(run.failed_with(3).first_error_line(), message);
}

#[test]
fn temporary_and_unclear_keys_are_refused() {
    let Some(home) = KeysHome::new() else { return };
    home.home.config("");
    let credentials = home.text(".aws/credentials");
    for (more, message) in [
        (
            "aws_session_token = x\n",
            "the keys of profile devcorpuser are temporary, and the key store is for long-term keys",
        ),
        (&format!("# {SECRET_ACCESS_KEY}\n"), "the secret access key is also at ~/.aws/credentials:4"),
    ] {
        home.home.credentials(&format!("{credentials}{more}"));
        let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
        assert_eq!(run.failed_with(3).first_error_line(), format!("amplify-creds: {message}"));
    }
    home.home.credentials(&credentials);
    home.put("devcorpuser", "AKIAAAAAAAAAAAAAAAAA", "another");
    let run = home.run(&["keys", "import", "devcorpuser", "--yes"]);
    let message =
        "amplify-creds: the Secret Service already has another key of profile devcorpuser: AKIAAAAAAAAAAAAAAAAA";
    assert_eq!(run.failed_with(3).first_error_line(), message);
}

#[test]
fn profile_with_the_same_keys_and_other_mfa_is_refused() {
    let Some(home) = KeysHome::new() else { return };
    let pair = home.text(".aws/credentials").replace("[devcorpuser]", "[cron]");
    home.home.credentials(&format!("{}{pair}", home.text(".aws/credentials")));
    for (of_own, of_other) in [("", MFA_SERIAL), (MFA_SERIAL, "")] {
        let line = |serial: &str| if serial.is_empty() { String::new() } else { format!("mfa_serial = {serial}\n") };
        home.home.config(&format!("[profile devcorpuser]\n{}[profile cron]\n{}", line(of_own), line(of_other)));
        let run = home.run(&IMPORT);
        let message = "profile cron has the same keys, but not the same mfa_serial (~/.aws/credentials:5)";
        assert_eq!(run.failed_with(3).first_error_line(), format!("amplify-creds: {message}"));
        assert_eq!(home.stored_id("devcorpuser"), None);
    }
}

#[test]
fn backup_with_the_only_copy_of_another_key_is_kept() {
    let Some(home) = KeysHome::new() else { return };
    let lost = format!("[lost]\naws_access_key_id = AKIALOST\naws_secret_access_key = {}\n", "l".repeat(40));
    let text = format!("{}{lost}", home.text(".aws/credentials"));
    let backup = home.home.write(".amplify/awscloudformation/credentials.backup.1", &text);
    let run = home.run(&IMPORT);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(
        run.stderr.contains("still holds the secret, and keys that are in no profile file: AKIALOST\n"),
        "{run:#?}"
    );
    assert_eq!(fs::read_to_string(backup).unwrap(), text);
}

#[test]
fn cancelled_deletion_of_backups_says_what_was_done() {
    let Some(home) = KeysHome::new() else { return };
    home.home.write(".amplify/awscloudformation/credentials.backup.1", home.text(".aws/credentials"));
    let mut terminal = Terminal::start(&home.home, "keys import devcorpuser", "</dev/null");
    terminal.expect("Write this? [Y/n]");
    terminal.type_line("y");
    terminal.expect("Delete these files? [Y/n]");
    terminal.type_control('c');
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(130), "{run:#?}");
    let message = "cancelled; the key was imported, and the older backups still hold the secret\n";
    assert!(run.stderr.ends_with(message), "{run:#?}");
}

#[test]
fn profile_of_another_config_file_is_named() {
    let Some(home) = KeysHome::imported() else { return };
    let config = home.home.path().join(".aws/config");
    let other = home.home.write("other/config", "[profile devcorpuser]\nregion = us-east-1\n");
    let pair = format!(
        "[devcorpuser]\naws_access_key_id = AKIABBBBBBBBBBBBBBBB\naws_secret_access_key = {}\n",
        "b".repeat(40)
    );
    let credentials = home.home.write("other/credentials", pair);
    let files =
        [("AWS_CONFIG_FILE", other.to_str().unwrap()), ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap())];
    let run = home.home.run_with(&IMPORT, &files);
    run.failed_with(3);
    let hint = format!("it is the key of profile devcorpuser in {}; rename one of the profiles", config.display());
    assert!(run.stderr.contains(&hint), "{run:#?}");
    let run = home.home.run_with(&["keys", "list"], &files);
    let note = format!("devcorpuser: the profile is in another config file, {}\n", config.display());
    assert!(run.stdout.ends_with(&note), "{run:#?}");
    let run = home.home.run_with(&["doctor", "--json"], &files);
    assert!(!run.stdout.contains("key_unused"), "{run:#?}");
    let run = home.home.run_with(&["keys", "remove", "devcorpuser", "--yes"], &files);
    assert!(run.stderr.contains("which needs it"), "{run:#?}");
}

#[test]
fn one_file_for_config_and_credentials_is_refused() {
    let Some(home) = KeysHome::new() else { return };
    let both = home
        .home
        .write("both", format!("[profile devcorpuser]\nregion = us-east-1\n{}", home.text(".aws/credentials")));
    let file = both.to_str().unwrap();
    let run = home.home.run_with(&IMPORT, &[("AWS_CONFIG_FILE", file), ("AWS_SHARED_CREDENTIALS_FILE", file)]);
    let message = "the config file and the credentials file are the same file, which keys cannot edit";
    assert_eq!(run.failed_with(3).first_error_line(), format!("amplify-creds: {message}"));
}

#[test]
fn keys_that_the_profile_does_not_use_are_named() {
    let Some(home) = KeysHome::new() else { return };
    for (settings, message) in [
        (
            format!("role_arn = {BIZ_CORP_ROLE}\nsource_profile = devcorpuser\n"),
            "profile devcorpuser is a role that uses its own keys",
        ),
        (
            "credential_process = /bin/x\n".to_owned(),
            "profile devcorpuser does not use its keys: its credentials are of type process",
        ),
    ] {
        home.home.config(&format!("[profile devcorpuser]\n{settings}"));
        let run = home.run(&IMPORT);
        assert_eq!(run.failed_with(3).first_error_line(), format!("amplify-creds: {message}"));
    }
}

#[test]
fn stored_key_is_not_renamed_by_setup() {
    let Some(home) = KeysHome::imported() else { return };
    let config = home.config();
    let run = home.run(&["setup", "devcorpuser", "--in-place", "--yes"]);
    let message = "profile devcorpuser uses a key in the key store, so every tool can use it already";
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.stderr.contains(message), "{run:#?}");
    assert_eq!(home.config(), config);
}

const IMPORT: [&str; 4] = ["keys", "import", "devcorpuser", "--yes"];

impl Victim for KeysHome {
    fn home(&self) -> &TestHome {
        &self.home
    }

    fn command(&self) -> Command {
        self.home.command(&IMPORT)
    }

    fn check(&self, place: &str) {
        let is_stored = || self.stored_id("devcorpuser").as_deref() == Some(ACCESS_KEY_ID);
        assert!(is_stored() || self.text(".aws/credentials").contains(SECRET_ACCESS_KEY), "{place}: the key is lost");
        let next = self.run(&IMPORT);
        assert_eq!(next.code, Some(0), "{place}: {next:?}");
        assert!(is_stored(), "{place}");
        assert_eq!(self.files_with_secret(), [""; 0].map(PathBuf::from), "{place}");
        let run = self.run(&["whoami", "devcorpuser"]);
        assert_eq!(run.code, Some(0), "{place}: {run:?}");
    }
}

#[test]
#[ignore = "takes a minute and needs strace"]
fn killed_import_loses_no_key_and_is_completed() {
    sweep(|| {
        let home = KeysHome::new()?;
        // An older run of `setup` has left a backup.
        let credentials = home.text(".aws/credentials");
        home.home.write(".amplify/awscloudformation/credentials.backup.1", credentials);
        Some(home)
    });
}
