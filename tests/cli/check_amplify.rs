//! `check --for amplify`, and the whole walk-through: both accounts are set up only from our own documents, then one
//! part after another is removed. The double evaluates policies independently.

use std::fs;

use serde_json::Value;
use test_support::{FakeSts, Fault, Finished, Role, TestHome, World, biz_corp as data};

use crate::{biz_corp, fresh_code, json, without_mfa};

const BOUNDARY: &str = "arn:aws:iam::222222222222:policy/app-dev";
const ALL: &str = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// Runs the program in the project. It also calls the double for IAM.
fn run(sts: &FakeSts, home: &TestHome, args: &[&str]) -> Finished {
    let mut command = home.command(args);
    let app = home.path().join("app");
    fs::create_dir_all(&app).unwrap();
    command.current_dir(app).env("AWS_ENDPOINT_URL_IAM", sts.url());
    command.output().expect("the program runs").into()
}

/// Gives the role of profile `nomfa` these policies.
fn with_policies(sts: &FakeSts, change: impl FnOnce(Role) -> Role) {
    sts.edit_world(|world| world.put_role(change(Role::new(data::NO_MFA_ROLE).trusts("111111111111"))));
}

#[track_caller]
fn checked(sts: &FakeSts, home: &TestHome, args: &[&str]) -> (Option<i32>, Value) {
    let run = run(sts, home, &[&["check", "nomfa", "--for", "amplify", "--json"], args].concat());
    (run.code, json(&run.stdout))
}

/// One or several policies in the output of `policy amplify`.
fn policies(printed: &str) -> Vec<Value> {
    let printed: Value = serde_json::from_str(printed).unwrap();
    printed.as_array().cloned().unwrap_or_else(|| vec![printed])
}

fn findings<'d>(document: &'d Value, code: &str) -> Vec<&'d Value> {
    document["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code).collect()
}

#[test]
fn check_counts_allowed_actions_by_category() {
    let (sts, home) = without_mfa();
    with_policies(&sts, |role| role.policy("admin", ALL));
    let (code, document) = checked(&sts, &home, &[]);
    assert_eq!(code, Some(0), "{document}");
    let categories = document["categories"].as_object().unwrap();
    let names: Vec<_> = categories.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 11, "{names:?}");
    for (name, columns) in categories {
        assert!(!columns["allowed"].as_array().unwrap().is_empty(), "{name}");
        for none in ["denied_by_identity_policy", "denied_by_boundary", "denied_by_scp", "unknown"] {
            assert_eq!(columns[none], Value::Array(Vec::new()), "{name} {none}");
        }
    }
    let text = run(&sts, &home, &["check", "nomfa", "--for", "amplify"]);
    assert!(text.succeeded().contains("\nCATEGORY       ALLOWED  DENIED BY POLICY"), "{text:#?}");
    let verbose = run(&sts, &home, &["check", "nomfa", "--for", "amplify", "-v"]);
    assert!(verbose.stderr.contains("SimulatePrincipalPolicy 1 of "), "{}", verbose.stderr);
    // Without --for, nothing is simulated and categories are not allowed.
    let before = sts.count("SimulatePrincipalPolicy");
    let plain = json(run(&sts, &home, &["check", "nomfa", "--json"]).succeeded());
    assert_eq!((&plain["categories"], sts.count("SimulatePrincipalPolicy")), (&Value::Null, before));
    run(&sts, &home, &["check", "nomfa", "--category", "auth"]).failed_with(2);
    run(&sts, &home, &["check", "nomfa", "--for", "terraform"]).failed_with(2);
}

#[test]
fn simulation_requests_are_batched_and_responses_paginated() {
    let (sts, home) = without_mfa();
    with_policies(&sts, |role| role.policy("admin", ALL));
    let (code, document) = checked(&sts, &home, &["--managed"]);
    assert_eq!(code, Some(0), "{document}");
    let calls = sts.calls();
    let asked: Vec<_> = calls.iter().filter(|call| call.action == "SimulatePrincipalPolicy").collect();
    assert!((20..70).contains(&asked.len()), "{}", asked.len());
    assert!(asked.iter().any(|call| call.params.contains_key("Marker")), "an answer in parts");
    for call in asked {
        assert_eq!(call.params["PolicySourceArn"], data::NO_MFA_ROLE);
        assert!(!call.params.contains_key("ActionNames.member.51"));
    }
    assert_eq!(document["categories"].as_object().unwrap().len(), 10);
}

