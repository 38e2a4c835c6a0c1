//! A throw-away home directory and the program run in it, without the tester's environment.
//!
//! Each test has its own, so that all can run at once. Dropping it removes the directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::{FakeSts, biz_corp};

/// A home directory with the program, and with a double to call if given.
pub struct TestHome {
    dir: TempDir,
    program: PathBuf,
    endpoint: Option<String>,
    variables: Vec<(String, String)>,
}

/// The result of a run.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
    /// The exit status; `None` if a signal ended the run.
    pub code: Option<i32>,
}

impl Finished {
    /// The first line of stderr.
    ///
    /// # Panics
    /// If stderr is empty.
    pub fn first_error_line(&self) -> &str {
        self.stderr.lines().next().expect("something on stderr")
    }

    /// Checks the exit code and the form of every failure: an empty stdout and one complete first line without a panic.
    ///
    /// # Panics
    /// If a check fails. The message contains the whole run.
    #[track_caller]
    pub fn failed_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        let first = self.first_error_line();
        assert!(first.starts_with("amplify-creds: ") && first.chars().count() < 200, "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        assert!(!self.stderr.contains(biz_corp::SECRET_ACCESS_KEY), "{self:#?}");
        self
    }

    /// Checks for success and an empty stderr, and returns stdout.
    ///
    /// # Panics
    /// If a check fails. The message contains the whole run.
    #[track_caller]
    pub fn succeeded(&self) -> &str {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:#?}");
        &self.stdout
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }
}

impl TestHome {
    /// An empty home for the program at `program`.
    ///
    /// # Panics
    /// If the system cannot create a temporary directory.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        #[cfg(target_os = "linux")]
        crate::ignored::heed_signals();
        let dir = tempfile::Builder::new().prefix("amplify-creds-").tempdir().expect("a temporary directory");
        Self { dir, program: program.into(), endpoint: None, variables: Vec::new() }
    }

    /// A home with the files of the Amplify documentation's walk-through. It calls `sts`.
    pub fn biz_corp(program: impl Into<PathBuf>, sts: &FakeSts) -> Self {
        let home = Self::new(program).calling(sts);
        home.config(&format!(
            "[profile bizcorprole]\nrole_arn = {}\nsource_profile = devcorpuser\nmfa_serial = {}\nexternal_id = {}\n\
             region = us-east-1\n\n[profile devcorpuser]\nregion = us-east-1\n",
            biz_corp::BIZ_CORP_ROLE,
            biz_corp::MFA_SERIAL,
            biz_corp::EXTERNAL_ID
        ));
        home.credentials(&format!(
            "[devcorpuser]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            biz_corp::ACCESS_KEY_ID,
            biz_corp::SECRET_ACCESS_KEY
        ));
        home
    }

    /// Makes the program call `sts`.
    #[must_use]
    pub fn calling(mut self, sts: &FakeSts) -> Self {
        self.endpoint = Some(sts.url());
        self
    }

    /// Adds an environment variable of the program.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The Amplify CLI's cache directory.
    pub fn cache_dir(&self) -> PathBuf {
        self.path().join(".amplify/awscloudformation")
    }

    /// The cache file.
    pub fn cache_file(&self) -> PathBuf {
        self.cache_dir().join("cache.json")
    }

    /// Writes `~/.aws/config`.
    pub fn config(&self, text: &str) {
        self.write(".aws/config", text);
    }

    /// Writes `~/.aws/credentials`.
    pub fn credentials(&self, text: &str) {
        self.write(".aws/credentials", text);
    }

    /// The path of a file in the home, in the system's notation.
    pub fn file(&self, relative: &str) -> PathBuf {
        self.path().join(relative.split('/').collect::<PathBuf>())
    }

    /// Writes a file in the home and creates its directories.
    ///
    /// # Panics
    /// If the system returns an error.
    pub fn write(&self, relative: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(relative);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(&path, text).expect("a file");
        path
    }

    /// Writes a program in the home. A child process writes it: if this process had it open for writing, another test's
    /// child could inherit the descriptor, and running the program would fail with ETXTBSY.
    ///
    /// # Panics
    /// If the system returns an error.
    #[cfg(unix)]
    pub fn write_program(&self, relative: &str, content: impl AsRef<[u8]>) -> PathBuf {
        use std::io::Write;
        let path = self.path().join(relative);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        let mut shell = Command::new("sh");
        shell.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(&path).stdin(Stdio::piped());
        let mut shell = shell.spawn().expect("a shell");
        shell.stdin.take().expect("a pipe").write_all(content.as_ref()).expect("a program's text");
        assert!(shell.wait().expect("an end").success(), "{} cannot be written", path.display());
        path
    }

    /// The program with `args`, its own environment, no standard input, and its own process group. The process group
    /// prevents prompts on the tester's terminal.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).env_clear().envs(self.environment()).stdin(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    /// The program's environment variables.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut all = vec![("HOME".to_owned(), self.path().display().to_string())];
        // tests/coverage also counts the runs of the program.
        all.extend(std::env::var("LLVM_PROFILE_FILE").ok().map(|file| ("LLVM_PROFILE_FILE".to_owned(), file)));
        // Windows needs it to find its sockets and shells.
        #[cfg(windows)]
        all.extend(
            ["SystemRoot", "ComSpec", "PATHEXT"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))),
        );
        all.extend(self.endpoint.iter().map(|url| ("AWS_ENDPOINT_URL_STS".to_owned(), url.clone())));
        all.extend(self.variables.iter().cloned());
        all
    }

    /// The program's path.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Runs the program until it exits.
    pub fn run(&self, args: &[&str]) -> Finished {
        self.run_with(args, &[])
    }

    /// Runs the program with more variables until it exits.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Finished {
        self.command(args).envs(variables.iter().copied()).output().expect("the program runs").into()
    }
}
