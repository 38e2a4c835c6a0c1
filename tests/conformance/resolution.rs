//! Compares the resolved credentials of a profile with botocore and the AWS SDK for Rust, row by row of
//! `vectors/resolution.json`, with the binary's `explain --json`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use test_support::TestHome;

const VECTORS: &str = include_str!("vectors/resolution.json");

#[test]
fn resolution_matches_expected_vectors() {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    assert!(rows.len() >= 300, "the vectors are there");
    let next = AtomicUsize::new(0);
    let work = || {
        let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
        let mut wrong = Vec::new();
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let seen = outcome(&home, row);
            if seen != row["expected"] {
                wrong.push(format!("{}: {seen}, expected {}", row["id"], row["expected"]));
            }
        }
        wrong
    };
    let wrong: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// If the tools agree, a row with another expectation must have a reason.
#[test]
fn resolution_vectors_match_tools_unless_explained() {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let plain = |found: &Value| if found["error"].is_null() { found.clone() } else { json!("error") };
    for row in &rows {
        let (botocore, rust) = (plain(&row["botocore"]), plain(&row["rust"]));
        let is_explained = row["why"].as_str().is_some_and(|why| !why.is_empty());
        assert!(is_explained || (botocore == rust && botocore == row["expected"]), "{}", row["id"]);
    }
    let against_both =
        rows.iter().filter(|row| plain(&row["botocore"]) == plain(&row["rust"]) && !row["why"].is_null());
    assert!(against_both.count() <= 2, "only the design outweighs both");
}

/// `"error"`, or the base and the roles in the order they are assumed.
fn outcome(home: &TestHome, row: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    home.config(&text(&row["config"]));
    home.credentials(&text(&row["credentials"]));
    let mut args = vec!["explain", "--json"];
    args.extend(row["profile"].as_str());
    let env: Vec<_> = row["env"].as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect();
    let env: Vec<_> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let run = home.run_with(&args, &env);
    let seen: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    if run.code != Some(0) {
        assert_eq!(run.code, Some(3), "a profile that cannot work: {run:#?}");
        return json!("error");
    }
    // Unlike other commands, `explain` accepts a profile without keys.
    if seen["base"]["type"].is_null() {
        return json!("error");
    }
    let roles: Vec<_> = seen["hops"].as_array().unwrap().iter().map(|hop| hop["role_arn"].clone()).collect();
    json!({"base": base(&seen["base"]), "roles": roles})
}

/// The base in the table's notation: its kind and identity.
fn base(base: &Value) -> String {
    let (kind, profile) = (base["type"].as_str().unwrap(), base["profile"].as_str().unwrap());
    match kind {
        "environment" | "imds" | "container" => kind.to_owned(),
        "web_identity" if profile == "environment" => "web_identity:env".to_owned(),
        "static" => {
            let file = base["from"].as_str().unwrap().rsplit(['/', '\\']).next().unwrap();
            format!("static:{profile}@{}", file.split(':').next().unwrap())
        }
        _ => format!("{kind}:{profile}"),
    }
}
