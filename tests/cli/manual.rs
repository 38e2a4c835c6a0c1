//! Help and manual: no line is too wide, nothing is left out, and every example does what it says.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use amplify_creds::cli::manual::pages;
use test_support::{Finished, Terminal, TestHome};

use crate::{PROGRAM, fresh_code, without_mfa};

/// Commands and topics that `help` knows.
fn helped() -> Vec<String> {
    let verbs = pages().into_iter().filter(|page| page.section == 1).filter_map(|page| {
        let verb = page.name.strip_prefix("amplify-creds-")?.to_owned();
        Some(verb)
    });
    let topics = ["exit-codes", "environment", "config", "process", "findings"].map(str::to_owned);
    verbs.chain(topics).collect()
}

fn source(relative: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)).unwrap()
}

#[test]
fn no_line_of_help_is_wider_than_80_columns() {
    let home = TestHome::new(PROGRAM);
    let mut all = vec![home.run(&["help"]), home.run(&["--help"]), home.run(&["-h"])];
    for name in helped() {
        all.push(home.run(&["help", &name]));
        all.extend((name != "environment").then(|| home.run(&[&name, "--help"])).filter(|run| run.code == Some(0)));
    }
    for run in all {
        for line in run.succeeded().lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn every_help_has_examples() {
    let home = TestHome::new(PROGRAM);
    for page in pages().iter().filter(|page| page.section == 1) {
        let verb = page.name.strip_prefix("amplify-creds-");
        let args: Vec<_> = verb.into_iter().chain(["--help"]).collect();
        let run = home.run(&args);
        assert!(run.succeeded().contains("\nExamples:\n  "), "{args:?}");
    }
}

#[test]
fn every_variable_of_the_program_is_in_help_environment() {
    let text = TestHome::new(PROGRAM).run(&["help", "environment"]).stdout;
    let told: BTreeSet<_> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let code = source("src/env.rs");
    let names: Vec<_> = code.split("pub const ").skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
    assert!(names.len() > 60, "{names:?}");
    for name in names {
        assert!(told.contains(name), "{name} is not in help environment");
    }
}

/// The keys that `doctor` knows, as far as a reader of profiles names them: those are the ones that this program reads.
#[test]
fn every_key_that_is_read_is_in_help_config() {
    let text = TestHome::new(PROGRAM).run(&["help", "config"]).stdout;
    let told: BTreeSet<_> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let known = source("src/doctor/checks/values.rs");
    let known = known.split("const KNOWN").nth(1).unwrap().split("];").next().unwrap();
    let mut readers = String::new();
    for folder in ["src/plan", "src/profile", "src/source"] {
        let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
        for file in folder.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            let text = fs::read_to_string(file).unwrap();
            readers.push_str(text.split("#[cfg(test)]\nmod tests").next().unwrap());
        }
    }
    let read: Vec<_> =
        known.split('"').skip(1).step_by(2).filter(|key| readers.contains(&format!("\"{key}\""))).collect();
    assert!(read.len() > 35, "{read:?}");
    // The Amplify CLI's spellings of three of them.
    let spellings = ["accesskeyid", "secretaccesskey", "sessiontoken"];
    for key in read.into_iter().filter(|key| !spellings.contains(key)) {
        assert!(told.contains(key), "{key} is not in help config");
    }
    let settings = source("src/settings.rs");
    let keys = settings.split("const KEYS").nth(1).unwrap().split("];").next().unwrap().to_owned();
    for key in keys.split('"').skip(1).step_by(2) {
        assert!(told.contains(key), "{key} is not in help config");
    }
}

#[test]
fn man_prints_the_source_of_a_page_where_nobody_looks() {
    let home = TestHome::new(PROGRAM);
    for (args, name) in [
        (&["man"][..], "AMPLIFY\\-CREDS 1"),
        (&["man", "env"], "AMPLIFY\\-CREDS\\-ENV 1"),
        (&["man", "amplify-creds-env"], "AMPLIFY\\-CREDS\\-ENV 1"),
        (&["man", "config"], "AMPLIFY\\-CREDS\\-CONFIG 5"),
    ] {
        let run = home.run(args);
        assert!(run.succeeded().starts_with(&format!(".TH {name} ")), "{args:?}");
    }
    let run = home.run(&["man", "nosuch"]);
    assert_eq!(run.failed_with(2).first_error_line(), "amplify-creds: there is no manual page on nosuch");
}

#[test]
fn man_shows_a_page_by_man_or_as_text() {
    let home = TestHome::new(PROGRAM);
    // Without a `man` the page is text. The other one says what it was given, and is given a file that goes again.
    for (man, expected) in [
        (None, "amplify-creds-env - print credentials"),
        (Some("#!/bin/sh\nread -r first <\"$1\"; echo \"it shows $first\"\n"), "it shows .TH AMPLIFY"),
    ] {
        if let Some(script) = man {
            let path = home.write("bin/man", script);
            fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        } else {
            fs::create_dir_all(home.path().join("bin")).unwrap();
        }
        let tmp = home.path().join("tmp");
        fs::create_dir_all(&tmp).unwrap();
        let script = format!(
            "PATH={}/bin TMPDIR={} \"$PROGRAM\" man env 2>\"$FILES/stderr\"",
            home.path().display(),
            tmp.display()
        );
        let mut terminal = Terminal::script(&home, &script);
        terminal.expect(expected);
        let (_, left) = terminal.finish();
        assert_eq!(left.run.code, Some(0), "{left:?}");
        assert_eq!(fs::read_dir(&tmp).unwrap().count(), 0, "the file is still there");
    }
}

/// The lines of a page's EXAMPLES that are commands, without what is said beside them.
fn examples(page: &str) -> Vec<String> {
    let Some(section) = page.split(".SH EXAMPLES\n").nth(1) else { return Vec::new() };
    let section = section.split("\n.SH ").next().unwrap();
    let mut commands: Vec<String> = Vec::new();
    for line in section.lines().filter(|line| !line.starts_with('.')) {
        let line = line.replace("\\-", "-").replace("\\(aq", "'").replace("\\(ti", "~").replace("\\e", "\\");
        match commands.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => {
                last.pop();
                last.push_str(line.trim_start());
            }
            None => commands.push(line),
        }
    }
    let commands = commands.into_iter().filter(|line| line.contains("amplify-creds ") && !line.contains(" = "));
    commands.map(|line| line.split("  ").next().unwrap().trim_end().to_owned()).collect()
}