#[test]
fn denial_kinds_have_columns_and_statements() {
    let (sts, home) = without_mfa();
    let no_auth = r#"{"Statement": [{"Effect": "Allow", "NotAction": ["cognito-idp:*", "cognito-identity:*", "sns:*"], "Resource": "*"}]}"#;
    let ceiling = r#"{"Statement": [{"Effect": "Allow", "NotAction": "lambda:*", "Resource": "*"}]}"#;
    let organisation = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "cloudfront:*", "Resource": "*"}]}"#;
    with_policies(&sts, |role| {
        let denial = r#"{"Statement": [{"Effect": "Deny", "Action": "appsync:GraphQL", "Resource": "*"}]}"#;
        role.policy("NoAuth", no_auth).policy("NoQuery", denial).bounded(BOUNDARY, ceiling)
    });
    sts.edit_world(|world| *world = std::mem::take(world).organisation(organisation));
    let (code, document) = checked(&sts, &home, &[]);
    assert_eq!(code, Some(1));
    let denied = |category: &str, by: &str| document["categories"][category][by].as_array().unwrap().len();
    assert!(denied("auth", "denied_by_identity_policy") > 10 && denied("auth", "allowed") == 0);
    assert!(denied("function", "denied_by_boundary") > 5 && denied("function", "allowed") == 0);
    assert!(denied("hosting", "denied_by_scp") > 5);
    let allowed = document["categories"]["hosting"]["allowed"].as_array().unwrap();
    assert!(allowed.iter().all(|action| action.as_str().unwrap().starts_with("s3:")), "{allowed:?}");
    assert_eq!(document["categories"]["api"]["denied_by_identity_policy"], serde_json::json!(["appsync:GraphQL"]));
    let [no_policy, explicit] = findings(&document, "denied_by_identity_policy")[..] else { panic!("{document}") };
    assert!(no_policy["message"].as_str().unwrap().starts_with("auth: no identity policy allows"), "{no_policy}");
    assert!(no_policy["hint"].as_str().unwrap().contains(r#"{"Sid":"AmplifyAuth","Effect":"Allow","Action":["#));
    assert!(explicit["message"].as_str().unwrap().contains("NoQuery denies 1 action: appsync:GraphQL"), "{explicit}");
    let [of_boundary] = findings(&document, "denied_by_boundary")[..] else { panic!("{document}") };
    assert_eq!((&of_boundary["severity"], &of_boundary["hop"]), (&"error".into(), &1.into()));
    let text = run(&sts, &home, &["check", "nomfa", "--for", "amplify", "--category", "function"]);
    assert_eq!(text.code, Some(1));
    assert!(
        text.stdout.contains("function: the permissions boundary") && text.stdout.contains("  hint: the boundary must")
    );
    assert!(!text.stdout.contains("auth"), "{text:#?}");
}

#[test]
fn denial_of_one_recorded_action_is_found() {
    let (sts, home) = without_mfa();
    for (args, action) in [
        (&[][..], "cloudformation:ListStackResources"),
        (&[], "iam:GetPolicy"),
        (&["--category", "function"], "lambda:ListLayerVersions"),
        (&["--gen", "2"], "ssm:GetParametersByPath"),
        (&["--gen", "2"], "sts:AssumeRole"),
    ] {
        let denial = format!(r#"{{"Statement": [{{"Effect": "Deny", "Action": "{action}", "Resource": "*"}}]}}"#);
        with_policies(&sts, |role| role.policy("admin", ALL).policy("Denial", &denial));
        let (code, document) = checked(&sts, &home, args);
        assert_eq!(code, Some(1), "{action}: {document}");
        let [denied] = findings(&document, "denied_by_identity_policy")[..] else { panic!("{document}") };
        let message = denied["message"].as_str().unwrap();
        assert!(message.ends_with(&format!("Denial denies 1 action: {action}")), "{message}");
    }
    // The documentation's list lacks this action.
    let denial =
        r#"{"Statement": [{"Effect": "Deny", "Action": "cloudformation:ListStackResources", "Resource": "*"}]}"#;
    with_policies(&sts, |role| role.policy("admin", ALL).policy("Denial", denial));
    assert_eq!(checked(&sts, &home, &["--documented"]).0, Some(0));
}

#[test]
fn printed_policy_of_each_list_passes_its_check() {
    let (sts, home) = without_mfa();
    for args in [&[][..], &["--documented"], &["--category", "function,notifications"], &["--gen", "2"]] {
        let printed = run(&sts, &home, &[&["policy", "amplify", "nomfa", "--check", "-q"], args].concat());
        with_policies(&sts, |role| {
            let named = policies(printed.succeeded()).into_iter().enumerate();
            named.fold(role, |role, (number, policy)| role.policy(&format!("p{number}"), &policy.to_string()))
        });
        let (code, document) = checked(&sts, &home, args);
        assert_eq!(code, Some(0), "{args:?}: {document}");
        assert!(findings(&document, "not_simulated").is_empty(), "{document}");
    }
}

#[test]
fn options_of_gen_1_are_usage_errors_with_gen_2() {
    let (sts, home) = without_mfa();
    for bad in [
        &["--gen", "2", "--category", "auth"][..],
        &["--gen", "2", "--documented"],
        &["--gen", "2", "--managed"],
        &["--documented", "--category", "auth"],
    ] {
        run(&sts, &home, &[&["check", "nomfa", "--for", "amplify"], bad].concat()).failed_with(2);
    }
    run(&sts, &home, &["check", "nomfa", "--gen", "2"]).failed_with(2);
}

#[test]
fn denied_simulation_leaves_everything_unknown_and_prints_the_statement() {
    let (sts, home) = without_mfa();
    let no_simulation = r#"{"Statement": [{"Effect": "Allow", "NotAction": "iam:Simulate*", "Resource": "*"}]}"#;
    with_policies(&sts, |role| role.policy("most", no_simulation));
    for profile in ["nomfa", "devcorpuser"] {
        let args = ["check", profile, "--for", "amplify", "--json", "--category", "auth"];
        let document = json(run(&sts, &home, &args).succeeded());
        assert!(document["categories"]["auth"]["allowed"].as_array().unwrap().is_empty(), "{document}");
        assert!(document["categories"]["auth"]["unknown"].as_array().unwrap().len() > 10);
        let [finding] = findings(&document, "not_simulated")[..] else { panic!("{document}") };
        assert!(finding["message"].as_str().unwrap().contains("AccessDenied") && finding["severity"] == "warning");
        assert!(finding["hint"].as_str().unwrap().contains("iam:SimulatePrincipalPolicy"));
    }
}

#[test]
fn iam_calls_use_retries_clock_and_endpoints() {
    let (sts, home) = without_mfa();
    with_policies(&sts, |role| role.policy("admin", ALL));
    let check = ["check", "nomfa", "--for", "amplify", "--category", "geo", "--json"];
    sts.fault_on("SimulatePrincipalPolicy", Fault::Throttle, Some(1));
    sts.fault_on("GetRole", Fault::ServerError(503), Some(1));
    run(&sts, &home, &check).succeeded();
    // The response reveals the clock difference, and the call is signed again.
    sts.fault(Fault::ClockOffset(-3600), None);
    let run_with_clock = run(&sts, &home, &check);
    assert_eq!(run_with_clock.code, Some(0), "{run_with_clock:#?}");
    sts.clear_faults();
    // One URL for all services, and the profile's own URL.
    let mut command = home.command(&check);
    command.env("AWS_ENDPOINT_URL", sts.url());
    assert_eq!(Finished::from(command.output().unwrap()).code, Some(0));
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    home.config(&format!("{config}\nservices = local\n[services local]\niam =\n  endpoint_url = {}\n", sts.url()));
    let by_profile: Finished = home.command(&check).output().unwrap().into();
    assert_eq!(by_profile.code, Some(0), "{by_profile:#?}");
    // Without IAM, the error is a specific one.
    let mut command = home.command(&check[..4]);
    command.env("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:1");
    let unreachable: Finished = command.output().unwrap().into();
    unreachable.failed_with(6);
    assert!(unreachable.stderr.contains("IAM at 127.0.0.1:1") && unreachable.stderr.contains("AWS_ENDPOINT_URL_IAM"));
}

/// The walk-through's two accounts, set up with our own documents.
struct Story {
    sts: FakeSts,
    home: TestHome,
}

const CONFIG: &str = ".aws/config";

impl Story {
    fn document(&self, args: &[&str]) -> String {
        let run = run(&self.sts, &self.home, &[&["policy"], args, &["-q"]].concat());
        run.succeeded().to_owned()
    }

    /// Sets up Biz Corp and Dev Corp with `trust` and `permissions` as options of the documents.
    fn apply(&self, trust: &[&str], permissions: &[&str]) {
        let trust = self.document(&[&["trust", "bizcorprole"], trust].concat());
        let amplify = ["amplify", "bizcorprole", "--boundary", BOUNDARY, "--check"];
        let permissions = policies(&self.document(&[&amplify, permissions].concat()));
        let caller: Value = serde_json::from_str(&self.document(&["caller", "bizcorprole"])).unwrap();
        let assumable = caller["Statement"][0]["Resource"].as_str().unwrap().to_owned();
        let user = test_support::User::new(data::USER_ARN, data::ACCESS_KEY_ID, data::SECRET_ACCESS_KEY)
            .device(test_support::Device::new(data::MFA_SERIAL, data::MFA_SEED))
            .may_assume_only([assumable]);
        let role = permissions
            .iter()
            .enumerate()
            .fold(Role::trusting(data::BIZ_CORP_ROLE, &trust), |role, (number, policy)| {
                role.policy(&format!("amplify-{number}"), &policy.to_string())
            });
        self.sts.edit_world(|world| *world = World::new().user(user).role(role));
    }

    /// The complete set-up: documents, boundary, the wrapper profile, and the session.
    fn new() -> Self {
        let (sts, home) = biz_corp();
        let story = Self { sts, home };
        let home = &story.home;
        home.write("app/amplify/.config/project-config.json", r#"{"projectName": "myapp"}"#);
        home.write("app/amplify/.config/local-env-info.json", r#"{"envName": "dev"}"#);
        home.write("app/amplify/team-provider-info.json", r#"{"dev": {"awscloudformation": {"Region": "us-east-1"}}}"#);
        story.apply(&["--mfa-max-age", "12h"], &[]);
        for args in [
            &["setup", "bizcorprole", "--project", "--yes", "-q"][..],
            &["boundary", "set", BOUNDARY, "--yes", "-q"],
            &["login", "bizcorprole-amplify", "-q", "-t", &fresh_code(&story.sts)],
            &["process", "bizcorprole-amplify"],
        ] {
            let run = run(&story.sts, home, args);
            assert_eq!(run.code, Some(0), "{args:?}: {run:#?}");
        }
        story
    }

    #[track_caller]
    fn checked(&self) -> (Option<i32>, Value) {
        let args = ["check", "bizcorprole-amplify", "--for", "amplify", "--json"];
        let run = run(&self.sts, &self.home, &args);
        (run.code, json(&run.stdout))
    }

    /// Removes the session, so that the role must be assumed again, and returns the error.
    #[track_caller]
    fn refused(&self, code: &str) -> String {
        run(&self.sts, &self.home, &["reset-cache", "--all"]);
        let args = ["check", "bizcorprole-amplify", "--for", "amplify", "--json", "-t", &fresh_code(&self.sts)];
        let run = run(&self.sts, &self.home, &args);
        assert_eq!(run.code, Some(1), "{run:#?}");
        let document = json(&run.stdout);
        assert_eq!(document["categories"], Value::Null);
        let last = document["findings"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["code"], &last["severity"]), (&code.into(), &"error".into()), "{last}");
        last["hint"].as_str().unwrap().to_owned()
    }

    fn without_line(&self, key: &str) {
        let text = fs::read_to_string(self.home.path().join(CONFIG)).unwrap();
        let kept: Vec<_> = text.lines().filter(|line| !line.starts_with(key)).collect();
        assert!(kept.len() < text.lines().count());
        self.home.config(&(kept.join("\n") + "\n"));
    }
}

#[test]
fn generated_policies_pass_the_check() {
    let story = Story::new();
    let (code, document) = story.checked();
    assert_eq!(code, Some(0), "{document}");
    let errors = document["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] != "info");
    assert_eq!(errors.count(), 0, "{document}");
    // Actions that are limited to the project are denied for another one.
    let other = ["check", "bizcorprole-amplify", "--for", "amplify", "--app", "other", "--json"];
    assert_eq!(run(&story.sts, &story.home, &other).code, Some(1));
}

#[test]
fn missing_external_id_is_a_possible_cause() {
    let story = Story::new();
    story.without_line("external_id");
    let hint = story.refused("cannot_tell");
    assert!(hint.contains("might require an external id") && hint.contains("policy trust bizcorprole"), "{hint}");
}

#[test]
fn missing_mfa_serial_is_a_possible_cause() {
    let story = Story::new();
    story.without_line("mfa_serial");
    let hint = story.refused("cannot_tell");
    assert!(hint.contains("the profile sets no mfa_serial"), "{hint}");
}

#[test]
fn wrong_trust_policy_account_is_a_possible_cause() {
    let story = Story::new();
    story.apply(&["--principal", "999999999999"], &[]);
    let hint = story.refused("cannot_tell");
    assert!(hint.contains("trust policy might not allow the caller"), "{hint}");
}

#[test]
fn missing_caller_policy_is_a_possible_cause() {
    let story = Story::new();
    story.sts.edit_world(|world| {
        let user = test_support::User::new(data::USER_ARN, data::ACCESS_KEY_ID, data::SECRET_ACCESS_KEY);
        let device = test_support::Device::new(data::MFA_SERIAL, data::MFA_SEED);
        world.put_user(user.device(device).may_assume_only(Vec::<String>::new()));
    });
    let hint = story.refused("cannot_tell");
    assert!(hint.contains("amplify-creds policy caller"), "{hint}");
}

#[test]
fn missing_category_is_fixed_by_its_statement() {
    let story = Story::new();
    let all_but_auth = "api,storage,function,hosting,analytics,notifications,interactions,predictions,geo";
    story.apply(&[], &["--category", all_but_auth]);
    let (code, document) = story.checked();
    assert_eq!(code, Some(1));
    let denied = findings(&document, "denied_by_identity_policy");
    let [denied] = denied[..] else { panic!("{document}") };
    assert!(denied["message"].as_str().unwrap().starts_with("auth: "), "{denied}");
    let (_, statements) = denied["hint"].as_str().unwrap().split_once(": ").unwrap();
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    story.sts.edit_world(|world| {
        let role = world.role_named(data::BIZ_CORP_ROLE).clone().policy("repaired", &policy);
        world.put_role(role);
    });
    let (code, document) = story.checked();
    assert_eq!(code, Some(0), "{document}");
}

#[test]
fn boundary_of_deploying_role_denies_actions() {
    let story = Story::new();
    let bounded = |allow: &[&str]| {
        let ceiling = story.document(&[&["boundary", "bizcorprole", "--arn", BOUNDARY], allow].concat());
        story.sts.edit_world(|world| {
            let role = world.role_named(data::BIZ_CORP_ROLE).clone().bounded(BOUNDARY, &ceiling);
            world.put_role(role);
        });
        story.checked()
    };
    let (code, document) = bounded(&["--allow", "iam:SimulatePrincipalPolicy,iam:GetRole"]);
    assert_eq!(code, Some(1));
    let denied = findings(&document, "denied_by_boundary");
    let of_stacks = denied.iter().find(|finding| finding["message"].as_str().unwrap().starts_with("deployment: "));
    let hint = of_stacks.unwrap()["hint"].as_str().unwrap();
    assert!(hint.contains("the boundary must allow this") && hint.contains("cloudformation:CreateStack"), "{hint}");
    // Without the permission to simulate, the result is unknown, and the program reports that.
    let (code, document) = bounded(&[]);
    assert_eq!((code, findings(&document, "not_simulated").len()), (Some(0), 1), "{document}");
}
