//! `policy`: the documents of the walk-through's two accounts, from the profile only.

use std::fs;

use serde_json::{Value, json};
use test_support::{Finished, TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, without_mfa};

/// The document on stdout, which has more than one line. Notes on stderr are ignored.
#[track_caller]
fn document(run: &Finished) -> Value {
    assert_eq!(run.code, Some(0), "{run:#?}");
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

#[test]
fn trust_policy_follows_profile_settings() {
    let (_sts, home) = biz_corp();
    let run = home.run(&["policy", "trust", "bizcorprole", "--mfa-max-age", "1h", "--session-name", "dev-*"]);
    let statement = &document(&run)["Statement"][0];
    assert_eq!(statement["Principal"]["AWS"], data::USER_ARN);
    assert_eq!(statement["Action"], "sts:AssumeRole");
    assert_eq!(
        statement["Condition"],
        json!({
            "StringEquals": {"sts:ExternalId": data::EXTERNAL_ID},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
            "StringLike": {"sts:RoleSessionName": "dev-*"},
        })
    );
    assert!(run.stderr.contains("~/.aws/config:4") && run.stderr.contains("--principal"), "{}", run.stderr);
    assert_eq!(home.run(&["policy", "trust", "bizcorprole", "-q"]).stderr, "");
}

#[test]
fn unknown_principal_requires_principal_option() {
    let (_sts, home) = without_mfa();
    let run = home.run(&["policy", "trust", "nomfa"]);
    run.failed_with(2);
    for part in ["--principal", "~/.aws/credentials:2", "amplify-creds whoami devcorpuser"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    for (given, expected) in [
        ("111111111111", "arn:aws:iam::111111111111:root"),
        (data::USER_ARN, data::USER_ARN),
        ("arn:aws:sts::111111111111:assumed-role/ci/run", "arn:aws:iam::111111111111:role/ci"),
    ] {
        let seen = document(&home.run(&["policy", "trust", "nomfa", "--principal", given]));
        assert_eq!(seen["Statement"][0]["Principal"]["AWS"], expected);
        assert!(seen["Statement"][0].get("Condition").is_none());
    }
    let two = ["policy", "trust", "nomfa", "--principal", "111111111111", "--principal", data::USER_ARN];
    assert_eq!(document(&home.run(&two))["Statement"][0]["Principal"]["AWS"].as_array().unwrap().len(), 2);
    home.run(&["policy", "trust", "nomfa", "--principal", "devcorpuser"]).failed_with(2);
    home.run(&["policy", "trust", "devcorpuser"]).failed_with(3);
    home.run(&["policy", "trust", "devcorpuser", "--principal", "111111111111"]).failed_with(3);
}

#[test]
fn trust_policy_without_profile_uses_options() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&["policy", "trust", "--principal", "111111111111", "--mfa", "--external-id", "biz-1"]);
    let condition = &document(&run)["Statement"][0]["Condition"];
    assert_eq!(condition["StringEquals"]["sts:ExternalId"], "biz-1");
    assert_eq!(condition["Bool"]["aws:MultiFactorAuthPresent"], "true");
    home.run(&["policy", "trust"]).failed_with(3);
}

#[test]
fn new_external_id_is_random_and_printed() {
    let (_sts, home) = biz_corp();
    let drawn: Vec<_> = (0..2)
        .map(|_| {
            let run = home.run(&["policy", "trust", "bizcorprole", "--new-external-id"]);
            let id = document(&run)["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"].clone();
            let id = id.as_str().unwrap().to_owned();
            assert!(run.stderr.contains(&format!("external_id = {id}")) && run.stderr.contains("~/.aws/config:5"));
            id
        })
        .collect();
    assert!(drawn[0] != drawn[1] && drawn.iter().all(|id| id.len() == 32 && *id != data::EXTERNAL_ID), "{drawn:?}");
    let both = ["policy", "trust", "bizcorprole", "--new-external-id", "--external-id", "x1"];
    home.run(&both).failed_with(2);
    home.run(&["policy", "trust", "bizcorprole", "--external-id", "a b"]).failed_with(2);
}

