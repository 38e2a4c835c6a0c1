//! `setup --sso`: the profiles of an IAM Identity Center session.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json as value;
use sha1::{Digest, Sha1};
use test_support::sso_accounts::ListedAccounts;
use test_support::{FakeSts, Finished, IdentityCenter, Role, Terminal, TestHome, World};

use crate::bases::hex;
use crate::{PROGRAM, json};

const OWN_ROLE: &str = "arn:aws:iam::111111111111:role/Own";
const SECTION: &str = "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n";

struct Story {
    center: IdentityCenter,
    home: TestHome,
}

fn accounts() -> ListedAccounts {
    ListedAccounts::default().account("111111111111", "dev", &["Own", "Read"]).account(
        "222222222222",
        "prod",
        &["Read"],
    )
}

/// Signed in, with the section of the session.
fn story() -> Story {
    let story = signed_out();
    story.sign_in();
    story
}

fn signed_out() -> Story {
    let sts = FakeSts::start(World::biz_corp().role(Role::new(OWN_ROLE)));
    let keys = sts.keys_of_role(OWN_ROLE, "own", 3600);
    let home = TestHome::new(PROGRAM);
    home.config(SECTION);
    let center = IdentityCenter::start("111111111111", "Own", keys);
    center.list(accounts());
    Story { center, home }
}

impl Story {
    fn run(&self, args: &[&str]) -> Finished {
        let url = self.center.url();
        self.home.run_with(args, &[("AWS_ENDPOINT_URL_SSO", &url), ("AWS_ENDPOINT_URL_SSO_OIDC", &url)])
    }

    fn setup(&self, args: &[&str]) -> Finished {
        self.run(&[&["setup", "--sso", "corp", "--yes"], args].concat())
    }

    fn sign_in(&self) {
        let token = value!({
            "startUrl": "https://corp.example/start",
            "region": "eu-west-1",
            "accessToken": self.center.access_token(),
            "expiresAt": "2099-01-01T00:00:00Z",
        });
        self.home.write(&format!(".aws/sso/cache/{}.json", hex(&Sha1::digest("corp"))), token.to_string());
    }

    fn config(&self) -> String {
        fs::read_to_string(self.home.path().join(".aws/config")).unwrap_or_default()
    }

    fn terminal(&self, args: &str) -> Terminal {
        let url = self.center.url();
        let variables = format!("AWS_ENDPOINT_URL_SSO={url} AWS_ENDPOINT_URL_SSO_OIDC={url}");
        Terminal::script(&self.home, &format!("{variables} \"$PROGRAM\" {args} >\"$FILES/stdout\" 2>\"$FILES/stderr\""))
    }
}

fn section(name: &str, account: &str, role: &str) -> String {
    format!(
        "\n[profile {name}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\n\
         region = eu-west-1\ncredential_process = {PROGRAM} process {name}\n"
    )
}

fn all_sections() -> String {
    section("dev-Own", "111111111111", "Own")
        + &section("dev-Read", "111111111111", "Read")
        + &section("prod-Read", "222222222222", "Read")
}

#[track_caller]
fn done(run: &Finished) -> &str {
    assert_eq!(run.code, Some(0), "{run:?}");
    &run.stderr
}

#[test]
fn every_role_has_a_profile_that_every_tool_can_use() {
    let story = story();
    let run = story.setup(&[]);
    assert!(done(&run).contains("profiles of session corp: 3 added\n"), "{run:?}");
    assert!(run.stderr.contains("wrote ~/.aws/config; backup: "), "{run:?}");
    assert!(run.stdout.starts_with("--- ~/.aws/config\n") && run.stdout.contains("+[profile prod-Read]\n"), "{run:?}");
    assert_eq!(story.config(), SECTION.to_owned() + &all_sections());
    // The program does not start itself for its own profile.
    assert_eq!(json(story.run(&["process", "dev-Own"]).succeeded())["AccountId"], "111111111111");
    fs::set_permissions(story.home.path().join(".aws/config"), fs::Permissions::from_mode(0o600)).unwrap();
    let report = json(story.run(&["doctor", "--json"]).stdout.trim_end());
    assert_eq!(report["findings"], value!([]));
    for (tool, seen) in report["visibility"]["dev-Own"].as_object().unwrap() {
        assert_eq!(seen["resolvable"], true, "{tool}: {seen}");
    }
}

