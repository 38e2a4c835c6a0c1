use crate::cli::errors::base;
use crate::cli::errors::clock::{CLOCK_FIX, behind};
use crate::cli::errors::failure::{
    ACCESS_DENIED, CACHE, CANCELLED, CLOCK, CREDENTIALS_REJECTED, Failure, KEY_STORE, LOCK_TIMEOUT, LOOP, MFA_NEEDED,
    MFA_REJECTED, REFUSED, USAGE,
};
use crate::cli::errors::hints::advice;
use crate::cli::errors::network::{misconfigured, unanswered_by};
use crate::core::origin::Origin;
use crate::core::shell_word::shell_word;
use crate::key_store::KeyStoreError;
use crate::plan::Hop;
use crate::plan::sources::WebIdentityBase;
use crate::prompt::PromptError;
use crate::resolve::{FailedCall, ResolveError, StorageError, StsCall};
use crate::sts::StsError;
use crate::sts::denial::{Cause, Refusal};

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
            ResolveError::Recursion => {
                Failure::new(LOOP, "credential_process loop: this process would wait for its own parent")
            }
            ResolveError::LockTimeout { seconds, holder } => Failure::new(
                LOCK_TIMEOUT,
                match holder {
                    Some(holder) => format!("waited {seconds} s for {holder}, which is fetching the same session"),
                    None => format!("waited {seconds} s for another process, which is fetching the same session"),
                },
            )
            .hint("it may wait for an MFA code in another terminal; to wait longer: --lock-timeout 10m"),
            ResolveError::NotStored { file, reason } => {
                let why = match reason {
                    StorageError::System(code) => std::io::Error::from_raw_os_error(code).to_string(),
                    StorageError::Locked => "another process keeps the cache locked".to_owned(),
                    StorageError::Other => "the cache cannot be written".to_owned(),
                };
                let message =
                    format!("another process got the session with an MFA code, but could not cache it: {why}");
                Failure { details: vec![format!("the cache is {}", file.display())], ..Failure::new(CACHE, message) }
                    .hint("free disk space or make the file writable, then run the command again")
            }
            ResolveError::Sealing { error, profile } => unsealed(&error, &profile),
            // The offset is within the tolerance: the session had already expired when it arrived.
            ResolveError::ClockWrong(0) => Failure::new(CLOCK, "the session that STS returned has already expired")
                .hint("check this machine's clock, and AWS_ENDPOINT_URL_STS if it is set"),
            ResolveError::ClockWrong(offset) => Failure::new(
                CLOCK,
                format!("this machine's clock is {} AWS's clock, so new credentials look expired", behind(offset)),
            )
            .hint(CLOCK_FIX),
        }
    }
}

/// The failed call, its origin, and its profile.
fn call_in_words(at: &FailedCall) -> (String, &Origin, &str) {
    match &at.what {
        StsCall::MfaSession(mfa) => {
            (format!("cannot get an MFA session with {}", mfa.serial.value), &mfa.serial.from, &mfa.profile)
        }
        StsCall::WebIdentity(profile, web) => {
            (format!("cannot assume {} with a web identity", web.role_arn.value), &web.role_arn.from, profile)
        }
        StsCall::Role { hop, number, count, .. } => {
            let place = if *count > 1 { format!(" (hop {number} of {count})") } else { String::new() };
            (format!("cannot assume {}{place}", hop.role_arn.value), &hop.role_arn.from, &hop.profile)
        }
    }
}

fn sts(error: StsError, at: &FailedCall) -> Failure {
    let (what, from, profile) = call_in_words(at);
    let causes = causes(&error, at);
    let (is_mfa_rejected, is_device_rejected) = (error.is_mfa_rejected(), error.is_device_rejected());
    let failure = match error {
        StsError::Refused { message, .. } if is_device_rejected => {
            Failure::by_aws(MFA_REJECTED, format!("{what}: AWS rejected the MFA device"), message).hint(device_hint(at))
        }
        StsError::Refused { message, .. } if is_mfa_rejected => {
            Failure::by_aws(MFA_REJECTED, format!("{what}: AWS rejected the MFA code"), message)
                .hint("a code works once and for 30 seconds; wait for the next code, and check the device's clock")
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
            let failure = Failure::by_aws(kind, format!("{what}: {code}"), message);
            match &at.what {
                StsCall::WebIdentity(_, web) => add_token_hint(failure, &code, web),
                StsCall::MfaSession(_) => add_hints(failure, &causes, None, &at.asked),
                StsCall::Role { hop, .. } => add_hints(failure, &causes, Some(&**hop), &at.asked),
            }
        }
        StsError::Roots { .. } | StsError::Proxy { .. } | StsError::Endpoint(_) => return misconfigured(&error),
        other => unanswered_by("STS", other, &what),
    };
    failure.at(from, Some(profile))
}

/// If several causes are possible, shows only those that the profile can fix, because SDKs insert the error into their
/// own message.
fn add_hints(failure: Failure, causes: &[Cause], hop: Option<&Hop>, asked: &str) -> Failure {
    let is_open = causes.len() > 1;
    let shown = causes.iter().filter(|cause| !is_open || !matches!(cause, Cause::Trust | Cause::Identity));
    let failure = shown.fold(failure, |failure, cause| failure.hint(advice(*cause, hop, asked)));
    if is_open {
        failure.hint(format!("to test each role and see all likely causes: amplify-creds check {}", shell_word(asked)))
    } else {
        failure
    }
}

