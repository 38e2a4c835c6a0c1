use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::core::origin::SourceFile;

#[derive(Debug)]
pub struct Original {
    /// The path as given, possibly a symbolic link.
    pub file: Arc<SourceFile>,
    /// The path after following links.
    pub(super) real: PathBuf,
    /// The maximum size in bytes.
    pub(super) cap: u64,
    /// `None` on Windows, or if the file does not exist.
    pub(super) mode: Option<u32>,
    pub(super) text: Option<Zeroizing<String>>,
}

#[derive(Debug)]
pub struct Change {
    pub original: Original,
    pub text: Zeroizing<String>,
    pub(super) is_private: bool,
    pub(super) has_backup: bool,
}

#[derive(Debug)]
pub struct Written {
    pub file: Arc<SourceFile>,
    pub backup: Option<PathBuf>,
    pub is_new: bool,
}
