//! Owns the words for errors: from the fields of each module's error to a `Failure` with location and hint.

use crate::amplify::project::ProjectError;
use crate::paths::NoHome;
use crate::plan::Hop;
use crate::plan::error::PlanError;
use crate::plan::mfa::Mfa;
use crate::profile::load::LoadError;
use crate::prompt::PromptError;
use crate::resolve::{FailedCall, ResolveError, What};
use crate::settings::SettingsError;
use crate::sts::StsError;
use crate::sts::refusal::{Cause, Refusal};

use super::advice::advice;
use super::failure::{
    ACCESS_DENIED, BASE_FAILED, CANCELLED, CLOCK, CONFIG, CREDENTIALS_REJECTED, FILE, Failure, INTERNAL, LOCK_TIMEOUT,
    LOOP, MFA_NEEDED, MFA_REJECTED, NETWORK, PROFILE_NOT_FOUND, REFUSED, UNSUPPORTED, USAGE,
};

impl From<NoHome> for Failure {
    fn from(error: NoHome) -> Self {
        Failure::new(CONFIG, error.to_string()).hint("set HOME to the directory that holds .aws")
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Unreadable { .. } => Failure::new(CONFIG, error.to_string()),
            SettingsError::Unknown { key, at } => {
                Failure::new(CONFIG, format!("there is no setting {key}")).at_line(&at, None)
            }
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let message = error.to_string();
        match error {
            LoadError::Directory(file) => Failure::new(FILE, message)
                .in_file(&file)
                .hint("give a file: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, --config-file or --credentials-file"),
            LoadError::Unreadable { file, .. } => {
                Failure::new(FILE, message).in_file(&file).hint(format!("see: ls -l {}", file.shown))
            }
            LoadError::TooLarge(file) => Failure::new(FILE, message).in_file(&file),
            LoadError::NotUtf8 { file, offset } => Failure::new(FILE, message)
                .in_file(&file)
                .hint(format!("save the file as UTF-8; byte {offset} is the first that is not")),
            LoadError::Syntax { at, problem } => Failure::new(CONFIG, format!("{at}: {problem}"))
                .at_line(&at, None)
                .hint("the AWS SDKs reject the whole file for this; --dialect auto passes over the line"),
        }
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let message = error.to_string();
        match error {
            ProjectError::Unreadable { file, .. } => Failure::new(FILE, message).in_file(&file),
            ProjectError::Syntax { at, .. } => Failure::new(CONFIG, message).at_line(&at, None),
            ProjectError::Corrupt { at, .. } => Failure::new(CONFIG, message)
                .at_line(&at, None)
                .hint("give a profile, or run in the project: amplify configure project"),
            ProjectError::NoEnvironment { .. } => {
                Failure::new(CONFIG, message).hint("give a profile, or run in the project: amplify init")
            }
            ProjectError::UnknownEnvironment { names, .. } if names.is_empty() => {
                Failure::new(CONFIG, message).hint("it has none")
            }
            ProjectError::UnknownEnvironment { names, .. } => {
                Failure::new(CONFIG, message).hint(format!("there are: {}", names.join(", ")))
            }
        }
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let failure = plan(&error);
        match error.location() {
            Some(at) => failure.at_line(at, None),
            None => failure,
        }
    }
}

