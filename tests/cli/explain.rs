//! `explain`: the JSON contract, the text in 80 columns, without network and prompts.

use serde_json::json;
use test_support::{TestHome, biz_corp as data};

use crate::{PROGRAM, add_config, biz_corp, json as document, without_mfa};

const CHAIN: &str = "[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/Deploy\nsource_profile = bizcorprole\n\
    duration_seconds = 7200\nduration_seconds = 7201\n\
    [profile biz]\ncredential_process = amplify-creds process deploy --region eu-west-3\n";

#[test]
fn explain_json_matches_the_contract() {
    let (sts, home) = biz_corp();
    add_config(&home, CHAIN);
    let seen = document(home.run_with(&["explain", "biz", "--json"], &[("AWS_ENDPOINT_URL_STS", "")]).succeeded());
    let config = |line: u32| format!("{}:{line}", home.file(".aws/config").display());
    let hop = |profile: &str, role: &str, from: serde_json::Value| {
        json!({
            "profile": profile, "role_arn": role, "session_name": "amplify", "external_id": null, "mfa_serial": null,
            "duration_seconds": 3600, "duration_requested": 3600,
            "policy_arns": [], "policy": null, "session_tags": [], "source_identity": null, "provided_contexts": [],
            "sts": {"endpoint": "https://sts.eu-west-3.amazonaws.com", "signing_region": "eu-west-3"}, "from": from,
        })
    };
    let mut first = hop(
        "bizcorprole",
        data::BIZ_CORP_ROLE,
        json!({
            "role_arn": config(2), "mfa_serial": config(4), "external_id": config(5), "session_name": "default",
            "duration_seconds": "default", "region": config(17), "endpoint": "default",
        }),
    );
    first["external_id"] = json!(data::EXTERNAL_ID);
    first["mfa_serial"] = json!(data::MFA_SERIAL);
    let mut second = hop(
        "deploy",
        data::DEPLOY_ROLE,
        json!({
            "role_arn": config(12), "session_name": "default", "duration_seconds": config(15), "region": config(17),
            "endpoint": "default",
        }),
    );
    second["duration_requested"] = json!(7201);
    let expected = json!({
        "profile": "biz",
        "region": {"value": "eu-west-3", "from": config(17)},
        "base": {
            "type": "static", "profile": "devcorpuser", "from": format!("{}:2", home.file(".aws/credentials").display()),
        },
        "mfa": {
            "profile": "bizcorprole",
            "serial": data::MFA_SERIAL,
            "from": config(4),
            "way": "session",
            "duration_seconds": 43200,
            "reason": "an MFA code gets an MFA session of 43200 s (default), which works for every role of this user and device",
            "sts": {"endpoint": "https://sts.eu-west-3.amazonaws.com", "signing_region": "eu-west-3"},
        },
        "hops": [first, second],
        "cache": [
            {"hop": 0, "state": "absent", "expires": null},
            {"hop": 1, "state": "absent", "expires": null},
            {"hop": 2, "state": "absent", "expires": null},
        ],
        "via": ["biz"],
        "boundary": null,
        "ca_bundle": null,
        "warnings": [
            "profile deploy requests 7201 s (~/.aws/config:15), but role chaining allows 3600 s, so 3600 s are sent",
        ],
    });
    assert_eq!(seen, expected, "{seen:#}");
    assert_eq!(sts.calls().len(), 0);
    assert!(!home.cache_dir().exists(), "nothing is left behind");
}

