use keyring_core::{Entry, Error};
use zeroize::{Zeroize, Zeroizing};

use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::key_store::error::KeyStoreError;

/// Classifies the system's own error.
pub(super) type Classify = fn(&Error) -> Option<KeyStoreError>;

pub(super) fn get(entry: &Entry, classify: Classify) -> Result<Option<Secret>, KeyStoreError> {
    let Some(bytes) = existing(entry.get_secret(), classify)?.map(Zeroizing::new) else { return Ok(None) };
    let text = std::str::from_utf8(&bytes).map_err(|_| failed("the stored secret is not UTF-8 text"))?;
    Ok(Some(Secret::from(text)))
}

pub(super) fn put(entry: &Entry, secret: &Secret, classify: Classify) -> Result<(), KeyStoreError> {
    entry.set_secret(secret.expose().as_bytes()).map_err(|error| key_store_error(error, classify))
}

pub(super) fn delete(entry: &Entry, classify: Classify) -> Result<bool, KeyStoreError> {
    Ok(existing(entry.delete_credential(), classify)?.is_some())
}

fn existing<T>(result: keyring_core::Result<T>, classify: Classify) -> Result<Option<T>, KeyStoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(key_store_error(error, classify)),
    }
}

pub(super) fn key_store_error(error: Error, classify: Classify) -> KeyStoreError {
    if let Some(known) = classify(&error) {
        return known;
    }
    match error {
        // These have the secret, or entries, which may have it.
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            failed("the stored secret is malformed")
        }
        Error::Ambiguous(_) => failed("the key store has several items with this name"),
        error => failed(&format!("the key store failed: {error}")),
    }
}

fn failed(reason: &str) -> KeyStoreError {
    KeyStoreError::Failed(printable(reason))
}

#[cfg(test)]
mod tests {
    use keyring_core::api::CredentialStoreApi;
    use keyring_core::mock;

    use super::*;

    const UNKNOWN: Classify = |_| None;

    fn entry() -> Entry {
        mock::Store::new().unwrap().build("amplify-creds", "access-key/dev", None).unwrap()
    }

    fn failing(error: Error) -> Entry {
        let entry = entry();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
        entry
    }

    #[test]
    fn secret_is_stored_and_deleted() {
        let entry = entry();
        assert!(get(&entry, UNKNOWN).unwrap().is_none());
        assert!(!delete(&entry, UNKNOWN).unwrap());
        put(&entry, &Secret::from("sécret"), UNKNOWN).unwrap();
        assert_eq!(get(&entry, UNKNOWN).unwrap().unwrap().expose(), "sécret");
        assert!(delete(&entry, UNKNOWN).unwrap());
        assert!(get(&entry, UNKNOWN).unwrap().is_none());
    }

    #[test]
    fn errors_are_classified_without_the_secret() {
        let platform = |text: &str| Error::PlatformFailure(text.into());
        for (error, expected) in [
            (platform("a\nb"), "the key store failed: Platform failure: a\u{fffd}b"),
            (Error::BadEncoding(b"hunter2\xff".into()), "the stored secret is malformed"),
            (Error::BadDataFormat(b"hunter2".into(), "hunter2".into()), "the stored secret is malformed"),
            (Error::Ambiguous(Vec::new()), "the key store has several items with this name"),
        ] {
            let found = get(&failing(error), UNKNOWN).unwrap_err();
            assert_eq!(found, KeyStoreError::Failed(expected.to_owned()));
        }
        let classify: Classify = |error| matches!(error, Error::NoStorageAccess(_)).then_some(KeyStoreError::Locked);
        let entry = failing(Error::NoStorageAccess("locked".into()));
        assert_eq!(put(&entry, &Secret::from("x"), classify), Err(KeyStoreError::Locked));
        let entry = failing(platform("other"));
        assert!(matches!(delete(&entry, classify), Err(KeyStoreError::Failed(_))));
    }

    #[test]
    fn secret_that_is_not_text_is_an_error() {
        let entry = entry();
        entry.set_secret(b"\xff").unwrap();
        let expected = KeyStoreError::Failed("the stored secret is not UTF-8 text".to_owned());
        assert_eq!(get(&entry, UNKNOWN).unwrap_err(), expected);
    }
}