#[test]
fn second_run_changes_nothing() {
    let story = story();
    done(&story.setup(&[]));
    let before = story.config();
    let run = story.run(&["setup", "--sso", "corp", "--no-input"]);
    assert_eq!(done(&run), "nothing to change: 3 profiles are up to date (session corp)\n");
    assert!(run.stdout.is_empty() && story.config() == before, "{run:?}");
}

#[test]
fn listing_reads_all_pages_and_retries_when_throttled() {
    let story = story();
    let accounts = (0..23).fold(ListedAccounts::default(), |accounts, number| {
        let roles: Vec<_> = (0..7).map(|role| format!("Role{role}")).collect();
        let roles: Vec<_> = roles.iter().map(String::as_str).collect();
        accounts.account(&format!("{number:012}"), &format!("account {number}"), &roles)
    });
    story.center.list(accounts.in_pages_of(3));
    story.center.throttle(5);
    assert!(done(&story.setup(&[])).contains(": 161 added\n"));
    assert_eq!(story.center.role_lists() % 23, story.center.role_lists() - 23 * 3);
}

#[test]
fn many_roles_are_set_up_in_one_run() {
    let story = story();
    let roles: Vec<_> = (0..10).map(|role| format!("Role{role}")).collect();
    let roles: Vec<_> = roles.iter().map(String::as_str).collect();
    let accounts = (0..200).fold(ListedAccounts::default(), |accounts, number| {
        accounts.account(&format!("{number:012}"), &format!("Account {number}"), &roles)
    });
    story.center.list(accounts.clone());
    assert!(done(&story.setup(&[])).contains(": 2000 added\n"));
    let run = story.setup(&["--region", "us-east-1", "--prune"]);
    assert!(done(&run).contains(": 2000 updated\n"), "{}", run.stderr);
    assert!(done(&story.setup(&[])).starts_with("nothing to change: 2000 profiles"));
}

#[test]
fn prune_removes_only_profiles_that_are_not_listed() {
    let story = story();
    done(&story.setup(&[]));
    let mine = "\n[profile mine]\n# keep\nsso_session = corp\nsso_account_id = 333333333333\nsso_role_name = Own\n";
    story.home.config(&(story.config() + mine));
    story.center.list(ListedAccounts::default().account("111111111111", "dev", &["Own"]));
    let run = story.setup(&[]);
    let note = "profiles of roles that session corp no longer lists: dev-Read, prod-Read; to remove: --prune\n";
    assert!(done(&run).ends_with(note), "{run:?}");
    let run = story.setup(&["--prune"]);
    assert!(done(&run).contains("profiles of session corp: 2 removed\n"), "{run:?}");
    assert_eq!(story.config(), SECTION.to_owned() + &section("dev-Own", "111111111111", "Own") + mine);
}

#[test]
fn empty_list_removes_nothing() {
    let story = story();
    done(&story.setup(&[]));
    let before = story.config();
    for listed in [ListedAccounts::default(), ListedAccounts::default().account("111111111111", "dev", &[])] {
        story.center.list(listed);
        let run = story.setup(&["--prune"]);
        let message = "session corp (https://corp.example/start) lists no account with a role for this user";
        assert!(run.failed_with(5).stderr.contains(message), "{run:?}");
        assert_eq!(story.config(), before);
    }
}

#[test]
fn missing_section_is_written_from_flags_or_answers() {
    let story = story();
    let new = SECTION.to_owned() + "sso_registration_scopes = sso:account:access\n" + &all_sections();
    let flags = ["--sso-start-url", "https://corp.example/start/#/", "--sso-region", "eu-west-1"];
    story.home.config("");
    done(&story.setup(&flags));
    assert_eq!(story.config(), new);
    let differs = story.setup(&["--sso-start-url", "https://other.example/start"]);
    assert!(differs.failed_with(2).stderr.contains("--sso-start-url differs from sso_start_url"), "{differs:?}");

    story.home.config("");
    for (args, code) in [(&["--yes"][..], 2), (&["--no-input"], 4), (&["--yes", "--sso-region", "eu-west-1"], 2)] {
        let run = story.run(&[&["setup", "--sso", "corp"], args].concat());
        let message = "~/.aws/config has no [sso-session corp], and its settings are missing";
        assert!(run.failed_with(code).first_error_line().contains(message), "{run:?}");
    }
    let mut terminal = story.terminal("setup --sso corp");
    terminal.expect("~/.aws/config has no [sso-session corp]. This adds it.");
    terminal.expect("Start URL of the AWS access portal: ");
    terminal.type_line("corp");
    terminal.expect("Invalid: expected a URL");
    terminal.expect("Start URL of the AWS access portal: ");
    terminal.type_line("https://corp.example/start");
    terminal.expect("Region of IAM Identity Center: ");
    terminal.type_line("eu-west-1");
    terminal.expect("+[profile prod-Read]");
    terminal.expect("Write this? [Y/n] ");
    terminal.type_line("y");
    let run = terminal.finish().1.restored();
    assert_eq!((run.code, story.config()), (Some(0), new), "{run:?}");
}

