//! The I/O edge of an Amplify project: finds its root as the Amplify CLI does and reads the three files that matter.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use thiserror::Error;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::os::fs::read_capped;

use super::environment::{Corrupt, Source};
use super::hjson::{Node, Problem, SyntaxError};
use super::{environment, hjson};

/// The largest file of a project that is read, in bytes: 1 MiB.
pub const MAX_BYTES: u64 = 1 << 20;

/// The current environment and the place of the project.
const LOCAL_ENV: &str = "amplify/.config/local-env-info.json";
/// Where each environment's credentials come from.
const LOCAL_AWS: &str = "amplify/.config/local-aws-info.json";
/// What the project itself is.
const CONFIG: &str = "amplify/.config/project-config.json";
/// What a team shares of each environment.
const TEAM: &str = "amplify/team-provider-info.json";

/// Why a project does not say what it is asked for.
#[derive(Debug, Error)]
pub enum ProjectError {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", file.shown)]
    Unreadable {
        file: Arc<SourceFile>,
        /// What the system said.
        reason: io::Error,
    },
    /// A file is not even JSON as the Amplify CLI reads it.
    #[error("{at}: {problem}")]
    Syntax {
        /// The line.
        at: Location,
        /// What is wrong.
        problem: Problem,
    },
    /// No environment is the current one, as in a fresh clone.
    #[error("the Amplify project at {root} has no current environment")]
    NoEnvironment {
        /// The project's root, for people.
        root: String,
    },
    /// There is no environment of that name.
    #[error("the Amplify project at {root} has no environment {name}")]
    UnknownEnvironment {
        /// The project's root, for people.
        root: String,
        name: String,
        /// The names that there are.
        names: Vec<String>,
    },
    /// The entry of an environment names neither a profile nor a file that is there.
    #[error("{at}: environment {name} names neither a profile nor a file of access keys that is there")]
    Corrupt {
        /// The entry's line.
        at: Location,
        /// The environment.
        name: String,
    },
}

/// An Amplify project.
#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    home: PathBuf,
}

/// An environment of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub name: String,
    /// Where its credentials come from.
    pub source: Source,
    /// What says so; `default` where no file does.
    pub from: Origin,
}

impl Project {
    /// The project that `directory` lies in: the nearest directory upward that the Amplify CLI takes for a root.
    /// `home` shortens paths for people.
    pub fn around(directory: &Path, home: &Path) -> Option<Self> {
        let project = |root: &Path| Self { root: root.to_owned(), home: home.to_owned() };
        directory.ancestors().map(project).find(Self::is_root)
    }

    fn is_root(&self) -> bool {
        let has = |relative: &str| self.root.join(relative).exists();
        has("amplify/.config")
            && ((has("amplify/#current-cloud-backend") && has("amplify/backend"))
                || has(CONFIG)
                || self.text(LOCAL_ENV).is_ok_and(|text| environment::lies_at(&text.unwrap_or_default(), &self.root)))
    }

    /// The project's name; its directory's where no file says it.
    pub fn name(&self) -> Result<Option<String>, ProjectError> {
        let config = self.tree(CONFIG)?;
        let named = config.as_ref().and_then(|config| config.get("projectName")).and_then(Node::text);
        Ok(named.map(str::to_owned).or_else(|| Some(self.root.file_name()?.to_string_lossy().into_owned())))
    }

    /// The name of the current environment, if there is one.
    pub fn current(&self) -> Result<Option<String>, ProjectError> {
        let Some(text) = self.text(LOCAL_ENV)? else { return Ok(None) };
        environment::current(&text).map_err(|error| self.syntax(LOCAL_ENV, error))
    }