/// What an example that is not for a POSIX shell is for.
fn shell_of(example: &str) -> &'static str {
    match example {
        _ if example.ends_with("| source") => "fish",
        _ if example.ends_with("load-env") => "nu",
        _ if example.starts_with("eval (") => "elvish",
        _ if example.contains("<(amplify-creds completions zsh)") => "zsh",
        _ if example.contains("<(") => "bash",
        _ => "sh",
    }
}

/// A home in which the names of the examples mean something: roles, other people's programs, an Amplify project.
fn world() -> (test_support::FakeSts, TestHome, PathBuf) {
    let (sts, home) = without_mfa();
    for name in ["dev", "stage", "prod"] {
        crate::add_config(
            &home,
            &format!(
                "[profile {name}]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n"
            ),
        );
    }
    crate::add_config(&home, "[default]\nregion = us-east-1\n");
    let bin = home.path().join("bin");
    for (name, script) in [
        ("aws", "exit 0"),
        ("npx", "exit 0"),
        ("jq", "cat >/dev/null"),
        ("three-hours.sh", "exit 0"),
        ("pinentry", "exit 1"),
    ] {
        let path = home.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    std::os::unix::fs::symlink(PROGRAM, bin.join("amplify-creds")).unwrap();
    home.write("project/three-hours.sh", "#!/bin/sh\n");
    let script = home.path().join("project/three-hours.sh");
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    home.write("project/amplify/.config/local-env-info.json", r#"{"projectPath":"","envName":"dev"}"#);
    home.write(
        "project/amplify/.config/local-aws-info.json",
        r#"{"dev":{"configLevel":"project","useProfile":true,"profileName":"bizcorprole"},
            "prod":{"configLevel":"project","useProfile":true,"profileName":"prod"}}"#,
    );
    home.write("project/amplify/.config/project-config.json", "{}");
    home.write("project/amplify/team-provider-info.json", "{}");
    fs::create_dir_all(home.path().join(".local/share/bash-completion/completions")).unwrap();
    (sts, home, bin)
}

/// Examples that ask before they write; nobody answers here.
const ASK: [&str; 4] = [
    "amplify-creds setup",
    "amplify-creds setup bizcorprole",
    "amplify-creds setup bizcorprole --in-place --project",
    "amplify-creds doctor --fix",
];

#[test]
fn every_example_runs() {
    let (mut ran, mut wrong) = (0, Vec::new());
    for page in pages() {
        for example in examples(&page.roff()) {
            let shell = shell_of(&example);
            let Ok(path) = which(shell) else {
                eprintln!("{shell} is not installed: {example}");
                continue;
            };
            let (sts, home, bin) = world();
            let code = fresh_code(&sts);
            let line = example.replace("123456", &code).replace("AKIA...", test_support::biz_corp::ACCESS_KEY_ID);
            if line.contains("setup --name") {
                home.config("");
                if line.contains("--access-key-id") {
                    home.credentials("");
                }
            }
            let line = if shell == "zsh" { format!("autoload -U compinit; compinit -D; {line}") } else { line };
            let output = Command::new(path)
                .arg("-c")
                .arg(&line)
                .env_clear()
                .envs(home.environment())
                .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
                .env("SHELL", "/bin/sh")
                .env("SECRET", test_support::biz_corp::SECRET_ACCESS_KEY)
                .env("GITHUB_ENV", home.path().join("github-env"))
                .envs((!line.contains(&code)).then_some(("AMPLIFY_CREDS_MFA_TOKEN", &code)))
                .current_dir(home.path().join("project"))
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let run = Finished::from(output);
            let expected = if ASK.contains(&line.as_str()) { 4 } else { 0 };
            ran += 1;
            if run.code != Some(expected) {
                wrong.push(format!("{}: {line}: {run:#?}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran > 50, "{ran}");
}

fn which(program: &str) -> Result<PathBuf, String> {
    let places = ["/usr/local/bin", "/usr/bin", "/bin"].map(|dir| Path::new(dir).join(program));
    places.into_iter().find(|path| path.exists()).ok_or_else(|| program.to_owned())
}
