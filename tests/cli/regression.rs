//! Defects that must not come back. Each test names the defect.

use std::fs;
use std::process::{Command, Stdio};

use amplify_creds::core::clock::Clock;
use serde_json::json;
use test_support::{Fault, Finished, Terminal, TestHome, biz_corp as data};

use crate::{PROGRAM, biz_corp, json as document, without_mfa};

const QUESTION: &str = "Enter the MFA token code: ";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/NoMfa\n";

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
}

/// A home without a configured endpoint. Its cache holds a session that the Amplify CLI made for the role.
fn with_amplifys_session(config: &str, session_name: &str) -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config(config);
    home.credentials("[keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
    let expiration = Clock::System.now().plus(3600).iso_millis();
    let entry =
        json!({"accessKeyId": "ASIAAMPLIFY", "secretAccessKey": "s", "sessionToken": "t", "expiration": expiration});
    home.write(".amplify/awscloudformation/cache.json", json!({data::NO_MFA_ROLE: {session_name: entry}}).to_string());
    home
}

/// Runs without access to AWS, so that only the cache can be used.
fn offline(home: &TestHome, args: &[&str], more: &[(&str, &str)]) -> Finished {
    let mut variables = vec![("HTTPS_PROXY", "http://127.0.0.1:1")];
    variables.extend_from_slice(more);
    home.run_with(args, &variables)
}

#[test]
fn amplify_session_is_not_used_for_session_name_variable() {
    let config = format!(
        "[profile mine]\n{ROLE}source_profile = keys\nexternal_id = MINE\n\
         [profile other]\n{ROLE}source_profile = keys\nexternal_id = OTHER\nrole_session_name = ci\n"
    );
    let home = with_amplifys_session(&config, "ci");
    offline(&home, &["process", "mine"], &[("AMPLIFY_CREDS_SESSION_NAME", "ci")]).failed_with(6);
    assert_eq!(document(offline(&home, &["process", "other"], &[]).succeeded())["AccessKeyId"], "ASIAAMPLIFY");
}

#[test]
fn amplify_session_is_not_used_for_ambiguous_profile() {
    for (second, dialect) in [("[other]", "aws"), ("[profilefoo]", "auto"), ("[my-profile]", "auto")] {
        let config = format!("[profile mine]\n{ROLE}source_profile = keys\n{second}\n{ROLE}source_profile = keys\n");
        let home = with_amplifys_session(&config, "amplify");
        offline(&home, &["process", "mine", "--dialect", dialect], &[]).failed_with(6);
    }
}

#[test]
fn secret_on_indented_line_is_not_printed() {
    const KEYS: &str = "aws_secret_access_key = hush-hush\n";
    for (config, args) in [
        (format!("[profile k]\n{ROLE}source_profile = keys\n  {KEYS}"), vec!["process", "k"]),
        (format!("[profile k]\ninclude_profile = keys\n  {KEYS}"), vec!["process", "k"]),
        (format!("[profile k]\nregion = eu-west-1\n  {KEYS}"), vec!["list"]),
        (format!("[profile k]\naws_access_key_id = AKIA1\n  {KEYS}"), vec!["list", "--json", "--properties"]),
        (format!("[profile k]\ns3 =\n  {KEYS}"), vec!["list", "--json", "--properties"]),
        (format!("[profile k]\ns3 =\n  {KEYS}"), vec!["list", "--json", "--properties", "--dialect", "aws"]),
    ] {
        let home = TestHome::new(PROGRAM);
        home.config(&config);
        let run = home.run(&args);
        assert!(!run.stdout.contains("hush") && !run.stderr.contains("hush"), "{config}{run:?}");
    }
}

#[test]
fn file_size_limit_still_returns_credentials() {
    let (sts, home) = without_mfa();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("ulimit -f 0; exec {PROGRAM} process nomfa -v")).env_clear().envs(home.environment());
    // Uses pipes, because the limit also applies to files that capture the output.
    let run: Finished = shell.stdin(Stdio::null()).output().unwrap().into();
    assert_eq!(run.code, Some(0), "{run:?}");
    document(&run.stdout);
    says(&run, &["not cached"]);
    assert!(!home.cache_dir().join("cache.json.tmp").exists());
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn root_creates_no_cache_in_home_of_user() {
    use std::os::unix::fs::{MetadataExt, chown};
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return;
    }
    let (_sts, home) = without_mfa();
    chown(home.path(), Some(65_534), Some(65_534)).unwrap();
    let run = home.run(&["process", "nomfa", "-v"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!home.path().join(".amplify").exists());
}

