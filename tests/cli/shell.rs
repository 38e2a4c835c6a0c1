//! Shells and commands with credentials from this program: regions, the selected profile, one line for `eval`.

use serde_json::Value;
use test_support::{Finished, Terminal, TestHome};

use crate::env::{TAKE, in_shell};
use crate::{PROGRAM, add_config, biz_corp, json, without_mfa};

/// A home with profiles in two regions, and one without a region.
fn regions() -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config("[profile eu]\nregion = eu-west-1\n[profile us]\nregion = us-east-1\n[profile none]\n");
    let keys = ["eu", "us", "none"]
        .map(|name| format!("[{name}]\naws_access_key_id = AKIA{name}\naws_secret_access_key = s\n"));
    home.credentials(&keys.concat());
    home
}

const REGION: &str = "echo ${AWS_REGION--} ${AWS_DEFAULT_REGION--} ${AMPLIFY_CREDS_EXPORTED_REGION+recorded}";

#[test]
fn exported_region_is_removed_with_its_profile() {
    for (shell, take) in TAKE {
        let (take, report) = take.split_once("; ").unwrap();
        let steps = ["eu", "us", "none", "eu", "--unset"];
        let steps = steps.map(|step| format!("{}; {report}", take.replace("ARGUMENTS", step)));
        let Some(run) = in_shell(shell, &regions(), &steps.join("; "), REGION) else { continue };
        let expected =
            "eu-west-1 eu-west-1 recorded\nus-east-1 us-east-1 recorded\n- -\neu-west-1 eu-west-1 recorded\n- -\n";
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (expected, ""), "{shell}");
    }
}

#[test]
fn region_of_user_is_kept_with_note() {
    let take = |what: &str| format!("eval \"$($PROGRAM env {what})\"; {REGION}; ");
    let script = format!("export AWS_REGION=us-west-2; {}{}{}", take("eu"), take("none"), take("--unset"));
    let run = in_shell("bash", &regions(), &script, "").unwrap();
    let note = "region us-west-2 ($AWS_REGION) overrides the region eu-west-1 of profile eu (~/.aws/config:2)\n";
    let expected = "us-west-2 us-west-2 recorded\nus-west-2 us-west-2 recorded\nus-west-2 -\n";
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (expected, note));
    // A region that the user sets after `env` is also the user's choice.
    let script = format!("{}export AWS_REGION=us-west-2; {}", take("eu"), take("us"));
    let run = in_shell("bash", &regions(), &script, "").unwrap();
    assert!(run.stdout.ends_with("\nus-west-2 us-west-2 recorded\n") && run.stderr.contains("us-east-1"), "{run:?}");

    let home = regions();
    let user = [("AWS_REGION", "us-west-2")];
    let run = home.run_with(&["exec", "eu", "--", "sh", "-c", REGION], &user);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("us-west-2 us-west-2 recorded\n", note));
    home.run_with(&["exec", "eu", "--", "true"], &[("AWS_REGION", "eu-west-1")]).succeeded();
    home.run_with(&["process", "eu"], &user).succeeded();
    assert!(home.run_with(&["process", "eu", "-v"], &user).stderr.contains(note));
    assert_eq!(home.run_with(&["-q", "exec", "eu", "--", "true"], &user).succeeded(), "");
}

#[test]
fn exported_region_does_not_count_inside_a_command() {
    let home = regions();
    let inside = |outer: &[&str], inner: &str| {
        let script = format!("exec {PROGRAM} {inner}");
        home.run(&[&["exec", "eu"], outer, &["--", "sh", "-c", &script]].concat())
    };
    for outer in [&[][..], &["--serve"]] {
        for serve in ["", "--serve"] {
            let region = |name: &str| inside(outer, &format!("exec {name} {serve} -- sh -c '{REGION}'"));
            assert_eq!(region("none").succeeded(), "- -\n", "{outer:?} {serve}");
            assert_eq!(region("us").succeeded(), "us-east-1 us-east-1 recorded\n", "{outer:?} {serve}");
        }
        let explained = json(inside(outer, "explain us --json").succeeded());
        assert_eq!(explained["region"]["value"], "us-east-1");
        assert!(explained["region"]["from"].as_str().unwrap().ends_with("config:4"), "{explained}");
        assert_eq!(json(inside(outer, "explain none --json").succeeded())["region"]["value"], Value::Null);
    }
    // The same applies to the region of a config file that only the outer command has.
    for take in ["exec none -- sh -c", "env none --shell sh >env; sh -c '. ./env; eval \"$0\"'"] {
        let script = format!("cd; {PROGRAM} {take} 'echo $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE'");
        let run = home.run(&["exec", "eu", "--serve", "--", "sh", "-c", &script]);
        let [config, credentials] = [".aws/config", ".aws/credentials"].map(|name| home.path().join(name));
        assert_eq!(run.succeeded(), format!("{} {}\n", config.display(), credentials.display()), "{take}");
    }
    add_config(&home, "[profile role]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = none\n");
    let explained = json(inside(&[], "explain role --json").succeeded());
    assert_eq!(explained["hops"][0]["sts"]["signing_region"], "us-east-1", "{explained}");
}

