//! Profiles for coding agents: `setup --for-agent`, and what cannot widen the session of such a profile.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use test_support::{FakeSts, Federation, Finished, TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, cache, fresh_code, json, without_mfa};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const OTHER_ROLE: &str = "arn:aws:iam::222222222222:role/X";
const OPEN: &str =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
const CLAUDE: (&str, &str) = ("CLAUDECODE", "1");

fn config(home: &TestHome) -> String {
    fs::read_to_string(home.path().join(".aws/config")).unwrap()
}

/// `nomfa`, and `nomfa-agent` as `setup` writes it.
fn agent() -> (FakeSts, TestHome) {
    let (sts, home) = without_mfa();
    assert_eq!(home.run(&["setup", "nomfa", "--for-agent", "--yes", "-q"]).code, Some(0));
    (sts, home)
}

fn line_of(home: &TestHome, text: &str) -> usize {
    1 + config(home).lines().position(|line| line.starts_with(text)).unwrap()
}

/// The last AssumeRole has the role, exactly one policy, no tag, and a name that begins with the agent's.
#[track_caller]
fn assert_limited(sts: &FakeSts, agent: &str) {
    let calls = sts.calls();
    let call = calls.iter().rev().find(|call| call.action == "AssumeRole").unwrap();
    let policies: Vec<_> = call.params.iter().filter(|(name, _)| name.starts_with("Policy")).collect();
    assert_eq!(policies, [(&"PolicyArns.member.1.arn".to_owned(), &READ_ONLY.to_owned())]);
    let other =
        |name: &str| ["Tag", "Transitive", "Source", "Provided", "External"].iter().any(|of| name.starts_with(of));
    assert!(!call.params.keys().any(|name| other(name)), "{call:?}");
    assert_eq!(call.param("RoleArn"), Some(data::NO_MFA_ROLE));
    assert_eq!(call.param("RoleSessionName"), Some(format!("{agent}-nomfa").as_str()));
    assert!(call.param("DurationSeconds").unwrap().parse::<u32>().unwrap() <= 3600, "{call:?}");
}

#[test]
fn setup_for_agent_writes_limited_wrapper() {
    let (sts, home) = without_mfa();
    let before = config(&home);
    let preview = home.run(&["setup", "nomfa", "--for-agent", "--dry-run"]);
    assert_eq!((preview.code, config(&home) == before), (Some(0), true), "{preview:?}");
    let run = home.run(&["setup", "nomfa", "--for-agent", "--yes"]);
    assert_eq!((run.code, &run.stdout), (Some(0), &preview.stdout), "{run:?}");
    let added = format!(
        "\n[profile nomfa-agent]\ncredential_process = {PROGRAM} process nomfa --policy-arn {READ_ONLY} --session-name \
         {{agent}}-{{profile}} --duration 1h\nregion = us-east-1\n"
    );
    assert_eq!(config(&home), before.clone() + &added);
    assert_eq!(fs::read_to_string(home.cache_dir().join("config.backup.1")).unwrap(), before);
    for fact in [
        "ReadOnlyAccess also reads data: S3 objects, DynamoDB items",
        "a default, not a boundary: a program of the same user can use profile nomfa",
        "for a boundary, run the agent in a sandbox without this home directory",
        "amplify-creds broker",
        "every tool can use profile nomfa-agent",
        "AWS_PROFILE=nomfa-agent",
    ] {
        assert!(run.stderr.contains(fact), "{fact}: {run:?}");
    }
    json(home.run_with(&["process", "nomfa-agent"], &[CLAUDE]).succeeded());
    assert_limited(&sts, "claude-code");
    assert_eq!(sts.calls()[0].param("DurationSeconds"), Some("3600"));
    // Every tool can use it, and doctor has nothing to report.
    let report = json(home.run(&["doctor", "nomfa-agent", "--json"]).stdout.trim_end());
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["profile"] != "nomfa-agent"), "{report}");
    for (tool, seen) in report["visibility"]["nomfa-agent"].as_object().unwrap() {
        assert_eq!(seen["resolvable"], true, "{tool}: {seen}");
    }
    let explained = json(home.run_with(&["explain", "nomfa-agent", "--json"], &[CLAUDE]).succeeded());
    assert_eq!(explained["hops"][0]["session_name"], "claude-code-nomfa");
    assert_eq!(explained["hops"][0]["policy_arns"], serde_json::json!([READ_ONLY]));
}

