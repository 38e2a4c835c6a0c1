use zbus::{DBusError, Error};

use crate::core::sanitize::printable;
use crate::key_store::error::KeyStoreError;

const MAX_REASON: usize = 150;
const NO_REPLY: &str = "org.freedesktop.DBus.Error.NoReply";

/// Why an operation ended early.
#[derive(Debug)]
pub(super) enum CallError {
    /// With the error if no prompt is allowed.
    NeedsPrompt(KeyStoreError),
    /// The service left the bus during the call.
    Disconnected(KeyStoreError),
    Failed(KeyStoreError),
}

impl From<KeyStoreError> for CallError {
    fn from(error: KeyStoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        let reason = match &error {
            Error::MethodError(name, text, _) => return Self::from_reply(name, text.as_deref().unwrap_or_default()),
            Error::FDO(error) => {
                return Self::from_reply(error.name().as_str(), error.description().unwrap_or_default());
            }
            Error::Connection(reason, _) => cannot_connect(reason),
            error => KeyStoreError::Failed(format!("the D-Bus session bus failed: {}", shown(&error.to_string()))),
        };
        Self::Failed(reason)
    }
}

impl CallError {
    fn from_reply(name: &str, text: &str) -> Self {
        let error = reply_error(name, text);
        if name == NO_REPLY { Self::Disconnected(error) } else { Self::Failed(error) }
    }
}

fn cannot_connect(reason: &std::io::Error) -> KeyStoreError {
    use std::io::ErrorKind::{ConnectionRefused, NotFound};
    let text = format!("cannot connect to the D-Bus session bus: {}", shown(&reason.to_string()));
    match reason.kind() {
        NotFound | ConnectionRefused => KeyStoreError::Missing(text),
        _ => KeyStoreError::Failed(text),
    }
}

fn reply_error(name: &str, text: &str) -> KeyStoreError {
    match name.strip_prefix("org.freedesktop.DBus.Error.") {
        Some(bus_error) if bus_error.starts_with("Spawn.") || bus_error.ends_with("ServiceUnknown") => {
            KeyStoreError::Missing(
                "no Secret Service answers on the session bus (install gnome-keyring, KWallet or KeePassXC)".to_owned(),
            )
        }
        _ if name == "org.freedesktop.Secret.Error.IsLocked" => KeyStoreError::Locked,
        _ => KeyStoreError::Failed(format!("the Secret Service reports {}: {}", shown(name), shown(text))),
    }
}

fn shown(reason: &str) -> String {
    printable(reason).chars().take(MAX_REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bus_errors_are_classified() {
        let missing = |error: KeyStoreError| matches!(error, KeyStoreError::Missing(_));
        for name in ["ServiceUnknown", "Spawn.ServiceNotFound", "Spawn.ChildExited"] {
            assert!(missing(reply_error(&format!("org.freedesktop.DBus.Error.{name}"), "x")), "{name}");
        }
        assert_eq!(reply_error("org.freedesktop.Secret.Error.IsLocked", ""), KeyStoreError::Locked);
        let error = reply_error("org.freedesktop.DBus.Error.NoReply", "a\nb");
        let expected = "the Secret Service reports org.freedesktop.DBus.Error.NoReply: a\u{fffd}b";
        assert_eq!(error, KeyStoreError::Failed(expected.to_owned()));
        assert!(missing(cannot_connect(&std::io::ErrorKind::ConnectionRefused.into())));
        assert!(!missing(cannot_connect(&std::io::ErrorKind::PermissionDenied.into())));
    }
}
