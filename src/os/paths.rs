use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};
use thiserror::Error;

use crate::core::origin::Origin;
use crate::os::env;
use crate::os::env::Env;

#[derive(Debug, Error, PartialEq, Eq)]
#[error("no home directory: HOME is not set and the user has no entry in the system's user database")]
pub struct NoHome;

#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub config: Option<PathBuf>,
    pub credentials: Option<PathBuf>,
}

/// Absolute, unless the current directory is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    pub home: PathBuf,
    pub config: PathBuf,
    pub credentials: PathBuf,
    pub named_by: [Option<Origin>; 2],
    /// The Amplify CLI's directory, which cannot be configured.
    pub cache_dir: PathBuf,
    pub settings: Option<PathBuf>,
}

impl Paths {
    /// Expands a leading `~/` in a variable or flag, as the SDKs do. In a variable, also expands names of other
    /// variables, as botocore does.
    pub fn find(env: &Env, overrides: &Overrides) -> Result<Self, NoHome> {
        let home = home(env).ok_or(NoHome)?;
        let pick = |flag: (&'static str, &Option<PathBuf>), variables: [&'static str; 2], name: &str| {
            let (option, path) = flag;
            let by_option = path.clone().map(|path| (path, Origin::Flag(option)));
            let of_variable = |variable| Some((with_variables(env.path(variable)?, env), Origin::Variable(variable)));
            match by_option.or_else(|| variables.into_iter().find_map(of_variable)) {
                Some((path, from)) => (absolute(expand(path, &home)), Some(from)),
                None => (absolute(below(&home, [".aws", name])), None),
            }
        };
        let (config, config_by) = pick(
            ("--config-file", &overrides.config),
            [env::AMPLIFY_CREDS_CONFIG_FILE, env::AWS_CONFIG_FILE],
            "config",
        );
        let (credentials, credentials_by) = pick(
            ("--credentials-file", &overrides.credentials),
            [env::AMPLIFY_CREDS_CREDENTIALS_FILE, env::AWS_SHARED_CREDENTIALS_FILE],
            "credentials",
        );
        Ok(Self {
            config,
            credentials,
            named_by: [config_by, credentials_by],
            cache_dir: below(&home, [".amplify", "awscloudformation"]),
            settings: ProjectDirs::from("", "", "amplify-creds").map(|dirs| dirs.config_dir().join("config.ini")),
            home,
        })
    }

    /// Whether the Amplify CLI reads the same profile files.
    pub fn are_default(&self) -> bool {
        self.config == below(&self.home, [".aws", "config"])
            && self.credentials == below(&self.home, [".aws", "credentials"])
    }

    pub fn sso_cache(&self) -> PathBuf {
        below(&self.home, [".aws", "sso", "cache"])
    }

    pub fn login_cache(&self, env: &Env) -> PathBuf {
        let moved = env.path(env::AWS_LOGIN_CACHE_DIRECTORY).map(|path| absolute(self.expand(path)));
        moved.unwrap_or_else(|| below(&self.home, [".aws", "login", "cache"]))
    }

    /// `None` if the system has no such directory. Not in the cache's directory, which users delete.
    pub fn audit_dir() -> Option<PathBuf> {
        let dirs = ProjectDirs::from("", "", "amplify-creds")?;
        Some(dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned())
    }

    pub fn expand(&self, path: PathBuf) -> PathBuf {
        expand(path, &self.home)
    }
}

/// `HOME` has priority on Windows, too. Git Bash and WSL set it, and `BaseDirs` ignores it.
fn home(env: &Env) -> Option<PathBuf> {
    env.path(env::HOME)
        .or_else(|| env.path(env::USERPROFILE))
        .or_else(|| BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()))
        .map(absolute)
}

fn below<const N: usize>(home: &Path, names: [&str; N]) -> PathBuf {
    let mut path = PathBuf::with_capacity(home.as_os_str().len() + 32);
    path.push(home);
    path.extend(names);
    path
}

fn expand(path: PathBuf, home: &Path) -> PathBuf {
    path.strip_prefix("~").map(|rest| home.join(rest)).unwrap_or(path)
}

