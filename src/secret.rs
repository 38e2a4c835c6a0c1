//! Owns the one type that may hold a secret: memory wiped on drop, nothing printable about it; and the wiping of whole
//! files that may have secrets in them.
//!
//! Refuses to be displayed, serialised or compared; `expose` marks each place where a secret leaves.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Secret text: a secret access key, a session token, an MFA code.
///
/// The buffer is overwritten with zeros when the value is dropped. `Debug` prints `****`; there is no `Display`.
#[derive(Clone, Default)]
pub struct Secret(Wiped<String>);

impl Secret {
    /// Takes ownership of `text`; copies that the caller kept are the caller's to wipe.
    pub fn new(text: String) -> Self {
        Self(Wiped::from(text))
    }

    /// The secret itself. Calling this is the boundary: what is made of the result is no longer protected.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

/// Text or bytes, such as a file's, that are overwritten with zeros when dropped, spare room included.
///
/// `zeroize::Zeroizing` does the same byte by byte, at four instructions each: of a whole file that is more than reading
/// it costs, and the hit path reads three. Here one fill does it, and zeroize's own barrier keeps the fill.
#[derive(Clone, Default)]
pub struct Wiped<T: Default + Into<Vec<u8>>>(T);

impl<T: Default + Into<Vec<u8>>> From<T> for Wiped<T> {
    fn from(contents: T) -> Self {
        Self(contents)
    }
}

impl<T: Default + Into<Vec<u8>>> Deref for Wiped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Default + Into<Vec<u8>>> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Default + Into<Vec<u8>>> Drop for Wiped<T> {
    fn drop(&mut self) {
        wipe(&mut std::mem::take(&mut self.0).into());
    }
}

fn wipe(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.capacity(), 0);
    // In pieces for which a C library has no start-up cost.
    bytes.chunks_mut(1024).for_each(|piece| piece.fill(0));
    zeroize::optimization_barrier(bytes.as_slice());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_buffer_is_wiped() {
        let mut bytes = b"hunter2 hunter2 hunter2".to_vec();
        bytes.truncate(3);
        wipe(&mut bytes);
        assert_eq!(bytes.len(), bytes.capacity());
        assert!(bytes.len() >= 23 && bytes.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn what_is_dropped_is_handed_to_be_wiped() {
        #[derive(Default)]
        struct Contents(std::rc::Rc<std::cell::Cell<bool>>);
        impl From<Contents> for Vec<u8> {
            fn from(contents: Contents) -> Self {
                contents.0.set(true);
                Self::new()
            }
        }
        let handed = std::rc::Rc::default();
        drop(Wiped::from(Contents(std::rc::Rc::clone(&handed))));
        assert!(handed.get());
    }

    #[test]
    fn debug_shows_stars_alone() {
        let shown = format!("{:?} {:?}", Secret::from("hunter2"), Some(Secret::from("hunter2")));
        assert_eq!(shown, "**** Some(****)");
    }

    #[test]
    fn an_empty_one_is_told() {
        assert!(Secret::default().is_empty() && !Secret::from("hunter2").is_empty());
    }
}
