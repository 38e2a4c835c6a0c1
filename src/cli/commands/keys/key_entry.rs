use std::time::{Duration, Instant};

use crate::access_keys::StoredKey;
use crate::cli::args::keys::AddKey;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, NOBODY_TO_ASK, USAGE};
use crate::cli::questions::Questions;
use crate::core::secret::Secret;
use crate::os::stdin;
use crate::plan::limits::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};

const LONGEST_LINE: u64 = 512;
const STDIN_LIMIT: Duration = Duration::from_secs(90);
const STDIN: &str = "--stdin";

/// From stdin or from the user.
pub(super) fn read(context: &Context, name: &str, options: &AddKey) -> Result<StoredKey, Failure> {
    let (access_key_id, secret_access_key) = if options.stdin { from_stdin()? } else { from_user(context, name)? };
    Ok(StoredKey { access_key_id, secret_access_key, account_id: None })
}

fn from_user(context: &Context, name: &str) -> Result<(String, Secret), Failure> {
    let mut ask = Questions::open(context).map_err(|_| {
        Failure::new(NOBODY_TO_ASK, "keys add asks for the key, but no prompt is possible here")
            .hint("to read the ID and the secret from stdin, on two lines: --stdin --yes")
    })?;
    ask.say(&format!("Key of an IAM user for profile {name}. Press Ctrl-C to cancel without changes.\n"));
    // A pasted ID with the secret on the next line would show the secret.
    let id = ask.secret("Access key ID (not shown)", STDIN, &check_id)?.expose().to_owned();
    ask.say(&format!("Access key ID: {id}\n"));
    let secret = ask.secret("Secret access key (not shown)", STDIN, &check_secret)?;
    Ok((id, secret))
}

fn from_stdin() -> Result<(String, Secret), Failure> {
    let until = Instant::now() + STDIN_LIMIT;
    let line = |what: &str, check: &dyn Fn(&str) -> Result<(), String>| {
        let line = stdin::line(LONGEST_LINE, until).ok_or_else(|| {
            Failure::new(USAGE, format!("--stdin: no {what} on stdin within {} s", STDIN_LIMIT.as_secs()))
        })?;
        let text = Secret::from(line.trim());
        let failed = |expected| Failure::new(USAGE, format!("invalid {what} on stdin (expected {expected})"));
        check(text.expose()).map(|()| text).map_err(failed)
    };
    let id = line("access key ID", &check_id)?.expose().to_owned();
    Ok((id, line("secret access key", &check_secret)?))
}

fn check_id(id: &str) -> Result<(), String> {
    if is_temporary(id) {
        return Err("a long-term key: keys with ASIA are temporary and expire".to_owned());
    }
    if ACCESS_KEY_ID.allows(id) { Ok(()) } else { Err(ACCESS_KEY_ID.to_string()) }
}

/// Names the length, never the text.
fn check_secret(secret: &str) -> Result<(), String> {
    if SECRET_ACCESS_KEY.allows(secret) {
        return Ok(());
    }
    Err(format!("{SECRET_ACCESS_KEY}; this has {} characters", secret.chars().count()))
}

pub(super) fn is_temporary(access_key_id: &str) -> bool {
    access_key_id.starts_with("ASIA")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_of_a_key_is_checked() {
        for (id, is_valid) in [
            ("AKIAIOSFODNN7EXAMPLE", true),
            ("ASIAIOSFODNN7EXAMPLE", false),
            ("AKIA1", false),
            ("AKIA IOSFODNN7EXA", false),
        ] {
            assert_eq!(check_id(id).is_ok(), is_valid, "{id}");
        }
        assert!(check_secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").is_ok());
        let error = check_secret("hunter2").unwrap_err();
        assert!(error.ends_with("this has 7 characters") && !error.contains("hunter2"), "{error}");
    }
}
