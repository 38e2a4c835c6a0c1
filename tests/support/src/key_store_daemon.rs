//! A real gnome-keyring on a session bus of its own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::wait::wait_until;

const SECRETS: &str = "org.freedesktop.secrets";

/// Ends with the value. Its bus starts no other services, so that no prompt can appear.
pub struct KeyStoreDaemon {
    keyring: Option<Child>,
    bus: Child,
    address: String,
    home: TempDir,
}

impl KeyStoreDaemon {
    /// With an unlocked default collection. `None` if gnome-keyring or dbus-daemon is not installed.
    ///
    /// # Panics
    /// If it is not installed and `CI` is set, or if a daemon does not start.
    pub fn unlocked() -> Option<Self> {
        Self::start(Some(&["--unlock"]))
    }

    /// Like that of a new user, without a default collection.
    ///
    /// # Panics
    /// As [`KeyStoreDaemon::unlocked`].
    pub fn without_collection() -> Option<Self> {
        Self::start(Some(&[]))
    }

    /// Only the bus.
    ///
    /// # Panics
    /// As [`KeyStoreDaemon::unlocked`].
    pub fn bus_only() -> Option<Self> {
        Self::start(None)
    }

    /// For `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `HOME` of the daemons.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Locks the default collection.
    ///
    /// # Panics
    /// If the call fails.
    pub fn lock(&self) {
        let collection = "array:objpath:/org/freedesktop/secrets/aliases/default";
        self.call(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", collection);
    }

    /// Stops gnome-keyring without ending it.
    ///
    /// # Panics
    /// If the signal cannot be sent.
    pub fn stop(&self) {
        self.signal("-STOP");
    }

    /// Continues gnome-keyring after [`KeyStoreDaemon::stop`].
    ///
    /// # Panics
    /// If the signal cannot be sent.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let keyring = self.keyring.as_ref().expect("gnome-keyring runs");
        let sent = Command::new("kill").args([signal, &keyring.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    fn start(keyring: Option<&[&str]>) -> Option<Self> {
        if !is_installed() {
            assert!(std::env::var_os("CI").is_none(), "gnome-keyring or dbus-daemon is not installed");
            eprintln!("gnome-keyring is not installed");
            return None;
        }
        let home = TempDir::new().expect("a temporary directory");
        let config = home.path().join("bus.conf");
        fs::write(&config, bus_config(home.path())).expect("a file");
        let mut bus = command("dbus-daemon", home.path())
            .arg(format!("--config-file={}", config.display()))
            .args(["--print-address", "--nofork", "--nopidfile"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon runs");
        let mut address = String::new();
        let output = bus.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut address).expect("the address of the bus");
        let mut daemon = Self { keyring: None, bus, address: address.trim().to_owned(), home };
        if let Some(arguments) = keyring {
            daemon.start_keyring(arguments);
        }
        Some(daemon)
    }

    fn start_keyring(&mut self, arguments: &[&str]) {
        let mut keyring = command("gnome-keyring-daemon", self.home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .args(["--foreground", "--components=secrets"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon runs");
        keyring.stdin.take().expect("a pipe").write_all(b"password").expect("the password is read");
        self.keyring = Some(keyring);
        wait_until("the start of gnome-keyring", || {
            let owner = "org.freedesktop.DBus.NameHasOwner";
            self.call("org.freedesktop.DBus", "/", owner, &format!("string:{SECRETS}")).contains("true")
        });
    }

    fn call(&self, destination: &str, path: &str, method: &str, argument: &str) -> String {
        let bus = format!("--bus={}", self.address);
        let destination = format!("--dest={destination}");
        let output = Command::new("dbus-send")
            .args([&bus, "--print-reply", &destination, path, method, argument])
            .output()
            .expect("dbus-send runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    }
}

impl Drop for KeyStoreDaemon {
    fn drop(&mut self) {
        for child in self.keyring.iter_mut().chain([&mut self.bus]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn is_installed() -> bool {
    ["gnome-keyring-daemon", "dbus-daemon"].into_iter().all(|program| {
        let mut version = Command::new(program);
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    })
}

fn command(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home).stderr(Stdio::null());
    command
}

/// Without directories of services.
fn bus_config(dir: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        dir.display()
    )
}
