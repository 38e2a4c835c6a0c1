//! Why a profile file cannot be edited.

use thiserror::Error;

/// Why an edit was not made; the text is then as before.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// No section begins at this line.
    #[error("no section begins at line {0}")]
    NoSection(u32),
    /// The section does not have the key.
    #[error("the section at line {0} has no {1}")]
    NoKey(u32, String),
    /// The section, or the file, has what would be added: botocore rejects a file with two of either.
    #[error("there is {0} already, at line {1}")]
    Taken(String, u32),
    /// The tools do not agree on what belongs to the section at this line.
    #[error("the tools do not agree where the section at line {0} begins or ends")]
    Disputed(u32),
    /// No header makes this profile name the same to all tools.
    #[error("no section header makes the name {0} the same to every tool")]
    Name(String),
    /// The value for this key, or the key, would not be the same to all tools.
    #[error("the value for {0} cannot be written so that every tool reads it alike")]
    Value(String),
}
