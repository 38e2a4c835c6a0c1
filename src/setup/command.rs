//! The command line of a wrapper, quoted so that every tool starts the same program: botocore splits it without a
//! shell, other tools use `sh -c` or `cmd /C`; all remove double quotes
//! (`tests/conformance/vectors/credential-process.json`).

use std::path::Path;

use crate::plan::wrapper::Wrapper;
use crate::profile_file::lines::is_identifier;
use crate::profile_file::portable::reads_alike;

/// Characters that a shell interprets inside double quotes.
const ACTIVE: [char; 5] = ['"', '$', '`', '\\', '!'];

/// The command for `profile`, with the first of the program's paths that can be quoted.
pub(super) fn command(programs: &[String], profile: &str) -> Option<String> {
    let profile = if profile.starts_with('-') { format!("--profile={profile}") } else { profile.to_owned() };
    with_program(programs, &["process".to_owned(), profile])
}

/// Replaces the program's path in one of our commands, since it may have moved.
pub(super) fn updated(programs: &[String], existing: &str) -> Option<String> {
    let words = shlex::split(existing)?;
    let (program, arguments) = words.split_first()?;
    if programs.contains(program) { Some(existing.to_owned()) } else { with_program(programs, arguments) }
}

fn with_program(programs: &[String], arguments: &[String]) -> Option<String> {
    let arguments = arguments.iter().map(|word| quoted(word)).collect::<Option<Vec<_>>>()?.join(" ");
    let running = programs.last()?;
    programs.iter().find_map(|program| {
        let command = format!("{} {arguments}", quoted(program)?);
        let is_ours = Wrapper::parse(&command, Some(Path::new(running))).is_some();
        (is_ours && reads_alike("credential_process", &command)).then_some(command)
    })
}

fn quoted(word: &str) -> Option<String> {
    if !word.is_empty() && word.split('=').all(|part| part.is_empty() || is_identifier(part)) {
        return Some(word.to_owned());
    }
    (!word.contains(ACTIVE) && !word.contains(char::is_control)).then(|| format!("\"{word}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_quoted_for_every_tool() {
        for (program, profile, expected) in [
            ("/usr/bin/amplify-creds", "biz", Some("/usr/bin/amplify-creds process biz")),
            ("/opt/my tools/amplify-creds", "biz", Some("\"/opt/my tools/amplify-creds\" process biz")),
            ("/opt/my tools/amplify-creds", "b z", Some("\"/opt/my tools/amplify-creds\" process \"b z\"")),
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
            ("/opt/(x)/amplify-creds", "biz", None),
        ] {
            let made = command(&[program.to_owned()], profile);
            assert_eq!(made.as_deref(), expected, "{program} {profile}");
            if let Some(made) = made {
                let words = shlex::split(&made).unwrap();
                assert_eq!((words[0].as_str(), words[1].as_str()), (program, "process"));
                let wrapper = Wrapper::parse(&made, Some(Path::new(program))).unwrap();
                assert_eq!(wrapper.profile.as_deref(), Some(profile));
            }
        }
        let programs = ["/opt/$x/amplify-creds".to_owned(), "/opt/real".to_owned()];
        assert_eq!(command(&programs, "biz").as_deref(), Some("/opt/real process biz"));
    }

    #[test]
    fn command_keeps_options_after_move() {
        let programs = ["/new/amplify-creds".to_owned()];
        for (existing, expected) in [
            ("/new/amplify-creds  process 'biz'", "/new/amplify-creds  process 'biz'"),
            ("/old/amplify-creds process 'b z' --min-ttl=30m", "/new/amplify-creds process \"b z\" --min-ttl=30m"),
            ("amplify-creds process biz -d 2h", "/new/amplify-creds process biz -d 2h"),
        ] {
            assert_eq!(updated(&programs, existing).as_deref(), Some(expected));
        }
    }
}
