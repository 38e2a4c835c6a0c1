//! The controlling terminal, which works even if an SDK uses all three standard streams. Canonical mode stays on, so
//! that a kill leaves the terminal usable. A raw terminal is set to canonical mode for the prompt and restored. Input
//! waits in `poll`, never in `read`, so that the deadline, a lost foreground or a dead parent ends it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::termios::{
    FlushArg, InputFlags, LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcflush, tcgetattr, tcgetsid, tcsetattr,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::termios::tcgetwinsize;
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level::emulate_default_handler;

use crate::core::secret::Secret;
use crate::os::env;
use crate::os::env::Env;
use crate::os::job::{CONTROLLING_TERMINAL, in_foreground};
use crate::prompt::question::PromptError;
use crate::prompt::signals::{Blocked, is_substituted};
use crate::prompt::watch::{CHECK_INTERVAL, Watch};

/// Between reads if `poll` does not support terminals.
const UNPOLLABLE_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_LINE: usize = 4096;
/// `_POSIX_VDISABLE` of Linux, where it is 0, and of BSD and macOS.
const DISABLED: u8 = if cfg!(any(target_os = "linux", target_os = "android")) { 0 } else { 0xff };

pub(super) fn id() -> Option<String> {
    let session = tcgetsid(open_controlling().ok()?).ok()?;
    Some(format!("tty-{session}"))
}

fn clear_line() -> &'static str {
    let terminal = Env::process().text(env::TERM);
    if terminal.is_some_and(|kind| kind != "dumb") { "\r\x1b[K" } else { "" }
}

/// Replaces a line that a spinner draws. Does nothing in the background.
pub fn print_over_spinner(text: &str) {
    print(&(clear_line().to_owned() + text));
}

pub fn print(text: &str) {
    try_print(text);
}

/// Whether the user can see the text. Without a terminal, and in the background, nothing is printed.
pub fn try_print(text: &str) -> bool {
    let _blocked = Blocked::new();
    open_controlling().is_ok_and(|mut device| in_foreground(&device) && device.write_all(text.as_bytes()).is_ok())
}

/// Never blocks: `poll` waits. If it does not support terminals (macOS), a pause between reads does.
fn open_controlling() -> std::io::Result<File> {
    open_device(Path::new(CONTROLLING_TERMINAL))
}

/// Discards what was typed before a prompt.
pub fn discard_typed() {
    // In the background, this would stop the process.
    if let Ok(device) = open_controlling()
        && in_foreground(&device)
    {
        let _ = tcflush(&device, FlushArg::TCIFLUSH);
    }
}

/// Does not block, and does not become the controlling terminal.
pub(super) fn open_device(path: &Path) -> std::io::Result<File> {
    let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)
}

pub(super) struct Terminal {
    device: File,
    original: Termios,
    hides_input: bool,
    /// For a menu: keys are read one at a time.
    reads_keys: bool,
    was_stopped: bool,
    ours: Option<Termios>,
    /// Dropped before `blocked`: a pending signal then has its default action.
    watch: Watch,
    blocked: Blocked,
}

impl Terminal {
    pub(super) fn open(until: Instant) -> Result<Self, PromptError> {
        let device = open_controlling().map_err(|_| PromptError::NobodyToAsk)?;
        let original = tcgetattr(&device).map_err(|_| PromptError::NobodyToAsk)?;
        if !in_foreground(&device) {
            return Err(PromptError::NobodyToAsk);
        }
        let blocked = Blocked::new();
        let mut terminal = Self {
            device,
            original,
            hides_input: false,
            reads_keys: false,
            was_stopped: false,
            ours: None,
            watch: Watch::begin(until),
            blocked,
        };
        terminal.set_modes();
        terminal.say(clear_line());
        Ok(terminal)
    }

