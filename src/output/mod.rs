pub mod container_json;
pub mod fields;
pub mod process_json;
pub mod shell;
pub mod table;

use std::io::{self, Write};

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
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_time_is_shown_in_hours_minutes_or_seconds() {
        let rows =
            [(-5, "-5s"), (0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h00m"), (43_199, "11h59m")];
        for (seconds, expected) in rows {
            assert_eq!(left(seconds), expected);
        }
    }
}