#[test]
fn existing_profile_is_never_overwritten() {
    let (_sts, home) = agent();
    let before = config(&home);
    for args in [&["setup", "nomfa", "--for-agent"][..], &["setup", "nomfa-agent"]] {
        let run = home.run(args);
        let is_kept = run.stderr.starts_with("nothing to change: profile nomfa-agent is set up already");
        assert!(run.code == Some(0) && run.stdout.is_empty() && is_kept, "{run:?}");
    }
    let other = home.run(&["setup", "nomfa", "--for-agent", "--yes", "--policy-arn", ADMIN]);
    other.failed_with(3);
    let place = format!("~/.aws/config:{}", line_of(&home, "[profile nomfa-agent]"));
    assert!(other.first_error_line().contains(&place) && other.stderr.contains("--name NAME"), "{other:?}");
    home.run(&["setup", "nomfa", "--for-agent", "--yes", "--name", "devcorpuser"]).failed_with(3);
    assert_eq!(config(&home), before);
    let own = "arn:aws:iam::222222222222:policy/Agents";
    let run = home.run(&["setup", "nomfa", "--for-agent", "-y", "--policy-arn", own, "--name", "w"]);
    assert!(run.code == Some(0) && !run.stderr.contains("ReadOnlyAccess"), "{run:?}");
    assert!(config(&home).contains(&format!("process nomfa --policy-arn {own} --session-name")));
    // A program that has moved keeps the options.
    let moved = config(&home).replace(PROGRAM, "/old/amplify-creds");
    home.config(&moved);
    assert_eq!(home.run(&["setup", "nomfa", "--for-agent", "--yes"]).code, Some(0));
    assert!(
        config(&home).contains(&format!("{PROGRAM} process nomfa --policy-arn {READ_ONLY} --session-name {{agent}}"))
    );
}

#[test]
fn existing_profile_that_undoes_limits_is_rejected() {
    let (_sts, home) = agent();
    let (limited, keys) = (config(&home), fs::read_to_string(home.path().join(".aws/credentials")).unwrap());
    let refused = || {
        for args in [&["setup", "nomfa", "--for-agent", "--dry-run"][..], &["setup", "nomfa", "--for-agent", "--yes"]] {
            let run = home.run(args);
            let line = run.failed_with(3).first_error_line();
            assert!(line.contains("profile nomfa-agent exists already with different settings (~/.aws/"), "{line}");
        }
    };
    for more in [
        "include_profile = nomfa\n",
        "include_profile = sso\n",
        "aws_access_key_id = AKIA1\naws_secret_access_key = s\n",
        "aws_access_key_id = AKIA1\n",
        "role_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n",
    ] {
        home.config(&format!("{BASES}\n{limited}{more}"));
        refused();
    }
    home.config(&limited);
    for more in ["aws_access_key_id = AKIA1\naws_secret_access_key = s\n", "role_arn = r\n"] {
        home.credentials(&format!("{keys}\n[nomfa-agent]\n{more}"));
        refused();
    }
    home.credentials(&keys);
    home.config(&format!("{limited}include_profile = devcorpuser\nmin_ttl = 10m\n"));
    assert_eq!(home.run(&["setup", "nomfa", "--for-agent"]).code, Some(0));
}

#[test]
fn policy_of_invalid_form_is_named_by_its_option() {
    let (_sts, home) = without_mfa();
    for name in ["a;id", "a#b", "$(id)", "a b", ""] {
        let arn = format!("arn:aws:iam::222222222222:policy/{name}");
        for args in [&["setup", "nomfa", "--for-agent", "--yes"][..], &["process", "nomfa"]] {
            let run = home.run(&[args, &["--policy-arn", &arn]].concat());
            let line = run.failed_with(2).first_error_line();
            assert!(line.contains("invalid --policy-arn (expected the ARN of a managed policy"), "{line}");
        }
    }
}

