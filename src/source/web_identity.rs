//! The web identity token is read again for every session, since the platform replaces the file.

use std::path::Path;

use crate::core::invalid_text::check_token;
use crate::core::secret::Secret;
use crate::os::fs::read_capped;

use super::error::SourceError;

/// The longest token that STS accepts, in characters.
const LONGEST: u64 = 20_000;

pub fn token(path: &Path) -> Result<Secret, SourceError> {
    let unreadable =
        |reason: &str| SourceError::Unusable(format!("cannot read the token: {reason} ({})", path.display()));
    let bytes = read_capped(path, LONGEST + 2).map_err(|error| unreadable(&error.to_string()))?;
    let bytes = bytes.ok_or_else(|| unreadable("there is no such file"))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not text"))?;
    let text = text.trim();
    check_token(text).map_err(|problem| unreadable(&format!("it {problem}")))?;
    Ok(Secret::from(text))
}