fn plan(error: &PlanError) -> Failure {
    match error {
        PlanError::UnknownProfile { name, named_by, nearest, files, broken } => {
            // An indented line below a name has become part of it, and may be a secret.
            let name = name.lines().next().unwrap_or_default();
            let message = match named_by {
                Some((by, at)) => format!("profile {by} names the source_profile {name} ({at}), and there is no such profile"),
                None => format!("there is no profile {name} in {} or {}", files[0], files[1]),
            };
            let mut failure = Failure::new(PROFILE_NOT_FOUND, message);
            if let Some(at) = broken {
                failure = failure.hint(format!("the section header at {at} has no ']'; it may be the one"));
            }
            if !nearest.is_empty() {
                failure = failure.hint(format!("did you mean {}?", nearest.join(" or ")));
            }
            failure.hint("see: amplify-creds list")
        }
        PlanError::BrokenHeader { profile, at } => {
            Failure::new(CONFIG, format!("cannot tell what belongs to profile {profile}: a header has no ']' ({at})"))
                .hint("end the header with ']'")
        }
        PlanError::Loop { path, back_to } => {
            let steps: Vec<_> = path.iter().map(|(name, at)| format!("{name} ({at})")).collect();
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
            Failure::new(CONFIG, format!("profile {profile} has a role_arn and nothing to assume it with ({at})"))
                .hint("add source_profile = NAME, the profile whose keys may assume the role")
        }
        PlanError::TwoSources { profile, at, other } => Failure::new(
            CONFIG,
            format!("profile {profile} has both source_profile ({at}) and credential_source ({other})"),
        )
        .hint("keep one of them"),
        PlanError::UnknownCredentialSource { profile, at } => {
            Failure::new(CONFIG, format!("profile {profile} has a credential_source that does not exist ({at})"))
                .hint("it is one of Environment, Ec2InstanceMetadata, EcsContainer, in this spelling")
        }
        PlanError::HalfPair { profile, missing, at } => {
            Failure::new(CONFIG, format!("profile {profile} has half a key pair ({at}): {missing} is missing beside it"))
                .hint("both keys stand in one section of one file")
        }
        PlanError::NoCredentials { profile, named_by, .. } => {
            let by = named_by.as_ref().map_or_else(String::new, |(by, at)| format!(", the source_profile of {by} ({at}),"));
            Failure::new(CONFIG, format!("profile {profile}{by} has no credentials"))
                .hint(format!("add its keys to the credentials file: [{profile}], or a role_arn with a source_profile"))
        }
        PlanError::NoEnvironmentKeys { profile, at } => Failure::new(
            CONFIG,
            format!("profile {profile} takes its keys from the environment ({at}), which has none"),
        )
        .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        PlanError::Unsupported { profile, key, at } => Failure::new(
            UNSUPPORTED,
            format!("profile {profile} gets its credentials by {key} ({at}), which this version cannot do"),
        ),
        PlanError::NoRole { profile } => {
            Failure::new(USAGE, format!("profile {profile} assumes no role that the flags could be about"))
                .hint("give a profile with a role_arn, or leave the flags out")
        }
        PlanError::Invalid { profile, key, expected, from } => {
            Failure::new(CONFIG, format!("profile {profile} has a {key} that AWS would reject ({from})"))
                .hint(format!("it must be {expected}"))
        }
        PlanError::Recursion { profile, .. } => {
            Failure::new(LOOP, format!("the credential_process of profile {profile} leads back to profile {profile}"))
                .hint("it must not ask this program, or a tool that does, for the profile that it is to give keys to")
        }
        PlanError::IncludeLoop { profile, at } => {
            Failure::new(LOOP, format!("the include_profile of profile {profile} leads back to one before ({at})"))
        }
        PlanError::NoServices { profile, section, at } => Failure::new(
            CONFIG,
            format!("profile {profile} names the services section {section} ({at}), which is not there or empty"),
        )
        .hint(format!("add to the config file: [services {section}], or take the key away")),
        PlanError::MfaOnLaterHop { profile, hop, at } => Failure::new(
            CONFIG,
            format!("profile {profile} sets mfa_serial on role {hop} of its chain ({at}); AWS takes a code only on the first"),
        )
        .hint("move mfa_serial to the profile whose role is assumed first, with the user's own keys"),
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Sts { error, at } => sts(error, &at),
            ResolveError::Prompt { error, at } => prompt(&error, &at),
            ResolveError::Base { error, profile, at } => {
                let what = format!("the credential_process of profile {profile} gave no credentials: {error}");
                Failure::new(BASE_FAILED, what).at(&at, Some(&profile)).hint("run the command by itself to see more")
            }
            ResolveError::Recursion => Failure::new(
                LOOP,
                "this run would wait for the one that waits for it, by a credential_process between them",
            ),
            ResolveError::LockTimeout { seconds, holder } => Failure::new(
                LOCK_TIMEOUT,
                match holder {
                    Some(holder) => format!("waited {seconds} s for {holder}, which fetches the same session"),
                    None => format!("waited {seconds} s for another process that fetches the same session"),
                },
            )
            .hint("it may wait for an MFA code on another terminal; a longer wait: --lock-timeout 10m"),
            // Within the tolerance nothing was noted: then the session was over before it came.
            ResolveError::ClockWrong(0) => Failure::new(CLOCK, "the session that STS gave is over already")
                .hint("look at this machine's clock, and at AWS_ENDPOINT_URL_STS if it is set"),
            ResolveError::ClockWrong(offset) => Failure::new(
                CLOCK,
                format!("this machine's clock is {} AWS's: the credentials look expired here", behind(offset)),
            )
            .hint("set the clock; after sleep, WSL and virtual machines need it: sudo hwclock -s"),
        }
    }
}

