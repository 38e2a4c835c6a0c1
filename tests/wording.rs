//! Rejects words and phrases that readers had to read twice, in everything that a person reads.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// A word or phrase, and what to write instead. Compared in lower case, between word boundaries.
const REJECTED: [(&str, &str); 37] = [
    ("owns what", "what it does"),
    ("refuses to", "does not, rejects"),
    ("mend", "fix, repair"),
    ("mends", "fixes, repairs"),
    ("mended", "fixed, repaired"),
    ("whoever", "the user, the caller, the process"),
    ("is told", "is reported, is printed"),
    ("are told", "are reported, are printed"),
    ("tells of", "reports"),
    ("is told of", "is reported"),
    ("anew", "again"),
    ("nobody", "no user, no process"),
    ("somebody", "a user, a process"),
    ("anybody", "any user, any process"),
    ("beside it", "next to it, missing"),
    ("slip", "typo"),
    ("told", "reported, printed"),
    ("stand", "be, follow"),
    ("stands", "is, follows"),
    ("lies", "is"),
    ("lies in", "is in"),
    ("believe", "trust"),
    ("believed", "trusted"),
    ("stands beside", "is next to"),
    ("stands behind", "follows"),
    ("stands twice", "is duplicated"),
    ("is over", "has expired"),
    ("are over", "have expired"),
    ("ails", "fails"),
    ("whose the credentials are", "the caller identity"),
    ("that there is", "existing"),
    ("no profile that", "not a profile that"),
    ("is no profile", "is not a profile"),
    ("is no file", "is not a file"),
    ("takes the place of", "replaces"),
    ("hands on", "passes on"),
    ("spent on", "used for"),
];

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all: Vec<_> =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].iter().map(|name| root.join(name)).collect();
    let mut folders = vec![root.join("src"), root.join("man")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "svg") {
                all.push(path);
            }
        }
    }
    all
}

/// Whether `line` has the phrase, and no letter on either side of it.
fn has(line: &str, phrase: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(phrase).any(|(at, _)| {
        !is_letter(line[..at].chars().next_back()) && !is_letter(line[at + phrase.len()..].chars().next())
    })
}

#[test]
fn rejected_words_are_not_used() {
    let mut found = Vec::new();
    for file in files() {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.to_lowercase();
            for (phrase, instead) in REJECTED.iter().filter(|(phrase, _)| has(&line, phrase)) {
                found.push(format!("{}:{number}: \"{phrase}\" (write: {instead})", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn phrase_is_found_between_word_boundaries() {
    assert!(has("it is told that", "is told") && has("anew", "anew"));
    assert!(!has("renewed anewer", "anew") && !has("this toldo", "is told"));
}