    /// Discards input, which belongs to the previous code.
    pub(super) fn count_down(&mut self, wait: Duration) -> Result<(), PromptError> {
        let until = Instant::now() + wait;
        let mut shown = 0;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let seconds = left.as_millis().div_ceil(1000);
            if seconds == 0 {
                break;
            }
            if seconds != shown {
                shown = seconds;
                self.say(&format!("\rThis code was already used. The next code comes in {seconds:2} s."));
            }
            self.check("")?;
            sleep(CHECK_INTERVAL.min(left));
        }
        let _ = tcflush(&self.device, FlushArg::TCIFLUSH);
        self.say("\n");
        Ok(())
    }

    /// Until the end. Ctrl-C and Ctrl-Z are keys, too.
    pub(super) fn read_keys(&mut self) {
        self.reads_keys = true;
        self.set_modes();
    }

    /// The bytes of pressed keys. Empty if none was pressed for [`CHECK_INTERVAL`].
    pub(super) fn keys(&mut self) -> Result<Vec<u8>, PromptError> {
        let mut bytes = vec![0; 256];
        if !self.poll("")? {
            return Ok(Vec::new());
        }
        match self.device.read(&mut bytes) {
            Ok(0) => Err(PromptError::Cancelled),
            Ok(read) => {
                bytes.truncate(read);
                Ok(bytes)
            }
            Err(error) if [ErrorKind::Interrupted, ErrorKind::WouldBlock].contains(&error.kind()) => Ok(Vec::new()),
            Err(_) => Err(PromptError::NobodyToAsk),
        }
    }

    /// Whether Ctrl-Z stopped this process since the last call.
    pub(super) fn was_stopped(&mut self) -> bool {
        std::mem::take(&mut self.was_stopped)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (usize, usize) {
        const USUAL: (usize, usize) = (80, 24);
        let size = tcgetwinsize(&self.device).ok().filter(|size| size.ws_col > 0 && size.ws_row > 0);
        size.map_or(USUAL, |size| (size.ws_col.into(), size.ws_row.into()))
    }

    pub(super) fn hidden_line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.hides_input = true;
        self.set_modes();
        let is_hidden = tcgetattr(&self.device).is_ok_and(|now| !now.local_flags.contains(LocalFlags::ECHO));
        let line = if is_hidden { self.line(prompt) } else { Err(PromptError::NobodyToAsk) };
        self.hides_input = false;
        self.restore();
        self.set_modes();
        line
    }

    pub(super) fn line(&mut self, prompt: &str) -> Result<Secret, PromptError> {
        self.say(prompt);
        let mut line = zeroize::Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
        loop {
            if !self.poll(prompt)? {
                continue;
            }
            let mut chunk = zeroize::Zeroizing::new([0; 256]);
            match self.device.read(&mut *chunk) {
                Ok(0) => return Err(PromptError::Cancelled),
                Ok(read) => {
                    let room = LONGEST_LINE - line.len();
                    line.extend_from_slice(&chunk[..read.min(room)]);
                    if chunk[..read].ends_with(b"\n") {
                        return self.without_control_characters(&line);
                    }
                }
                Err(error) if [ErrorKind::Interrupted, ErrorKind::WouldBlock].contains(&error.kind()) => {}
                // EIO: hangup, or in the background.
                Err(_) => return Err(PromptError::NobodyToAsk),
            }
        }
    }

    /// rpassword removes the control characters and escape sequences of a paste.
    fn without_control_characters(&self, line: &[u8]) -> Result<Secret, PromptError> {
        let config = rpassword::ConfigBuilder::new().input_data(line).output_discard().build();
        match rpassword::read_password_with_config(config) {
            Ok(text) => Ok(Secret::new(text)),
            // It raises SIGINT for a Ctrl-C in the text.
            Err(_) => match self.watch.must_stop() {
                Err(PromptError::Cancelled) => Err(PromptError::Cancelled),
                _ => Ok(Secret::default()),
            },
        }
    }

    fn check(&mut self, prompt: &str) -> Result<Duration, PromptError> {
        if self.watch.must_stop()? {
            self.stop_and_continue(prompt)?;
        }
        let left = self.watch.time_left()?;
        if in_foreground(&self.device) { Ok(left) } else { Err(PromptError::NobodyToAsk) }
    }

    fn poll(&mut self, prompt: &str) -> Result<bool, PromptError> {
        let left = self.check(prompt)?;
        let timeout = Timespec::try_from(left.min(CHECK_INTERVAL)).ok();
        let mut fds = [PollFd::new(&self.device, PollFlags::IN)];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) if fds[0].revents().contains(PollFlags::NVAL) => {
                sleep(UNPOLLABLE_PAUSE);
                Ok(true)
            }
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(_) => Err(PromptError::NobodyToAsk),
        }
    }

    /// After Ctrl-Z and `fg` the prompt is printed again.
    fn stop_and_continue(&mut self, prompt: &str) -> Result<(), PromptError> {
        self.restore();
        self.blocked.lift();
        let stopped = emulate_default_handler(SIGTSTP);
        self.blocked = Blocked::new();
        if stopped.is_err() || !in_foreground(&self.device) {
            return Err(PromptError::NobodyToAsk);
        }
        self.set_modes();
        self.was_stopped = true;
        self.say(prompt);
        Ok(())
    }

    /// The cursor is after the prompt. In the background the terminal belongs to another job.
    pub(super) fn end_line(&mut self) {
        if in_foreground(&self.device) {
            self.say("\n");
        }
    }

    fn set_modes(&mut self) {
        let mut modes = self.original.clone();
        modes.local_flags |= LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG;
        if self.hides_input {
            modes.local_flags.remove(LocalFlags::ECHO);
            modes.local_flags.insert(LocalFlags::ECHONL);
        }
        if self.reads_keys {
            modes.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
            modes.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
            modes.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
            // A shell waits forever for a stopped command substitution, and zsh loses the exit status of one that Ctrl-C
            // interrupts. As keys, both reach only this process.
            for signal_key in
                [SpecialCharacterIndices::VSUSP, SpecialCharacterIndices::VINTR, SpecialCharacterIndices::VQUIT]
            {
                modes.control_chars[signal_key as usize] = DISABLED;
            }
        }
        if is_substituted() {
            modes.control_chars[SpecialCharacterIndices::VSUSP as usize] = DISABLED;
        }
        modes.input_flags |= InputFlags::ICRNL;
        if same_modes(&modes, &self.original) || tcsetattr(&self.device, SetArg::TCSANOW, &modes).is_err() {
            return;
        }
        self.ours = tcgetattr(&self.device).ok();
    }

    /// Only if the modes are ours: after Ctrl-Z or the end of our parent the shell has set its own.
    fn restore(&mut self) {
        let Some(ours) = self.ours.take() else { return };
        if tcgetattr(&self.device).is_ok_and(|now| same_modes(&now, &ours)) {
            let _ = tcsetattr(&self.device, SetArg::TCSANOW, &self.original);
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        // After Ctrl-S the write fails, because the device is non-blocking: a blocked prompt would hold our locks.
        let _ = self.device.write_all(text.as_bytes());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.restore();
    }
}

