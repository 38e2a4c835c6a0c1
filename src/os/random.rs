use std::io;

use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::core;
use crate::core::secret::Secret;

pub fn bytes(count: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut random = Zeroizing::new(vec![0; count]);
    SystemRandom::new().fill(&mut random).map_err(|_| io::Error::other("the system returned no random numbers"))?;
    Ok(random)
}

pub fn hex(count: usize) -> io::Result<Secret> {
    let random = bytes(count)?;
    Ok(Secret::new(core::digest::hex(&random)))
}