/// Expands `$NAME` and `${NAME}`, on Windows also `%NAME%`. Unknown names remain, as in Python's `os.path.expandvars`.
/// A `$` before an absolute path is dropped, because a template that replaces `{HOME}` turns `${HOME}` into
/// `$/home/dev`.
fn with_variables(path: PathBuf, env: &Env) -> PathBuf {
    let Some(mut rest) = path.to_str().filter(|text| text.contains(['$', '%'])) else { return path };
    let mut expanded = OsString::new();
    if rest.starts_with("$/") {
        rest = &rest[1..];
    }
    while let Some(at) = rest.find(['$', '%']) {
        expanded.push(&rest[..at]);
        rest = &rest[at..];
        let known = variable(rest).and_then(|(name, length)| Some((env.path(name)?, length)));
        let length = if let Some((value, length)) = known {
            expanded.push(value);
            length
        } else {
            expanded.push(&rest[..1]);
            1
        };
        rest = &rest[length..];
    }
    expanded.push(rest);
    expanded.into()
}

/// The variable's name at the beginning of `text`, and the length of the whole reference.
fn variable(text: &str) -> Option<(&str, usize)> {
    let rest = &text[1..];
    let (name, length) = if text.starts_with('%') {
        let (name, _) = rest.split_once('%').filter(|_| cfg!(windows))?;
        (name, name.len() + 2)
    } else if let Some(rest) = rest.strip_prefix('{') {
        let (name, _) = rest.split_once('}')?;
        (name, name.len() + 3)
    } else {
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        (&rest[..end], end + 1)
    };
    (!name.is_empty()).then_some((name, length))
}

fn absolute(path: PathBuf) -> PathBuf {
    if path.is_absolute() { path } else { env::current_directory().unwrap_or_default().join(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An absolute path begins with a drive on Windows.
    macro_rules! root {
        ($path:literal) => {
            if cfg!(windows) { concat!("C:", $path) } else { $path }
        };
    }

    #[test]
    fn default_paths_are_in_the_home_directory() {
        let paths = Paths::find(&Env::fixed([("HOME", root!("/home/dev"))]), &Overrides::default()).unwrap();
        assert_eq!(paths.config, Path::new(root!("/home/dev/.aws/config")));
        assert_eq!(paths.credentials, Path::new(root!("/home/dev/.aws/credentials")));
        assert_eq!(paths.cache_dir, Path::new(root!("/home/dev/.amplify/awscloudformation")));
    }

    #[test]
    fn variables_in_variable_are_replaced() {
        let home = root!("/home/dev");
        for (given, expected) in [
            ("$HOME/cfg", "/home/dev/cfg"),
            ("${HOME}/alt/$NAME.ini", "/home/dev/alt/my.ini"),
            ("$HOME$NAME", "/home/devmy"),
            ("$/home/dev/alt/config", "/home/dev/alt/config"),
            ("/x/$UNSET/${UNSET}/$/${/%/$", "/x/$UNSET/${UNSET}/$/${/%/$"),
            ("~/$NAME", "/home/dev/my"),
        ] {
            // On Windows such a path has no drive, so it is on the current one.
            if cfg!(windows) && given.trim_start_matches('$').starts_with('/') {
                continue;
            }
            let env = Env::fixed([("HOME", home), ("AWS_CONFIG_FILE", given), ("NAME", "my")]);
            let paths = Paths::find(&env, &Overrides::default()).unwrap();
            assert_eq!(paths.config, Path::new(&format!("{}{expected}", root!(""))), "{given}");
        }
        let env = Env::fixed([("HOME", home), ("X", "")]);
        let flags = Overrides { config: Some(root!("/tmp/$HOME").into()), credentials: None };
        assert_eq!(
            Paths::find(&env, &flags).unwrap().config,
            Path::new(root!("/tmp/$HOME")),
            "a shell has replaced it"
        );
    }

    #[test]
    fn flag_overrides_variable_and_tilde_is_expanded() {
        let env = Env::fixed([
            ("HOME", root!("/home/dev")),
            ("AWS_CONFIG_FILE", "~/cfg"),
            ("AWS_SHARED_CREDENTIALS_FILE", root!("/etc/creds")),
        ]);
        let flags = Overrides { config: None, credentials: Some(root!("/tmp/c").into()) };
        let paths = Paths::find(&env, &flags).unwrap();
        assert_eq!(paths.config, Path::new(root!("/home/dev/cfg")));
        assert_eq!(paths.credentials, Path::new(root!("/tmp/c")));
        let env = Env::fixed([
            ("HOME", root!("/home/dev")),
            ("AWS_CONFIG_FILE", root!("/tmp/private")),
            ("AMPLIFY_CREDS_CONFIG_FILE", root!("/home/dev/cfg")),
        ]);
        assert_eq!(Paths::find(&env, &Overrides::default()).unwrap().config, Path::new(root!("/home/dev/cfg")));
    }
}
