//! `keys` with a real gnome-keyring and the double of STS and IAM.

mod add;
mod aws_vault;
mod errors;
mod findings;
mod import;
mod manage;
mod use_of_keys;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use amplify_creds::access_keys::StoredKey;
use amplify_creds::core::secret::Secret;
use amplify_creds::key_store::{KeyStore, KeyStoreItem, Unlock};
use amplify_creds::os::env::Env;
use amplify_creds::os::lock::Locks;
use test_support::biz_corp::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, USER_ARN};
use test_support::{FakeSts, Finished, KeyStoreDaemon, TestHome, World};

use crate::PROGRAM;

/// A home whose session has an unlocked key store.
struct KeysHome {
    daemon: KeyStoreDaemon,
    sts: FakeSts,
    home: TestHome,
}

impl KeysHome {
    /// `None` if gnome-keyring is not installed.
    fn new() -> Option<Self> {
        let daemon = KeyStoreDaemon::unlocked()?;
        let sts = FakeSts::start(World::biz_corp());
        let home = TestHome::biz_corp(PROGRAM, &sts)
            .with_variable("DBUS_SESSION_BUS_ADDRESS", daemon.address())
            .with_variable("AWS_ENDPOINT_URL_IAM", &sts.url());
        Some(Self { daemon, sts, home })
    }

    /// Without profiles.
    fn empty() -> Option<Self> {
        let this = Self::new()?;
        fs::remove_dir_all(this.home.path().join(".aws")).unwrap();
        Some(this)
    }

    /// With the key of `devcorpuser` in the key store.
    fn imported() -> Option<Self> {
        let this = Self::new()?;
        assert_eq!(this.home.run(&["keys", "import", "devcorpuser", "--yes"]).code, Some(0));
        Some(this)
    }

    fn run(&self, args: &[&str]) -> Finished {
        self.home.run(args)
    }

    fn run_with_input(&self, args: &[&str], input: &str) -> Finished {
        let mut command = self.home.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    fn add(&self, name: &str, more: &[&str]) -> Finished {
        let args = [&["keys", "add", name, "--stdin", "--yes"][..], more].concat();
        self.run_with_input(&args, &format!("{ACCESS_KEY_ID}\n{SECRET_ACCESS_KEY}\n"))
    }

    fn store(&self) -> KeyStore {
        KeyStore::new(
            &Env::fixed([("DBUS_SESSION_BUS_ADDRESS", self.daemon.address())]),
            Locks::in_dir(self.home.path()),
        )
    }

    fn stored_id(&self, profile: &str) -> Option<String> {
        let item = self.store().get(&KeyStoreItem::AccessKey(profile.to_owned()), Unlock::Never).unwrap();
        item.map(|item| StoredKey::parse(&item).unwrap().access_key_id)
    }

    fn put(&self, profile: &str, access_key_id: &str, secret: &str) {
        let key = StoredKey {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Secret::from(secret),
            account_id: None,
        };
        self.store().put(&KeyStoreItem::AccessKey(profile.to_owned()), &key.item(), Unlock::Never).unwrap();
    }

    fn config(&self) -> String {
        self.text(".aws/config")
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.home.path().join(file)).unwrap_or_default()
    }

    /// The files below the home that contain the secret.
    fn files_with_secret(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(self.home.path(), &mut found);
        found.retain(|file| {
            let bytes = fs::read(file).unwrap_or_default();
            bytes.windows(SECRET_ACCESS_KEY.len()).any(|part| part == SECRET_ACCESS_KEY.as_bytes())
        });
        found
    }

    fn command_of(&self, profile: &str) -> String {
        format!("credential_process = {} process {profile}\n", self.home.program().display())
    }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), files);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
}

#[track_caller]
fn assert_hidden(run: &Finished) {
    assert!(!run.stdout.contains(SECRET_ACCESS_KEY) && !run.stderr.contains(SECRET_ACCESS_KEY), "{run:#?}");
}

#[track_caller]
fn assert_user(home: &KeysHome, profile: &str) {
    let run = home.run(&["whoami", profile]);
    assert!(run.succeeded().contains(USER_ARN), "{run:#?}");
}
