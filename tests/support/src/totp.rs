//! Time-based one-time codes (RFC 6238 with HMAC-SHA1, six digits, 30 seconds). AWS accepts each code once.

use std::collections::HashMap;
use std::sync::Mutex;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::site::lock;

/// The lifetime of a code in seconds.
pub const STEP_SECONDS: u64 = 30;

/// Accepted steps before and after the current one.
const DRIFT_STEPS: u64 = 1;

/// A virtual MFA device.
#[derive(Clone, Debug)]
pub struct Device {
    serial: String,
    seed: Vec<u8>,
}

impl Device {
    /// A device with this serial (an ARN or a hardware number) and this seed (raw bytes, not base32).
    pub fn new(serial: impl Into<String>, seed: impl Into<Vec<u8>>) -> Self {
        Self { serial: serial.into(), seed: seed.into() }
    }

    /// The device's serial.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Six digits that are wrong at this step and at the next.
    pub(crate) fn wrong_code_at(&self, current: u64) -> String {
        let near = current.saturating_sub(DRIFT_STEPS + 1)..=current + DRIFT_STEPS + 1;
        let right: Vec<String> = near.map(|step| self.code_of_step(step)).collect();
        let mut candidates = (0..=right.len()).map(|number| format!("{number:06}"));
        candidates.find(|code| !right.contains(code)).expect("there are more candidates than right codes")
    }

    pub(crate) fn code_of_step(&self, step: u64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.seed).expect("HMAC takes any key length");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        // RFC 4226 section 5.3: the low four bits of the last byte are the offset of the number.
        let start = usize::from(digest[19] & 0x0f);
        let number = digest[start..start + 4].iter().fold(0_u32, |number, &byte| (number << 8) | u32::from(byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

/// The used codes per device, and the current code of the devices.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    steps: Mutex<HashMap<String, Steps>>,
    /// The step at which all devices are frozen; `None` if they follow the clock.
    frozen: Mutex<Option<u64>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    used: Option<u64>,
    handed_out: Option<u64>,
}

impl Codes {
    pub(crate) fn freeze(&self, unix_seconds: u64) {
        *lock(&self.frozen) = Some(unix_seconds / STEP_SECONDS);
    }

    /// The step of the devices' code at this time.
    pub(crate) fn step_at(&self, unix_seconds: u64) -> u64 {
        lock(&self.frozen).unwrap_or(unix_seconds / STEP_SECONDS)
    }

    /// Whether the code is valid at this time and neither it nor a later one was used before. Marks it as used.
    pub(crate) fn accept(&self, device: &Device, code: &str, unix_seconds: u64) -> bool {
        let current = self.step_at(unix_seconds);
        let mut all = lock(&self.steps);
        let steps = all.entry(device.serial.clone()).or_default();
        let step = (current.saturating_sub(DRIFT_STEPS)..=current + DRIFT_STEPS)
            .find(|&step| steps.used < Some(step) && device.code_of_step(step) == code);
        if step.is_some() {
            steps.used = step;
        }
        step.is_some()
    }

    /// A code that is valid at this time, was not used and is returned only once. Freezes all devices at a later step
    /// if the current step has none.
    pub(crate) fn hand_out(&self, device: &Device, unix_seconds: u64) -> String {
        let current = self.step_at(unix_seconds);
        let mut all = lock(&self.steps);
        let steps = all.entry(device.serial.clone()).or_default();
        // Earlier codes remain valid until three more have been returned.
        let next = steps.used.max(steps.handed_out).map_or(0, |step| step + 1);
        let step = current.max(next);
        if step > current + DRIFT_STEPS {
            *lock(&self.frozen) = Some(step - DRIFT_STEPS);
        }
        steps.handed_out = Some(step);
        device.code_of_step(step)
    }

    /// Makes every code valid again.
    pub(crate) fn forget(&self) {
        lock(&self.steps).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> Device {
        Device::new("serial", b"12345678901234567890")
    }

    fn code_at(device: &Device, unix_seconds: u64) -> String {
        device.code_of_step(unix_seconds / STEP_SECONDS)
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
            assert_eq!(device().code_of_step(time / STEP_SECONDS), code, "at {time}");
        }
    }

    #[test]
    fn code_of_adjacent_step_is_accepted() {
        let now = 1_000_000_000;
        for (time, accepted) in [(now - 60, false), (now - 30, true), (now, true), (now + 30, true), (now + 60, false)]
        {
            let codes = Codes::default();
            let code = code_at(&device(), time);
            assert_eq!(codes.accept(&device(), &code, now), accepted, "{time}");
        }
    }

    #[test]
    fn used_and_earlier_codes_are_rejected() {
        let now = 1_000_000_000;
        let codes = Codes::default();
        assert!(codes.accept(&device(), &code_at(&device(), now), now));
        assert!(!codes.accept(&device(), &code_at(&device(), now), now));
        assert!(!codes.accept(&device(), &code_at(&device(), now - 30), now));
        assert!(codes.accept(&device(), &code_at(&device(), now + 30), now));
        let other = Device::new("other", b"12345678901234567890");
        assert!(codes.accept(&other, &code_at(&other, now), now));
    }

    #[test]
    fn codes_are_issued_once_and_valid() {
        let now = 1_000_000_010;
        let codes = Codes::default();
        codes.freeze(now);
        let all: Vec<_> = (0..4).map(|_| codes.hand_out(&device(), now)).collect();
        assert_eq!(all, [0, 30, 60, 90].map(|later| code_at(&device(), now + later)));
        assert!(!codes.accept(&device(), &all[0], now), "the device shows a later code by now");
        assert!(codes.accept(&device(), &all[2], now));
        assert!(codes.accept(&device(), &all[3], now));
        codes.forget();
        assert_eq!(codes.hand_out(&device(), now), all[2]);
    }

    #[test]
    fn wrong_code_is_rejected() {
        let codes = Codes::default();
        let wrong = device().wrong_code_at(1_000_000_000 / STEP_SECONDS);
        assert_eq!(wrong.len(), 6);
        assert!(!codes.accept(&device(), &wrong, 1_000_000_000));
    }
}
