//! Reads each profile file once. A missing file counts as empty, as in every SDK.

use std::cell::{OnceCell, RefCell};
use std::io;
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::core::origin::{Location, Origin, SourceFile};
use crate::core::utf8::InvalidByte;
use crate::os::fs::read_capped;
use crate::os::paths::Paths;
use crate::profile_file;
use crate::profile_file::finding::LineFinding;
use crate::profile_file::{Content, Dialect, FileKind, Problem, Property};

use super::set::ProfileSet;
use super::view::FileView;

pub const MAX_FILE_BYTES: u64 = 16 << 20;

#[derive(Debug, Error)]
pub enum LoadError {
    #[error("{} is a directory", .0.shown)]
    Directory(Arc<SourceFile>),
    #[error("cannot read {}: {reason}", file.shown)]
    Unreadable { file: Arc<SourceFile>, reason: io::Error },
    #[error("{} is larger than 16 MiB", .0.shown)]
    TooLarge(Arc<SourceFile>),
    #[error("{at} is {invalid}")]
    NotUtf8 { at: Location, invalid: InvalidByte },
    #[error("{at}: {problem}")]
    Syntax { at: Location, problem: Problem },
}

#[derive(Debug)]
pub struct Files([FileText; 2]);

struct FileText {
    source: Arc<SourceFile>,
    text: Zeroizing<String>,
    is_missing: bool,
    /// The origin of the file's path; `None` for the default path.
    named_by: Option<Origin>,
}

// The text holds secrets.
impl std::fmt::Debug for FileText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.source.shown, self.text.len())
    }
}

impl Files {
    pub fn load(paths: &Paths) -> Result<Self, LoadError> {
        let load = |path: &Path, named_by: &Option<Origin>| {
            Ok::<_, LoadError>(FileText { named_by: named_by.clone(), ..FileText::load(path, &paths.home)? })
        };
        let [config, credentials] = &paths.named_by;
        Ok(Self([load(&paths.config, config)?, load(&paths.credentials, credentials)?]))
    }

    pub fn from_text(config: &str, credentials: &str) -> Self {
        let source = |name: &str| SourceFile::new(name.into(), Path::new("/"));
        Self::new([(source("/config"), config), (source("/credentials"), credentials)])
    }

    pub fn new(files: [(Arc<SourceFile>, &str); 2]) -> Self {
        let file = |(source, text): (_, &str)| FileText {
            source,
            text: text.to_owned().into(),
            is_missing: false,
            named_by: None,
        };
        Self(files.map(file))
    }

    pub fn text(&self, kind: FileKind) -> &str {
        &self.file(kind).text
    }

    pub fn source(&self, kind: FileKind) -> &Arc<SourceFile> {
        &self.file(kind).source
    }

    fn file(&self, kind: FileKind) -> &FileText {
        &self.0[kind as usize]
    }

    /// Counts the sections with such properties under any header.
    pub fn sections_where(&self, fits: &dyn Fn(&[Property<'_>]) -> bool) -> usize {
        let count = |kind| {
            let Ok(Content::Sections(reading)) = profile_file::read(Dialect::Auto, kind, self.text(kind)) else {
                return 0;
            };
            reading.sections.iter().filter(|section| fits(&section.properties())).count()
        };
        FileKind::ALL.into_iter().map(count).sum()
    }

    pub fn findings(&self) -> Vec<(Location, LineFinding)> {
        let findings = |file: &FileText| {
            let source = file.source.clone();
            let at = move |finding: LineFinding| (Location { file: source.clone(), line: finding.line }, finding);
            profile_file::auto::findings(&file.text).into_iter().map(at)
        };
        self.0.iter().flat_map(findings).collect()
    }

    pub fn profiles(&self, dialect: Dialect) -> Result<ProfileSet<'_>, LoadError> {
        let view = |kind| self.file(kind).view(dialect, kind);
        let files = [view(FileKind::Config)?, view(FileKind::Credentials)?];
        Ok(ProfileSet { files, nearest: RefCell::default(), suspects: OnceCell::new() })
    }
}

impl FileText {
    fn load(path: &Path, home: &Path) -> Result<Self, LoadError> {
        let source = SourceFile::new(path.to_owned(), home);
        let file = source.clone();
        let bytes = read_capped(path, MAX_FILE_BYTES).map_err(|reason| match reason.kind() {
            io::ErrorKind::IsADirectory => LoadError::Directory(file.clone()),
            io::ErrorKind::FileTooLarge => LoadError::TooLarge(file.clone()),
            _ => LoadError::Unreadable { file: file.clone(), reason },
        })?;
        let is_missing = bytes.is_none();
        let text = String::from_utf8(bytes.unwrap_or_default()).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let invalid = InvalidByte::at(&Zeroizing::new(error.into_bytes()), offset);
            LoadError::NotUtf8 { at: Location { file, line: invalid.line }, invalid }
        })?;
        Ok(Self { source, text: text.into(), is_missing, named_by: None })
    }

    fn view(&self, dialect: Dialect, kind: FileKind) -> Result<FileView<'_>, LoadError> {
        let content = profile_file::read(dialect, kind, &self.text).map_err(|error| LoadError::Syntax {
            at: Location { file: self.source.clone(), line: error.line },
            problem: error.problem,
        })?;
        let (text, is_missing, named_by) = (self.text.as_str(), self.is_missing, self.named_by.as_ref());
        Ok(FileView { kind, source: self.source.clone(), text, is_missing, named_by, content, read_ahead: None })
    }
}