#[test]
fn trust_policy_of_chain_names_previous_role() {
    let (_sts, home) = biz_corp();
    add_config(
        &home,
        "[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/Deploy\nsource_profile = bizcorprole\n\
         session_tags = team=web\nsource_identity = dev\n",
    );
    let trust = document(&home.run(&["policy", "trust", "deploy"]));
    let actions: Vec<_> =
        trust["Statement"].as_array().unwrap().iter().map(|statement| statement["Action"].clone()).collect();
    assert_eq!(actions, ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    assert_eq!(trust["Statement"][0]["Principal"]["AWS"], data::BIZ_CORP_ROLE);
    assert!(trust["Statement"][0].get("Condition").is_none(), "a role's session carries no MFA on");
    home.run(&["policy", "trust", "deploy", "--mfa-max-age", "1h"]).failed_with(2);
    let caller = document(&home.run(&["policy", "caller", "deploy"]));
    assert_eq!(caller["Statement"][0]["Resource"], json!([data::BIZ_CORP_ROLE, data::DEPLOY_ROLE]));
    let caller = document(&home.run(&["policy", "caller", "bizcorprole"]));
    assert_eq!(caller["Statement"][0]["Resource"], data::BIZ_CORP_ROLE);
    assert_eq!(caller["Statement"][0]["Action"], "sts:AssumeRole");
}

/// The allowed actions of one or several documents, with their resources.
#[track_caller]
fn actions(run: &Finished) -> Vec<(String, Value)> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let mut found = Vec::new();
    for document in list(&document(run)) {
        for statement in list(&document["Statement"]).iter().filter(|statement| statement["Effect"] == "Allow") {
            let resource = &statement["Resource"];
            found.extend(
                list(&statement["Action"]).iter().map(|one| (one.as_str().unwrap().to_owned(), resource.clone())),
            );
        }
    }
    found
}

/// Runs `policy amplify` in a directory below the home.
fn amplify_in(home: &TestHome, directory: &str, args: &[&str]) -> Finished {
    let mut command = home.command(&[&["policy", "amplify", "bizcorprole"], args].concat());
    command.current_dir(home.path().join(directory)).output().expect("the program runs").into()
}

#[test]
fn documented_prints_exactly_the_actions_of_the_documentation() {
    let (_sts, home) = biz_corp();
    let run = home.run(&["policy", "amplify", "bizcorprole", "--documented"]);
    assert_eq!(actions(&run).len(), 69);
    for more in [&["--category", "auth"][..], &["--category", "all"], &["--managed"], &["--gen", "2"]] {
        home.run(&[&["policy", "amplify", "bizcorprole", "--documented"], more].concat()).failed_with(2);
    }
}

#[test]
fn calls_of_the_amplify_cli_are_allowed_on_narrow_resources() {
    let (_sts, home) = biz_corp();
    let found = actions(&home.run(&["policy", "amplify", "bizcorprole", "--app", "app"]));
    for (action, resource) in [
        ("cloudformation:ListStackResources", "arn:aws:cloudformation:us-east-1:222222222222:stack/amplify-app-*/*"),
        ("ssm:PutParameter", "arn:aws:ssm:us-east-1:222222222222:parameter/amplify/*"),
        ("iam:GetPolicy", "arn:aws:iam::222222222222:policy/*"),
        ("iam:TagRole", "arn:aws:iam::222222222222:role/*"),
        ("amplifyuibuilder:GetMetadata", "*"),
        ("amplifyuibuilder:ExportComponents", "*"),
        ("cognito-idp:ListUserPools", "*"),
        ("cognito-idp:ListUserPoolClients", "arn:aws:cognito-idp:us-east-1:222222222222:userpool/*"),
        ("cognito-identity:ListIdentityPools", "*"),
        ("dynamodb:ListTables", "*"),
        ("lambda:ListLayerVersions", "*"),
    ] {
        assert!(found.contains(&(action.to_owned(), resource.into())), "{action} on {resource}");
    }
}

