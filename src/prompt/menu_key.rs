//! Splits the bytes of a terminal into keys.

use super::question::PromptError;
use super::terminal::Terminal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    Escape,
    Backspace,
    ClearLine,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
}

/// The bytes of an incomplete key.
#[derive(Default)]
pub(super) struct KeyReader(Vec<u8>);

impl KeyReader {
    /// Waits for a key, or for another size of the terminal than `size`. Then the result is empty.
    pub(super) fn next(&mut self, terminal: &mut Terminal, size: (usize, usize)) -> Result<Vec<Key>, PromptError> {
        loop {
            let bytes = terminal.keys()?;
            let has_more = !bytes.is_empty();
            self.0.extend(bytes);
            // Esc is a key of its own if nothing follows it.
            let (keys, used) = parse(&self.0, !has_more);
            self.0.drain(..used);
            if !keys.is_empty() || terminal.size() != size || terminal.was_stopped() {
                return Ok(keys);
            }
        }
    }
}

/// The keys, and the number of bytes that they have. Unknown sequences are skipped.
fn parse(bytes: &[u8], is_complete: bool) -> (Vec<Key>, usize) {
    let (mut keys, mut at) = (Vec::new(), 0);
    while let Some(first) = bytes.get(at) {
        let rest = &bytes[at..];
        let (key, length) = match first {
            b'\r' | b'\n' => (Some(Key::Enter), 1),
            // Backspace, and Delete on some terminals.
            8 | 127 => (Some(Key::Backspace), 1),
            // Ctrl-U and Ctrl-W
            21 | 23 => (Some(Key::ClearLine), 1),
            // Ctrl-P and Ctrl-N
            16 => (Some(Key::Up), 1),
            14 => (Some(Key::Down), 1),
            // Ctrl-C and Ctrl-D
            3 | 4 => (Some(Key::Escape), 1),
            0x1b => match sequence(rest) {
                Some(found) => found,
                None if is_complete => (Some(Key::Escape), rest.len()),
                None => break,
            },
            0..=31 => (None, 1),
            _ => match rest.utf8_chunks().next() {
                Some(chunk) if !chunk.valid().is_empty() => {
                    let char = chunk.valid().chars().next();
                    (char.filter(|char| !char.is_control()).map(Key::Char), char.map_or(1, char::len_utf8))
                }
                // The rest of the character follows.
                _ if rest.len() < 4 && !is_complete => break,
                _ => (None, 1),
            },
        };
        keys.extend(key);
        at += length;
    }
    (keys, at)
}

/// An escape sequence and its length; `None` if it is incomplete.
fn sequence(bytes: &[u8]) -> Option<(Option<Key>, usize)> {
    match bytes.get(1)? {
        b'[' => {
            let end = bytes.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte))? + 2;
            let key = match (&bytes[2..end], bytes[end]) {
                ([], b'A') => Some(Key::Up),
                ([], b'B') => Some(Key::Down),
                ([], b'H') | (b"1" | b"7", b'~') => Some(Key::Home),
                ([], b'F') | (b"4" | b"8", b'~') => Some(Key::End),
                (b"5", b'~') => Some(Key::PageUp),
                (b"6", b'~') => Some(Key::PageDown),
                _ => None,
            };
            Some((key, end + 1))
        }
        b'O' => {
            let key = match bytes.get(2)? {
                b'A' => Some(Key::Up),
                b'B' => Some(Key::Down),
                b'H' => Some(Key::Home),
                b'F' => Some(Key::End),
                _ => None,
            };
            Some((key, 3))
        }
        0x1b => Some((Some(Key::Escape), 1)),
        // Alt and another key.
        _ => Some((None, 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_split_and_incomplete_ones_wait() {
        use Key::{Backspace, Char, ClearLine, Down, End, Enter, Escape, Home, PageDown, PageUp, Up};
        for (bytes, is_complete, keys, used) in [
            ("ab\r", false, &[Char('a'), Char('b'), Enter][..], 3),
            ("\u{1b}[A\u{1b}[B\u{1b}OA\u{1b}OB", false, &[Up, Down, Up, Down], 12),
            ("\u{1b}[5~\u{1b}[6~\u{1b}[H\u{1b}[F", false, &[PageUp, PageDown, Home, End], 14),
            ("\u{1b}", false, &[], 0),
            ("\u{1b}", true, &[Escape], 1),
            ("\u{1b}[", false, &[], 0),
            ("\u{1b}[1;5C\u{1b}[200~x", false, &[Char('x')], 13),
            ("\u{7f}\u{15}\u{10}\u{e}\u{1}\u{4}", false, &[Backspace, ClearLine, Up, Down, Escape], 6),
            ("\u{958b}\u{fc}", false, &[Char('\u{958b}'), Char('\u{fc}')], 5),
        ] {
            assert_eq!(parse(bytes.as_bytes(), is_complete), (keys.to_vec(), used), "{bytes:?}");
        }
        let split = "\u{958b}".as_bytes();
        assert_eq!(parse(&split[..2], false), (vec![], 0));
        assert_eq!(parse(&[0xff, b'a'], true), (vec![Char('a')], 2));
    }
}
