//! Runs the program in a terminal of its own, with its standard streams elsewhere, as an SDK does while a person sits
//! there.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

use crate::home::{Finished, TestHome};
use crate::wait::PATIENCE;

/// A pseudo-terminal in which a shell runs the program.
pub struct Terminal {
    session: PtySession,
    files: PathBuf,
}

/// The result of the run, and the terminal's settings before and after it.
#[derive(Debug)]
pub struct Left {
    /// stdout, stderr and exit status.
    pub run: Finished,
    /// The output of `stty -g` before the run.
    pub before: String,
    /// The output of `stty -g` after the run.
    pub after: String,
}

impl Terminal {
    /// Runs the program with `args` (one shell word each) in `home`. `stdin` is a shell redirection: `</dev/null`, `<&-`.
    ///
    /// # Panics
    /// If the system has no free terminal.
    pub fn start(home: &TestHome, args: &str, stdin: &str) -> Self {
        Self::script(home, &format!("\"$PROGRAM\" {args} {stdin} >\"$FILES/stdout\" 2>\"$FILES/stderr\""))
    }

    /// Runs the program with `args` in another terminal of the same `home`. Its files are in a directory of this name.
    ///
    /// # Panics
    /// If the system has no free terminal.
    pub fn named(home: &TestHome, name: &str, args: &str) -> Self {
        let script = format!("\"$PROGRAM\" {args} </dev/null >\"$FILES/stdout\" 2>\"$FILES/stderr\"");
        Self::script_in(home, home.path().join("terminals").join(name), &script)
    }

    /// Runs a shell script in which `$PROGRAM` is the program. Its stdout, stderr and status are written to `$FILES`.
    ///
    /// # Panics
    /// If the system has no free terminal.
    pub fn script(home: &TestHome, script: &str) -> Self {
        Self::script_in(home, home.path().join("terminal"), script)
    }

    fn script_in(home: &TestHome, files: PathBuf, script: &str) -> Self {
        fs::create_dir_all(&files).expect("a directory");
        let mut command = Command::new("sh");
        // The shell survives a Ctrl-C, so that it can report the status and the terminal's state.
        command.arg("-c").arg(format!(
            "trap : INT\nstty -g >\"$FILES/before\"\n{script}\necho $? >\"$FILES/code\"\nstty -g >\"$FILES/after\"\n"
        ));
        command.env_clear().envs(home.environment()).env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("PROGRAM", home.program()).env("FILES", &files);
        let patience = u64::try_from(PATIENCE.as_millis()).ok();
        let session = spawn_command(command, patience).expect("a terminal");
        Self { session, files }
    }

    /// Waits until `text` is on the screen and returns the output before it.
    ///
    /// # Panics
    /// If `text` does not appear.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> String {
        match self.session.exp_string(text) {
            Ok(before) => before,
            Err(error) => panic!("{text:?} did not come: {error}; stderr: {:?}", self.file("stderr")),
        }
    }

    /// Types a line.
    ///
    /// # Panics
    /// If the terminal is closed.
    pub fn type_line(&mut self, text: &str) {
        self.session.send_line(text).expect("a terminal to type at");
    }

    /// Types text for a full-screen program, which reads key by key.
    ///
    /// # Panics
    /// If the terminal is closed.
    pub fn type_text(&mut self, text: &str) {
        self.session.send(text).expect("a terminal to type at");
        self.session.flush().expect("a terminal to type at");
    }

    /// Types a control character, such as `c` for Ctrl-C.
    ///
    /// # Panics
    /// If the terminal is closed.
    pub fn type_control(&mut self, letter: char) {
        self.session.send_control(letter).expect("a terminal to type at");
        self.session.flush().expect("a terminal to type at");
    }

    /// Waits for the end. Returns the remaining output and the result.
    ///
    /// # Panics
    /// If the run does not end.
    #[track_caller]
    pub fn finish(mut self) -> (String, Left) {
        let rest = match self.session.exp_eof() {
            Ok(rest) => rest,
            Err(error) => panic!("the run does not end: {error}; stderr: {:?}", self.file("stderr")),
        };
        let code = self.file("code").trim().parse().ok();
        let run = Finished { stdout: self.file("stdout"), stderr: self.file("stderr"), code };
        (rest, Left { run, before: self.file("before"), after: self.file("after") })
    }

    /// The directory of the files `stdout`, `stderr`, `code`, `before`, `after`.
    pub fn files(&self) -> &std::path::Path {
        &self.files
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.files.join(name)).unwrap_or_default()
    }
}

impl Left {
    /// Checks that the terminal's settings are unchanged, and returns the run.
    ///
    /// # Panics
    /// If the settings differ.
    #[track_caller]
    pub fn restored(self) -> Finished {
        assert!(!self.before.is_empty(), "stty printed nothing: {self:#?}");
        assert_eq!(self.before, self.after, "the terminal is not as before: {self:#?}");
        self.run
    }
}
