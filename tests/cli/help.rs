//! Help, version and usage.

use test_support::TestHome;

use crate::PROGRAM;

#[test]
fn help_and_version_go_to_stdout() {
    let home = TestHome::new(PROGRAM);
    let version = home.run(&["--version"]);
    let target = version.succeeded().strip_prefix(concat!("amplify-creds ", env!("CARGO_PKG_VERSION"), " ("));
    assert!(
        target.is_some_and(|target| target.starts_with(std::env::consts::ARCH) && target.ends_with(")\n")),
        "{version:?}"
    );
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
fn help_exit_codes_lists_every_status() {
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

/// Every command that help shows, with the words before it.
const COMMANDS: [&[&str]; 31] = [
    &["process"],
    &["env"],
    &["exec"],
    &["console"],
    &["login"],
    &["whoami"],
    &["list"],
    &["explain"],
    &["sessions"],
    &["audit"],
    &["doctor"],
    &["check"],
    &["setup"],
    &["init"],
    &["policy"],
    &["policy", "trust"],
    &["policy", "caller"],
    &["policy", "mfa"],
    &["policy", "invite"],
    &["policy", "amplify"],
    &["policy", "boundary"],
    &["boundary"],
    &["boundary", "show"],
    &["boundary", "set"],
    &["boundary", "clear"],
    &["reset-cache"],
    &["completions"],
    &["man"],
    &["help"],
    &["export"],
    &["aws", "reset-cache"],
];

/// The lines that begin a group of commands or options.
fn headings(help: &str) -> Vec<&str> {
    let is_heading = |line: &&str| line.ends_with(':') && !line.contains(' ') || *line == "Global options:";
    help.lines().take_while(|line| *line != "Examples:").filter(is_heading).collect()
}

#[test]
fn program_help_fits_a_screen_and_groups_the_commands() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&["--help"]);
    let help = run.succeeded();
    assert!(help.lines().count() <= 60, "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    assert_eq!(home.run(&["-h"]).stdout, help);
    let groups = [
        ("Get credentials:", &["process", "env", "exec", "console", "broker"][..]),
        ("Sign in:", &["login", "logout", "whoami"]),
        ("Understand:", &["list", "explain", "sessions", "audit", "doctor", "check"]),
        ("Set up:", &["setup", "keys", "init"]),
        ("AWS side:", &["policy", "boundary"]),
        ("Maintenance:", &["reset-cache", "completions", "man", "help"]),
    ];
    let mut lines = help.lines().skip_while(|line| *line != "Get credentials:");
    for (group, commands) in groups {
        assert_eq!(lines.next(), Some(group));
        for command in commands {
            let (name, about) = lines.next().unwrap().trim_start().split_once("  ").unwrap();
            assert_eq!(name, *command);
            assert!(about.trim().chars().count() < 60, "{about}");
            let own = home.run(&[command, "-h"]).stdout;
            assert_eq!(own.lines().next(), Some(about.trim()), "{command}");
        }
        assert_eq!(lines.next(), Some(""));
    }
    assert_eq!(lines.next(), Some("Global options:"));
    let policy = home.run(&["policy", "-h"]).stdout;
    for option in policy.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--"))) {
        assert!(help.contains(option.trim_end_matches("...")), "{option}");
    }
    assert!(help.contains("--dialect"));
    let examples = help.split("\nExamples:\n").nth(1).unwrap();
    assert_eq!(examples.lines().count(), 3);
}

#[test]
fn command_help_fits_a_screen_with_grouped_options() {
    let home = TestHome::new(PROGRAM);
    let rare = ["--dialect", "--source-identity", "--provided-context", "--lock-timeout"];
    let order = ["Session:", "Files:", "Prompting:", "Global options:"];
    for command in COMMANDS {
        let (short, long) = (home.run(&[command, &["-h"]].concat()), home.run(&[command, &["--help"]].concat()));
        let (short, long) = (short.succeeded(), long.succeeded());
        assert!(short.lines().count() <= 40, "{command:?}: {short}");
        for line in short.lines().chain(long.lines()) {
            assert!(line.chars().count() <= 80, "{command:?}: {line}");
        }
        assert!(rare.iter().all(|option| !short.contains(option)), "{command:?}: {short}");
        for help in [short, long] {
            let shown = headings(help);
            let own = shown.iter().take_while(|heading| !order.contains(heading)).count();
            assert!(own <= 2, "{command:?}: {shown:?}");
            let expected: Vec<_> = order.into_iter().filter(|heading| shown.contains(heading)).collect();
            assert_eq!(shown[own..], expected, "{command:?}");
            assert!(shown.ends_with(&["Global options:"]), "{command:?}: {shown:?}");
        }
    }
    for command in ["process", "env", "exec", "console", "login", "whoami", "check"] {
        let long = home.run(&[command, "--help"]).stdout;
        assert!(rare.iter().all(|option| long.contains(option)), "{command}");
        assert_eq!(headings(&long).iter().rev().take(4).rev().copied().collect::<Vec<_>>(), order, "{command}");
    }
}

