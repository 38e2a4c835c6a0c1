//! Reads a FIFO, the pipe of a process substitution, or a device. A read of these can block forever.

use std::fs::File;
use std::io::{Error, ErrorKind, IsTerminal, Read, Result};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroizing;

/// Longest time without a byte. A program in a process substitution takes a second or two.
const LONGEST_SILENCE: Duration = Duration::from_secs(5);
const LIMIT: Duration = Duration::from_mins(1);
/// Used if `poll` does not support the device.
const PAUSE: Duration = Duration::from_millis(5);

pub(super) fn read(file: File, cap: u64) -> Result<Vec<u8>> {
    // Input from a terminal is meant for a prompt or the next command.
    if file.is_terminal() {
        return Err(Error::other("it is a terminal"));
    }
    read_within(file, cap, LONGEST_SILENCE, LIMIT)
}

fn read_within(mut file: File, cap: u64, silence: Duration, limit: Duration) -> Result<Vec<u8>> {
    let limit = Instant::now() + limit;
    let mut bytes = Vec::new();
    let mut chunk = Zeroizing::new([0; 4096]);
    loop {
        let until = Instant::now() + silence;
        match next(&mut file, &mut *chunk, until.min(limit))? {
            None if Instant::now() >= limit => {
                return Err(Error::new(ErrorKind::TimedOut, "it is not a regular file, and it did not end in time"));
            }
            None => {
                let seconds = silence.as_secs();
                let message = format!("it is not a regular file, and no process wrote to it within {seconds} s");
                return Err(Error::new(ErrorKind::TimedOut, message));
            }
            Some(0) => return Ok(bytes),
            Some(read) => bytes.extend_from_slice(&chunk[..read]),
        }
        if bytes.len() as u64 > cap {
            drop(Zeroizing::new(bytes));
            return Err(ErrorKind::FileTooLarge.into());
        }
    }
}

/// 0 at the end. `None` after `until`.
fn next(file: &mut File, chunk: &mut [u8], until: Instant) -> Result<Option<usize>> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        // Before the first writer, a read of a FIFO would report its end, but `poll` does not.
        let is_ready = {
            let mut fds = [PollFd::new(file, PollFlags::IN)];
            poll(&mut fds, Timespec::try_from(left).ok().as_ref()).is_ok_and(|ready| ready > 0)
        };
        if is_ready {
            match file.read(chunk) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => sleep(PAUSE),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read.map(Some),
            }
        }
        if Instant::now() >= until {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::super::fs::{open_without_waiting, read_capped, read_regular};
    use super::*;

    const LONG: Duration = Duration::from_mins(1);
    const SHORT: Duration = Duration::from_millis(20);

    fn fifo(dir: &Path) -> std::path::PathBuf {
        let path = dir.join("fifo");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[test]
    fn fifo_without_a_writer_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = fifo(dir.path());
        let error = read_within(open_without_waiting(&path).unwrap(), 10, SHORT, LONG).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file, and no process wrote to it within 0 s");
        // The FIFO has a writer that writes nothing.
        let _writer = File::options().read(true).write(true).open(&path).unwrap();
        let error = read_within(open_without_waiting(&path).unwrap(), 10, SHORT, LONG).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(read_regular(&path, 10).unwrap_err().to_string(), "it is not a regular file");
    }

    #[test]
    fn writer_of_a_fifo_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = fifo(dir.path());
        for (script, expected) in [
            ("sleep 0.05; printf 'one '; sleep 0.05; printf two", Ok("one two")),
            ("sleep 0.05", Ok("")),
            ("yes", Err(ErrorKind::FileTooLarge)),
        ] {
            let mut writer =
                Command::new("sh").args(["-c", &format!("exec >\"$0\"; {script}")]).arg(&path).spawn().unwrap();
            let read = read_within(open_without_waiting(&path).unwrap(), 10, LONG, LONG);
            let read = read.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|error| error.kind());
            assert_eq!(read.as_deref(), expected.as_ref().copied(), "{script}");
            writer.wait().unwrap();
        }
    }

    #[test]
    fn trickle_ends_at_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = fifo(dir.path());
        let mut writer = Command::new("sh").args(["-c", "exec 2>/dev/null; yes >\"$0\""]).arg(&path).spawn().unwrap();
        let error = read_within(open_without_waiting(&path).unwrap(), u64::MAX - 1, LONG, SHORT).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file, and it did not end in time");
        writer.wait().unwrap();
    }

    #[test]
    fn pipes_and_devices_are_read() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        std::io::Write::write_all(&mut writer, b"text").unwrap();
        drop(writer);
        let fd = std::os::fd::AsRawFd::as_raw_fd(&reader);
        assert_eq!(read_capped(Path::new(&format!("/dev/fd/{fd}")), 10).unwrap().unwrap(), b"text");
        assert_eq!(read_capped(Path::new("/dev/null"), 10).unwrap().unwrap(), b"");
    }

    #[test]
    fn socket_is_named_in_the_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        for error in [read_capped(&path, 10).unwrap_err(), read_regular(&path, 10).unwrap_err()] {
            assert_eq!(error.to_string(), "it is a socket");
        }
    }
}
