//! Finds headers, keys and shell lines that are almost right, to explain a missing profile or missing keys.

use crate::core::origin::Location;
use crate::profile_file::lines::{COMMENT, Shape};
use crate::profile_file::{Content, FileKind, Name, auto};

use super::key_names::is_known;
use super::value_form::shown_name;
use super::view::FileView;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearMiss {
    /// The caller's profile name includes the word of its header: `profile dev`.
    Prefixed(String),
    /// A header that almost matches the profile, and its correct form.
    Header {
        at: Location,
        header: String,
        right: String,
    },
    NoHeader(Location),
    BrokenHeader(Location),
    /// `export NAME=value` and similar lines.
    ShellCommand(Location),
    Key {
        at: Location,
        key: String,
        right: &'static str,
    },
    NoFile {
        path: String,
        named_by: String,
    },
    NoFiles {
        home: String,
    },
}

#[derive(Debug)]
pub(super) struct SuspectLine {
    /// `None` above the first header.
    profile: Option<String>,
    near: NearMiss,
}

const SHELL_COMMANDS: [&str; 5] = ["export ", "set ", "setx ", "$env:", "declare "];

const HEADER_WORDS: [&str; 2] = ["profiles", "profile"];

/// The likely causes if a profile is missing or has no credentials. `exists` looks up a profile.
pub(super) fn near_misses(
    files: &[FileView<'_>],
    suspects: &[SuspectLine],
    name: &str,
    exists: &dyn Fn(&str) -> bool,
) -> Vec<NearMiss> {
    let mut all = Vec::new();
    let plain = without_word(name);
    if plain != name && exists(plain) {
        all.push(NearMiss::Prefixed(plain.to_owned()));
    }
    all.extend(files.iter().flat_map(|file| headers(file, name)));
    let is_unknown = !exists(name);
    let concerns = |suspect: &&SuspectLine| match &suspect.profile {
        None => is_unknown,
        Some(profile) => profile == name,
    };
    all.extend(suspects.iter().filter(concerns).map(|suspect| suspect.near.clone()));
    all.extend(missing_files(files));
    all
}

fn missing_files(files: &[FileView<'_>]) -> Vec<NearMiss> {
    let named = |file: &FileView<'_>| {
        let named_by = file.named_by.as_ref().filter(|_| file.is_missing)?.to_string();
        Some(NearMiss::NoFile { path: file.source.path.display().to_string(), named_by })
    };
    let mut missing: Vec<_> = files.iter().filter_map(named).collect();
    if missing.is_empty() && files.iter().all(|file| file.is_missing) {
        let directory = files.first().and_then(|file| file.source.path.parent()?.parent());
        let home = directory.map(|home| home.display().to_string()).unwrap_or_default();
        missing.push(NearMiss::NoFiles { home });
    }
    missing
}

/// Removes the word from `profile dev`, `Profile: dev` and similar names.
fn without_word(name: &str) -> &str {
    let name = name.trim().trim_matches(['"', '\'']);
    let rest = HEADER_WORDS.iter().find_map(|word| {
        let start = name.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word))?;
        name.get(start.len()..)?.strip_prefix([' ', '\t', '\u{a0}', ':', '=', '.', '/', '_', '-'])
    });
    rest.map_or(name, |rest| rest.trim().trim_matches(['"', '\'']))
}

/// Headers of other profiles that differ from `name` only by the word `profile`, letter case and quotes.
fn headers(file: &FileView<'_>, name: &str) -> Vec<NearMiss> {
    let Content::Sections(reading) = &file.content else { return Vec::new() };
    let plain = without_word(name);
    let near = |section: &&crate::profile_file::Section<'_>| {
        let is_profile = matches!(&section.name, Name::Profile(other, _) if other != name);
        (is_profile || matches!(section.name, Name::Other))
            && without_word(section.literal_name()).eq_ignore_ascii_case(plain)
    };
    let right = match file.kind {
        FileKind::Config if plain != "default" => format!("[profile {plain}]"),
        _ => format!("[{plain}]"),
    };
    reading
        .sections
        .iter()
        .filter(near)
        .filter(|section| section.header != right)
        .map(|section| NearMiss::Header {
            at: Location { file: file.source.clone(), line: section.line },
            header: section.header.to_owned(),
            right: right.clone(),
        })
        .collect()
}

