//! Help, version and usage.

use test_support::TestHome;

use crate::PROGRAM;

#[test]
fn help_and_version_go_to_stdout() {
    let home = TestHome::new(PROGRAM);
    assert_eq!(home.run(&["--version"]).succeeded(), concat!("amplify-creds ", env!("CARGO_PKG_VERSION"), "\n"));
    for args in [
        &["--help"][..],
        &["help"],
        &["help", "process"],
        &["process", "--help"],
        &["help", "exit-codes"],
        &["help", "env"],
        &["help", "exec"],
        &["help", "findings"],
        &["doctor", "--help"],
    ] {
        let run = home.run(args);
        let text = run.succeeded();
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{args:?}: {line}");
        }
    }
    assert!(home.run(&["process", "--help"]).succeeded().contains("Examples:"));
}

#[test]
fn every_exit_status_of_the_design_is_listed() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&["help", "exit-codes"]);
    for status in [0, 1, 2, 3, 4, 5, 6, 7, 125, 126, 127, 130] {
        let listed = run.succeeded().lines().any(|line| line.trim_start().starts_with(&format!("{status} ")));
        assert!(listed, "{status}: {}", run.stdout);
    }
}

#[test]
fn wrong_usage_exits_2_and_prints_nothing_on_stdout() {
    let home = TestHome::new(PROGRAM);
    for args in [
        &[][..],
        &["frobnicate"],
        &["process", "--frobnicate"],
        &["process", "a", "b"],
        &["process", "--min-ttl", "soon"],
        &["process", "--duration", "5m", "x"],
        &["list", "--properties"],
        &["help", "nosuch"],
        &["-q", "-v", "list"],
    ] {
        let run = home.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?} {run:?}");
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn completions_are_printed_for_each_shell() {
    let home = TestHome::new(PROGRAM);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish", "nu"] {
        assert!(home.run(&["completions", shell]).succeeded().contains("amplify-creds"), "{shell}");
    }
}

#[test]
fn without_a_command_the_help_is_shown_as_it_is() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&[]);
    let help = home.run(&["-h"]).stdout;
    assert_eq!(run.failed_with(2).stderr, format!("amplify-creds: no command given\n\n{help}"));
    assert_eq!(run.stdout, "");
}
