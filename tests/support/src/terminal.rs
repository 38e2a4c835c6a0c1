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

/// What the run came to, and whether the terminal is as before.
#[derive(Debug)]
pub struct Left {
    /// stdout, stderr and exit status.
    pub run: Finished,
    /// What `stty -g` said before.
    pub before: String,
    /// What `stty -g` said after.
    pub after: String,
}

impl Terminal {
    /// Runs the program with `args` (one shell word each) in `home`. `stdin` is a shell redirection: `</dev/null`, `<&-`.
    ///
    /// # Panics
    /// Where no terminal can be had.
    pub fn start(home: &TestHome, args: &str, stdin: &str) -> Self {
        Self::script(home, &format!("\"$PROGRAM\" {args} {stdin} >\"$FILES/stdout\" 2>\"$FILES/stderr\""))
    }

    /// Runs the program with `args` in a further terminal of the same `home`, whose files have a directory of this name.
    ///
    /// # Panics
    /// Where no terminal can be had.
    pub fn named(home: &TestHome, name: &str, args: &str) -> Self {
        let script = format!("\"$PROGRAM\" {args} </dev/null >\"$FILES/stdout\" 2>\"$FILES/stderr\"");
        Self::script_in(home, home.path().join("terminals").join(name), &script)
    }

    /// Runs a shell script in which `$PROGRAM` is the program; its stdout, stderr and status go to `$FILES`.
    ///
    /// # Panics
    /// Where no terminal can be had.
    pub fn script(home: &TestHome, script: &str) -> Self {
        Self::script_in(home, home.path().join("terminal"), script)
    }

    fn script_in(home: &TestHome, files: PathBuf, script: &str) -> Self {
        fs::create_dir_all(&files).expect("a directory");
        let mut command = Command::new("sh");
        // The shell outlives a Ctrl-C, so that it can tell the status and the terminal's state.
        command.arg("-c").arg(format!(
            "trap : INT\nstty -g >\"$FILES/before\"\n{script}\necho $? >\"$FILES/code\"\nstty -g >\"$FILES/after\"\n"
        ));
        command.env_clear().envs(home.environment()).env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.env("PROGRAM", home.program()).env("FILES", &files);
        let patience = u64::try_from(PATIENCE.as_millis()).ok();
        let session = spawn_command(command, patience).expect("a terminal");
        Self { session, files }
    }

    /// Waits until `text` is on the screen and gives what came before it.
    ///
    /// # Panics
    /// Where it does not come.
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
    /// Where the terminal is gone.
    pub fn type_line(&mut self, text: &str) {
        self.session.send_line(text).expect("a terminal to type at");
    }

    /// Types what a full-screen program reads key by key.
    ///
    /// # Panics
    /// Where the terminal is gone.
    pub fn type_text(&mut self, text: &str) {
        self.session.send(text).expect("a terminal to type at");
        self.session.flush().expect("a terminal to type at");
    }

    /// Types a control character, such as `c` for Ctrl-C.
    ///
    /// # Panics
    /// Where the terminal is gone.
    pub fn type_control(&mut self, letter: char) {
        self.session.send_control(letter).expect("a terminal to type at");
        self.session.flush().expect("a terminal to type at");
    }

    /// Waits for the end; gives what was still printed, and what is left.
    ///
    /// # Panics
    /// Where the run does not end.
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
    /// The run, after making sure that the terminal is as before.
    ///
    /// # Panics
    /// Where it is not.
    #[track_caller]
    pub fn restored(self) -> Finished {
        assert!(!self.before.is_empty(), "stty told nothing: {self:#?}");
        assert_eq!(self.before, self.after, "the terminal is not as before: {self:#?}");
        self.run
    }
}
