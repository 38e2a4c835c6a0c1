//! The type for secrets. It cannot be displayed, serialised or compared; `expose` marks each place where a secret
//! leaves.

use std::fmt;

use zeroize::Zeroizing;

/// Secret text: a secret access key, a session token, an MFA code.
///
/// The buffer is overwritten with zeros when the value is dropped. `Debug` prints `****`; there is no `Display`.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of `text`; copies that the caller kept are the caller's to wipe.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
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

#[cfg(test)]
mod tests {
    use super::*;

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
