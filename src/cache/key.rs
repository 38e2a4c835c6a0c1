//! Owns whose session an entry is: the fingerprint, and the two names under which an entry may stand.
//!
//! Refuses to hash a secret, and to leave a field out: every struct is taken apart without `..`, so that a new field
//! does not compile until somebody decides here whether it belongs.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::plan::{Base, BaseSource, CredentialPlan, Hop, ProcessBase, Surroundings};
use crate::profile::keys::Keys;

/// SHA-256 over everything that decides whose session it is and what it may do, as 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// All 64 digits: what an entry must carry to answer.
    pub fn hex(&self) -> &str {
        &self.0
    }

    /// The first eight digits, which tell entries of one session name apart.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }
}

/// Where the session of one hop stands in the cache, and whose it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey {
    /// The outer key: the role's ARN.
    pub role_arn: String,
    /// The inner key that the Amplify CLI uses: the session name.
    pub session_name: String,
    /// Whose session.
    pub fingerprint: Fingerprint,
    /// Whether the Amplify CLI itself could make this session; only then the plain name is written.
    pub amplify_could_make_it: bool,
}

impl CacheKey {
    /// The key of the plan's hop `index` (counted from 0).
    pub fn of_hop(plan: &CredentialPlan, index: usize) -> Self {
        let hop = &plan.hops[index];
        Self {
            role_arn: hop.role_arn.value.as_str().to_owned(),
            session_name: hop.session_name.value.clone(),
            fingerprint: fingerprint(plan, index),
            amplify_could_make_it: index == 0
                && plan.endpoint.is_none()
                && matches!(plan.base.source, BaseSource::Static(_)),
        }
    }

    /// The inner key of a session that the plain name must not hold.
    pub fn marked_name(&self) -> String {
        format!("{}#{}", self.session_name, self.fingerprint.short())
    }
}

/// The fingerprint of the session that the first `index + 1` hops lead to.
fn fingerprint(plan: &CredentialPlan, index: usize) -> Fingerprint {
    let CredentialPlan { profile: _, path: _, via: _, region: _, base, hops, endpoint, warnings: _ } = plan;
    let mut hash = Labelled(Sha256::new());
    hash.add("amplify-creds", "1");
    hash.add("partition", hops[index].role_arn.value.partition());
    if let Some(endpoint) = endpoint {
        hash.add("endpoint", &endpoint.value);
    }
    hash.base(base);
    for hop in &hops[..=index] {
        hash.hop(hop);
    }
    Fingerprint(hash.0.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// Items as length, label, length, value: no two different lists give the same bytes, and a field that is absent adds
/// nothing, so that later versions may add fields without losing today's entries.
struct Labelled(Sha256);

impl Labelled {
    fn add(&mut self, label: &str, value: &str) {
        for text in [label, value] {
            self.0.update((text.len() as u64).to_be_bytes());
            self.0.update(text);
        }
    }

    fn base(&mut self, base: &Base) {
        let Base { profile: _, source } = base;
        let (kind, keys) = match source {
            BaseSource::Static(keys) => ("static", keys),
            BaseSource::Environment(keys) => ("environment", keys),
            BaseSource::Process(process) => return self.process(process),
        };
        let Keys { access_key_id, secret_access_key: _, session_token: _, from: _ } = keys;
        self.add("base", kind);
        self.add("access key id", access_key_id);
    }

    /// Whose credentials a program gives can depend on all that it sees of us. The directory decides only which
    /// program a relative command is.
    fn process(&mut self, process: &ProcessBase) {
        let ProcessBase { command, surroundings } = process;
        let Surroundings { aws_profile, aws_default_profile, config, credentials, directory } = surroundings;
        self.add("base", "process");
        self.add("command", &command.value);
        for (label, value) in [("AWS_PROFILE", aws_profile), ("AWS_DEFAULT_PROFILE", aws_default_profile)] {
            if let Some(value) = value {
                self.add(label, value);
            }
        }
        self.add("config", &config.to_string_lossy());
        self.add("credentials", &credentials.to_string_lossy());
        let is_absolute = command.value.trim_start_matches(['"', '\'', ' ']).starts_with('/');
        if let Some(directory) = directory.as_ref().filter(|_| !is_absolute) {
            self.add("directory", &directory.to_string_lossy());
        }
    }

    fn hop(&mut self, hop: &Hop) {
        let Hop { profile: _, role_arn, session_name, external_id, mfa_serial, duration: _, region: _ } = hop;
        self.add("role", role_arn.value.as_str());
        self.add("session name", &session_name.value);
        for (label, value) in [("external id", external_id), ("mfa serial", mfa_serial)] {
            if let Some(value) = value {
                self.add(label, &value.value);
            }
        }
    }
}
