//! Assignments in the syntax of a shell or of a file of variables, with every value quoted.

use std::fmt::Write as _;

use zeroize::Zeroizing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// bash, zsh, dash, ksh, busybox
    Posix,
    Fish,
    PowerShell,
    Cmd,
    /// Nushell does not evaluate text, so this is a JSON record for its `load-env`.
    Nu,
    Elvish,
    /// A `.env` file. Values that its readers parse differently are rejected.
    Dotenv,
    /// The file in `GITHUB_ENV`, for the later steps of a GitHub Actions job.
    GitHub,
}

#[derive(Debug)]
pub struct ShellName {
    pub name: &'static str,
    /// Not listed in help.
    pub alias: Option<&'static str>,
    pub about: &'static str,
    pub shell: Shell,
}

impl ShellName {
    const fn new(name: &'static str, about: &'static str, shell: Shell) -> Self {
        Self { name, alias: None, about, shell }
    }

    pub fn matches(&self, given: &str) -> bool {
        self.name == given || self.alias == Some(given)
    }
}

pub const SHELL_NAMES: [ShellName; 10] = [
    ShellName::new("bash", "GNU bash", Shell::Posix),
    ShellName::new("zsh", "Z shell", Shell::Posix),
    ShellName::new("sh", "Any POSIX shell", Shell::Posix),
    ShellName::new("fish", "fish", Shell::Fish),
    ShellName { alias: Some("pwsh"), ..ShellName::new("powershell", "PowerShell", Shell::PowerShell) },
    ShellName::new("cmd", "The command prompt of Windows", Shell::Cmd),
    ShellName { alias: Some("nushell"), ..ShellName::new("nu", "Nushell", Shell::Nu) },
    ShellName::new("elvish", "Elvish", Shell::Elvish),
    ShellName::new("dotenv", "A .env file", Shell::Dotenv),
    ShellName::new("github", "The later steps of a GitHub Actions job, the secrets masked in its log", Shell::GitHub),
];

/// A variable and its value; `None` unsets the variable.
pub type Assignment<'a> = (&'a str, Option<&'a str>);