pub(crate) fn causes(error: &StsError, at: &FailedCall) -> Vec<Cause> {
    let StsError::Refused { code, message } = error else { return Vec::new() };
    let (hop, number, has_mfa) = match &at.what {
        StsCall::MfaSession(_) => (None, 0, true),
        // AWS validates the token, not a caller.
        StsCall::WebIdentity(..) => return Vec::new(),
        StsCall::Role { hop, number, mfa_serial, .. } => (Some(&**hop), *number, mfa_serial.is_some()),
    };
    Refusal { code, message, hop, number, has_mfa }.causes()
}

fn device_hint(at: &FailedCall) -> String {
    let place = match &at.what {
        StsCall::MfaSession(mfa) => Some(&mfa.serial),
        StsCall::Role { mfa_serial, .. } => mfa_serial.as_ref(),
        StsCall::WebIdentity(..) => None,
    };
    let place = place.map_or_else(String::new, |serial| format!(" ({})", serial.from));
    format!("mfa_serial{place} must be an MFA device of the user that owns the keys; see: aws iam list-mfa-devices")
}

fn add_token_hint(failure: Failure, code: &str, web: &WebIdentityBase) -> Failure {
    match code {
        "ExpiredToken" | "ExpiredTokenException" => failure.hint(format!(
            "the token in {} has expired; the program that writes it must renew it",
            web.token_file.value.display()
        )),
        "InvalidIdentityToken" | "IDPRejectedClaim" => {
            failure.hint("the account needs an identity provider for the token's issuer and audience")
        }
        "AccessDenied" => {
            failure.hint("the role's trust policy must allow sts:AssumeRoleWithWebIdentity for the token's subject")
        }
        _ => failure,
    }
}

/// `profile` is `None` for the credentials of the environment. `is_session` is true if they may come from the cache.
pub(crate) fn identity_failure(error: StsError, profile: Option<&str>, is_session: bool) -> Failure {
    let subject = profile.map_or_else(|| "the environment".to_owned(), |name| format!("profile {name}"));
    let what = format!("cannot get the caller identity for {subject}");
    let profile = profile.unwrap_or_default();
    match error {
        StsError::Refused { code, message } => {
            let causes = Refusal { code: &code, message: &message, hop: None, number: 0, has_mfa: false }.causes();
            let kind = if causes.is_empty() { REFUSED } else { CREDENTIALS_REJECTED };
            let failure = Failure::by_aws(kind, format!("{what}: {code}"), message);
            if is_session && matches!(causes[..], [Cause::UnknownKey | Cause::Expired]) {
                return failure.hint(format!(
                    "the cached session, its user or its role is no longer valid; run: amplify-creds login --refresh {}",
                    shell_word(profile)
                ));
            }
            causes.into_iter().fold(failure, |failure, cause| failure.hint(advice(cause, None, profile)))
        }
        other => unanswered_by("STS", other, &what),
    }
}

const RUN_MFA_PROCESS: &str = "run the profile's mfa_process yourself to see its full output";

/// On one line, because SDKs show only the first line.
fn unsealed(error: &KeyStoreError, profile: &str) -> Failure {
    let what = format!("profile {profile} needs an MFA code, but its session could not be sealed: {error}");
    let run = format!("amplify-creds login {}", shell_word(profile));
    match error {
        KeyStoreError::Locked | KeyStoreError::NoKeyring => Failure::new(KEY_STORE, format!("{what}; run: {run}")),
        _ => Failure::new(KEY_STORE, what).hint("to check the key store: amplify-creds doctor"),
    }
    .hint("to cache sessions without encryption: AMPLIFY_CREDS_SEAL=off, or seal = off in config.ini")
}

fn prompt(error: &PromptError, at: &FailedCall) -> Failure {
    let profile = &at.asked;
    let word = shell_word(profile);
    match error {
        // On one line, because SDKs show only the first line. A test searches for the literal.
        PromptError::NobodyToAsk => Failure::new(
            MFA_NEEDED,
            format!(
                "profile {profile} needs an MFA code, but no prompt is possible here; in a terminal, run: amplify-creds login {word}"
            ),
        ),
        PromptError::SecurityKey(from) => {
            Failure::new(MFA_NEEDED, format!("profile {profile} needs an MFA code, but {error}"))
                .at(from, None)
                .hint("set mfa_serial to a virtual MFA device of the user; see: aws iam list-mfa-devices")
                .hint("to sign in with the security key in the browser, use a source_profile without keys: amplify-creds login SOURCE_PROFILE")
        }
        PromptError::Program(error) => {
            let message = format!("profile {profile} needs an MFA code, but mfa_process failed: {error}");
            Failure { details: error.last_lines(), ..Failure::new(MFA_NEEDED, message) }.hint(RUN_MFA_PROCESS)
        }
        PromptError::ProgramAnswer => Failure::new(
            MFA_NEEDED,
            format!("profile {profile} needs an MFA code, but mfa_process printed no code of six digits"),
        )
        .hint(RUN_MFA_PROCESS),
        PromptError::Malformed(from) => Failure::new(USAGE, format!("the MFA code from {from} is not six digits")),
        PromptError::NotACode => Failure::new(MFA_NEEDED, "no MFA code of six digits was entered"),
        PromptError::TimedOut(seconds) => {
            Failure::new(MFA_NEEDED, format!("no MFA code was entered within {seconds} s"))
                .hint(format!("run: amplify-creds login {word}"))
        }
        PromptError::Cancelled => Failure::new(CANCELLED, "cancelled"),
        PromptError::CancelledElsewhere(_) => Failure::new(CANCELLED, error.to_string()),
        PromptError::CallerEnded => {
            Failure::new(CANCELLED, "prompt cancelled: the program that requested credentials has ended")
        }
        PromptError::Signalled(signal) => Failure::by_signal(*signal),
    }
}
