use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use thiserror::Error;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::os::fs::{is_link, other_owner, read_capped, without_links};

use super::environment::{Corrupt, Source};
use super::hjson::{HjsonError, HjsonNode, HjsonProblem};
use super::{environment, hjson};

pub const MAX_BYTES: u64 = 1 << 20;

const LOCAL_ENV: &str = "amplify/.config/local-env-info.json";
const LOCAL_AWS: &str = "amplify/.config/local-aws-info.json";
const CONFIG: &str = "amplify/.config/project-config.json";
const TEAM: &str = "amplify/team-provider-info.json";
const BACKEND: &str = "amplify/backend/backend-config.json";
const META: &str = "amplify/backend/amplify-meta.json";
/// In [`META`], this key holds what [`TEAM`] holds under the environment's name.
pub const META_KEY: &str = "providers";

#[derive(Debug, Error)]
pub enum ProjectError {
    #[error("cannot read {}: {reason}", file.shown)]
    Unreadable { file: Arc<SourceFile>, reason: io::Error },
    /// Invalid even in the Amplify CLI's lenient grammar.
    #[error("{at}: {problem}")]
    Syntax { at: Location, problem: HjsonProblem },
    #[error("the Amplify project at {root} has no current environment")]
    NoEnvironment { root: String },
    #[error("the Amplify project at {root} has no environment {name}")]
    UnknownEnvironment { root: String, name: String, names: Vec<String> },
    #[error("{at}: environment {name} has no profile and no existing file of access keys")]
    Corrupt { at: Location, name: String },
    #[error("the Amplify project at {root} is owned by another user: {owner}")]
    OtherOwner { root: String, owner: String, file: Arc<SourceFile> },
    #[error("{} is a link to {}, outside the Amplify project", link.shown, target.shown)]
    LinkOutside { link: Arc<SourceFile>, target: Arc<SourceFile> },
}

#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    home: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub name: String,
    pub source: Source,
    pub from: Origin,
}

impl Project {
    /// The root is the nearest ancestor that the Amplify CLI accepts. `home` shortens displayed paths.
    pub fn nearest(directory: &Path, home: &Path) -> Option<Self> {
        let project = |root: &Path| Self { root: root.to_owned(), home: home.to_owned() };
        directory.ancestors().map(project).find(Self::is_root)
    }

    /// Fails if the project belongs to another user: in a shared directory such as `/tmp`, any user can create one
    /// around the directories of others.
    pub fn around(directory: &Path, home: &Path) -> Result<Option<Self>, ProjectError> {
        let Some(project) = Self::nearest(directory, home) else { return Ok(None) };
        let files = ["amplify", "amplify/.config", "amplify/backend", CONFIG, LOCAL_ENV, LOCAL_AWS, TEAM, META]
            .map(|name| project.root.join(name));
        for path in files.into_iter().chain([project.root.clone()]) {
            if let Some(owner) = other_owner(&path) {
                let file = SourceFile::new(path, home);
                return Err(ProjectError::OtherOwner { root: project.shown(), owner, file });
            }
        }
        Ok(Some(project))
    }

    fn is_root(&self) -> bool {
        let has = |relative: &str| self.root.join(relative).exists();
        has("amplify/.config")
            && ((has("amplify/#current-cloud-backend") && has("amplify/backend"))
                || has(CONFIG)
                || self
                    .read(LOCAL_ENV)
                    .is_ok_and(|text| environment::has_project_path(&text.unwrap_or_default(), &self.root)))
    }

    pub fn name(&self) -> Result<Option<String>, ProjectError> {
        let config = self.parse(CONFIG)?;
        let named = config.as_ref().and_then(|config| config.get("projectName")).and_then(HjsonNode::text);
        Ok(named.map(str::to_owned).or_else(|| Some(self.root.file_name()?.to_string_lossy().into_owned())))
    }

    /// The categories that have resources; `None` if the file is missing.
    pub fn categories(&self) -> Result<Option<Vec<String>>, ProjectError> {
        let names = |(name, _): &(String, HjsonNode)| name.clone();
        Ok(self.parse(BACKEND)?.map(|backend| backend.members().iter().map(names).collect()))
    }

    pub fn current(&self) -> Result<Option<String>, ProjectError> {
        let Some(text) = self.read(LOCAL_ENV)? else { return Ok(None) };
        environment::current(&text).map_err(|error| self.syntax(LOCAL_ENV, error))
    }

    /// The Amplify CLI keeps the files of `amplify/backend` only for the current environment.
    pub fn is_current(&self, environment: &str) -> Result<bool, ProjectError> {
        Ok(self.current()?.as_deref() == Some(environment))
    }

    pub fn environment(&self, asked: Option<&str>) -> Result<Environment, ProjectError> {
        let info = self.parse(LOCAL_AWS)?;
        let name = self.named(asked, info.as_ref())?;
        let Some(info) = info else {
            return Ok(Environment { name, source: Source::Anything, from: Origin::Default });
        };
        match environment::source(&info, &name, &|path| Path::new(path).exists()) {
            Ok((source, line)) => Ok(Environment { name, source, from: Origin::File(self.at(LOCAL_AWS, line)) }),
            Err(Corrupt { line }) => Err(ProjectError::Corrupt { at: self.at(LOCAL_AWS, line), name }),
        }
    }

    pub fn environment_name(&self, asked: Option<&str>) -> Result<String, ProjectError> {
        self.named(asked, self.parse(LOCAL_AWS)?.as_ref())
    }

    pub fn credentials_file(&self) -> Result<PathBuf, ProjectError> {
        self.checked(self.root.join(LOCAL_AWS))
    }

    pub fn team_file(&self) -> Result<PathBuf, ProjectError> {
        self.checked(self.root.join(TEAM))
    }

