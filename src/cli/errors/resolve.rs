//! The words for errors: from the fields of each module's error to a `Failure` with location and hint.

use crate::amplify::project::ProjectError;
use crate::cli::errors::base;
use crate::cli::errors::failure::{
    ACCESS_DENIED, CANCELLED, CLOCK, CONFIG, CREDENTIALS_REJECTED, FILE, Failure, LOCK_TIMEOUT, LOOP, MFA_NEEDED,
    MFA_REJECTED, REFUSED, USAGE,
};
use crate::cli::errors::hints::advice;
use crate::cli::errors::network::{misconfigured, unanswered};
use crate::core::origin::Origin;
use crate::os::paths::NoHome;
use crate::plan::Hop;
use crate::plan::mfa_strategy::Mfa;
use crate::plan::sources::WebIdentityBase;
use crate::profile::load::LoadError;
use crate::prompt::PromptError;
use crate::resolve::{FailedCall, ResolveError, What};
use crate::settings::SettingsError;
use crate::sts::StsError;
use crate::sts::denial::{Cause, Refusal};

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
            SettingsError::NoValue { key, at } => Failure::new(CONFIG, format!("setting {key} has no value"))
                .at_line(&at, None)
                .hint("give it one behind =, or take the line out; see: amplify-creds help config"),
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

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Sts { error, at } => sts(error, &at),
            ResolveError::Prompt { error, at } => prompt(&error, &at),
            ResolveError::Base { error, base } => base::failure(&error, &base),
            ResolveError::InvalidAnswer { error, at } => {
                let (what, from, profile) = call_in_words(&at);
                Failure::new(CREDENTIALS_REJECTED, format!("{what}: AWS returned invalid credentials: {error}"))
                    .at(from, Some(profile))
                    .hint("check AWS_ENDPOINT_URL_STS and the proxy, if one is set")
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
            .hint(CLOCK_FIX),
        }
    }
}

/// What to do about a clock that is wrong.
pub(crate) const CLOCK_FIX: &str =
    "set the clock: sudo hwclock -s in WSL and in a virtual machine that slept, elsewhere switch NTP on";

/// How this machine's clock stands when AWS's is so many seconds ahead: `60 min behind`.
pub(crate) fn behind(seconds: i64) -> String {
    let way = if seconds > 0 { "behind" } else { "ahead of" };
    format!("{} min {way}", seconds.unsigned_abs().div_ceil(60))
}

/// The failed call, what names it, and its profile.
fn call_in_words(at: &FailedCall) -> (String, &Origin, &str) {
    match &at.what {
        What::MfaSession(mfa) => {
            let Mfa { profile, serial, .. } = &**mfa;
            (format!("cannot get an MFA session with {}", serial.value), &serial.from, profile)
        }
        What::WebIdentity(profile, web) => {
            (format!("cannot assume {} with a web identity", web.role_arn.value), &web.role_arn.from, profile)
        }
        What::Role { hop, number, count, .. } => {
            let place = if *count > 1 { format!(" (hop {number} of {count})") } else { String::new() };
            (format!("cannot assume {}{place}", hop.role_arn.value), &hop.role_arn.from, &hop.profile)
        }
    }
}

fn sts(error: StsError, at: &FailedCall) -> Failure {
    let (what, from, profile) = call_in_words(at);
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
                "InvalidClientTokenId"
                | "SignatureDoesNotMatch"
                | "ExpiredToken"
                | "ExpiredTokenException"
                | "InvalidIdentityToken"
                | "IDPRejectedClaim" => CREDENTIALS_REJECTED,
                _ => REFUSED,
            };
            let hop = match &at.what {
                What::MfaSession(_) | What::WebIdentity(..) => None,
                What::Role { hop, .. } => Some(&**hop),
            };
            let causes = causes(&StsError::Refused { code: code.clone(), message: message.clone() }, at);
            let mut failure = Failure::new(kind, format!("{what}: {code}"));
            failure.aws = Some(message);
            match &at.what {
                What::WebIdentity(_, web) => token_hints(failure, &code, web),
                _ => advised(failure, &causes, hop, &at.asked),
            }
        }
        StsError::Roots { .. } | StsError::Proxy { .. } => return misconfigured(&error),
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
pub(crate) fn causes(error: &StsError, at: &FailedCall) -> Vec<Cause> {
    let StsError::Refused { code, message } = error else { return Vec::new() };
    let (hop, number, has_mfa) = match &at.what {
        What::MfaSession(_) => (None, 0, true),
        // The token is what is judged, not a caller.
        What::WebIdentity(..) => return Vec::new(),
        What::Role { hop, number, has_mfa, .. } => (Some(&**hop), *number, *has_mfa),
    };
    Refusal { code, message, hop, number, has_mfa }.causes()
}

/// What to do about a token that AWS does not take.
fn token_hints(failure: Failure, code: &str, web: &WebIdentityBase) -> Failure {
    match code {
        "ExpiredToken" | "ExpiredTokenException" => failure
            .hint(format!("the token in {} is over; whoever writes it must renew it", web.token_file.value.display())),
        "InvalidIdentityToken" | "IDPRejectedClaim" => {
            failure.hint("the account needs an identity provider for the token's issuer and audience")
        }
        "AccessDenied" => {
            failure.hint("the role's trust policy must allow sts:AssumeRoleWithWebIdentity to the token's subject")
        }
        _ => failure,
    }
}

/// Why AWS did not tell whose credentials these are.
pub(crate) fn identity_failure(error: StsError, profile: &str) -> Failure {
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
