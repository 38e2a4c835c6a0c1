use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::core::origin::SourceFile;

/// A file as it was read.
#[derive(Debug)]
pub struct Original {
    /// Its name, which may be a link.
    pub file: Arc<SourceFile>,
    /// The file that the name leads to.
    pub(super) real: PathBuf,
    /// Its largest size, in bytes.
    pub(super) cap: u64,
    /// Its permissions, where there is a file and a system that has them.
    pub(super) mode: Option<u32>,
    pub(super) text: Option<Zeroizing<String>>,
}

/// A file and what it is to become.
#[derive(Debug)]
pub struct Change {
    /// What it was.
    pub original: Original,
    /// The new text.
    pub text: Zeroizing<String>,
    /// Whether to remove the access of all users but the owner.
    pub(super) is_private: bool,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    pub file: Arc<SourceFile>,
    /// What it was before; none where there was no such file.
    pub backup: Option<PathBuf>,
}
