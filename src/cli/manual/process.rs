//! What `help process` says beyond the options: the document, and what tools do with the command.

use super::page::{Section, items, lines, text};

pub(super) fn sections() -> Vec<Section> {
    vec![
        Section::new(
            "DOCUMENT",
            vec![
                text("One line of JSON on stdout and exit status 0, or nothing on stdout and another status:"),
                lines(
                    r#"
{"Version":1,"AccessKeyId":"ASIA...","SecretAccessKey":"...",
 "SessionToken":"...","Expiration":"2026-01-02T03:04:05Z",
 "AccountId":"222222222222"}"#,
                ),
                text(
                    "SessionToken, Expiration and AccountId are left out where they are unknown. Expiration is RFC 3339 \
                     in UTC. A session with less than 15 minutes left is renewed where that asks nobody anything, since \
                     botocore would run the command again for every request.",
                ),
            ],
        ),
        Section::new(
            "CALLERS",
            vec![
                text("What the callers are known to do, and what follows:"),
                items(&[
                    (
                        "AWS CLI, boto3",
                        "Start it without a shell: give the absolute path. stderr is shown when it fails: its first \
                         line is complete in itself.",
                    ),
                    (
                        "SDK for JavaScript, CDK, Amplify",
                        "Start it in a shell, with a pipe that never ends as its stdin.",
                    ),
                    (
                        "SDK for Rust",
                        "Waits 5 seconds, and leaves the command running: the session is stored all the same, and the \
                         next call has it. amplify-creds login beforehand avoids that.",
                    ),
                    ("All", "Keep what they get until shortly before Expiration."),
                ]),
            ],
        ),
        Section::new(
            "QUESTIONS",
            vec![text(
                "An MFA code is asked for on /dev/tty or in a window, never on the standard streams. Where there is \
                 neither, the command fails with status 4 at once, and says what to run. Nothing is written to stderr when \
                 it succeeds, but under -v.",
            )],
        ),
    ]
}
