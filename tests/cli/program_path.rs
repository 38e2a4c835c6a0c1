//! The path of the program that `setup` and `doctor --fix` write, from the directories of package managers.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use test_support::{FakeSts, Finished, Terminal, TestHome, World, biz_corp as data};

use crate::{PROGRAM, add_config, json};

const MODULES: &str = "shop/node_modules/@amplify-creds/linux-x64/bin/amplify-creds";

/// The program in `relative`, in a directory of its own.
fn installed(relative: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join(relative);
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    fs::hard_link(PROGRAM, &program).or_else(|_| fs::copy(PROGRAM, &program).map(drop)).unwrap();
    (directory, program)
}

struct Story {
    _directory: TempDir,
    program: PathBuf,
    _sts: FakeSts,
    home: TestHome,
}

fn story(relative: &str) -> Story {
    let (directory, program) = installed(relative);
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::biz_corp(&program, &sts);
    add_config(&home, &format!("[profile nomfa]\nrole_arn = {}\nsource_profile = devcorpuser\n", data::NO_MFA_ROLE));
    Story { _directory: directory, program, _sts: sts, home }
}

impl Story {
    fn config(&self) -> String {
        fs::read_to_string(self.home.path().join(".aws/config")).unwrap()
    }

    fn copy(&self) -> PathBuf {
        self.home.path().join(".local/bin/amplify-creds")
    }

    #[track_caller]
    fn done(&self, args: &[&str]) -> Finished {
        let run = self.home.run(args);
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    }
}

fn with(program: &Path, home: &TestHome, args: &[&str]) -> Finished {
    Command::new(program).args(args).env_clear().envs(home.environment()).output().unwrap().into()
}

#[test]
fn program_of_a_project_is_copied_once() {
    let story = story(MODULES);
    let dry = story.done(&["setup", "nomfa", "--dry-run"]);
    assert!(dry.stderr.contains("this program would be copied to ~/.local/bin/amplify-creds"), "{dry:?}");
    assert!(!story.copy().exists());
    let run = story.done(&["setup", "nomfa", "--yes"]);
    assert!(run.stderr.contains("copied this program to ~/.local/bin/amplify-creds\n"), "{run:?}");
    let command = format!("credential_process = {} process nomfa\n", story.copy().display());
    assert!(story.config().contains(&command), "{}", story.config());
    assert_eq!(fs::metadata(story.copy()).unwrap().mode() & 0o111, 0o111);
    with(&story.copy(), &story.home, &["process", "nomfa"]).succeeded();
    let again = story.done(&["setup", "nomfa", "--yes"]);
    assert!(!again.stderr.contains("copied"), "{again:?}");
}

#[test]
fn copy_of_another_build_is_replaced() {
    let story = story(MODULES);
    story.done(&["setup", "nomfa", "--yes"]);
    // Bytes after the end of an executable are ignored.
    let newer = [fs::read(PROGRAM).unwrap(), b"newer".to_vec()].concat();
    fs::remove_file(&story.program).unwrap();
    story.home.write_program("newer", &newer);
    fs::rename(story.home.path().join("newer"), &story.program)
        .or_else(|_| fs::copy(story.home.path().join("newer"), &story.program).map(drop))
        .unwrap();
    let run = story.done(&["setup", "nomfa", "--yes"]);
    assert!(run.stderr.contains("copied this program to") && run.stderr.contains("is set up already"), "{run:?}");
    assert_eq!(fs::read(story.copy()).unwrap(), newer);
}

