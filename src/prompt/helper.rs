//! A program that asks for us: started, talked to by pipes, never waited for blindly, ended when the question is.
//!
//! What is said means nothing here.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::os::env;

use super::question::PromptError;
use super::watch::{LOOK_AROUND, Watch};

/// The most that is read of a program in all; an honest one says far less.
const LONGEST_TALK: usize = 64 << 10;
/// The longest line of the Assuan protocol, and more than any answer has.
const LONGEST_LINE: usize = 1000;
const CHUNK: usize = 512;
/// How long a program may take to tidy up the screen.
const GRACE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(5);

type Bytes = Zeroizing<Vec<u8>>;

/// The running program. Dropping it ends it.
pub(super) struct Helper {
    child: Child,
    stdin: Option<ChildStdin>,
    chunks: Receiver<Bytes>,
    unread: Bytes,
}

impl Helper {
    /// Starts it. Its stderr goes nowhere: toolkits complain there about much that concerns nobody.
    pub(super) fn start(command: &mut Command) -> Result<Self, PromptError> {
        // Ctrl-C at a command that has the terminal is not meant for the window.
        #[cfg(unix)]
        if super::signals::are_left() {
            std::os::unix::process::CommandExt::process_group(command, 0);
        }
        let mut child = command
            .env_remove(env::AMPLIFY_CREDS_MFA_TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| PromptError::NobodyToAsk)?;
        let stdin = child.stdin.take();
        let chunks = read_in_background(child.stdout.take());
        let unread = Zeroizing::new(Vec::with_capacity(LONGEST_LINE + CHUNK));
        Ok(Self { child, stdin, chunks, unread })
    }

    /// Says one line.
    pub(super) fn say(&mut self, line: &str) -> Result<(), PromptError> {
        let stdin = self.stdin.as_mut().ok_or(PromptError::NobodyToAsk)?;
        stdin.write_all(format!("{line}\n").as_bytes()).map_err(|_| PromptError::NobodyToAsk)
    }

