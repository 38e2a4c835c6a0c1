//! The documents: commands run, errors match the program, links are valid.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manual::Shown;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The blocks of a language, without their fences.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("\n```{language}\n");
    text.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

#[test]
fn commands_run_as_they_stand() {
    let text = readme();
    let shown: Vec<_> = blocks(&text, "sh").into_iter().filter(|block| !block.starts_with("cargo ")).collect();
    assert!(shown.len() >= 7, "{shown:?}");
    for block in shown {
        let run = Shown::new().run("sh", &format!("set -e\n{block}")).unwrap();
        assert_eq!(run.code, Some(0), "{block}: {run:#?}");
    }
    // The column "here". setup asks before it writes, and the test does not answer.
    let moving = text.split("\n## Moving over\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let here =
        moving.lines().filter_map(|line| line.split(" | ").nth(2)).flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let ours: Vec<_> = here.filter(|code| code.contains("amplify-creds ")).collect();
    assert!(ours.len() >= 8, "{ours:?}");
    for command in ours {
        let run = Shown::new().run("sh", &command.replace("CMD", "aws s3 ls")).unwrap();
        let expected = if command.contains("setup") { 4 } else { 0 };
        assert_eq!(run.code, Some(expected), "{command}: {run:#?}");
    }
}

#[test]
fn every_way_to_have_the_code_printed_gives_credentials() {
    let text = readme();
    let lines: Vec<_> =
        blocks(&text, "ini").into_iter().find(|block| block.starts_with("mfa_process")).unwrap().lines().collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        let shown = Shown::new();
        let config = fs::read_to_string(shown.home.path().join(".aws/config")).unwrap();
        shown.home.config(&config.replacen("[profile bizcorprole]\n", &format!("[profile bizcorprole]\n{line}\n"), 1));
        let program = line.split_whitespace().nth(2).unwrap();
        shown.tool(program, &format!("#!/bin/sh\necho {}\n", crate::fresh_code(&shown.sts)));
        let path = format!("{}/bin:/usr/bin:/bin", shown.home.path().display());
        let run = shown.home.run_with(&["process", "bizcorprole"], &[("PATH", &path)]);
        assert!(run.succeeded().starts_with("{\"Version\":1,"), "{line}");
    }
}

/// Every string of the program, with `…` for each inserted value.
fn messages(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            messages(&path, all);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().replace("\\\"", "'");
        for literal in text.split('"').skip(1) {
            let mut message = String::new();
            for (at, part) in literal.split('{').enumerate() {
                let rest = if at == 0 { part } else { part.split_once('}').map_or(part, |(_, rest)| rest) };
                if at > 0 && !message.ends_with('…') {
                    message.push('…');
                }
                message.push_str(rest);
            }
            all.push(message);
        }
    }
}

#[test]
fn every_error_of_the_troubleshooting_is_one_of_the_program() {
    let mut known = Vec::new();
    messages(&root().join("src/cli"), &mut known);
    let text = readme();
    let table = text.split("\n## Troubleshooting\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    let said: Vec<_> = rows.iter().filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(said.len(), rows.len(), "every row begins with an error: {rows:#?}");
    for first_line in said {
        // A value may end the message or be next to another value.
        let plain = |message: &str| message.replace("……", "…").trim_end_matches('…').to_owned();
        assert!(known.iter().any(|message| plain(message) == plain(first_line)), "nothing says: {first_line}");
    }
}

fn documents() -> Vec<PathBuf> {
    ["", "packaging", "packaging/release", "tests/interop"]
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

/// Like GitHub's anchors: lower case, dashes for spaces, no punctuation.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_to_what_is_there() {
    let documents = documents();
    assert!(documents.len() >= 6, "{documents:?}");
    let mut links = 0;
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.starts_with("https://") {
                continue;
            }
            links += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { document.clone() } else { document.parent().unwrap().join(path) };
            assert!(target.exists(), "{}: {link}", document.display());
            let is_known =
                anchor.is_empty() || anchors(&fs::read_to_string(&target).unwrap()).contains(&anchor.to_owned());
            assert!(is_known, "{}: {link}", document.display());
        }
    }
    assert!(links >= 5, "{links}");
}
