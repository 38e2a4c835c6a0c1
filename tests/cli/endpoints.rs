//! STS endpoints and their origins: locations, errors, aliases, the cache. `conformance` compares the URLs with
//! botocore.

use serde_json::{Value, json as value};
use test_support::{FakeSts, TestHome, World, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, json, without_mfa};

const SERVICES: &str = "[services local]\ns3 =\n  endpoint_url = http://s3.test\n# STS\nsts =\n\n  # here\n  \
    region = x\n  endpoint_url = http://127.0.0.1:9 # by hand\n";

/// The double's world, and a role with more keys. No endpoint is configured.
fn role_with(keys: &str, sections: &str) -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config(&format!(
        "[profile dev]\nrole_arn = {}\nsource_profile = keys\nregion = eu-west-1\n{keys}[profile keys]\n\
         aws_access_key_id = {}\naws_secret_access_key = {}\n{sections}",
        data::NO_MFA_ROLE,
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    ));
    home
}

#[test]
fn endpoint_origin_is_line_variable_or_flag() {
    // Keys, variables, region flag, URL, the URL's origin, the region's origin. Lines are counted from the config's
    // first.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>, &'a str, &'a str, &'a str);
    let rows: &[Row<'_>] = &[
        ("", &[], None, "https://sts.eu-west-1.amazonaws.com", "default", ":4"),
        ("", &[], Some("eu-west-2"), "https://sts.eu-west-2.amazonaws.com", "default", "--region"),
        (
            "",
            &[("AWS_REGION", "cn-north-1")],
            None,
            "https://sts.cn-north-1.amazonaws.com.cn",
            "default",
            "$AWS_REGION",
        ),
        ("endpoint_url = http://e\n", &[], None, "http://e", ":5", ":4"),
        ("endpoint_url = http://e\nservices = local\n", &[], None, "http://127.0.0.1:9", ":18", ":4"),
        ("", &[("AWS_ENDPOINT_URL", "http://v")], None, "http://v", "$AWS_ENDPOINT_URL", ":4"),
        ("use_fips_endpoint = true\n", &[], None, "https://sts-fips.eu-west-1.amazonaws.com", ":5", ":4"),
        (
            "",
            &[("AWS_USE_DUALSTACK_ENDPOINT", "true")],
            None,
            "https://sts.eu-west-1.api.aws",
            "$AWS_USE_DUALSTACK_ENDPOINT",
            ":4",
        ),
        ("sts_regional_endpoints = legacy\n", &[], None, "https://sts.amazonaws.com", ":5", ":4"),
        ("", &[], Some("fips-us-east-1"), "https://sts-fips.us-east-1.amazonaws.com", "--region", "--region"),
    ];
    for (keys, variables, region, url, endpoint_from, region_from) in rows {
        let home = role_with(keys, SERVICES);
        let mut args = vec!["explain", "dev", "--json"];
        args.extend(region.iter().flat_map(|region| ["--region", region]));
        let seen = json(home.run_with(&args, variables).succeeded());
        let hop = &seen["hops"][0];
        let place = |from: &str| match from.strip_prefix(':') {
            Some(line) => format!("{}:{line}", home.file(".aws/config").display()),
            None => from.to_owned(),
        };
        assert_eq!(hop["sts"]["endpoint"], *url, "{keys}");
        assert_eq!(hop["from"]["endpoint"], place(endpoint_from), "{url}");
        assert_eq!(hop["from"]["region"], place(region_from), "{url}");
        let mut args = vec!["explain", "dev"];
        args.extend(region.iter().flat_map(|region| ["--region", region]));
        assert!(home.run_with(&args, variables).succeeded().contains(url), "{url}");
    }
}

