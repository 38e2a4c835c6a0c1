//! Reads the output of a child until it exits. A background process of the child may hold its pipes.

use std::io::{Read, Write};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::process_tree::wait;

/// Time after the exit, for output that is still in the pipes.
const GRACE: Duration = Duration::from_millis(500);
const CHUNK: usize = 4096;

type Bytes = Zeroizing<Vec<u8>>;

pub(super) struct Finished {
    pub(super) status: ExitStatus,
    pub(super) stdout: Bytes,
    pub(super) stderr: Bytes,
}

/// `None` after `until`. Keeps one byte more than `longest` of each output. With `relays`, also writes that much of its
/// stderr to ours.
pub(super) fn finish(child: &mut Child, until: Instant, longest: usize, relays: bool) -> Option<Finished> {
    let stdout = child.stdout.take().map(|pipe| read_in_background(pipe, longest, false));
    let stderr = child.stderr.take().map(|pipe| read_in_background(pipe, longest, relays));
    let status = wait(child, until)?;
    let until = Instant::now() + GRACE;
    let stdout = collect(stdout, longest, until);
    let stderr = if status.success() { Bytes::default() } else { collect(stderr, longest, until) };
    Some(Finished { status, stdout, stderr })
}

fn read_in_background(mut from: impl Read + Send + 'static, longest: usize, relays: bool) -> Receiver<Bytes> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut limited = from.by_ref().take(longest as u64 + 1);
        while let Some(chunk) = next(&mut limited, &sender) {
            if relays {
                let _ = std::io::stderr().write_all(&chunk);
            }
        }
        // A full pipe would block the program.
        let _ = std::io::copy(&mut from, &mut std::io::sink());
    });
    receiver
}

/// `None` at the end of the output.
fn next(from: &mut impl Read, sender: &Sender<Bytes>) -> Option<Bytes> {
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let read = from.read(&mut chunk).ok().filter(|read| *read > 0)?;
    chunk.truncate(read);
    let _ = sender.send(chunk.clone());
    Some(chunk)
}

fn collect(from: Option<Receiver<Bytes>>, longest: usize, until: Instant) -> Bytes {
    let mut bytes = Zeroizing::new(Vec::with_capacity(longest + CHUNK));
    let Some(from) = from else { return bytes };
    loop {
        match from.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return bytes,
        }
    }
}
