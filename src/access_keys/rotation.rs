use serde::{Deserialize, Serialize};

/// The journal of a rotation. It is written before each step, so that a killed run can be resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// RFC 3339.
    pub started_at: String,
    pub old_key_id: String,
    /// `None` until IAM has returned it.
    pub new_key_id: Option<String>,
    pub next: RotationStep,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated_at: Option<String>,
}

/// The step that is done next. Each step can be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RotationStep {
    Create,
    /// Store the new key next to the old one.
    Store,
    /// Use the new key until AWS accepts it.
    Verify,
    /// Replace the old key in the key store.
    Replace,
    Deactivate,
    /// The user runs it later: `keys rotate --finish`.
    Delete,
}
