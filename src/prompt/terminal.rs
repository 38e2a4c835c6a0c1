//! The prompt on the controlling terminal, `/dev/tty`, which works when an SDK has all three standard streams.
//!
//! The terminal keeps its own line editing (canonical mode), so that even a kill leaves nothing behind; a terminal that
//! somebody left raw is put right for the question and put back on every way out that leaves it ours. The read waits in
//! `poll`, never in `read`, so that the deadline, a lost foreground and a dead parent end it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::process::getpgrp;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcgetsid, tcsetattr,
};
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;
use crate::prompt::question::{NOT_SIX_DIGITS, PromptError, Question, REFUSED, TRIES, digits};
use crate::prompt::signals::Blocked;
use crate::prompt::watch::{LOOK_AROUND, Watch};

/// The controlling terminal, whatever its device is called.
pub(super) const CONTROLLING: &str = "/dev/tty";
const QUESTION: &str = "Enter the MFA token code: ";
/// How long to wait between reads where `poll` knows no terminals.
const UNPOLLABLE_PAUSE: Duration = Duration::from_millis(50);
/// More than anybody types; what comes behind it is thrown away.
const LONGEST_LINE: usize = 4096;

/// The terminal's session, which all processes on it share.
pub(super) fn id() -> Option<String> {
    let session = tcgetsid(open().ok()?).ok()?;
    Some(format!("tty-{}", session.as_raw_nonzero()))
}

/// Asks for six digits.
pub(super) fn ask(question: &Question<'_>) -> Result<Secret, PromptError> {
    let mut terminal = Terminal::take(question.until)?;
    let outcome = terminal.ask(question);
    // The cursor stands behind the question; whatever comes next begins on a line of its own. In the background the
    // terminal is somebody else's by now.
    if outcome.is_err() && terminal.in_foreground() {
        terminal.say("\n");
    }
    outcome
}

/// What clears the line that a spinner of whoever started us may be drawing on, where the terminal can.
pub(super) fn own_line() -> &'static str {
    let terminal = Env::process().text(env::TERM);
    if terminal.is_some_and(|kind| kind != "dumb") { "\r\x1b[K" } else { "" }
}

/// Says something, if we are in the foreground: from the background it would stand in somebody else's text.
pub(super) fn tell(text: &str) {
    let _blocked = Blocked::new();
    if let Ok(mut device) = open()
        && tcgetpgrp(&device).is_ok_and(|group| group == getpgrp())
    {
        let _ = device.write_all(text.as_bytes());
    }
}

/// Never blocking: `poll` waits, and where it knows no terminals (macOS) a pause between reads does.
fn open() -> std::io::Result<File> {
    open_device(Path::new(CONTROLLING))
}

/// A terminal, without waiting for it and without making it ours.
pub(super) fn open_device(path: &Path) -> std::io::Result<File> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)
}

/// Whether the terminal listens to us and not to a job before us.
pub(super) fn in_foreground(device: &File) -> bool {
    tcgetpgrp(device.as_fd()).is_ok_and(|group| group == getpgrp())
}

/// The terminal, ready for a question. Dropping it puts everything back.
pub(super) struct Terminal {
    device: File,
    before: Termios,
    /// Whether what is typed is not to be seen.
    hides: bool,
    /// What the terminal was set to, where it had to be put right.
    ours: Option<Termios>,
    /// Before `blocked`, so that it is dropped first: a signal held back so far then acts as between questions.
    watch: Watch,
    blocked: Blocked,
}

impl Terminal {
    pub(super) fn take(until: Instant) -> Result<Self, PromptError> {
        let device = open().map_err(|_| PromptError::NobodyToAsk)?;
        let before = tcgetattr(&device).map_err(|_| PromptError::NobodyToAsk)?;
        if !in_foreground(&device) {
            return Err(PromptError::NobodyToAsk);
        }
        let blocked = Blocked::new();
        let mut terminal = Self { device, before, hides: false, ours: None, watch: Watch::begin(until), blocked };
        terminal.put_right();
        Ok(terminal)
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Secret, PromptError> {
        let text = if question.again { format!("{REFUSED}\n") } else { question.prompt_text() };
        self.say(&format!("{}{text}", own_line()));
        let mut tries = 0;
        while tries < TRIES {
            let typed = self.line(QUESTION)?;
            match digits(typed.expose()) {
                None => {
                    tries += 1;
                    self.say(&format!("{NOT_SIX_DIGITS}\n"));
                }
                Some(code) => match (question.spent)(&code) {
                    None => return Ok(code),
                    Some(wait) => self.count_down(wait)?,
                },
            }
        }
        Err(PromptError::NotACode)
    }

    /// Waits for the device's next code. What is typed meanwhile is of the code before, and thrown away.
    fn count_down(&mut self, wait: Duration) -> Result<(), PromptError> {
        let until = Instant::now() + wait;
        let mut shown = u64::MAX;
        loop {
            let left = until.saturating_duration_since(Instant::now()).as_millis().div_ceil(1000);
            let left = u64::try_from(left).unwrap_or_default();
            if left == 0 {
                break;
            }
            if left != shown {
                shown = left;
                self.say(&format!("\rThis code was used already. The next one comes in {left:2} s."));
            }
            self.look_around("")?;
            sleep(LOOK_AROUND.min(until.saturating_duration_since(Instant::now())));
        }
        let _ = tcflush(&self.device, QueueSelector::IFlush);
        self.say("\n");
        Ok(())
    }

    /// One line that is not to be seen while it is typed.
    pub(super) fn hidden_line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.hides = true;
        self.put_right();
        let is_hidden = tcgetattr(&self.device).is_ok_and(|now| !now.local_modes.contains(LocalModes::ECHO));
        let line = if is_hidden { self.line(prompt) } else { Err(PromptError::NobodyToAsk) };
        self.hides = false;
        self.put_back();
        self.ours = None;
        self.put_right();
        line
    }