#[test]
fn examples_are_not_wrapped_and_have_no_trailing_comments() {
    let home = TestHome::new(PROGRAM);
    for command in COMMANDS {
        let long = home.run(&[command, &["--help"]].concat()).stdout;
        let Some(examples) = long.split("\nExamples:\n").nth(1) else { continue };
        let examples = examples.split("\n\n").next().unwrap();
        let mut continues = false;
        for line in examples.lines() {
            let indent = if continues { "    " } else { "  " };
            let code = line.strip_prefix(indent).unwrap_or_else(|| panic!("{command:?}: {line:?} is wrapped"));
            assert!(!code.starts_with(' ') && !code.contains("  "), "{command:?}: {line}");
            continues = line.ends_with('\\');
        }
    }
}

#[test]
fn help_of_a_subcommand_is_its_long_help() {
    let home = TestHome::new(PROGRAM);
    for command in [&["policy", "trust"][..], &["boundary", "set"], &["env"]] {
        let help = home.run(&[&["help"], command].concat());
        assert_eq!(help.succeeded(), home.run(&[command, &["--help"]].concat()).stdout, "{command:?}");
    }
    assert_eq!(home.run(&["help", "policy", "nosuch"]).code, Some(2));
}

#[test]
fn unused_options_are_refused_with_the_commands_that_have_them() {
    let home = TestHome::new(PROGRAM);
    for (args, message, hint) in [
        (&["list", "--region", "eu-west-1"][..], "list does not use --region", "process, env, exec"),
        (&["--region", "eu-west-1", "list"], "list does not use --region", "boundary show"),
        (&["sessions", "-p", "x"], "sessions does not use --profile", "policy trust, policy caller"),
        (&["doctor", "--dialect", "aws"], "doctor does not use --dialect", "list, explain"),
        (&["boundary", "-p", "x", "set", "ARN"], "boundary set does not use --profile", "boundary show"),
        (&["login", "--no-cache"], "login does not use --no-cache", "process, env, exec, console, whoami, check"),
        (&["help", "--config-file", "x"], "help does not use --config-file", "list"),
        (
            &["list", "--prompt", "tty"],
            "unexpected argument '--prompt' found",
            "process, env, exec, console, broker, login",
        ),
        (&["list", "--shell", "fish"], "unexpected argument '--shell' found", "commands with --shell: env"),
        (&["env", "--unset", "-d", "1h"], "the argument '--unset' cannot be used with '--duration <TIME>'", ""),
        (&["-p", "x", "reset-cache", "--all"], "--all cannot be used with --profile", ""),
        (
            &["reset-cache", "--expired", "--env", "x"],
            "the argument '--expired' cannot be used with '--env <NAME>'",
            "",
        ),
        (
            &["policy", "boundary", "--deployer", "--deny", "table=x"],
            "the argument '--deployer' cannot be used with '--deny <KIND=NAME>'",
            "",
        ),
        (&["login", "--all", "-p", "x"], "the argument '--all' cannot be used with '--profile <PROFILE>'", ""),
    ] {
        let run = home.run(args);
        assert_eq!(run.failed_with(2).first_error_line(), format!("amplify-creds: {message}"), "{args:?}");
        assert!(run.stderr.contains(hint), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("similar"), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
    for args in
        [&["--no-input", "sessions"][..], &["sessions", "--no-input", "-q"], &["--color", "never", "list", "-q"]]
    {
        home.run(args).succeeded();
    }
}

#[test]
fn json_before_a_command_is_the_same_as_after_it() {
    let home = TestHome::new(PROGRAM);
    assert_eq!(home.run(&["--json", "list"]).succeeded(), "[]\n");
    assert_eq!(home.run(&["--json", "sessions"]).succeeded(), "[]\n");
    for args in [&["--json", "process"][..], &["process", "--json"], &["--json", "env"], &["-p", "x", "--json", "exec"]]
    {
        let run = home.run(args);
        let status = if args.contains(&"exec") { 125 } else { 2 };
        let error = run.failed_with(status).stderr.clone();
        assert!(error.starts_with("amplify-creds: unexpected argument '--json' found\n"), "{args:?}: {error}");
        assert!(
            error.contains("hint: commands with --json: login, logout, whoami, list, explain"),
            "{args:?}: {error}"
        );
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn suggestions_have_only_names_that_help_shows() {
    let home = TestHome::new(PROGRAM);
    for (args, suggested) in [
        (&["lst"][..], Some("'list'")),
        (&["profile"], Some("'list'")),
        (&["shows"], Some("'explain'")),
        (&["resetCach"], Some("'reset-cache'")),
        (&["complet"], Some("'completions'")),
        (&["credential-proces"], Some("'process'")),
        (&["policy", "trst"], Some("'trust'")),
        (&["exprt"], None),
        (&["awss"], None),
        (&["sessions", "--profil", "x"], None),
    ] {
        let run = home.run(args);
        let error = run.failed_with(2).stderr.clone();
        let line = error.lines().find_map(|line| line.split_once("similar ").map(|(_, line)| line));
        match suggested {
            Some(name) => assert!(line.is_some_and(|line| line.ends_with(name)), "{args:?}: {error}"),
            None => assert_eq!(line, None, "{args:?}: {error}"),
        }
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
fn missing_command_prints_help() {
    let home = TestHome::new(PROGRAM);
    let run = home.run(&[]);
    let help = home.run(&["-h"]).stdout;
    assert_eq!(run.failed_with(2).stderr, format!("amplify-creds: no command given\n\n{help}"));
    assert_eq!(run.stdout, "");
}
