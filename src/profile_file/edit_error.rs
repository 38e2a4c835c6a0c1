use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    #[error("no section begins at line {0}")]
    NoSection(u32),
    /// botocore rejects a file with duplicate sections or keys.
    #[error("{0} exists already, at line {1}")]
    Taken(String, u32),
    #[error("tools disagree where the section at line {0} begins or ends")]
    Disputed(u32),
    #[error("profile name {0} cannot be written so that all tools read it the same way")]
    Name(String),
    #[error("the value of {0} cannot be written so that all tools read it the same way")]
    Value(String),
}