#[test]
fn policy_categories_default_to_those_of_project() {
    let (_sts, home) = biz_corp();
    home.write("app/amplify/.config/project-config.json", r#"{"projectName": "app"}"#);
    let has = |args: &[&str], service: &str| {
        let run = amplify_in(&home, "app", args);
        actions(&run).iter().any(|(action, _)| action.starts_with(service))
    };
    // An unknown file: every category.
    assert!(has(&[], "cognito-idp:") && has(&[], "geo:"));
    home.write("app/amplify/backend/backend-config.json", r#"{"function": {"work": {}}, "custom": {}}"#);
    assert!(has(&[], "lambda:") && has(&[], "cloudformation:") && !has(&[], "cognito-idp:") && !has(&[], "geo:"));
    assert!(has(&["--category", "auth"], "cognito-idp:") && !has(&["--category", "auth"], "lambda:"));
    assert!(has(&["--category", "all"], "geo:"));
    assert!(has(&["--documented"], "cognito-idp:") && has(&["--managed"], "cognito-idp:"));
    let noted = amplify_in(&home, "app", &[]).stderr;
    assert!(noted.contains("categories of the Amplify project: deployment, function"), "{noted}");
    home.write("app/amplify/backend/backend-config.json", "{\n\"auth\": ");
    let noted = amplify_in(&home, "app", &[]);
    assert!(noted.stdout.contains("geo:") && noted.stderr.contains("backend-config.json:2"), "{noted:#?}");
    home.write("app/amplify/backend/backend-config.json", "{}");
    assert!(has(&[], "cloudformation:") && !has(&[], "lambda:"));
}

#[test]
fn gen_2_policy_covers_ampx_and_cdk_caller() {
    let (_sts, home) = biz_corp();
    let run = home.run(&["policy", "amplify", "bizcorprole", "--gen", "2"]);
    let found = actions(&run);
    for (action, resource) in [
        ("sts:AssumeRole", "arn:aws:iam::222222222222:role/cdk-hnb659fds-*"),
        ("ssm:GetParameter", "arn:aws:ssm:us-east-1:222222222222:parameter/cdk-bootstrap/*"),
        ("ssm:GetParametersByPath", "arn:aws:ssm:us-east-1:222222222222:parameter/amplify/*"),
        ("cloudformation:DescribeStacks", "arn:aws:cloudformation:us-east-1:222222222222:stack/amplify-*/*"),
    ] {
        assert!(found.contains(&(action.to_owned(), resource.into())), "{action} on {resource}");
    }
    assert!(!found.iter().any(|(action, _)| action.starts_with("iam:")), "{found:?}");
    assert!(run.stderr.contains("an administrator must run cdk bootstrap once"), "{}", run.stderr);
    let template = home.run(&["policy", "amplify", "bizcorprole", "--gen", "2", "--format", "cloudformation"]);
    assert_eq!(document(&template)["Description"], "Deploy with ampx and the CDK");
    for bad in [&["--category", "auth"][..], &["--documented"], &["--managed"], &["--boundary", ""]] {
        let run = home.run(&[&["policy", "amplify", "bizcorprole", "--gen", "2"], bad].concat());
        run.failed_with(2);
        assert!(run.stderr.contains(bad[0]) && run.stderr.contains("--gen 2"), "{}", run.stderr);
    }
    home.run(&["policy", "amplify", "bizcorprole", "--gen", "3"]).failed_with(2);
}

#[test]
fn bootstrap_policy_covers_its_administrator() {
    let (_sts, home) = biz_corp();
    let run = home.run(&["policy", "amplify", "bizcorprole", "--bootstrap"]);
    let found = actions(&run);
    for (action, resource) in [
        ("cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:us-east-1:222222222222:stack/CDKToolkit/*"),
        ("iam:CreateRole", "arn:aws:iam::222222222222:role/cdk-hnb659fds-*"),
        ("ssm:PutParameter", "arn:aws:ssm:us-east-1:222222222222:parameter/cdk-bootstrap/*"),
    ] {
        assert!(found.contains(&(action.to_owned(), resource.into())), "{action} on {resource}");
    }
    // CloudFormation creates the roles; the caller by itself does not.
    let statements = document(&run)["Statement"].as_array().unwrap().clone();
    let of_roles = statements.iter().find(|statement| statement["Sid"] == "ToolkitRolesViaCloudFormation").unwrap();
    assert!(of_roles["Condition"].to_string().contains("aws:CalledVia"), "{of_roles}");
    for bad in [&["--gen", "1"][..], &["--category", "auth"], &["--documented"], &["--managed"], &["--boundary", ""]] {
        home.run(&[&["policy", "amplify", "bizcorprole", "--bootstrap"], bad].concat()).failed_with(2);
    }
}

#[test]
fn gen_2_is_the_default_in_a_gen_2_project() {
    let (_sts, home) = biz_corp();
    home.write("app/amplify/backend.ts", "");
    let assumes = |args: &[&str]| {
        let run = amplify_in(&home, "app", args);
        (actions(&run).iter().any(|(action, _)| action == "sts:AssumeRole"), run.stderr)
    };
    let (is_gen2, stderr) = assumes(&[]);
    assert!(is_gen2 && stderr.contains("Gen 2 project") && stderr.contains("--gen 1"), "{stderr}");
    for gen1 in [&["--gen", "1"][..], &["--category", "auth"], &["--documented"]] {
        assert!(!assumes(gen1).0, "{gen1:?}");
    }
}

#[test]
fn amplify_policy_covers_selected_categories() {
    let (_sts, home) = biz_corp();
    let services = |args: &[&str]| {
        let args = [&["policy", "amplify", "bizcorprole"], args].concat();
        let actions = actions(&home.run(&args)).into_iter();
        actions.map(|(action, _)| action.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let whole = services(&[]);
    for service in ["cognito-idp", "appsync", "s3", "dynamodb", "lambda", "cloudfront", "cloudformation", "iam", "lex"]
    {
        assert!(whole.iter().any(|known| known == service), "{service}");
    }
    assert_eq!(services(&["--category", "all"]), whole);
    assert_eq!(services(&["--category", "auth,all"]), whole);
    let without_auth = services(&["--category", "api,storage,function,hosting"]);
    assert!(without_auth.iter().all(|service| !service.starts_with("cognito")));
    assert!(services(&["--category", "geo"]).contains(&"geo".to_owned()), "from the managed policy");
    home.run(&["policy", "amplify", "bizcorprole", "--category", "oops"]).failed_with(2);
}

#[test]
fn policy_arns_use_known_app_account_and_region() {
    let (_sts, home) = biz_corp();
    let run = home.run(&["policy", "amplify", "bizcorprole", "--app", "My-App", "--region", "eu-west-1"]);
    let text = document(&run).to_string();
    assert!(text.contains("arn:aws:cloudformation:eu-west-1:222222222222:stack/amplify-myapp-*/*"), "{text}");
    assert!(text.contains("arn:aws:dynamodb:eu-west-1:222222222222:table/*"));
    let run = TestHome::new(PROGRAM).run(&["policy", "amplify", "--account", "333333333333", "--region", "cn-north-1"]);
    assert!(document(&run).to_string().contains("arn:aws-cn:iam::333333333333:role/*"));
    home.run(&["policy", "amplify", "bizcorprole", "--account", "333"]).failed_with(2);
    home.run(&["policy", "amplify", "nowhere"]).failed_with(3);
}

#[test]
fn oversized_policy_is_split_into_documents_and_files() {
    let (_sts, home) = biz_corp();
    let all = document(&home.run(&["policy", "amplify", "bizcorprole", "--managed"]));
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 3);
    for one in all {
        assert!(one.to_string().chars().filter(|c| !c.is_whitespace()).count() <= 6144);
    }
    let at = |name: &str| home.path().join(name);
    let output = at("amplify.json").display().to_string();
    let write = ["policy", "amplify", "bizcorprole", "--managed", "--output", &output];
    assert_eq!(home.run(&write).code, Some(0));
    for (index, one) in all.iter().enumerate() {
        let text = fs::read_to_string(at(&format!("amplify-{}.json", index + 1))).unwrap();
        assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), one);
    }
    assert!(!at("amplify.json").exists());
}

#[test]
fn policy_output_is_not_overwritten_without_force() {
    let (_sts, home) = biz_corp();
    let path = home.write("mine.json", "mine");
    let shown = path.display().to_string();
    let write = ["policy", "caller", "bizcorprole", "-o", &shown];
    let run = home.run(&write);
    run.failed_with(1);
    assert!(run.stderr.contains("--force"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(home.run(&[&write[..], &["--force"]].concat()).code, Some(0));
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(written, home.run(&["policy", "caller", "bizcorprole"]).stdout);
    // Writing the same content again is not an error.
    let again = home.run(&write);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    home.run(&["policy", "caller", "bizcorprole", "-o", "/no/such/directory/x.json"]).failed_with(1);
}

#[test]
fn boundary_policy_denies_and_enforces_itself() {
    let (_sts, home) = biz_corp();
    let args = ["policy", "boundary", "bizcorprole", "--deny", "table=users", "--name", "app-dev"];
    let run = home.run(&args);
    let text = document(&run);
    let arn = "arn:aws:iam::222222222222:policy/app-dev";
    let by_sid = |sid: &str| {
        let all = text["Statement"].as_array().unwrap();
        all.iter().find(|statement| statement["Sid"] == sid).unwrap_or_else(|| panic!("{sid} in {text}")).clone()
    };
    let denied = by_sid("DenyTableUsers");
    assert_eq!((&denied["Effect"], &denied["Action"]), (&json!("Deny"), &json!("dynamodb:*")));
    assert_eq!(denied["Resource"][0], "arn:aws:dynamodb:us-east-1:222222222222:table/users");
    let forced = by_sid("RolesCarryTheBoundary");
    assert_eq!(forced["Action"], json!(["iam:CreateRole", "iam:PutRolePermissionsBoundary"]));
    assert_eq!(forced["Condition"], json!({"StringNotEquals": {"iam:PermissionsBoundary": arn}}));
    assert!(run.stderr.contains(&format!("amplify-creds boundary set {arn}")));
    let deployer = ["policy", "boundary", "bizcorprole", "--name", "app-dev", "--deployer"];
    let deployer = document(&home.run(&deployer));
    assert!(deployer["Statement"].as_array().unwrap().iter().all(|statement| statement["Effect"] == "Deny"));
    let amplify = document(&home.run(&["policy", "amplify", "bizcorprole", "--boundary", arn])).to_string();
    assert!(amplify.contains(&forced.to_string()), "{amplify}");
    for bad in [
        &["--deny", "users"][..],
        &["--allow", "everything"],
        &["--arn", "arn:aws:iam::1:policy/x"],
        &["--name", "a b"],
        &["--arn", arn, "--name", "x"],
    ] {
        home.run(&[&["policy", "boundary", "bizcorprole"], bad].concat()).failed_with(2);
    }
    let unnamed = TestHome::new(PROGRAM).run(&["policy", "boundary"]);
    unnamed.failed_with(2);
    assert!(unnamed.stderr.contains("--account"));
    let many = (0..60).map(|n| format!("table=users{n}")).collect::<Vec<_>>().join(",");
    let large = home.run(&["policy", "boundary", "bizcorprole", "--deny", &many]);
    large.failed_with(2);
    assert!(large.stderr.contains("6144"));
}

#[test]
fn policy_format_cloudformation_prints_template() {
    let (_sts, home) = biz_corp();
    let template = |args: &[&str]| {
        let run = home.run(&[&["policy"], args, &["bizcorprole", "--format", "cloudformation"]].concat());
        document(&run)["Resources"].clone()
    };
    let role = template(&["trust"]);
    assert_eq!(role["Role"]["Type"], "AWS::IAM::Role");
    assert_eq!(role["Role"]["Properties"]["RoleName"], "BizCorpRole");
    let trust = document(&home.run(&["policy", "trust", "bizcorprole"]));
    assert_eq!(role["Role"]["Properties"]["AssumeRolePolicyDocument"], trust);
    let boundary = template(&["boundary"]);
    assert_eq!(boundary["Boundary"]["Properties"]["ManagedPolicyName"], "amplify-boundary");
    assert_eq!(boundary["DeployerIsHeldToTheBoundary"]["Type"], "AWS::IAM::ManagedPolicy");
    assert_eq!(template(&["amplify", "--managed"]).as_object().unwrap().len(), 3);
    assert_eq!(template(&["caller"])["Caller"]["Type"], "AWS::IAM::ManagedPolicy");
}

#[test]
fn mfa_policy_denies_requests_without_mfa() {
    let (_sts, home) = biz_corp();
    let text = document(&home.run(&["policy", "mfa", "bizcorprole"])).to_string();
    assert!(text.contains("arn:aws:iam::111111111111:user/${aws:username}"), "{text}");
    assert!(text.contains(r#""BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}"#));
    let open = document(&TestHome::new(PROGRAM).run(&["policy", "mfa"])).to_string();
    assert!(open.contains("arn:aws:iam::*:user/${aws:username}"));
}

#[test]
fn documents_are_printed_before_the_source_has_keys() {
    let (_sts, home) = biz_corp();
    home.credentials("");
    for document in ["caller", "boundary", "amplify", "mfa"] {
        let run = home.run(&["policy", document, "bizcorprole"]);
        assert_eq!(run.code, Some(0), "{document}: {}", run.stderr);
        assert!(run.stderr.contains("profile devcorpuser (~/.aws/config:"), "{document}: {}", run.stderr);
        assert!(run.stderr.contains("has no credentials yet"), "{document}: {}", run.stderr);
    }
    let trust = home.run(&["policy", "trust", "bizcorprole", "--principal", "111111111111"]);
    assert!(trust.stdout.contains(data::EXTERNAL_ID), "{}", trust.stderr);
    let explained = home.run(&["explain", "bizcorprole", "--json"]);
    let document: serde_json::Value = serde_json::from_str(explained.succeeded()).unwrap();
    assert_eq!(
        (&document["base"]["type"], &document["base"]["profile"]),
        (&serde_json::Value::Null, &"devcorpuser".into())
    );
    home.run(&["process", "bizcorprole"]).failed_with(3);

    // Before `aws configure`, no file names the source.
    let home = TestHome::new(PROGRAM);
    let role = "role_arn = arn:aws:iam::222222222222:role/R\nsource_profile = devcorpuser\n";
    home.config(&format!("[profile biz]\n{role}mfa_serial = arn:aws:iam::111111111111:mfa/devcorpuser\n"));
    for args in [&["policy", "trust", "biz"][..], &["policy", "caller", "biz"], &["explain", "biz"]] {
        let run = home.run(args);
        assert_eq!(run.code, Some(0), "{args:?}: {}", run.stderr);
    }
    home.run(&["process", "biz"]).failed_with(3);
    // A misspelled name is an error.
    home.config(&format!("[profile biz]\n{role}[profile devcorpusr]\n"));
    home.run(&["policy", "caller", "biz"]).failed_with(3);
}