/// The output of `whoami`.
fn who(run: &Finished) -> String {
    json(run.succeeded())["arn"].as_str().unwrap().to_owned()
}

#[test]
fn whoami_uses_environment_credentials() {
    let (_sts, home) = without_mfa();
    add_config(&home, "[default]\nregion = us-east-1\n");
    home.credentials(&std::fs::read_to_string(home.path().join(".aws/credentials")).unwrap().replace(
        "[devcorpuser]",
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n[devcorpuser]",
    ));
    let user = [("AMPLIFY_CREDS_PROFILE", "devcorpuser"), ("AWS_PROFILE", "devcorpuser")];
    for serve in [&[][..], &["--serve"]] {
        let whoami = |args: &[&str]| {
            let whoami = [&[PROGRAM, "whoami", "--json"], args].concat();
            home.run_with(&[&["exec", "nomfa"], serve, &["--"], &whoami[..]].concat(), &user)
        };
        assert!(who(&whoami(&[])).contains(":assumed-role/NoMfa/"), "{serve:?}");
        assert!(who(&whoami(&["devcorpuser"])).ends_with(":user/devcorpuser"), "{serve:?}");
        assert!(who(&whoami(&["-p", "devcorpuser"])).ends_with(":user/devcorpuser"), "{serve:?}");
        let chosen = format!("AMPLIFY_CREDS_PROFILE=devcorpuser exec {PROGRAM} whoami --json");
        let run = home.run(&[&["exec", "nomfa"], serve, &["--", "sh", "-c", &chosen]].concat());
        assert!(who(&run).ends_with(":user/devcorpuser"), "{serve:?}");
        // AWS_PROFILE is for every tool, and in most tools keys have priority.
        let named = format!("AWS_PROFILE=devcorpuser exec {PROGRAM} whoami --json");
        let run = home.run(&[&["exec", "nomfa"], serve, &["--", "sh", "-c", &named]].concat());
        assert!(who(&run).contains(":assumed-role/NoMfa/"), "{serve:?}");
    }
}

#[test]
fn default_profile_despite_environment_credentials_prints_note() {
    let home = regions();
    home.config("[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n");
    let inside = |serve: &[&str], inner: &[&str]| home.run(&[&["exec", "eu"], serve, &["--", PROGRAM], inner].concat());
    for (serve, variable) in [(&[][..], "$AWS_ACCESS_KEY_ID"), (&["--serve"], "$AWS_CONTAINER_CREDENTIALS_FULL_URI")] {
        for inner in [&["env"][..], &["exec", "--", "true"], &["login"]] {
            let run = inside(serve, inner);
            let note = format!(
                "{} uses profile default; the environment has credentials of profile eu ({variable})\n",
                inner[0]
            );
            assert!(run.code == Some(0) && run.stderr.contains(&note), "{serve:?} {inner:?} {run:?}");
        }
        assert_eq!(json(inside(serve, &["process"]).succeeded())["AccessKeyId"], "AKIADEFAULT");
        assert!(inside(serve, &["process", "-v"]).stderr.contains("has credentials of profile eu"));
        inside(serve, &["exec", "us", "--", "true"]).succeeded();
        inside(serve, &["-q", "exec", "--", "true"]).succeeded();
    }
}

#[test]
fn environment_credentials_are_used_without_default_profile() {
    let (_sts, home) = without_mfa();
    for serve in [&[][..], &["--serve"]] {
        let inside = |inner: &str| {
            home.run(&[&["exec", "nomfa"], serve, &["--", "sh", "-c", inner]].concat()).succeeded().to_owned()
        };
        let outer = inside(&format!("{PROGRAM} process"));
        assert!(json(&outer)["AccessKeyId"].as_str().unwrap().starts_with("ASIA"), "{outer}");
        let script = "echo $AWS_ACCESS_KEY_ID $AMPLIFY_CREDS_ACTIVE_PROFILE $AWS_CONTAINER_CREDENTIALS_FULL_URI";
        let expected = format!("{} nomfa\n", json(&outer)["AccessKeyId"].as_str().unwrap());
        assert_eq!(inside(&format!("{PROGRAM} exec -- sh -c '{script}'")), expected, "{serve:?}");
        assert_eq!(inside(&format!("eval \"$({PROGRAM} env --shell sh)\"; {script}")), expected, "{serve:?}");
        let kind = if serve.is_empty() { "environment" } else { "container" };
        assert_eq!(json(&inside(&format!("{PROGRAM} explain --json")))["base"]["type"], kind);
        let chained = format!("{PROGRAM} exec --serve -- {PROGRAM} whoami --json");
        assert!(json(&inside(&chained))["arn"].as_str().unwrap().contains("/NoMfa/"), "{serve:?}");
    }
    let shown = home.run(&["exec", "nomfa", "--", PROGRAM, "whoami"]);
    assert!(shown.succeeded().starts_with("the environment ($AWS_ACCESS_KEY_ID)\n"), "{shown:?}");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let run = home.run_with(&["process", "--role-arn", "arn:aws:iam::222222222222:role/NoMfa"], &keys);
    assert!(run.failed_with(2).first_error_line().contains("profile environment has no role_arn"), "{run:?}");
}

