//! The output and command line of a `credential_process`: `vectors/credential-process.json`, recorded with botocore
//! 1.44.5, the JS SDK and aws-config 1.13.0. If the Rust and the JS SDK agree, the program does the same. Otherwise the
//! table here lists the program's behaviour and the reason.

use std::path::Path;

use amplify_creds::core::clock::{Clock, Timestamp};
use serde_json::Value;
use test_support::{Finished, TestHome};

const VECTORS: &str = include_str!("vectors/credential-process.json");

/// The time when the vectors were recorded. Their dates are moved to now.
const MADE: &str = "2026-11-21T05:56:25Z";

/// Rows with one SDK's quirk: whether the program accepts the output, and the reason.
const QUIRKS: [(&str, bool, &str); 11] = [
    ("expiration +0000 (no colon)", true, "botocore and JS take it; only Rust's parser is narrower"),
    ("expiration with UTC suffix (botocore strftime style)", true, "botocore writes it itself"),
    ("expiration without zone", false, "only JS takes it, as local time"),
    ("expiration epoch number", false, "only Rust ignores it, and then never refreshes"),
    ("expiration empty string", false, "only JS takes it for none"),
    ("expiration garbage", false, "only JS takes it, as an invalid date"),
    ("expiration past (1h ago)", false, "only Rust hands it out, and then asks for every request"),
    ("key order/case changed", false, "only Rust ignores the case of keys"),
    ("leading UTF-8 BOM", true, "JS takes it, and programs of PowerShell write it"),
    ("2 MiB output (long unknown key)", false, "no answer is that long; JS refuses it, too"),
    ("access key empty", false, "all three take it; AWS says no, so nothing is sent"),
];

/// Rows that need missing files, or that report another error.
const NOT_RUN: [(&str, &str); 2] =
    [("glob", "needs the files of the machine it was made on"), ("empty command", "an empty value is unset: exit 3")];

#[test]
fn credential_process_output_matches_the_sdks() {
    let rows: Value = serde_json::from_str(VECTORS).unwrap();
    let mut wrong = Vec::new();
    for row in rows["outputs"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        let quirk = QUIRKS.iter().find(|(quirk, ..)| *quirk == name);
        let takes = |sdk: &str| row[sdk]["error"].is_null();
        let expected = match quirk {
            Some((_, is_taken, _)) => *is_taken,
            None if takes("js") == takes("rust") => takes("rust"),
            None => panic!("{name}: the SDKs differ; say in QUIRKS what we do"),
        };
        let run = answer(row);
        let is_right = match run.code {
            Some(0) => expected && same(row, &run),
            Some(4) => !expected && run.stdout.is_empty(),
            _ => false,
        };
        println!("{name}: {}{}", if is_right { "ok" } else { "wrong" }, quirk.map_or("", |(_, _, why)| why));
        if !is_right {
            wrong.push(format!("{name}: {run:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn credential_process_command_matches_the_rust_sdk() {
    let rows: Value = serde_json::from_str(VECTORS).unwrap();
    let mut wrong = Vec::new();
    for row in rows["command_splitting"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        if let Some((_, why)) = NOT_RUN.iter().find(|(skipped, _)| *skipped == name) {
            println!("{name}: not run: {why}");
            continue;
        }
        let (home, _) = program(
            "id=; for word; do id=\"$id<$word>\"; done\n\
             printf '{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"%s\"}' \"$id\"\n",
        );
        let script = home.path().join("program");
        let command = row["command"].as_str().unwrap().replace("ARGS", script.to_str().unwrap());
        home.config(&format!("[profile p]\ncredential_process = {command}\n"));
        let run = home.run_with(&["process", "p"], &[("FOOVAR", "foo val"), ("PATH", "/usr/bin:/bin")]);
        let is_right = match row["rust"]["access_key_id"].as_str() {
            Some(id) => {
                let id = id.replace("/home/u", home.path().to_str().unwrap());
                let document: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
                document["SecretAccessKey"] == *id
            }
            None => run.code == Some(4) && run.stdout.is_empty(),
        };
        println!("{name}: {}", if is_right { "ok" } else { "wrong" });
        if !is_right {
            wrong.push(format!("{name}: {run:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A home with a script, and its path.
fn program(script: &str) -> (TestHome, String) {
    let home = TestHome::new(env!("CARGO_BIN_EXE_amplify-creds"));
    let path = home.write_program("program", format!("#!/bin/sh\n{script}"));
    let path = path.display().to_string();
    (home, path)
}

fn answer(row: &Value) -> Finished {
    let (home, path) =
        program(&format!("cat \"$HOME/answer\"\ncat \"$HOME/errors\" >&2\nexit {}\n", row["exit"].as_i64().unwrap()));
    let stdout = row["stdout"].as_str().unwrap();
    let stdout = match stdout.strip_suffix(" bytes>").and_then(|rest| rest.strip_prefix('<')) {
        Some(size) => {
            let filler = "x".repeat(size.parse::<usize>().unwrap() - 70);
            format!("{{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"x\":\"{filler}\"}}")
        }
        None => moved(stdout),
    };
    home.write("answer", stdout);
    home.write("errors", row["stderr"].as_str().unwrap());
    home.config(&format!("[profile p]\ncredential_process = {path}\n"));
    let run = home.run_with(&["process", "p"], &[("PATH", "/usr/bin:/bin")]);
    assert!(!Path::new(&path).starts_with("/nonexistent"));
    run
}

/// Moves each date by the time since the vectors were recorded.
fn moved(text: &str) -> String {
    let since = Clock::System.now().since(Timestamp::parse(MADE).unwrap());
    let mut text = text.replace("1795244185", &(1_795_244_185 + since).to_string());
    let mut from = 0;
    while let Some(at) = text[from..].find("2026-11-21").map(|at| at + from) {
        let date = format!("{}T{}Z", &text[at..at + 10], &text[at + 11..at + 19]);
        let date = Timestamp::parse(&date).unwrap().plus(since).rfc3339();
        text.replace_range(at..at + 10, &date[..10]);
        text.replace_range(at + 11..at + 19, &date[11..19]);
        from = at + 19;
    }
    text
}

fn same(row: &Value, run: &Finished) -> bool {
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
    let token = row["js"]["session_token"].as_str();
    document["AccessKeyId"] == row["js"]["access_key_id"] && document["SessionToken"].as_str() == token
}