#[test]
fn explain_text_fits_80_columns_with_overrides() {
    let (_sts, home) = biz_corp();
    add_config(&home, CHAIN);
    let run = home.run(&["explain", "deploy", "--region", "eu-west-1"]);
    let text = run.succeeded();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for part in [
        "base: devcorpuser",
        "hop 1: bizcorprole",
        "hop 2: deploy",
        "7201 s requested, 3600 s sent",
        "(~/.aws/config:15, overrides ~/.aws/config:14)",
        "eu-west-1  (--region, overrides ~/.aws/config:6)",
        "($AWS_ENDPOINT_URL_STS)",
        "needed, for an MFA session of 43200 s",
        "cache         no session",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
    assert!(text.find("base:") < text.find("hop 1:") && text.find("hop 1:") < text.find("hop 2:"));
    assert!(!text.contains(data::SECRET_ACCESS_KEY));
    assert_eq!(home.run(&["show", "deploy", "--region", "eu-west-1"]).succeeded(), text);
}

#[test]
fn explain_shows_cache_with_time_left() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let seen = document(home.run(&["explain", "nomfa", "--json"]).succeeded());
    assert_eq!(seen["cache"][0]["state"], "valid");
    assert!(seen["cache"][0]["expires"].as_str().unwrap().ends_with('Z'));
    assert!(home.run(&["explain", "nomfa"]).succeeded().contains(" m left, until "));
    crate::age_cache(&home, 4000);
    assert_eq!(document(home.run(&["explain", "nomfa", "--json"]).succeeded())["cache"][0]["state"], "expired");
    let list = document(home.run(&["list", "--json"]).succeeded());
    assert!(list[2]["session"].is_null());
}

#[test]
fn errors_are_documents_with_file_and_line() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile a]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = a\n");
    let run = home.run(&["explain", "a", "--json"]);
    assert_eq!(run.code, Some(3));
    let error = &document(&run.stdout)["error"];
    assert_eq!((error["code"].as_str(), error["line"].as_u64()), (Some("loop"), Some(3)));
    home.run(&["explain", "a"]).failed_with(3);
}

#[test]
fn explain_shows_other_bases_and_partitions() {
    let home = TestHome::new(PROGRAM);
    home.config(
        "[profile p]\ncredential_process = /bin/false\n\
         [profile c]\nrole_arn = arn:aws-cn:iam::222222222222:role/x\nsource_profile = p\n\
         [profile e]\nrole_arn = arn:aws:iam::222222222222:role/x\ncredential_source = Environment\n",
    );
    let explain = |name: &str| {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIA1"), ("AWS_SECRET_ACCESS_KEY", "s")];
        document(home.run_with(&["explain", name, "--json"], &keys).succeeded())
    };
    let seen = explain("c");
    assert_eq!((seen["base"]["type"].as_str(), seen["base"]["profile"].as_str()), (Some("process"), Some("p")));
    assert_eq!(seen["hops"][0]["sts"]["endpoint"], "https://sts.cn-north-1.amazonaws.com.cn");
    assert!(seen["region"]["value"].is_null());
    let seen = explain("e");
    assert_eq!(
        (seen["base"]["type"].as_str(), seen["base"]["from"].as_str()),
        (Some("environment"), Some("$AWS_ACCESS_KEY_ID"))
    );
}

#[test]
fn too_long_min_ttl_is_a_warning() {
    let (_sts, home) = without_mfa();
    let warnings = |value: &str| {
        let run = home.run_with(&["explain", "nomfa", "--json"], &[("AMPLIFY_CREDS_MIN_TTL", value)]);
        document(run.succeeded())["warnings"].clone()
    };
    assert_eq!(warnings("15m"), json!([]));
    let expected = "min_ttl is 7200 s ($AMPLIFY_CREDS_MIN_TTL), more than a quarter of the session's 3600 s, \
                    so the session is renewed with 900 s left";
    assert_eq!(warnings("2h"), json!([expected]));
    let run = home.run_with(&["explain", "nomfa", "--json", "--min-ttl", "7200"], &[("AMPLIFY_CREDS_MIN_TTL", "15m")]);
    let by_flag = expected.replace("$AMPLIFY_CREDS_MIN_TTL", "--min-ttl");
    assert_eq!(document(run.succeeded())["warnings"], json!([by_flag]), "the flag counts before the variable");
    home.run_with(&["explain", "nomfa"], &[("AMPLIFY_CREDS_MIN_TTL", "soon")]).failed_with(3);
}