    /// The next line, without its end. A program that ends, or that is silent at `until`, cannot ask.
    pub(super) fn line(&mut self, watch: &Watch, until: Option<Instant>) -> Result<Bytes, PromptError> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line = Zeroizing::new(self.unread[..end].to_vec());
                self.unread.drain(..=end);
                return Ok(line);
            }
            if self.unread.len() > LONGEST_LINE {
                return Err(PromptError::NobodyToAsk);
            }
            if !self.more(watch, until)? {
                return Err(self.why_it_ended(watch));
            }
        }
    }

    /// All that it says until it ends, cut off behind the longest answer, and how it ended.
    pub(super) fn answer(mut self, watch: &Watch) -> Result<(ExitStatus, Bytes), PromptError> {
        self.stdin = None;
        while self.more(watch, None)? {
            self.unread.truncate(LONGEST_LINE);
        }
        loop {
            if let Some(status) = self.child.try_wait().map_err(|_| PromptError::NobodyToAsk)? {
                if interrupted(status) {
                    return Err(PromptError::Cancelled);
                }
                return Ok((status, std::mem::take(&mut self.unread)));
            }
            watch.wait(PAUSE)?;
        }
    }

    /// Lets it end by itself, having said all.
    pub(super) fn finish(mut self) {
        self.stdin = None;
        self.gone_within(GRACE);
    }

    /// Waits for a piece of what it says; whether there can be more.
    fn more(&mut self, watch: &Watch, until: Option<Instant>) -> Result<bool, PromptError> {
        loop {
            let moment = watch.look_around()?.min(LOOK_AROUND);
            match self.chunks.recv_timeout(moment) {
                Ok(chunk) => {
                    self.unread.extend_from_slice(&chunk);
                    return Ok(true);
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
                // What it has started may hold the pipe open after its end; its own words may still be on their way.
                Err(RecvTimeoutError::Timeout) if matches!(self.child.try_wait(), Ok(Some(_))) => {
                    let rest = self.chunks.recv_timeout(GRACE);
                    return Ok(rest.is_ok_and(|chunk| {
                        self.unread.extend_from_slice(&chunk);
                        true
                    }));
                }
                Err(RecvTimeoutError::Timeout) if until.is_some_and(|until| until <= Instant::now()) => {
                    return Err(PromptError::NobodyToAsk);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Ctrl-C goes to both of us, and it may be the first to act on it.
    fn why_it_ended(&mut self, watch: &Watch) -> PromptError {
        self.gone_within(GRACE);
        match (watch.look_around(), self.child.try_wait()) {
            (Err(error), _) => error,
            (Ok(_), Ok(Some(status))) if interrupted(status) => PromptError::Cancelled,
            (Ok(_), _) => PromptError::NobodyToAsk,
        }
    }

    fn gone_within(&mut self, grace: Duration) -> bool {
        let until = Instant::now() + grace;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < until => thread::sleep(PAUSE),
                Ok(gone) => return gone.is_some(),
                Err(_) => return true,
            }
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if self.gone_within(Duration::ZERO) {
            return;
        }
        ask_to_end(&mut self.child);
        if !self.gone_within(GRACE) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// SIGTERM, on which curses gives the screen back.
#[cfg(unix)]
fn ask_to_end(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(unix)]
fn interrupted(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(signal_hook::consts::SIGINT)
}

#[cfg(not(unix))]
fn interrupted(_status: ExitStatus) -> bool {
    false
}

fn read_in_background(stdout: Option<ChildStdout>) -> Receiver<Bytes> {
    // Holds one piece, so that a program which never stops talking waits in its pipe.
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let Some(mut stdout) = stdout else { return };
        let mut total = 0;
        while total < LONGEST_TALK {
            let mut chunk = Zeroizing::new(vec![0; CHUNK]);
            match stdout.read(&mut chunk) {
                Ok(0) => return,
                Ok(read) => {
                    total += read;
                    chunk.truncate(read);
                    if sender.send(chunk).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    });
    receiver
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    fn started(script: &str) -> Helper {
        Helper::start(Command::new("sh").args(["-c", script]).env(env::AMPLIFY_CREDS_MFA_TOKEN, "123456")).unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(90)
    }

    #[test]
    fn our_code_is_not_passed_on() {
        let (status, said) = started("echo ${AMPLIFY_CREDS_MFA_TOKEN-none}").answer(&Watch::begin(soon())).unwrap();
        assert!(status.success());
        assert_eq!(said.as_slice(), b"none\n");
    }

    #[test]
    fn lines_come_one_by_one_and_what_is_no_line_is_refused() {
        let watch = Watch::begin(soon());
        let mut helper = started("printf 'a\\nb'; echo c; read line; echo \"$line\"; yes | tr -d '\\n'");
        for expected in ["a", "bc"] {
            assert_eq!(helper.line(&watch, None).unwrap().as_slice(), expected.as_bytes());
        }
        helper.say("said").unwrap();
        assert_eq!(helper.line(&watch, None).unwrap().as_slice(), b"said");
        assert_eq!(helper.line(&watch, None), Err(PromptError::NobodyToAsk));
    }

    #[test]
    fn endless_talk_ends_and_silence_is_waited_out() {
        let watch = Watch::begin(soon());
        let mut helper = started("yes");
        let lines = (0..LONGEST_TALK).take_while(|_| helper.line(&watch, None).is_ok()).count();
        assert_eq!(lines, LONGEST_TALK / 2);
        let (_, said) = started("yes").answer(&watch).unwrap();
        assert_eq!(said.len(), LONGEST_LINE);
        let soon = Instant::now() + Duration::from_millis(1);
        assert_eq!(started("exec sleep 60").line(&watch, Some(soon)), Err(PromptError::NobodyToAsk));
    }

    #[test]
    fn a_program_that_heeds_nothing_is_ended() {
        let mut helper = started("trap '' TERM INT HUP; echo ready; while :; do sleep 0.1; done");
        helper.line(&Watch::begin(soon()), None).unwrap();
        let pid = helper.child.id().to_string();
        drop(helper);
        let is_there = Command::new("kill").args(["-0", &pid]).stderr(Stdio::null()).status().unwrap();
        assert!(!is_there.success());
    }

    #[test]
    fn an_end_by_ctrl_c_is_a_cancel_and_an_open_pipe_holds_nobody() {
        let watch = Watch::begin(soon());
        assert_eq!(started("kill -INT $$").line(&watch, None), Err(PromptError::Cancelled));
        assert_eq!(started("kill -INT $$").answer(&watch).unwrap_err(), PromptError::Cancelled);
        let (_, said) = started("sleep 60 & echo 123456").answer(&watch).unwrap();
        assert_eq!(said.as_slice(), b"123456\n");
    }
}
