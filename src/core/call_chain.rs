//! `AMPLIFY_CREDS_CHAIN`: detects recursive credential_process calls.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallChain {
    pub profiles: Vec<(String, String)>,
    pub locks: Vec<String>,
    /// Ids of the program runs that this process is part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
}

impl CallChain {
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn waiting(&self, config: &str) -> Vec<String> {
        self.profiles.iter().filter(|(file, _)| file == config).map(|(_, profile)| profile.clone()).collect()
    }

    #[must_use]
    pub fn extended(&self, config: &str, profiles: &[String], locks: &[String]) -> Self {
        let mut chain = self.clone();
        chain.profiles.extend(profiles.iter().map(|profile| (config.to_owned(), profile.clone())));
        chain.locks.extend_from_slice(locks);
        chain
    }

    #[must_use]
    pub fn within_run(&self, run: &str) -> Self {
        let mut chain = self.clone();
        chain.runs.push(run.to_owned());
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_chain_round_trips() {
        let chain = CallChain::default().extended("/c", &["a".into(), "b\n\"".into()], &["lock".into()]);
        let parsed = CallChain::parse(&chain.to_json());
        assert_eq!(parsed, chain);
        assert_eq!(parsed.waiting("/c"), ["a", "b\n\""]);
        assert!(parsed.waiting("/other").is_empty());
        assert_eq!(CallChain::parse("nonsense"), CallChain::default());
        let inner = parsed.within_run("1-a").within_run("2-b");
        assert_eq!(CallChain::parse(&inner.to_json()).runs, ["1-a", "2-b"]);
        assert_eq!(CallChain::parse(r#"{"profiles":[["/c","a"]],"locks":[]}"#).waiting("/c"), ["a"]);
    }
}