impl Shell {
    pub fn of_program(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next()?.trim_start_matches('-').to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "bash" | "zsh" | "sh" | "dash" | "ksh" | "mksh" | "ash" | "busybox" => Some(Self::Posix),
            "fish" => Some(Self::Fish),
            "pwsh" | "powershell" => Some(Self::PowerShell),
            "cmd" => Some(Self::Cmd),
            "nu" => Some(Self::Nu),
            "elvish" => Some(Self::Elvish),
            _ => None,
        }
    }

    pub fn eval_line(self, command: &str) -> String {
        match self {
            Self::Posix => format!("eval \"$({command})\""),
            Self::Fish => format!("{command} | source"),
            Self::PowerShell => format!("{command} | Out-String | Invoke-Expression"),
            Self::Cmd => format!("for /f \"delims=\" %i in ('{command}') do @%i"),
            Self::Nu => format!("{command} | from json | load-env"),
            Self::Elvish => format!("eval ({command} | slurp)"),
            Self::Dotenv => format!("{command} --shell dotenv > .env"),
            Self::GitHub => format!("{command} --shell github"),
        }
    }

    /// `Err` names a variable with a value that cannot be quoted.
    pub fn render<'a>(self, assignments: &[Assignment<'a>]) -> Result<Zeroizing<String>, &'a str> {
        if let Some((name, _)) = assignments.iter().find(|(_, value)| value.is_some_and(|value| !self.can_quote(value)))
        {
            return Err(name);
        }
        let mut text = Zeroizing::new(String::with_capacity(8192));
        if self == Self::Nu {
            record(&mut text, assignments);
            return Ok(text);
        }
        for (name, value) in assignments {
            match value {
                Some(value) => self.set(&mut text, name, value),
                None => self.unset(&mut text, name),
            }
        }
        Ok(text)
    }

    fn can_quote(self, value: &str) -> bool {
        !value.contains('\0')
            && match self {
                Self::Posix | Self::Fish | Self::PowerShell | Self::Nu | Self::Elvish => true,
                Self::Cmd => !value.contains(['\r', '\n', '"', '%']),
                // Inside single quotes, some readers unescape backslashes, and python-dotenv expands `${NAME}`. Readers
                // by lines treat the text after a line end as the next variable.
                Self::Dotenv => {
                    let ends_line = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
                    !value.contains(ends_line) && !value.contains(['\'', '\\']) && !value.contains("${")
                }
                // The runner treats it as part of the line end.
                Self::GitHub => !value.contains('\r'),
            }
    }

    /// Each line is a complete command, because an unquoted `eval $(...)` joins the lines with blanks. The Windows
    /// command prompt runs them one at a time.
    fn set(self, text: &mut String, name: &str, value: &str) {
        // Writing into memory cannot fail.
        let _ = match self {
            Self::Posix => writeln!(text, "export {name}='{}';", value.replace('\'', "'\\''")),
            Self::Fish => writeln!(text, "set -gx {name} '{}';", value.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::PowerShell => writeln!(text, "$Env:{name} = '{}';", doubled_quotes(value)),
            Self::Cmd => writeln!(text, "set \"{name}={value}\""),
            Self::Elvish => writeln!(text, "set-env {name} '{}';", value.replace('\'', "''")),
            // `docker run --env-file` keeps quotes as part of the value, so quotes are used only if needed.
            Self::Dotenv if value.bytes().all(is_plain) => writeln!(text, "{name}={value}"),
            Self::Dotenv => writeln!(text, "{name}='{value}'"),
            Self::GitHub => {
                let end = delimiter(value);
                writeln!(text, "{name}<<{end}\n{value}\n{end}")
            }
            Self::Nu => Ok(()),
        };
    }

    fn unset(self, text: &mut String, name: &str) {
        let _ = match self {
            Self::Posix => writeln!(text, "unset {name};"),
            // A global variable may hide a universal one, which programs would then get. Testing for a variable changes
            // $status.
            Self::Fish => writeln!(text, "set -e {name}; set -q {name}; and set -e {name}; or true;"),
            Self::PowerShell => writeln!(text, "Remove-Item Env:{name} -ErrorAction SilentlyContinue;"),
            Self::Cmd => writeln!(text, "set \"{name}=\""),
            Self::Elvish => writeln!(text, "unset-env {name};"),
            // GITHUB_ENV cannot unset a variable. AWS's own action for credentials also sets it to empty.
            Self::GitHub => writeln!(text, "{name}="),
            Self::Dotenv | Self::Nu => Ok(()),
        };
    }
}

/// One line of JSON. `null` hides a variable from the programs that Nushell starts.
fn record(text: &mut String, assignments: &[Assignment<'_>]) {
    for (at, (name, value)) in assignments.iter().enumerate() {
        // Serializing text cannot fail.
        let value = Zeroizing::new(serde_json::to_string(value).unwrap_or_default());
        let _ = write!(text, "{}\"{name}\":{}", if at == 0 { "{" } else { "," }, value.as_str());
    }
    text.push_str("}\n");
}

/// Whether every reader of `.env` files keeps the byte without quotes.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+/=.:,@".contains(&byte)
}

/// The end of a heredoc: a line that the value does not contain.
fn delimiter(value: &str) -> String {
    let mut end = "END_OF_VALUE".to_owned();
    while value.lines().any(|line| line == end) {
        end.push('_');
    }
    end
}

/// The lines that mask values in the log of a GitHub Actions job.
pub fn masks(values: &[&str]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(8192));
    for value in values {
        // The escapes of `escapeData` in @actions/core.
        let value = Zeroizing::new(value.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"));
        let _ = writeln!(text, "::add-mask::{}", value.as_str());
    }
    text
}

