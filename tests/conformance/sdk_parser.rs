//! Checks `vectors/sdk-parser.json` row by row with the binary's `list --json --properties`. Compares `--dialect aws`
//! with the AWS SDK for Rust (aws-runtime 1.10.2), and our models of botocore and of the JavaScript SDK with those two.

use std::collections::BTreeMap;

use amplify_creds::profile_file::{FileKind, Name};
use amplify_creds::tools::{Tool, View};
use serde_json::{Map, Value, json};
use test_support::TestHome;

const VECTORS: &str = include_str!("vectors/sdk-parser.json");

/// Rows with bytes that the vectors cannot hold. The binary rejects them (exit 3); the SDK warns and sees nothing.
const NOT_TEXT: [&str; 2] = ["invalid utf-8 in config", "utf-16le with BOM"];

#[test]
fn profile_parser_matches_the_rust_sdk() {
    every_row(check);
}

#[test]
fn profile_parser_matches_botocore() {
    every_row(|row| {
        let seen = sections(row, Tool::AwsCli);
        let expected = &row["botocore"];
        match (seen, expected.get("error")) {
            (Err(_), Some(_)) => Ok(()),
            (Ok(seen), None) if seen == *expected => Ok(()),
            (seen, _) => Err(format!("{seen:?}, expected {expected}")),
        }
    });
}

#[test]
fn profile_parser_matches_the_javascript_sdk() {
    every_row(|row| {
        let seen = sections(row, Tool::SdkJs)?;
        let expected = &row["js"]["profiles"];
        if seen["profiles"] == *expected { Ok(()) } else { Err(format!("{seen}, expected {expected}")) }
    });
}

#[expect(clippy::print_stdout, reason = "one named result per row")]
fn every_row(check: fn(&Value) -> Result<(), String>) {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| !NOT_TEXT.contains(&row["name"].as_str().unwrap())) {
        let name = row["name"].as_str().unwrap();
        let result = check(row);
        println!("{name}: {}", result.as_ref().err().map_or("ok", String::as_str));
        if let Err(how) = result {
            wrong.push(format!("{name}: {how}"));
        }
    }
    assert!(rows.len() > 80, "the vectors are there");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Both files in a model, in the form of the vectors for botocore.
fn sections(row: &Value, consumer: Tool) -> Result<Value, String> {
    let text = |kind: &str| row["input"][kind].as_str().unwrap_or_default();
    let view = View::read(consumer, text("config"), text("credentials"));
    let kinds = [FileKind::Config, FileKind::Credentials];
    if let Some(error) = kinds.iter().find_map(|kind| view.rejected(*kind)) {
        return Err(error.to_string());
    }
    let mut kept = [Map::new(), Map::new(), Map::new()];
    let mut other = Vec::new();
    for seen in kinds.iter().flat_map(|kind| view.sections(*kind)) {
        let (kind, name) = match &seen.name {
            Name::Profile(name, _) => (0, name),
            Name::SsoSession(name) => (1, name),
            Name::Services(name) => (2, name),
            Name::Other => {
                let line = text("config").split(['\n', '\r']).nth(seen.lines[0] as usize - 1).unwrap();
                let header = &line[line.find('[').unwrap() + 1..line.rfind(']').unwrap()];
                // A section with another prefix does not exist in the SDK.
                if !["profile", "sso-session", "services"].iter().any(|prefix| header.starts_with(prefix)) {
                    other.push(header);
                }
                continue;
            }
        };
        let keys = kept[kind].entry(name.clone()).or_insert_with(|| json!({}));
        for property in &seen.properties {
            keys[&*property.key] = property.typed.clone().unwrap_or_else(|| json!(property.value));
        }
    }
    let [profiles, sso_sessions, services] = kept;
    Ok(json!({"profiles": profiles, "sso_sessions": sso_sessions, "services": services, "other_sections": other}))
}

fn check(row: &Value) -> Result<(), String> {
    let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
    if let Some(text) = row["input"]["config"].as_str() {
        home.config(text);
    }
    if let Some(text) = row["input"]["credentials"].as_str() {
        home.credentials(text);
    }
    let run = home.run(&["list", "--json", "--properties", "--show-values", "--dialect", "aws"]);
    let seen: Value = serde_json::from_str(&run.stdout).map_err(|error| error.to_string())?;
    let expected = &row["rust"];
    if let Some(error) = expected["error"].as_str() {
        let line = error.split("on line ").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
        let shown = (run.code, seen["error"]["line"].to_string());
        return if shown == (Some(3), line.to_owned()) { Ok(()) } else { Err(format!("{shown:?}, expected {error}")) };
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

/// The SDK's values in the form that the program may show.
fn masked(properties: &Value) -> BTreeMap<String, String> {
    let mask = |key: &str, value: &Value| {
        let is_secret = ["secret_access_key", "session_token", "security_token"].iter().any(|end| key.ends_with(end));
        if is_secret { "****".to_owned() } else { value.as_str().unwrap().to_owned() }
    };
    properties.as_object().unwrap().iter().map(|(key, value)| (key.clone(), mask(key, value))).collect()
}
