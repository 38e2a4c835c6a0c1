use crate::access_keys::{Rotation, RotationStep};
use crate::cli::errors::failure::{
    ACCESS_DENIED, BASE_FAILED, CACHE, CANCELLED, CREDENTIALS_REJECTED, Failure, KEY_STORE, REFUSED, ROTATION,
};
use crate::cli::errors::network::unanswered_by;
use crate::core::shell_word::shell_word;
use crate::key_store::{KeyStore, KeyStoreError};
use crate::prompt::PromptError;
use crate::rotation::RotationError;
use crate::sts::StsError;

/// The profile of a rotation, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct RotatedProfile<'a> {
    pub(crate) profile: &'a str,
    pub(crate) user_arn: Option<&'a str>,
    pub(crate) has_mfa: bool,
    pub(crate) new_key_id: Option<&'a str>,
}

pub(crate) fn failure(error: RotationError, of: &RotatedProfile<'_>) -> Failure {
    let RotatedProfile { profile, user_arn, has_mfa, new_key_id } = of;
    let (store, word) = (KeyStore::name(), shell_word(profile));
    let new = new_key_id.map_or_else(|| "the new key".to_owned(), |id| format!("the new key {id}"));
    let what = format!("cannot rotate the key of profile {profile}");
    let list = format!("to see the keys of the user: aws iam list-access-keys --profile {word}");
    match error {
        RotationError::Record(error) => Failure::new(CACHE, format!("{what}: {error}")),
        RotationError::KeyStore(error @ (KeyStoreError::Locked | KeyStoreError::NoKeyring)) => {
            Failure::new(KEY_STORE, format!("{what}: {error}"))
                .hint("to unlock it, run the command in the desktop session and without --no-input")
        }
        RotationError::KeyStore(error) => {
            Failure::new(KEY_STORE, format!("{what}: {error}")).hint("to check the key store: amplify-creds doctor")
        }
        RotationError::NoKey => Failure::new(BASE_FAILED, format!("{what}: the {store} has none"))
            .hint(format!("to store it: amplify-creds keys add {word}")),
        RotationError::InvalidKey => {
            Failure::new(BASE_FAILED, format!("{what}: its item in the {store} is not an access key"))
                .hint(format!("to store it again: amplify-creds keys add {word}"))
        }
        RotationError::NotStored => {
            Failure::new(BASE_FAILED, format!("{what}: the {store} returned another key than the one that was stored"))
        }
        RotationError::Iam { action, error } => of_iam(action, error, &what, *user_arn, *has_mfa, &word),
        RotationError::NotAccepted(StsError::Refused { code, message }) => {
            let failure = Failure::by_aws(ROTATION, format!("{what}: AWS does not accept {new}: {code}"), message);
            failure.hint("a new key can take minutes to reach all servers of AWS").hint(list)
        }
        RotationError::NotAccepted(error) => unanswered_by("STS", error, &format!("{what}: cannot verify {new}")),
        RotationError::OtherUser(arn) => {
            let expected = user_arn.unwrap_or("the user of the old key");
            Failure::new(ROTATION, format!("{what}: {new} belongs to {arn}, not to {expected}"))
        }
        RotationError::Unlisted => {
            Failure::new(ROTATION, format!("{what}: IAM does not list the stored key for its user")).hint(list)
        }
        RotationError::Inactive => Failure::new(ROTATION, format!("{what}: the stored key is inactive")).hint(list),
        RotationError::SecondKey(id) => {
            Failure::new(ROTATION, format!("{what}: its user has a second key, {id}")).hint(list)
        }
        RotationError::Interrupted(PromptError::Signalled(signal)) => Failure::by_signal(signal),
        RotationError::Interrupted(PromptError::CallerEnded) => {
            Failure::new(CANCELLED, "cancelled: the parent process has ended")
        }
        RotationError::Interrupted(_) => Failure::new(CANCELLED, "cancelled"),
    }
}