#[test]
fn invalid_endpoint_setting_is_rejected_with_line() {
    let rows = [
        ("endpoint_url = localhost:4566\n", "endpoint_url", "https://sts.eu-west-1.amazonaws.com"),
        ("endpoint_url = http://user:hush@proxy\n", "endpoint_url", "without a password"),
        ("sts_regional_endpoints = Legacy\n", "sts_regional_endpoints", "regional or legacy"),
        ("services = nope\n", "the services section nope", "[services nope]"),
    ];
    for (keys, what, hint) in rows {
        let run = role_with(keys, "").run(&["process", "dev"]);
        run.failed_with(3);
        for part in [what, "~/.aws/config:5", hint] {
            assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
        }
        assert!(!run.stderr.contains("hush"), "{}", run.stderr);
    }
    // Commands that do not call STS ignore the endpoint.
    role_with("", "sts_regional_endpoints = bad\nendpoint_url = x\n").run(&["process", "keys"]).succeeded();
}

#[test]
fn requested_profile_sets_endpoint_of_its_chain() {
    let sts = FakeSts::start(World::biz_corp());
    let home = role_with(
        &format!(
            "endpoint_url = {}\n[profile next]\nrole_arn = {}\nsource_profile = dev\nendpoint_url = http://127.0.0.1:1\n\
             [profile alias]\ncredential_process = amplify-creds process dev\nendpoint_url = http://127.0.0.1:2\n\
             [profile behind]\nrole_arn = {}\nsource_profile = alias\nendpoint_url = http://127.0.0.1:3\n",
            sts.url(),
            data::DEPLOY_ROLE,
            data::DEPLOY_ROLE
        ),
        "",
    );
    let urls = |profile: &str| {
        let seen = json(home.run(&["explain", profile, "--json"]).succeeded());
        seen["hops"].as_array().unwrap().iter().map(|hop| hop["sts"]["endpoint"].clone()).collect::<Value>()
    };
    assert_eq!(urls("next"), value!(["http://127.0.0.1:1", "http://127.0.0.1:1"]));
    assert_eq!(urls("alias"), value!([sts.url()]));
    // Each role uses the endpoint that it would have if it were requested itself, like an SDK with a credential_process
    // in the middle.
    assert_eq!(urls("behind"), value!([sts.url(), "http://127.0.0.1:3"]));
    home.run(&["process", "alias"]).succeeded();
    let cached = |profile: &str| json(home.run(&["explain", profile, "--json"]).succeeded())["cache"].clone();
    assert_eq!(cached("dev")[0]["state"], "valid", "an alias has the same session");
    assert_eq!(cached("behind")[0]["state"], "valid");
    assert_eq!(cached("next")[0]["state"], "absent", "another endpoint's session is another one");
}

