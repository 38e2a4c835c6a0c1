//! Asking by GnuPG's pinentry: which program, and the conversation with it.

use std::process::Command;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;
use crate::prompt::assuan::{Reply, line, meaning, reply};
use crate::prompt::helper::Helper;
use crate::prompt::question::{LABEL, PromptError, Question, TITLE};
use crate::prompt::retry::rounds;
use crate::prompt::watch::Watch;

/// The programs, the first that exists is used.
pub(super) const PROGRAMS: [&str; 2] = ["pinentry-mac", "pinentry"];

/// How long a program may take to greet, and to take note of what we say: macOS checks a new program first.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than any code has, in bytes.
const LONGEST_ANSWER: usize = 1000;

/// Asks for six digits. The terminal is lent to a program that can use no other place.
pub(super) fn ask(question: &Question<'_>, lends_terminal: bool) -> Result<Secret, PromptError> {
    let env = Env::process();
    let watch = Watch::begin(question.until);
    // Before the program, so that it is put back after the program's end.
    #[cfg(unix)]
    let lent = lends_terminal
        .then(|| crate::prompt::terminal_guard::TerminalGuard::take(env.path(env::GPG_TTY).as_deref()))
        .flatten();
    #[cfg(unix)]
    let terminal = lent.as_ref().and_then(|lent| lent.path.to_str());
    #[cfg(not(unix))]
    let terminal = None.filter(|_| lends_terminal);

    let helper = PROGRAMS.iter().find_map(|program| Helper::start(&mut Command::new(program)).ok());
    let mut pinentry = Pinentry { helper: helper.ok_or(PromptError::NobodyToAsk)?, watch: &watch };
    pinentry.greet(&env, terminal)?;
    pinentry.tell("SETTITLE", TITLE)?;
    pinentry.tell("SETDESC", question.prompt_text().trim_end())?;
    pinentry.tell("SETPROMPT", LABEL)?;
    let code = rounds(question, &watch, |wrong| pinentry.code(wrong))?;
    // One that is gone already has given its code all the same.
    let _ = pinentry.helper.say("BYE");
    pinentry.helper.finish();
    Ok(code)
}

/// A conversation.
struct Pinentry<'w> {
    helper: Helper,
    watch: &'w Watch,
}

impl Pinentry<'_> {
    fn greet(&mut self, env: &Env, terminal: Option<&str>) -> Result<(), PromptError> {
        if self.noted()?.0 != Reply::Ok || (terminal.is_none() && self.needs_terminal()?) {
            return Err(PromptError::NobodyToAsk);
        }
        // The code may stand in another window, which a grabbed keyboard and pointer cannot reach.
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

    /// Whether it can open no window. pinentry-tty says that somebody cancelled where it has no terminal.
    fn needs_terminal(&mut self) -> Result<bool, PromptError> {
        self.helper.say("GETINFO flavor")?;
        let (_, flavor) = self.noted()?;
        Ok([&b"tty"[..], b"curses"].contains(&flavor.as_slice()))
    }

    /// Says something that the program may leave aside: an old one does not know every command.
    fn tell(&mut self, command: &str, text: &str) -> Result<(), PromptError> {
        self.helper.say(&line(command, text))?;
        self.noted().map(drop)
    }

    /// What it answers before anybody is asked.
    fn noted(&mut self) -> Result<(Reply, Zeroizing<Vec<u8>>), PromptError> {
        self.replies(Some(Instant::now() + PATIENCE))
    }

    /// What the person types.
    fn code(&mut self, wrong: Option<&str>) -> Result<Secret, PromptError> {
        let left = self.watch.time_left()?.as_secs().max(1);
        self.tell("SETTIMEOUT", &left.to_string())?;
        if let Some(wrong) = wrong {
            self.tell("SETERROR", wrong)?;
        }
        self.helper.say("GETPIN")?;
        match self.replies(None)? {
            (Reply::Failed(code), _) => Err(meaning(code)),
            // What is no text is no code either.
            (_, typed) => Ok(std::str::from_utf8(&typed).map(Secret::from).unwrap_or_default()),
        }
    }

    /// The reply that ends a command, and the data that came before it.
    fn replies(&mut self, until: Option<Instant>) -> Result<(Reply, Zeroizing<Vec<u8>>), PromptError> {
        let mut data = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER));
        loop {
            let line = self.helper.line(self.watch, until)?;
            match reply(&line).ok_or(PromptError::NobodyToAsk)? {
                Reply::Aside => {}
                Reply::Data(piece) if data.len() + piece.len() <= LONGEST_ANSWER => data.extend_from_slice(&piece),
                Reply::Data(_) => return Err(PromptError::NobodyToAsk),
                done => return Ok((done, data)),
            }
        }
    }
}
