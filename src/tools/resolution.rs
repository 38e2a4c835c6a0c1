//! How botocore and the SDKs get credentials: priorities and limits (observed in botocore 1.44.5, aws-config 1.13.0 and
//! credential-provider-ini 3.973; for Go, read in the source).

use crate::profile_file::section_view::SectionView;
use crate::tools::keys::{
    CREDENTIAL_SOURCE, ID, LOGIN, MFA, PROCESS, ROLE, SECRET, SOURCE, SSO_PLACE, SSO_ROLE, SSO_SESSION, WEB_IDENTITY,
};
use crate::tools::view::{ProfileView, Tool, View};

type Reason = String;

#[derive(Clone, Copy, PartialEq, Eq)]
enum CredentialKind {
    Role,
    CredentialSource,
    WebIdentity,
    Sso,
    OwnKeys,
    Keys,
    Login,
    Process,
}

fn order(tool: Tool) -> &'static [CredentialKind] {
    use CredentialKind::{CredentialSource, Keys, Login, OwnKeys, Process, Role, Sso, WebIdentity};
    match tool {
        Tool::AwsCli => &[Role, WebIdentity, Sso, OwnKeys, Login, Process, Keys],
        Tool::SdkJs => &[Role, CredentialSource, Keys, WebIdentity, Process, Sso, Login],
        Tool::SdkGo => &[Role, Keys, CredentialSource, WebIdentity, Sso, Process],
        Tool::SdkRust | Tool::Amplify => &[Role, CredentialSource, WebIdentity, Sso, Login, Process, Keys],
    }
}

pub(crate) fn check_usable(view: &View<'_>, name: &str) -> Result<(), Reason> {
    SourceWalk { view, path: Vec::new() }.credentials(view.profile(name))
}

struct SourceWalk<'v, 't> {
    view: &'v View<'t>,
    /// The profiles on the path, the requested one first.
    path: Vec<&'v str>,
}

impl<'v, 't> SourceWalk<'v, 't> {
    fn credentials(&mut self, profile: ProfileView<'v, 't>) -> Result<(), Reason> {
        let is_repeated = self.path.contains(&profile.name);
        let is_source = !self.path.is_empty();
        if self.view.tool == Tool::SdkGo && !is_repeated {
            self.check_single_kind(profile)?;
        }
        self.path.push(profile.name);
        for kind in order(self.view.tool) {
            // In a source profile, keys override the role in every SDK. A profile that is its own source uses its other
            // settings.
            let is_role = matches!(kind, CredentialKind::Role | CredentialKind::CredentialSource);
            if is_role && is_source && (is_repeated || self.has(profile, CredentialKind::Keys)) {
                continue;
            }
            if self.has(profile, *kind) {
                return self.check_kind(profile, *kind);
            }
        }
        Err("finds no credentials".to_owned())
    }

    fn has(&self, profile: ProfileView<'v, 't>, kind: CredentialKind) -> bool {
        let has = |key| profile.has(key);
        let is_js = self.view.tool == Tool::SdkJs;
        match kind {
            CredentialKind::Role if is_js => has(ROLE) && has(SOURCE) != has(CREDENTIAL_SOURCE),
            CredentialKind::Role if self.view.tool == Tool::SdkGo => has(SOURCE),
            CredentialKind::Role => has(ROLE) && !has(WEB_IDENTITY),
            // Without a role it counts only in a source profile.
            CredentialKind::CredentialSource if is_js => has(CREDENTIAL_SOURCE) && !has(ROLE) && self.path.len() > 1,
            CredentialKind::CredentialSource => has(CREDENTIAL_SOURCE),
            CredentialKind::WebIdentity => has(WEB_IDENTITY) && (!is_js || has(ROLE)),
            CredentialKind::Sso if self.view.tool == Tool::AwsCli => SSO_ROLE.into_iter().any(has),
            CredentialKind::Sso => SSO_ROLE.into_iter().chain(SSO_PLACE).chain([SSO_SESSION]).any(has),
            CredentialKind::OwnKeys => is_set(profile.credentials, ID),
            // botocore needs the id; the JavaScript SDK needs both keys.
            CredentialKind::Keys if is_js => has(ID) && has(SECRET),
            CredentialKind::Keys => has(ID) || has(SECRET),
            CredentialKind::Login => has(LOGIN),
            CredentialKind::Process => has(PROCESS),
        }
    }

    fn check_kind(&mut self, profile: ProfileView<'v, 't>, kind: CredentialKind) -> Result<(), Reason> {
        match kind {
            CredentialKind::Role => self.role(profile),
            CredentialKind::CredentialSource => match profile.get(SOURCE).filter(|_| self.view.tool == Tool::SdkJs) {
                Some(source) => self.source(profile, source),
                None => credential_source(profile),
            },
            CredentialKind::WebIdentity if !profile.has(ROLE) => Err(format!("needs a role_arn with {WEB_IDENTITY}")),
            CredentialKind::Sso => self.sso(profile),
            CredentialKind::OwnKeys | CredentialKind::Keys => self.pair(profile, kind),
            CredentialKind::WebIdentity | CredentialKind::Login | CredentialKind::Process => Ok(()),
        }
    }

