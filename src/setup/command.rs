//! The command line of a wrapper, in a form that starts the same program in every tool: botocore splits it without a
//! shell, other tools use `sh -c` or `cmd /C` (`tests/conformance/vectors/credential-process.json`). Quotes are the
//! last resort. The Go SDK removes a pair of quotes around the whole value, even if they belong to different words, so
//! the value never both begins and ends with one. On Windows `cmd /C` and Go's escaping break a quoted path.

use std::path::Path;

use crate::plan::session_name::WORDS;
use crate::plan::wrapper::Wrapper;
use crate::profile_file::lines::is_identifier;
use crate::profile_file::portable::reads_alike;
use crate::tools::runs_alike;

/// Characters that a shell interprets inside double quotes.
const ACTIVE: [char; 5] = ['"', '$', '`', '\\', '!'];

pub fn can_be_started(path: &str) -> bool {
    command(&[path.to_owned()], "x").is_some()
}

/// Uses the first of the program's paths that needs no quotes, otherwise the first that can be quoted.
pub(super) fn command(programs: &[String], profile: &str) -> Option<String> {
    command_with(programs, profile, &[])
}

pub(super) fn command_with(programs: &[String], profile: &str, options: &[String]) -> Option<String> {
    let profile = if profile.starts_with('-') { format!("--profile={profile}") } else { profile.to_owned() };
    with_program(programs, &[&["process".to_owned(), profile], options].concat())
}

/// Replaces the program's path in one of our commands, because it may have moved.
pub fn updated(programs: &[String], existing: &str) -> Option<String> {
    let words = shlex::split(existing)?;
    let (program, arguments) = words.split_first()?;
    if programs.contains(program) && runs_alike(existing) {
        return Some(existing.to_owned());
    }
    let same = programs.iter().position(|known| known == program).unwrap_or(0);
    with_program(&programs[same..], arguments).or_else(|| with_program(programs, arguments))
}

fn with_program(programs: &[String], arguments: &[String]) -> Option<String> {
    let running = Path::new(programs.last()?);
    let meant = Wrapper::parse(&join("/amplify-creds", arguments)?, None);
    let unquoted = programs.iter().filter(|program| is_plain(program));
    let candidates = unquoted.chain(programs.iter().filter(|program| !is_plain(program)));
    let mut commands = candidates.filter_map(|program| {
        let program = quoted(program)?;
        let command = join(&program, arguments)?;
        if is_enclosed(&command) { join(&program, &with_profile_first(arguments)?) } else { Some(command) }
    });
    commands.find(|command| {
        let is_ours = Wrapper::parse(command, Some(running)).is_some_and(|found| Some(found) == meant);
        is_ours && reads_alike("credential_process", command) && runs_alike(command)
    })
}

fn join(program: &str, arguments: &[String]) -> Option<String> {
    let words = arguments.iter().map(|word| quoted(word)).collect::<Option<Vec<_>>>()?;
    Some(format!("{program} {}", words.join(" ")))
}

fn is_enclosed(command: &str) -> bool {
    command.starts_with('"') && command.ends_with('"')
}

/// Reorders a command so that its last word needs no quotes: `process PROFILE` becomes `--profile PROFILE process`.
fn with_profile_first(arguments: &[String]) -> Option<Vec<String>> {
    match arguments {
        [process, profile] if process == "process" && !profile.starts_with('-') => {
            Some(vec!["--profile".to_owned(), profile.clone(), process.clone()])
        }
        _ => None,
    }
}

fn is_plain(word: &str) -> bool {
    // Short names of Windows contain a `~` (PROGRA~2), which a shell expands at the beginning of a word.
    let is_safe = |part: &str| is_identifier(&part.replace('~', "_")) && !part.starts_with('~') && !part.contains(":~");
    // Shells expand braces only around a comma or two dots.
    let word = WORDS.iter().fold(word.to_owned(), |word, name| word.replace(&format!("{{{name}}}"), name));
    !word.is_empty() && word.split('=').all(|part| part.is_empty() || is_safe(part))
}

