use crate::cli::errors::failure::{CONFIG, Failure, LOOP, PROFILE_NOT_FOUND, USAGE};
use crate::cli::errors::near_miss::{quoted, with_hints};
use crate::plan::error::{Mention, PlanError};
use crate::profile::near_miss::NearMiss;

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let failure = plan(&error);
        match error.location() {
            Some(at) => failure.at_line(at, None),
            None => failure,
        }
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each error; apart they could be forgotten")]
fn plan(error: &PlanError) -> Failure {
    match error {
        PlanError::UnknownProfile { name, named_by, nearest, files, broken, near } => {
            // An indented line below belongs to the name, and may be a secret.
            let name = quoted(name.lines().next().unwrap_or_default());
            let message = match named_by {
                Some(Mention { by, key: "credential_process", at }) => {
                    format!(
                        "the credential_process of profile {by} asks for profile {name} ({at}), and there is no such profile"
                    )
                }
                Some(Mention { by, key, at }) => {
                    format!("profile {by} names the {key} {name} ({at}), and there is no such profile")
                }
                None => format!("there is no profile {name} in {} or {}", files[0], files[1]),
            };
            let mut failure = with_hints(Failure::new(PROFILE_NOT_FOUND, message), near);
            if let Some(at) = broken {
                failure = failure.hint(format!("the section header at {at} has no ']'; it may be the one"));
            }
            if !nearest.is_empty() {
                failure = failure.hint(format!("did you mean {}?", nearest.join(" or ")));
            }
            if near.iter().any(|near| matches!(near, NearMiss::NoFiles { .. })) {
                return failure.hint("create the first profile: amplify-creds setup");
            }
            failure.hint("see: amplify-creds list")
        }
        PlanError::BrokenHeader { profile, at } => {
            config(format!("cannot tell what belongs to profile {profile}: a header has no ']' ({at})"))
                .hint("end the header with ']'")
        }
        PlanError::Loop { path, back_to } => {
            let steps: Vec<_> = path.iter().map(|Mention { by, at, .. }| format!("{by} ({at})")).collect();
            let long = format!("source profiles form a loop: {} -> {back_to}", steps.join(" -> "));
            let failure = if long.chars().count() < 180 {
                Failure::new(LOOP, long)
            } else {
                let short = format!("{} source profiles form a loop, which leads back to {back_to}", steps.len());
                Failure { details: steps, ..Failure::new(LOOP, short) }
            };
            failure.hint("one of them needs keys of its own, or another source_profile")
        }
        PlanError::NoSource { profile, at } => {
            config(format!("profile {profile} has a role_arn and nothing to assume it with ({at})"))
                .hint("add source_profile = NAME, the profile whose keys may assume the role")
        }
        PlanError::TwoSources { profile, at, other } => {
            config(format!("profile {profile} has both source_profile ({at}) and credential_source ({other})"))
                .hint("keep one of them")
        }
        PlanError::UnknownCredentialSource { profile, at } => {
            config(format!("profile {profile} has a credential_source that does not exist ({at})"))
                .hint("it is one of Environment, Ec2InstanceMetadata, EcsContainer, in this spelling")
        }
        PlanError::HalfPair { profile, missing, at, near } => {
            let message = format!("profile {profile} has half a key pair ({at}): {missing} is missing beside it");
            with_hints(config(message), near).hint("both keys stand in one section of one file")
        }
        PlanError::NoCredentials { profile, named_by, near, .. } => {
            let by = match named_by {
                Some(Mention { by, key: "credential_process", at }) => {
                    format!(", which the credential_process of {by} asks for ({at}),")
                }
                Some(Mention { by, key, at }) => format!(", the {key} of {by} ({at}),"),
                None => String::new(),
            };
            with_hints(config(format!("profile {profile}{by} has no credentials")), near)
                .hint(format!("add its keys to the credentials file: [{profile}], or a role_arn with a source_profile"))
        }
        PlanError::NoRole { profile, at } => {
            let code = if at.is_some() { CONFIG } else { USAGE };
            Failure::new(code, format!("profile {profile} assumes no role that the flags could be about"))
                .hint("give a profile with a role_arn, or leave the flags out")
        }
        PlanError::PolicyIsSet { profile, option, set, at: Some(at) } => config(format!(
            "the credential_process of profile {profile} has {option} ({at}), but the session's policy is set at {set}"
        ))
        .hint(policy_hint(option)),
        PlanError::PolicyIsSet { profile, option, set, at: None } => Failure::new(
            USAGE,
            format!("{option} cannot change the session of profile {profile}: its policy is set at {set}"),
        )
        .hint(policy_hint(option)),
        PlanError::Invalid { profile, key, expected, from } => {
            config(format!("profile {profile} has {} {key} that AWS would reject ({from})", article(key)))
                .hint(format!("it must be {expected}"))
        }
        PlanError::Recursion { profile, .. } => {
            Failure::new(LOOP, format!("the credential_process of profile {profile} leads back to profile {profile}"))
                .hint("it must not ask this program, or a tool that does, for the profile that it is to give keys to")
        }
        PlanError::IncludeLoop { profile, at } => {
            Failure::new(LOOP, format!("the include_profile of profile {profile} leads back to one before ({at})"))
        }
        PlanError::NoServices { profile, section, at } => config(format!(
            "profile {profile} names the services section {section} ({at}), which is not there or empty"
        ))
        .hint(format!("add to the config file: [services {section}], or take the key away")),
        PlanError::MfaOnLaterHop { profile, hop, at } => config(format!(
            "profile {profile} sets mfa_serial on role {hop} of its chain ({at}); AWS takes a code only on the first"
        ))
        .hint("move mfa_serial to the profile whose role is assumed first, with the user's own keys"),
        PlanError::NoEnvironmentKeys { profile, at } => {
            config(format!("profile {profile} takes its keys from the environment ({at}), which has none"))
                .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        PlanError::NoRoleForToken { profile, at } => {
            config(format!("profile {profile} has a web identity's token ({at}) and no role_arn to get with it"))
                .hint("add role_arn = ARN, or set AWS_ROLE_ARN where the token is the environment's")
        }
        PlanError::NoSsoSession { profile, session, at } => config(format!(
            "profile {profile} names the sso_session {session} ({at}), and there is no [sso-session {session}]"
        ))
        .hint("see: aws configure sso-session"),
        PlanError::SsoMismatch { profile, key, at, other } => {
            config(format!("profile {profile} has another {key} ({at}) than its sso-session ({other})"))
                .hint("keep the one in the sso-session")
        }
        PlanError::SsoIncomplete { profile, missing, at } => {
            config(format!("profile {profile} uses IAM Identity Center ({at}), and {missing} is missing"))
                .hint(format!("see: aws configure sso --profile {profile}"))
        }
    }
}

fn policy_hint(option: &str) -> &'static str {
    if option.starts_with("--policy") {
        "AWS unites the policies of a session, so that a second one would allow more; set one policy"
    } else {
        "a wrapper with a policy also fixes the role, its external id, tags and source identity"
    }
}

fn config(message: String) -> Failure {
    Failure::new(CONFIG, message)
}

/// The article depends on the pronunciation of the first letter: `mfa_serial` begins with "em".
fn article(key: &str) -> &'static str {
    if key.starts_with(['a', 'e', 'i', 'o', 'm']) { "an" } else { "a" }
}