fn of_iam(action: &str, error: StsError, what: &str, user_arn: Option<&str>, has_mfa: bool, word: &str) -> Failure {
    match error {
        StsError::Refused { code, message } => match code.as_str() {
            "AccessDenied" | "AccessDeniedException" => {
                let user = user_arn.unwrap_or("the user");
                let failure = Failure::by_aws(ACCESS_DENIED, format!("{what}: {code} for iam:{action}"), message)
                    .hint(format!("the user's policies must allow iam:{action} on {user}"));
                if has_mfa {
                    return failure;
                }
                failure.hint("if they require MFA, set mfa_serial in the profile; see: amplify-creds policy mfa")
            }
            "LimitExceeded" => Failure::by_aws(ROTATION, format!("{what}: the user has two keys already"), message)
                .hint(format!("to see them: aws iam list-access-keys --profile {word}")),
            "InvalidClientTokenId" | "ExpiredToken" | "SignatureDoesNotMatch" | "RequestExpired" => {
                let failure = Failure::by_aws(CREDENTIALS_REJECTED, format!("{what}: {action}: {code}"), message);
                if has_mfa {
                    return failure.hint(format!("to get a new session: amplify-creds login --refresh {word}"));
                }
                failure.hint("the stored key is wrong, inactive or deleted")
            }
            _ => Failure::by_aws(REFUSED, format!("{what}: {action}: {code}"), message),
        },
        error => unanswered_by("IAM", error, &format!("{what}: {action}")),
    }
}

/// Adds the state of an unfinished rotation.
pub(crate) fn with_state(mut failure: Failure, rotation: Option<&Rotation>, profile: &str) -> Failure {
    let Some(Rotation { old_key_id: old, new_key_id, next, .. }) = rotation else { return failure };
    let new = new_key_id.as_deref().unwrap_or("unknown");
    let state = match next {
        RotationStep::Create => format!("no new key is stored; the key {old} was not changed"),
        RotationStep::Store => format!("the new key {new} may not be stored; the key {old} was not changed"),
        RotationStep::Verify | RotationStep::Replace => {
            format!("the new key {new} is stored; the old key {old} was not deactivated")
        }
        RotationStep::Deactivate => format!("the new key {new} is stored; the old key {old} may still be active"),
        RotationStep::Delete => format!("the new key {new} is stored; the old key {old} was deactivated"),
    };
    failure.details.push(state);
    // The journal may be one step behind if it could not be written.
    if *next == RotationStep::Delete && failure.code != CACHE {
        return failure;
    }
    failure.hint(format!("to continue, run again: amplify-creds keys rotate {}", shell_word(profile)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_names_the_keys_and_the_command() {
        use RotationStep::{Create, Deactivate, Delete, Replace, Store, Verify};
        for (next, expected, continues) in [
            (Create, "no new key is stored; the key AKIAOLD was not changed", true),
            (Store, "AKIANEW may not be stored; the key AKIAOLD was not changed", true),
            (Verify, "AKIANEW is stored; the old key AKIAOLD was not deactivated", true),
            (Replace, "AKIANEW is stored; the old key AKIAOLD was not deactivated", true),
            (Deactivate, "AKIANEW is stored; the old key AKIAOLD may still be active", true),
            (Delete, "AKIANEW is stored; the old key AKIAOLD was deactivated", false),
        ] {
            let rotation = Rotation {
                started_at: String::new(),
                old_key_id: "AKIAOLD".to_owned(),
                new_key_id: (next != Create).then(|| "AKIANEW".to_owned()),
                next,
                deactivated_at: None,
            };
            let text = with_state(Failure::new(ROTATION, "x"), Some(&rotation), "my dev").text();
            assert!(text.contains(expected), "{text}");
            assert_eq!(text.contains("keys rotate 'my dev'\n"), continues, "{text}");
        }
        let unchanged = with_state(Failure::new(ROTATION, "x"), None, "dev").text();
        assert_eq!(unchanged, "amplify-creds: x\n");
    }
}
