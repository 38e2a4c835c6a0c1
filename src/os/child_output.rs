//! Reads the output of a child until it exits. The child's own output is complete then, even if a background process
//! still holds its pipes.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use zeroize::Zeroizing;

/// Time after the exit, for a process that the child started to write the output.
const GRACE: Duration = Duration::from_millis(500);
/// POSIX's minimum for `PIPE_BUF`: a ready pipe accepts this many bytes without blocking.
const CHUNK: usize = 512;
/// Chunks between two looks at the clock. They hold more than the longest answer.
const ROUNDS: usize = 256;
/// `poll` does not report an exit while another process holds the pipes.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Zeroizing<Vec<u8>>,
    pub(super) stderr: Zeroizing<Vec<u8>>,
}

/// `None` after `until`. Keeps one byte more than `longest` of each output. With `relays`, also writes that much of its
/// stderr to ours.
pub(super) fn finish(child: &mut Child, until: Instant, longest: usize, relays: bool) -> Option<Finished> {
    let mut stdout = Pipe::new(child.stdout.take(), Keep::Start, longest);
    let mut stderr = Pipe::new(child.stderr.take(), Keep::End, longest);
    let (mut ended, mut pause) = (None, Duration::from_millis(1));
    let mut relayed = if relays { 0 } else { longest };
    loop {
        // Checked before the output is read, so that a read after the exit is complete.
        if ended.is_none() {
            ended = child.try_wait().ok()?.map(|status| (status, Instant::now() + GRACE));
        }
        stdout.read_available(|_| {});
        stderr.read_available(|chunk| {
            if relayed < longest {
                relayed += chunk.len();
                relay(chunk);
            }
        });
        let now = Instant::now();
        match ended {
            Some((status, limit)) if now >= limit || stdout.is_closed() && (status.success() || stderr.is_closed()) => {
                return Some(Finished { status, stdout: stdout.bytes, stderr: stderr.bytes });
            }
            None if now >= until => return None,
            _ => {}
        }
        let fds = [stdout.from.as_ref().map(AsFd::as_fd), stderr.from.as_ref().map(AsFd::as_fd)];
        let mut fds: Vec<_> = fds.iter().flatten().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
        let _ = poll(&mut fds, Timespec::try_from(pause).ok().as_ref());
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

struct Pipe<R> {
    /// `None` after it is closed.
    from: Option<R>,
    bytes: Zeroizing<Vec<u8>>,
    keep: Keep,
    longest: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Start,
    End,
}

impl<R: Read + AsFd> Pipe<R> {
    fn new(from: Option<R>, keep: Keep, longest: usize) -> Self {
        let unblock = |from: &R| fcntl_setfl(from, fcntl_getfl(from)? | OFlags::NONBLOCK);
        let bytes = Zeroizing::new(Vec::with_capacity(longest + CHUNK));
        Self { from: from.filter(|from| unblock(from).is_ok()), bytes, keep, longest }
    }

    fn is_closed(&self) -> bool {
        self.from.is_none()
    }

    /// Also reads output that is not kept, because a full pipe would block the program.
    fn read_available(&mut self, mut each: impl FnMut(&[u8])) {
        let mut chunk = Zeroizing::new([0; CHUNK]);
        for _ in 0..ROUNDS {
            let Some(from) = &mut self.from else { return };
            match from.read(&mut *chunk) {
                Ok(0) => self.from = None,
                Ok(read) => {
                    self.keep(&chunk[..read]);
                    each(&chunk[..read]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.from = None,
            }
        }
    }

    fn keep(&mut self, chunk: &[u8]) {
        if self.bytes.len() > self.longest {
            match self.keep {
                Keep::Start => return,
                Keep::End => drop(self.bytes.drain(..self.longest / 2)),
            }
        }
        self.bytes.extend_from_slice(chunk);
    }
}

/// Drops what a full pipe does not accept: its reader must not block us.
fn relay(chunk: &[u8]) {
    let stderr = std::io::stderr();
    let mut fds = [PollFd::new(&stderr, PollFlags::OUT)];
    if poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0) {
        let _ = stderr.lock().write_all(chunk);
    }
}
