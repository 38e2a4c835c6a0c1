//! Tables and colours as a person sees them: the program on a terminal.

use std::fs;

use serde_json::json;
use test_support::{Terminal, TestHome, biz_corp as data};

use crate::{add_config, age_cache, cache, without_mfa};

/// What `$PROGRAM args` shows on a terminal of this width.
fn screen(home: &TestHome, width: usize, command: &str) -> String {
    let script = format!("stty cols {width}; export TERM=xterm; {command}");
    let (screen, _) = Terminal::script(home, &script).finish();
    // Each byte comes as one character.
    let bytes = screen.chars().map(|char| u8::try_from(char).unwrap()).collect();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn without_color(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

fn columns(text: &str) -> usize {
    without_color(text).lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn sessions_fits_the_terminal_and_is_whole_in_a_pipe() {
    let (_sts, home) = without_mfa();
    let long = "a-role-with-a-very-long-name-that-no-terminal-has-room-for";
    add_config(
        &home,
        &format!(
            "[profile {long}]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
             role_session_name = a-session-with-a-very-long-name\n"
        ),
    );
    home.run(&["process", long]).succeeded();
    let mut file = cache(&home);
    let stored = file[data::NO_MFA_ROLE].as_object().unwrap().values().next().unwrap().clone();
    file[format!("arn:aws:iam::222222222222:role/{long}")] = json!({ "a-session-with-a-very-long-name": stored });
    fs::write(home.cache_file(), file.to_string()).unwrap();
    for width in [60, 80, 100, 120] {
        let text = screen(&home, width, "\"$PROGRAM\" sessions");
        assert!((40..=width).contains(&columns(&text)), "{width}:\n{text}");
        let asked = screen(&home, 200, &format!("COLUMNS={width} \"$PROGRAM\" sessions"));
        assert!((40..=width).contains(&columns(&asked)), "{width}:\n{asked}");
    }
    assert!(columns(&screen(&home, 200, "\"$PROGRAM\" sessions")) > 120);
    assert!(screen(&home, 40, "\"$PROGRAM\" sessions | cat").contains(long));
}

#[test]
fn check_fits_the_terminal_and_keeps_the_account() {
    let (_sts, home) = without_mfa();
    let text = screen(&home, 80, "\"$PROGRAM\" check nomfa");
    assert!(columns(&text) <= 80, "{text}");
    assert!(text.contains("222222222222:assumed-role/NoMfa/amplify"), "{text}");
    assert!(text.contains("\x1b[32mok\x1b[0m"), "{text}");
    assert_eq!(screen(&home, 80, "NO_COLOR=1 \"$PROGRAM\" check nomfa"), without_color(&text));
}

#[test]
fn expired_session_is_red_and_one_about_to_expire_is_yellow() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    age_cache(&home, 3000);
    let text = screen(&home, 120, "\"$PROGRAM\" sessions");
    assert!(text.contains("\x1b[33m9 m\x1b[0m") || text.contains("\x1b[33m10 m\x1b[0m"), "{text}");
    age_cache(&home, 4000);
    let text = screen(&home, 120, "\"$PROGRAM\" sessions");
    assert!(text.contains("\x1b[31mexpired\x1b[0m"), "{text}");
}

#[test]
fn color_of_errors_headings_and_cells_follows_the_options() {
    let (_sts, home) = without_mfa();
    home.run(&["process", "nomfa"]).succeeded();
    for (command, part) in [
        ("\"$PROGRAM\" process nowhere", "\x1b[31mamplify-creds:\x1b[0m "),
        ("\"$PROGRAM\" process nomf", "  \x1b[36mhint:\x1b[0m "),
        ("\"$PROGRAM\" explain nomfa", "\x1b[1mprofile nomfa\x1b[0m\n"),
        ("\"$PROGRAM\" explain nomfa", "  cache         \x1b[32mvalid, "),
        ("\"$PROGRAM\" whoami nomfa", "\x1b[1mprofile nomfa\x1b[0m\n"),
        ("\"$PROGRAM\" doctor", "\x1b[32myes\x1b[0m"),
        ("\"$PROGRAM\" setup nomfa --dry-run", "\x1b[32m+credential_process = "),
    ] {
        let text = screen(&home, 80, command);
        assert!(text.contains(part), "{command}:\n{text}");
        assert!(!screen(&home, 80, &format!("{command} --color never")).contains('\x1b'), "{command}");
        assert!(!screen(&home, 80, &format!("NO_COLOR=1 {command}")).contains('\x1b'), "{command}");
        assert!(!screen(&home, 80, &format!("{command} 2>&1 | cat")).contains('\x1b'), "{command}");
    }
}