#[test]
fn fifo_as_cache_file_does_not_hang() {
    let (sts, home) = without_mfa();
    fs::create_dir_all(home.cache_dir()).unwrap();
    assert!(Command::new("mkfifo").arg(home.cache_file()).status().unwrap().success());
    let run = home.run(&["process", "nomfa"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    says(&run, &["not cached", "not a regular file"]);
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn concurrent_prompts_without_cache_appear_in_turn() {
    let (sts, home) = biz_corp();
    let mut terminal = Terminal::script(
        &home,
        "\"$PROGRAM\" process --no-cache bizcorprole >\"$FILES/one\" 2>&1 </dev/null &\n\
         \"$PROGRAM\" process --no-cache bizcorprole >\"$FILES/two\" 2>&1 </dev/null & wait",
    );
    terminal.expect(QUESTION);
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
    let between = terminal.expect(QUESTION);
    assert_eq!(between.matches("is configured to assume role").count(), 1, "{between}");
    terminal.type_line(&sts.next_unused_code(data::MFA_SERIAL));
    let (_, left) = terminal.finish();
    left.restored();
    assert_eq!(sts.succeeded("AssumeRole"), 2);
}

#[test]
fn profile_name_in_prompt_is_sanitized() {
    let (_sts, home) = biz_corp();
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    home.config(&config.replace("bizcorprole", "biz\u{1b}]0;pwned\u{7}"));
    let mut terminal = Terminal::start(&home, "process \"$(printf 'biz\\033]0;pwned\\007')\"", "</dev/null");
    let shown = terminal.expect("Enter the MFA token code: ");
    assert!(!shown.contains(['\u{1b}', '\u{7}']) && shown.contains("pwned"), "{shown:?}");
    terminal.type_control('c');
    terminal.finish().1.restored().failed_with(130);
}

#[test]
fn clap_error_has_the_format_of_other_errors() {
    let home = TestHome::new(PROGRAM);
    for argument in ["--frobnicate".to_owned(), format!("--{}", "x".repeat(400)), "--a\u{1b}[2J\nb".to_owned()] {
        home.run(&["process", &argument]).failed_with(2);
    }
    let run = home.run(&["list", "--json", "--frobnicate"]);
    assert_eq!((run.code, document(&run.stdout)["error"]["code"].as_str()), (Some(2), Some("usage")));
}

#[test]
fn long_profile_loop_prints_its_path() {
    let home = TestHome::new(PROGRAM);
    let name = |n: usize| format!("a-rather-long-profile-name-{n}");
    let config = (0..9).map(|n| format!("[profile {}]\n{ROLE}source_profile = {}\n", name(n), name((n + 1) % 9)));
    home.config(&config.collect::<String>());
    let run = home.run(&["process", &name(0)]);
    run.failed_with(3);
    for n in 0..9 {
        says(&run, &[&format!("  {} (~/.aws/config:{})", name(n), 3 * n + 3)]);
    }
}

#[test]
fn invalid_region_or_endpoint_is_named_in_error() {
    let (_sts, home) = without_mfa();
    for region in ["us east", "x-", "eu_west_1", "a/b"] {
        let run = home.run(&["process", "nomfa", "--region", region]);
        run.failed_with(2);
        says(&run, &["invalid region in --region"]);
    }
    home.run(&["process", "nomfa", "--region", ""]).succeeded();
    for url in ["localhost:123", "ftp://x", "https://", "http:///x"] {
        let run = home.run_with(&["process", "nomfa", "--refresh"], &[("AWS_ENDPOINT_URL_STS", url)]);
        run.failed_with(3);
        says(&run, &["$AWS_ENDPOINT_URL_STS"]);
    }
}

#[test]
fn aws_message_is_masked_and_shortened() {
    let (sts, home) = without_mfa();
    home.credentials(&format!(
        "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = hush-token\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    ));
    let words = format!("The Canonical String was x-amz-security-token:hush-token {}", "x".repeat(100_000));
    sts.fault(Fault::error(403, "SignatureDoesNotMatch", &words), None);
    let run = home.run(&["process", "nomfa"]);
    run.failed_with(4);
    says(&run, &["x-amz-security-token:****"]);
    assert!(!run.stderr.contains("hush-token") && run.stderr.len() < 3000);
}

#[test]
fn broken_header_with_quotes_fails_its_profile() {
    let home = TestHome::new(PROGRAM);
    home.config(&format!(
        "[profile q]\n{ROLE}source_profile = keys\n[profile between]\nregion = x\n[profile \"q\nexternal_id = NEEDED\n"
    ));
    home.credentials("[keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
    says(home.run(&["process", "q"]).failed_with(3), &["~/.aws/config:6"]);
}

#[test]
fn line_below_invalid_line_does_not_continue_property() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile a]\nregion = us-east-1\njunk\n  output = json\n");
    let list = document(home.run(&["list", "--json", "--properties"]).succeeded());
    assert_eq!(list[0]["properties"]["region"]["value"], "us-east-1");
    assert_eq!(list[0]["properties"]["output"]["value"], "json");
}

#[test]
fn cache_with_byte_order_mark_is_read() {
    let (sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let text = fs::read_to_string(home.cache_file()).unwrap();
    fs::write(home.cache_file(), format!("\u{feff}{text}")).unwrap();
    home.run(&["process", "nomfa"]).succeeded();
    home.run(&["process", "nomfa", "--refresh"]).succeeded();
    assert!(!home.cache_dir().join("cache.json.corrupt").exists());
    assert_eq!(sts.count("AssumeRole"), 2);
}

#[test]
fn stdin_is_not_read_with_cached_session() {
    let (sts, home) = biz_corp();
    home.run(&["process", "bizcorprole", "-t", &sts.next_unused_code(data::MFA_SERIAL)]).succeeded();
    let mut command = home.command(&["process", "bizcorprole", "-t", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // The pipe remains open and empty.
    let _stdin = child.stdin.take();
    assert!(child.wait().unwrap().success());
}

#[test]
fn unreadable_file_is_named_in_json() {
    let home = TestHome::new(PROGRAM);
    fs::create_dir_all(home.path().join(".aws/config")).unwrap();
    let run = home.run(&["list", "--json"]);
    assert_eq!(
        document(&run.stdout)["error"]["file"].as_str().unwrap(),
        home.path().join(".aws/config").to_str().unwrap()
    );
}