fn same_modes(one: &Termios, other: &Termios) -> bool {
    (one.local_flags, one.input_flags) == (other.local_flags, other.input_flags)
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use test_support::TestHome;

    use crate::os::panics::exit_code;
    use crate::prompt::terminal_guard::TerminalGuard;

    use super::*;

    #[test]
    fn panic_restores_the_terminal() {
        let program = std::env::current_exe().unwrap();
        for child in ["panic_at_a_hidden_prompt", "panic_under_another_program"] {
            let home = TestHome::new(program.to_str().unwrap());
            let args = format!("prompt::terminal::tests::{child} --exact --ignored --nocapture");
            let (_, left) = test_support::Terminal::start(&home, &args, "</dev/null").finish();
            let run = left.restored();
            assert!(run.code == Some(0) && run.stdout.contains("1 passed"), "{run:#?}");
        }
    }

    fn is_echo_off(device: &File) -> bool {
        !tcgetattr(device).unwrap().local_flags.contains(LocalFlags::ECHO)
    }

    #[track_caller]
    fn assert_fails(program: impl FnOnce() -> ExitCode) {
        assert_eq!(format!("{:?}", exit_code(program)), format!("{:?}", ExitCode::FAILURE));
    }

    #[test]
    #[ignore = "run in a terminal of its own by panic_restores_the_terminal"]
    fn panic_at_a_hidden_prompt() {
        let mut terminal = Terminal::open(Instant::now() + Duration::from_mins(1)).unwrap();
        terminal.hides_input = true;
        terminal.set_modes();
        assert!(is_echo_off(&terminal.device));
        assert_fails(move || panic!("with {}", terminal.hides_input));
    }

    #[test]
    #[ignore = "run in a terminal of its own by panic_restores_the_terminal"]
    fn panic_under_another_program() {
        let guard = TerminalGuard::open(None).unwrap();
        let device = open_controlling().unwrap();
        let mut modes = tcgetattr(&device).unwrap();
        modes.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&device, SetArg::TCSANOW, &modes).unwrap();
        assert!(is_echo_off(&device));
        assert_fails(move || panic!("with {}", guard.path.display()));
    }
}
