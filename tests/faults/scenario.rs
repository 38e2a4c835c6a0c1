//! The scenarios: a home with an initial state, the command, and what the command may change in the cache.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use test_support::{FakeSts, Finished, TestHome, World, biz_corp as data};

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) home: TestHome,
    sts: FakeSts,
    command: &'static [&'static str],
    /// Whether the command needs a code of the device.
    takes_code: bool,
    /// The outer keys under which it may add entries.
    pub(crate) adds: &'static [&'static str],
    /// Whether it only removes entries.
    pub(crate) is_reset: bool,
    /// The initial files of the cache directory.
    template: Vec<(String, Vec<u8>)>,
}

/// The cache file before a run.
pub(crate) struct Before(pub(crate) Option<String>);

const CONFIG: &str = "
[profile nomfa]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = devcorpuser
[profile other]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = devcorpuser
role_session_name = other
[profile third]
role_arn = arn:aws:iam::222222222222:role/NoMfa
source_profile = devcorpuser
role_session_name = third
";

/// An entry of an unknown program: its spaces, numbers and order must be preserved.
const FOREIGN: &str = r#""arn:aws:iam::333333333333:role/Theirs": {"amplify":  {"credentials": {"accessKeyId": "ASIATHEIRS",
"secretAccessKey": "their-secret", "sessionToken": "their-token", "expiration": "2020-01-01T00:00:00.000Z"}}, "x": [1, 2.50]},
 "note" : 1.0e3,"#;

pub(crate) fn all(program: &Path) -> [Scenario; 5] {
    const PROCESS: &[&str] = &["process", "nomfa"];
    const NO_MFA: &[&str] = &[data::NO_MFA_ROLE];
    const MFA_AND_ROLE: &[&str] = &[data::MFA_SERIAL, data::BIZ_CORP_ROLE];
    let cold = |name, command, adds| Scenario::cold(program, name, command, adds);
    [
        cold("cold role", PROCESS, NO_MFA),
        cold("renewal among others' entries", PROCESS, NO_MFA).with_entries(true),
        Scenario { is_reset: true, ..cold("reset-cache", &["reset-cache", "nomfa"], &[]).with_entries(false) },
        Scenario { takes_code: true, ..cold("MFA session and role", &["process", "bizcorprole"], MFA_AND_ROLE) },
        // If the cache is unreadable, the session is fetched again.
        cold("warm hit", PROCESS, NO_MFA).with_entries(false),
    ]
}

impl Scenario {
    fn cold(
        program: &Path,
        name: &'static str,
        command: &'static [&'static str],
        adds: &'static [&'static str],
    ) -> Self {
        let sts = FakeSts::start(World::biz_corp());
        let home = TestHome::biz_corp(program, &sts);
        let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
        home.config(&format!("{config}{CONFIG}"));
        Self { name, home, sts, command, takes_code: false, adds, is_reset: false, template: Vec::new() }
    }

    /// With a cache of entries of three profiles, of the Amplify CLI and of an unknown program. The session of `nomfa`
    /// is expired if `is_over`.
    fn with_entries(mut self, is_over: bool) -> Self {
        for profile in ["nomfa", "other", "third"] {
            assert_eq!(self.home.run(&["process", profile]).code, Some(0), "{profile}'s session is had");
        }
        let text = fs::read_to_string(self.home.cache_file()).unwrap();
        let mut file: Value = serde_json::from_str(&text).unwrap();
        if is_over {
            let sessions = file[data::NO_MFA_ROLE].as_object_mut().unwrap();
            let mine = sessions.values_mut().find(|entry| entry["amplifyCreds"]["profile"] == "nomfa").unwrap();
            let over = Value::from("2020-01-01T00:00:00.000Z");
            mine["expiration"] = over.clone();
            mine["credentials"]["expiration"] = over;
        }
        fs::write(self.home.cache_file(), file.to_string().replacen('{', &format!("{{{FOREIGN}"), 1)).unwrap();
        for dir in ["", "locks/"] {
            for entry in fs::read_dir(self.home.cache_dir().join(dir)).unwrap().map(Result::unwrap) {
                if entry.path().is_file() {
                    let name = format!("{dir}{}", entry.file_name().to_str().unwrap());
                    self.template.push((name, fs::read(entry.path()).unwrap()));
                }
            }
        }
        self
    }

    /// Restores the home's initial state, and makes AWS accept used codes again.
    pub(crate) fn prepare(&self) -> Before {
        let _ = fs::remove_dir_all(self.home.path().join(".amplify"));
        for (name, bytes) in &self.template {
            let path = self.home.write(&format!(".amplify/awscloudformation/{name}"), bytes);
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        self.sts.forget_used_codes();
        Before(self.cache())
    }

    pub(crate) fn cache(&self) -> Option<String> {
        fs::read_to_string(self.home.cache_file()).ok()
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        self.with_code(0)
    }

    /// Runs the same command again with another code and without faults.
    pub(crate) fn run_again(&self) -> Finished {
        self.sts.forget_used_codes();
        let arguments = self.with_code(1);
        self.home.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn with_code(&self, steps: i64) -> Vec<String> {
        let mut all: Vec<String> = self.command.iter().map(|&word| word.to_owned()).collect();
        if self.takes_code {
            all.extend(["-t".to_owned(), self.sts.code_after(data::MFA_SERIAL, steps)]);
        }
        all
    }
}