pub(super) fn suspects(file: &FileView<'_>) -> Vec<SuspectLine> {
    let Content::Sections(reading) = &file.content else { return Vec::new() };
    let mut sections = reading.sections.iter().peekable();
    let (mut profile, mut is_preamble) = (None, true);
    let mut all: Vec<SuspectLine> = Vec::new();
    for line in auto::without_mark(file.text) {
        if let Some(section) = sections.next_if(|section| section.line <= line.number) {
            (profile, is_preamble) = (section.name.profile(), false);
            continue;
        }
        let text = line.text.trim();
        if matches!(line.shape, Shape::Blank | Shape::Comment | Shape::Header) || text.starts_with(COMMENT) {
            is_preamble &= line.shape != Shape::Header;
            continue;
        }
        if profile.is_none() && !is_preamble {
            continue;
        }
        let at = || Location { file: file.source.clone(), line: line.number };
        let is_known_there = |near: fn(&NearMiss) -> bool| {
            all.iter().any(|suspect| suspect.profile.as_deref() == profile && near(&suspect.near))
        };
        let near = if is_shell_command(text) {
            (!is_known_there(|near| matches!(near, NearMiss::ShellCommand(_)))).then(|| NearMiss::ShellCommand(at()))
        } else if is_preamble {
            (!is_known_there(|near| matches!(near, NearMiss::NoHeader(_)))).then(|| NearMiss::NoHeader(at()))
        } else {
            let key = text.split(['=', ':']).next().unwrap_or_default().trim();
            let key = || shown_name(key).into_owned();
            meant(&key()).map(|right| NearMiss::Key { at: at(), key: key(), right })
        };
        all.extend(near.map(|near| SuspectLine { profile: profile.map(str::to_owned), near }));
    }
    all
}

fn is_shell_command(text: &str) -> bool {
    let text = text.trim_start_matches(['$', '>', ' ']).to_ascii_lowercase();
    let commands = SHELL_COMMANDS.iter().map(|command| command.trim_start_matches('$'));
    commands.into_iter().any(|command| text.starts_with(command)) && text.contains("aws_")
}

