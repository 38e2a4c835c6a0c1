//! `exec --serve`: a real command with a real endpoint, on pipes and on a pseudo-terminal.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Value, json as value};
use test_support::{Finished, Terminal, TestHome, wait_until};

use crate::{PROGRAM, add_config, age_cache, audit, biz_corp, fresh_code, json, wait_for_foreground, without_mfa};

/// A command that is served and waits for the end of its stdin.
struct Served {
    child: Child,
    environment: BTreeMap<String, String>,
    stderr: PathBuf,
}

/// Writes its environment to a file, runs `$SCRIPT` in the background while it waits, and ends with status 7.
const WAIT: &str = "env >\"$HOME/env.new\"; mv \"$HOME/env.new\" \"$HOME/env\"; cat >/dev/null; exit 7";

impl Served {
    fn start(home: &TestHome, args: &[&str], script: &str) -> Self {
        Self::start_with(home, args, script, &[])
    }

    fn start_with(home: &TestHome, args: &[&str], script: &str, variables: &[(&str, &str)]) -> Self {
        let args = [&["exec"], args, &["--serve", "--", "sh", "-c", script]].concat();
        let mut command = home.command(&args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).envs(variables.iter().copied());
        let stderr = home.path().join("stderr");
        command.stderr(fs::File::create(&stderr).unwrap());
        command.env("TMPDIR", home.path());
        let child = command.spawn().unwrap();
        let file = home.path().join("env");
        wait_until("the command", || file.exists());
        let text = fs::read_to_string(&file).unwrap();
        let environment = text.lines().filter_map(|line| line.split_once('='));
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { child, environment, stderr }
    }

    fn host(&self) -> &str {
        let uri = &self.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        uri.strip_prefix("http://").unwrap().strip_suffix('/').unwrap()
    }

    /// The endpoint's response to a client with the token.
    fn get(&self) -> Value {
        let token = &self.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
        let answer = ask(self.host(), token).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    fn id(&self) -> String {
        self.get()["AccessKeyId"].as_str().unwrap().to_owned()
    }

    fn directory(&self) -> PathBuf {
        Path::new(&self.environment["AWS_CONFIG_FILE"]).parent().unwrap().to_owned()
    }

    /// The stderr of the program and its command.
    fn said(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap()
    }

    /// Ends the command, and checks that nothing remains.
    fn finish(mut self) -> (ExitStatus, String) {
        drop(self.child.stdin.take());
        let (host, directory) = (self.host().to_owned(), self.directory());
        let status = self.child.wait().unwrap();
        assert!(!directory.exists(), "{}", directory.display());
        assert!(TcpStream::connect(host).is_err(), "the port is still open");
        (status, self.said())
    }
}

fn ask(host: &str, token: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn served_command_gets_only_endpoint_and_private_files() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile set]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         region = eu-west-1\noutput = text\nservices = mine\ns3 =\n  addressing_style = path\nunknown = x\n\
         [services mine]\nsqs =\n  endpoint_url = http://localhost:9\n[default]\naws_access_key_id = AKIADEFAULT\n\
         aws_secret_access_key = s\n",
    );
    let stale = [
        ("AWS_ACCESS_KEY_ID", "stale"),
        ("AWS_PROFILE", "stale"),
        ("AWS_ROLE_ARN", "stale"),
        ("AWS_SESSION_TOKEN", "t"),
        ("AMPLIFY_CREDS_PROFILE", "stale"),
        ("AWS_ACCESS_KEY", "stale"),
        ("AWS_ACCOUNT_ID", "stale"),
        ("AWS_BEARER_TOKEN_BEDROCK", "stale"),
        ("AWS_CREDENTIAL_FILE", "stale"),
    ];
    let served = Served::start_with(&home, &["set"], WAIT, &stale);
    let names: Vec<_> =
        served.environment.keys().filter(|name| name.starts_with("AWS_") || name.contains("AMPLIFY")).collect();
    assert_eq!(
        names,
        [
            "AMPLIFY_CREDS_ACTIVE_PROFILE",
            "AMPLIFY_CREDS_CONFIG_FILE",
            "AMPLIFY_CREDS_CREDENTIALS_FILE",
            "AMPLIFY_CREDS_EXPORTED_REGION",
            "AWS_CONFIG_FILE",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL_STS",
            "AWS_REGION",
            "AWS_SHARED_CREDENTIALS_FILE",
        ]
    );
    assert_eq!(served.environment["AWS_REGION"], "eu-west-1");
    assert!(served.host().starts_with("127.0.0.1:"));
    let config = fs::read_to_string(&served.environment["AWS_CONFIG_FILE"]).unwrap();
    let settings = "output = text\nregion = eu-west-1\ns3 =\n  addressing_style = path\nservices = mine\n\n";
    let expected = format!(
        "[default]\n{settings}[profile set]\n{settings}[services mine]\nsqs =\n  endpoint_url = http://localhost:9\n"
    );
    assert_eq!(config, expected);
    assert_eq!(fs::read_to_string(&served.environment["AWS_SHARED_CREDENTIALS_FILE"]).unwrap(), "");
    assert_eq!(fs::metadata(served.directory()).unwrap().permissions().mode() & 0o777, 0o700);
    let document = served.get();
    assert!(document["Token"].is_string() && document["AccountId"] == "222222222222", "{document}");
    let cached: Value = serde_json::from_str(home.run(&["process", "set"]).succeeded()).unwrap();
    assert_eq!((&document["AccessKeyId"], &document["Expiration"]), (&cached["AccessKeyId"], &cached["Expiration"]));

    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| (0..10).for_each(|_| assert_eq!(served.get(), document)));
        }
    });
    assert!(ask(served.host(), "wrong").unwrap().starts_with("HTTP/1.1 401 "));
    assert_eq!(sts.count("AssumeRole"), 1);
    let (status, said) = served.finish();
    assert_eq!((status.code(), said.as_str()), (Some(7), ""));
}

