//! Reads standard input, or its first line that is not blank. Uses a thread, because a read has no deadline.

use std::io::{BufRead, Read};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use zeroize::Zeroizing;

/// At most `longest` bytes. Empty at the end of the input or for invalid UTF-8. `None` after `until`.
pub fn line(longest: u64, until: Instant) -> Option<Zeroizing<String>> {
    within(until, move || {
        let mut line = Zeroizing::new(String::new());
        let mut input = std::io::stdin().lock().take(longest);
        while line.trim().is_empty() && input.read_line(&mut line).is_ok_and(|read| read > 0) {}
        line
    })
}

/// At most `longest` bytes, also after an error. `None` after `until`.
pub fn all(longest: u64, until: Instant) -> Option<Vec<u8>> {
    within(until, move || {
        let mut bytes = Vec::new();
        let _ = std::io::stdin().lock().take(longest).read_to_end(&mut bytes);
        bytes
    })
}

/// A read that does not return keeps its thread until the process ends.
fn within<T: Send + 'static>(until: Instant, read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(read()));
    receiver.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn silent_pipe_ends_at_the_deadline() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let read = move || reader.read(&mut [0; 1]).unwrap();
        assert_eq!(within(Instant::now() + Duration::from_millis(10), read), None);
        drop(writer);
        assert_eq!(within(Instant::now() + Duration::from_mins(1), || 1), Some(1));
    }
}