    /// The environment `asked` for by name, else the current one.
    pub fn environment(&self, asked: Option<&str>) -> Result<Environment, ProjectError> {
        let info = self.tree(LOCAL_AWS)?;
        let name = self.named(asked, info.as_ref())?;
        let Some(info) = info else {
            return Ok(Environment { name, source: Source::Anything, from: Origin::Default });
        };
        match environment::source(&info, &name, &|path| Path::new(path).exists()) {
            Ok((source, line)) => Ok(Environment { name, source, from: Origin::File(self.at(LOCAL_AWS, line)) }),
            Err(Corrupt { line }) => Err(ProjectError::Corrupt { at: self.at(LOCAL_AWS, line), name }),
        }
    }

    /// The name alone, also of an environment whose entry names nothing that can be used.
    pub fn environment_name(&self, asked: Option<&str>) -> Result<String, ProjectError> {
        self.named(asked, self.tree(LOCAL_AWS)?.as_ref())
    }

    /// The file that says where each environment's credentials come from; it need not be there.
    pub fn credentials_file(&self) -> PathBuf {
        self.root.join(LOCAL_AWS)
    }

    /// The file that says what a team shares of each environment; it need not be there.
    pub fn team_file(&self) -> PathBuf {
        self.root.join(TEAM)
    }

    /// The permissions boundary of an environment.
    pub fn boundary(&self, environment: &str) -> Result<Option<Located<String>>, ProjectError> {
        let found = self.tree(TEAM)?.and_then(|info| environment::boundary(&info, environment));
        Ok(found.map(|(arn, line)| Located::new(arn, Origin::File(self.at(TEAM, line)))))
    }

    fn named(&self, asked: Option<&str>, info: Option<&Node>) -> Result<String, ProjectError> {
        match asked {
            Some(name) => self.known(name, info),
            None => self.current()?.ok_or_else(|| ProjectError::NoEnvironment { root: self.shown() }),
        }
    }

    /// The names of all environments, sorted.
    pub fn environments(&self) -> Result<Vec<String>, ProjectError> {
        self.names(self.tree(LOCAL_AWS)?.as_ref())
    }

    fn names(&self, info: Option<&Node>) -> Result<Vec<String>, ProjectError> {
        let team = self.tree(TEAM)?;
        let mut names: Vec<_> =
            info.into_iter().chain(&team).flat_map(Node::members).map(|(name, _)| name.clone()).collect();
        names.extend(self.current()?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// `name`, if any of the files has it.
    fn known(&self, name: &str, info: Option<&Node>) -> Result<String, ProjectError> {
        let names = self.names(info)?;
        if names.iter().any(|known| known == name) {
            return Ok(name.to_owned());
        }
        Err(ProjectError::UnknownEnvironment { root: self.shown(), name: name.to_owned(), names })
    }

    fn tree(&self, relative: &str) -> Result<Option<Node>, ProjectError> {
        let Some(text) = self.text(relative)? else { return Ok(None) };
        hjson::parse(&text).map(Some).map_err(|error| self.syntax(relative, error))
    }

    /// A file's text, bytes that are not UTF-8 replaced as the Amplify CLI does. `None` when there is no such file.
    fn text(&self, relative: &str) -> Result<Option<String>, ProjectError> {
        let path = self.root.join(relative);
        // Opening a FIFO would wait for a writer.
        let odd = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        let read = if odd { Err(io::Error::other("it is no plain file")) } else { read_capped(&path, MAX_BYTES) };
        let bytes = read.map_err(|reason| ProjectError::Unreadable { file: self.file(relative), reason })?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn syntax(&self, relative: &str, error: SyntaxError) -> ProjectError {
        let SyntaxError { line, problem } = error;
        ProjectError::Syntax { at: self.at(relative, line), problem }
    }

    fn at(&self, relative: &str, line: u32) -> Location {
        Location { file: self.file(relative), line }
    }

    fn file(&self, relative: &str) -> Arc<SourceFile> {
        SourceFile::new(self.root.join(relative), &self.home)
    }

    /// The root for people.
    fn shown(&self) -> String {
        SourceFile::new(self.root.clone(), &self.home).shown.clone()
    }
}