#[test]
fn serve_directory_of_killed_run_is_removed() {
    let (_sts, home) = without_mfa();
    let kill = |mut served: Served| {
        served.child.kill().unwrap();
        served.child.wait().unwrap();
        fs::remove_file(home.path().join("env")).unwrap();
        served.directory()
    };
    let killed = kill(Served::start(&home, &["nomfa"], WAIT));
    let tmpdir = home.path().display().to_string();
    home.run_with(&["process", "nomfa"], &[("TMPDIR", &tmpdir)]).succeeded();
    assert!(killed.join("config").exists(), "a hit sweeps nothing");
    let living = Served::start(&home, &["nomfa"], WAIT);
    assert!(!killed.exists() && living.directory().exists());
    fs::remove_file(home.path().join("env")).unwrap();
    let killed = kill(Served::start(&home, &["nomfa"], WAIT));
    assert_eq!(home.run_with(&["login", "nomfa"], &[("TMPDIR", &tmpdir)]).code, Some(0));
    assert!(!killed.exists() && living.directory().exists());
    living.finish();
}

#[test]
#[ignore = "outlives three sessions of 30 s; .ci/full runs it"]
fn served_session_is_renewed_before_it_expires() {
    let (sts, home) = without_mfa();
    sts.shorten_sessions(30);
    let served = Served::start(&home, &["nomfa"], WAIT);
    for _ in 0..3 {
        let old = served.id();
        // Every request meanwhile is answered, or the test fails.
        wait_until("the next session", || served.id() != old);
    }
    let (status, said) = served.finish();
    assert_eq!((status.code(), said.as_str()), (Some(7), ""));
}

#[test]
fn old_session_is_renewed_before_sdk_refresh() {
    let (sts, home) = without_mfa();
    let id = || json(home.run(&["process", "nomfa"]).succeeded())["AccessKeyId"].clone();
    let old = id();
    // 16 minutes are left: enough for every client now, but not for an hour.
    age_cache(&home, 44 * 60);
    let served = Served::start(&home, &["nomfa"], WAIT);
    wait_until("the new session", || served.id() != old);
    let calls = sts.count("AssumeRole");
    assert_eq!(served.id(), id());
    served.finish();
    assert_eq!(sts.count("AssumeRole"), calls);
}

