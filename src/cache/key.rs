//! Cache key: a fingerprint of everything that affects the session.

use std::sync::OnceLock;

use crate::core::digest::sha256_hex;
use crate::core::origin::{Located, Origin};
use crate::plan::endpoint::{Endpoint, EndpointKind};
use crate::plan::mfa_strategy::{Mfa, Step};
use crate::plan::session::{Policy, ProvidedContext, SessionExtras, Tag};
use crate::plan::sources::{
    ContainerBase, ContainerService, ContainerToken, ImdsBase, KeyStoreBase, LoginBase, SsoBase, SsoSession,
    WebIdentityBase,
};
use crate::plan::{Base, BaseSource, CredentialPlan, EnvContext, Hop, ProcessBase, ProcessIdentity};
use crate::profile::keys::Keys;

/// SHA-256 as 64 hex digits, computed on first use: a hit needs only the leaf's.
#[derive(Debug, Clone)]
pub struct Fingerprint {
    of: Vec<u8>,
    hex: OnceLock<String>,
}

impl Fingerprint {
    fn of(bytes: Vec<u8>) -> Self {
        Self { of: bytes, hex: OnceLock::new() }
    }

    pub fn hex(&self) -> &str {
        self.hex.get_or_init(|| sha256_hex(&self.of))
    }

    #[cfg(test)]
    pub(super) fn of_test(number: u8) -> Self {
        Self { of: vec![number], hex: format!("{number:02x}").repeat(32).into() }
    }

    pub fn short(&self) -> &str {
        &self.hex()[..8]
    }
}

#[derive(Debug, Clone)]
pub struct CacheKey {
    pub outer: String,
    /// The session name, as in the Amplify CLI; the access key id for an MFA session.
    pub inner: String,
    pub fingerprint: Fingerprint,
    /// Whether the Amplify CLI itself could make this session. Other sessions never use the plain name.
    pub amplify_could_make_it: bool,
}

impl CacheKey {
    /// `None` for an MFA session if the base has no keys that identify the user.
    pub fn of(plan: &CredentialPlan, step: Step) -> Option<Self> {
        let fingerprint = fingerprint(plan, step, KeyIdentity::Plan);
        match step {
            Step::Hop(index) => {
                let hop = plan.hops.get(index)?;
                let is_amplifys = index == 0
                    && hop.sts.kind != EndpointKind::Configured
                    && hop.extras.is_empty()
                    && is_by_profile(hop)
                    && matches!(plan.base.source, BaseSource::Static(_))
                    && mfa_beside(plan, index).is_none();
                Some(Self {
                    outer: hop.role_arn.value.as_str().to_owned(),
                    inner: hop.session_name.value.clone(),
                    fingerprint,
                    amplify_could_make_it: is_amplifys,
                })
            }
            Step::Mfa => Some(Self {
                outer: plan.mfa.as_ref()?.serial.value.clone(),
                inner: plan.base.source.access_key_id()?.to_owned(),
                fingerprint,
                amplify_could_make_it: false,
            }),
            Step::WebIdentity => {
                let BaseSource::WebIdentity(web) = &plan.base.source else { return None };
                Some(Self {
                    outer: web.role_arn.value.as_str().to_owned(),
                    inner: web.session_name.value.clone(),
                    fingerprint,
                    amplify_could_make_it: false,
                })
            }
        }
    }

    /// Leaves out what only the environment of the `credential_process` decides, so that all identities of one command
    /// share the result.
    pub fn of_command(plan: &CredentialPlan, step: Step) -> Fingerprint {
        fingerprint(plan, step, KeyIdentity::Command)
    }

    /// Identifies the base by the long-term key that a `credential_process` returned.
    pub fn of_key(plan: &CredentialPlan, step: Step, access_key_id: &str) -> Fingerprint {
        fingerprint(plan, step, KeyIdentity::Key(access_key_id))
    }

    /// Inner key for a session that must not use the plain name.
    pub fn marked_name(&self) -> String {
        format!("{}#{}", self.inner, self.fingerprint.short())
    }
}

/// The serial that authenticates hop `index` (counted from 0) if the base or a later hop names the device.
fn mfa_beside(plan: &CredentialPlan, index: usize) -> Option<&str> {
    let serial = &plan.mfa.as_ref()?.serial.value;
    let names_it = |hop: &Hop| hop.mfa_serial.as_ref().is_some_and(|named| named.value == *serial);
    (!plan.hops.iter().take(index + 1).any(names_it)).then_some(serial)
}

