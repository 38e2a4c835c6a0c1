use std::path::Path;
use std::time::{Duration, Instant};

use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, FILE, Failure, USAGE};
use crate::cli::output::note;
use crate::core::sanitize::printable;
use crate::core::utf8::utf8_text;
use crate::os::fs::read_capped;
use crate::os::stdin;
use crate::setup::invitation::{Invitation, InvitationError, LARGEST};

const STDIN_LIMIT: Duration = Duration::from_secs(90);
/// Names of ignored keys that are printed, and the length of each.
const SHOWN_KEYS: usize = 8;
const LONGEST_KEY: usize = 40;

/// `-` is stdin.
pub(super) fn read(context: &Context, path: &Path) -> Result<Invitation, Failure> {
    let is_stdin = path == Path::new("-");
    let shown = if is_stdin { "stdin".to_owned() } else { printable(&path.display().to_string()) };
    let bytes = if is_stdin { from_stdin()? } else { from_file(path, &shown)? };
    let invalid = |reason: String| {
        Failure::new(CONFIG, format!("{shown} is not an invitation: {reason}"))
            .hint("the owner of the role creates one with: amplify-creds policy invite")
    };
    let text = utf8_text(&bytes).map_err(invalid)?;
    let (invitation, others) = Invitation::parse(text).map_err(|error| match error {
        InvitationError::Invalid { key: "version", .. } => {
            Failure::new(CONFIG, format!("{shown} is an invitation of another version")).hint("update amplify-creds")
        }
        error => invalid(error.to_string()),
    })?;
    if !others.is_empty() {
        let name = |key: &String| printable(key).chars().take(LONGEST_KEY).collect::<String>();
        let names: Vec<_> = others.iter().take(SHOWN_KEYS).map(name).collect();
        let more = others.len().saturating_sub(SHOWN_KEYS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        note(context, &format!("ignored in {shown}: {}{more}", names.join(", ")));
    }
    if let Some(text) = &invitation.note {
        note(context, &format!("note in {shown}: {text}"));
    }
    Ok(invitation)
}

fn from_file(path: &Path, shown: &str) -> Result<Vec<u8>, Failure> {
    match read_capped(path, LARGEST) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Failure::new(FILE, format!("{shown} does not exist"))),
        Err(error) => Err(Failure::new(FILE, format!("cannot read {shown}: {error}"))),
    }
}

fn from_stdin() -> Result<Vec<u8>, Failure> {
    let seconds = STDIN_LIMIT.as_secs();
    let bytes = stdin::all(LARGEST + 1, Instant::now() + STDIN_LIMIT)
        .ok_or_else(|| Failure::new(USAGE, format!("--from -: no end of stdin within {seconds} s")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::new(FILE, "cannot read stdin: file too large"));
    }
    Ok(bytes)
}