/// How this machine's clock stands when AWS's is so many seconds ahead: `60 min behind`.
pub(super) fn behind(seconds: i64) -> String {
    let way = if seconds > 0 { "behind" } else { "ahead of" };
    format!("{} min {way}", seconds.unsigned_abs().div_ceil(60))
}

fn sts(error: StsError, at: &FailedCall) -> Failure {
    let (what, from, profile) = match &at.what {
        What::MfaSession(mfa) => {
            let Mfa { profile, serial, .. } = &**mfa;
            (format!("cannot get an MFA session with {}", serial.value), &serial.from, profile)
        }
        What::Role { hop, number, count, .. } => {
            let place = if *count > 1 { format!(" (hop {number} of {count})") } else { String::new() };
            (format!("cannot assume {}{place}", hop.role_arn.value), &hop.role_arn.from, &hop.profile)
        }
    };
    let rejected = error.is_mfa_rejected();
    let failure = match error {
        StsError::Refused { message, .. } if rejected => {
            let mut failure = Failure::new(MFA_REJECTED, format!("{what}: AWS refused the MFA code"));
            failure.aws = Some(message);
            failure.hint("a code works once and for half a minute; wait for the next one, and check the device's clock")
        }
        StsError::Refused { code, message } => {
            let kind = match code.as_str() {
                "AccessDenied" => ACCESS_DENIED,
                "InvalidClientTokenId" | "SignatureDoesNotMatch" | "ExpiredToken" | "ExpiredTokenException" => {
                    CREDENTIALS_REJECTED
                }
                _ => REFUSED,
            };
            let hop = match &at.what {
                What::MfaSession(_) => None,
                What::Role { hop, .. } => Some(&**hop),
            };
            let causes = causes(&StsError::Refused { code: code.clone(), message: message.clone() }, at);
            let mut failure = Failure::new(kind, format!("{what}: {code}"));
            failure.aws = Some(message);
            advised(failure, &causes, hop, &at.asked)
        }
        passing => unanswered(passing, &what),
    };
    failure.at(from, Some(profile))
}

/// The failure with what to do about it. Of many causes only those that the profile itself can mend: the error is read
/// in passing, in an SDK's message.
fn advised(failure: Failure, causes: &[Cause], hop: Option<&Hop>, asked: &str) -> Failure {
    let is_open = causes.len() > 1;
    let shown = causes.iter().filter(|cause| !is_open || !matches!(cause, Cause::Trust | Cause::Identity));
    let failure = shown.fold(failure, |failure, cause| failure.hint(advice(*cause, hop, asked)));
    if is_open {
        failure.hint(format!("to see where it ends and all likely causes: amplify-creds check {asked}"))
    } else {
        failure
    }
}

