//! Dialogs of the systems' own programs. Each question starts one.

use std::process::Command;

use crate::core::secret::Secret;

use super::helper::Helper;
use super::question::{DEADLINE_SECONDS, LABEL, MfaQuestion, PromptError, TITLE};
use super::retry::ask_until_valid;
use super::watch::Watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DialogProgram {
    Osascript,
    Zenity,
    PowerShell,
}

/// Text, title and seconds are arguments, so they need no quoting. The outcome is the first word of the output, because
/// osascript exits with 1 both after Cancel and if it may not run the script.
const APPLE_SCRIPT: [&str; 9] = [
    "on run argv",
    "try",
    "set seconds to (item 3 of argv) as integer",
    "set given to display dialog (item 1 of argv) with title (item 2 of argv) default answer \"\" giving up after seconds",
    "on error number -128",
    "return \"cancelled\"",
    "end try",
    "if gave up of given then return \"late\"\nreturn \"typed \" & text returned of given",
    "end run",
];

/// Set by zenity's variables: its default for Cancel, 1, is also its status without a screen.
const ZENITY_CANCEL: i32 = 10;
const ZENITY_TIMEOUT: i32 = 11;

pub(super) fn ask(program: DialogProgram, question: &MfaQuestion<'_>) -> Result<Secret, PromptError> {
    let watch = Watch::begin(question.until);
    let text = question.prompt_text();
    ask_until_valid(question, &watch, |wrong| {
        let wrong = wrong.map(|wrong| format!("{wrong}\n\n")).unwrap_or_default();
        let left = watch.time_left()?.as_secs().max(1);
        let arguments = program.arguments(&format!("{wrong}{text}{LABEL}"), left);
        let started = program.names().iter().find_map(|name| {
            Helper::start(Command::new(name).args(&arguments).envs(program.variables().iter().copied())).ok()
        });
        let (status, said) = started.ok_or(PromptError::NobodyToAsk)?.answer(&watch)?;
        program.typed(status.code(), &said)
    })
}

impl DialogProgram {
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Osascript => &["osascript"],
            Self::Zenity => &["zenity"],
            // WSL needs the file name extension.
            Self::PowerShell => &["powershell.exe", "pwsh.exe"],
        }
    }

    pub(super) fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Zenity => {
                &[("ZENITY_OK", "0"), ("ZENITY_CANCEL", "10"), ("ZENITY_ESC", "10"), ("ZENITY_TIMEOUT", "11")]
            }
            Self::Osascript | Self::PowerShell => &[],
        }
    }

    /// The code is visible during input, because it is valid once.
    pub(super) fn arguments(self, text: &str, seconds: u64) -> Vec<String> {
        match self {
            Self::Osascript => {
                let script = APPLE_SCRIPT.iter().flat_map(|line| ["-e", line]);
                script.chain([text, TITLE]).map(str::to_owned).chain([seconds.to_string()]).collect()
            }
            Self::Zenity => vec![
                "--entry".to_owned(),
                format!("--title={TITLE}"),
                format!("--text={}", zenity_label(text)),
                format!("--timeout={seconds}"),
            ],
            Self::PowerShell => vec!["-NoProfile".to_owned(), "-Command".to_owned(), powershell_script(text)],
        }
    }

    pub(super) fn typed(self, status: Option<i32>, said: &[u8]) -> Result<Secret, PromptError> {
        let said = std::str::from_utf8(said).unwrap_or_default();
        match (self, status) {
            (Self::Osascript, Some(0)) => match said.trim_end() {
                "cancelled" => Err(PromptError::Cancelled),
                "late" => Err(PromptError::TimedOut(DEADLINE_SECONDS)),
                other => other.strip_prefix("typed").map(Secret::from).ok_or(PromptError::NobodyToAsk),
            },
            (Self::Zenity | Self::PowerShell, Some(0)) => Ok(Secret::from(said)),
            (Self::Zenity, Some(ZENITY_TIMEOUT)) => Err(PromptError::TimedOut(DEADLINE_SECONDS)),
            (Self::Zenity, Some(ZENITY_CANCEL)) | (Self::PowerShell, Some(POWERSHELL_CANCEL)) => {
                Err(PromptError::Cancelled)
            }
            _ => Err(PromptError::NobodyToAsk),
        }
    }
}

/// zenity interprets no markup in an entry's label, but C's backslashes and `_`, which underlines the next letter.
fn zenity_label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('_', "__")
}

/// Exit status for an empty answer. PowerShell exits with 1 if a script fails.
const POWERSHELL_CANCEL: i32 = 10;