#[test]
fn sessions_are_cached_per_sts_endpoint() {
    let (sts, home) = without_mfa();
    let run = |url: &str| {
        home.run_with(&["process", "nomfa"], &[("AWS_ENDPOINT_URL_STS", url)]).succeeded();
        sts.succeeded("AssumeRole")
    };
    assert_eq!(run(&sts.url()), 1);
    assert_eq!(run(&sts.url()), 1);
    assert_eq!(run(&format!("{}/", sts.url())), 2, "it may not be the same STS");
    let states = |legacy: &str| {
        let variables = [("AWS_ENDPOINT_URL_STS", ""), ("AWS_STS_REGIONAL_ENDPOINTS", legacy)];
        let seen = json(home.run_with(&["explain", "nomfa", "--json"], &variables).succeeded());
        seen["cache"][0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((states("regional").as_str(), states("legacy").as_str()), ("absent", "absent"));
}

#[test]
fn ignored_configured_urls_are_not_used() {
    let (_sts, home) = biz_corp();
    add_config(&home, "[profile x]\ninclude_profile = bizcorprole\nignore_configured_endpoint_urls = true\n");
    let seen = json(home.run(&["explain", "x", "--json"]).succeeded());
    let expected = value!({"endpoint": "https://sts.us-east-1.amazonaws.com", "signing_region": "us-east-1"});
    assert_eq!((&seen["hops"][0]["sts"], &seen["mfa"]["sts"]), (&expected, &expected));
}

#[test]
fn invalid_region_is_refused_wherever_it_is_set() {
    let keys =
        format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", data::ACCESS_KEY_ID, data::SECRET_ACCESS_KEY);
    let home = TestHome::new(PROGRAM);
    home.config(&format!(
        "[profile good]\n{keys}[profile keys]\nregion = x/\n{keys}\
         [profile role]\nrole_arn = {role}\nsource_profile = keys\n\
         [profile own]\nrole_arn = {role}\nsource_profile = good\nregion = evil.example/#\n\
         [profile wrapper]\ncredential_process = amplify-creds process good --region x/\n\
         [profile fips]\nregion = fips--fips\n{keys}\
         [profile me]\nregion = a@b\nlogin_session = arn:aws:sts::111111111111:assumed-role/R/me\n\
         [profile sso]\nsso_start_url = https://a.example/start\nsso_region = x/\nsso_account_id = 111111111111\n\
         sso_role_name = R\n",
        role = data::NO_MFA_ROLE
    ));
    let refused = |args: &[&str], variables: &[(&str, &str)], status: i32, place: &str| {
        let run = home.run_with(args, variables);
        run.failed_with(status);
        assert!(run.stderr.contains("region") && run.stderr.contains(place), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("ConstructionFailure"), "{args:?}: {}", run.stderr);
    };
    let commands: &[&[&str]] = &[
        &["process", "good"],
        &["env", "good", "--shell", "sh"],
        &["whoami", "good"],
        &["check", "good"],
        &["check", "good", "--for", "amplify"],
        &["login", "good"],
        &["explain", "good"],
        &["policy", "amplify", "-p", "good"],
        &["policy", "boundary", "-p", "good"],
        &["policy", "trust", "--principal", "111111111111"],
        &["setup", "good", "--yes"],
    ];
    for args in commands {
        for region in ["x/", "evil.example/#", "a b", "fips--fips"] {
            refused(&[*args, &["--region", region]].concat(), &[], 2, "--region");
        }
        refused(args, &[("AWS_REGION", "x/")], 3, "$AWS_REGION");
        refused(args, &[("AWS_DEFAULT_REGION", "evil.example/#")], 3, "$AWS_DEFAULT_REGION");
    }
    refused(&["exec", "good", "--region", "x/", "--", "true"], &[], 125, "--region");
    refused(&["exec", "good", "--", "true"], &[("AWS_REGION", "x/")], 125, "$AWS_REGION");
    for (profile, line) in [
        ("keys", ":5"),
        ("role", ":5"),
        ("own", ":14"),
        ("wrapper", ":16"),
        ("fips", ":18"),
        ("me", ":22"),
        ("sso", ":26"),
    ] {
        for command in ["process", "env", "whoami", "check", "login", "explain"] {
            refused(&[command, profile], &[], 3, &format!("~/.aws/config{line}"));
        }
    }
    let environment = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_REGION", "x/")];
    refused(&["process"], &environment, 3, "$AWS_REGION");
    // Another valid setting has priority.
    home.run(&["process", "keys", "--region", "eu-west-1"]).succeeded();
    home.run_with(&["process", "good", "--region", "eu-west-1"], &[("AWS_REGION", "x/")]).succeeded();
    // These commands use no region.
    home.run_with(&["list"], &[("AWS_REGION", "x/")]).succeeded();
}

// It runs programs of Unix.
#[cfg(unix)]
#[test]
fn profile_named_environment_does_not_affect_environment_credentials() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile environment]\nendpoint_url = http://127.0.0.1:1\nsts_regional_endpoints = wrong\nca_bundle = /no/such\n\
         use_fips_endpoint = true\noutput = text\n",
    );
    let keys = [("AWS_ACCESS_KEY_ID", data::ACCESS_KEY_ID), ("AWS_SECRET_ACCESS_KEY", data::SECRET_ACCESS_KEY)];
    let who = json(home.run_with(&["whoami", "--json"], &keys).succeeded());
    assert_eq!(who["account"], "111111111111");
    assert_eq!(sts.count("GetCallerIdentity"), 1);
    let run = home.run_with(&["exec", "--serve", "--", "sh", "-c", "cat \"$AWS_CONFIG_FILE\""], &keys);
    assert!(run.code == Some(0) && !run.stdout.contains("text") && !run.stdout.contains("127.0.0.1:1\n"), "{run:#?}");
    home.run(&["whoami", "-p", "environment"]).failed_with(3);
}
