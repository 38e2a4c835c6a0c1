//! Compares STS endpoints with botocore, row by row, with `explain --json`: `vectors/sts-endpoints.json` (one client),
//! and `vectors/sts-endpoints-of-chains.json` (whole chains; written by `tests/interop/endpoints.py --write`).

use serde_json::{Value, json};
use test_support::TestHome;

const ONE_CLIENT: &str = include_str!("vectors/sts-endpoints.json");
const CHAINS: &str = include_str!("vectors/sts-endpoints-of-chains.json");

const KEYS: &str = "[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s\n";

/// Intended differences: the order of the variables is that of the AWS CLI 2, and the regional host is used if no
/// region is configured.
const OURS: [(&str, &str); 3] =
    [("AWS_REGION only", "eu-west-1"), ("both region vars", "eu-west-1"), ("no region at all", "us-east-1")];

#[test]
fn role_endpoint_matches_botocore() {
    let rows: Vec<Value> = serde_json::from_str(ONE_CLIENT).unwrap();
    assert!(rows.len() >= 30, "the vectors are there");
    check(rows.into_iter().map(|mut row| {
        let rest = row["config"].as_str().map_or("", |text| text.strip_prefix("[default]\n").unwrap());
        let role = "role_arn = arn:aws:iam::222222222222:role/R\nsource_profile = keys\n";
        row["config"] = json!(format!("[default]\n{role}{rest}\n{KEYS}"));
        let ours = OURS.iter().find(|(name, _)| row["name"] == *name);
        let found = &row["botocore"];
        row["botocore"] = match ours {
            Some((_, region)) => json!([["default", format!("https://sts.{region}.amazonaws.com"), region]]),
            None if found["url"].is_null() => Value::Null,
            None => json!([["default", found["url"], found["signing_region"]]]),
        };
        row
    }));
}

#[test]
fn chain_endpoints_match_botocore() {
    let rows: Vec<Value> = serde_json::from_str(CHAINS).unwrap();
    assert!(rows.len() > 200, "the vectors are there");
    check(rows.into_iter());
}

#[track_caller]
#[expect(clippy::print_stdout, reason = "one named result for each row")]
fn check(rows: impl Iterator<Item = Value>) {
    let mut wrong = Vec::new();
    for row in rows {
        let expected = match in_lower_case(&row) {
            Some(row) => found(&row),
            None => without_slashes(row["botocore"].clone()),
        };
        let found = found(&row);
        let agrees = found == expected;
        println!("{}: {}", row["name"], if agrees { "ok" } else { "WRONG" });
        if !agrees {
            wrong.push(format!("{row:#}\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The row with its region in lower case, if it has capitals. botocore sends capitals, and AWS returns an error.
fn in_lower_case(row: &Value) -> Option<Value> {
    let region = row["region"].as_str().filter(|region| region.contains(char::is_uppercase))?;
    let mut row = row.clone();
    row["region"] = json!(region.to_ascii_lowercase());
    Some(row)
}

/// Profile, URL and signing region of every hop; null if the configuration is invalid.
fn found(row: &Value) -> Value {
    let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
    home.config(row["config"].as_str().unwrap());
    let profile = row["config"].as_str().unwrap().lines().next().unwrap();
    let profile = profile.trim_matches(['[', ']']).trim_start_matches("profile ");
    let region = row["region"].as_str().map(|region| format!("--region={region}"));
    let mut args = vec!["explain", profile, "--json"];
    args.extend(region.as_deref());
    let env = row["env"].as_object().into_iter().flatten();
    let env: Vec<_> = env.map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let run = home.run_with(&args, &env);
    let seen: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    if let Some(code @ (2 | 3)) = run.code {
        // The region may come from `--region`.
        assert_eq!(seen["error"]["code"], if code == 2 { "usage" } else { "config" }, "{seen}");
        return Value::Null;
    }
    let hops = seen["hops"].as_array().unwrap().iter();
    without_slashes(
        hops.map(|hop| json!([hop["profile"], hop["sts"]["endpoint"], hop["sts"]["signing_region"]])).collect(),
    )
}

/// botocore adds a slash to a URL without a path. The request is the same.
fn without_slashes(mut calls: Value) -> Value {
    for call in calls.as_array_mut().into_iter().flatten() {
        call[1] = json!(call[1].as_str().unwrap().trim_end_matches('/'));
    }
    calls
}