#[test]
fn name_that_cannot_be_derived_is_required() {
    let (_sts, home) = without_mfa();
    add_config(
        &home,
        "[profile \u{65e5}\u{672c}]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n",
    );
    for args in [&["setup", "\u{65e5}\u{672c}", "--for-agent", "--yes"][..], &["setup", "\u{65e5}\u{672c}", "--yes"]] {
        let run = home.run(args);
        assert!(run.failed_with(2).stderr.contains("hint: add --name NAME"), "{run:?}");
        let run = home.run(&[args, &["--name", "japan", "--dry-run"]].concat());
        assert!(run.code == Some(0) && run.stdout.contains("+[profile japan]"), "{run:?}");
    }
}

#[test]
fn command_of_several_lines_never_loses_policy() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        &format!("[profile lines]\ncredential_process = amplify-creds process nomfa\n  --policy-arn {READ_ONLY}\n"),
    );
    for dialect in ["aws", "amplify"] {
        let run = home.run(&["process", "lines", "--dialect", dialect]);
        assert!(run.failed_with(3).stderr.contains("hint: it must be one line"), "{dialect}: {run:?}");
    }
    home.run(&["process", "lines"]).succeeded();
    assert_eq!(sts.calls().len(), 1);
    assert_eq!(sts.calls()[0].param("PolicyArns.member.1.arn"), Some(READ_ONLY));
}

#[test]
fn command_with_two_profiles_fails() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        &format!(
            "[profile two]\ncredential_process = {PROGRAM} process nomfa -p bizcorprole --policy-arn {READ_ONLY}\n"
        ),
    );
    assert!(home.run(&["process", "two"]).failed_with(4).stderr.contains("two different profiles given"));
    let run = home.run(&["-p", "bizcorprole", "process", "-p", "nomfa"]);
    let line = run.failed_with(2).first_error_line();
    assert!(line.contains("two different profiles given: --profile bizcorprole and --profile nomfa"), "{line}");
    assert!(sts.calls().is_empty());
    home.run(&["-p", "nomfa", "--region", "us-east-1", "process", "--profile=nomfa"]).succeeded();
}