#[test]
fn renewed_session_is_recorded_once() {
    let (_sts, home) = without_mfa();
    let home = home.with_variable("AMPLIFY_CREDS_AUDIT_LOG", "on");
    home.run(&["process", "nomfa"]).succeeded();
    age_cache(&home, 44 * 60);
    let served = Served::start(&home, &["nomfa"], WAIT);
    wait_until("the renewal's record", || audit::records(&home).len() == 3);
    served.finish();
    let all = audit::records(&home);
    let seen: Vec<_> = all.iter().map(|record| [&record["command"], &record["source"]]).collect();
    assert_eq!(seen, [["process", "new"], ["exec", "cached"], ["exec", "new"]]);
    assert_ne!(all[1]["access_key_id"], all[2]["access_key_id"]);
}

#[test]
fn invalid_renewal_is_reported_and_the_endpoint_goes_on() {
    let (sts, home) = without_mfa();
    let keys = sts.keys_of_role("arn:aws:iam::222222222222:role/NoMfa", "own", 600);
    let document = |id: &str| {
        value!({
            "Version": 1, "AccessKeyId": id, "SecretAccessKey": keys.secret_access_key,
            "SessionToken": keys.session_token, "Expiration": keys.expires.to_rfc3339(),
        })
    };
    home.write("document.json", document(&keys.access_key_id).to_string());
    home.write("next.json", document("ASIAX\n").to_string());
    home.write_program(
        "bin/keys",
        "#!/bin/sh\ncd \"$HOME\"; cat document.json; mv -f next.json document.json || true\n",
    );
    let program = home.path().join("bin/keys");
    add_config(&home, &format!("[profile program]\ncredential_process = {}\n", program.display()));
    let served = Served::start(&home, &["program"], WAIT);
    wait_until("the line", || served.said().contains("the access key id contains the character U+000A"));
    assert_eq!(served.id(), keys.access_key_id);
    let (status, said) = served.finish();
    assert!(status.code() == Some(7) && said.lines().count() == 1 && !said.contains("ASIAX"), "{said}");
}

#[test]
fn renewal_that_needs_code_hints_login_once() {
    let (sts, home) = biz_corp();
    add_config(
        &home,
        "[profile once]\nrole_arn = arn:aws:iam::222222222222:role/BizCorpRole\nsource_profile = devcorpuser\n\
         mfa_serial = arn:aws:iam::111111111111:mfa/devcorpuser\nexternal_id = BizCorp-Ext-4711\nmfa_session = off\n",
    );
    home.run(&["process", "once", "-t", &fresh_code(&sts)]).succeeded();
    age_cache(&home, 50 * 60);
    let served = Served::start(&home, &["once"], WAIT);
    let old = served.id();
    wait_until("the line", || served.said().contains("run: amplify-creds login --refresh once"));
    assert_eq!((served.id(), sts.count("AssumeRole")), (old.clone(), 1));
    let run = home.run(&["login", "--refresh", "once", "-t", &fresh_code(&sts)]);
    assert_eq!(run.code, Some(0), "{run:?}");
    wait_until("what login has got", || served.id() != old);
    let (_, said) = served.finish();
    assert!(said.lines().count() == 1 && said.contains("run: amplify-creds login --refresh once"), "{said}");
}

#[test]
fn renewal_dialog_closes_with_the_command() {
    let (sts, home) = biz_corp();
    home.run(&["process", "bizcorprole", "-t", &fresh_code(&sts)]).succeeded();
    // Both the user's session and the role's have 16 minutes left.
    age_cache(&home, 11 * 3600 + 44 * 60);
    home.run(&["process", "bizcorprole"]).succeeded();
    age_cache(&home, 44 * 60);
    home.write_program("bin/zenity", "#!/bin/sh\necho $$ >\"$HOME/window\"; exec sleep 300\n");
    let path = format!("{}/bin:/usr/bin:/bin", home.path().display());
    let served = Served::start_with(&home, &["bizcorprole", "--prompt", "zenity"], WAIT, &[("PATH", &path)]);
    let window = || fs::read_to_string(home.path().join("window")).unwrap_or_default();
    wait_until("the window", || window().ends_with('\n'));
    let (status, said) = served.finish();
    assert_eq!((status.code(), said.as_str()), (Some(7), ""));
    let is_there = Command::new("kill").args(["-0", window().trim()]).stderr(Stdio::null()).status().unwrap();
    assert!(!is_there.success(), "the window is left open");
}

