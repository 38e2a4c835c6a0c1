use std::fmt;

use zeroize::Zeroizing;

/// Wiped on drop. It cannot be displayed, serialised or compared.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Copies of the result are not wiped.
    pub fn expose(&self) -> &str {
        &self.0
    }

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
    fn debug_output_is_masked() {
        let shown = format!("{:?} {:?}", Secret::from("hunter2"), Some(Secret::from("hunter2")));
        assert_eq!(shown, "**** Some(****)");
    }

    #[test]
    fn empty_secret_is_detected() {
        assert!(Secret::default().is_empty() && !Secret::from("hunter2").is_empty());
    }
}
