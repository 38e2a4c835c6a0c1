//! What the documents say: commands run, errors exist word for word, links lead somewhere.

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

fn guide() -> String {
    fs::read_to_string(root().join("src/cli/manual/text/guide.txt")).unwrap()
}

/// A section of the guide, without its heading.
fn section(heading: &str) -> String {
    let text = format!("\n{}", guide());
    text.split(&format!("\n# {heading}\n")).nth(1).unwrap().split("\n# ").next().unwrap().to_owned()
}

/// The indented lines of a section of the guide, one text for each run of them.
fn indented(text: &str) -> Vec<String> {
    let parts = text.split("\n\n").filter(|part| part.starts_with("    ") || part.starts_with("\n    "));
    parts.map(|part| part.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")).collect()
}

#[test]
fn commands_of_readme_and_guide_succeed() {
    let text = readme();
    let of_readme = blocks(&text, "sh").into_iter().filter(|block| !block.starts_with("cargo ")).map(str::to_owned);
    let of_guide = ["RECIPES", "IAM"].map(|heading| indented(&section(heading))).concat();
    let of_guide = of_guide.into_iter().filter(|block| !block.starts_with("mfa_process"));
    let all: Vec<_> = of_readme.chain(of_guide).collect();
    assert!(all.len() >= 10, "{all:?}");
    for block in all {
        let run = Shown::new().run("sh", &format!("set -e\n{block}")).unwrap();
        assert_eq!(run.code, Some(0), "{block}: {run:#?}");
    }
}

#[test]
fn replacements_of_other_tools_commands_succeed() {
    let text = section("MOVING FROM OTHER TOOLS");
    let meanings = text.lines().filter_map(|line| line.strip_prefix("    "));
    let ours: Vec<_> =
        meanings.filter(|line| line.starts_with("amplify-creds ") || line.starts_with("eval ")).collect();
    assert!(ours.len() >= 8, "{ours:?}");
    for command in ours {
        let run = Shown::new().run("sh", &command.replace("CMD", "aws s3 ls")).unwrap();
        assert_eq!(run.code, Some(0), "{command}: {run:#?}");
    }
}

#[test]
fn mfa_process_of_each_password_manager_gives_credentials() {
    let lines = indented(&section("RECIPES")).into_iter().find(|block| block.starts_with("mfa_process")).unwrap();
    assert_eq!(lines.lines().count(), 3);
    for line in lines.lines() {
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

/// Every string of the program, with `…` for each value that is put in.
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
fn errors_of_the_guide_are_errors_of_the_program() {
    let mut known = Vec::new();
    messages(&root().join("src/cli"), &mut known);
    let text = section("TROUBLESHOOTING");
    let errors = text.split("\n## ").next().unwrap();
    let errors = errors.split("\n\n").nth(1).unwrap().lines().filter(|line| !line.starts_with("    "));
    let errors: Vec<_> = errors.map(|line| line.replace("...", "…")).collect();
    assert!(errors.len() >= 15, "{errors:?}");
    for first_line in errors {
        // A value may end the message or follow another.
        let plain = |message: &str| message.replace("……", "…").trim_end_matches('…').to_owned();
        assert!(known.iter().any(|message| plain(message) == plain(&first_line)), "nothing says: {first_line}");
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

/// As on the pages that show them: lower case, dashes for spaces, no punctuation.
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
