//! Keys of the user's keyring in the kernel, keyrings(7). They are never swapped to disk and end with their timeout.

use std::io;

use linux_keyutils::{Key, KeyError, KeyPermissions, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

/// Longer keys cost a second call. The buffer is wiped, so it is small.
const EXPECTED_BYTES: usize = 64;
/// The possessor may do everything, the user may view, read and search: another login session does not possess the key.
const PERMISSIONS: u32 = 0x3f0b_0000;

pub fn read(description: &str) -> Option<Zeroizing<Vec<u8>>> {
    let key = user_keyring().ok()?.search(description).ok()?;
    let mut bytes = Zeroizing::new(vec![0; EXPECTED_BYTES]);
    // The kernel returns the length of the key, and copies only a key that fits.
    let mut length = key.read(&mut *bytes).ok()?;
    if length > bytes.len() {
        bytes = Zeroizing::new(vec![0; length]);
        length = key.read(&mut *bytes).ok()?;
    }
    // Another process may have updated the key between the calls.
    (length <= bytes.len()).then(|| {
        bytes.truncate(length);
        bytes
    })
}

pub fn write(description: &str, bytes: &[u8], timeout_seconds: usize) -> io::Result<()> {
    let keyring = user_keyring()?;
    // Only a possessor may set permissions, and a new session may not possess the user's keyring.
    let process = KeyRing::from_special_id(KeyRingIdentifier::Process, true).map_err(io_error)?;
    process.link_keyring_id(KeyRingIdentifier::User).map_err(io_error)?;
    let key = keyring.add_key(description, bytes).map_err(io_error)?;
    protect(key, timeout_seconds).map_err(|error| {
        // Otherwise a key without a timeout would remain.
        let _ = keyring.unlink_key(key);
        io_error(error)
    })
}

/// Does nothing if the key is missing.
pub fn remove(description: &str) {
    if let Ok(keyring) = user_keyring()
        && let Ok(key) = keyring.search(description)
    {
        let _ = keyring.unlink_key(key);
    }
}

fn user_keyring() -> io::Result<KeyRing> {
    KeyRing::from_special_id(KeyRingIdentifier::User, false).map_err(io_error)
}

fn protect(key: Key, timeout_seconds: usize) -> Result<(), KeyError> {
    key.set_timeout(timeout_seconds)?;
    key.set_perms(KeyPermissions::from_u32(PERMISSIONS))
}

fn io_error(error: KeyError) -> io::Error {
    io::Error::other(format!("the kernel's keyring failed: {error}"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Removes the key at the end of a test.
    struct TestKey(String);

    impl Drop for TestKey {
        fn drop(&mut self) {
            remove(&self.0);
        }
    }

    /// `None` if the kernel or a container denies the calls.
    fn written(name: &str, bytes: &[u8]) -> Option<TestKey> {
        let key = TestKey(format!("amplify-creds-test-{name}-{}", std::process::id()));
        match write(&key.0, bytes, 60) {
            Ok(()) => Some(key),
            Err(error) => {
                eprintln!("skipped: {error}");
                None
            }
        }
    }

    #[test]
    fn key_is_written_replaced_and_removed() {
        let Some(key) = written("replaced", b"first") else { return };
        assert_eq!(read(&key.0).as_deref().map(Vec::as_slice), Some(&b"first"[..]));
        let long = vec![7; EXPECTED_BYTES + 1];
        write(&key.0, &long, 60).unwrap();
        assert_eq!(read(&key.0).as_deref(), Some(&long));
        remove(&key.0);
        assert_eq!(read(&key.0), None);
    }

    #[test]
    fn key_is_readable_in_another_session() {
        let Some(key) = written("session", b"shared") else { return };
        let script = "keyctl pipe $(keyctl search @u user \"$0\")";
        let Ok(output) = Command::new("keyctl").args(["session", "-", "sh", "-c", script, &key.0]).output() else {
            eprintln!("skipped: keyctl is not installed");
            return;
        };
        assert_eq!(output.stdout, b"shared", "{output:?}");
    }

    #[test]
    fn failed_write_leaves_no_key() {
        let Some(key) = written("failed", b"first") else { return };
        remove(&key.0);
        let too_long = vec![7; 1 << 16];
        assert!(write(&key.0, &too_long, 60).is_err());
        assert_eq!(read(&key.0), None);
    }
}