/// The credentials key that other tools, exports and users write as `key`.
fn meant(key: &str) -> Option<&'static str> {
    if is_known(&key.to_ascii_lowercase()) {
        return None;
    }
    let letters: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let rows: [(&[&str], &'static str); 7] = [
        (
            &["awsaccesskey", "accesskey", "awsaccesskeyid", "awskeyid", "awsaccessid", "keyid", "awskey"],
            "aws_access_key_id",
        ),
        (
            &["awssecretkey", "secretkey", "awssecret", "awssecretaccesskey", "secret", "secretaccesskeyid"],
            "aws_secret_access_key",
        ),
        (&["awstoken", "token", "awssessiontoken", "securitytoken"], "aws_session_token"),
        (&["rolearn", "role", "awsrolearn", "assumerolearn"], "role_arn"),
        (&["sourceprofile", "source", "awssourceprofile"], "source_profile"),
        (&["credentialprocess", "credentialsprocess", "process"], "credential_process"),
        (&["credentialsource", "credentialssource"], "credential_source"),
    ];
    let listed = rows.iter().find(|(names, _)| names.contains(&letters.as_str())).map(|(_, right)| *right);
    listed.or_else(|| {
        let plain = |right: &str| right.replace('_', "");
        let is_slip = |right: &str| letters.len() > 5 && strsim::damerau_levenshtein(&letters, &plain(right)) <= 2;
        rows.iter().map(|(_, right)| *right).find(|right| is_slip(right))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    fn near(config: &str, credentials: &str, name: &str) -> Vec<String> {
        let files = Files::from_text(config, credentials);
        let set = files.profiles(Dialect::Auto).unwrap();
        let line = |near| match near {
            NearMiss::Prefixed(name) => format!("name {name}"),
            NearMiss::Header { at, header, right } => format!("{at} {header} -> {right}"),
            NearMiss::NoHeader(at) => format!("{at} no header"),
            NearMiss::ShellCommand(at) => format!("{at} shell"),
            NearMiss::Key { at, key, right } => format!("{at} {key} -> {right}"),
            NearMiss::BrokenHeader(at) => format!("{at} broken"),
            NearMiss::NoFile { .. } | NearMiss::NoFiles { .. } => "no file".to_owned(),
        };
        set.near_misses(name).into_iter().map(line).collect()
    }

    #[test]
    fn almost_right_header_is_named_with_the_right_one() {
        let rows = [
            ("[Profile prod]\nregion = a\n", "", "/config:1 [Profile prod] -> [profile prod]"),
            ("[PROFILE Prod]\n", "", "/config:1 [PROFILE Prod] -> [profile prod]"),
            ("[profiles prod]\n", "", "/config:1 [profiles prod] -> [profile prod]"),
            ("[profile: prod]\n", "", "/config:1 [profile: prod] -> [profile prod]"),
            ("[profile-prod]\n", "", "/config:1 [profile-prod] -> [profile prod]"),
            ("[profile PROD]\n", "", "/config:1 [profile PROD] -> [profile prod]"),
            ("", "[profile prod]\na = b\n", "/credentials:1 [profile prod] -> [prod]"),
        ];
        for (config, credentials, expected) in rows {
            assert_eq!(near(config, credentials, "prod"), [expected], "{config}{credentials}");
        }
        assert_eq!(near("[profile prod]\n", "", "profile prod"), ["name prod"]);
        assert_eq!(near("[profile prod]\n", "", "other"), [""; 0]);
        assert_eq!(near("[sso-session prod]\n[services prod]\n", "", "prod"), [""; 0]);
    }

    #[test]
    fn lines_above_the_first_header_are_named_once() {
        assert_eq!(near("", "# x\n\na = b\nc = d\n[x]\n", "default"), ["/credentials:3 no header"]);
        assert_eq!(near("", "export AWS_X=1\nexport AWS_Y=2\n", "default"), ["/credentials:1 shell"]);
    }

    #[test]
    fn shell_command_below_the_header_is_named() {
        for line in ["export AWS_A=1", "set AWS_A=1", "$env:AWS_A=1", "$Env:AWS_A = \"1\"", "  export aws_a=1"] {
            assert_eq!(near("", &format!("[p]\n{line}\n[q]\n"), "p"), ["/credentials:2 shell"], "{line}");
        }
        assert_eq!(near("", "[p]\n[q]\nexport AWS_A=1\n", "p"), [""; 0]);
    }

    #[test]
    fn names_of_other_tools_are_named_with_the_key() {
        for (key, right) in [
            ("aws_access_key", "aws_access_key_id"),
            ("AWS Access Key ID", "aws_access_key_id"),
            ("aws_secret_key", "aws_secret_access_key"),
            ("aws-secret-access-key", "aws_secret_access_key"),
            ("role-arn", "role_arn"),
            ("rolearn", "role_arn"),
            ("sourceprofile", "source_profile"),
            ("source_profil", "source_profile"),
            ("credentials_process", "credential_process"),
        ] {
            let expected = format!("/credentials:2 {key} -> {right}");
            assert_eq!(near("", &format!("[p]\n{key} = x\n"), "p"), [expected]);
        }
        assert_eq!(near("", "[p]\nregion = a\noutput = b\naws_access_key_id = c\nfoo = d\n", "p"), [""; 0]);
    }
}