#[test]
fn options_of_other_profiles_are_rejected_for_agents() {
    let (_sts, home) = without_mfa();
    let before = config(&home);
    let rows: &[(&[&str], i32)] = &[
        (&["--for-agent"], 2),
        (&["nomfa", "--for-agent", "--in-place"], 2),
        (&["nomfa", "--for-agent", "--project"], 2),
        (&["nomfa", "--for-agent", "--role-arn", data::NO_MFA_ROLE], 2),
        (&["--for-agent", "--from", "x.json"], 2),
        (&["--for-agent", "--sso", "corp"], 2),
        (&["nomfa", "--policy-arn", READ_ONLY], 2),
        (&["nomfa", "--for-agent", "--policy-arn", READ_ONLY, "--policy-arn", ADMIN], 2),
        (&["nomfa", "--for-agent", "--policy-arn", "ReadOnlyAccess"], 2),
        (&["nomfa", "--for-agent", "--policy-arn", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"], 2),
        (&["nomfa", "--for-agent", "--name", ""], 2),
        // The agent can edit the file of the project that names the boundary.
        (&["nomfa", "--for-agent", "--policy-arn", "boundary"], 2),
        (&["missing", "--for-agent"], 3),
    ];
    for (args, status) in rows {
        home.run(&[&["setup", "--yes"], *args].concat()).failed_with(*status);
    }
    assert_eq!(config(&home), before);
}

const BASES: &str = "
[profile stored]
credential_process = amplify-creds process stored
[profile foreign]
credential_process = /usr/bin/other
[profile sso]
sso_start_url = https://x.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111111111111
sso_role_name = Dev
[profile signed-in]
login_session = arn:aws:iam::111111111111:user/dev
[profile web]
role_arn = arn:aws:iam::222222222222:role/NoMfa
web_identity_token_file = /token
[profile limited-web]
credential_process = amplify-creds process web --policy-arn read-only
[profile limited-keys]
credential_process = amplify-creds process devcorpuser --policy-arn read-only
[profile variables]
credential_source = Environment
[profile narrow]
include_profile = nomfa
policy_arns = read-only
[profile role-of-sso]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = sso
[profile role-of-foreign]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = foreign
[profile role-of-stored]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = stored
[profile role-of-signed-in]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = signed-in
";

#[test]
fn base_that_cannot_be_limited_is_rejected() {
    let (_sts, home) = without_mfa();
    add_config(&home, BASES);
    let before = config(&home);
    let home = home.with_variable("AWS_ACCESS_KEY_ID", "AKIAOFTHESHELL").with_variable("AWS_SECRET_ACCESS_KEY", "x");
    for (profile, reason) in [
        ("devcorpuser", "an access key"),
        ("stored", "an access key in the key store"),
        ("variables", "an access key"),
        ("foreign", "the session of another program"),
        ("sso", "a session of IAM Identity Center"),
        ("signed-in", "a session of AWS Sign-In"),
    ] {
        let run = home.run(&["setup", profile, "--for-agent", "--yes"]);
        let line = run.failed_with(3).first_error_line();
        assert!(line.contains(profile) && line.contains(&format!("it has {reason},")), "{line}");
        let next = format!("amplify-creds setup --name NAME --role-arn ARN --source-profile {profile}\n");
        assert!(run.stderr.contains(&next), "{run:?}");
        assert!(run.stderr.contains("amplify-creds setup NAME --for-agent"), "{run:?}");
    }
    let run = home.run(&["setup", "web", "--for-agent", "--yes"]);
    let line = run.failed_with(3).first_error_line();
    assert!(line.ends_with("web: its session from a web identity token cannot get a session policy"), "{line}");
    assert!(run.stderr.contains("--role-arn ARN --source-profile web\n"), "{run:?}");
    let run = home.run(&["process", "web", "--policy-arn", READ_ONLY]);
    let line = run.failed_with(2).first_error_line();
    assert!(line.contains("web assumes its role with a web identity token, so role options"), "{line}");
    let run = home.run(&["process", "limited-web"]);
    assert!(
        run.failed_with(3).stderr.contains("hint: use a profile with a role_arn and a source_profile\n"),
        "{run:?}"
    );
    let run = home.run(&["process", "limited-keys"]);
    assert!(run.failed_with(3).stderr.contains("hint: use a profile with a role_arn\n"), "{run:?}");
    let run = home.run(&["setup", "narrow", "--for-agent", "--yes"]);
    let place = format!("session policy ReadOnlyAccess is set at ~/.aws/config:{}", line_of(&home, "policy_arns"));
    assert!(run.failed_with(2).first_error_line().contains(&place), "{run:?}");
    assert!(run.stderr.contains("without a session policy") && !run.stderr.contains("AWS_PROFILE"), "{run:?}");
    assert_eq!(config(&home), before);
    for role in ["role-of-sso", "role-of-foreign", "role-of-stored", "role-of-signed-in"] {
        let run = home.run(&["setup", role, "--for-agent", "--dry-run"]);
        assert!(run.code == Some(0) && run.stdout.contains(&format!("+[profile {role}-agent]")), "{run:?}");
    }
}

/// The options that would change the session, each with a value.
const WIDER: [(&str, &str); 9] = [
    ("--policy-arn", ADMIN),
    ("--policy", OPEN),
    ("--role-arn", OTHER_ROLE),
    ("--external-id", "other"),
    ("--session-name", "dev"),
    ("--tag", "team=web"),
    ("--source-identity", "dev"),
    ("--provided-context", "arn:aws:iam::aws:contextProvider/X=/no/such/file"),
    ("--duration", "2h"),
];

/// The options of `process` that choose other files or another profile, and so another session.
const OF_OTHER_FILES: [&str; 4] = ["--config-file", "--credentials-file", "--dialect", "--profile"];

/// The options of `process` that do not change what the session may do.
const HARMLESS: [&str; 12] = [
    "--min-ttl",
    "--refresh",
    "--no-cache",
    "--lock-timeout",
    "--mfa-token",
    "--prompt",
    "--no-input",
    "--region",
    "--color",
    "--verbose",
    "--quiet",
    "--help",
];

#[test]
fn option_cannot_widen_session_of_agent() {
    let (sts, home) = agent();
    add_config(&home, "[profile included]\ninclude_profile = nomfa-agent\n");
    let place =
        format!("session policy ReadOnlyAccess is set at ~/.aws/config:{}", line_of(&home, "credential_process"));
    for (option, value) in WIDER {
        for profile in ["nomfa-agent", "included"] {
            let run = home.run(&["process", profile, option, value]);
            let line = run.failed_with(2).first_error_line();
            assert!(line.contains(option) && line.contains(profile) && line.contains(&place), "{line}");
            assert!(
                run.stderr.contains(&format!("hint: to see the session: amplify-creds explain {profile}")),
                "{run:?}"
            );
        }
        for (command, status) in
            [("env", 2), ("console", 2), ("whoami", 2), ("login", 2), ("check", 2), ("explain", 2), ("exec", 125)]
        {
            let run = home.run(&[command, "nomfa-agent", option, value]);
            let known = !run.stderr.contains("unexpected argument");
            assert_eq!(run.code, Some(if known { status } else { 2 }), "{command} {option}: {run:?}");
        }
    }
    assert!(sts.calls().is_empty());
    for options in [
        &["--duration", "1h"][..],
        &["--duration", "30m"],
        &["--min-ttl", "1m"],
        &["--refresh"],
        &["--region", "eu-west-1"],
        &["--no-input"],
        &["--lock-timeout", "5"],
        &["--dialect", "amplify"],
    ] {
        let args = [&["process", "nomfa-agent", "--no-cache"], options].concat();
        home.run_with(&args, &[("AI_AGENT", "test-agent")]).succeeded();
        assert_limited(&sts, "test-agent");
    }
}

#[test]
fn every_option_of_process_is_classified() {
    let help = TestHome::new(PROGRAM).run(&["process", "--help"]).stdout;
    let is_option = |word: &&str| word.starts_with("--") && word.len() > 2;
    let listed = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let options = listed.filter_map(|line| line.split([' ', ',', '.', '[']).find(is_option));
    let mut count = 0;
    for option in options {
        let classes = [&WIDER.map(|(known, _)| known)[..], &OF_OTHER_FILES, &HARMLESS];
        assert_eq!(
            classes.iter().filter(|class| class.contains(&option)).count(),
            1,
            "{option}: can it widen the session of a profile for agents?"
        );
        count += 1;
    }
    assert!(count >= 20, "{help}");
}

#[test]
fn variable_cannot_widen_session_of_agent() {
    let (sts, home) = agent();
    for variables in [
        &[("AWS_ROLE_ARN", OTHER_ROLE), ("AWS_ROLE_SESSION_NAME", "dev")][..],
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"), ("AWS_ROLE_ARN", OTHER_ROLE)],
        &[("AWS_ACCESS_KEY_ID", "AKIAOFTHESHELL"), ("AWS_SECRET_ACCESS_KEY", "x")],
        &[("AWS_PROFILE", "nomfa")],
        &[("AWS_DEFAULT_PROFILE", "nomfa")],
        &[("AMPLIFY_CREDS_PROFILE", "nomfa")],
        &[("AMPLIFY_CREDS_SESSION_NAME", "dev")],
        &[("AMPLIFY_CREDS_MIN_TTL", "30m")],
        &[("AMPLIFY_CREDS_DIALECT", "amplify")],
        &[("AMPLIFY_CREDS_DIALECT", "aws")],
        &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/")],
        &[("AWS_REGION", "eu-west-1")],
        &[("AWS_STS_REGIONAL_ENDPOINTS", "legacy")],
    ] {
        let variables = [&[CLAUDE], variables].concat();
        home.run_with(&["process", "nomfa-agent", "--no-cache"], &variables).succeeded();
        assert_limited(&sts, "claude-code");
    }
}

#[test]
fn second_wrapper_cannot_widen_session_of_agent() {
    let (sts, home) = agent();
    let wider = WIDER.map(|(option, value)| {
        let value = if option == "--policy" { "/p.json" } else { value };
        let name = format!("over{option}");
        add_config(
            &home,
            &format!("[profile {name}]\ncredential_process = amplify-creds process nomfa-agent {option} {value}\n"),
        );
        (name, option)
    });
    let inner = line_of(&home, "credential_process");
    for (name, option) in &wider {
        let outer = line_of(&home, &format!("[profile {name}]")) + 1;
        for command in ["process", "explain", "env"] {
            let run = home.run(&[command, name]);
            let line = run.failed_with(3).first_error_line();
            let places = [format!("~/.aws/config:{outer}"), format!("~/.aws/config:{inner}")];
            assert!(line.contains(option) && places.iter().all(|place| line.contains(place)), "{line}");
        }
    }
    // The name and the duration of an inner wrapper are fixed by the policy of an outer one.
    add_config(
        &home,
        &format!(
            "[profile inner]\ncredential_process = amplify-creds process nomfa --session-name ci -d 30m\n\
             [profile outer]\ncredential_process = amplify-creds process inner --policy-arn {READ_ONLY}\n"
        ),
    );
    home.run(&["process", "outer", "--session-name", "dev"]).failed_with(2);
    home.run(&["process", "outer", "-d", "1h"]).failed_with(2);
    assert!(sts.calls().is_empty());
    home.run(&["process", "outer"]).succeeded();
    let call = &sts.calls()[0];
    assert_eq!((call.param("RoleSessionName"), call.param("DurationSeconds")), (Some("ci"), Some("1800")));
}

#[test]
fn inherited_policy_is_not_united_with_own_one() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile narrow]\ninclude_profile = nomfa\npolicy_arns = read-only\n\
         [profile inline]\ninclude_profile = narrow\npolicy = {\"Version\":\"2012-10-17\"}\n\
         [profile further]\ninclude_profile = inline\n\
         [profile own]\ninclude_profile = narrow\npolicy_arns = arn:aws:iam::222222222222:policy/Own\n",
    );
    let (own, inherited) = (line_of(&home, "policy ="), line_of(&home, "policy_arns"));
    for profile in ["inline", "further"] {
        let run = home.run(&["process", profile]);
        let line = run.failed_with(3).first_error_line();
        let places = [format!("~/.aws/config:{own}"), format!("~/.aws/config:{inherited}")];
        assert!(line.contains(profile) && places.iter().all(|place| line.contains(place)), "{line}");
    }
    assert!(sts.calls().is_empty());
    home.run(&["process", "own"]).succeeded();
    assert_eq!(sts.calls()[0].param("PolicyArns.member.1.arn"), Some("arn:aws:iam::222222222222:policy/Own"));
    assert_eq!(sts.calls()[0].param("PolicyArns.member.2.arn"), None);
}

