//! Tab completion in the real shells: profiles from the files, quoted for the shell.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use test_support::{Terminal, TestHome};

use crate::{PROGRAM, add_config, biz_corp, without_mfa};

/// The completions of the last of `words`, without their descriptions.
fn found(home: &TestHome, words: &[&str]) -> Vec<String> {
    let args: Vec<_> = ["complete", "--", "amplify-creds"].into_iter().chain(words.iter().copied()).collect();
    let run = home.run(&args);
    run.succeeded().lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn words_complete_from_files_and_definitions() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    let rows: [(&[&str], &[&str]); 10] = [
        (&["wh"], &["whoami"]),
        (&["env", "b"], &["bizcorprole"]),
        (&["login", "nomfa", "dev"], &["devcorpuser"]),
        (&["explain", "--profile=no"], &["--profile=nomfa"]),
        (&["env", "--shell", "e"], &["elvish"]),
        (&["help", "exit"], &["exit-codes"]),
        (&["man", "conf"], &["config"]),
        (&["man", "gui"], &["guide"]),
        (&["process", "--session-name", ""], &["amplify"]),
        (&["setup", "--source-profile", "devc"], &["devcorpuser"]),
    ];
    for (words, expected) in rows {
        assert_eq!(found(&home, words), expected, "{words:?}");
    }
    let options = found(&home, &["process", "--"]);
    assert!(options.iter().any(|option| option == "--mfa-token"), "{options:?}");
    assert!(found(&home, &["doctor", ""]).contains(&"bizcorprole".to_owned()));
}

#[test]
fn env_option_completes_environments_of_project() {
    let home = TestHome::new(PROGRAM);
    home.write("app/amplify/.config/project-config.json", "{}");
    home.write("app/amplify/.config/local-aws-info.json", r#"{"dev":{},"prod":{},"\u001b[2J":{},"a\nb":{}}"#);
    let run = home
        .command(&["complete", "--", "amplify-creds", "reset-cache", "--env", ""])
        .current_dir(home.path().join("app"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout), "dev\nprod\n");
}

#[test]
fn unreadable_files_print_no_errors() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile broken\nrole_arn\n");
    home.write(".amplify/awscloudformation/cache.json", "{");
    for words in [&["env", "b"][..], &["process", "--session-name", ""], &["--env", ""], &[]] {
        assert_eq!(found(&home, words), [""; 0], "{words:?}");
    }
    home.config("[profile a\u{1b}b]\nregion = x\n");
    assert_eq!(found(&home, &["env", "a"]), [""; 0]);
    assert_eq!(home.run(&["complete"]).succeeded().lines().count(), 0);
}

/// A shell in a terminal, with the program in its PATH and the program's completion script.
struct Shell {
    program: &'static str,
    /// The command that starts the shell. Its start-up file is in `$RC`.
    start: &'static str,
    /// The content of that file.
    rc: &'static str,
}

const SHELLS: [Shell; 5] = [
    Shell {
        program: "bash",
        start: "bash --noprofile --rcfile \"$RC\" -i",
        rc: "bind 'set enable-bracketed-paste off'\nsource <(amplify-creds completions bash)\neval \"$(amplify-creds init bash)\"\nPS1='ready> '\n",
    },
    Shell {
        program: "zsh",
        start: "ZDOTDIR=$(dirname \"$RC\") zsh -i",
        rc: "autoload -U compinit; compinit -D -u\nsource <(amplify-creds completions zsh)\neval \"$(amplify-creds init zsh)\"\nunsetopt zle_bracketed_paste\n\
             unset zle_bracketed_paste\nPS1='ready> '\n",
    },
    Shell {
        program: "fish",
        start: "fish --no-config -i -C \"source $RC\"",
        rc: "amplify-creds completions fish | source\namplify-creds init fish | source\nfunction fish_prompt; echo 'ready> '; end\n",
    },
    Shell {
        program: "elvish",
        start: "elvish -rc \"$RC\"",
        rc: "eval (amplify-creds completions elvish | slurp)\nset edit:prompt = { put 'ready> ' }\n",
    },
    Shell {
        program: "nu",
        start: "nu --config \"$RC\"",
        rc: "source FILES/completions.nu\nsource FILES/acreds.nu\n$env.config.show_banner = false\n$env.PROMPT_COMMAND = 'ready'\n",
    },
];

#[test]
fn tab_completes_in_every_shell() {
    for shell in &SHELLS {
        let is_there =
            ["/usr/local/bin", "/usr/bin", "/bin"].iter().any(|dir| Path::new(dir).join(shell.program).exists());
        if !is_there {
            eprintln!("{} is not installed", shell.program);
            continue;
        }
        for (typed, completed, message) in [
            ("amplify-creds explain --json biz", "corprole", "arn:aws:iam::222222222222:role/BizCorpRole"),
            ("amplify-creds explain --json my", "team", "\"profile\":\"my team\""),
            ("acreds biz", "corprole", "Enter the MFA token code"),
            ("acreds my", "team", "cannot assume arn:aws:iam::222222222222:role/Team"),
        ] {
            if shell.program == "elvish" && typed.starts_with("acreds") {
                continue;
            }
            let (_sts, home) = biz_corp();
            add_config(
                &home,
                "[profile \"my team\"]\nrole_arn = arn:aws:iam::222222222222:role/Team\nsource_profile = devcorpuser\n",
            );
            fs::create_dir_all(home.path().join("bin")).unwrap();
            symlink(PROGRAM, home.path().join("bin/amplify-creds")).unwrap();
            let files = home.path().join("terminal");
            let script = home.run(&["completions", "nu"]).stdout;
            home.write("terminal/completions.nu", script);
            home.write("terminal/acreds.nu", home.run(&["init", "nu"]).stdout);
            home.write("terminal/.zshrc", shell.rc.replace("FILES", &files.display().to_string()));
            // The tests' terminal does not echo, and readline keeps that setting.
            let mut terminal = Terminal::script(
                &home,
                &format!(
                    "stty echo; export PATH=\"{}/bin:$PATH\" TERM=xterm RC=\"$FILES/.zshrc\"; {}",
                    home.path().display(),
                    shell.start
                ),
            );
            // Nushell requests the cursor position from the terminal at first and at each Tab, and waits for the
            // answer.
            let answer = |terminal: &mut Terminal| {
                if shell.program == "nu" {
                    terminal.expect("\u{1b}[6n");
                    terminal.type_text("\u{1b}[1;1R");
                }
            };
            answer(&mut terminal);
            terminal.expect("ready");
            terminal.type_text(&format!("{typed}\t"));
            answer(&mut terminal);
            terminal.expect(completed);
            // In Elvish the first one confirms the completion.
            terminal.type_text("\r\r");
            terminal.expect(message);
        }
    }
}
