//! A throw-away home directory and the program run in it, without the tester's environment.
//!
//! Each test has its own, so that all can run at once. Dropping it removes the directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::{FakeSts, biz_corp};

/// A home directory with the program and, where given, the double to call.
pub struct TestHome {
    dir: TempDir,
    program: PathBuf,
    endpoint: Option<String>,
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
    /// The exit status; none when a signal ended it.
    pub code: Option<i32>,
}

impl Finished {
    /// The first line of stderr.
    ///
    /// # Panics
    /// Where there is none.
    pub fn first_error_line(&self) -> &str {
        self.stderr.lines().next().expect("something on stderr")
    }

    /// Whether the run ended with `code`, nothing on stdout and one complete first line without a panic: what every
    /// failure of the program must look like.
    ///
    /// # Panics
    /// Where it does not, with the whole run.
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

    /// Whether the run ended well and said nothing on stderr; gives stdout.
    ///
    /// # Panics
    /// Where it did not, with the whole run.
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
    /// Where no temporary directory can be made.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        #[cfg(target_os = "linux")]
        crate::ignored::heed_signals();
        let dir = tempfile::Builder::new().prefix("amplify-creds-").tempdir().expect("a temporary directory");
        Self { dir, program: program.into(), endpoint: None }
    }

    /// A home with the files of the Amplify documentation's walk-through, calling `sts`.
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

    /// The same home, whose program calls `sts`.
    #[must_use]
    pub fn calling(mut self, sts: &FakeSts) -> Self {
        self.endpoint = Some(sts.url());
        self
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The Amplify CLI's cache directory in it.
    pub fn cache_dir(&self) -> PathBuf {
        self.path().join(".amplify/awscloudformation")
    }

    /// The cache file in it.
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

    /// The path of a file below the home, as the system writes it.
    pub fn file(&self, relative: &str) -> PathBuf {
        self.path().join(relative.split('/').collect::<PathBuf>())
    }

    /// Writes a file below the home, with the directories it needs.
    ///
    /// # Panics
    /// Where the system refuses.
    pub fn write(&self, relative: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(relative);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        fs::write(&path, text).expect("a file");
        path
    }

    /// Writes a program below the home. A child writes it: while this process had it open for writing, another test could
    /// start a child that inherits the descriptor, and running it would fail with ETXTBSY.
    ///
    /// # Panics
    /// Where the system refuses.
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

    /// The program with `args`, an environment of its own, no standard input, and a process group of its own: a
    /// terminal that the tester sits at is then not this program's to ask on.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).env_clear().envs(self.environment()).stdin(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    /// The variables that the program gets.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut all = vec![("HOME".to_owned(), self.path().display().to_string())];
        // For tests/coverage: what a run of the program runs through counts.
        all.extend(std::env::var("LLVM_PROFILE_FILE").ok().map(|file| ("LLVM_PROFILE_FILE".to_owned(), file)));
        // Without it Windows finds neither its sockets nor its shells.
        #[cfg(windows)]
        all.extend(
            ["SystemRoot", "ComSpec", "PATHEXT"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))),
        );
        all.extend(self.endpoint.iter().map(|url| ("AWS_ENDPOINT_URL_STS".to_owned(), url.clone())));
        all
    }

    /// The program's path.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Finished {
        self.run_with(args, &[])
    }

    /// Runs the program to its end with more variables.
    ///
    /// # Panics
    /// Where the program cannot be started.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Finished {
        self.command(args).envs(variables.iter().copied()).output().expect("the program runs").into()
    }
}