#[test]
fn collisions_are_listed_and_nothing_is_written() {
    let story = story();
    story.center.list(accounts().account("333333333333", "dev", &["Read"]));
    let run = story.setup(&[]);
    assert_eq!(
        run.failed_with(3).first_error_line(),
        "amplify-creds: 2 roles have the profile name dev-Read; nothing was changed"
    );
    assert!(run.stderr.contains("  dev-Read: 111111111111 Read, 333333333333 Read\n"), "{run:?}");
    assert!(
        run.stderr.contains("hint: choose other names, for example: --template '{account_name}-{account_id}-{role}'\n")
    );
    assert_eq!(story.config(), SECTION);
    done(&story.setup(&["--template", "{session}/{account_id}@{role}"]));
    assert!(story.config().contains("[profile corp/333333333333@Read]\n"), "{}", story.config());
    let run = story.setup(&["--template", "{account}"]);
    assert!(run.failed_with(2).stderr.contains("invalid --template: unknown placeholder {account}"), "{run:?}");
}

#[test]
fn existing_profile_of_another_kind_is_not_changed() {
    let story = story();
    let before =
        SECTION.to_owned() + "[profile dev-Own]\nregion = us-east-1\n[profile prod-Read]\nsso_session = corp\n";
    story.home.config(&before);
    let run = story.setup(&[]);
    assert!(run.failed_with(3).stderr.contains("2 profiles exist already with different settings"), "{run:?}");
    assert!(run.stderr.contains("  dev-Own (~/.aws/config:4)\n  prod-Read (~/.aws/config:6)\n"), "{run:?}");
    assert_eq!(story.config(), before);
}

#[test]
fn hostile_account_names_make_safe_profile_names() {
    let story = story();
    let names = [
        "a\n[profile x]\nb",
        "a]b",
        "# c",
        "\"d\" 'e' $(f)",
        "m\u{fc}ller\u{202e}",
        "",
        "\u{65e5}\u{672c}",
        "-x",
        "A.b",
    ];
    let long = "long".repeat(500);
    let accounts = (0..).zip(names.into_iter().chain([long.as_str()]));
    let listed = accounts.fold(ListedAccounts::default(), |listed, (number, name)| {
        listed.account(&format!("{number:012}"), name, &["Own"])
    });
    story.center.list(listed);
    done(&story.setup(&[]));
    let config = story.config();
    let found: Vec<_> = config.lines().filter_map(|line| line.strip_prefix("[profile ")?.strip_suffix(']')).collect();
    let long = format!("{long}-Own");
    let expected = [
        "000000000005-Own",
        "000000000006-Own",
        "A-b-Own",
        "a--profile-x--b-Own",
        "a-b-Own",
        "c-Own",
        "d---e----f--Own",
        &long,
        "m-ller--Own",
        "x-Own",
    ];
    assert_eq!(found, expected);
    fs::set_permissions(story.home.path().join(".aws/config"), fs::Permissions::from_mode(0o600)).unwrap();
    let report = json(story.run(&["doctor", "--json"]).stdout.trim_end());
    assert_eq!(report["findings"], value!([]));
    story.center.list(ListedAccounts::default().account("111", "dev", &["Own"]));
    let run = story.setup(&[]);
    assert!(run.failed_with(6).stderr.contains("the response is not from IAM Identity Center"), "{run:?}");
    assert_eq!(story.config(), config);
}

