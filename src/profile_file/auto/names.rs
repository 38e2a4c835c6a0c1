use std::borrow::Cow;

use crate::profile_file::auto::quotes::{unescaped, unquoted};
use crate::profile_file::lines::shortened;
use crate::profile_file::sections::{Name, Spelling};

/// First words of config sections that are not profiles. The Amplify CLI lists these sections as profiles.
const NOT_PROFILES: [&str; 4] = ["sso-session", "services", "plugins", "preview"];

pub(super) fn config_name(inner: &str) -> Name<'_> {
    let inner = inner.trim();
    if inner == "default" {
        return Name::Profile(inner.into(), Spelling::Aws);
    }
    // Faster than searching for any white space. Nearly all headers match.
    let (first, rest) = match inner.strip_prefix("profile ") {
        Some(rest) => ("profile", rest),
        None => inner.split_once(char::is_whitespace).unwrap_or((inner, "")),
    };
    let rest = rest.trim();
    match first {
        "profile" if rest.is_empty() => Name::Other,
        "profile" => prefixed_name(rest),
        "sso-session" if !rest.is_empty() => Name::SsoSession(unquoted(rest).unwrap_or(rest).into()),
        "services" if !rest.is_empty() => Name::Services(unquoted(rest).unwrap_or(rest).into()),
        _ if NOT_PROFILES.contains(&first) => Name::Other,
        _ => {
            let (name, _) = amplify_text(inner);
            // The Amplify CLI removes the first "profile" from a config header, wherever it is.
            amplify_profile(shortened(name, |name| name.strip_prefix("profile ").unwrap_or(name)))
        }
    }
}

/// The name in `[profile NAME]`. AWS tools remove quotes; only Amplify unescapes `\.`, `\;` and `\#`.
fn prefixed_name(name: &str) -> Name<'_> {
    if let Some(bare) = unquoted(name) {
        return Name::Profile(bare.into(), Spelling::Aws);
    }
    match unescaped(name) {
        Cow::Borrowed(name) => Name::Profile(name.into(), Spelling::Aws),
        escaped @ Cow::Owned(_) => Name::Profile(escaped, Spelling::Amplify),
    }
}

pub(super) fn credentials_name(inner: &str) -> Name<'_> {
    let inner = inner.trim();
    let first = inner.split(char::is_whitespace).next().unwrap_or(inner);
    if inner.is_empty() || (NOT_PROFILES.contains(&first) && first.len() < inner.len()) {
        return Name::Other;
    }
    match amplify_text(inner) {
        (_, false) => Name::Profile(inner.into(), Spelling::Aws),
        (name, true) => amplify_profile(name),
    }
}

/// Applies Amplify's rules: an unescaped dot creates a container, and "profile" is removed.
fn amplify_profile(name: Cow<'_, str>) -> Name<'_> {
    let is_container = name.match_indices('.').any(|(at, _)| !name[..at].ends_with('\\'));
    if is_container || name.contains("profile") {
        return Name::Other;
    }
    let bare = match name {
        Cow::Borrowed(name) => shortened(unescaped(name), str::trim),
        Cow::Owned(name) => unescaped(&name).trim().to_owned().into(),
    };
    if bare.is_empty() { Name::Other } else { Name::Profile(bare, Spelling::Amplify) }
}

/// A header as npm ini reads it before it splits dots, and whether quotes or escapes were removed. Double-quoted text
/// is JSON, so `\\` is one backslash.
fn amplify_text(inner: &str) -> (Cow<'_, str>, bool) {
    match unquoted(inner) {
        Some(bare) if inner.starts_with('"') => (Cow::Owned(bare.replace("\\\\", "\\").trim().to_owned()), true),
        Some(bare) => (Cow::Borrowed(bare.trim()), true),
        None => (Cow::Borrowed(inner), matches!(unescaped(inner), Cow::Owned(_))),
    }
}