#[derive(Clone, Copy)]
enum KeyIdentity<'a> {
    Plan,
    Command,
    Key(&'a str),
}

/// The Amplify CLI reads the settings of a role only from the profile.
fn is_by_profile(hop: &Hop) -> bool {
    let Hop { profile: _, role_arn, session_name, external_id, mfa_serial, duration: _, extras: _, sts: _ } = hop;
    let origins = [Some(&role_arn.from), Some(&session_name.from)];
    let optional = [external_id, mfa_serial].map(|found| found.as_ref().map(|found| &found.from));
    origins.into_iter().chain(optional).flatten().all(|from| matches!(from, Origin::File(_) | Origin::Default))
}

fn fingerprint(plan: &CredentialPlan, step: Step, identity: KeyIdentity<'_>) -> Fingerprint {
    let CredentialPlan {
        profile: _,
        path: _,
        via: _,
        region: _,
        overridden_region: _,
        base,
        mfa,
        hops,
        ca_bundle: _,
        min_ttl: _,
        options: _,
        is_of_environment: _,
        warnings: _,
    } = plan;
    let mut hash = Labelled(Vec::with_capacity(1024));
    hash.add("amplify-creds", "1");
    let last = match step {
        Step::Mfa | Step::WebIdentity => None,
        Step::Hop(index) => hops.get(index).map(|hop| (index, hop)),
    };
    let partition = |mfa: &Mfa| mfa.serial.value.split(':').nth(1).unwrap_or("aws").to_owned();
    hash.add(
        "partition",
        &match (last, &base.source, mfa) {
            (Some((_, hop)), _, _) => hop.role_arn.value.partition().to_owned(),
            (None, BaseSource::WebIdentity(web), _) => web.role_arn.value.partition().to_owned(),
            (None, _, mfa) => mfa.as_ref().map_or_else(String::new, partition),
        },
    );
    hash.base(base, identity);
    match (last, step) {
        (None, Step::WebIdentity) => {}
        (None, _) => hash.mfa(mfa.as_ref()),
        (Some((index, _)), _) => {
            if mfa_beside(plan, index).is_some() {
                hash.mfa(mfa.as_ref());
            }
            for hop in &hops[..=index] {
                hash.hop(hop);
            }
        }
    }
    Fingerprint::of(hash.0)
}

/// Length, label, length, value: two different lists never give the same bytes. An absent field adds nothing, so that
/// later versions can add fields and keep the entries.
struct Labelled(Vec<u8>);

impl Labelled {
    fn add(&mut self, label: &str, value: &str) {
        for text in [label, value] {
            self.0.extend((text.len() as u64).to_be_bytes());
            self.0.extend(text.as_bytes());
        }
    }

    fn base(&mut self, base: &Base, identity: KeyIdentity<'_>) {
        let Base { profile: _, source } = base;
        let (kind, keys) = match source {
            BaseSource::Static(keys) => ("static", keys),
            BaseSource::Environment(keys) => ("environment", keys),
            BaseSource::Process(process) => return self.process(process, identity),
            BaseSource::Missing(_) => return self.add("base", "missing"),
            BaseSource::Imds(imds) => return self.imds(imds),
            BaseSource::Container(container) => return self.container(container),
            BaseSource::Sso(sso) => return self.sso(sso),
            BaseSource::WebIdentity(web) => return self.web_identity(web),
            BaseSource::KeyStore(key_store) => {
                let KeyStoreBase { profile: _, from: _, access_key_id } = key_store;
                self.add("base", "key store");
                return self.add_some("access key id", access_key_id.as_deref());
            }
            BaseSource::Login(login) => {
                let LoginBase { profile: _, session, region: _, endpoint } = login;
                self.add("base", "login");
                self.add("login session", &session.value);
                return self.add_some("endpoint", endpoint.as_deref());
            }
        };
        let Keys { access_key_id, secret_access_key: _, session_token: _, from: _, places: _ } = keys;
        self.add("base", kind);
        self.add("access key id", access_key_id);
    }

