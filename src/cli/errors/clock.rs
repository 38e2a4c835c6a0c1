pub(crate) const CLOCK_FIX: &str = "fix the system clock (WSL or a resumed VM: sudo hwclock -s; otherwise enable NTP)";

/// Describes this machine's clock if AWS's is `seconds` ahead: `60 min behind`.
pub(crate) fn behind(seconds: i64) -> String {
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    format!("{} min {direction}", seconds.unsigned_abs().div_ceil(60))
}
