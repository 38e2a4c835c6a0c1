pub mod container_json;
pub mod fields;
pub mod process_json;
pub mod shell;
pub mod table;

use std::io::{self, Write};

use crate::core::clock::Timestamp;
use crate::core::masking::masked_message;
use crate::core::sanitize::printable;

pub fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

pub fn write_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

pub fn print_message(line: &str) {
    write_stderr(&format!("{}\n", printable(&masked_message(line))));
}

pub fn left(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} m", seconds / 60),
        _ => format!("{} h {:02} m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A session's remaining time and its end: `11 h 58 m left, until 21:40 UTC`.
pub fn left_until(end: Timestamp, now: Timestamp) -> String {
    format!("{} left, until {}", left(end.since(now)), near(end, now))
}

/// The time of day, with the date where it is more than a day away.
pub fn near(at: Timestamp, now: Timestamp) -> String {
    const DAY: i64 = 24 * 3600;
    let text = at.rfc3339();
    let (Some(date), Some(time)) = (text.get(..10), text.get(11..16)) else { return text };
    if at.since(now).abs() < DAY { format!("{time} UTC") } else { format!("{date} {time} UTC") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_time_is_shown_in_hours_minutes_or_seconds() {
        let rows = [
            (-5, "-5 s"),
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 m"),
            (3599, "59 m"),
            (3600, "1 h 00 m"),
            (43_199, "11 h 59 m"),
        ];
        for (seconds, expected) in rows {
            assert_eq!(left(seconds), expected);
        }
    }

    #[test]
    fn end_has_a_date_where_it_is_more_than_a_day_away() {
        let now = Timestamp(1_767_323_045);
        assert_eq!(left_until(now.plus(43_080), now), "11 h 58 m left, until 15:02 UTC");
        assert_eq!(left_until(now.plus(90_000), now), "25 h 00 m left, until 2026-01-03 04:04 UTC");
        assert_eq!(near(now.plus(-60), now), "03:03 UTC");
        assert_eq!(near(now.plus(-90_000), now), "2026-01-01 02:04 UTC");
    }
}
