//! A real gnome-keyring on a session bus of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const SECRETS: &str = "org.freedesktop.secrets";
const BUS: &str = "org.freedesktop.DBus";
const START_SCRIPT: &str = "start-gnome-keyring";
/// Options of gnome-keyring.
const UNLOCKED: &str = "--unlock";
const LOCKED: &str = "";

/// Ends with the value. The bus starts gnome-keyring, and starts it again after a crash: under load, 42.1 crashes in
/// about one of several thousand calls of `OpenSession`. The bus starts no other services, so that no prompt can appear.
pub struct KeyStoreDaemon {
    bus: Child,
    has_keyring: bool,
    address: String,
    home: TempDir,
}

impl KeyStoreDaemon {
    /// With an unlocked default collection. `None` if gnome-keyring or dbus-daemon is not installed.
    ///
    /// # Panics
    /// If it is not installed and `CI` is set, or if a daemon does not start.
    pub fn unlocked() -> Option<Self> {
        Self::start(Some(UNLOCKED))
    }

    /// Like that of a new user, without a default collection.
    ///
    /// # Panics
    /// As [`KeyStoreDaemon::unlocked`].
    pub fn without_collection() -> Option<Self> {
        Self::start(Some(LOCKED))
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

    /// Locks the default collection. It stays locked if gnome-keyring starts again.
    ///
    /// # Panics
    /// If the call fails.
    pub fn lock(&self) {
        write_start_script(self.home(), LOCKED);
        let collection = "array:objpath:/org/freedesktop/secrets/aliases/default";
        self.call(SECRETS, "/org/freedesktop/secrets", &["org.freedesktop.Secret.Service.Lock", collection]);
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

    /// Ends gnome-keyring. The bus starts it again for the next call.
    ///
    /// # Panics
    /// If the signal cannot be sent.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        let pid = self.keyring_pid().expect("gnome-keyring runs");
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// `None` if no service has the name.
    fn keyring_pid(&self) -> Option<String> {
        let method = "org.freedesktop.DBus.GetConnectionUnixProcessID";
        let output = self.send(BUS, "/", &[method, &format!("string:{SECRETS}")]);
        let reply = String::from_utf8(output.stdout).expect("text");
        Some(reply.split_once("uint32")?.1.trim().to_owned())
    }

    fn start(keyring: Option<&str>) -> Option<Self> {
        if !is_installed() {
            assert!(std::env::var_os("CI").is_none(), "gnome-keyring or dbus-daemon is not installed");
            eprintln!("gnome-keyring is not installed");
            return None;
        }
        let home = TempDir::new().expect("a temporary directory");
        let config = home.path().join("bus.conf");
        fs::write(&config, bus_config(home.path())).expect("a file");
        let services = home.path().join("services");
        fs::create_dir(&services).expect("a directory");
        if keyring.is_some() {
            let script = home.path().join(START_SCRIPT);
            let service = format!("[D-BUS Service]\nName={SECRETS}\nExec=/bin/sh {}\n", script.display());
            fs::write(services.join("secrets.service"), service).expect("a file");
        }
        let mut bus = command("dbus-daemon", home.path())
            .arg(format!("--config-file={}", config.display()))
            .args(["--print-address", "--nofork", "--nopidfile"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon runs");
        let mut address = String::new();
        let output = bus.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut address).expect("the address of the bus");
        let has_keyring = keyring.is_some();
        let daemon = Self { bus, has_keyring, address: address.trim().to_owned(), home };
        if let Some(options) = keyring {
            write_start_script(daemon.home(), options);
            // Returns when gnome-keyring has the name.
            let name = format!("string:{SECRETS}");
            daemon.call(BUS, "/", &["org.freedesktop.DBus.StartServiceByName", &name, "uint32:0"]);
        }
        Some(daemon)
    }

    fn call(&self, destination: &str, path: &str, method: &[&str]) {
        let output = self.send(destination, path, method);
        assert!(output.status.success(), "{output:?}");
    }

    fn send(&self, destination: &str, path: &str, method: &[&str]) -> Output {
        let bus = format!("--bus={}", self.address);
        let destination = format!("--dest={destination}");
        let mut command = Command::new("dbus-send");
        command.args([&bus, "--print-reply", &destination, path]).args(method).output().expect("dbus-send runs")
    }
}

impl Drop for KeyStoreDaemon {
    fn drop(&mut self) {
        // On a bus without gnome-keyring, the name may belong to this process.
        let keyring = self.keyring_pid().filter(|_| self.has_keyring);
        // The bus first, so that it cannot start gnome-keyring again.
        let _ = self.bus.kill();
        let _ = self.bus.wait();
        if let Some(pid) = keyring {
            // Only a stopped gnome-keyring still runs: it ends with its bus.
            let _ = Command::new("kill").args(["-KILL", &pid]).output();
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

fn write_start_script(home: &Path, options: &str) {
    let script = format!("printf password | gnome-keyring-daemon --foreground --components=secrets {options}\n");
    fs::write(home.join(START_SCRIPT), script).expect("a file");
}

/// Without the directories of the system's services.
fn bus_config(dir: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={0}/bus</listen>
  <servicedir>{0}/services</servicedir>
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
