use std::borrow::Cow;

use crate::cli::errors::failure::Failure;
use crate::profile::near_miss::NearMiss;
use crate::profile::value_form::shown_header;

pub(crate) fn with_hints(failure: Failure, near: &[NearMiss]) -> Failure {
    near.iter().map(text).fold(failure, Failure::hint)
}

/// Unquoted, an empty name would be missing, and a name with blanks would look like several words of the message.
pub(super) fn quoted(name: &str) -> Cow<'_, str> {
    if name.is_empty() || name.contains(char::is_whitespace) { format!("{name:?}").into() } else { name.into() }
}

fn text(near: &NearMiss) -> String {
    match near {
        NearMiss::Prefixed(name) => format!("write the name without the word profile: {name}"),
        NearMiss::Header { at, header, right } => {
            format!("{at} has {}; the header of this profile is {right}", shown_header(header))
        }
        NearMiss::BrokenHeader(at) => format!("the section header at {at} has no ']'; it might be this profile"),
        NearMiss::NoHeader(at) => {
            format!("{at} is above the first section header; add [default] or [NAME] above it")
        }
        NearMiss::ShellCommand(at) => {
            format!("{at} is a shell command; remove export and write the key in lower case: aws_access_key_id = VALUE")
        }
        NearMiss::Key { at, key, right } => format!("{at} sets {key}; the correct key is {right}"),
        NearMiss::NoFile { path, named_by } => format!("{path} does not exist ({named_by} names it)"),
        NearMiss::NoFiles { home } => {
            format!("{home}/.aws has no config file and no credentials file (HOME is {home})")
        }
    }
}
