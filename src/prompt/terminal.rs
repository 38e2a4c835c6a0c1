//! Owns the prompt on the controlling terminal, `/dev/tty`, which works when an SDK has all three standard streams.
//!
//! The terminal keeps its own line editing (canonical mode), so that even a kill leaves nothing behind; a terminal that
//! somebody left raw is put right for the question and put back on every way out that leaves it ours. The read waits in `poll`, never in
//! `read`, so that the deadline, a lost foreground and a dead parent end it. Refuses to stop: SIGTTIN and SIGTTOU are
//! blocked, since a stopped process would hold its locks.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::process::{Pid, getpgrp, getppid};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcgetsid, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::low_level::emulate_default_handler;

use crate::secret::Secret;

use super::{DEADLINE_SECONDS, NOT_SIX_DIGITS, PromptError, Question, REFUSED, TRIES, digits};

const QUESTION: &str = "Enter the MFA token code: ";
/// How often the foreground and the parent are looked at.
const LOOK_AROUND: Duration = Duration::from_millis(200);
/// How long to wait between reads where `poll` knows no terminals.
const UNPOLLABLE_PAUSE: Duration = Duration::from_millis(50);
/// More than anybody types; what comes behind it is thrown away.
const LONGEST_LINE: usize = 1024;

/// The terminal's session, which all processes on it share.
pub(super) fn id() -> Option<String> {
    let session = tcgetsid(open().ok()?).ok()?;
    Some(format!("tty-{}", session.as_raw_nonzero()))
}

/// Asks for six digits.
pub(super) fn ask(question: &Question<'_>) -> Result<Secret, PromptError> {
    let mut terminal = Terminal::take()?;
    let outcome = terminal.ask(question);
    // The cursor stands behind the question; whatever comes next begins on a line of its own. In the background the
    // terminal is somebody else's by now.
    if outcome.is_err() && terminal.in_foreground() {
        terminal.say("\n");
    }
    outcome
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
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open("/dev/tty")
}

/// The terminal, ready for a question. Dropping it puts everything back.
struct Terminal {
    device: File,
    before: Termios,
    /// What the terminal was set to, where it had to be put right.
    ours: Option<Termios>,
    blocked: Blocked,
    signals: &'static Signals,
    parent: Option<Pid>,
    deadline: Instant,
}

impl Terminal {
    fn take() -> Result<Self, PromptError> {
        let device = open().map_err(|_| PromptError::NobodyToAsk)?;
        let before = tcgetattr(&device).map_err(|_| PromptError::NobodyToAsk)?;
        let mut terminal = Self {
            device,
            before,
            ours: None,
            blocked: Blocked::new(),
            signals: Signals::get(),
            parent: getppid(),
            deadline: Instant::now() + Duration::from_secs(DEADLINE_SECONDS),
        };
        if !terminal.in_foreground() {
            return Err(PromptError::NobodyToAsk);
        }
        terminal.signals.idle.store(false, Ordering::SeqCst);
        terminal.put_right();
        Ok(terminal)
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Secret, PromptError> {
        let told = if question.again { format!("{REFUSED}\n") } else { question.told() };
        self.say(&told);
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
        let mut told = u64::MAX;
        loop {
            let left = until.saturating_duration_since(Instant::now()).as_millis().div_ceil(1000);
            let left = u64::try_from(left).unwrap_or_default();
            if left == 0 {
                break;
            }
            if left != told {
                told = left;
                self.say(&format!("\rThis code was used already. The next one comes in {left:2} s."));
            }
            self.look_around("")?;
            sleep(LOOK_AROUND.min(until.saturating_duration_since(Instant::now())));
        }
        let _ = tcflush(&self.device, QueueSelector::IFlush);
        self.say("\n");
        Ok(())
    }

    /// One line, once it is there.
    fn line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
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
            Err(_) => match self.signals.take() {
                SIGINT => Err(PromptError::Cancelled),
                _ => Ok(Secret::default()),
            },
        }
    }

    /// The time left for the question, or an error when it is over.
    fn look_around(&mut self, prompt: &str) -> Result<Duration, PromptError> {
        match self.signals.take() {
            0 => {}
            SIGINT => return Err(PromptError::Cancelled),
            SIGTSTP => self.stop_and_continue(prompt)?,
            signal => return Err(PromptError::Signalled(signal)),
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(PromptError::TimedOut(DEADLINE_SECONDS));
        }
        if getppid() != self.parent {
            return Err(PromptError::Cancelled);
        }
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
        tcgetpgrp(self.device.as_fd()).is_ok_and(|group| group == getpgrp())
    }

    /// Gives a terminal that somebody left raw its line editing; one that has it is left alone.
    fn put_right(&mut self) {
        let mut modes = self.before.clone();
        modes.local_modes |= LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
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

    fn say(&mut self, text: &str) {
        // A terminal that takes no text (Ctrl-S) must not hold us, nor the locks that we hold: the read tells the rest.
        let _ = self.device.write_all(text.as_bytes());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.put_back();
        self.signals.idle.store(true, Ordering::SeqCst);
    }
}

/// Whether the modes that we set are the same.
fn same(one: &Termios, other: &Termios) -> bool {
    (one.local_modes, one.input_modes) == (other.local_modes, other.input_modes)
}

/// SIGTTIN and SIGTTOU kept from this thread: a background read then fails with EIO instead of stopping us.
struct Blocked {
    before: Option<SigSet>,
}

impl Blocked {
    fn new() -> Self {
        let mut set = SigSet::empty();
        set.add(Signal::SIGTTIN);
        set.add(Signal::SIGTTOU);
        let before = SigSet::thread_get_mask().ok();
        let _ = set.thread_block();
        Self { before }
    }

    fn lift(&mut self) {
        if let Some(before) = self.before.take() {
            let _ = before.thread_set_mask();
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        self.lift();
    }
}

/// The signals that end a question. Their handlers stay for the life of the process, since taking them away would
/// leave the signals ignored; `idle` makes them do what they do by default between questions.
struct Signals {
    idle: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

impl Signals {
    fn get() -> &'static Self {
        static SIGNALS: OnceLock<Signals> = OnceLock::new();
        SIGNALS.get_or_init(|| {
            let signals = Self { idle: Arc::new(AtomicBool::new(true)), last: Arc::new(AtomicUsize::new(0)) };
            for signal in [SIGINT, SIGTERM, SIGHUP, SIGTSTP] {
                // An error means that the system forbids handlers: then the default acts, as without us.
                let _ = signal_hook::flag::register_conditional_default(signal, signals.idle.clone());
                let _ = signal_hook::flag::register_usize(signal, signals.last.clone(), signal.unsigned_abs() as usize);
            }
            signals
        })
    }

    /// The last signal since the last look, or 0.
    fn take(&self) -> i32 {
        i32::try_from(self.last.swap(0, Ordering::SeqCst)).unwrap_or(0)
    }
}