#[test]
fn commands_use_limited_session() {
    let (sts, home) = agent();
    let federation = Federation::start(&sts);
    let home = home.with_variable("AWS_ENDPOINT_URL_SIGNIN", &federation.url());
    let key = |text: &str| text.split('"').find(|word| word.starts_with("ASIA")).map(str::to_owned);
    let by_process = key(&home.run_with(&["process", "nomfa-agent"], &[CLAUDE]).stdout).unwrap();
    for args in [
        &["exec", "nomfa-agent", "--", "sh", "-c", "echo \"\\\"$AWS_ACCESS_KEY_ID\\\"\""][..],
        &["env", "nomfa-agent", "--shell", "powershell"],
        &["env", "nomfa-agent", "--shell", "nu"],
    ] {
        let run = home.run_with(args, &[CLAUDE]);
        assert!(run.code == Some(0) && run.stdout.contains(&by_process), "{args:?} {run:?}");
    }
    let run = home.run_with(&["console", "nomfa-agent", "--print"], &[CLAUDE]);
    assert!(run.code == Some(0) && run.stdout.starts_with("http"), "{run:?}");
    let run = home.run_with(&["whoami", "nomfa-agent"], &[CLAUDE]);
    assert!(run.stdout.contains("assumed-role/NoMfa/claude-code-nomfa"), "{run:?}");
    assert_eq!(sts.count("AssumeRole"), 1);
    assert_limited(&sts, "claude-code");
}

