//! `broker`, and the commands that ask it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use test_support::biz_corp::{BIZ_CORP_ROLE, MFA_SERIAL, NO_MFA_ROLE};
use test_support::{FakeSts, Fault, Finished, Terminal, TestHome, World, wait_until};

use crate::PROGRAM;

fn home(sts: &FakeSts) -> TestHome {
    let home = TestHome::biz_corp(PROGRAM, sts);
    let config = fs::read_to_string(home.file(".aws/config")).unwrap();
    let role = format!("role_arn = {NO_MFA_ROLE}\nsource_profile = devcorpuser\nregion = eu-west-1\n");
    home.config(&format!("{config}\n[profile nomfa]\n{role}\n[profile other]\n{role}"));
    home
}

fn sts() -> FakeSts {
    FakeSts::start(World::biz_corp())
}

/// A broker as a background process, and its clients.
struct Broker {
    process: Child,
    socket: PathBuf,
}

impl Broker {
    fn start(home: &TestHome, args: &[&str]) -> Self {
        let socket = socket_of(home);
        let mut command = home.command(&[&["broker", "--socket", socket.to_str().unwrap()], args].concat());
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line}");
        // Otherwise the next message would end the broker.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { process, socket }
    }

    fn ask(&self, args: &[&str]) -> Finished {
        ask(&self.socket, args)
    }

    fn raw(&self, request: &[u8]) -> String {
        let mut stream = UnixStream::connect(&self.socket).unwrap();
        stream.write_all(request).unwrap();
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply);
        reply
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn socket_of(home: &TestHome) -> PathBuf {
    home.file("run/broker.sock")
}

/// A client without a home.
fn client(socket: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).env_clear().env("AMPLIFY_CREDS_SOCKET", socket).stdin(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn ask(socket: &Path, args: &[&str]) -> Finished {
    client(socket, args).output().unwrap().into()
}

fn key_of(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap();
    document["AccessKeyId"].as_str().unwrap().to_owned()
}

#[test]
fn client_gets_the_credentials_of_an_offered_profile() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa", "other"]);
    let key = key_of(broker.ask(&["process", "nomfa"]).succeeded());
    assert_eq!(key_of(home.run(&["process", "nomfa"]).succeeded()), key, "the host has the same session");
    let exported = broker.ask(&["env", "nomfa", "--shell", "bash"]);
    for line in [format!("export AWS_ACCESS_KEY_ID='{key}';"), "export AWS_REGION='eu-west-1';".to_owned()] {
        assert!(exported.succeeded().contains(&line), "{exported:?}");
    }
    let run = broker.ask(&["exec", "nomfa", "--region", "us-west-2", "--", "/usr/bin/env"]);
    assert!(
        run.succeeded().contains(&format!("AWS_ACCESS_KEY_ID={key}\n")) && run.stdout.contains("AWS_REGION=us-west-2")
    );
    let identity: Value = serde_json::from_str(broker.ask(&["whoami", "nomfa", "--json"]).succeeded()).unwrap();
    assert_eq!((&identity["account"], &identity["profile"]), (&json!("222222222222"), &json!("nomfa")));
    assert!(broker.ask(&["whoami", "nomfa"]).succeeded().starts_with("profile nomfa\n  account "));
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn client_lists_and_checks_the_offer() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa", "bizcorprole", "nomfa"]);
    broker.ask(&["process", "nomfa"]).succeeded();
    let listed = broker.ask(&["list"]);
    let lines: Vec<Vec<_>> = listed.succeeded().lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["PROFILE", "KIND", "ACCOUNT", "ROLE", "REGION", "MFA", "SESSION"]);
    assert_eq!(lines[1][..5], ["nomfa", "role", "222222222222", "NoMfa", "eu-west-1"]);
    assert_eq!(lines[2], ["bizcorprole", "role", "222222222222", "BizCorpRole", "us-east-1", "yes"]);
    assert_eq!(lines.len(), 3);
    let listed: Value = serde_json::from_str(broker.ask(&["list", "--json"]).succeeded()).unwrap();
    assert_eq!(listed[0]["role_arn"], NO_MFA_ROLE);
    assert!(listed[0]["session"]["seconds_left"].as_i64() > Some(3000) && listed[1]["session"].is_null(), "{listed}");
    let expected = format!("the broker at {} answers for: nomfa, bizcorprole\n", broker.socket.display());
    assert_eq!(broker.ask(&["doctor"]).succeeded(), expected);
    let report: Value = serde_json::from_str(broker.ask(&["doctor", "--json"]).succeeded()).unwrap();
    assert_eq!(report["broker"]["profiles"], json!(["nomfa", "bizcorprole"]));
    broker.ask(&["doctor", "devcorpuser"]).failed_with(3);
    let completed = broker.ask(&["complete", "--", "amplify-creds", "process", "b"]);
    assert!(completed.succeeded().starts_with("bizcorprole"), "{completed:?}");
}

