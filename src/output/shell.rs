//! Owns assignments as shells read them: every value quoted, whatever is in it.
//!
//! Refuses a value that a shell has no quoting for, rather than to change it.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// A shell's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// bash, zsh, dash, ksh, busybox: one language here.
    Posix,
    /// fish
    Fish,
    /// PowerShell, Windows' own and the other
    PowerShell,
    /// The command prompt of Windows.
    Cmd,
}

/// A variable and its value; none takes the variable away.
pub type Assignment<'a> = (&'a str, Option<&'a str>);

impl Shell {
    /// The language of a shell by its program's name, with or without a path; `None` for one we do not know.
    pub fn of_program(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next()?.trim_start_matches('-').to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "bash" | "zsh" | "sh" | "dash" | "ksh" | "mksh" | "ash" | "busybox" => Some(Self::Posix),
            "fish" => Some(Self::Fish),
            "pwsh" | "powershell" => Some(Self::PowerShell),
            "cmd" => Some(Self::Cmd),
            _ => None,
        }
    }

    /// The line that evaluates what `command` prints.
    pub fn eval_line(self, command: &str) -> String {
        match self {
            Self::Posix => format!("eval \"$({command})\""),
            Self::Fish => format!("{command} | source"),
            Self::PowerShell => format!("{command} | Out-String | Invoke-Expression"),
            Self::Cmd => format!("for /f \"delims=\" %i in ('{command}') do @%i"),
        }
    }

    /// The assignments, a line each; the buffer is wiped when dropped.
    ///
    /// # Errors
    /// The name of the variable whose value this shell cannot be given: line ends, `"` and `%` for the command prompt,
    /// NUL for every shell.
    pub fn render<'a>(self, assignments: &[Assignment<'a>]) -> Result<Zeroizing<String>, &'a str> {
        let mut text = Zeroizing::new(String::with_capacity(8192));
        for (name, value) in assignments {
            match value {
                Some(value) if !self.can_quote(value) => return Err(name),
                Some(value) => self.set(&mut text, name, value),
                None => self.unset(&mut text, name),
            }
        }
        Ok(text)
    }

    fn can_quote(self, value: &str) -> bool {
        !value.contains('\0') && (self != Self::Cmd || !value.contains(['\r', '\n', '"', '%']))
    }

    fn set(self, text: &mut String, name: &str, value: &str) {
        // Writing into memory cannot fail.
        let _ = match self {
            Self::Posix => writeln!(text, "export {name}='{}'", value.replace('\'', "'\\''")),
            Self::Fish => writeln!(text, "set -gx {name} '{}'", value.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::PowerShell => writeln!(text, "$Env:{name} = '{}'", doubled_quotes(value)),
            Self::Cmd => writeln!(text, "set \"{name}={value}\""),
        };
    }

    fn unset(self, text: &mut String, name: &str) {
        let _ = match self {
            Self::Posix => writeln!(text, "unset {name}"),
            // Erasing what is not there is an error that changes $status.
            Self::Fish => writeln!(text, "set -q {name}; and set -e {name}"),
            Self::PowerShell => writeln!(text, "Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
            Self::Cmd => writeln!(text, "set \"{name}=\""),
        };
    }
}

/// PowerShell takes typographic single quotes for single quotes, too (about_Quoting_Rules).
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
            (Shell::Posix, "export A='it'\\''s $(x) `y` \\ \u{2019}'\nunset B\n"),
            (Shell::Fish, "set -gx A 'it\\'s $(x) `y` \\\\ \u{2019}'\nset -q B; and set -e B\n"),
            (
                Shell::PowerShell,
                "$Env:A = 'it''s $(x) `y` \\ \u{2019}\u{2019}'\nRemove-Item Env:B -ErrorAction SilentlyContinue\n",
            ),
            (Shell::Cmd, "set \"A=it's $(x) `y` \\ \u{2019}\"\nset \"B=\"\n"),
        ];
        for (shell, expected) in rows {
            assert_eq!(shell.render(&assignments).unwrap().as_str(), expected, "{shell:?}");
        }
    }

    #[test]
    fn what_cannot_be_quoted_is_refused() {
        for value in ["a\nb", "a\"b", "%PATH%"] {
            assert_eq!(Shell::Cmd.render(&[("A", Some(value))]).unwrap_err(), "A", "{value:?}");
        }
        for shell in [Shell::Posix, Shell::Fish, Shell::PowerShell] {
            assert!(shell.render(&[("A", Some("a\nb\"%PATH%"))]).is_ok());
            assert!(shell.render(&[("A", Some("\0"))]).is_err());
        }
    }

    #[test]
    fn shells_by_their_program() {
        for (name, shell) in [
            ("-bash", Some(Shell::Posix)),
            ("/usr/bin/fish", Some(Shell::Fish)),
            ("C:\\Windows\\System32\\CMD.EXE", Some(Shell::Cmd)),
            ("pwsh", Some(Shell::PowerShell)),
            ("python3", None),
            ("", None),
        ] {
            assert_eq!(Shell::of_program(name), shell, "{name}");
        }
    }
}