#[test]
fn variables_of_keys_that_stay_are_kept() {
    let home = TestHome::new(PROGRAM);
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIA1"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_ACCOUNT_ID", "111111111111"),
        ("AWS_CREDENTIAL_EXPIRATION", "2099-01-02T03:04:05Z"),
    ];
    let script = "echo $AWS_ACCOUNT_ID $AWS_CREDENTIAL_EXPIRATION";
    let run = home.run_with(&["exec", "--", "sh", "-c", script], &keys);
    assert_eq!(run.succeeded(), "111111111111 2099-01-02T03:04:05Z\n");
}

#[test]
fn eval_line_for_environment_credentials_names_no_profile() {
    let home = TestHome::new(PROGRAM);
    let script = "export AWS_ACCESS_KEY_ID=AKIA1 AWS_SECRET_ACCESS_KEY=s; \"$PROGRAM\" env --shell sh";
    let mut terminal = Terminal::script(&home, script);
    terminal.expect("run: eval \"$(amplify-creds env)\"");
    terminal.finish();
}

#[test]
fn profile_using_environment_credentials_prints_no_note() {
    let home = TestHome::new(PROGRAM);
    home.config("[default]\ncredential_source = Environment\n");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s")];
    home.run_with(&["exec", "--", "true"], &keys).succeeded();
}

#[test]
fn output_without_quotes_or_line_ends_is_evaluated() {
    let report = "echo $AWS_ACCESS_KEY_ID [${AWS_PROFILE-unset}] [${AWS_SESSION_TOKEN-unset}] $AWS_REGION";
    for (shell, take) in [
        ("bash", "eval $($PROGRAM env eu)"),
        ("dash", "eval $($PROGRAM env eu)"),
        ("zsh", "eval $($PROGRAM env eu)"),
        ("busybox", "eval $($PROGRAM env eu)"),
        ("fish", "eval ($PROGRAM env eu)"),
        ("elvish", "use str; eval (str:join ' ' [((external $E:PROGRAM) env eu)])"),
    ] {
        let report_in = if shell == "elvish" { "sh -c $E:REPORT" } else { "sh -c \"$REPORT\"" };
        let script = format!("{take}; {report_in}");
        let Some(run) = in_shell(shell, &regions(), &script, report) else { continue };
        assert_eq!(run.succeeded(), "AKIAeu [unset] [unset] eu-west-1\n", "{shell}");
    }
    let text = regions().run(&["env", "eu", "--shell", "powershell"]).stdout;
    assert!(text.lines().count() > 10 && text.lines().all(|line| line.ends_with(';')), "{text}");
}

#[test]
fn env_removes_other_credentials_from_the_shell() {
    let foreign = [
        "AWS_PROFILE",
        "AMPLIFY_CREDS_PROFILE",
        "AWS_ACCOUNT_ID",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_BEARER_TOKEN_OTHER",
        "AWS_CREDENTIAL_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ];
    let set = foreign.map(|name| format!("export {name}=foreign; ")).concat();
    let script = format!("{set}eval \"$($PROGRAM env eu)\"; env | grep foreign; true");
    assert_eq!(in_shell("bash", &regions(), &script, "").unwrap().succeeded(), "");
    // The shell also evaluates the names.
    let name = [("AWS_BEARER_TOKEN_;echo pwned;", "x")];
    assert!(!regions().run_with(&["env", "eu", "--shell", "sh"], &name).succeeded().contains("pwned"));

    let (_sts, home) = without_mfa();
    let account = [("AWS_ACCOUNT_ID", "999999999999")];
    let text = home.run_with(&["env", "nomfa", "--shell", "sh"], &account).stdout;
    assert!(text.contains("export AWS_ACCOUNT_ID='222222222222';\n"), "{text}");
    let (_sts, home) = biz_corp();
    let text = home.run_with(&["env", "devcorpuser", "--shell", "sh"], &account).stdout;
    assert!(text.contains("unset AWS_ACCOUNT_ID;\n"), "{text}");
}

#[test]
fn error_document_is_only_printed_by_commands_with_json() {
    let home = regions();
    for (args, code) in [
        (&["env", "nope", "--json"][..], 2),
        (&["process", "nope", "--json"], 2),
        (&["exec", "nope", "--json"], 125),
        (&["exec", "nope", "--", "aws", "--json"], 125),
        (&["exec", "eu", "--nosuch", "--", "aws", "--json"], 125),
        (&["list", "--nosuch", "--", "--json"], 2),
    ] {
        home.run(args).failed_with(code);
    }
    for args in [&["list", "--json", "--nosuch"][..], &["whoami", "--nosuch", "--json"], &["explain", "nope", "--json"]]
    {
        let run = home.run(args);
        assert!(json(&run.stdout)["error"]["exit"].is_number() && run.stderr.is_empty(), "{run:?}");
    }
}