/// PowerShell also reads typographic single quotes as single quotes (about_Quoting_Rules).
fn doubled_quotes(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for char in value.chars() {
        if matches!(char, '\'' | '\u{2018}'..='\u{201b}') {
            text.push(char);
        }
        text.push(char);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_for_each_shell() {
        let assignments = [("A", Some("it's $(x) `y` \\ \u{2019}")), ("B", None)];
        let rows = [
            (Shell::Posix, "export A='it'\\''s $(x) `y` \\ \u{2019}';\nunset B;\n"),
            (Shell::Fish, "set -gx A 'it\\'s $(x) `y` \\\\ \u{2019}';\nset -e B; set -q B; and set -e B; or true;\n"),
            (
                Shell::PowerShell,
                "$Env:A = 'it''s $(x) `y` \\ \u{2019}\u{2019}';\nRemove-Item Env:B -ErrorAction SilentlyContinue;\n",
            ),
            (Shell::Cmd, "set \"A=it's $(x) `y` \\ \u{2019}\"\nset \"B=\"\n"),
            (Shell::Nu, "{\"A\":\"it's $(x) `y` \\\\ \u{2019}\",\"B\":null}\n"),
            (Shell::Elvish, "set-env A 'it''s $(x) `y` \\ \u{2019}';\nunset-env B;\n"),
            (Shell::GitHub, "A<<END_OF_VALUE\nit's $(x) `y` \\ \u{2019}\nEND_OF_VALUE\nB=\n"),
        ];
        for (shell, expected) in rows {
            assert_eq!(shell.render(&assignments).unwrap().as_str(), expected, "{shell:?}");
        }
    }

    #[test]
    fn unquotable_value_is_rejected() {
        for value in ["a\nb", "a\"b", "%PATH%"] {
            assert_eq!(Shell::Cmd.render(&[("A", Some(value))]).unwrap_err(), "A", "{value:?}");
        }
        for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell, Shell::Nu, Shell::Elvish, Shell::GitHub] {
            assert!(shell.render(&[("A", Some("a\nb\"%PATH%"))]).is_ok());
            assert!(shell.render(&[("A", Some("\0"))]).is_err());
        }
        for value in ["it's", "a\\b", "${HOME}", "a\rb", "a\nb", "a\u{85}b", "a\u{2028}b", "\0"] {
            assert_eq!(Shell::Dotenv.render(&[("A", Some(value))]).unwrap_err(), "A", "{value:?}");
        }
        assert!(Shell::GitHub.render(&[("A", Some("a\r"))]).is_err());
    }

    #[test]
    fn dotenv_value_is_quoted_only_if_needed() {
        for (value, expected) in [("aZ09+/=", "A=aZ09+/=\n"), ("a b $c", "A='a b $c'\n"), ("", "A=\n")] {
            assert_eq!(Shell::Dotenv.render(&[("A", Some(value)), ("B", None)]).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn github_value_cannot_end_its_heredoc() {
        let text = Shell::GitHub.render(&[("A", Some("x\nEND_OF_VALUE\nB=1"))]).unwrap();
        assert_eq!(text.as_str(), "A<<END_OF_VALUE_\nx\nEND_OF_VALUE\nB=1\nEND_OF_VALUE_\n");
        assert_eq!(masks(&["a%b\nc", "d"]).as_str(), "::add-mask::a%25b%0Ac\n::add-mask::d\n");
    }

    #[test]
    fn shell_is_known_by_its_program() {
        for (name, shell) in [
            ("-bash", Some(Shell::Posix)),
            ("/usr/bin/fish", Some(Shell::Fish)),
            ("C:\\Windows\\System32\\CMD.EXE", Some(Shell::Cmd)),
            ("pwsh", Some(Shell::PowerShell)),
            ("nu", Some(Shell::Nu)),
            ("/usr/bin/elvish", Some(Shell::Elvish)),
            ("python3", None),
            ("", None),
        ] {
            assert_eq!(Shell::of_program(name), shell, "{name}");
        }
    }
}
