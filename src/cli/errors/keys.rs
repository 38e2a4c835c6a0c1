use crate::access_keys::RecordError;
use crate::cli::errors::failure::{CACHE, CONFIG, Failure, KEY_STORE};
use crate::core::origin::Location;
use crate::key_store::KeyStoreError;
use crate::profile_file::document::EditError;
use crate::setup::SetupError;
use crate::setup::key_import::ImportError;

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        let failure = Failure::new(CACHE, error.to_string());
        match error {
            RecordError::Invalid { .. } => failure.hint("delete it; the next use of a stored key creates it again"),
            RecordError::Unreadable { .. } | RecordError::Unwritable { .. } => {
                failure.hint("make the file and its directory readable and writable, then run the command again")
            }
            RecordError::Locked => failure.hint("run the command again"),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        let at = |at: &Location| Failure::new(CONFIG, message).at_line(at, None);
        match error {
            ImportError::DifferentKeys { at: place, .. } => {
                at(&place).hint("delete the keys that are not used, then import the others")
            }
            ImportError::Token { at: place, .. } => at(&place).hint("if the keys are long-term keys, delete the token"),
            ImportError::OtherSecret { at: place, .. } => {
                at(&place).hint("one of the two secrets is wrong; delete the keys of that profile")
            }
            ImportError::OtherSource { at: place, .. } => {
                at(&place).hint("delete the keys of that profile, or give it a source_profile")
            }
            ImportError::OtherMfa { at: place, .. } => {
                at(&place).hint("set mfa_serial in both profiles or in none, or delete the keys of one of them")
            }
            ImportError::Elsewhere(place) => at(&place).hint("delete the secret there, then run the command again"),
            ImportError::Setup(error) => of_key_profile(error),
        }
    }
}

/// The name of the profile is that of the key, so the hints of `setup` about names do not apply.
pub(crate) fn of_key_profile(error: SetupError) -> Failure {
    let hint = match &error {
        SetupError::Edit { reason: EditError::Name(_), .. } => {
            Some("rename the profile; use only letters, digits, - and _")
        }
        SetupError::Ripple { .. } | SetupError::Unseen { .. } => Some(
            "nothing was written; a byte order mark or text after a header is often the reason: amplify-creds doctor --fix",
        ),
        _ => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => Failure { hints: vec![hint.to_owned()], ..failure },
        None => failure,
    }
}

/// The `action` failed, for example `store the key of profile x`.
pub(crate) fn of_key_store(action: &str, error: &KeyStoreError) -> Failure {
    let failure = Failure::new(KEY_STORE, format!("cannot {action}: {error}"));
    match error {
        KeyStoreError::Locked | KeyStoreError::NoKeyring => {
            failure.hint("to be asked for its password, omit --no-input")
        }
        // Its message says what is missing.
        KeyStoreError::Missing(_) => failure,
        _ => failure.hint("to check the key store: amplify-creds doctor"),
    }
}
