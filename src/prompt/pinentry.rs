use std::process::Command;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;
use crate::prompt::assuan::{AssuanReply, line, parse_reply, prompt_error};
use crate::prompt::helper::Helper;
use crate::prompt::question::{LABEL, MfaQuestion, PromptError, TITLE};
use crate::prompt::retry::ask_until_valid;
#[cfg(unix)]
use crate::prompt::terminal_guard::TerminalGuard;
use crate::prompt::watch::Watch;

pub(super) const PROGRAMS: [&str; 2] = ["pinentry-mac", "pinentry"];

/// For replies before GETPIN: macOS checks a new program first.
const REPLY_LIMIT: Duration = Duration::from_secs(10);
const LONGEST_ANSWER: usize = 1000;

/// With `lends_terminal`, pinentry may use the terminal.
pub(super) fn ask(question: &MfaQuestion<'_>, lends_terminal: bool) -> Result<Secret, PromptError> {
    let env = Env::process();
    let watch = Watch::begin(question.until);
    // Opened before the helper, so that the terminal is restored after the program's end.
    #[cfg(unix)]
    let guard = lends_terminal.then(|| TerminalGuard::open(env.path(env::GPG_TTY).as_deref())).flatten();
    #[cfg(unix)]
    let terminal = guard.as_ref().and_then(|guard| guard.path.to_str());
    #[cfg(not(unix))]
    let terminal = None.filter(|_| lends_terminal);

    let helper = PROGRAMS.iter().find_map(|program| Helper::start(&mut Command::new(program)).ok());
    let mut pinentry = Pinentry { helper: helper.ok_or(PromptError::NobodyToAsk)?, watch: &watch };
    pinentry.greet(&env, terminal)?;
    pinentry.tell("SETTITLE", TITLE)?;
    pinentry.tell("SETDESC", question.prompt_text().trim_end())?;
    pinentry.tell("SETPROMPT", LABEL)?;
    let code = ask_until_valid(question, &watch, |wrong| pinentry.code(wrong))?;
    // It may have ended already.
    let _ = pinentry.helper.say("BYE");
    pinentry.helper.finish();
    Ok(code)
}

struct Pinentry<'w> {
    helper: Helper,
    watch: &'w Watch,
}

impl Pinentry<'_> {
    fn greet(&mut self, env: &Env, terminal: Option<&str>) -> Result<(), PromptError> {
        if self.reply()?.0 != AssuanReply::Ok || (terminal.is_none() && self.needs_terminal()?) {
            return Err(PromptError::NobodyToAsk);
        }
        // The code may be in another window, which a grabbed keyboard and pointer cannot reach.
        self.tell("OPTION", "no-grab")?;
        if let Some(terminal) = terminal {
            self.tell("OPTION", &format!("ttyname={terminal}"))?;
            if let Some(kind) = env.text(env::TERM) {
                self.tell("OPTION", &format!("ttytype={kind}"))?;
            }
        }
        if let Some((_, locale)) = env.first(&[env::LC_ALL, env::LC_CTYPE, env::LANG]) {
            self.tell("OPTION", &format!("lc-ctype={locale}"))?;
        }
        Ok(())
    }

    /// Without a terminal pinentry-tty reports a cancel.
    fn needs_terminal(&mut self) -> Result<bool, PromptError> {
        self.helper.say("GETINFO flavor")?;
        let (_, flavor) = self.reply()?;
        Ok([&b"tty"[..], b"curses"].contains(&flavor.as_slice()))
    }

    /// Ignores errors, because an old pinentry does not support every command.
    fn tell(&mut self, command: &str, text: &str) -> Result<(), PromptError> {
        self.helper.say(&line(command, text))?;
        self.reply().map(drop)
    }

    fn reply(&mut self) -> Result<(AssuanReply, Zeroizing<Vec<u8>>), PromptError> {
        self.reply_until(Some(Instant::now() + REPLY_LIMIT))
    }

    fn code(&mut self, wrong: Option<&str>) -> Result<Secret, PromptError> {
        let left = self.watch.time_left()?.as_secs().max(1);
        self.tell("SETTIMEOUT", &left.to_string())?;
        if let Some(wrong) = wrong {
            self.tell("SETERROR", wrong)?;
        }
        self.helper.say("GETPIN")?;
        match self.reply_until(None)? {
            (AssuanReply::Failed(code), _) => Err(prompt_error(code)),
            (_, typed) => Ok(std::str::from_utf8(&typed).map(Secret::from).unwrap_or_default()),
        }
    }

    /// The reply that ends a command, and the data before it.
    fn reply_until(&mut self, until: Option<Instant>) -> Result<(AssuanReply, Zeroizing<Vec<u8>>), PromptError> {
        let mut data = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER));
        loop {
            let line = self.helper.line(self.watch, until)?;
            match parse_reply(&line).ok_or(PromptError::NobodyToAsk)? {
                AssuanReply::Ignored => {}
                AssuanReply::Data(piece) if data.len() + piece.len() <= LONGEST_ANSWER => {
                    data.extend_from_slice(&piece);
                }
                AssuanReply::Data(_) => return Err(PromptError::NobodyToAsk),
                done => return Ok((done, data)),
            }
        }
    }
}
