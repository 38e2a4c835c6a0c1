//! `AMPLIFY_CREDS_CHAIN`: who waits for a program that we run, so that it cannot make us wait for ourselves.

use serde::{Deserialize, Serialize};

/// What waits, up the line of processes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Config file and profile of each run that waits.
    pub profiles: Vec<(String, String)>,
    /// The locks that they hold.
    pub locks: Vec<String>,
}

impl Chain {
    /// Reads the variable's text.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The variable's text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The profiles of `config` that wait.
    pub fn waiting(&self, config: &str) -> Vec<String> {
        self.profiles.iter().filter(|(file, _)| file == config).map(|(_, profile)| profile.clone()).collect()
    }

    /// The chain for a program run while these profiles of `config` and these locks wait for it.
    #[must_use]
    pub fn with(&self, config: &str, profiles: &[String], locks: &[String]) -> Self {
        let mut longer = self.clone();
        longer.profiles.extend(profiles.iter().map(|profile| (config.to_owned(), profile.clone())));
        longer.locks.extend_from_slice(locks);
        longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_goes_through_the_variable() {
        let chain = Chain::default().with("/c", &["a".into(), "b\n\"".into()], &["lock".into()]);
        let again = Chain::parse(&chain.text());
        assert_eq!(again, chain);
        assert_eq!(again.waiting("/c"), ["a", "b\n\""]);
        assert!(again.waiting("/other").is_empty());
        assert_eq!(Chain::parse("nonsense"), Chain::default());
    }
}
