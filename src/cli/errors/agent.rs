use crate::cli::errors::failure::{Failure, UNSUPPORTED, USAGE};
use crate::core::shell_word::shell_word;
use crate::setup::agent::AgentError;

impl From<AgentError> for Failure {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::NoRole { profile, kind, from } => {
                let message = format!(
                    "--for-agent cannot limit profile {profile}: it has {kind}, and a session policy needs a \
                     role_arn"
                );
                through_role(Self::new(UNSUPPORTED, message).at(&from, Some(&profile)), &profile)
            }
            AgentError::WebIdentity { profile, from } => {
                let message = format!(
                    "--for-agent cannot limit profile {profile}: its session from a web identity token cannot get a \
                     session policy"
                );
                through_role(Self::new(UNSUPPORTED, message).at(&from, Some(&profile)), &profile)
            }
            AgentError::HasPolicy { profile, policy, from } => {
                let policy = policy.map(|policy| format!(" {policy}")).unwrap_or_default();
                let message = format!(
                    "--for-agent cannot be used with profile {profile}: its session policy{policy} is set at {from}"
                );
                Self::new(USAGE, message)
                    .at(&from, Some(&profile))
                    .hint("AWS combines the policies of a session, so a second one could allow more")
                    .hint("use a profile of the role without a session policy: amplify-creds setup PROFILE --for-agent")
            }
            AgentError::Partition { policy, role } => Self::new(
                USAGE,
                format!("--policy-arn has a policy of partition {policy}, but the role is in partition {role}"),
            )
            .hint(format!("the ARN must begin with arn:{role}:iam::")),
            AgentError::Policy(policy) => {
                let hint = match policy.as_str() {
                    "boundary" => {
                        "the agent can edit the project's file with the boundary; write the ARN of the policy instead"
                    }
                    _ => "expected for example arn:aws:iam::222222222222:policy/NAME",
                };
                Self::new(USAGE, "invalid --policy-arn (expected the ARN of a managed policy, or read-only)").hint(hint)
            }
        }
    }
}

fn through_role(failure: Failure, profile: &str) -> Failure {
    failure
        .hint(format!(
            "create a role that this profile may assume, then: amplify-creds setup --name NAME --role-arn ARN \
             --source-profile {}",
            shell_word(profile)
        ))
        .hint("then: amplify-creds setup NAME --for-agent")
}