#[test]
fn signed_out_session_signs_in_unless_input_is_off() {
    let story = signed_out();
    let run = story.setup(&["--no-input"]);
    assert!(
        run.failed_with(4).first_error_line().ends_with("in a terminal, run: amplify-creds setup --sso corp"),
        "{run:?}"
    );
    assert_eq!(story.center.device_codes(), 0);
    // A sign-in would be in vain, because the changes cannot be confirmed.
    let run = story.run(&["setup", "--sso", "corp"]);
    assert!(run.failed_with(4).stderr.contains("add --yes") && story.center.device_codes() == 0, "{run:?}");
    story.center.answer_device(&["AccessDeniedException"]);
    let run = story.setup(&[]);
    assert!(run.stderr.contains("to try again: amplify-creds setup --sso corp\n"), "{run:?}");
    assert_eq!((run.code, story.config().as_str()), (Some(4), SECTION));
    let run = story.setup(&[]);
    assert!(done(&run).contains("signed in to IAM Identity Center session corp"), "{run:?}");
    assert_eq!(story.config(), SECTION.to_owned() + &all_sections());
    // The service may reject a token that has not expired.
    story.center.sign_out();
    let run = story.setup(&["--no-input"]);
    assert!(run.failed_with(4).stderr.contains("IAM Identity Center no longer accepts its token"), "{run:?}");
    assert!(done(&story.setup(&[])).contains("signed in to"));
}

#[test]
fn failed_listing_changes_nothing() {
    for (status, code, exit, expected) in [
        (403, "ForbiddenException", 5, "cannot list the accounts of IAM Identity Center session corp"),
        (400, "InvalidRequestException", 4, "IAM Identity Center returned InvalidRequestException"),
        (503, "ServiceUnavailable", 6, "IAM Identity Center returned HTTP status 503"),
    ] {
        let story = story();
        story.center.list(accounts().denying(status, code));
        let run = story.setup(&["--prune"]);
        assert!(run.failed_with(exit).stderr.contains(expected), "{run:?}");
        assert_eq!(run.stderr.contains("  AWS: No access\n"), exit != 6, "{run:?}");
        assert_eq!(story.config(), SECTION);
    }
    let story = story();
    let run =
        story.home.run_with(&["setup", "--sso", "corp", "--yes"], &[("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9")]);
    assert!(run.failed_with(6).stderr.contains("no connection to IAM Identity Center"), "{run:?}");
}

#[test]
fn rest_of_the_file_is_kept_and_dry_run_writes_nothing() {
    let story = story();
    let before = format!("# top\n[profile a]\nregion = x\n\n{SECTION}; end").replace('\n', "\r\n");
    story.home.config(&before);
    let run = story.setup(&["--dry-run"]);
    assert!(done(&run).contains("profiles of session corp: would be 3 added\n"), "{run:?}");
    assert_eq!(story.config(), before);
    done(&story.setup(&[]));
    let added = format!("\n{}", all_sections()).replace('\n', "\r\n");
    assert_eq!(story.config(), before + added.trim_end());
}

#[test]
fn options_of_other_profiles_conflict_with_sso() {
    let story = story();
    for args in [
        &["biz"][..],
        &["--name", "x"],
        &["--in-place"],
        &["--project"],
        &["--role-arn", "x"],
        &["--source-profile", "x"],
        &["--mfa-serial", "x"],
        &["--profile", "x"],
        &["--env", "x"],
    ] {
        let run = story.setup(args);
        assert!(run.failed_with(2).stderr.contains("cannot be used with"), "{args:?} {run:?}");
    }
    for args in [&["--prune"][..], &["--template", "x"], &["--sso-region", "eu-west-1"]] {
        let run = story.run(&[&["setup"], args].concat());
        assert!(run.failed_with(2).stderr.contains("--sso <SESSION>"), "{args:?} {run:?}");
    }
}

#[test]
fn sso_option_completes_session_names() {
    let story = story();
    story.home.config(&(SECTION.to_owned() + "[sso-session other]\n[profile x]\n"));
    let run = story.run(&["complete", "--", "amplify-creds", "setup", "--sso", ""]);
    assert_eq!(run.succeeded().split_whitespace().collect::<Vec<_>>(), ["corp", "other"], "{run:?}");
}

#[test]
fn profile_with_more_settings_is_kept_and_others_are_written() {
    let story = story();
    story.center.list(ListedAccounts::default().account("111111111111", "dev", &["Own"]));
    done(&story.setup(&[]));
    story.home.config(&(story.config() + "output = json\n"));
    let before = story.config();
    story.center.list(ListedAccounts::default().account("111111111111", "dev", &["Own", "Read"]));
    let run = story.setup(&[]);
    assert!(done(&run).contains("1 added"), "{run:?}");
    assert!(done(&run).ends_with("not changed, because they have other settings, too: dev-Own\n"), "{run:?}");
    assert!(story.config().starts_with(&before), "{}", story.config());
}
