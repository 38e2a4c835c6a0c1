//! The profile of a key in the key store: its `credential_process` names the profile itself.

use std::path::Path;

use crate::plan::wrapper::Wrapper;
use crate::profile_file::{Dialect, FileKind};

use super::command;
use super::draft::{Draft, SetupError};
use super::key_verify::verify;

const PROCESS: &str = "credential_process";

#[derive(Debug, Clone, Copy)]
pub struct KeyProfile<'k> {
    pub name: &'k str,
    /// Paths of this program, the most permanent first, the running executable last.
    pub programs: &'k [String],
    pub mfa_serial: Option<&'k str>,
    /// For a profile without a region.
    pub region: Option<&'k str>,
}

/// Adds the profile, or the lines that it lacks. The caller has checked that it has no other source of credentials.
pub fn add(draft: &mut Draft, profile: &KeyProfile<'_>) -> Result<(), SetupError> {
    let KeyProfile { name, programs, mfa_serial, region } = *profile;
    let before = draft.files();
    let set = before.profiles(Dialect::Auto)?;
    let existing = set.get(name);
    let value = |key| existing.as_ref().and_then(|profile| Some(profile.get(key)?.value));
    let running = programs.last().map(Path::new);
    let own = value(PROCESS).filter(|command| names(command, name, running));
    let command = own.and_then(|own| command::updated(programs, own));
    let command = command.map_or_else(|| own_command(programs, name), Ok)?;
    let mut properties = vec![(PROCESS, command.as_str())];
    properties.extend(region.filter(|_| value("region").is_none()).map(|region| ("region", region)));
    properties.extend(mfa_serial.map(|serial| ("mfa_serial", serial)));
    let lines = draft.document(FileKind::Config).lines_of(name);
    if lines.is_empty() {
        draft.edit(FileKind::Config, |config| config.add_profile(name, &properties, &[]))?;
    }
    // The second section of a dotted name has the same properties.
    for line in lines.into_iter().rev() {
        for (key, new) in properties.iter().filter(|(key, new)| value(key) != Some(new)) {
            draft.edit(FileKind::Config, |config| config.set(line, key, new))?;
        }
    }
    verify(&before, &draft.files(), &[(name.to_owned(), command)].into())
}

/// Removes the command that names the profile itself. An empty section remains.
pub fn remove(draft: &mut Draft, name: &str, running: Option<&Path>) -> Result<(), SetupError> {
    for kind in FileKind::ALL {
        let sections = draft.document(kind).sections();
        let is_own = |property: &crate::profile_file::Property<'_>| {
            property.key == PROCESS && names(&property.value, name, running)
        };
        let of_profile = sections.iter().filter(|section| section.name.profile() == Some(name));
        let lines: Vec<_> =
            of_profile.filter(|section| section.properties().iter().any(is_own)).map(|section| section.line).collect();
        for line in lines.into_iter().rev() {
            draft.edit(kind, |file| file.remove_keys(line, &[PROCESS]))?;
        }
    }
    Ok(())
}

pub(super) fn own_command(programs: &[String], name: &str) -> Result<String, SetupError> {
    // A command with a plain profile shows whether the path or the profile's name cannot be quoted.
    command::command(programs, name).ok_or_else(|| match command::command(programs, "x") {
        Some(_) => SetupError::ProfileInCommand(name.to_owned()),
        None => SetupError::ProgramInCommand(programs.last().cloned().unwrap_or_default()),
    })
}

pub(super) fn names(command: &str, profile: &str, running: Option<&Path>) -> bool {
    Wrapper::parse(command, running).is_some_and(|wrapper| wrapper.is_for(profile))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::origin::SourceFile;

    fn draft(config: &str, credentials: &str) -> Draft {
        let source = |name: &str| SourceFile::new(name.into(), Path::new("/"));
        Draft::new([(source("/config"), config), (source("/credentials"), credentials)])
    }

    fn added(config: &str, name: &str, mfa_serial: Option<&str>, region: Option<&str>) -> Result<String, SetupError> {
        let mut draft = draft(config, "");
        let programs = ["/usr/bin/amplify-creds".to_owned()];
        add(&mut draft, &KeyProfile { name, programs: &programs, mfa_serial, region })?;
        Ok(draft.text(FileKind::Config).to_owned())
    }

    #[test]
    fn profile_or_missing_lines_are_added() {
        const OWN: &str = "credential_process = /usr/bin/amplify-creds process";
        let serial = Some("arn:aws:iam::111111111111:mfa/dev");
        for (config, name, mfa_serial, region, expected) in [
            ("", "dev", None, None, format!("[profile dev]\n{OWN} dev\n")),
            (
                "",
                "dev",
                serial,
                Some("eu-west-1"),
                format!(
                    "[profile dev]\n{OWN} dev\nregion = eu-west-1\nmfa_serial = arn:aws:iam::111111111111:mfa/dev\n"
                ),
            ),
            (
                "[profile dev]\nregion = us-east-1 # home\n",
                "dev",
                None,
                Some("eu-west-1"),
                format!("[profile dev]\nregion = us-east-1 # home\n{OWN} dev\n"),
            ),
            (
                "[profile dev]\r\nregion = us-east-1\r\n[profile x]\r\n",
                "dev",
                None,
                None,
                format!("[profile dev]\r\nregion = us-east-1\r\n{OWN} dev\r\n[profile x]\r\n"),
            ),
            ("", "a.b", None, None, format!("[profile a.b]\n{OWN} a.b\n[a\\.b]\n{OWN} a.b\n")),
            (
                "[profile \"b z\"]\nregion = us-east-1\n",
                "b z",
                None,
                None,
                format!("[profile \"b z\"]\nregion = us-east-1\n{OWN} \"b z\"\n"),
            ),
            (
                "[profile dev]\ncredential_process = /old/amplify-creds process dev --min-ttl 30m\n",
                "dev",
                None,
                None,
                format!("[profile dev]\n{OWN} dev --min-ttl 30m\n"),
            ),
        ] {
            let text = added(config, name, mfa_serial, region).unwrap();
            assert_eq!(text.replace("\n\n[", "\n["), expected, "{config}");
        }
    }

    #[test]
    fn name_that_some_tool_cannot_read_is_an_error() {
        for name in ["b z", "m\u{fc}ller", "it's"] {
            assert!(matches!(added("", name, None, None), Err(SetupError::Edit { .. })), "{name}");
        }
        let config = "[profile a$b]\nregion = us-east-1\n";
        assert!(matches!(added(config, "a$b", None, None), Err(SetupError::ProfileInCommand(_))));
    }

    #[test]
    fn only_the_own_command_is_removed() {
        let own = "credential_process = amplify-creds process dev\n";
        for (config, expected) in [
            (format!("[profile dev]\n{own}region = x\n"), "[profile dev]\nregion = x\n".to_owned()),
            (format!("# a\n[profile dev]\n{own}# b\n"), "# a\n[profile dev]\n# b\n".to_owned()),
            (format!("[profile x]\n{own}"), format!("[profile x]\n{own}")),
            (
                "[profile dev]\ncredential_process = amplify-creds process x\n".to_owned(),
                "[profile dev]\ncredential_process = amplify-creds process x\n".to_owned(),
            ),
        ] {
            let mut draft = draft(&config, "");
            remove(&mut draft, "dev", None).unwrap();
            assert_eq!(draft.text(FileKind::Config), expected);
        }
    }
}
