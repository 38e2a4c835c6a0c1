use std::io;

use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::core;
use crate::core::secret::Secret;

pub fn hex(bytes: usize) -> io::Result<Secret> {
    let mut random = Zeroizing::new(vec![0; bytes]);
    SystemRandom::new().fill(&mut random).map_err(|_| io::Error::other("the system gives no random numbers"))?;
    Ok(Secret::new(core::digest::hex(&random)))
}
