//! Owns time-based one-time codes (RFC 6238 with HMAC-SHA1, six digits, 30 seconds) and the rule
//! that AWS accepts each of them once.
//!
//! Refuses to know users: which device belongs to whom is `world`'s.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// How long a code is shown, in seconds.
pub const STEP_SECONDS: u64 = 30;

/// How many steps before and after the current one are accepted.
const DRIFT_STEPS: u64 = 1;

/// A virtual MFA device.
#[derive(Clone, Debug)]
pub struct Device {
    serial: String,
    seed: Vec<u8>,
}

impl Device {
    /// A device with this serial (an ARN or a hardware number) and this seed (raw bytes, not
    /// base32).
    pub fn new(serial: impl Into<String>, seed: impl Into<Vec<u8>>) -> Self {
        Self { serial: serial.into(), seed: seed.into() }
    }

    /// The serial that `SerialNumber` names.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// What the device shows at this time (seconds since the Unix epoch).
    pub fn code_at(&self, unix_seconds: u64) -> String {
        self.code_of_step(unix_seconds / STEP_SECONDS)
    }

    /// Six digits that are wrong at this time, and stay so for a step more.
    pub(crate) fn wrong_code_at(&self, unix_seconds: u64) -> String {
        let current = unix_seconds / STEP_SECONDS;
        let near = current.saturating_sub(DRIFT_STEPS + 1)..=current + DRIFT_STEPS + 1;
        let right: Vec<String> = near.map(|step| self.code_of_step(step)).collect();
        let mut candidates = (0..=right.len()).map(|number| format!("{number:06}"));
        candidates.find(|code| !right.contains(code)).expect("there are more candidates than right codes")
    }

    pub(crate) fn code_of_step(&self, step: u64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.seed).expect("HMAC takes any key length");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        // RFC 4226 section 5.3: the low four bits of the last byte say where the number starts.
        let start = usize::from(digest[19] & 0x0f);
        let number = digest[start..start + 4].iter().fold(0_u32, |number, &byte| (number << 8) | u32::from(byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

/// Which codes are spent, per device.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    steps: Mutex<HashMap<String, Steps>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    used: Option<u64>,
    handed_out: Option<u64>,
}

impl Codes {
    /// Whether the code is right at this time and neither it nor a later one was used before;
    /// if so it is used from now on.
    pub(crate) fn accept(&self, device: &Device, code: &str, unix_seconds: u64) -> bool {
        let current = unix_seconds / STEP_SECONDS;
        let mut all = self.lock();
        let steps = all.entry(device.serial.clone()).or_default();
        let step = (current.saturating_sub(DRIFT_STEPS)..=current + DRIFT_STEPS)
            .find(|&step| steps.used < Some(step) && device.code_of_step(step) == code);
        if step.is_some() {
            steps.used = step;
        }
        step.is_some()
    }

    /// A code that is accepted at this time, was not used and is handed to nobody else; or how
    /// many seconds to wait before there is one.
    pub(crate) fn hand_out(&self, device: &Device, unix_seconds: u64) -> Result<String, u64> {
        let current = unix_seconds / STEP_SECONDS;
        let mut all = self.lock();
        let steps = all.entry(device.serial.clone()).or_default();
        // The current step is the earliest on offer: the one before it is accepted too, but
        // only until the next boundary, which may come before the code has been sent.
        let next = steps.used.max(steps.handed_out).map_or(0, |step| step + 1);
        let step = current.max(next);
        if step > current + DRIFT_STEPS {
            return Err((step - DRIFT_STEPS) * STEP_SECONDS - unix_seconds);
        }
        steps.handed_out = Some(step);
        Ok(device.code_of_step(step))
    }

    /// Makes every code fresh again.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Steps>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> Device {
        Device::new("serial", b"12345678901234567890")
    }

    /// RFC 6238 appendix B, SHA-1 rows; the last six of its eight digits.
    #[test]
    fn rfc_6238_vectors() {
        let rows = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (time, code) in rows {
            assert_eq!(device().code_at(time), code, "at {time}");
        }
    }

    #[test]
    fn one_step_either_side_is_accepted() {
        let now = 1_000_000_000;
        for (time, accepted) in [(now - 60, false), (now - 30, true), (now, true), (now + 30, true), (now + 60, false)]
        {
            let codes = Codes::default();
            let code = device().code_at(time);
            assert_eq!(codes.accept(&device(), &code, now), accepted, "{time}");
        }
    }

    #[test]
    fn a_used_code_and_those_before_it_are_refused() {
        let now = 1_000_000_000;
        let codes = Codes::default();
        assert!(codes.accept(&device(), &device().code_at(now), now));
        assert!(!codes.accept(&device(), &device().code_at(now), now));
        assert!(!codes.accept(&device(), &device().code_at(now - 30), now));
        assert!(codes.accept(&device(), &device().code_at(now + 30), now));
        let other = Device::new("other", b"12345678901234567890");
        assert!(codes.accept(&other, &other.code_at(now), now));
    }

    #[test]
    fn codes_are_handed_out_once_and_are_good() {
        let now = 1_000_000_010;
        let codes = Codes::default();
        let first = codes.hand_out(&device(), now).unwrap();
        let second = codes.hand_out(&device(), now).unwrap();
        assert_ne!(first, second);
        // 1_000_000_010 is 20 seconds into its step, so the next one begins in 10.
        assert_eq!(codes.hand_out(&device(), now), Err(10));
        assert!(codes.accept(&device(), &first, now));
        assert!(codes.accept(&device(), &second, now));
        codes.forget();
        assert_eq!(codes.hand_out(&device(), now), Ok(first));
    }

    #[test]
    fn a_wrong_code_is_wrong() {
        let codes = Codes::default();
        let wrong = device().wrong_code_at(1_000_000_000);
        assert_eq!(wrong.len(), 6);
        assert!(!codes.accept(&device(), &wrong, 1_000_000_000));
    }
}
