//! The architecture, held by reading the source: arrows between modules point down only, pure modules touch no system,
//! and each outside crate is named in one place.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A module may use those of lower layers and its own.
const LAYERS: [&[&str]; 10] = [
    &["secret", "span", "env", "clock", "fs", "printable", "chain", "ctrl_c", "start"],
    &["acl", "child", "machine", "job", "job_plain", "random"],
    &["credentials", "settings", "paths"],
    &["profile_file"],
    &["profile"],
    &["plan", "amplify", "consumers"],
    &["cache", "sts", "prompt", "output", "setup", "policy"],
    // Bases are fetched over the connections of `sts`, and renew tokens under the locks of `cache`.
    &["source", "iam"],
    &["resolve", "edit", "serve", "doctor"],
    &["cli"],
];

/// Which files may name what. A folder stands for all files in it.
const ONE_PLACE: [(&str, &[&str]); 25] = [
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("fs4", &["cache/lock.rs"]),
    ("ctrlc", &["ctrl_c.rs"]),
    ("gix_sec", &["fs.rs"]),
    ("rpassword", &["prompt"]),
    ("directories", &["paths.rs"]),
    ("std::env", &["env.rs"]),
    ("ini", &["settings.rs"]),
    ("aws_sdk_sts", &["sts/client.rs"]),
    ("aws_sdk_sso", &["source/sso.rs"]),
    ("aws_sdk_ssooidc", &["source/sso.rs"]),
    ("aws_sdk_signin", &["source/login.rs"]),
    ("ring", &["source/dpop.rs", "random.rs"]),
    ("aws_smithy_runtime_api", &["sts/connections.rs", "sts/reason.rs", "source/metadata.rs", "iam/client.rs"]),
    ("aws_sigv4", &["iam/client.rs"]),
    ("aws_smithy_xml", &["iam/answer.rs"]),
    ("aws_types", &["sts/connections.rs"]),
    (
        "aws_smithy_types",
        &[
            "sts/client.rs",
            "sts/connections.rs",
            "sts/reason.rs",
            "sts/roots.rs",
            "source/metadata.rs",
            "source/dpop.rs",
            "iam/client.rs",
        ],
    ),
    ("aws_smithy_http_client", &["sts/connections.rs"]),
    ("tokio", &["sts/connections.rs", "source/metadata.rs", "iam/client.rs"]),
    ("hyper_util", &["sts/proxy.rs"]),
    ("http", &["sts/proxy.rs"]),
    ("rustls", &["sts/broken.rs", "sts/roots.rs"]),
    ("dlmalloc", &["main.rs"]),
];

/// Modules without I/O and without a clock.
const PURE: [&str; 11] = [
    "profile_file",
    "plan",
    "policy",
    "consumers",
    "doctor/checks",
    "profile/keys.rs",
    "amplify/hjson.rs",
    "amplify/environment.rs",
    "amplify/repoint.rs",
    "setup",
    "serve/private_config.rs",
];
const IMPURE: [&str; 6] = ["std::fs", "std::io", "std::net", "std::process", "std::time", "crate::clock"];

/// Every source file: its path below `src` and its text without comments and tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the sources are there");
    files
        .into_iter()
        .map(|path| (path.strip_prefix(&root).unwrap().display().to_string().replace('\\', "/"), code(&path)))
        .collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The top-level module of a file: `plan` for `plan/build.rs`, `span` for `span.rs`.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The words that follow `prefix` in `text`, where a word does not go on before it.
fn words_after<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let word = |at: usize| {
        let rest = &text[at + prefix.len()..];
        &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
    };
    text.match_indices(prefix).map(|(at, _)| word(at)).collect()
}

#[test]
fn arrows_point_down_only() {
    for (file, text) in sources() {
        let from = module(&file);
        if ["main", "lib"].contains(&from) {
            continue;
        }
        let own = layer(from).unwrap_or_else(|| panic!("{from} has no layer: add it to LAYERS"));
        for used in words_after(&text, "crate::") {
            let theirs = layer(used).unwrap_or_else(|| panic!("{file} uses crate::{used}, which has no layer"));
            assert!(used == from || theirs < own, "{file} uses crate::{used}, which does not lie below {from}");
        }
    }
}

#[test]
fn each_outside_crate_has_one_place() {
    for (file, text) in sources() {
        for (name, places) in ONE_PLACE {
            let named = text
                .match_indices(&format!("{name}::"))
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            let allowed = places.iter().any(|place| file == *place || file.starts_with(&format!("{place}/")));
            assert!(!named || allowed, "{file} names {name}, whose place is {places:?}");
        }
    }
}

#[test]
fn pure_modules_touch_no_system() {
    for (file, text) in sources() {
        if PURE.iter().any(|pure| file == *pure || file.starts_with(&format!("{pure}/"))) {
            for impure in IMPURE {
                assert!(!text.contains(impure), "{file} names {impure}");
            }
        }
    }
}