#[test]
fn cache_keeps_sessions_of_agents_and_user_separate() {
    let (sts, home) = agent();
    let id = |profile: &str, variables: &[(&str, &str)]| {
        json(home.run_with(&["process", profile], variables).succeeded())["AccessKeyId"].as_str().unwrap().to_owned()
    };
    let user = id("nomfa", &[]);
    let ids = [
        id("nomfa-agent", &[]),
        id("nomfa-agent", &[CLAUDE]),
        id("nomfa-agent", &[("CODEX_SANDBOX", "seatbelt")]),
        id("nomfa-agent", &[("CURSOR_AGENT", "1")]),
        id("nomfa-agent", &[("AI_AGENT", "my agent/2"), CLAUDE]),
    ];
    let names: Vec<_> = sts.calls().iter().map(|call| call.param("RoleSessionName").unwrap().to_owned()).collect();
    assert_eq!(
        names,
        ["amplify", "agent-nomfa", "claude-code-nomfa", "codex-nomfa", "cursor-nomfa", "my-agent-2-nomfa"]
    );
    assert!(!ids.contains(&user));
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
    assert_eq!(id("nomfa-agent", &[CLAUDE]), ids[1]);
    assert_eq!(id("nomfa", &[CLAUDE]), user);
    assert_eq!(sts.count("AssumeRole"), 6);
    // A session of the user with the same name has no policy, and is not used for the agent.
    fs::remove_file(home.cache_file()).unwrap();
    let args = ["process", "nomfa", "--session-name", "claude-code-nomfa"];
    home.run(&args).succeeded();
    id("nomfa-agent", &[CLAUDE]);
    assert_limited(&sts, "claude-code");
    assert_eq!(cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().len(), 2);
}