fn quoted(word: &str) -> Option<String> {
    if is_plain(word) {
        return Some(word.to_owned());
    }
    (!word.contains(ACTIVE) && !word.contains(char::is_control)).then(|| format!("\"{word}\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_quoted_for_every_tool() {
        for (program, profile, expected) in [
            ("/usr/bin/amplify-creds", "biz", Some("/usr/bin/amplify-creds process biz")),
            ("/opt/my tools/amplify-creds", "biz", Some("\"/opt/my tools/amplify-creds\" process biz")),
            ("/opt/my tools/amplify-creds", "b z", Some("\"/opt/my tools/amplify-creds\" --profile \"b z\" process")),
            ("/usr/bin/amplify-creds", "b z", Some("/usr/bin/amplify-creds process \"b z\"")),
            ("/opt/renamed", "m\u{fc}ller", Some("/opt/renamed process \"m\u{fc}ller\"")),
            ("C:/tools/amplify-creds.exe", "biz", Some("C:/tools/amplify-creds.exe process biz")),
            ("/usr/bin/amplify-creds", "-x", Some("/usr/bin/amplify-creds process --profile=-x")),
            ("/usr/bin/amplify-creds", "it's", Some("/usr/bin/amplify-creds process \"it's\"")),
            ("/usr/bin/amplify-creds", "a$b", None),
            ("/usr/bin/amplify-creds", "a\"b", None),
            ("/usr/bin/amplify-creds", "a;b", None),
            ("/usr/bin/amplify-creds", "a#b", None),
            ("/usr/bin/amplify-creds", "a # b", None),
            ("/opt/x`y/amplify-creds", "biz", None),
            ("/opt/(x)/amplify-creds", "biz", Some("\"/opt/(x)/amplify-creds\" process biz")),
            ("C:/PROGRA~2/amplify-creds.exe", "biz", Some("C:/PROGRA~2/amplify-creds.exe process biz")),
        ] {
            let made = command(&[program.to_owned()], profile);
            assert_eq!(made.as_deref(), expected, "{program} {profile}");
            if let Some(made) = made {
                let words = shlex::split(&made).unwrap();
                assert!(words[0] == program && words.iter().any(|word| word == "process"), "{made}");
                let wrapper = Wrapper::parse(&made, Some(Path::new(program))).unwrap();
                assert_eq!(wrapper.profile.as_deref(), Some(profile));
            }
        }
        let programs = ["/opt/$x/amplify-creds".to_owned(), "/opt/real".to_owned()];
        assert_eq!(command(&programs, "biz").as_deref(), Some("/opt/real process biz"));
        let programs = ["/my bin/amplify-creds", "/usr/bin/amplify-creds", "/opt/real"].map(str::to_owned);
        assert_eq!(command(&programs, "b z").as_deref(), Some("/usr/bin/amplify-creds process \"b z\""));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn command_runs_in_every_tool(
            directories in prop::collection::vec("[a-z \\-.=+~'\u{fc}]{1,8}", 0..3),
            profile in "[A-Za-z0-9_./@:+=%~'#;\u{fc} \\-]{1,12}",
        ) {
            let program = format!("/{}/amplify-creds", directories.join("/"));
            let Some(command) = command(std::slice::from_ref(&program), &profile) else { return Ok(()) };
            prop_assert!(!(command.starts_with(['"', '\'']) && command.ends_with(['"', '\''])), "{}", command);
            prop_assert!(runs_alike(&command), "{}", command);
            let wrapper = Wrapper::parse(&command, Some(Path::new(&program)));
            prop_assert_eq!(wrapper.and_then(|wrapper| wrapper.profile), Some(profile), "{}", command);
        }
    }

    #[test]
    fn placeholder_in_option_needs_no_quotes() {
        for (program, profile, name, expected) in [
            (
                "/bin/amplify-creds",
                "biz",
                "{agent}-{profile}",
                "/bin/amplify-creds process biz --session-name {agent}-{profile} -d 1h",
            ),
            (
                "/my bin/amplify-creds",
                "b z",
                "{agent}",
                "\"/my bin/amplify-creds\" process \"b z\" --session-name {agent} -d 1h",
            ),
            (
                "/bin/amplify-creds",
                "biz",
                "{agent}-a,b",
                "/bin/amplify-creds process biz --session-name \"{agent}-a,b\" -d 1h",
            ),
        ] {
            let options = ["--session-name", name, "-d", "1h"].map(str::to_owned);
            let made = command_with(&[program.to_owned()], profile, &options).unwrap();
            assert_eq!(made, expected);
            assert_eq!(updated(&[program.to_owned()], &made).as_deref(), Some(expected));
            assert!(runs_alike(&made), "{made}");
        }
    }

    #[test]
    fn own_command_that_some_tool_cannot_run_is_rewritten() {
        let programs = ["/my bin/amplify-creds".to_owned()];
        for (existing, expected) in [
            ("\"/my bin/amplify-creds\" process biz", Some("\"/my bin/amplify-creds\" process biz")),
            ("\"/my bin/amplify-creds\" process \"b z\"", Some("\"/my bin/amplify-creds\" --profile \"b z\" process")),
            ("\"/my bin/amplify-creds\" process biz --policy \"/a b\"", None),
        ] {
            assert_eq!(updated(&programs, existing).as_deref(), expected, "{existing}");
        }
    }

    #[test]
    fn command_keeps_options_after_move() {
        let programs = ["/new/amplify-creds".to_owned()];
        for (existing, expected) in [
            ("/new/amplify-creds  process 'biz'", "/new/amplify-creds  process 'biz'"),
            ("/old/amplify-creds process 'b z' --min-ttl=30m", "/new/amplify-creds process \"b z\" --min-ttl=30m"),
            ("\"/my bin/amplify-creds\" process \"b z\"", "/new/amplify-creds process \"b z\""),
            ("amplify-creds process biz -d 2h", "/new/amplify-creds process biz -d 2h"),
        ] {
            assert_eq!(updated(&programs, existing).as_deref(), Some(expected));
        }
    }
}