    /// One line, once it is there.
    pub(super) fn line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        let mut line = zeroize::Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
        loop {
            if !self.wait(prompt)? {
                continue;
            }
            let mut chunk = zeroize::Zeroizing::new([0; 256]);
            match self.device.read(&mut *chunk) {
                Ok(0) => return Err(PromptError::Cancelled),
                Ok(read) => {
                    let room = LONGEST_LINE - line.len();
                    line.extend_from_slice(&chunk[..read.min(room)]);
                    if chunk[..read].ends_with(b"\n") {
                        return self.edited(&line);
                    }
                }
                Err(error) if [ErrorKind::Interrupted, ErrorKind::WouldBlock].contains(&error.kind()) => {}
                // EIO: the terminal is gone, or we are in its background.
                Err(_) => return Err(PromptError::NobodyToAsk),
            }
        }
    }

    /// What a paste brings along, control characters and escape sequences, is rpassword's to take out.
    fn edited(&self, line: &[u8]) -> Result<Secret, PromptError> {
        let config = rpassword::ConfigBuilder::new().input_data(line).output_discard().build();
        match rpassword::read_password_with_config(config) {
            Ok(text) => Ok(Secret::new(text)),
            // It raises SIGINT for a Ctrl-C in the text, which `wait` would see next.
            Err(_) => match self.watch.stop_asked() {
                Err(PromptError::Cancelled) => Err(PromptError::Cancelled),
                _ => Ok(Secret::default()),
            },
        }
    }

    /// The time left for the question, or an error when it is over.
    fn look_around(&mut self, prompt: &str) -> Result<Duration, PromptError> {
        if self.watch.stop_asked()? {
            self.stop_and_continue(prompt)?;
        }
        let left = self.watch.time_left()?;
        if self.in_foreground() { Ok(left) } else { Err(PromptError::NobodyToAsk) }
    }

    /// Waits a moment. Whether there is something to read, or an error when the question is over.
    fn wait(&mut self, prompt: &str) -> Result<bool, PromptError> {
        let left = self.look_around(prompt)?;
        let moment = Timespec::try_from(left.min(LOOK_AROUND)).ok();
        let mut fds = [PollFd::new(&self.device, PollFlags::IN)];
        match poll(&mut fds, moment.as_ref()) {
            Ok(_) if fds[0].revents().contains(PollFlags::NVAL) => {
                sleep(UNPOLLABLE_PAUSE);
                Ok(true)
            }
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(_) => Err(PromptError::NobodyToAsk),
        }
    }

    /// Ctrl-Z: the shell gets its terminal back as it was, and the question is asked again after `fg`.
    fn stop_and_continue(&mut self, prompt: &str) -> Result<(), PromptError> {
        self.put_back();
        self.ours = None;
        self.blocked.lift();
        let stopped = emulate_default_handler(SIGTSTP);
        self.blocked = Blocked::new();
        if stopped.is_err() || !self.in_foreground() {
            return Err(PromptError::NobodyToAsk);
        }
        self.put_right();
        self.say(prompt);
        Ok(())
    }

    fn in_foreground(&self) -> bool {
        in_foreground(&self.device)
    }

    /// Gives a terminal that somebody left raw its line editing, and one that is to hide what is typed the modes for that;
    /// any other is left alone.
    fn put_right(&mut self) {
        let mut modes = self.before.clone();
        modes.local_modes |= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        if self.hides {
            modes.local_modes.remove(LocalModes::ECHO);
            // The end of the line is seen, so that what comes next begins on one of its own.
            modes.local_modes.insert(LocalModes::ECHONL);
        }
        modes.input_modes |= InputModes::ICRNL;
        if same(&modes, &self.before) || tcsetattr(&self.device, OptionalActions::Now, &modes).is_err() {
            return;
        }
        self.ours = tcgetattr(&self.device).ok();
    }

    /// Undoes that, unless somebody else has set the terminal meanwhile: after Ctrl-Z, or when our parent is gone, the
    /// shell has it and has put it as it wants it.
    fn put_back(&self) {
        let Some(ours) = &self.ours else { return };
        if tcgetattr(&self.device).is_ok_and(|now| same(&now, ours)) {
            let _ = tcsetattr(&self.device, OptionalActions::Now, &self.before);
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        // A terminal that takes no text (Ctrl-S) must not hold us, nor the locks that we hold: the read tells the rest.
        let _ = self.device.write_all(text.as_bytes());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.put_back();
    }
}

/// Whether the modes that we set are the same.
fn same(one: &Termios, other: &Termios) -> bool {
    (one.local_modes, one.input_modes) == (other.local_modes, other.input_modes)
}
