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
    /// On Unix, if the file exists.
    pub(super) mode: Option<u32>,
    pub(super) text: Option<Zeroizing<String>>,
}

#[derive(Debug)]
pub struct Change {
    pub original: Original,
    pub text: Zeroizing<String>,
    pub(super) is_private: bool,
}

#[derive(Debug)]
pub struct Written {
    pub file: Arc<SourceFile>,
    /// A copy of the old file, if there was one.
    pub backup: Option<PathBuf>,
}