    fn process(&mut self, process: &ProcessBase, identity: KeyIdentity<'_>) {
        let ProcessBase { command, identity: of_plan } = process;
        self.add("base", "process");
        if let KeyIdentity::Key(access_key_id) = identity {
            return self.add("access key id", access_key_id);
        }
        self.add("command", &command.value);
        let (KeyIdentity::Plan, ProcessIdentity::Environment(context)) = (identity, of_plan) else { return };
        let EnvContext { files, directory, variables, config, credentials } = context;
        for file in files {
            self.add("file", &file.to_string_lossy());
        }
        if let Some(directory) = directory {
            self.add("directory", &directory.to_string_lossy());
        }
        self.add("variables", variables);
        self.add("config", &config.to_string_lossy());
        self.add("credentials", &credentials.to_string_lossy());
    }

    fn add_some(&mut self, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }

    /// Only the metadata service knows the instance's role, so a changed role takes effect when the session expires.
    fn imds(&mut self, imds: &ImdsBase) {
        let ImdsBase { from: _, service, machine } = imds;
        self.add("base", "imds");
        self.add("machine", machine);
        self.add("url", service.url());
    }

    fn container(&mut self, container: &ContainerBase) {
        let ContainerBase { from: _, service, machine } = container;
        let ContainerService { uri, token } = service;
        self.add("base", "container");
        self.add("machine", machine);
        if let Some(uri) = uri {
            self.add("uri", &uri.value);
        }
        match token {
            Some(ContainerToken::File { path: _, hash }) => self.add("token", hash),
            Some(ContainerToken::Text(text)) => self.add("token", &sha256_hex(text.expose())),
            None => {}
        }
    }

    fn sso(&mut self, sso: &SsoBase) {
        let SsoBase { session, account_id, role_name, endpoint } = sso;
        let SsoSession { name, start_url, region: _, scopes: _ } = session;
        self.add("base", "sso");
        self.add("start url", &start_url.value);
        if let Some(name) = name {
            self.add("sso session", &name.value);
        }
        self.add("account", &account_id.value);
        self.add("sso role", &role_name.value);
        self.add_some("endpoint", endpoint.as_deref());
    }

    fn web_identity(&mut self, web: &WebIdentityBase) {
        let WebIdentityBase { token_file, role_arn, session_name, duration: _, sts, machine, subject } = web;
        self.add("base", "web identity");
        self.add("machine", machine);
        self.add("token file", &token_file.value.to_string_lossy());
        self.add("subject", subject);
        self.add("role", role_arn.value.as_str());
        self.add("session name", &session_name.value);
        self.endpoint(sts);
    }

    /// The source of the code does not change the session's identity.
    fn mfa(&mut self, mfa: Option<&Mfa>) {
        if let Some(Mfa { profile: _, serial, process: _, way: _, sts }) = mfa {
            self.add("mfa device", &serial.value);
            self.endpoint(sts);
        }
    }

    fn hop(&mut self, hop: &Hop) {
        let Hop { profile: _, role_arn, session_name, external_id, mfa_serial, duration: _, extras, sts } = hop;
        self.add("role", role_arn.value.as_str());
        self.add("session name", &session_name.value);
        for (label, value) in [("external id", external_id), ("mfa serial", mfa_serial)] {
            if let Some(value) = value {
                self.add(label, &value.value);
            }
        }
        self.extras(extras);
        self.endpoint(sts);
    }

    /// Sessions of all regional endpoints are equal. Some regions reject sessions of the global endpoint.
    fn endpoint(&mut self, endpoint: &Endpoint) {
        let Endpoint { url, kind, signing_region: _ } = endpoint;
        match kind {
            EndpointKind::Regional => {}
            EndpointKind::Global | EndpointKind::Configured => self.add("endpoint", &url.value),
        }
    }

    fn extras(&mut self, extras: &SessionExtras) {
        let SessionExtras { policy_arns, policy, tags, source_identity, contexts } = extras;
        for Located { value: ProvidedContext { provider, file: _, assertion }, from: _ } in contexts {
            self.add("context provider", provider);
            self.add("assertion", &sha256_hex(assertion.expose()));
        }
        for arn in policy_arns {
            self.add("policy arn", &arn.value);
        }
        match policy.as_ref().map(|policy| &policy.value) {
            Some(Policy::Text(text)) => self.add("policy", text),
            Some(Policy::File(path)) => self.add("policy file", &path.to_string_lossy()),
            None => {}
        }
        for Located { value: Tag { key, value, transitive }, from: _ } in tags {
            self.add("tag", key);
            self.add(if *transitive { "transitive" } else { "value" }, value);
        }
        if let Some(identity) = source_identity {
            self.add("source identity", &identity.value);
        }
    }
}

#[cfg(test)]
mod tests;