#[test]
fn agents_share_one_mfa_code() {
    let (sts, home) = biz_corp();
    assert_eq!(home.run(&["setup", "bizcorprole", "--for-agent", "--yes", "-q"]).code, Some(0));
    let run = home.run_with(&["process", "bizcorprole-agent"], &[CLAUDE]);
    run.failed_with(4);
    // The command of the wrapper, which does not know its name.
    let as_tool = format!("{} process bizcorprole --policy-arn {READ_ONLY}", home.program().display());
    let args = ["process", "bizcorprole", "--policy-arn", READ_ONLY, "--session-name", "{agent}-{profile}", "-d", "1h"];
    assert!(config(&home).contains(&as_tool));
    let run = home.run_with(&args, &[CLAUDE]);
    assert!(run.failed_with(4).first_error_line().ends_with("run: amplify-creds login bizcorprole-agent"), "{run:?}");
    home.run_with(&["process", "bizcorprole-agent", "-t", &fresh_code(&sts)], &[CLAUDE]).succeeded();
    home.run_with(&["process", "bizcorprole-agent"], &[("GEMINI_CLI", "1")]).succeeded();
    home.run(&["process", "bizcorprole"]).succeeded();
    assert_eq!((sts.count("GetSessionToken"), sts.count("AssumeRole")), (1, 3));
    let policies = |call: &test_support::Call| call.param("PolicyArns.member.1.arn").map(str::to_owned);
    let sent: Vec<_> = sts.calls().iter().filter(|call| call.action == "AssumeRole").map(policies).collect();
    assert_eq!(sent, [Some(READ_ONLY.to_owned()), Some(READ_ONLY.to_owned()), None]);
}

#[test]
fn login_for_code_of_role_names_agent() {
    let (sts, home) = biz_corp();
    home.config(&config(&home).replace("mfa_serial", "mfa_session = off\nmfa_serial"));
    assert_eq!(home.run(&["setup", "bizcorprole", "--for-agent", "--yes", "-q"]).code, Some(0));
    let options =
        ["process", "bizcorprole", "--policy-arn", READ_ONLY, "--session-name", "{agent}-{profile}", "-d", "1h"];
    for args in [&["process", "bizcorprole-agent"][..], &options] {
        for (variable, login) in [
            (CLAUDE, "AI_AGENT=claude-code amplify-creds login bizcorprole-agent"),
            (("AI_AGENT", "my tool"), "AI_AGENT='my tool' amplify-creds login bizcorprole-agent"),
            (("TERM", "dumb"), "run: amplify-creds login bizcorprole-agent"),
        ] {
            let run = home.run_with(args, &[variable]);
            let line = run.failed_with(4).first_error_line();
            assert!(line.ends_with(login) && line.len() < 200, "{line}");
        }
    }
    let run = home.run_with(&["process", "bizcorprole"], &[CLAUDE]);
    assert!(run.failed_with(4).first_error_line().ends_with("run: amplify-creds login bizcorprole"), "{run:?}");
    let login = ["login", "bizcorprole-agent", "-q", "-t", &fresh_code(&sts)];
    assert_eq!(home.run_with(&login, &[("AI_AGENT", "claude-code")]).code, Some(0));
    home.run_with(&["process", "bizcorprole-agent"], &[CLAUDE]).succeeded();
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn session_name_of_profile_follows_agent() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile named]\ninclude_profile = nomfa\nrole_session_name = {user}@corp\nduration_seconds = 900\n\
         [profile china]\nrole_arn = arn:aws-cn:iam::222222222222:role/R\nsource_profile = devcorpuser\n\
         [profile by-hand]\ncredential_process = amplify-creds process china --policy-arn read-only\n",
    );
    assert_eq!(home.run(&["setup", "named", "--for-agent", "--yes", "-q"]).code, Some(0));
    let long = "x".repeat(80);
    for (agent, expected) in [("a", "a-dev@corp".to_owned()), (&long, format!("{}-dev@corp", "x".repeat(32)))] {
        home.run_with(&["process", "named-agent"], &[("AI_AGENT", agent), ("USER", "dev")]).succeeded();
        let calls = sts.calls();
        let call = calls.last().unwrap();
        assert_eq!(call.param("RoleSessionName"), Some(expected.as_str()));
        assert_eq!(call.param("DurationSeconds"), Some("900"), "a shorter duration of the role is kept");
    }
    let run = home.run(&["setup", "china", "--for-agent", "--dry-run"]);
    assert!(run.stdout.contains(" --policy-arn arn:aws-cn:iam::aws:policy/ReadOnlyAccess "), "{run:?}");
    let explained = json(home.run(&["explain", "by-hand", "--json"]).succeeded());
    assert_eq!(explained["hops"][0]["policy_arns"][0], "arn:aws-cn:iam::aws:policy/ReadOnlyAccess");
}

