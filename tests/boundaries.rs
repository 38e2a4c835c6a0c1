//! Checks the architecture in the source: imports point down, no file imports its parent module or is part of a cycle,
//! no command imports another, pure modules do not use the system, and each outside crate is named in one place.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A module may use those of lower layers and itself.
const LAYERS: [&[&str]; 13] = [
    &["core"],
    &["os"],
    &["settings", "loopback", "key_store", "audit"],
    &["access_keys"],
    &["profile_file"],
    &["profile"],
    &["plan", "amplify", "tools"],
    &["sts", "prompt", "output", "setup", "policy"],
    &["cache"],
    &["token_files"],
    &["source", "iam", "console"],
    &["sign_in"],
    &["resolve", "doctor", "edit", "serve", "broker", "rotation"],
];

/// Inside `cli`, from the bottom up. Other files are between `context` and `commands`.
const CLI_LAYERS: [&[&str]; 3] = [&["args"], &["errors"], &["context"]];

/// The files that may use each name. A folder means all files in it.
const ONE_PLACE: [(&str, &[&str]); 33] = [
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("fs4", &["os/lock.rs"]),
    ("ctrlc", &["os/ctrl_c.rs"]),
    ("gix_sec", &["os/fs.rs"]),
    ("rpassword", &["prompt"]),
    ("directories", &["os/paths.rs"]),
    ("std::env", &["os/env.rs"]),
    ("ini", &["settings.rs"]),
    ("aws_sdk_sts", &["sts/client.rs"]),
    ("aws_sdk_sso", &["source/sso.rs", "source/sso_accounts.rs"]),
    ("aws_sdk_ssooidc", &["source/sso.rs", "sign_in/token_service.rs"]),
    ("aws_sdk_signin", &["source/login.rs", "sign_in/aws_sign_in.rs"]),
    ("ring", &["cache/sealing.rs", "source/dpop.rs", "os/random.rs", "core/digest.rs"]),
    (
        "aws_smithy_runtime_api",
        &[
            "sts/bounded.rs",
            "sts/connections.rs",
            "sts/error_kind.rs",
            "sts/form_call.rs",
            "sts/redirect.rs",
            "source/metadata.rs",
            "iam/client.rs",
        ],
    ),
    ("aws_sigv4", &["iam/client.rs"]),
    ("aws_smithy_xml", &["iam/answer.rs"]),
    ("aws_types", &["sts/connections.rs"]),
    (
        "aws_smithy_types",
        &[
            "sts/bounded.rs",
            "sts/client.rs",
            "sts/connections.rs",
            "sts/error_kind.rs",
            "sts/form_call.rs",
            "sts/roots.rs",
            "source/metadata.rs",
            "core/base64.rs",
            "sts/redirect.rs",
            "source/dpop.rs",
            "source/web_identity.rs",
            "iam/client.rs",
        ],
    ),
    ("aws_smithy_http_client", &["sts/connections.rs"]),
    (
        "tokio",
        &[
            "sts/connections.rs",
            "sts/form_call.rs",
            "sts/redirect.rs",
            "source/metadata.rs",
            "source/sso_accounts.rs",
            "iam/client.rs",
            "key_store/secret_service",
        ],
    ),
    ("zbus", &["key_store/secret_service"]),
    ("futures_core", &["key_store/secret_service/bus.rs"]),
    ("keyring_core", &["key_store/native"]),
    ("apple_native_keyring_store", &["key_store/native/keychain.rs"]),
    ("security_framework", &["key_store/native/keychain.rs"]),
    ("windows_native_keyring_store", &["key_store/native/credential_manager.rs"]),
    ("linux_keyutils", &["os/kernel_keyring.rs"]),
    ("open", &["os/browser.rs"]),
    ("http_body_util", &["sts/bounded.rs", "sts/connection_error.rs"]),
    ("hyper_util", &["sts/proxy.rs"]),
    ("http", &["sts/proxy.rs"]),
    ("rustls", &["sts/connection_error.rs", "sts/roots.rs"]),
];

/// Modules without I/O and without a clock.
const PURE: [&str; 16] = [
    "profile_file",
    "plan",
    "policy",
    "tools",
    "doctor/checks",
    "profile/keys.rs",
    "amplify/hjson.rs",
    "amplify/environment.rs",
    "amplify/repoint.rs",
    "setup",
    "serve/private_config.rs",
    "console/access.rs",
    "console/destination.rs",
    "console/hosts.rs",
    "console/portal.rs",
    "console/services.rs",
];
const IMPURE: [&str; 6] = ["std::fs", "std::io", "std::net", "std::process", "std::time", "crate::core::clock"];

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

