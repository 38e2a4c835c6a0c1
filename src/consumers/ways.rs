//! Owns how botocore and the SDKs get a profile's credentials: what comes first, what they reject, what they cannot do
//! (observed of botocore 1.44.5, aws-config 1.13.0 and credential-provider-ini 3.973; read of the Go SDK).
//!
//! Refuses to look beyond the files: whether a program runs or a token lasts is not asked.

use crate::profile_file::FileKind;

use super::keys::{
    CREDENTIAL_SOURCE, ID, LOGIN, MFA, PROCESS, ROLE, SECRET, SOURCE, SSO_PLACE, SSO_ROLE, SSO_SESSION, WEB_IDENTITY,
};
use super::{Consumer, View};

/// Why a profile is of no use, to go behind the consumer's name.
type Reason = String;

/// Where a profile's credentials can come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    CredentialSource,
    WebIdentity,
    Sso,
    /// Keys of the credentials file.
    OwnKeys,
    /// Keys of either file.
    Keys,
    Login,
    Process,
}

/// Which kind counts where a profile has several.
fn order(consumer: Consumer) -> &'static [Kind] {
    use Kind::{CredentialSource, Keys, Login, OwnKeys, Process, Role, Sso, WebIdentity};
    match consumer {
        Consumer::AwsCli => &[Role, WebIdentity, Sso, OwnKeys, Login, Process, Keys],
        Consumer::SdkJs => &[Role, CredentialSource, Keys, WebIdentity, Process, Sso, Login],
        Consumer::SdkGo => &[Role, Keys, CredentialSource, WebIdentity, Sso, Process],
        Consumer::SdkRust | Consumer::Amplify => &[Role, CredentialSource, WebIdentity, Sso, Login, Process, Keys],
    }
}

/// Whether the consumer can use a profile that it sees, or why not.
pub(super) fn way(view: &View<'_>, name: &str) -> Result<(), Reason> {
    Walk { view, passed: Vec::new() }.credentials(name)
}

struct Walk<'v, 't> {
    view: &'v View<'t>,
    /// The profiles on the way here, the asked-for one first.
    passed: Vec<&'v str>,
}