/// The profile is a default. The boundary is the broker together with a sandbox without this home directory.
#[test]
fn agent_of_same_user_can_use_base_profile() {
    let (sts, home) = agent();
    let run = home.run_with(&["process", "nomfa"], &[CLAUDE, ("AWS_PROFILE", "nomfa-agent")]);
    json(run.succeeded());
    assert!(!sts.calls()[0].params.keys().any(|name| name.starts_with("Policy")), "{:?}", sts.calls());
    for text in ["man/guide.md", "SECURITY.md"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(text)).unwrap().replace('\n', " ");
        assert!(text.contains("a default, not a boundary") && text.contains("amplify-creds broker"));
    }
}

/// The recipes of the guide, with their language.
fn recipes(language: &str) -> Vec<String> {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("man/guide.md")).unwrap();
    let chapter = guide.split("\n## Coding agents\n").nth(1).unwrap().split("\n## ").next().unwrap().to_owned();
    let fence = format!("```{language}\n");
    let blocks = chapter.split(&fence).skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn credential_export_of_guide_prints_credentials() {
    let documents: Vec<Value> = recipes("json").iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert!(documents.len() >= 3, "{documents:?}");
    let settings = documents.iter().find(|document| document["awsCredentialExport"].is_string()).unwrap();
    let text = |key: &str| settings[key].as_str().unwrap();
    assert!(text("awsAuthRefresh").starts_with("amplify-creds login bedrock --prompt "), "{settings}");

    let (sts, home) = without_mfa();
    let policy = "arn:aws:iam::aws:policy/AmazonBedrockLimitedAccess";
    let args = ["setup", "nomfa", "--for-agent", "--name", "bedrock", "--policy-arn", policy, "-y", "-q"];
    assert_eq!(home.run(&args).code, Some(0));
    fs::create_dir_all(home.path().join("bin")).unwrap();
    symlink(PROGRAM, home.path().join("bin/amplify-creds")).unwrap();
    for key in ["awsCredentialExport", "awsAuthRefresh"] {
        let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
        let mut shell = Command::new("sh");
        shell.args(["-c", text(key)]).env_clear().envs(home.environment()).env("PATH", path).stdin(Stdio::null());
        let run: Finished = shell.output().unwrap().into();
        assert_eq!(run.code, Some(0), "{key}: {run:?}");
        if key == "awsCredentialExport" {
            let printed = json(run.succeeded());
            let has = |name: &str| printed[name].is_string();
            assert!(printed["Version"] == 1 && ["AccessKeyId", "SessionToken", "Expiration"].into_iter().all(has));
        }
    }
    assert_eq!(sts.count("AssumeRole"), 1);
    assert_eq!(sts.calls()[0].param("PolicyArns.member.1.arn"), Some(policy));
    let servers = documents.iter().filter(|document| document["mcpServers"].is_object()).count();
    assert!(servers >= 1 && recipes("toml").len() == 1);
}
