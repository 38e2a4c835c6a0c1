//! Compares `doctor --json` with the Amplify CLI's own functions, botocore 1.44 and the JavaScript SDK's loader, row by
//! row of `vectors/visibility.json`: the names under which each tool sees the sections of a file.

use std::collections::BTreeSet;

use serde_json::Value;
use test_support::TestHome;

const VECTORS: &str = include_str!("vectors/visibility.json");

/// The consumer's key and the vectors'.
const COLUMNS: [(&str, &str); 3] = [("amplify", "amplify"), ("aws_cli", "botocore"), ("sdk_js", "sdk_js_v3")];

#[test]
fn visibility_matches_the_tools() {
    let rows: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut wrong = Vec::new();
    for row in &rows {
        let name = format!("{} {:?}", row["file"].as_str().unwrap(), row["header"].as_str().unwrap());
        let result = check(row);
        println!("{name}: {}", result.as_ref().err().map_or("ok", String::as_str));
        if let Err(how) = result {
            wrong.push(format!("{name}: {how}"));
        }
    }
    assert!(rows.len() > 50, "the vectors are there");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn check(row: &Value) -> Result<(), String> {
    let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
    let text = row["input"].as_str().unwrap();
    if row["file"] == "config" {
        home.config(text);
    } else {
        home.credentials(text);
    }
    let run = home.run(&["doctor", "--json"]);
    let seen: Value = serde_json::from_str(&run.stdout).map_err(|error| error.to_string())?;
    for (consumer, column) in COLUMNS {
        let headers = seen["headers"].as_array().unwrap().iter();
        let names: BTreeSet<_> = headers.flat_map(|header| names(&header["names"][consumer])).collect();
        let expected: BTreeSet<_> = names_or_none(&row[column]);
        if names != expected {
            return Err(format!("{consumer} sees {names:?}, expected {expected:?}"));
        }
        for name in expected {
            if seen["visibility"][&name][consumer]["visible"] != true {
                return Err(format!("{consumer} does not see {name}"));
            }
        }
    }
    Ok(())
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// A tool that rejects the file sees nothing.
fn names_or_none(value: &Value) -> BTreeSet<String> {
    if value.is_null() { BTreeSet::new() } else { names(value).into_iter().collect() }
}
