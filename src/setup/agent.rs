//! Derives the options of a wrapper for a coding agent from the plan of another profile.

use crate::core::origin::{Located, Origin};
use crate::plan::limits::ONE_HOUR;
use crate::plan::session::{READ_ONLY, SessionExtras, in_partition, policy_arn};
use crate::plan::{BaseSource, CredentialPlan, Hop, Warning};

const AGENT: &str = "{agent}";

/// Without a session name in the profile of the role. `{user}` is missing, because it has no value in some containers.
const SESSION_NAME: &str = "{agent}-{profile}";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLimits {
    pub policy_arn: String,
    session_name: String,
    /// In seconds.
    duration: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentError {
    /// Session policies are parameters of AssumeRole, so a profile without a role cannot have one.
    NoRole { profile: String, kind: &'static str, from: Origin },
    /// The role is assumed with a web identity token, for which this program passes no session policy.
    WebIdentity { profile: String, from: Origin },
    /// AWS unites several session policies, so another one would allow more.
    HasPolicy { profile: String, policy: Option<String>, from: Origin },
    /// Not the ARN of a managed policy. The permissions boundary of the current project is not accepted either: the
    /// agent can edit its file.
    Policy(String),
    /// A managed policy of AWS or of an account in another partition than the role.
    Partition { policy: String, role: String },
}

impl AgentLimits {
    /// `plan` is that of the profile to limit. The default of `policy` is ReadOnlyAccess.
    pub fn of(plan: &CredentialPlan, policy: Option<&str>) -> Result<Self, AgentError> {
        let profile = || plan.profile.clone();
        let Some(role) = plan.hops.last() else {
            let (profile, from) = (profile(), plan.base.source.origin().clone());
            return Err(match issuer(&plan.base.source) {
                Some(kind) => AgentError::NoRole { profile, kind, from },
                None => AgentError::WebIdentity { profile, from },
            });
        };
        if let Some(from) = role.extras.policy_origin() {
            let policy = role.extras.policy_name().map(str::to_owned);
            return Err(AgentError::HasPolicy { profile: profile(), policy, from: from.clone() });
        }
        let policy = policy.unwrap_or(READ_ONLY);
        let is_known = |arn: &String| arn == READ_ONLY || arn.starts_with("arn:");
        let arn = policy_arn(policy).filter(is_known).ok_or_else(|| AgentError::Policy(policy.to_owned()))?;
        let session_name = match &role.session_name {
            Located { value, from: Origin::File(_) } if value.contains(AGENT) => value.clone(),
            Located { value, from: Origin::File(_) } => format!("{AGENT}-{value}"),
            _ => SESSION_NAME.to_owned(),
        };
        let partition = role.role_arn.value.partition();
        let policy_arn = in_partition(arn, partition);
        let policy_partition = policy_arn.split(':').nth(1).unwrap_or_default();
        if policy_partition != partition {
            let (policy, role) = (policy_partition.to_owned(), partition.to_owned());
            return Err(AgentError::Partition { policy, role });
        }
        Ok(Self { policy_arn, session_name, duration: role.duration.seconds.min(ONE_HOUR) })
    }

    /// Whether `plan`, that of the wrapper, gets exactly these limits from the wrapper's command.
    pub(super) fn hold_in(&self, plan: &CredentialPlan) -> bool {
        let Self { policy_arn, session_name, duration } = self;
        let has_other_kind = |warning: &Warning| match warning {
            Warning::MixedKinds { profile, .. } => *profile == plan.profile,
            _ => false,
        };
        let limits_role = |role: &Hop| {
            let SessionExtras { policy_arns, policy, .. } = &role.extras;
            let arns: Vec<_> = policy_arns.iter().map(|arn| &arn.value).collect();
            arns == [policy_arn]
                && policy.is_none()
                && role.session_name.value == *session_name
                && role.duration.seconds == *duration
        };
        plan.via.first() == Some(&plan.profile)
            && plan.hops.last().is_some_and(limits_role)
            && !plan.warnings.iter().any(has_other_kind)
    }

    /// The duration is last, because a command that ends with a quote may have to be reordered.
    pub(super) fn options(&self) -> Vec<String> {
        let duration = match self.duration {
            ONE_HOUR => "1h".to_owned(),
            seconds => seconds.to_string(),
        };
        ["--policy-arn", &self.policy_arn, "--session-name", &self.session_name, "--duration", &duration]
            .map(str::to_owned)
            .into()
    }

    pub fn is_read_only(&self) -> bool {
        self.policy_arn.ends_with(":iam::aws:policy/ReadOnlyAccess")
    }
}

/// The credentials of a profile without a role, for messages. `None` for a role with a web identity token.
fn issuer(source: &BaseSource) -> Option<&'static str> {
    Some(match source {
        BaseSource::Static(_) | BaseSource::Environment(_) => "an access key",
        BaseSource::KeyStore(_) => "an access key in the key store",
        BaseSource::Process(_) => "the session of another program",
        BaseSource::Sso(_) => "a session of IAM Identity Center",
        BaseSource::Login(_) => "a session of AWS Sign-In",
        BaseSource::Imds(_) => "the session of an EC2 instance",
        BaseSource::Container(_) => "the session of a container",
        BaseSource::WebIdentity(_) => return None,
        BaseSource::Missing(_) => "no credentials",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::build::build;
    use crate::plan::inputs::Inputs;
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    const ROLES: &str = "[profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n\
        [profile biz]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = keys\n\
        [profile named]\ninclude_profile = biz\nrole_session_name = {user}@corp\nduration_seconds = 1800\n\
        [profile labelled]\ninclude_profile = biz\nrole_session_name = {agent}-x\n\
        [profile long]\ninclude_profile = biz\nduration_seconds = 43200\n\
        [profile china]\nrole_arn = arn:aws-cn:iam::222222222222:role/R\nsource_profile = keys\n\
        [profile gov]\nrole_arn = arn:aws-us-gov:iam::222222222222:role/R\nsource_profile = keys\n\
        [profile eusc]\nrole_arn = arn:aws-eusc:iam::222222222222:role/R\nsource_profile = keys\n\
        [profile narrow]\ninclude_profile = biz\npolicy_arns = arn:aws:iam::aws:policy/job-function/ViewOnlyAccess\n\
        [profile inline]\ninclude_profile = biz\npolicy = {\"Version\":\"2012-10-17\"}\n\
        [profile over]\ncredential_process = amplify-creds process narrow\n\
        [profile alias]\ncredential_process = amplify-creds process biz --tag team=web\n\
        [profile stored]\ncredential_process = amplify-creds process stored\n\
        [profile foreign]\ncredential_process = /usr/bin/other\n\
        [profile sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
        sso_account_id = 111111111111\nsso_role_name = Dev\n\
        [profile login]\nlogin_session = arn:aws:iam::111111111111:user/dev\n\
        [profile web]\nrole_arn = arn:aws:iam::222222222222:role/R\nweb_identity_token_file = /token\n\
        [profile ec2]\ncredential_source = Ec2InstanceMetadata\n\
        [profile from-sso]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = sso\n\
        [profile from-foreign]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = foreign\n\
        [profile from-ec2]\nrole_arn = arn:aws:iam::222222222222:role/R\ncredential_source = Ec2InstanceMetadata\n";

    fn limits(name: &str, policy: Option<&str>) -> Result<AgentLimits, AgentError> {
        let files = Files::from_text(ROLES, "");
        AgentLimits::of(&build(&files.profiles(Dialect::Auto).unwrap(), name, &Inputs::default()).unwrap(), policy)
    }

    #[test]
    fn role_gets_one_policy_for_an_hour() {
        for (name, options) in [
            ("biz", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("alias", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("named", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{user}@corp --duration 1800"),
            ("labelled", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-x --duration 1h"),
            ("long", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("china", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("gov", "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("eusc", "arn:aws-eusc:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("from-sso", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("from-foreign", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
            ("from-ec2", "arn:aws:iam::aws:policy/ReadOnlyAccess --session-name {agent}-{profile} --duration 1h"),
        ] {
            let limits = limits(name, None).unwrap();
            assert_eq!(limits.options().join(" "), format!("--policy-arn {options}"), "{name}");
            assert!(limits.is_read_only());
        }
        let other = "arn:aws:iam::222222222222:policy/Agents";
        let limits = limits("biz", Some(other)).unwrap();
        assert!(limits.policy_arn == other && !limits.is_read_only());
    }

    #[test]
    fn profile_that_cannot_be_limited_is_rejected() {
        for (name, expected) in [
            ("keys", "an access key"),
            ("stored", "an access key in the key store"),
            ("foreign", "the session of another program"),
            ("sso", "a session of IAM Identity Center"),
            ("login", "a session of AWS Sign-In"),
            ("ec2", "the session of an EC2 instance"),
        ] {
            match limits(name, None) {
                Err(AgentError::NoRole { profile, kind, from: Origin::File(_) }) => {
                    assert_eq!((profile.as_str(), kind), (name, expected));
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        assert!(matches!(limits("web", None), Err(AgentError::WebIdentity { from: Origin::File(_), .. })));
    }

    #[test]
    fn second_policy_and_project_boundary_are_rejected() {
        for (name, expected) in [("narrow", Some("ViewOnlyAccess")), ("over", Some("ViewOnlyAccess")), ("inline", None)]
        {
            match limits(name, None) {
                Err(AgentError::HasPolicy { profile, policy, from: Origin::File(_) }) => {
                    assert_eq!((profile.as_str(), policy.as_deref()), (name, expected));
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        for policy in ["boundary", "ReadOnlyAccess", "", "arn:aws:iam::222222222222:role/R"] {
            assert_eq!(limits("biz", Some(policy)), Err(AgentError::Policy(policy.to_owned())), "{policy}");
        }
        let other = AgentError::Partition { policy: "aws".to_owned(), role: "aws-cn".to_owned() };
        assert_eq!(limits("china", Some("arn:aws:iam::aws:policy/ReadOnlyAccess")), Err(other));
    }
}
