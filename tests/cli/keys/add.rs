use std::fs;
use std::io::Write;
use std::process::Stdio;

use test_support::biz_corp::{ACCESS_KEY_ID, MFA_SERIAL, SECRET_ACCESS_KEY, USER_ARN};
use test_support::{Device, Fault, Terminal, User};

use super::{KeysHome, assert_hidden, assert_user};
use crate::json;

#[test]
fn key_from_stdin_is_stored_and_its_profile_written() {
    let Some(home) = KeysHome::empty() else { return };
    let run = home.add("dev", &["--region", "eu-west-1"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_hidden(&run);
    assert_eq!(home.config(), format!("[profile dev]\n{}region = eu-west-1\n", home.command_of("dev")));
    for note in [
        &format!("the user has an MFA device; to use it: mfa_serial = {MFA_SERIAL}\n"),
        &format!("stored {ACCESS_KEY_ID} of {USER_ARN} in the Secret Service\n"),
        "wrote ~/.aws/config, a new file\n",
    ] {
        assert!(run.stderr.contains(note), "{run:#?}");
    }
    let listed = json(home.run(&["keys", "list", "--json"]).succeeded());
    assert_eq!(listed[0]["user_arn"], USER_ARN);
    assert!(home.files_with_secret().is_empty());
    assert_user(&home, "dev");
}

#[test]
fn user_enters_the_key_without_echo_and_chooses_the_device() {
    let Some(home) = KeysHome::empty() else { return };
    let mut terminal = Terminal::start(&home.home, "keys add dev --region us-east-1", "</dev/null");
    terminal.expect("Access key ID (not shown): ");
    terminal.type_line("ASIAIOSFODNN7EXAMPLE");
    terminal.expect("Invalid: expected a long-term key");
    terminal.expect("Access key ID (not shown): ");
    // Pasted, so that the secret arrives before it is asked for.
    terminal.type_line(&format!("{ACCESS_KEY_ID}\n{SECRET_ACCESS_KEY}"));
    terminal.expect(&format!("Access key ID: {ACCESS_KEY_ID}"));
    let shown = terminal.expect(&format!("The user has the MFA device {MFA_SERIAL}."));
    assert!(!shown.contains(SECRET_ACCESS_KEY), "{shown}");
    terminal.expect("Use it? Tools then get an MFA session instead of the key. [Y/n]");
    terminal.type_line("");
    terminal.expect("+mfa_serial = ");
    terminal.expect("Write this? [Y/n]");
    assert_eq!(home.stored_id("dev"), None);
    terminal.type_line("y");
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(0), "{run:#?}");
    let expected = format!("[profile dev]\n{}region = us-east-1\nmfa_serial = {MFA_SERIAL}\n", home.command_of("dev"));
    assert_eq!(home.config(), expected);
    let code = crate::fresh_code(&home.sts);
    assert_eq!(home.run(&["login", "dev", "-t", &code]).code, Some(0));
    assert!(json(home.run(&["process", "dev"]).succeeded())["SessionToken"].is_string());
}

#[test]
fn user_who_declines_changes_nothing() {
    let Some(home) = KeysHome::empty() else { return };
    let mut terminal = Terminal::start(&home.home, "keys add dev", "</dev/null");
    terminal.expect("(not shown): ");
    terminal.type_line(ACCESS_KEY_ID);
    terminal.expect("Secret access key (not shown): ");
    terminal.type_line(SECRET_ACCESS_KEY);
    terminal.expect("Use it?");
    terminal.type_line("n");
    terminal.expect("Write this? [Y/n]");
    terminal.type_line("n");
    let run = terminal.finish().1.restored();
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "nothing was changed\n"));
    assert_eq!((home.stored_id("dev"), home.config().as_str()), (None, ""));
}

