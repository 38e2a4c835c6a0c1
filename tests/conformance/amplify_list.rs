//! Compares `--dialect amplify` with npm ini 1.3.8 and the Amplify CLI's own functions, row by row of
//! `vectors/npm-ini.json`, with the binary's `list --json --properties`.

use serde_json::{Map, Value};
use test_support::TestHome;

const VECTORS: &str = include_str!("vectors/npm-ini.json");

/// Rows in which a built-in function of JavaScript's objects is visible. The program returns the ordinary value.
const BUILT_IN: [&str; 1] = ["nasty-toString-key-array"];

#[test]
fn profile_list_matches_the_amplify_cli() {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| !BUILT_IN.contains(&row["name"].as_str().unwrap())) {
        let name = format!("{} ({})", row["name"].as_str().unwrap(), row["file"].as_str().unwrap());
        let result = check(row);
        println!("{name}: {}", result.as_ref().err().map_or("ok", String::as_str));
        if let Err(how) = result {
            wrong.push(format!("{name}: {how}"));
        }
    }
    assert!(rows.len() > 240, "the vectors are there");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn check(row: &Value) -> Result<(), String> {
    let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
    let is_config = row["file"] == "config";
    let text = row["input"].as_str().unwrap();
    if is_config {
        home.config(text);
    } else {
        home.credentials(text);
    }
    let run = home.run(&["list", "--json", "--properties", "--show-values", "--dialect", "amplify"]);
    let seen: Value = serde_json::from_str(&run.stdout).map_err(|error| error.to_string())?;
    if !row["parse_error"].is_null() {
        return if run.code == Some(3) { Ok(()) } else { Err(format!("{:?}, expected an error", run.code)) };
    }
    let profiles: Vec<_> = seen.as_array().ok_or_else(|| run.stdout.clone())?.iter().collect();
    if is_config {
        let listed: Vec<_> = profiles.iter().map(|profile| profile["name"].clone()).collect();
        let expected = row["expected_listed"].as_array().unwrap();
        if listed != *expected {
            return Err(format!("listed {listed:?}, expected {expected:?}"));
        }
    }
    let expected = row["expected_profiles"].as_object().unwrap();
    for profile in profiles {
        let name = profile["name"].as_str().unwrap();
        let (seen, expected) = (values(&profile["properties"]), masked(expected.get(name).unwrap_or(&Value::Null)));
        if seen != expected {
            return Err(format!("{name}: {seen}, expected {expected}"));
        }
    }
    Ok(())
}

fn values(properties: &Value) -> Value {
    let Some(properties) = properties.as_object() else { return Value::Null };
    properties.iter().map(|(key, property)| (key.clone(), property["value"].clone())).collect::<Map<_, _>>().into()
}

/// The Amplify CLI's values in the form that the program may show.
fn masked(properties: &Value) -> Value {
    const SECRET: [&str; 5] =
        ["aws_secret_access_key", "secretAccessKey", "aws_session_token", "sessionToken", "aws_security_token"];
    let Some(properties) = properties.as_object() else { return properties.clone() };
    let mask = |(key, value): (&String, &Value)| {
        (key.clone(), if SECRET.contains(&key.as_str()) { "****".into() } else { masked(value) })
    };
    properties.iter().map(mask).collect::<Map<_, _>>().into()
}