    fn role(&mut self, profile: ProfileView<'v, 't>) -> Result<(), Reason> {
        match (profile.get(SOURCE), profile.get(CREDENTIAL_SOURCE)) {
            (Some(_), Some(_)) => return Err(format!("does not accept {SOURCE} together with {CREDENTIAL_SOURCE}")),
            (None, None) => return Err("finds no source_profile or credential_source for the role".to_owned()),
            (None, Some(_)) => credential_source(profile)?,
            (Some(source), None) => self.source(profile, source)?,
        }
        if !profile.has(MFA) {
            return Ok(());
        }
        match self.view.tool {
            Tool::AwsCli => Ok(()),
            Tool::SdkRust => Err("sends no MFA code".to_owned()),
            _ => Err("cannot prompt for the MFA code".to_owned()),
        }
    }

    fn source(&mut self, profile: ProfileView<'v, 't>, name: &'v str) -> Result<(), Reason> {
        let source = self.view.profile(name);
        if !self.view.sees(name) {
            return Err(format!("does not see {SOURCE} {}", first_line(name)));
        }
        let has_keys = self.has(source, CredentialKind::Keys);
        let is_allowed = match self.view.tool {
            // In the JavaScript SDK, keys end the search.
            Tool::SdkJs => has_keys,
            Tool::SdkRust | Tool::SdkGo => name == profile.name,
            Tool::AwsCli | Tool::Amplify => name == profile.name && has_keys,
        };
        if self.path.contains(&name) && !is_allowed {
            return Err("finds a loop of source profiles".to_owned());
        }
        self.credentials(source).map_err(|reason| match reason.as_str() {
            "finds no credentials" => format!("finds no credentials in {SOURCE} {name}"),
            _ => reason,
        })
    }

    fn sso(&self, profile: ProfileView<'v, 't>) -> Result<(), Reason> {
        let session = profile.get(SSO_SESSION);
        let section = session.map(|session| self.view.sso_session(session));
        if let (Some(None), Some(session)) = (section, session) {
            return Err(format!("does not see sso-session {}", first_line(session)));
        }
        let in_session = |key: &str| section.flatten()?.last(key).filter(|found| !found.value.is_empty());
        let is_there = |key: &str| in_session(key).is_some() || profile.has(key);
        if let Some(missing) = SSO_ROLE.into_iter().chain(SSO_PLACE).find(|key| !is_there(key)) {
            return Err(format!("does not find {missing}"));
        }
        for key in SSO_PLACE.into_iter().filter(|_| session.is_some()) {
            let Some(own) = profile.get(key) else { continue };
            match (self.view.tool, in_session(key)) {
                (Tool::SdkRust, _) => return Err(format!("does not accept {key} together with {SSO_SESSION}")),
                (_, Some(shared)) if shared.value == own => {}
                // Only botocore finds the key in either section.
                (Tool::AwsCli, None) => {}
                _ => return Err(format!("does not accept {key} with another value than in the sso-session")),
            }
        }
        Ok(())
    }

    /// botocore never combines keys of two files.
    fn pair(&self, profile: ProfileView<'v, 't>, kind: CredentialKind) -> Result<(), Reason> {
        let has = |key| match (self.view.tool, kind) {
            (Tool::AwsCli, CredentialKind::OwnKeys) => is_set(profile.credentials, key),
            (Tool::AwsCli, _) => is_set(profile.config, key),
            _ => profile.has(key),
        };
        if has(ID) && has(SECRET) { Ok(()) } else { Err("finds only half of a key pair".to_owned()) }
    }

    /// The Go SDK's checks before it looks for credentials.
    fn check_single_kind(&self, profile: ProfileView<'v, 't>) -> Result<(), Reason> {
        let kinds = [SOURCE, CREDENTIAL_SOURCE, WEB_IDENTITY, PROCESS];
        if let Some(first) = kinds[..3].iter().find(|key| profile.has(key)).filter(|_| !profile.has(ROLE)) {
            return Err(format!("needs a role_arn with {first}"));
        }
        let is_source = !self.path.is_empty();
        if kinds.iter().filter(|key| profile.has(key)).count() > 1
            && !(is_source && self.has(profile, CredentialKind::Keys))
        {
            return Err("rejects a profile with several kinds of credentials".to_owned());
        }
        Ok(())
    }
}

fn credential_source(profile: ProfileView<'_, '_>) -> Result<(), Reason> {
    match profile.get(CREDENTIAL_SOURCE) {
        Some("Environment" | "Ec2InstanceMetadata" | "EcsContainer") => Ok(()),
        _ => Err(format!("does not know this {CREDENTIAL_SOURCE}")),
    }
}

fn is_set(seen: Option<&SectionView<'_>>, key: &str) -> bool {
    seen.is_some_and(|seen| seen.last(key).is_some())
}

/// Names have no continuation lines.
fn first_line(name: &str) -> &str {
    name.lines().next().unwrap_or_default()
}
