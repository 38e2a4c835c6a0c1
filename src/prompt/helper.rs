//! A pinentry or dialog process, used through pipes. It ends with the prompt.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::os::{env, process_tree};

use super::question::PromptError;
use super::watch::{CHECK_INTERVAL, Watch};

/// For the whole output. A working program prints far less.
const MAX_OUTPUT: u64 = 64 << 10;
/// The limit of the Assuan protocol, longer than any answer.
const LONGEST_LINE: usize = 1000;
const CHUNK: usize = 512;
const GRACE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(5);

type Bytes = Zeroizing<Vec<u8>>;

pub(super) struct Helper {
    child: Child,
    stdin: Option<ChildStdin>,
    chunks: Receiver<Bytes>,
    unread: Bytes,
}

impl Helper {
    /// stderr is discarded, because toolkits print unrelated warnings.
    pub(super) fn start(command: &mut Command) -> Result<Self, PromptError> {
        // Ctrl-C is meant for the command that has the terminal, not for the window.
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

    pub(super) fn say(&mut self, line: &str) -> Result<(), PromptError> {
        let stdin = self.stdin.as_mut().ok_or(PromptError::NobodyToAsk)?;
        stdin.write_all(format!("{line}\n").as_bytes()).map_err(|_| PromptError::NobodyToAsk)
    }

    /// Without the line feed.
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
                return Err(self.end_reason(watch));
            }
        }
    }

    /// All output until the end, truncated.
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

    pub(super) fn finish(mut self) {
        self.stdin = None;
        self.has_ended_within(GRACE);
    }

    /// Returns false at the end of the output.
    fn more(&mut self, watch: &Watch, until: Option<Instant>) -> Result<bool, PromptError> {
        loop {
            let pause = watch.check()?.min(CHECK_INTERVAL);
            let received = match self.chunks.recv_timeout(pause) {
                // A grandchild may hold the pipe open after the end, and the last output may still be in it.
                Err(RecvTimeoutError::Timeout) if matches!(self.child.try_wait(), Ok(Some(_))) => {
                    self.chunks.recv_timeout(GRACE)
                }
                Err(RecvTimeoutError::Timeout) if until.is_some_and(|until| until <= Instant::now()) => {
                    return Err(PromptError::NobodyToAsk);
                }
                Err(RecvTimeoutError::Timeout) => continue,
                received => received,
            };
            self.unread.extend(received.iter().flat_map(|chunk| chunk.iter()));
            return Ok(received.is_ok());
        }
    }

    /// Ctrl-C reaches both processes, and the child may act on it first.
    fn end_reason(&mut self, watch: &Watch) -> PromptError {
        self.has_ended_within(GRACE);
        match (watch.check(), self.child.try_wait()) {
            (Err(error), _) => error,
            (Ok(_), Ok(Some(status))) if interrupted(status) => PromptError::Cancelled,
            (Ok(_), _) => PromptError::NobodyToAsk,
        }
    }

    fn has_ended_within(&mut self, limit: Duration) -> bool {
        process_tree::wait(&mut self.child, Instant::now() + limit).is_some()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if self.has_ended_within(Duration::ZERO) {
            return;
        }
        terminate(&mut self.child);
        if !self.has_ended_within(GRACE) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Sends SIGTERM, on which curses restores the screen.
#[cfg(unix)]
fn terminate(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn terminate(child: &mut Child) {
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
    // One chunk at a time, so that a full pipe stops an endless program.
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let Some(stdout) = stdout else { return };
        let mut stdout = stdout.take(MAX_OUTPUT);
        loop {
            let mut chunk = Zeroizing::new(vec![0; CHUNK]);
            match stdout.read(&mut chunk) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Ok(0) | Err(_) => return,
                Ok(read) => chunk.truncate(read),
            }
            if sender.send(chunk).is_err() {
                return;
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
    fn mfa_token_variable_is_not_inherited() {
        let (status, said) = started("echo ${AMPLIFY_CREDS_MFA_TOKEN-none}").answer(&Watch::begin(soon())).unwrap();
        assert!(status.success());
        assert_eq!(said.as_slice(), b"none\n");
    }

    #[test]
    fn helper_output_is_split_and_long_line_fails() {
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
    fn endless_output_is_limited_and_silence_times_out() {
        let watch = Watch::begin(soon());
        let mut helper = started("yes");
        let lines = (0..MAX_OUTPUT).take_while(|_| helper.line(&watch, None).is_ok()).count();
        assert_eq!(lines as u64, MAX_OUTPUT / 2);
        let (_, said) = started("yes").answer(&watch).unwrap();
        assert_eq!(said.len(), LONGEST_LINE);
        let soon = Instant::now() + Duration::from_millis(1);
        assert_eq!(started("exec sleep 60").line(&watch, Some(soon)), Err(PromptError::NobodyToAsk));
    }

    #[test]
    fn program_that_ignores_signals_is_killed() {
        let mut helper = started("trap '' TERM INT HUP; echo ready; while :; do sleep 0.1; done");
        helper.line(&Watch::begin(soon()), None).unwrap();
        let pid = helper.child.id().to_string();
        drop(helper);
        let is_there = Command::new("kill").args(["-0", &pid]).stderr(Stdio::null()).status().unwrap();
        assert!(!is_there.success());
    }

    #[test]
    fn helper_sigint_cancels_and_open_pipe_does_not_block() {
        let watch = Watch::begin(soon());
        assert_eq!(started("kill -INT $$").line(&watch, None), Err(PromptError::Cancelled));
        assert_eq!(started("kill -INT $$").answer(&watch).unwrap_err(), PromptError::Cancelled);
        let (_, said) = started("sleep 60 & echo 123456").answer(&watch).unwrap();
        assert_eq!(said.as_slice(), b"123456\n");
    }
}