/// The module of a file: `[plan, build]` for `plan/build.rs`, `[plan]` for `plan/mod.rs`.
fn path_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// The paths of a `use` tree.
fn leaves(tree: &str, prefix: &[String], found: &mut Vec<Vec<String>>) {
    let parts = |text: &str| -> Vec<String> {
        let text = text.split(" as ").next().unwrap();
        text.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let Some((head, list)) = tree.split_once('{') else {
        found.push([prefix, &parts(tree)].concat());
        return;
    };
    let prefix = [prefix, &parts(head)].concat();
    let list = &list[..list.rfind('}').unwrap_or(list.len())];
    let (mut depth, mut start) = (0, 0);
    for (at, c) in list.char_indices().chain([(list.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !list[start..at].trim().is_empty() {
                    leaves(&list[start..at], &prefix, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The paths that a file imports: its `use` statements, and `crate::…`, `super::…` in its code.
fn paths(text: &str) -> Vec<Vec<String>> {
    let (mut found, mut code) = (Vec::new(), String::new());
    let mut rest = text;
    while let Some(line) = rest.lines().next() {
        let statement = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        let statement = statement.trim_start_matches("pub ");
        if statement.starts_with("use ") {
            let end = rest.find(';').unwrap();
            let tree = &rest[rest.find("use ").unwrap() + 4..end];
            leaves(tree, &[], &mut found);
            rest = &rest[end + 1..];
            continue;
        }
        code.push_str(line);
        code.push('\n');
        rest = rest[line.len()..].strip_prefix('\n').unwrap_or_default();
    }
    for prefix in ["crate::", "super::"] {
        let is_import = |at: usize| begins_path(&code, at) && !code[..at].ends_with("pub(in ");
        for (at, _) in code.match_indices(prefix).filter(|(at, _)| is_import(*at)) {
            let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let path: String = code[at..].chars().take_while(|c| is_part(*c)).collect();
            found.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
        }
    }
    found
}

/// Whether a path begins at `at`, and the previous character is not part of one.
fn begins_path(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
}

/// `path` in the module `here`, relative to the crate's root.
fn absolute(here: &[String], path: &[String]) -> Vec<String> {
    match path.first().map(String::as_str) {
        Some("crate") => path[1..].to_vec(),
        Some("super") => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            [&here[..here.len().saturating_sub(ups)], &path[ups..]].concat()
        }
        // A child module, or an outside crate, which never has a module's name.
        _ => [here, path].concat(),
    }
}

/// Each file with its imports, without tests.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let is_module = |file: &str| !file.contains("tests") && !["lib.rs", "main.rs"].contains(&file);
    let sources: Vec<_> = sources().into_iter().filter(|(file, _)| is_module(file)).collect();
    let modules: BTreeMap<_, _> = sources.iter().map(|(file, _)| (path_of(file), file.clone())).collect();
    let uses = |(file, text): &(String, String)| {
        let here = path_of(file);
        let named = |child: &&Vec<String>| {
            let name = format!("{}::", child.last().unwrap());
            child.len() == here.len() + 1
                && child.starts_with(&here)
                && text.match_indices(&name).any(|(at, _)| begins_path(text, at))
        };
        let children = modules.keys().filter(named).cloned();
        let written = paths(text).into_iter().map(|path| absolute(&here, &path));
        let mut used: BTreeSet<_> = written
            .chain(children)
            .filter_map(|path| (1..=path.len()).rev().find_map(|length| modules.get(&path[..length])).cloned())
            .collect();
        used.remove(file);
        (file.clone(), used)
    };
    sources.iter().map(uses).collect()
}

/// The layer of a file of `cli`: 100 for `cli/mod.rs`, which is above all others.
fn cli_layer(file: &str) -> Option<usize> {
    let name = file.strip_prefix("cli/")?.split('/').next()?.trim_end_matches(".rs");
    let listed = CLI_LAYERS.iter().position(|layer| layer.contains(&name));
    Some(match name {
        "mod" => 100,
        "commands" => 50,
        _ => listed.unwrap_or(10),
    })
}

#[test]
fn imports_point_down() {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    for (file, used) in graph() {
        let from = module(&file);
        let own = match from {
            "cli" => LAYERS.len(),
            _ => layer(from).unwrap_or_else(|| panic!("{from} has no layer: add it to LAYERS")),
        };
        for other in used.iter().filter(|other| module(other) != from) {
            let theirs = layer(module(other)).unwrap_or_else(|| panic!("{file} imports {other}, which has no layer"));
            assert!(theirs < own, "{file} imports {other}, which is not below it");
        }
    }
}

#[test]
fn commands_import_only_lower_layers() {
    let command = |file: &str| {
        let name = file.strip_prefix("cli/commands/")?.split('/').next()?;
        Some(name.trim_end_matches(".rs").to_owned()).filter(|name| name != "mod")
    };
    for (file, used) in graph() {
        for other in used {
            let (Some(own), Some(theirs)) = (cli_layer(&file), cli_layer(&other)) else { continue };
            assert!(theirs <= own, "{file} imports {other}, which is not below it");
            if let (Some(one), Some(another)) = (command(&file), command(&other)) {
                assert_eq!(one, another, "{file} imports {other}");
            }
        }
    }
}

#[test]
fn files_do_not_import_their_parent() {
    for (file, used) in graph() {
        let path = path_of(&file);
        for other in used {
            let theirs = path_of(&other);
            assert!(theirs == path || !path.starts_with(&theirs), "{file} imports its parent {other}");
        }
    }
}

#[test]
fn imports_have_no_cycles() {
    let mut graph = graph();
    // Removes files without remaining imports or importers, because they cannot be in a cycle.
    loop {
        let before = graph.len();
        let left: BTreeSet<_> = graph.keys().cloned().collect();
        graph.retain(|_, used| used.iter().any(|other| left.contains(other)));
        let used: BTreeSet<_> = graph.values().flatten().cloned().collect();
        graph.retain(|file, _| used.contains(file));
        if graph.len() == before {
            break;
        }
    }
    assert!(graph.is_empty(), "in circles, or between two: {:#?}", graph.keys());
}

#[test]
fn external_crate_is_used_in_one_place() {
    for (file, text) in sources() {
        for (name, places) in ONE_PLACE {
            let named = text
                .match_indices(&format!("{name}::"))
                .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            let allowed = places.iter().any(|place| file == *place || file.starts_with(&format!("{place}/")));
            assert!(!named || allowed, "{file} names {name}, which belongs in {places:?}");
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
