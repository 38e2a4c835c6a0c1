//! Lines of pinentry's Assuan protocol.

use zeroize::Zeroizing;

use crate::prompt::question::{DEADLINE_SECONDS, PromptError};

/// Without the line feed.
const LONGEST_LINE: usize = 998;

/// Codes of libgpg-error. The upper half of the number is the error source.
const CODE_BITS: u32 = 0xffff;
const TIMEOUT: u32 = 62;
const CANCELED: u32 = 99;
const FULLY_CANCELED: u32 = 198;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum AssuanReply {
    Ok,
    Failed(u32),
    Data(Zeroizing<Vec<u8>>),
    Ignored,
}

pub(super) fn line(command: &str, text: &str) -> String {
    let mut line = format!("{command} ");
    for char in text.chars() {
        let before = line.len();
        match char {
            '%' | '\u{7f}' | '\0'..='\u{1f}' => line.extend(escape(char)),
            char => line.push(char),
        }
        if line.len() > LONGEST_LINE {
            line.truncate(before);
            break;
        }
    }
    line
}

fn escape(char: char) -> [char; 3] {
    let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0').to_ascii_uppercase();
    ['%', digit(u32::from(char) / 16), digit(u32::from(char) % 16)]
}

pub(super) fn parse_reply(line: &[u8]) -> Option<AssuanReply> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut parts = line.splitn(2, |byte| *byte == b' ');
    let (word, rest) = (parts.next()?, parts.next().unwrap_or_default());
    match word {
        b"OK" => Some(AssuanReply::Ok),
        b"ERR" => {
            let code = std::str::from_utf8(rest).ok()?.split(' ').next()?;
            Some(AssuanReply::Failed(code.parse::<u32>().ok()? & CODE_BITS))
        }
        b"D" => decode(rest).map(AssuanReply::Data),
        b"S" => Some(AssuanReply::Ignored),
        _ => line.starts_with(b"#").then_some(AssuanReply::Ignored),
    }
}

pub(super) fn prompt_error(code: u32) -> PromptError {
    match code {
        CANCELED | FULLY_CANCELED => PromptError::Cancelled,
        TIMEOUT => PromptError::TimedOut(DEADLINE_SECONDS),
        _ => PromptError::NobodyToAsk,
    }
}

fn decode(data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // The buffer never grows, because a reallocation would leave a copy of the secret.
    let mut bytes = Zeroizing::new(Vec::with_capacity(data.len()));
    let mut rest = data.iter();
    while let Some(byte) = rest.next() {
        let mut nibble = || rest.next().and_then(|byte| char::from(*byte).to_digit(16));
        bytes.push(match byte {
            b'%' => u8::try_from(nibble()? * 16 + nibble()?).ok()?,
            byte => *byte,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_is_escaped() {
        let rows = [
            ("100 %", "SETDESC 100 %25"),
            ("a\r\nBYE", "SETDESC a%0D%0ABYE"),
            ("tab\there \u{1b}[2J\0\u{7f}", "SETDESC tab%09here %1B[2J%00%7F"),
            ("m\u{fc}ller <b>", "SETDESC m\u{fc}ller <b>"),
            ("", "SETDESC "),
        ];
        for (text, expected) in rows {
            assert_eq!(line("SETDESC", text), expected);
        }
    }

    #[test]
    fn long_line_is_truncated_between_characters() {
        for text in ["x".repeat(5000), "%".repeat(5000), "\u{1f600}".repeat(5000), format!("a{}", "\n".repeat(5000))] {
            let line = line("SETDESC", &text);
            assert!((LONGEST_LINE - 3..=LONGEST_LINE).contains(&line.len()), "{}", line.len());
            assert!(!line.ends_with("%0") && (line.matches('%').count() * 3 <= line.len()));
        }
    }

    #[test]
    fn reply_is_parsed() {
        let data = |text: &str| Some(AssuanReply::Data(Zeroizing::new(text.into())));
        let rows: [(&[u8], Option<AssuanReply>); 20] = [
            (b"OK", Some(AssuanReply::Ok)),
            (b"OK Pleased to meet you, process 7", Some(AssuanReply::Ok)),
            (b"OK\r", Some(AssuanReply::Ok)),
            (b"ERR 83886179 Operation cancelled <Pinentry>", Some(AssuanReply::Failed(CANCELED))),
            (b"ERR 83886142 Timeout", Some(AssuanReply::Failed(TIMEOUT))),
            (b"ERR 198", Some(AssuanReply::Failed(FULLY_CANCELED))),
            (b"ERR", None),
            (b"ERR x", None),
            (b"ERR 99999999999", None),
            (b"D 123456", data("123456")),
            (b"D 12%3456%25%0a", data("12456%\n")),
            (b"D", data("")),
            (b"D %", None),
            (b"D %4", None),
            (b"D %zz", None),
            (b"S PASSWORD_FROM_CACHE", Some(AssuanReply::Ignored)),
            (b"# hello", Some(AssuanReply::Ignored)),
            (b"#hello", Some(AssuanReply::Ignored)),
            (b"INQUIRE QUALITY", None),
            (b"HTTP/1.1 200 OK", None),
        ];
        for (line, expected) in rows {
            assert_eq!(parse_reply(line), expected, "{:?}", String::from_utf8_lossy(line));
        }
        assert_eq!(parse_reply(b""), None);
        assert_eq!(parse_reply(b"OKAY"), None);
        assert_eq!(parse_reply(b"D \xff%ff"), Some(AssuanReply::Data(Zeroizing::new(vec![0xff, 0xff]))));
    }

    #[test]
    fn error_code_gives_the_prompt_error() {
        assert_eq!(prompt_error(CANCELED), PromptError::Cancelled);
        assert_eq!(prompt_error(FULLY_CANCELED), PromptError::Cancelled);
        assert_eq!(prompt_error(TIMEOUT), PromptError::TimedOut(DEADLINE_SECONDS));
        assert_eq!(prompt_error(83), PromptError::NobodyToAsk);
    }
}
