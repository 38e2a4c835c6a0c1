//! Failures between a broker and its clients.

use std::path::Path;

use crate::broker::{ClientError, RemoteError};
use crate::core::masking::masked_message;
use crate::core::shell_word::shell_word;

use super::failure::{ALL, CANCELLED, Failure, INTERNAL, MFA_NEEDED, NETWORK};

impl From<Failure> for RemoteError {
    /// Without secrets, as printed. The hints are for the host.
    fn from(failure: Failure) -> Self {
        let Failure { code, message, at, details, aws, hints, signal: _, is_shared: _ } = failure;
        // A cancelled prompt did not cancel the client.
        let (code, message) = match code {
            CANCELLED => (MFA_NEEDED, "the prompt on the broker's host was cancelled".to_owned()),
            code => (code, on_host(&masked_message(&message))),
        };
        let place = at.map(|place| match &place.profile {
            Some(profile) => format!("at {place}, profile {profile}"),
            None => format!("at {place}"),
        });
        let details = place.into_iter().chain(details).map(|line| masked_message(&line).into_owned()).collect();
        let hints = hints.iter().map(|hint| format!("on the host: {}", masked_message(hint))).collect();
        Self { code: code.name.to_owned(), message, details, aws, hints }
    }
}

/// The message with its command as one for the host.
fn on_host(message: &str) -> String {
    const COMMAND: &str = "run: amplify-creds";
    match message.split_once(COMMAND) {
        Some((before, rest)) => {
            let before = before.strip_suffix("in a terminal, ").unwrap_or(before);
            format!("{before}on the host, {COMMAND}{rest}")
        }
        None => message.to_owned(),
    }
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        let RemoteError { code, message, details, aws, hints } = error;
        let code = ALL.iter().copied().find(|known| known.name == code).unwrap_or(INTERNAL);
        Self { details, aws, hints, ..Self::new(code, message) }
    }
}

pub fn no_reply(socket: &Path, error: &ClientError) -> Failure {
    let word = shell_word(&socket.to_string_lossy()).into_owned();
    let failure = Failure::new(NETWORK, format!("cannot ask the broker: {error} ({})", socket.display()));
    match error {
        ClientError::Missing => failure
            .hint(format!("start it on the host: amplify-creds broker PROFILE --socket {word}"))
            .hint("in a container, mount the directory of the socket, not the socket"),
        ClientError::Dead => failure
            .hint(format!("on the host, start it again: amplify-creds broker PROFILE --socket {word}"))
            .hint(format!(
                "over SSH: rm {word}, then connect again; to avoid it, set StreamLocalBindUnlink yes in sshd_config here"
            )),
        ClientError::Closed => failure.hint("over SSH, check that the broker runs on the machine that you connect from"),
        ClientError::Silent => failure.hint("check that the broker's host is awake and connected"),
        ClientError::Forbidden => failure.hint("run it as the user that the socket belongs to"),
        ClientError::Malformed => failure.hint("install the same version of amplify-creds on the broker's host and here"),
        ClientError::NotASocket | ClientError::TooLong => failure.hint("set AMPLIFY_CREDS_SOCKET to the path of a broker's socket"),
        ClientError::System(_) => failure.hint("check the path in AMPLIFY_CREDS_SOCKET"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_survives_the_socket() {
        let failure = Failure::new(NETWORK, "no answer").hint("run: amplify-creds check").hint("wait");
        let failure = Failure { aws: Some("slow down".to_owned()), details: vec!["step".to_owned()], ..failure };
        let shown = Failure::from(RemoteError::from(failure)).text();
        let expected = "amplify-creds: no answer\n  step\n  AWS: slow down\n  \
                        hint: on the host: run: amplify-creds check\n  hint: on the host: wait\n";
        assert_eq!(shown, expected);
        for (message, expected) in [
            ("x; in a terminal, run: amplify-creds login y", "x; on the host, run: amplify-creds login y"),
            ("x; run: amplify-creds login y", "x; on the host, run: amplify-creds login y"),
            ("x", "x"),
        ] {
            assert_eq!(on_host(message), expected);
        }
        let cancelled = Failure::from(RemoteError::from(Failure::new(CANCELLED, "cancelled")));
        assert_eq!(cancelled.code, MFA_NEEDED);
        assert_eq!(Failure::from(RemoteError::new("of another version", "x")).code, INTERNAL);
    }
}
