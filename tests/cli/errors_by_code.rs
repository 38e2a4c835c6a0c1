//! An example of each error code in plain text. `cargo test --test cli -- errors_by_code --nocapture` prints them for review.

use std::fs::{self, File, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use amplify_creds::doctor::checks::CHECKS;
use test_support::{Fault, Finished, Terminal, TestHome, biz_corp as data};

use crate::{add_config, json, without_mfa};

/// Codes that no run of the program can be made to return, and that of `keys rotate`, whose tests are in `rotate`.
const NOT_PROVOKED: [&str; 2] = ["internal", "rotation"];

/// Words and phrases that the project's texts avoid.
const AVOIDED: [&str; 17] = [
    "told", "tell", "tells", "mend", "mended", "stands", "beside", "alone", "whose", "lend", "spend", "spent", "ail",
    "believe", "nobody", "whoever", "anew",
];
const AVOIDED_PHRASES: [&str; 5] = ["there is", "there are", "is no ", "is over", "what is "];

const KEYS: &str = "aws_access_key_id = AKIA1\naws_secret_access_key = hush-hush-secret\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/NoMfa\n";

struct Example {
    code: &'static str,
    status: i32,
    run: Finished,
}

/// Only the status and the text of `run` show its code.
fn example(code: &'static str, status: i32, run: Finished) -> Example {
    Example { code, status, run }
}

/// The text of `words`, after a run that prints JSON with `code`.
#[track_caller]
fn documented(home: &TestHome, code: &'static str, status: i32, words: &[&str]) -> Example {
    let run = home.run(&[words, &["--json"]].concat());
    assert_eq!(json(&run.stdout)["error"]["code"], code, "{run:#?}");
    example(code, status, home.run(words))
}

fn of_files() -> Vec<Example> {
    let (_sts, home) = without_mfa();
    add_config(
        &home,
        &format!(
            "[profile a]\n{ROLE}source_profile = b\n[profile b]\n{ROLE}source_profile = a\n\
             [profile lone]\n{ROLE}\n[profile b;c]\n{ROLE}source_profile = devcorpuser\n"
        ),
    );
    let mut all = vec![
        documented(&home, "usage", 2, &["explain", "a", "-p", "b"]),
        documented(&home, "profile_not_found", 3, &["explain", "bizcorprol"]),
        documented(&home, "loop", 3, &["explain", "a"]),
        documented(&home, "config", 3, &["explain", "lone"]),
        example("unsupported", 3, home.run(&["setup", "b;c", "--name", "w", "-y"])),
        example("nobody_to_ask", 4, home.run(&["setup"])),
    ];
    let file = home.path().join(".aws/config");
    let text = fs::read_to_string(&file).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    all.push(example("edit", 1, home.run(&["setup", "nomfa", "-y"])));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    all.push(documented(&home, "file", 3, &["explain", "a"]));
    fs::remove_dir(&file).unwrap();
    home.config(&text);
    all
}

fn of_commands() -> Vec<Example> {
    let (_sts, home) = without_mfa();
    let script = home.write("script", "exit 0\n");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let serve = ["exec", "nomfa", "--serve", "--", "true"];
    let mut all = vec![
        example("endpoint", 125, home.run_with(&serve, &[("AMPLIFY_CREDS_SERVE_PORT", &port)])),
        example("not_executable", 126, home.run(&["exec", "nomfa", "--", script.to_str().unwrap()])),
        example("command_not_found", 127, home.run(&["exec", "nomfa", "--", "no-such-command"])),
    ];
    if cfg!(target_os = "linux") {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let run = home.command(&["list", "--json"]).stdin(Stdio::null()).stdout(full).output().unwrap();
        all.push(example("output", 1, run.into()));
    }
    fs::remove_file(home.cache_file()).unwrap();
    fs::create_dir(home.cache_file()).unwrap();
    all.push(documented(&home, "cache", 1, &["reset-cache", "--all"]));
    all
}

fn of_aws() -> Vec<Example> {
    let (sts, home) = without_mfa();
    let whoami = |code, status, profile: &str, more: &[&str]| {
        documented(&home, code, status, &[&["whoami", profile], more].concat())
    };
    add_config(
        &home,
        &format!(
            "[profile bad]\n{KEYS}[profile wrong]\nrole_arn = arn:aws:iam::222222222222:role/Other\n\
             source_profile = devcorpuser\n[profile program]\ncredential_process = false\n\
             [profile sso]\nsso_start_url = https://a.example/start\nsso_region = eu-west-1\n\
             sso_account_id = 222222222222\nsso_role_name = Own\n"
        ),
    );
    let wrong_code = sts.wrong_code(data::MFA_SERIAL);
    let mut all = vec![
        whoami("mfa_needed", 4, "bizcorprole", &[]),
        whoami("mfa_rejected", 4, "bizcorprole", &["--mfa-token", &wrong_code]),
        whoami("credentials_rejected", 4, "bad", &[]),
        whoami("base_failed", 4, "program", &[]),
        whoami("sign_in_needed", 4, "sso", &[]),
        whoami("access_denied", 5, "wrong", &[]),
    ];
    if cfg!(target_os = "linux") {
        let settings = home.write(".config/amplify-creds/config.ini", "seal = on\n");
        all.push(whoami("key_store", 4, "bizcorprole", &[]));
        fs::remove_file(settings).unwrap();
    }
    let refusal = Fault::error(400, "RegionDisabledException", "STS is not activated in this region");
    for (code, status, fault) in
        [("refused", 5, refusal), ("network", 6, Fault::Throttle), ("clock", 1, Fault::ClockOffset(-7170))]
    {
        sts.fault(fault, None);
        all.push(whoami(code, status, "nomfa", &[]));
        sts.clear_faults();
    }
    all.push(example("findings", 1, home.run(&["check", "wrong"])));
    all.push(example("browser", 1, home.run(&["console", "nomfa"])));
    all
}

fn of_a_wait() -> Example {
    let (sts, home) = without_mfa();
    sts.fault(Fault::Hang, None);
    let mut holder = home.command(&["process", "nomfa"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sts.wait_for("AssumeRole", 1);
    let example = documented(&home, "lock_timeout", 7, &["whoami", "nomfa", "--lock-timeout", "1s"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    example
}

fn cancelled() -> Example {
    let (_sts, home) = without_mfa();
    let mut terminal = Terminal::start(&home, "whoami bizcorprole", "</dev/null");
    terminal.expect("Enter the MFA token code: ");
    terminal.type_control('d');
    example("cancelled", 130, terminal.finish().1.restored())
}

/// `None` without gnome-keyring.
#[cfg(target_os = "linux")]
fn of_a_rotation() -> Option<Example> {
    let story = crate::rotate::story()?;
    Some(example("rotation", 1, story.run(&["keys", "rotate", "dev", "--finish"])))
}

#[cfg(not(target_os = "linux"))]
fn of_a_rotation() -> Option<Example> {
    None
}

#[track_caller]
fn follows_rules(text: &str) {
    assert!(!text.is_empty() && !text.ends_with('.'), "a full stop at the end: {text}");
    let first = text.split(' ').next().unwrap();
    let is_name = first.chars().skip(1).any(|c| !c.is_ascii_lowercase());
    assert!(!first.starts_with(|c: char| c.is_ascii_uppercase()) || is_name, "a capital letter: {text}");
    let words: Vec<_> = text.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let avoided = AVOIDED
        .iter()
        .find(|word| words.contains(word))
        .or_else(|| AVOIDED_PHRASES.iter().find(|phrase| text.contains(**phrase)));
    assert_eq!(avoided, None, "{text}");
}

#[test]
fn each_code_has_status_and_plain_text() {
    let mut all = of_files();
    all.extend(of_commands());
    all.extend(of_aws());
    all.extend([of_a_wait(), cancelled()]);
    let rotation = of_a_rotation();
    let has_key_store = rotation.is_some();
    all.extend(rotation);
    let mut seen = Vec::new();
    for Example { code, status, run } in &all {
        seen.push(*code);
        assert_eq!(run.code, Some(*status), "{code}: {run:#?}");
        assert!(!run.stderr.contains("hush-hush") && !run.stdout.contains("hush-hush"), "{code}: {run:#?}");
        // The findings are the report.
        if *code == "findings" {
            continue;
        }
        let first = run.failed_with(*status).first_error_line();
        let message = first.strip_prefix("amplify-creds: ").unwrap();
        eprintln!("{code} ({status})\n  {message}");
        follows_rules(message);
        for hint in run.stderr.lines().filter_map(|line| line.strip_prefix("  hint: ")) {
            eprintln!("  hint: {hint}");
            follows_rules(hint);
        }
    }
    let known = amplify_creds::cli::errors::failure::ALL.iter().map(|code| code.name);
    let missing: Vec<_> = known.filter(|code| !seen.contains(code) && !NOT_PROVOKED.contains(code)).collect();
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|code| *code != "rotation" || has_key_store)
        .filter(|code| !["output", "key_store"].contains(code) || cfg!(target_os = "linux"))
        .collect();
    assert_eq!(missing, [""; 0], "codes without an example");
}

#[test]
fn each_finding_of_doctor_has_plain_text() {
    for check in &CHECKS {
        follows_rules(check.about);
    }
}
