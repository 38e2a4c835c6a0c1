//! Decides how the credentials of a plan open the console.

use crate::plan::mfa_strategy::MfaStrategy;
use crate::plan::sources::SsoBase;
use crate::plan::{BaseSource, CredentialPlan};

#[derive(Debug)]
pub(crate) enum Access<'p> {
    /// By a link of its portal, which also works next to other sessions in the browser.
    Portal(&'p SsoBase),
    /// By the federation endpoint, with this `SessionDuration` in seconds.
    Federation(Option<u32>),
    Impossible(WithoutConsole),
}

/// Credentials that AWS does not accept for the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithoutConsole {
    UserKeys,
    /// From GetSessionToken.
    UserSession,
    /// A user or root in AWS Sign-In, who is signed in to the console already.
    SignInUser,
}

impl<'p> Access<'p> {
    /// `asked` is the `--duration` of the command in seconds.
    pub(crate) fn of(plan: &'p CredentialPlan, asked: Option<u32>) -> Self {
        let has_mfa_session = plan.mfa.as_ref().is_some_and(|mfa| matches!(mfa.way, MfaStrategy::Session(_)));
        if let [hop, others @ ..] = plan.hops.as_slice() {
            // AWS rejects a SessionDuration after role chaining. For a role that is assumed from a session of
            // GetSessionToken, the documentation leaves it open.
            let is_direct = others.is_empty() && !has_mfa_session && !plan.base.source.is_temporary();
            // A program may return a session.
            let is_known = !matches!(plan.base.source, BaseSource::Process(_)) || hop.duration.is_explicit;
            return Self::Federation((is_direct && is_known).then_some(hop.duration.seconds));
        }
        match &plan.base.source {
            BaseSource::Sso(sso) if asked.is_none() => Self::Portal(sso),
            BaseSource::WebIdentity(web) => Self::Federation(Some(web.duration.seconds)),
            BaseSource::Login(login) if is_user(&login.session.value) => Self::Impossible(WithoutConsole::SignInUser),
            BaseSource::Static(_) | BaseSource::KeyStore(_) if plan.mfa.is_some() => {
                Self::Impossible(WithoutConsole::UserSession)
            }
            BaseSource::KeyStore(_) => Self::Impossible(WithoutConsole::UserKeys),
            BaseSource::Static(keys) | BaseSource::Environment(keys) if keys.session_token.is_none() => {
                Self::Impossible(WithoutConsole::UserKeys)
            }
            _ => Self::Federation(asked),
        }
    }
}

/// Whether the ARN is that of a user or of root, not of a role's session.
fn is_user(arn: &str) -> bool {
    arn.split(':').nth(5).is_some_and(|resource| resource.starts_with("user/") || resource == "root")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::origin::{Located, Origin};
    use crate::plan::build;
    use crate::plan::inputs::Inputs;
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    const FILE: &str = "
[profile user]
aws_access_key_id = AKIA1
aws_secret_access_key = s
[profile with-mfa]
aws_access_key_id = AKIA2
aws_secret_access_key = s
mfa_serial = arn:aws:iam::111111111111:mfa/dev
[profile temporary]
aws_access_key_id = ASIA1
aws_secret_access_key = s
aws_session_token = t
[profile role]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = user
duration_seconds = 7200
[profile mfa-role]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = user
mfa_serial = arn:aws:iam::111111111111:mfa/dev
[profile mfa-direct]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = user
mfa_serial = arn:aws:iam::111111111111:mfa/dev
mfa_session = off
[profile of-temporary]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = temporary
[profile chained]
role_arn = arn:aws:iam::222222222222:role/Other
source_profile = role
[profile program]
credential_process = keys
[profile of-program]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = program
[profile web]
role_arn = arn:aws:iam::222222222222:role/R
web_identity_token_file = /token
[profile sso]
sso_start_url = https://corp.example/start
sso_region = eu-west-1
sso_account_id = 111111111111
sso_role_name = Own
[profile of-sso]
role_arn = arn:aws:iam::222222222222:role/R
source_profile = sso
[profile signed-in]
login_session = arn:aws:iam::111111111111:user/dev
[profile signed-in-role]
login_session = arn:aws:sts::111111111111:assumed-role/R/dev
[profile instance]
role_arn = arn:aws:iam::222222222222:role/R
credential_source = Ec2InstanceMetadata
";

    fn access(profile: &str, asked: Option<u32>) -> String {
        let files = Files::from_text(FILE, "");
        let duration = asked.map(|seconds| Located::new(seconds, Origin::Flag("--duration")));
        let inputs = Inputs { duration, ..Inputs::default() };
        let plan = build::build(&files.profiles(Dialect::Auto).unwrap(), profile, &inputs).unwrap();
        match Access::of(&plan, asked) {
            Access::Portal(sso) => format!("portal {}", sso.role_name.value),
            Access::Federation(duration) => format!("{duration:?}"),
            Access::Impossible(why) => format!("{why:?}"),
        }
    }

    #[test]
    fn duration_is_sent_without_role_chaining() {
        for (profile, asked, expected) in [
            ("role", None, "Some(7200)"),
            ("role", Some(900), "Some(900)"),
            ("mfa-role", None, "None"),
            ("mfa-direct", None, "Some(3600)"),
            // The code goes to the role, which AWS allows for longer than an hour.
            ("mfa-role", Some(14_400), "Some(14400)"),
            ("of-temporary", None, "None"),
            ("chained", None, "None"),
            ("chained", Some(900), "None"),
            ("of-program", None, "None"),
            ("of-program", Some(7200), "Some(7200)"),
            ("program", None, "None"),
            ("web", None, "Some(3600)"),
            ("of-sso", None, "None"),
            ("sso", Some(7200), "Some(7200)"),
            ("temporary", None, "None"),
            ("signed-in-role", None, "None"),
            ("instance", None, "None"),
        ] {
            assert_eq!(access(profile, asked), expected, "{profile} {asked:?}");
        }
    }

    #[test]
    fn credentials_of_users_cannot_open_the_console() {
        for (profile, expected) in
            [("user", "UserKeys"), ("with-mfa", "UserSession"), ("signed-in", "SignInUser"), ("sso", "portal Own")]
        {
            assert_eq!(access(profile, None), expected, "{profile}");
        }
    }
}