#[test]
fn client_cannot_get_more_than_the_broker_offers() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa", "other"]);
    let refused = |code, args: &[&str]| {
        let run = broker.ask(args);
        // `exec` has a status of its own for failures before the command.
        run.failed_with(if args[0] == "exec" { 125 } else { code });
    };
    for verb in ["process", "env", "whoami", "exec"] {
        refused(3, &[verb, "devcorpuser"]);
        refused(3, &[verb, "no\nsuch"]);
        refused(3, &[verb]);
        for options in [
            ["--role-arn", BIZ_CORP_ROLE],
            ["--external-id", "x"],
            ["--session-name", "x"],
            ["--policy-arn", "read-only"],
            ["--policy", "{}"],
            ["--tag", "a=b"],
            ["--source-identity", "x"],
            ["--provided-context", "a=b"],
            ["--duration", "2h"],
            ["--min-ttl", "2h"],
            ["--lock-timeout", "5"],
            ["--mfa-token", "123456"],
            ["--prompt", "none"],
            ["--config-file", "/dev/null"],
            ["--credentials-file", "/dev/null"],
            ["--dialect", "aws"],
        ] {
            refused(2, &[verb, "nomfa", options[0], options[1]]);
        }
        for option in ["--refresh", "--no-cache"] {
            refused(2, &[verb, "nomfa", option]);
        }
    }
    refused(2, &["process", "nomfa", "--region", "us-east-1"]);
    refused(2, &["exec", "nomfa", "--serve", "--", "true"]);
    for args in [
        &["explain", "nomfa"][..],
        &["sessions"],
        &["login", "nomfa"],
        &["logout", "nomfa"],
        &["console", "nomfa"],
        &["check", "nomfa"],
        &["setup"],
        &["reset-cache", "--all"],
        &["keys", "list"],
        &["policy", "trust", "nomfa"],
        &["boundary", "show"],
        &["broker", "nomfa", "--socket", "x"],
        &["acreds", "nomfa"],
        &["list", "--properties"],
        &["doctor", "--fix"],
    ] {
        refused(2, args);
    }
    assert_eq!(sts.calls().len(), 0);
    broker.ask(&["process", "nomfa", "--duration", "15m", "--min-ttl", "10m"]).succeeded();
    let duration = sts.calls()[0].param("DurationSeconds").map(str::to_owned);
    assert_eq!(duration.as_deref(), Some("900"));
}

#[test]
fn variables_of_the_client_do_not_matter() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    // Reading it would be an error.
    let files = TestHome::new(PROGRAM);
    files.config("[broken\n");
    files.write(".config/amplify-creds/config.ini", "nonsense");
    let other = FakeSts::start(World::biz_corp());
    let run = client(&broker.socket, &["process"])
        .env("HOME", files.path())
        .env("AWS_CONFIG_FILE", files.file(".aws/config"))
        .env("AWS_ACCESS_KEY_ID", "AKIAOTHER")
        .env("AWS_SECRET_ACCESS_KEY", "x")
        .env("AWS_ROLE_ARN", BIZ_CORP_ROLE)
        .env("AMPLIFY_CREDS_SESSION_NAME", "mine")
        .env("AWS_ENDPOINT_URL_STS", other.url())
        .output();
    let key = key_of(Finished::from(run.unwrap()).succeeded());
    assert!(key.starts_with("ASIA"));
    assert_eq!((sts.count("AssumeRole"), other.calls().len()), (1, 0));
    assert!(!files.path().join(".amplify").exists());
}