    /// At a push, the Amplify CLI copies the current environment's boundary from this file to the team's file. `None`
    /// if the file has nothing of the environment to copy.
    pub fn meta_file(&self) -> Result<Option<PathBuf>, ProjectError> {
        let meta = self.parse(META)?;
        let provider = meta.as_ref().and_then(|meta| meta.get(META_KEY)?.get(environment::PROVIDER));
        provider.map(|_| self.checked(self.root.join(META))).transpose()
    }

    /// Fails if a link in the project leads out of it: a cloned repository must not choose a file outside.
    pub fn checked(&self, path: PathBuf) -> Result<PathBuf, ProjectError> {
        let shown = |path| SourceFile::new(path, &self.home);
        match self.link_outside(&path) {
            Ok(None) => Ok(path),
            Ok(Some((link, target))) => Err(ProjectError::LinkOutside { link: shown(link), target: shown(target) }),
            Err(reason) => Err(ProjectError::Unreadable { file: shown(path), reason }),
        }
    }

    fn link_outside(&self, path: &Path) -> io::Result<Option<(PathBuf, PathBuf)>> {
        let Ok(relative) = path.strip_prefix(&self.root) else { return Ok(None) };
        let (root, mut link) = (without_links(&self.root)?, self.root.clone());
        for name in relative.components() {
            link.push(name);
            if is_link(&link) {
                let target = without_links(&link)?;
                if !target.starts_with(&root) {
                    return Ok(Some((link, target)));
                }
            }
        }
        Ok(None)
    }

    pub fn boundary(&self, environment: &str) -> Result<Option<Located<String>>, ProjectError> {
        let found = self.parse(TEAM)?.and_then(|info| environment::boundary(&info, environment));
        Ok(found.map(|(arn, line)| Located::new(arn, Origin::File(self.at(TEAM, line)))))
    }

    /// A missing boundary does not mean that the environment has none: `amplify pull` right after `amplify init`
    /// removes it.
    pub fn meta_boundary(&self) -> Result<Option<Located<String>>, ProjectError> {
        let found = self.parse(META)?.and_then(|meta| environment::boundary(&meta, META_KEY));
        Ok(found.map(|(arn, line)| Located::new(arn, Origin::File(self.at(META, line)))))
    }

    pub fn stack(&self, environment: &str) -> Result<Option<String>, ProjectError> {
        Ok(self.parse(TEAM)?.and_then(|info| environment::stack(&info, environment)))
    }

    /// Known only for the current environment, after its first push.
    pub fn api_id(&self, environment: &str) -> Result<Option<String>, ProjectError> {
        if !self.is_current(environment)? {
            return Ok(None);
        }
        Ok(self.parse(META)?.and_then(|meta| environment::api_id(&meta)))
    }

    /// The roles of signed-in users and of guests. They carry the environment's boundary.
    pub fn auth_roles(&self, environment: &str) -> Result<Vec<String>, ProjectError> {
        let info = self.parse(TEAM)?;
        let name = |key| environment::provider_text(info.as_ref()?, environment, key).map(|(name, _)| name);
        Ok(["AuthRoleName", "UnauthRoleName"].into_iter().filter_map(name).collect())
    }

    fn named(&self, asked: Option<&str>, info: Option<&HjsonNode>) -> Result<String, ProjectError> {
        let Some(name) = asked else {
            return self.current()?.ok_or_else(|| ProjectError::NoEnvironment { root: self.shown() });
        };
        let names = self.names(info)?;
        if names.iter().any(|known| known == name) {
            return Ok(name.to_owned());
        }
        Err(ProjectError::UnknownEnvironment { root: self.shown(), name: name.to_owned(), names })
    }

    pub fn environments(&self) -> Result<Vec<String>, ProjectError> {
        self.names(self.parse(LOCAL_AWS)?.as_ref())
    }

    fn names(&self, info: Option<&HjsonNode>) -> Result<Vec<String>, ProjectError> {
        let team = self.parse(TEAM)?;
        let mut names: Vec<_> =
            info.into_iter().chain(&team).flat_map(HjsonNode::members).map(|(name, _)| name.clone()).collect();
        names.extend(self.current()?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn parse(&self, relative: &str) -> Result<Option<HjsonNode>, ProjectError> {
        let Some(text) = self.read(relative)? else { return Ok(None) };
        hjson::parse(&text).map(Some).map_err(|error| self.syntax(relative, error))
    }

    /// Invalid UTF-8 is replaced, as in the Amplify CLI. `None` if the file is missing.
    fn read(&self, relative: &str) -> Result<Option<String>, ProjectError> {
        let path = self.root.join(relative);
        // Opening a FIFO would block until it has a writer.
        let odd = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        let read = if odd { Err(io::Error::other("it is not a regular file")) } else { read_capped(&path, MAX_BYTES) };
        let bytes = read.map_err(|reason| ProjectError::Unreadable { file: self.file(relative), reason })?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn syntax(&self, relative: &str, HjsonError { line, problem }: HjsonError) -> ProjectError {
        ProjectError::Syntax { at: self.at(relative, line), problem }
    }

    fn at(&self, relative: &str, line: u32) -> Location {
        Location { file: self.file(relative), line }
    }

    /// A file behind a link that leads out of the project is shown by its own path.
    fn file(&self, relative: &str) -> Arc<SourceFile> {
        let path = self.root.join(relative);
        let outside = self.link_outside(&path).ok().flatten().and_then(|_| without_links(&path).ok());
        SourceFile::new(outside.unwrap_or(path), &self.home)
    }

    fn shown(&self) -> String {
        SourceFile::new(self.root.clone(), &self.home).shown.clone()
    }
}
