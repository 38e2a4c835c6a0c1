//! Random text from the system's secure source.

use std::fmt::Write as _;
use std::io;

use ring::rand::{SecureRandom, SystemRandom};

use crate::core::secret::Secret;

/// `bytes` random bytes as hexadecimal digits.
pub fn hex(bytes: usize) -> io::Result<Secret> {
    let mut random = zeroize::Zeroizing::new(vec![0; bytes]);
    SystemRandom::new().fill(&mut random).map_err(|_| io::Error::other("the system gives no random numbers"))?;
    let mut text = String::with_capacity(2 * bytes);
    for byte in random.iter() {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Secret::new(text))
}