#[test]
fn exec_serve_forwards_signals_and_exit_status() {
    let (_sts, home) = without_mfa();
    for (signal, name) in [("-TERM", "TERM"), ("-HUP", "HUP"), ("-INT", "INT"), ("-QUIT", "QUIT"), ("-USR1", "USR1")] {
        let _ = fs::remove_file(home.path().join("env"));
        let script = format!(
            "trap 'echo {name} >>\"$HOME/got\"; exit 9' {name}; {}",
            WAIT.replace("cat >/dev/null", "while :; do sleep 0.1; done")
        );
        let mut served = Served::start(&home, &["nomfa"], &script);
        assert!(Command::new("kill").args([signal, &served.child.id().to_string()]).status().unwrap().success());
        assert_eq!(served.child.wait().unwrap().code(), Some(9), "{name}");
        served.finish();
    }
    assert_eq!(fs::read_to_string(home.path().join("got")).unwrap(), "TERM\nHUP\nINT\nQUIT\nUSR1\n");

    let status = home.command(&["exec", "nomfa", "--serve", "--", "sh", "-c", "kill -TERM $$"]).status().unwrap();
    assert_eq!(status.signal(), Some(15));
    let status = home.command(&["exec", "nomfa", "--serve", "--", "sh", "-c", "kill -KILL $$"]).status().unwrap();
    assert!(status.signal() == Some(9) || status.code() == Some(137), "{status:?}");
    // A background process must not block the program.
    let script = "sleep 1000 >/dev/null 2>&1 </dev/null & echo $! >\"$HOME/sleeper\"; exit 5";
    let mut run = home.command(&["exec", "nomfa", "--serve", "--", "sh", "-c", script]).spawn().unwrap();
    wait_until("the end", || run.try_wait().unwrap().is_some());
    assert_eq!(run.wait().unwrap().code(), Some(5));
    let sleeper = fs::read_to_string(home.path().join("sleeper")).unwrap();
    assert!(Command::new("kill").arg(sleeper.trim()).status().unwrap().success());
}

#[test]
fn ignored_signal_stays_ignored_for_the_command() {
    let (_sts, home) = without_mfa();
    let script = "trap '' HUP; exec \"$0\" exec nomfa --serve -- sh -c 'kill -HUP $$ $PPID; echo alive'";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(home.program()).env_clear().envs(home.environment()).env("PATH", "/usr/bin:/bin");
    let run: Finished = shell.output().unwrap().into();
    assert_eq!(run.succeeded(), "alive\n");
}

#[test]
fn served_command_gets_ctrl_c_and_ctrl_z_once() {
    let (_sts, home) = without_mfa();
    // It starts nothing while it waits, because dash hangs if it is stopped during a vfork.
    home.write(
        "job",
        "trap 'echo int >>\"$FILES/got\"; n=$((n+1)); [ $n = 2 ] && exit 3' INT\necho $$ >\"$FILES/pid\"\n\
         mkfifo \"$FILES/quiet\"\nexec 3<>\"$FILES/quiet\"\necho ready\nwhile :; do read -r line <&3; done\n",
    );
    let mut terminal = Terminal::script(
        &home,
        "set -m; \"$PROGRAM\" exec nomfa --serve -- sh \"$HOME/job\"; echo \"stopped $?\"; fg >/dev/null; \
         echo \"ended $?\" >\"$FILES/stdout\"",
    );
    terminal.expect("ready");
    terminal.type_control('c');
    let got = home.path().join("terminal/got");
    wait_until("Ctrl-C", || fs::read_to_string(&got).is_ok_and(|text| text == "int\n"));
    terminal.type_control('z');
    // SIGSTOP: the shell has its terminal back.
    terminal.expect("stopped 147");
    wait_for_foreground(fs::read_to_string(home.path().join("terminal/pid")).unwrap().trim());
    terminal.type_control('c');
    let (_, left) = terminal.finish();
    assert_eq!(left.run.stdout, "ended 3\n", "{left:?}");
    assert_eq!(fs::read_to_string(&got).unwrap(), "int\nint\n");
}

