use crate::cli::errors::failure::{CONFIG, Failure, LOOP, PROFILE_NOT_FOUND, USAGE};
use crate::cli::errors::near_miss::{quoted, with_hints};
use crate::core::origin::Origin;
use crate::core::shell_word::shell_word;
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
                        "profile {name} does not exist; the credential_process of profile {by} asks for it ({at})"
                    )
                }
                Some(Mention { by, key, at }) => {
                    format!("profile {name} does not exist; it is the {key} of profile {by} ({at})")
                }
                None => format!("profile {name} does not exist in {} or {}", files[0], files[1]),
            };
            let mut failure = Failure::new(PROFILE_NOT_FOUND, message);
            if let Some(at) = broken {
                failure = failure.hint(format!("the section header of this profile has no ']' at its end ({at})"));
            }
            if !nearest.is_empty() {
                failure = failure.hint(format!("did you mean {}?", nearest.join(" or ")));
            }
            failure = with_hints(failure, near);
            if near.iter().any(|near| matches!(near, NearMiss::NoFiles { .. })) {
                return failure.hint("create the first profile: amplify-creds setup");
            }
            failure.hint("run: amplify-creds list")
        }
        PlanError::BrokenHeader { profile, header, at } if header == profile => {
            config(format!("cannot read profile {profile}: its section header has no ']' ({at})"))
                .hint("end the header with ']'")
        }
        PlanError::BrokenHeader { profile, at, .. } => {
            config(format!("cannot read profile {profile}: the section header below it has no ']' ({at})"))
                .hint("end that header with ']'; without it, its lines could belong to either profile")
        }
        PlanError::Loop { path, back_to } if path.iter().all(|mention| mention.key == "credential_process") => {
            let at = path.last().map(|mention| mention.at.clone());
            let place = at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
            Failure::new(LOOP, format!("the credential_process of profile {back_to} asks for profile {back_to} again{place}"))
                .hint("in the command, write the name of the profile that has the role")
        }
        PlanError::Loop { path, back_to } => {
            let steps: Vec<_> = path.iter().map(|Mention { by, at, .. }| format!("{by} ({at})")).collect();
            let long = format!("source profiles form a loop: {} -> {back_to}", steps.join(" -> "));
            let failure = if long.chars().count() < 180 {
                Failure::new(LOOP, long)
            } else {
                let short = format!("{} source profiles form a loop that leads back to {back_to}", steps.len());
                Failure { details: steps, ..Failure::new(LOOP, short) }
            };
            failure.hint("give one of them its own keys, or another source_profile")
        }
        PlanError::NoSource { profile, at } => {
            config(format!("profile {profile} has a role_arn, but no source_profile or credential_source ({at})"))
                .hint("add source_profile = NAME; NAME is the profile with the keys that may assume the role")
        }
        PlanError::TwoSources { profile, at, other } => {
            config(format!("profile {profile} has both source_profile ({at}) and credential_source ({other})"))
                .hint("keep one of them")
        }
        PlanError::UnknownCredentialSource { profile, at } => {
            config(format!("profile {profile} has an unknown credential_source ({at})"))
                .hint("write Environment, Ec2InstanceMetadata or EcsContainer")
        }
        PlanError::HalfPair { profile, missing, at, near } => {
            let message = format!("profile {profile} has half a key pair ({at}): {missing} is missing");
            with_hints(config(message), near).hint("put both keys in the same section of the same file")
        }
        PlanError::NoCredentials { profile, named_by, near, sso_session, .. } => {
            let by = match named_by {
                Some(Mention { by, key: "credential_process", at }) => {
                    format!(", which the credential_process of {by} asks for ({at}),")
                }
                Some(Mention { by, key, at }) => format!(", the {key} of {by} ({at}),"),
                None => String::new(),
            };
            let failure = with_hints(config(format!("profile {profile}{by} has no credentials")), near);
            if let Some(session) = sso_session {
                let setup = format!("amplify-creds setup --sso {}", shell_word(session));
                return failure
                    .hint("add sso_account_id and sso_role_name")
                    .hint(format!("to write a profile for each of your roles: {setup}"));
            }
            failure
                .hint(format!("add keys under [{profile}] in the credentials file, or role_arn and source_profile"))
                .hint(format!("to use AWS Sign-In, in a terminal: amplify-creds login {}", shell_word(profile)))
        }
        PlanError::NoRole { profile, at, has_token } => {
            let code = if at.is_some() { CONFIG } else { USAGE };
            let reason = if *has_token { "assumes its role with a web identity token" } else { "has no role_arn" };
            let failure = Failure::new(code, format!("profile {profile} {reason}, so role options cannot be used"));
            let role = if *has_token { "a role_arn and a source_profile" } else { "a role_arn" };
            // Without the options of a wrapper, the session would have no limit.
            let or_omit = if at.is_some() { "" } else { ", or omit the options" };
            failure.hint(format!("use a profile with {role}{or_omit}"))
        }
        PlanError::PolicyIsSet { profile, option, policy, set, at: Some(at) } => config(format!(
            "the credential_process of profile {profile} has {option} ({at}), but the session policy{} is set at {set}",
            after_space(policy.as_deref())
        ))
        .hint(policy_hint(option)),
        PlanError::PolicyIsSet { profile, option, policy, set, at: None } => Failure::new(
            USAGE,
            format!(
                "{option} cannot be used with profile {profile}: its session policy{} is set at {set}",
                after_space(policy.as_deref())
            ),
        )
        .hint(policy_hint(option))
        .hint(format!("to see the session: amplify-creds explain {}", shell_word(profile))),
        PlanError::TwoPolicies { profile, at, other } => config(format!(
            "profile {profile} has a session policy ({at}), and inherits another by include_profile ({other})"
        ))
        .hint("AWS combines the policies of a session, so both together could allow more; set only one of them"),
        PlanError::Invalid { expected, from: Origin::Flag(flag), .. } => {
            config(format!("invalid {flag} (expected {expected})"))
        }
        PlanError::Invalid { key, expected, from: from @ Origin::Variable(_), .. } => {
            config(format!("invalid {key} in {from} (expected {expected})"))
        }
        PlanError::Invalid { profile, key, expected, from } => {
            config(format!("profile {profile} has an invalid {key} ({from})"))
                .hint(format!("it must be {expected}"))
        }
        PlanError::Recursion { profile, .. } => {
            Failure::new(LOOP, format!("the credential_process of profile {profile} asks for profile {profile} again"))
                .hint("a credential_process must not call amplify-creds for its own profile")
        }
        PlanError::IncludeLoop { profile, at } => {
            Failure::new(LOOP, format!("the include_profile of profile {profile} forms a loop ({at})"))
        }
        PlanError::NoServices { profile, section, at } => config(format!(
            "profile {profile} names the services section {section} ({at}), which does not exist or is empty"
        ))
        .hint(format!("add [services {section}] to the config file, or remove the key services")),
        PlanError::MfaOnLaterHop { profile, hop, at } => config(format!(
            "profile {profile} sets mfa_serial on role {hop} of its chain ({at}), but only the first role can use a code"
        ))
        .hint("move mfa_serial to the profile of the first role, which is assumed with the user's own keys"),
        PlanError::NoEnvironmentKeys { profile, at } => {
            config(format!("profile {profile} uses keys of the environment ({at}), but the environment has none"))
                .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        PlanError::NoRoleForToken { profile, at } => {
            config(format!("profile {profile} has a web identity token ({at}), but no role_arn"))
                .hint("add role_arn = ARN; if the token comes from the environment, set AWS_ROLE_ARN")
        }
        PlanError::NoSsoSession { profile, session, at } => config(format!(
            "profile {profile} has sso_session = {session} ({at}), but [sso-session {session}] does not exist"
        ))
        .hint(format!("to add it with its profiles: amplify-creds setup --sso {}", shell_word(session))),
        PlanError::SsoMismatch { profile, key, at, other } => {
            config(format!("profile {profile} has a different {key} ({at}) than its sso-session ({other})"))
                .hint("keep only the one in the sso-session section")
        }
        PlanError::SsoIncomplete { profile, missing, at } => {
            config(format!("profile {profile} uses IAM Identity Center ({at}), but {missing} is missing"))
                .hint(format!("add {missing} = VALUE (amplify-creds setup --sso writes profiles of all your roles)"))
        }
    }
}

fn after_space(text: Option<&str>) -> String {
    text.map(|text| format!(" {text}")).unwrap_or_default()
}

fn policy_hint(option: &str) -> &'static str {
    match option {
        "--policy-arn" | "--policy" => {
            "AWS combines the policies of a session, so a second one could allow more; set only one policy"
        }
        "--session-name" => "a wrapper with a session policy also sets the session name, which CloudTrail records",
        "--duration" => {
            "a wrapper with a session policy also limits the duration; omit --duration, or use a shorter one"
        }
        _ => "a wrapper with a session policy also sets the role, external id, tags and source identity",
    }
}

fn config(message: String) -> Failure {
    Failure::new(CONFIG, message)
}