/// What may be wrong, by AWS's answer to the call.
pub(super) fn causes(error: &StsError, at: &FailedCall) -> Vec<Cause> {
    let StsError::Refused { code, message } = error else { return Vec::new() };
    let (hop, number, has_mfa) = match &at.what {
        What::MfaSession(_) => (None, 0, true),
        What::Role { hop, number, has_mfa, .. } => (Some(&**hop), *number, *has_mfa),
    };
    Refusal { code, message, hop, number, has_mfa }.causes()
}

/// Why AWS told nobody anything.
fn unanswered(error: StsError, what: &str) -> Failure {
    match error {
        StsError::Throttled => Failure::new(NETWORK, format!("{what}: AWS asks to slow down, again and again"))
            .hint("try again in a minute"),
        StsError::Server(status) => {
            Failure::new(NETWORK, format!("{what}: AWS answered {status}")).hint("try again in a minute")
        }
        StsError::Unreachable(reason) => Failure::new(NETWORK, format!("{what}: no connection to STS: {reason}"))
            .hint("check the network, HTTPS_PROXY and AWS_ENDPOINT_URL_STS"),
        StsError::TimedOut => Failure::new(NETWORK, format!("{what}: STS did not answer in time"))
            .hint("check the network, HTTPS_PROXY and AWS_ENDPOINT_URL_STS"),
        StsError::Garbage => Failure::new(NETWORK, format!("{what}: the answer is not one of STS"))
            .hint("something between here and AWS answers in its place: a proxy, a login page, AWS_ENDPOINT_URL_STS"),
        StsError::Setup(reason) => Failure::new(INTERNAL, format!("{what}: {reason}")).hint("check AWS_CA_BUNDLE"),
        StsError::Refused { code, message } => {
            Failure { aws: Some(message), ..Failure::new(REFUSED, format!("{what}: {code}")) }
        }
    }
}

/// Why AWS did not tell whose credentials these are.
pub(super) fn identity_failure(error: StsError, profile: &str) -> Failure {
    let what = format!("cannot ask AWS whose the credentials of {profile} are");
    match error {
        StsError::Refused { code, message } => {
            let causes = Refusal { code: &code, message: &message, hop: None, number: 0, has_mfa: false }.causes();
            let kind = if causes.is_empty() { REFUSED } else { CREDENTIALS_REJECTED };
            let failure = Failure { aws: Some(message), ..Failure::new(kind, format!("{what}: {code}")) };
            causes.into_iter().fold(failure, |failure, cause| failure.hint(advice(cause, None, profile)))
        }
        passing => unanswered(passing, &what),
    }
}

fn prompt(error: &PromptError, at: &FailedCall) -> Failure {
    let profile = &at.asked;
    match error {
        // One line: it is what an SDK shows of us.
        PromptError::NobodyToAsk => Failure::new(
            MFA_NEEDED,
            format!(
                "profile {profile} needs an MFA code and there is nobody to ask here; in a terminal, run: amplify-creds login {profile}"
            ),
        ),
        PromptError::Program(_) | PromptError::ProgramAnswer => {
            Failure::new(MFA_NEEDED, format!("profile {profile} needs an MFA code: {error}"))
                .hint("run the profile's mfa_process by itself to see more")
        }
        PromptError::Malformed(from) => Failure::new(USAGE, format!("the code from {from} is not six digits")),
        PromptError::NotACode => Failure::new(MFA_NEEDED, "no MFA code of six digits was entered"),
        PromptError::TimedOut(seconds) => {
            Failure::new(MFA_NEEDED, format!("no MFA code was entered within {seconds} s"))
                .hint(format!("run: amplify-creds login {profile}"))
        }
        PromptError::Cancelled => Failure::new(CANCELLED, "cancelled"),
        PromptError::Signalled(signal) => {
            Failure { signal: Some(*signal), ..Failure::new(CANCELLED, format!("ended by signal {signal}")) }
        }
    }
}