#[test]
fn request_of_other_user_is_not_answered() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can be somebody else");
        return;
    }
    let (_sts, home) = without_mfa();
    let served = Served::start(&home, &["nomfa"], WAIT);
    let (host, port) = served.host().split_once(':').unwrap();
    let token = &served.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
    let script = format!(
        "exec 3<>/dev/tcp/{host}/{port}; printf 'GET / HTTP/1.1\\r\\nHost: {host}:{port}\\r\\nAuthorization: {token}\\r\\n\\r\\n' >&3; cat <&3"
    );
    let asked = |user: &[&str]| {
        let mut command = Command::new("setpriv");
        let output = command.args(user).args(["bash", "-c", &script]).current_dir("/").output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(asked(&["--reuid=0"]).starts_with("HTTP/1.1 200 "));
    assert_eq!(asked(&["--reuid=65534", "--regid=65534", "--clear-groups"]), "");
    served.finish();
}

#[test]
fn botocore_uses_endpoint_despite_default_profile() {
    // The directory of tests/interop/run, if it was run. pyenv and similar tools find Python by the tester's own path.
    let python = |command: &mut Command, script: &str| {
        let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/interop/python");
        command.args(["-c", script]).env("PYTHONPATH", installed).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("PATH", std::env::var_os("PATH").unwrap()).output().ok()
    };
    if !python(&mut Command::new("python3"), "import botocore").is_some_and(|run| run.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "botocore must be there in CI");
        eprintln!("SKIPPED: no botocore here");
        return;
    }
    let (_sts, home) = without_mfa();
    add_config(&home, "[default]\nregion = us-west-2\n");
    home.credentials(&format!(
        "{}\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n",
        fs::read_to_string(home.path().join(".aws/credentials")).unwrap()
    ));
    let script = "import botocore.session as b; s = b.Session(); c = s.get_credentials(); \
        print(c.method, c.get_frozen_credentials().access_key, s.get_config_variable('region'))";
    let mut command = home.command(&["exec", "nomfa", "--region", "eu-west-1", "--serve", "--", "python3"]);
    let output = python(&mut command, script).unwrap();
    let id: Value = serde_json::from_str(home.run(&["process", "nomfa"]).succeeded()).unwrap();
    let expected = format!("container-role {} eu-west-1\n", id["AccessKeyId"].as_str().unwrap());
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{output:?}");
}

#[test]
fn nested_program_finds_profiles_of_user() {
    let (_sts, home) = without_mfa();
    let script = format!(
        "{PROGRAM} exec devcorpuser --serve -- sh -c 'echo $AMPLIFY_CREDS_ACTIVE_PROFILE; {PROGRAM} list | wc -l'"
    );
    let run = home.run(&["exec", "nomfa", "--serve", "--", "sh", "-c", &script]);
    let mut lines = run.succeeded().lines();
    assert_eq!(lines.next(), Some("devcorpuser"));
    assert!(lines.next().unwrap().trim().parse::<u32>().unwrap() >= 3, "{run:?}");
}

#[test]
fn failed_exec_serve_leaves_no_files() {
    let (_sts, home) = without_mfa();
    let temporary = home.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let variables = [("TMPDIR", temporary.to_str().unwrap())];
    home.run_with(&["exec", "nomfa", "--serve", "--", "no-such-command"], &variables).failed_with(127);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let with_port = |port: &str| {
        let variables = [variables[0], ("AMPLIFY_CREDS_SERVE_PORT", port)];
        home.run_with(&["exec", "nomfa", "--serve", "--", "printenv", "AWS_CONTAINER_CREDENTIALS_FULL_URI"], &variables)
    };
    with_port(&port).failed_with(125);
    with_port("http").failed_with(125);
    drop(taken);
    // A child of another test may still hold our old port.
    wait_until("the free port", || with_port(&port).stdout == format!("http://127.0.0.1:{port}/\n"));
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}