#[test]
fn lines_are_added_to_an_existing_section() {
    let Some(home) = KeysHome::empty() else { return };
    home.home.config("[profile dev]\nregion = us-east-1 # near\n\n[profile other]\nregion = x\n");
    let run = home.add("dev", &["--mfa-serial", MFA_SERIAL, "--region", "eu-west-1"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let expected = format!(
        "[profile dev]\nregion = us-east-1 # near\n{}mfa_serial = {MFA_SERIAL}\n\n[profile other]\nregion = x\n",
        home.command_of("dev")
    );
    assert_eq!(home.config(), expected);
}

#[test]
fn rejected_or_unreachable_key_is_not_stored() {
    let Some(home) = KeysHome::empty() else { return };
    let run = home
        .run_with_input(&["keys", "add", "dev", "--stdin", "--yes"], &format!("{ACCESS_KEY_ID}\n{}\n", "x".repeat(40)));
    assert!(run.failed_with(4).stderr.contains("SignatureDoesNotMatch"), "{run:#?}");
    home.sts.fault(Fault::Close, None);
    let run = home.add("dev", &[]);
    run.failed_with(6);
    assert_hidden(&run);
    home.sts.clear_faults();
    assert_eq!((home.stored_id("dev"), home.config().as_str()), (None, ""));
    assert!(!home.home.cache_dir().join("keys.json").exists());
}

#[test]
fn second_run_after_a_crash_completes() {
    let Some(home) = KeysHome::empty() else { return };
    // After the item, after the record, and after both without the profile's line.
    home.put("dev", ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    assert_eq!(home.add("dev", &[]).code, Some(0));
    let (config, record) = (home.home.path().join(".aws/config"), home.home.cache_dir().join("keys.json"));
    fs::remove_file(&config).unwrap();
    assert_eq!(home.add("dev", &[]).code, Some(0));
    fs::remove_file(&record).unwrap();
    let run = home.add("dev", &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(record.exists());
    assert_user(&home, "dev");
    let run = home.add("dev", &[]);
    let message = format!("amplify-creds: profile dev has a key in the Secret Service already: {ACCESS_KEY_ID}");
    assert_eq!(run.failed_with(3).first_error_line(), message);
}

#[test]
fn missing_item_is_added_again() {
    let Some(home) = KeysHome::imported() else { return };
    let config = home.config();
    home.store()
        .delete(&amplify_creds::key_store::KeyStoreItem::AccessKey("devcorpuser".to_owned()), super::Unlock::Never)
        .unwrap();
    let run = home.run(&["process", "devcorpuser"]);
    assert!(run.failed_with(4).stderr.contains("amplify-creds keys add devcorpuser"), "{run:#?}");
    let run = home.add("devcorpuser", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:#?}");
    assert_eq!(home.config(), config);
    assert_user(&home, "devcorpuser");
}

#[test]
fn root_user_is_accepted_with_a_warning() {
    let Some(home) = KeysHome::empty() else { return };
    home.sts.edit_world(|world| world.put_user(User::root("111111111111", ACCESS_KEY_ID, SECRET_ACCESS_KEY)));
    let run = home.add("dev", &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.stderr.contains("this is a key of the account's root user"), "{run:#?}");
}

#[test]
fn device_is_not_offered_if_it_has_no_codes_or_is_hidden() {
    let Some(home) = KeysHome::empty() else { return };
    let user = || User::new(USER_ARN, ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    let key = Device::new("arn:aws:iam::111111111111:u2f/user/devcorpuser/key-1", b"seed-of-a-key");
    for (name, user) in [
        ("hidden", user().device(Device::new(MFA_SERIAL, b"seed-of-a-device"))),
        ("key", user().device(key).manages_own_keys()),
        ("none", user().manages_own_keys()),
    ] {
        home.sts.edit_world(|world| world.put_user(user));
        let run = home.add(name, &[]);
        assert!(run.code == Some(0) && !run.stderr.contains("MFA device"), "{name} {run:#?}");
    }
}

#[test]
fn second_key_of_a_profile_is_refused_while_the_first_is_added() {
    let Some(home) = KeysHome::empty() else { return };
    let other = ("AKIABBBBBBBBBBBBBBBB", "b".repeat(40));
    home.sts.edit_world(|world| {
        world.put_user(test_support::User::new("arn:aws:iam::111111111111:user/b", other.0, other.1.clone()));
    });
    home.sts.fault_on("GetCallerIdentity", Fault::HELD, Some(1));
    let args = ["keys", "add", "dev", "--stdin", "--yes"];
    let start = |id: &str, secret: &str| {
        let mut command = home.home.command(&args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{id}\n{secret}\n").as_bytes()).unwrap();
        child
    };
    let first = start(ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    home.sts.wait_for("GetCallerIdentity", 1);
    let second = start(other.0, &other.1);
    home.sts.clear_faults();
    let (first, second) = (first.wait_with_output().unwrap(), second.wait_with_output().unwrap());
    assert!(first.status.success(), "{first:?}");
    let message = "already has another key of profile dev";
    assert!(!second.status.success() && String::from_utf8_lossy(&second.stderr).contains(message), "{second:?}");
    assert_eq!(home.stored_id("dev").as_deref(), Some(ACCESS_KEY_ID));
}

#[test]
fn profile_option_names_the_profile() {
    let Some(home) = KeysHome::empty() else { return };
    let args = ["keys", "add", "-p", "dev", "--stdin", "--yes"];
    assert_eq!(home.run_with_input(&args, &format!("{ACCESS_KEY_ID}\n{SECRET_ACCESS_KEY}\n")).code, Some(0));
    assert_eq!(home.run(&["keys", "remove", "--yes", "-p", "dev"]).code, Some(0));
    let run = home.run(&["keys", "remove", "--yes"]);
    assert_eq!(run.failed_with(2).first_error_line(), "amplify-creds: no profile given");
}
