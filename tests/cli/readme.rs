//! README and guide: commands succeed, the transcript is real, errors exist word for word, links have a target.
//! `BLESS=1 cargo test --test cli readme` rewrites the transcript in the README.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use test_support::{FakeSts, Terminal, TestHome, World, biz_corp};

use crate::manual::Shown;
use crate::{PROGRAM, biz_corp as biz_corp_home, fresh_code};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

fn guide() -> String {
    fs::read_to_string(root().join("man/guide.md")).unwrap()
}

/// The text of a chapter of the guide, without its heading.
fn chapter(name: &str) -> String {
    let guide = guide();
    let text = guide.split(&format!("\n## {name}\n")).nth(1).unwrap();
    text.split("\n## ").next().unwrap().to_owned()
}

/// The blocks of a language, without their fences.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("\n```{language}\n");
    text.split(fence.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

#[test]
fn commands_of_readme_and_guide_succeed() {
    let (readme, guide) = (readme(), guide());
    // The tests of packaging install the program.
    let is_ours = |block: &&str| !["cargo ", "npm "].iter().any(|installer| block.starts_with(installer));
    let shown: Vec<_> = [&readme, &guide].into_iter().flat_map(|text| blocks(text, "sh")).filter(is_ours).collect();
    assert!(shown.len() >= 11, "{shown:?}");
    for block in shown {
        let setup = match () {
            () if block.contains("bizcorprole-amplify") => Some("amplify-creds setup bizcorprole --yes\n"),
            () if block.contains("bizcorprole-agent") => Some("amplify-creds setup bizcorprole --for-agent --yes\n"),
            () => None,
        };
        // The block about acreds has an example that needs a terminal.
        let block = block.replace("acreds    ", "# acreds  ");
        // Without a terminal, flags answer the questions.
        let flags = "invitation.json --source-profile devcorpuser --name invited --yes";
        let block = block.replace("--from invitation.json", &format!("--from {flags}"));
        let shell = if block.contains("init bash") { "bash" } else { "sh" };
        let run = Shown::new().run(shell, &format!("set -e\n{}{block}", setup.unwrap_or_default())).unwrap();
        assert_eq!(run.code, Some(0), "{block}: {run:#?}");
    }
}

#[test]
fn code_in_guide_fits_80_columns() {
    // The man page indents code by 11 columns. The line with a policy cannot be shorter.
    let guide = guide();
    let code = guide.split("```").skip(1).step_by(2).flat_map(str::lines);
    let wide: Vec<_> = code.filter(|line| line.chars().count() > 69 && !line.contains("/usr/local/bin/")).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

/// What is between backticks.
fn code_spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn replacements_of_other_tools_commands_succeed() {
    let moving = chapter("Moving from other tools");
    let ours: Vec<_> = code_spans(&moving).into_iter().filter(|code| code.contains("amplify-creds ")).collect();
    assert!(ours.len() >= 12, "{ours:?}");
    for command in ours {
        let run = Shown::new().run("bash", &command.replace("CMD", "aws s3 ls")).unwrap();
        // These ask before they write, and cannot ask here.
        let asks = ["setup", "keys import"].iter().any(|verb| command.contains(verb));
        let expected = if asks { 4 } else { 0 };
        assert_eq!(run.code, Some(expected), "{command}: {run:#?}");
    }
}

#[test]
fn profiles_of_setup_by_hand_give_credentials() {
    let (sts, home) = biz_corp_home();
    let setup = chapter("Setup");
    let [config, credentials] = blocks(&setup, "ini")[..] else { panic!("{setup}") };
    home.config(&config.replace("/usr/local/bin/amplify-creds", PROGRAM));
    let keys = credentials.replace("AKIA...", biz_corp::ACCESS_KEY_ID);
    home.credentials(&keys.replace("= ...", &format!("= {}", biz_corp::SECRET_ACCESS_KEY)));
    let run = home.run(&["process", "biz", "--mfa-token", &fresh_code(&sts)]);
    assert!(run.succeeded().contains("\"AccountId\":\"222222222222\""), "{run:?}");
}

/// How each question of `setup` begins and ends, and what is typed.
const ANSWERS: [(&str, &str, &str); 10] = [
    ("Role ARN", ": ", biz_corp::BIZ_CORP_ROLE),
    ("Source profile", ": ", "devcorpuser"),
    ("Access key", ": ", biz_corp::ACCESS_KEY_ID),
    ("Secret access key", ": ", biz_corp::SECRET_ACCESS_KEY),
    ("External", ": ", biz_corp::EXTERNAL_ID),
    ("MFA device", ": ", biz_corp::MFA_SERIAL),
    ("Region", ": ", "us-east-1"),
    ("Name of", ": ", ""),
    ("Write this?", "] ", "y"),
    ("Log in now", "] ", "n"),
];

#[test]
fn transcript_of_setup_is_what_appears() {
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::new(PROGRAM).calling(&sts);
    let bin = home.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(PROGRAM, bin.join("amplify-creds")).unwrap();
    let script = format!("export PATH=\"{}:$PATH\"\nexport NO_COLOR=1\nstty echo\namplify-creds setup", bin.display());
    let mut terminal = Terminal::script(&home, &script);
    let mut screen = "$ amplify-creds setup\n".to_owned();
    for (beginning, end, answer) in ANSWERS {
        for text in [beginning, end] {
            screen.push_str(&terminal.expect(text));
            screen.push_str(text);
        }
        terminal.type_line(answer);
    }
    let (after, left) = terminal.finish();
    assert_eq!(left.run.code, Some(0), "{left:?}");
    let screen = (screen + &after).replace('\r', "").replace(&bin.display().to_string(), "/usr/local/bin");
    let screen = screen.trim_end();
    let readme = readme();
    let transcripts = blocks(&readme, "console");
    let [shown] = transcripts[..] else { panic!("{transcripts:?}") };
    if std::env::var_os("BLESS").is_some() {
        fs::write(root().join("README.md"), readme.replacen(shown, screen, 1)).unwrap();
    } else {
        assert_eq!(shown, screen, "not what appears: BLESS=1 cargo test --test cli readme");
    }
}

#[test]
fn mfa_process_of_each_password_manager_gives_credentials() {
    let text = guide();
    let lines: Vec<_> =
        blocks(&text, "ini").into_iter().find(|block| block.starts_with("mfa_process")).unwrap().lines().collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        let shown = Shown::new();
        let config = fs::read_to_string(shown.home.path().join(".aws/config")).unwrap();
        shown.home.config(&config.replacen("[profile bizcorprole]\n", &format!("[profile bizcorprole]\n{line}\n"), 1));
        let program = line.split_whitespace().nth(2).unwrap();
        shown.tool(program, &format!("#!/bin/sh\necho {}\n", fresh_code(&shown.sts)));
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
fn errors_of_the_guide_are_errors_of_the_program() {
    let mut known = Vec::new();
    messages(&root().join("src"), &mut known);
    let table = chapter("Troubleshooting");
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("- ")).collect();
    assert!(rows.len() >= 15, "{rows:#?}");
    let said: Vec<_> = rows.iter().filter_map(|row| row.strip_prefix("- `")?.strip_suffix('`')).collect();
    assert_eq!(said.len(), rows.len(), "every row begins with an error: {rows:#?}");
    for first_line in said {
        // A value may end the message or be next to another value.
        let plain = |message: &str| message.replace("……", "…").trim_end_matches('…').to_owned();
        assert!(known.iter().any(|message| plain(message) == plain(first_line)), "nothing says: {first_line}");
    }
}

fn documents() -> Vec<PathBuf> {
    ["", "man", "packaging", "packaging/release", "tests/interop"]
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
fn document_links_have_existing_targets() {
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