#[test]
fn one_prompt_on_the_host_serves_all_clients() {
    const CLIENTS: usize = 64;
    let sts = sts();
    let home = home(&sts);
    let socket = socket_of(&home);
    let mut terminal =
        Terminal::start(&home, &format!("broker bizcorprole --socket {}", socket.display()), "</dev/null");
    wait_until("the socket", || socket.exists());
    let mut waiting = Command::new(PROGRAM);
    waiting.args(["process", "-v"]).env_clear().env("AMPLIFY_CREDS_SOCKET", &socket);
    let mut waiting = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    terminal.expect("Profile bizcorprole is configured to assume role");
    terminal.expect("MFA token code:");
    let mut lines = BufReader::new(waiting.stderr.take().unwrap()).lines();
    let expected = "amplify-creds: waiting for an MFA code for profile bizcorprole, on the broker's host";
    assert!(lines.any(|line| line.unwrap() == expected));
    let others: Vec<_> = (0..CLIENTS)
        .map(|_| client(&socket, &["process"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    terminal.type_line(&sts.current_code(MFA_SERIAL));
    let documents: Vec<_> = others
        .into_iter()
        .chain([waiting])
        .map(|child| key_of(Finished::from(child.wait_with_output().unwrap()).succeeded()))
        .collect();
    assert!(documents.iter().all(|document| *document == documents[0]));
    assert_eq!(sts.count("AssumeRole"), 1);
    end(&socket, terminal);
}

#[test]
fn refused_prompt_silences_its_profile_only() {
    let sts = sts();
    let home = home(&sts);
    let socket = socket_of(&home);
    let words = format!("broker bizcorprole nomfa --socket {}", socket.display());
    let mut terminal = Terminal::start(&home, &words, "</dev/null");
    wait_until("the socket", || socket.exists());
    let asking = client(&socket, &["process", "bizcorprole"]).stderr(Stdio::piped()).spawn().unwrap();
    terminal.expect("MFA token code:");
    // A prompt for one profile does not delay another.
    ask(&socket, &["process", "nomfa"]).succeeded();
    terminal.type_control('c');
    let run = Finished::from(asking.wait_with_output().unwrap());
    run.failed_with(4);
    assert!(run.stderr.contains("the prompt on the broker's host was cancelled"), "{run:?}");
    let again = ask(&socket, &["process", "bizcorprole"]);
    again.failed_with(4);
    let expected = "amplify-creds: profile bizcorprole needs an MFA code, and the last prompt was not answered\n  \
                    the broker prompts again in ";
    assert!(again.stderr.starts_with(expected), "{again:?}");
    assert!(again.stderr.contains("hint: on the host: run: amplify-creds login bizcorprole\n"), "{again:?}");
    // The session of `login` on the host ends the silence.
    let code = sts.current_code(MFA_SERIAL);
    assert_eq!(home.run(&["login", "bizcorprole", "--mfa-token", &code]).code, Some(0));
    ask(&socket, &["process", "bizcorprole"]).succeeded();
    end(&socket, terminal);
}

fn output(program: &str, args: &[&str]) -> String {
    String::from_utf8(Command::new(program).args(args).output().unwrap().stdout).unwrap().trim().to_owned()
}

/// The process of a broker in a terminal.
fn pid_of(socket: &Path) -> String {
    output("pgrep", &["-f", &format!("^{PROGRAM} broker .*--socket {}$", socket.display())])
}

/// Ends a broker in a terminal.
fn end(socket: &Path, terminal: Terminal) {
    output("kill", &["-TERM", &pid_of(socket)]);
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!socket.exists());
}

#[test]
fn broker_in_the_background_does_not_stop() {
    let sts = sts();
    let home = home(&sts);
    let socket = socket_of(&home);
    let broker = format!("set -m; \"$PROGRAM\" broker bizcorprole nomfa --socket {} 2>/dev/null &", socket.display());
    let mut terminal = Terminal::script(&home, &format!("{broker} read line; kill %1; wait"));
    wait_until("the socket", || socket.exists());
    let run = ask(&socket, &["process", "bizcorprole"]);
    run.failed_with(4);
    assert!(run.stderr.contains("no prompt is possible here"), "{run:?}");
    ask(&socket, &["process", "nomfa"]).succeeded();
    terminal.type_line("");
    terminal.finish();
}

/// Signals and text of the time before the prompt.
#[test]
fn prompt_begins_fresh() {
    let sts = sts();
    let home = home(&sts);
    let socket = socket_of(&home);
    let words = format!("broker bizcorprole --socket {}", socket.display());
    let mut terminal = Terminal::start(&home, &words, "</dev/null");
    wait_until("the socket", || socket.exists());
    let asking = || client(&socket, &["process"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for _ in 0..4 {
        terminal.type_line("");
    }
    let first = asking();
    terminal.expect("MFA token code:");
    // The terminal has shown the prompt, so that all lines were read or discarded.
    terminal.type_line(&sts.current_code(MFA_SERIAL));
    let run = Finished::from(first.wait_with_output().unwrap());
    let key = key_of(run.succeeded());
    home.run(&["reset-cache", "--all"]);
    sts.forget_used_codes();
    // After a first prompt, the broker itself stops at Ctrl-Z.
    let pid = pid_of(&socket);
    let is_stopped = || output("ps", &["-o", "stat=", "-p", &pid]).starts_with('T');
    output("kill", &["-TSTP", &pid]);
    wait_until("the stop", is_stopped);
    output("kill", &["-CONT", &pid]);
    let second = asking();
    terminal.expect("MFA token code:");
    terminal.type_line(&sts.current_code(MFA_SERIAL));
    let run = Finished::from(second.wait_with_output().unwrap());
    assert_ne!(key_of(run.succeeded()), key);
    end(&socket, terminal);
}

#[test]
fn limit_of_open_files_is_raised() {
    let sts = sts();
    let home = home(&sts);
    let socket = socket_of(&home);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -S -n 64; exec \"$0\" broker nomfa --socket \"$1\"", PROGRAM]).arg(&socket);
    command.env_clear().envs(home.environment()).stdin(Stdio::null()).stderr(Stdio::null());
    let broker = Broker { process: command.spawn().unwrap(), socket };
    wait_until("the socket", || broker.socket.exists());
    let clients: Vec<_> = (0..100)
        .map(|_| client(&broker.socket, &["process"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    for child in clients {
        Finished::from(child.wait_with_output().unwrap()).succeeded();
    }
}

#[test]
fn no_input_of_the_client_prevents_a_prompt() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["bizcorprole"]);
    let run = broker.ask(&["process", "--no-input"]);
    run.failed_with(4);
    // Without a terminal there is no prompt to refuse.
    for _ in 0..2 {
        let run = broker.ask(&["process"]);
        run.failed_with(4);
        assert!(run.stderr.contains("no prompt is possible here"), "{run:?}");
    }
}

#[test]
fn policy_of_the_broker_limits_every_session() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa", "--policy-arn", "read-only", "--duration", "30m"]);
    broker.ask(&["process"]).succeeded();
    broker.ask(&["process", "--duration", "31m"]).failed_with(2);
    let calls = sts.calls();
    let value = |name| calls[0].param(name);
    assert_eq!(value("PolicyArns.member.1.arn"), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    assert_eq!((value("DurationSeconds"), calls.len()), (Some("1800"), 1));
}

#[test]
fn changed_profile_applies_at_once() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    let before = key_of(broker.ask(&["process"]).succeeded());
    let config = fs::read_to_string(home.file(".aws/config")).unwrap();
    home.config(&config.replace("[profile nomfa]\n", "[profile nomfa]\nrole_session_name = new\n"));
    assert_ne!(key_of(broker.ask(&["process"]).succeeded()), before);
    home.config(
        &config.replace(&format!("[profile nomfa]\nrole_arn = {NO_MFA_ROLE}"), "[profile nomfa]\nrole_arn = nonsense"),
    );
    let run = broker.ask(&["process"]);
    run.failed_with(3);
    assert!(run.stderr.contains("at ~/.aws/config:"), "{run:?}");
    home.config(&config);
    assert_eq!(key_of(broker.ask(&["process"]).succeeded()), before);
}

#[test]
fn failure_at_aws_is_reported_as_on_the_host() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    sts.fault(Fault::error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"), None);
    let run = broker.ask(&["process"]);
    run.failed_with(5);
    assert!(run.stderr.contains("AWS: not authorized"), "{run:?}");
    assert!(run.stderr.contains("hint: on the host: "), "{run:?}");
}

#[test]
fn dead_socket_is_explained_and_replaced() {
    let sts = sts();
    let home = home(&sts);
    let mut broker = Broker::start(&home, &["nomfa"]);
    broker.process.kill().unwrap();
    broker.process.wait().unwrap();
    for verb in ["process", "list", "doctor"] {
        let run = broker.ask(&[verb]);
        run.failed_with(6);
        assert!(
            run.first_error_line()
                .starts_with("amplify-creds: cannot ask the broker: no process listens on the socket (/"),
            "{run:?}"
        );
        assert!(run.stderr.contains("StreamLocalBindUnlink yes"), "{run:?}");
    }
    let living = Broker::start(&home, &["nomfa"]);
    living.ask(&["process"]).succeeded();
    let second = home.run(&["broker", "nomfa", "--socket", living.socket.to_str().unwrap()]);
    second.failed_with(2);
    assert!(
        second.first_error_line().starts_with("amplify-creds: cannot listen: another process listens on it ("),
        "{second:?}"
    );
    living.ask(&["process"]).succeeded();
    for (path, reason) in [("/dev/null", "it is not a socket"), (&"/x".repeat(60), "its path is longer than")] {
        let run = ask(Path::new(path), &["process"]);
        run.failed_with(6);
        assert!(run.first_error_line().contains(reason) && !run.stderr.contains("rm "), "{run:?}");
    }
    fs::remove_file(&living.socket).unwrap();
    let run = living.ask(&["process"]);
    run.failed_with(6);
    assert!(run.first_error_line().contains("the socket is missing"), "{run:?}");
}

#[test]
fn signal_removes_the_socket() {
    for signal in ["-TERM", "-INT", "-HUP"] {
        let sts = sts();
        let home = home(&sts);
        let mut broker = Broker::start(&home, &["nomfa"]);
        let pid = broker.process.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(broker.process.wait().unwrap().code(), Some(0), "{signal}");
        assert!(!broker.socket.exists(), "{signal}");
    }
}

#[test]
fn broker_checks_its_arguments_before_it_listens() {
    let sts = sts();
    let home = home(&sts);
    let socket = socket_of(&home);
    let socket = socket.to_str().unwrap();
    home.run(&["broker", "--socket", socket]).failed_with(2);
    home.run(&["broker", "nomfa"]).failed_with(2);
    home.run(&["broker", "nomfa", "missing", "--socket", socket]).failed_with(3);
    for option in ["--refresh", "--no-cache"] {
        home.run(&["broker", "nomfa", "--socket", socket, option]).failed_with(2);
    }
    home.run(&["broker", "nomfa", "--socket", socket, "-t", "123456"]).failed_with(2);
    home.run(&["broker", "-p", "nomfa", "nomfa", "--socket", socket]).failed_with(2);
    assert!(!Path::new(socket).exists());
    fs::create_dir_all(home.file("open")).unwrap();
    fs::set_permissions(home.file("open"), fs::Permissions::from_mode(0o755)).unwrap();
    let open = home.file("open/s");
    let run = home.run(&["broker", "nomfa", "--socket", open.to_str().unwrap()]);
    run.failed_with(2);
    assert!(run.stderr.contains("hint: use a directory of its own: --socket "), "{run:?}");
    home.write("run/broker.sock", "mine");
    fs::set_permissions(home.file("run"), fs::Permissions::from_mode(0o700)).unwrap();
    home.run(&["broker", "nomfa", "--socket", socket]).failed_with(2);
    assert_eq!(fs::read(socket).unwrap(), b"mine");
}

#[test]
fn malformed_requests_and_silent_clients_do_not_disturb() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    let silent: Vec<_> = (0..300)
        .map(|number| {
            let mut stream = UnixStream::connect(&broker.socket).unwrap();
            stream.write_all(if number % 2 == 0 { b"" } else { b"{\"version\":1" }).unwrap();
            stream
        })
        .collect();
    broker.ask(&["process"]).succeeded();
    let error = |request: &[u8]| {
        let reply: Value = serde_json::from_str(&broker.raw(request)).unwrap();
        format!("{}: {}", reply["error"]["code"].as_str().unwrap(), reply["error"]["message"].as_str().unwrap())
    };
    assert_eq!(error(b"GET / HTTP/1.1\r\n\r\n"), "usage: this is not a request of amplify-creds");
    assert_eq!(error(&[b'x'; 5000]), "usage: the request to the broker is too long");
    assert_eq!(
        error(b"{\"version\":2,\"action\":\"credentials\"}\n"),
        "usage: the client has version 2 of the broker's protocol, and the broker has version 1"
    );
    let wider = br#"{"version":1,"action":"credentials","profile":"nomfa","role_arn":"x"}"#;
    assert_eq!(error(&[wider, &b"\n"[..]].concat()), "usage: a client of the broker cannot set role_arn");
    let profile = br#"{"version":1,"action":"credentials","profile":"devcorpuser"}"#;
    assert!(error(&[profile, &b"\n"[..]].concat()).starts_with("profile_not_found: "));
    broker.ask(&["process"]).succeeded();
    drop(silent);
}

#[test]
fn malformed_reply_is_an_error() {
    let home = TestHome::new(PROGRAM);
    let rows: [(&[u8], &str); 5] = [
        (b"", "the connection ended without a reply"),
        (b"{\"credentials\":", "the connection ended without a reply"),
        (b"nonsense\n", "the reply is malformed"),
        (b"{\"profiles\":[]}\n", "the reply is malformed"),
        (
            b"{\"waiting\":\"\\u001b[31m\"}\n{\"error\":{\"code\":\"usage\",\"message\":\"a\\u001bb\"}}\n",
            "amplify-creds: a\u{fffd}b",
        ),
    ];
    for (number, (reply, expected)) in rows.into_iter().enumerate() {
        let path = home.file(&format!("{number}.sock"));
        let listener = UnixListener::bind(&path).unwrap();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(reply).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let run = ask(&path, &["process", "-v"]);
        answering.join().unwrap();
        assert_eq!(run.stdout, "", "{run:?}");
        assert!(run.stderr.contains(expected) && !run.stderr.contains('\x1b'), "{expected}: {run:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn audit_log_names_the_client_of_each_grant() {
    const CLIENTS: usize = 8;
    let sts = sts();
    let home = home(&sts).with_variable("AMPLIFY_CREDS_AUDIT_LOG", "on");
    let broker = Broker::start(&home, &["nomfa"]);
    sts.fault_on("AssumeRole", Fault::HELD, Some(1));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| client(&broker.socket, &["process"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let ids: Vec<_> = clients.iter().map(|client| json!(client.id())).collect();
    sts.wait_for("AssumeRole", 1);
    sts.clear_faults();
    let keys: Vec<_> = clients
        .into_iter()
        .map(|child| key_of(Finished::from(child.wait_with_output().unwrap()).succeeded()))
        .collect();
    broker.ask(&["whoami"]).succeeded();
    broker.ask(&["process", "other"]).failed_with(3);
    let records: Value = serde_json::from_str(home.run(&["audit", "--json"]).succeeded()).unwrap();
    let records = records.as_array().unwrap();
    assert_eq!(records.len(), CLIENTS, "{records:#?}");
    for record in records {
        assert_eq!(
            (&record["by"], &record["command"], &record["profile"]),
            (&json!("socket"), &json!("broker"), &json!("nomfa"))
        );
        assert_eq!(record["access_key_id"], keys[0]);
        assert!(ids.contains(&record["pid"]), "{record}");
        assert_eq!(record["processes"][0], "amplify-creds", "{record}");
    }
    assert_eq!(records.iter().filter(|record| record["source"] == "new").count(), 1, "{records:#?}");
    let table = home.run(&["audit"]);
    assert!(table.succeeded().contains("by socket: amplify-creds, "), "{table:?}");
}

#[test]
fn many_clients_at_once_are_answered() {
    const CLIENTS: usize = 256;
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| client(&broker.socket, &["process"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let killed: Vec<_> =
        (0..16).map(|_| client(&broker.socket, &["process"]).stdout(Stdio::null()).spawn().unwrap()).collect();
    for mut child in killed {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let keys: Vec<_> = clients
        .into_iter()
        .map(|child| key_of(Finished::from(child.wait_with_output().unwrap()).succeeded()))
        .collect();
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "makes 100,000 requests in one to two minutes; .ci/full runs it"]
fn memory_does_not_grow_with_requests() {
    const GROWTH: u64 = 4 << 10;
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    let memory = || -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", broker.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let ask = |requests: usize| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..requests / 8 {
                        let reply = broker.raw(b"{\"version\":1,\"action\":\"credentials\"}\n");
                        assert!(reply.starts_with("{\"credentials\":"), "{reply}");
                    }
                });
            }
        });
    };
    ask(1000);
    let before = memory();
    ask(100_000);
    let after = memory();
    eprintln!("memory of the broker: {before} kB after 1,000 requests, {after} kB after 101,000");
    assert!(after < before + GROWTH, "{before} kB, {after} kB");
    let descriptors = fs::read_dir(format!("/proc/{}/fd", broker.process.id())).unwrap().count();
    assert!(descriptors < 64, "{descriptors} open files");
}

#[test]
#[ignore = "waits 15 s for the limit of a silent broker; .ci/full runs it"]
fn stopped_broker_is_reported() {
    let sts = sts();
    let home = home(&sts);
    let broker = Broker::start(&home, &["nomfa"]);
    let pid = broker.process.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
    let run = broker.ask(&["process"]);
    run.failed_with(6);
    assert!(run.first_error_line().contains("no reply within 15 seconds"), "{run:?}");
    assert!(Command::new("kill").args(["-CONT", &pid]).status().unwrap().success());
    broker.ask(&["process"]).succeeded();
}

/// Runs `command` in namespaces of its own, where the root directory has only the program, its libraries and the
/// directory of the socket.
#[cfg(target_os = "linux")]
fn in_sandbox(home: &TestHome, socket: &Path, command: &str) -> Option<Finished> {
    let root = home.path().join("sandbox");
    fs::create_dir_all(&root).unwrap();
    let script = "
        set -e
        bind() { mkdir -p \"$ROOT${2%/*}\"; [ -d \"$1\" ] && mkdir -p \"$ROOT$2\" || : >\"$ROOT$2\"; mount --bind \"$1\" \"$ROOT$2\"; }
        bind \"$PROGRAM\" /bin/amplify-creds
        bind \"$SOCKET\" /run/creds
        for library in $(ldd \"$PROGRAM\" | grep -o '/[^ ]*'); do bind \"$library\" \"$library\"; done
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin AMPLIFY_CREDS_SOCKET=/run/creds/broker.sock chroot \"$ROOT\" /bin/amplify-creds $COMMAND";
    let unshare = |script: &str| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--mount", "--net", "sh", "-c", script]).env("ROOT", &root);
        unshare.env("PROGRAM", PROGRAM).env("SOCKET", socket.parent().unwrap()).env("COMMAND", command);
        unshare.stdin(Stdio::null()).output()
    };
    if !unshare("mount -t tmpfs none \"$ROOT\"").is_ok_and(|output| output.status.success()) {
        eprintln!("this machine does not allow namespaces");
        return None;
    }
    Some(unshare(script).unwrap().into())
}

#[test]
#[cfg(target_os = "linux")]
fn agent_in_a_sandbox_gets_only_the_limited_profile() {
    let sts = sts();
    let home = home(&sts);
    assert_eq!(home.run(&["setup", "nomfa", "--for-agent", "--yes", "-q"]).code, Some(0));
    let broker = Broker::start(&home, &["nomfa-agent"]);
    let Some(run) = in_sandbox(&home, &broker.socket, "process nomfa-agent") else { return };
    let limited = key_of(run.succeeded());
    let call = &sts.calls()[0];
    assert_eq!(call.param("PolicyArns.member.1.arn"), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    let identity = in_sandbox(&home, &broker.socket, "whoami").unwrap();
    assert!(identity.succeeded().contains("assumed-role/NoMfa/agent-nomfa"), "{identity:?}");
    for (command, code) in [
        ("process nomfa", 3),
        ("process devcorpuser", 3),
        ("process nomfa-agent --policy-arn arn:aws:iam::aws:policy/AdministratorAccess", 2),
        ("process nomfa-agent --role-arn arn:aws:iam::222222222222:role/Deploy", 2),
        ("process nomfa-agent --duration 2h", 2),
        ("explain nomfa", 2),
    ] {
        in_sandbox(&home, &broker.socket, command).unwrap().failed_with(code);
    }
    assert_eq!(sts.count("AssumeRole"), 1);
    // Outside, a process of the same user can use the other profile.
    assert_ne!(key_of(home.run(&["process", "nomfa"]).succeeded()), limited);
    assert_eq!(sts.calls().last().unwrap().param("PolicyArns.member.1.arn"), None);
}
