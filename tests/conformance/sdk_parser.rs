//! `--dialect aws` against the AWS SDK for Rust (aws-runtime 1.10.2), row by row of `vectors/sdk-parser.json`, through
//! the binary's `list --json --properties`.

use std::collections::BTreeMap;

use serde_json::Value;
use test_support::TestHome;

const VECTORS: &str = include_str!("vectors/sdk-parser.json");

/// Rows whose bytes the vectors cannot hold: the binary refuses them (exit 3) where the SDK warns and sees nothing.
const NOT_TEXT: [&str; 2] = ["invalid utf-8 in config", "utf-16le with BOM"];

#[test]
fn every_row_agrees_with_the_rust_sdk() {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| !NOT_TEXT.contains(&row["name"].as_str().unwrap())) {
        let name = row["name"].as_str().unwrap();
        let result = check(row);
        println!("{name}: {}", result.as_ref().err().map_or("ok", String::as_str));
        if result.is_err() {
            wrong.push(name);
        }
    }
    assert!(rows.len() > 80, "the vectors are there");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn check(row: &Value) -> Result<(), String> {
    let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
    if let Some(text) = row["input"]["config"].as_str() {
        home.config(text);
    }
    if let Some(text) = row["input"]["credentials"].as_str() {
        home.credentials(text);
    }
    let run = home.run(&["list", "--json", "--properties", "--dialect", "aws"]);
    let seen: Value = serde_json::from_str(&run.stdout).map_err(|error| error.to_string())?;
    let expected = &row["rust"];
    if let Some(error) = expected["error"].as_str() {
        let line = error.split("on line ").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
        let told = (run.code, seen["error"]["line"].to_string());
        return if told == (Some(3), line.to_owned()) { Ok(()) } else { Err(format!("{told:?}, expected {error}")) };
    }
    let profiles: BTreeMap<_, _> = seen
        .as_array()
        .ok_or("no list")?
        .iter()
        .map(|p| (p["name"].as_str().unwrap(), values(&p["properties"])))
        .collect();
    let wanted: BTreeMap<_, _> = expected["profiles"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, properties)| (name.as_str(), masked(properties)))
        .collect();
    if profiles == wanted { Ok(()) } else { Err(format!("{profiles:?}, expected {wanted:?}")) }
}

fn values(properties: &Value) -> BTreeMap<String, String> {
    properties.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v["value"].as_str().unwrap().to_owned())).collect()
}

/// The SDK's values as the program may show them.
fn masked(properties: &Value) -> BTreeMap<String, String> {
    let mask = |key: &str, value: &Value| {
        let is_secret = ["secret_access_key", "session_token", "security_token"].iter().any(|end| key.ends_with(end));
        if is_secret { "****".to_owned() } else { value.as_str().unwrap().to_owned() }
    };
    properties.as_object().unwrap().iter().map(|(key, value)| (key.clone(), mask(key, value))).collect()
}