#[test]
fn file_that_is_not_our_copy_is_kept() {
    for is_link in [false, true] {
        let story = story(MODULES);
        let before = story.config();
        fs::create_dir_all(story.copy().parent().unwrap()).unwrap();
        if is_link {
            symlink("/nonexistent/pipx/venvs/amplify-creds/bin/amplify-creds", story.copy()).unwrap();
        } else {
            fs::write(story.copy(), "of another installer").unwrap();
        }
        let run = story.home.run(&["setup", "nomfa", "--yes"]);
        run.failed_with(3);
        assert!(run.stderr.contains("~/.local/bin/amplify-creds exists and is not a copy of this program"), "{run:?}");
        assert_eq!(story.config(), before);
        let there = fs::symlink_metadata(story.copy()).unwrap();
        assert!(there.is_symlink() == is_link && there.len() < 100);
    }
}

#[test]
fn file_that_appears_during_the_prompt_is_kept() {
    let story = story(MODULES);
    let before = story.config();
    let mut terminal = Terminal::start(&story.home, "setup nomfa", "</dev/null");
    terminal.expect("for the profile? [Y/n] ");
    terminal.type_line("y");
    terminal.expect("Write this? [Y/n] ");
    story.home.write(".local/bin/amplify-creds", "of another installer");
    terminal.type_line("y");
    let run = terminal.finish().1.restored();
    assert!(run.code == Some(3) && run.stderr.contains("exists and is not a copy of this program"), "{run:?}");
    assert_eq!(fs::read_to_string(story.copy()).unwrap(), "of another installer");
    assert_eq!(story.config(), before);
}

#[test]
fn missing_or_unusable_copy_is_written_again() {
    for is_there in [false, true] {
        for command in [&["setup", "nomfa", "--yes"][..], &["doctor", "--fix", "--yes"]] {
            let story = story(MODULES);
            story.done(&["setup", "nomfa", "--yes"]);
            if is_there {
                fs::set_permissions(story.copy(), Permissions::from_mode(0o600)).unwrap();
            } else {
                fs::remove_file(story.copy()).unwrap();
            }
            // Nothing is written without an agreement.
            let unasked = story.home.run(&command[..command.len() - 1]);
            assert!(unasked.code == Some(4) && !unasked.stderr.contains("copied"), "{unasked:?}");
            let run = story.home.run(command);
            assert!(run.stderr.contains("copied this program to ~/.local/bin/amplify-creds"), "{command:?} {run:?}");
            assert_eq!(fs::metadata(story.copy()).unwrap().mode() & 0o100, 0o100);
        }
    }
}

#[test]
fn path_in_a_cache_is_refused() {
    for (place, hint) in [
        (".npm/_npx/0b8a31ae/node_modules/@amplify-creds/linux-x64/bin", "npm install --global amplify-creds"),
        (".cache/pipx/1f2e/bin", "pipx install amplify-creds"),
        (".cache/uv/archive-v0/a1b2/bin", "uv tool install amplify-creds"),
        (".cache/pnpm/dlx/1/2/node_modules/x/bin", "pnpm add --global amplify-creds"),
    ] {
        let story = story(&format!("{place}/amplify-creds"));
        add_config(&story.home, "[profile old]\ncredential_process = /no/such/amplify-creds process nomfa\n");
        let before = story.config();
        let run = story.home.run(&["setup", "nomfa", "--yes"]);
        run.failed_with(3);
        assert!(run.stderr.contains(&format!("hint: install it: {hint}")), "{run:?}");
        let run = story.home.run(&["doctor", "--fix", "--yes"]);
        assert!(run.stderr.contains("paths of wrappers are not fixed: this program is in"), "{run:?}");
        assert_eq!(story.config(), before);
        assert!(!story.copy().exists());
    }
}

#[test]
fn copy_is_refused_or_accepted_at_the_terminal() {
    for (answer, expected) in
        [("y", ".local/bin/amplify-creds process nomfa"), ("n", "linux-x64/bin/amplify-creds process")]
    {
        let story = story(MODULES);
        let mut terminal = Terminal::start(&story.home, "setup nomfa", "</dev/null");
        terminal.expect("This program is in a project's node_modules, which the next update may remove.");
        terminal.expect("Copy it to ~/.local/bin/amplify-creds for the profile? [Y/n] ");
        terminal.type_line(answer);
        terminal.expect("Write this? [Y/n] ");
        assert!(!story.copy().exists(), "not before the confirmation");
        terminal.type_line("");
        assert_eq!(terminal.finish().1.restored().code, Some(0));
        assert!(story.config().contains(expected), "{}", story.config());
        assert_eq!(story.copy().exists(), answer == "y");
    }
}

