//! Imports a key from aws-vault by its own `export` command, which covers all its stores and prompts.

use std::io::{ErrorKind, Read};
use std::process::{Command, Stdio};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::access_keys::StoredKey;
use crate::cli::args::keys::ImportKeys;
use crate::cli::context::Context;
use crate::cli::errors::failure::{BASE_FAILED, CONFIG, Failure};
use crate::cli::output::note;
use crate::core::secret::Secret;
use crate::core::shell_word::shell_word;
use crate::profile_file::botocore::words;

use super::add::NewKey;
use super::key_entry::is_temporary;

const LONGEST_OUTPUT: u64 = 64 << 10;

pub(super) fn import(context: &Context, name: &str, options: &ImportKeys) -> Result<(), Failure> {
    let ImportKeys { name: _, from: _, yes, dry_run } = options;
    let is_replaced = |command: &str| is_export_of(command, name);
    let (verb, mfa_serial) = ("keys import", None);
    let new = NewKey { name, verb, mfa_serial, yes: *yes, is_replaced: &is_replaced };
    if *dry_run {
        return new.print_diff(context);
    }
    let program = new.prepare(context)?;
    let key = exported(name)?;
    if new.finish(context, key, &program)? {
        note(context, &format!("to delete the key in aws-vault: aws-vault remove {}", shell_word(name)));
    }
    Ok(())
}

/// Whether a `credential_process` is aws-vault's for the same profile.
fn is_export_of(command: &str, profile: &str) -> bool {
    let Some(words) = words(command) else { return false };
    let [program, verb, arguments @ ..] = words.as_slice() else { return false };
    let name = program.rsplit(['/', '\\']).next();
    matches!(name, Some("aws-vault" | "aws-vault.exe"))
        && matches!(verb.as_str(), "export" | "exec")
        && arguments.iter().any(|argument| argument == profile)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exported {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

/// Its prompts and messages go to the terminal and to stderr.
fn exported(name: &str) -> Result<StoredKey, Failure> {
    let mut command = Command::new("aws-vault");
    command.args(["export", "--no-session", "--format=json", "--", name]);
    let child = command.stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
    let mut child = child.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(BASE_FAILED, "aws-vault is not in PATH")
            .hint("run the command in a shell in which aws-vault works"),
        _ => Failure::new(BASE_FAILED, format!("cannot start aws-vault: {error}")),
    })?;
    let mut output = Zeroizing::new(Vec::new());
    if let Some(stdout) = child.stdout.take() {
        let _ = stdout.take(LONGEST_OUTPUT).read_to_end(&mut output);
    }
    let status = child.wait().map_err(|error| Failure::new(BASE_FAILED, format!("aws-vault failed: {error}")))?;
    if !status.success() {
        return Err(Failure::new(BASE_FAILED, format!("aws-vault export {name} failed: {status}")));
    }
    parsed(&output, name)
}

fn parsed(output: &[u8], name: &str) -> Result<StoredKey, Failure> {
    let exported: Exported = serde_json::from_slice(output).map_err(|_| {
        let message = format!("aws-vault export {name} printed no keys in the expected format");
        Failure::new(BASE_FAILED, message).hint("it must support: aws-vault export --no-session --format=json PROFILE")
    })?;
    let Exported { access_key_id, secret_access_key, session_token } = exported;
    let (secret_access_key, session_token) = (Secret::new(secret_access_key), session_token.map(Secret::new));
    if session_token.is_some_and(|token| !token.is_empty()) || is_temporary(&access_key_id) {
        let message = format!("aws-vault has only temporary credentials for {name}, which expire");
        return Err(Failure::new(CONFIG, message).hint("import the profile that its role or session comes from"));
    }
    let key = StoredKey { access_key_id, secret_access_key, account_id: None };
    let checked = key.credentials().checked();
    checked
        .map(|_| key)
        .map_err(|error| Failure::new(BASE_FAILED, format!("aws-vault export {name} printed an invalid key: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn export_command_is_recognised() {
        for (command, expected) in [
            ("aws-vault export --format=json dev", true),
            ("/usr/local/bin/aws-vault exec dev --json", true),
            ("aws-vault exec --no-session --json dev", true),
            ("aws-vault export --format=json other", false),
            ("aws-vault list dev", false),
            ("my-vault export dev", false),
            ("aws-vault", false),
            ("aws-vault export \"dev", false),
        ] {
            assert_eq!(is_export_of(command, "dev"), expected, "{command}");
        }
    }

    #[test]
    fn output_without_long_term_key_is_an_error_without_secrets() {
        let key = r#"{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"hunter2""#;
        assert_eq!(parsed(format!("{key}}}").as_bytes(), "dev").unwrap().access_key_id, "AKIA1");
        for (output, expected) in [
            (String::new(), "aws-vault export dev printed no keys in the expected format"),
            ("export X=hunter2".to_owned(), "aws-vault export dev printed no keys in the expected format"),
            (
                format!("{key},\"SessionToken\":\"t\"}}"),
                "aws-vault has only temporary credentials for dev, which expire",
            ),
            (key.replace("AKIA", "ASIA") + "}", "aws-vault has only temporary credentials for dev, which expire"),
        ] {
            let failure = parsed(output.as_bytes(), "dev").unwrap_err();
            assert_eq!(failure.message, expected);
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
    }
}
