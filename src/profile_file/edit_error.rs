use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    #[error("no section begins at line {0}")]
    NoSection(u32),
    /// botocore rejects a file with duplicate sections or keys.
    #[error("there is {0} already, at line {1}")]
    Taken(String, u32),
    #[error("the tools do not agree where the section at line {0} begins or ends")]
    Disputed(u32),
    #[error("no section header makes the name {0} the same to every tool")]
    Name(String),
    #[error("the value for {0} cannot be written so that every tool reads it alike")]
    Value(String),
}