#[test]
fn program_of_a_virtual_environment_is_copied() {
    let story = story("shop/.venv/bin/amplify-creds");
    let environment = story.program.parent().unwrap().parent().unwrap();
    fs::write(environment.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
    let run = story.done(&["setup", "nomfa", "--yes"]);
    assert!(run.stderr.contains("copied this program to ~/.local/bin/amplify-creds"), "{run:?}");
}

#[test]
fn doctor_replaces_paths_that_are_missing_older_or_short_lived() {
    let (directory, program) = installed("bin/amplify-creds");
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::biz_corp(&program, &sts);
    let older = home.write_program("old/amplify-creds", "#!/bin/sh\necho 'amplify-creds 0.0.9 (x)'\n");
    let same = home.write_program("same/amplify-creds", "#!/bin/sh\necho 'amplify-creds 99.0.0'\n");
    let modules = home.write_program("node_modules/amplify-creds", "#!/bin/sh\n");
    let wrapper = |name: &str, program: &Path| {
        format!(
            "[profile {name}]\ncredential_process = {} process bizcorprole --min-ttl 20m\nregion = us-east-1\n",
            program.display()
        )
    };
    let wrappers = [
        wrapper("gone", Path::new("/no/such/amplify-creds")),
        wrapper("older", &older),
        wrapper("newer", &same),
        wrapper("project", &modules),
    ];
    add_config(&home, &wrappers.concat());
    home.credentials(&format!(
        "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    ));
    fs::set_permissions(home.path().join(".aws/credentials"), Permissions::from_mode(0o600)).unwrap();
    let found = |code: &str| {
        let document = json(&home.run(&["doctor", "--json"]).stdout);
        let findings = document["findings"].as_array().unwrap().clone();
        let of_code = findings.into_iter().filter(|finding| finding["code"] == code);
        of_code.map(|finding| finding["profile"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let codes = ["process_missing", "process_older", "process_short_lived"];
    assert_eq!(codes.map(found), [vec!["gone"], vec!["older"], vec!["project"]]);
    let run = home.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(codes.map(found), [const { Vec::<String>::new() }; 3]);
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    let new = format!("credential_process = {} process bizcorprole --min-ttl 20m\n", program.display());
    assert_eq!(config.matches(&new).count(), 3, "{config}");
    assert!(config.contains(&wrappers[2]), "{config}");
    drop(directory);
}

#[test]
fn doctor_keeps_the_commands_of_other_programs_and_of_each_file() {
    let (_directory, program) = installed("bin/amplify-creds");
    let home = TestHome::new(&program);
    let other = "[profile w]\ncredential_process = /usr/bin/env other-tool\nregion = us-east-1\n";
    home.config(&format!("{other}[profile x]\ncredential_process = /no/amplify-creds process r\n"));
    home.credentials(
        "[w]\ncredential_process = /no/amplify-creds process r --min-ttl 30m\n[x]\n\
         credential_process = /no/amplify-creds process s\n",
    );
    home.run(&["doctor", "--fix", "--yes"]);
    let read = |name: &str| fs::read_to_string(home.path().join(name)).unwrap();
    let shown = program.display();
    assert_eq!(read(".aws/config"), format!("{other}[profile x]\ncredential_process = {shown} process r\n"));
    let expected = format!(
        "[w]\ncredential_process = {shown} process r --min-ttl 30m\n[x]\ncredential_process = {shown} process s\n"
    );
    assert_eq!(read(".aws/credentials"), expected);
}