impl<'v> Walk<'v, '_> {
    fn credentials(&mut self, name: &'v str) -> Result<(), Reason> {
        let consumer = self.view.consumer;
        let is_again = self.passed.contains(&name);
        let is_source = !self.passed.is_empty();
        if consumer == Consumer::SdkGo && !is_again {
            self.one_kind(name)?;
        }
        self.passed.push(name);
        for kind in order(consumer) {
            // As a source, keys beat the role in every SDK; a profile that is its own source gives what else it has.
            let is_role = matches!(kind, Kind::Role | Kind::CredentialSource);
            if is_role && is_source && (is_again || self.has(name, Kind::Keys)) {
                continue;
            }
            if self.has(name, *kind) {
                return self.by(name, *kind);
            }
        }
        Err("finds no credentials".to_owned())
    }

    fn get(&self, name: &str, key: &str) -> Option<&'v str> {
        self.view.get(name, key).map(|found| &*found.value)
    }

    fn has(&self, name: &str, kind: Kind) -> bool {
        let has = |key| self.get(name, key).is_some();
        let is_js = self.view.consumer == Consumer::SdkJs;
        match kind {
            Kind::Role if is_js => has(ROLE) && has(SOURCE) != has(CREDENTIAL_SOURCE),
            Kind::Role if self.view.consumer == Consumer::SdkGo => has(SOURCE),
            Kind::Role => has(ROLE) && !has(WEB_IDENTITY),
            // Without a role it counts in a source alone.
            Kind::CredentialSource if is_js => has(CREDENTIAL_SOURCE) && !has(ROLE) && self.passed.len() > 1,
            Kind::CredentialSource => has(CREDENTIAL_SOURCE),
            Kind::WebIdentity => has(WEB_IDENTITY) && (!is_js || has(ROLE)),
            Kind::Sso if self.view.consumer == Consumer::AwsCli => SSO_ROLE.into_iter().any(has),
            Kind::Sso => SSO_ROLE.into_iter().chain(SSO_PLACE).chain([SSO_SESSION]).any(has),
            Kind::OwnKeys => self.view.seen(FileKind::Credentials, name).is_some_and(|seen| seen.last(ID).is_some()),
            // botocore takes no pair without the id for one; the JavaScript SDK none that is half.
            Kind::Keys if is_js => has(ID) && has(SECRET),
            Kind::Keys => has(ID) || has(SECRET),
            Kind::Login => has(LOGIN),
            Kind::Process => has(PROCESS),
        }
    }

    fn by(&mut self, name: &'v str, kind: Kind) -> Result<(), Reason> {
        match kind {
            Kind::Role => self.role(name),
            Kind::CredentialSource => match self.get(name, SOURCE).filter(|_| self.view.consumer == Consumer::SdkJs) {
                Some(source) => self.source(name, source),
                None => self.credential_source(name),
            },
            Kind::WebIdentity if self.get(name, ROLE).is_none() => {
                Err(format!("wants a role_arn beside {WEB_IDENTITY}"))
            }
            Kind::Sso => self.sso(name),
            Kind::OwnKeys | Kind::Keys => self.pair(name, kind),
            Kind::WebIdentity | Kind::Login | Kind::Process => Ok(()),
        }
    }

    fn role(&mut self, name: &'v str) -> Result<(), Reason> {
        match (self.get(name, SOURCE), self.get(name, CREDENTIAL_SOURCE)) {
            (Some(_), Some(_)) => return Err(format!("takes no {SOURCE} beside {CREDENTIAL_SOURCE}")),
            (None, None) => return Err("finds nothing to assume the role with".to_owned()),
            (None, Some(_)) => self.credential_source(name)?,
            (Some(source), None) => self.source(name, source)?,
        }
        if self.get(name, MFA).is_none() {
            return Ok(());
        }
        match self.view.consumer {
            Consumer::AwsCli => Ok(()),
            Consumer::SdkRust => Err("sends no MFA code".to_owned()),
            _ => Err("cannot ask for the MFA code".to_owned()),
        }
    }

    fn source(&mut self, name: &str, source: &'v str) -> Result<(), Reason> {
        if !self.view.sees(source) {
            let shown = source.lines().next().unwrap_or_default();
            return Err(format!("sees no {SOURCE} {shown}"));
        }
        let is_loop = self.passed.contains(&source);
        let has_keys = self.has(source, Kind::Keys);
        let is_allowed = match self.view.consumer {
            // In it, keys end the walk.
            Consumer::SdkJs => has_keys,
            Consumer::SdkRust | Consumer::SdkGo => source == name,
            Consumer::AwsCli | Consumer::Amplify => source == name && has_keys,
        };
        if is_loop && !is_allowed {
            return Err("goes round in source profiles".to_owned());
        }
        self.credentials(source).map_err(|reason| match reason.as_str() {
            "finds no credentials" => format!("finds no credentials in {SOURCE} {source}"),
            _ => reason,
        })
    }

    fn credential_source(&self, name: &str) -> Result<(), Reason> {
        match self.get(name, CREDENTIAL_SOURCE) {
            Some("Environment" | "Ec2InstanceMetadata" | "EcsContainer") => Ok(()),
            _ => Err(format!("does not know the {CREDENTIAL_SOURCE}")),
        }
    }

    fn sso(&self, name: &str) -> Result<(), Reason> {
        let session = self.get(name, SSO_SESSION);
        let section = session.map(|session| self.view.sso_session(session));
        if let (Some(None), Some(session)) = (section, session) {
            return Err(format!("sees no sso-session {}", session.lines().next().unwrap_or_default()));
        }
        let is_there = |key: &str| {
            let in_session =
                section.flatten().and_then(|seen| seen.last(key)).is_some_and(|found| !found.value.is_empty());
            in_session || self.get(name, key).is_some()
        };
        match SSO_ROLE.into_iter().chain(SSO_PLACE).find(|key| !is_there(key)) {
            Some(missing) => Err(format!("misses {missing}")),
            None => Ok(()),
        }
    }

    /// Both keys: from one file for botocore, which never puts a pair together.
    fn pair(&self, name: &str, kind: Kind) -> Result<(), Reason> {
        let has = |key| match (self.view.consumer, kind) {
            (Consumer::AwsCli, Kind::OwnKeys) => self.stands_in(FileKind::Credentials, name, key),
            (Consumer::AwsCli, _) => self.stands_in(FileKind::Config, name, key),
            _ => self.get(name, key).is_some(),
        };
        if has(ID) && has(SECRET) { Ok(()) } else { Err("finds half a key pair".to_owned()) }
    }

    fn stands_in(&self, kind: FileKind, name: &str, key: &str) -> bool {
        self.view.seen(kind, name).and_then(|seen| seen.last(key)).is_some()
    }

    /// What the Go SDK asks of a profile before it looks for credentials.
    fn one_kind(&self, name: &str) -> Result<(), Reason> {
        let has = |key: &&&str| self.get(name, key).is_some();
        let kinds = [SOURCE, CREDENTIAL_SOURCE, WEB_IDENTITY, PROCESS];
        if let Some(first) = kinds[..3].iter().find(has).filter(|_| self.get(name, ROLE).is_none()) {
            return Err(format!("wants a role_arn beside {first}"));
        }
        let is_source = !self.passed.is_empty();
        if kinds.iter().filter(has).count() > 1 && !(is_source && self.has(name, Kind::Keys)) {
            return Err("takes no profile with several kinds of credentials".to_owned());
        }
        Ok(())
    }
}