/// The text is passed as UTF-16 numbers, because no quoting is safe through WSL, the command line and PowerShell, which
/// also accepts typographic quotes.
fn powershell_script(text: &str) -> String {
    let numbers: Vec<String> = text.replace('\n', "\r\n").encode_utf16().map(|unit| unit.to_string()).collect();
    format!(
        "$ErrorActionPreference='Stop';Add-Type -AssemblyName Microsoft.VisualBasic;\
         $t=-join[char[]]({});\
         $a=[Microsoft.VisualBasic.Interaction]::InputBox($t,'{TITLE}');\
         if($a){{[Console]::Out.Write($a)}}else{{exit {POWERSHELL_CANCEL}}}",
        numbers.join(",")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 8] = [
        "it's \"quoted\" and 'quoted'",
        "$(touch pwned) `touch pwned` ${HOME} %PATH%",
        "line\nbreak\r\n",
        "<b>bold</b> &amp; &",
        "under_score \\n \\101",
        "\u{2018}typographic\u{2019} \u{201c}too\u{201d}",
        "--extra-button=x",
        "m\u{fc}ller \u{1f600} \" & (do shell script \"touch pwned\") & \"",
    ];

    #[test]
    fn osascript_text_is_one_argument() {
        let fixed = DialogProgram::Osascript.arguments("", 80);
        for text in HOSTILE {
            let arguments = DialogProgram::Osascript.arguments(text, 80);
            assert_eq!(arguments[..18], fixed[..18]);
            assert_eq!(arguments[18..], [text, "amplify-creds", "80"]);
        }
        assert!(fixed[..18].iter().step_by(2).all(|flag| flag == "-e"));
    }

    #[test]
    fn zenity_label_is_escaped() {
        let rows = [
            ("<b>$(id)</b> &amp;", "--text=<b>$(id)</b> &amp;"),
            ("my_role \\n", "--text=my__role \\\\n"),
            ("a\nb", "--text=a\nb"),
            ("--extra-button=x", "--text=--extra-button=x"),
        ];
        for (text, expected) in rows {
            let arguments = DialogProgram::Zenity.arguments(text, 7);
            assert_eq!(arguments, ["--entry", "--title=amplify-creds", expected, "--timeout=7"]);
        }
    }

    #[test]
    fn powershell_text_is_numbers() {
        let around = |script: &str| {
            let (before, rest) = script.split_once("[char[]](").unwrap();
            let (numbers, after) = rest.split_once(')').unwrap();
            let units: Vec<u16> = numbers.split(',').map(|number| number.parse().unwrap()).collect();
            (String::from_utf16(&units).unwrap(), format!("{before}|{after}"))
        };
        let (_, fixed) = around(&powershell_script("x"));
        for text in HOSTILE {
            let arguments = DialogProgram::PowerShell.arguments(text, 80);
            assert_eq!(arguments[..2], ["-NoProfile", "-Command"]);
            assert_eq!(around(&arguments[2]), (text.replace('\n', "\r\n"), fixed.clone()));
            assert!(arguments[2].is_ascii() && !arguments[2].contains('"'));
        }
    }

    #[test]
    fn dialog_output_and_status_give_the_outcome() {
        use DialogProgram::{Osascript, PowerShell, Zenity};
        let late = PromptError::TimedOut(DEADLINE_SECONDS);
        let rows = [
            (Osascript, Some(0), "typed 123456\n", Ok("123456")),
            (Osascript, Some(0), "typed \n", Ok("")),
            (Osascript, Some(0), "typed cancelled\n", Ok("cancelled")),
            (Osascript, Some(0), "cancelled\n", Err(PromptError::Cancelled)),
            (Osascript, Some(0), "late\n", Err(late.clone())),
            (Osascript, Some(0), "", Err(PromptError::NobodyToAsk)),
            (Osascript, Some(1), "", Err(PromptError::NobodyToAsk)),
            (Zenity, Some(0), "123456\n", Ok("123456")),
            (Zenity, Some(0), "\n", Ok("")),
            (Zenity, Some(10), "", Err(PromptError::Cancelled)),
            (Zenity, Some(11), "", Err(late)),
            (Zenity, Some(1), "", Err(PromptError::NobodyToAsk)),
            (Zenity, None, "123456", Err(PromptError::NobodyToAsk)),
            (PowerShell, Some(0), "123456", Ok("123456")),
            (PowerShell, Some(10), "", Err(PromptError::Cancelled)),
            (PowerShell, Some(1), "", Err(PromptError::NobodyToAsk)),
        ];
        for (program, status, said, expected) in rows {
            let typed = program.typed(status, said.as_bytes()).map(|typed| typed.expose().trim().to_owned());
            assert_eq!(typed, expected.map(str::to_owned), "{program:?} {status:?} {said:?}");
        }
    }
}
