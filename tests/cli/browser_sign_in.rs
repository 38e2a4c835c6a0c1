//! `login` signs in with the browser of this machine, and `sign_in = auto` does so for many processes at once.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::{fs, thread};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json as value;
use sha1::{Digest, Sha1};
use test_support::{Finished, Page, http, identity_center, wait_until};

use crate::bases::hex;
use crate::sign_in::{REGISTRATION, Story, story};
use crate::{PROGRAM, json};

/// Of a registration for authorization codes, which an old AWS CLI must not find.
const OWN_REGISTRATION: &str = "{\"region\": \"eu-west-1\", \"scopes\": [\"sso:account:access\"], \
    \"session_name\": \"corp\", \"startUrl\": \"https://corp.example/start\", \"tool\": \"amplify-creds\"}";

impl Story {
    /// Runs the program with a browser that only records its pages.
    fn spawn(&self, args: &[&str], more: &[(&str, &str)]) -> thread::JoinHandle<Finished> {
        let child = self.with_browser(args, more).spawn().unwrap();
        thread::spawn(move || Finished::from(child.wait_with_output().unwrap()))
    }

    fn with_browser(&self, args: &[&str], more: &[(&str, &str)]) -> Command {
        let url = self.center.url();
        let pages = self.home.path().join("pages").display().to_string();
        let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{pages}'\n");
        let browser = self.home.path().join("browser");
        if !browser.exists() {
            self.home.write_program("browser", script);
        }
        let mut command = self.home.command(args);
        command.env("BROWSER", browser).env("AWS_ENDPOINT_URL_SSO", &url).env("AWS_ENDPOINT_URL_SSO_OIDC", &url);
        command.envs(more.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn pages(&self) -> Vec<String> {
        let text = fs::read_to_string(self.home.path().join("pages")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn next_page(&self, number: usize) -> String {
        wait_until("the browser's page", || self.pages().len() > number);
        self.pages().remove(number)
    }
}

fn header(response: &http::Response, name: &str) -> String {
    let found = response.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).unwrap()
}

/// The address that the start page redirects to.
fn authorize_address(start: &str) -> String {
    let reply = http::send("GET", start, &[], b"").unwrap();
    assert_eq!(reply.status, 303);
    header(&reply, "location")
}

fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
    value.replace("%3A", ":").replace("%2F", "/")
}

#[test]
fn browser_signs_in_with_pkce() {
    let story = story();
    story.center.approve_at_once();
    let run = story.spawn(&["login", "sso"], &[]);
    let start = story.next_page(0);
    assert!(!start.contains("state") && !start.contains("challenge"), "{start}");
    let page = Page::open(&start).unwrap();
    assert!(page.text().contains("<h1 class=\"good\">Signed in</h1>"), "{}", page.text());
    assert!(page.text().contains("account 111111111111, role Own"), "{}", page.text());
    let run = run.join().unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!((story.center.registrations(), story.center.authorizations(), story.center.renewals()), (1, 1, 1));
    let registration = story.file(OWN_REGISTRATION).unwrap();
    assert_eq!(registration["grantTypes"], value!(["authorization_code", "refresh_token"]));
    assert_eq!(story.file("corp").unwrap()["clientId"], registration["clientId"]);
    let sent = story.center.last_registration().unwrap();
    assert_eq!(sent["redirectUris"], value!(["http://127.0.0.1/oauth/callback"]));
    assert_eq!(sent["clientName"], "botocore-client-corp");
    assert_eq!(sent["issuerUrl"], "https://corp.example/start");
}

#[test]
fn sign_in_for_clients_of_the_broker_is_on_its_host() {
    let story = story();
    story.center.approve_at_once();
    let socket = story.home.path().join("run/socket");
    let mut broker = story.with_browser(&["broker", "sso", "--socket", socket.to_str().unwrap()], &[]).spawn().unwrap();
    wait_until("the socket", || socket.exists());
    let mut client = Command::new(PROGRAM);
    client.args(["process", "-v"]).env_clear().env("AMPLIFY_CREDS_SOCKET", &socket).stdin(Stdio::null());
    let client = client.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    Page::open(&story.next_page(0)).unwrap();
    let run = Finished::from(client.wait_with_output().unwrap());
    let expected = "amplify-creds: waiting for a sign-in for profile sso, on the broker's host\n";
    assert!(run.stderr.ends_with(expected), "{run:?}");
    assert_eq!(json(&run.stdout)["Version"], 1);
    kill(Pid::from_raw(broker.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    assert_eq!(broker.wait().unwrap().code(), Some(0));
}

/// The AWS CLI before 2.22 uses any registration in its file for device codes.
#[test]
fn browser_sign_in_keeps_the_device_registration_of_the_aws_cli() {
    let story = story();
    assert_eq!(story.run(&["login", "sso"]).code, Some(0));
    let of_device = story.file(REGISTRATION).unwrap();
    story.center.approve_at_once();
    for number in 0..2 {
        story.center.sign_out();
        let run = story.spawn(&["login", "sso", "--refresh"], &[]);
        Page::open(&story.next_page(number)).unwrap();
        assert_eq!(run.join().unwrap().code, Some(0));
    }
    assert_eq!(story.file(REGISTRATION).unwrap(), of_device);
    assert_eq!(story.center.registrations(), 2);
}

/// The AWS CLI since 2.22 stores a registration with `grantTypes` in its file.
#[test]
fn browser_sign_in_uses_the_registration_of_the_aws_cli() {
    let story = story();
    let name = hex(&Sha1::digest(REGISTRATION));
    let of_the_cli = value!({
        "clientId": identity_center::CLIENT.0,
        "clientSecret": identity_center::CLIENT.1,
        "expiresAt": "2099-01-01T00:00:00Z",
        "grantTypes": ["authorization_code", "refresh_token"],
    });
    story.home.write(&format!(".aws/sso/cache/{name}.json"), of_the_cli.to_string());
    story.center.approve_at_once();
    let run = story.spawn(&["login", "sso"], &[]);
    Page::open(&story.next_page(0)).unwrap();
    assert_eq!(run.join().unwrap().code, Some(0));
    assert_eq!(story.center.registrations(), 0);
    assert_eq!(story.file("corp").unwrap()["clientId"], identity_center::CLIENT.0);
}

#[test]
fn page_is_private_and_has_no_script() {
    let story = story();
    story.center.approve_at_once();
    let run = story.spawn(&["login", "sso"], &[]);
    let page = Page::open(&story.next_page(0)).unwrap();
    assert_eq!(header(&page.response, "cache-control"), "no-store");
    let policy = header(&page.response, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!page.text().contains("<script"));
    assert_eq!(run.join().unwrap().code, Some(0));
}

#[test]
fn foreign_requests_do_not_change_a_sign_in() {
    let story = story();
    story.center.approve_at_once();
    let run = story.spawn(&["login", "sso"], &[]);
    let start = story.next_page(0);
    let origin = &start[..start.rfind('/').unwrap()];
    let address = authorize_address(&start);
    assert_eq!(http::send("GET", &start, &[], b"").unwrap().status, 404, "the start address answers once");
    let idle: Vec<_> = (0..3).map(|_| TcpStream::connect(&origin["http://".len()..]).unwrap()).collect();
    let callback = |query: &str| format!("{origin}/oauth/callback?{query}");
    let state = parameter(&address, "state");
    for (method, path, status) in [
        ("GET", format!("{origin}/favicon.ico"), 404),
        ("GET", callback("code=x&state=other"), 400),
        ("GET", callback("error=access_denied"), 400),
        ("GET", callback("code=x"), 400),
        ("POST", callback(&format!("code=x&state={state}")), 405),
    ] {
        assert_eq!(http::send(method, &path, &[], b"").unwrap().status, status, "{path}");
    }
    let mut other_host = TcpStream::connect(&origin["http://".len()..]).unwrap();
    let request = format!("GET /oauth/callback?code=x&state={state} HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    other_host.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    other_host.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    assert!(Page::open(&address).unwrap().text().contains("Signed in"));
    drop(idle);
    assert_eq!(run.join().unwrap().code, Some(0));
    assert_eq!(story.center.renewals(), 1);
}

#[test]
fn denied_sign_in_exits_4_and_says_so_in_the_browser() {
    let story = story();
    story.center.deny();
    let run = story.spawn(&["login", "sso"], &[]);
    let page = Page::open(&story.next_page(0)).unwrap();
    assert!(page.text().contains("Not signed in") && page.text().contains("was denied"), "{}", page.text());
    let run = run.join().unwrap();
    failed(&run, 4, "the sign-in was denied");
    assert!(story.file("corp").is_none());
}

#[test]
fn address_is_printed_if_no_browser_starts() {
    for (browser, expected) in [
        ("false", "Cannot open a browser: false ended with exit status: 1."),
        ("/missing/browser", "Cannot open a browser: cannot start /missing/browser: "),
    ] {
        let story = story();
        story.center.approve_at_once();
        let mut command = story.home.command(&["login", "sso"]);
        let url = story.center.url();
        command.env("BROWSER", browser).env("AWS_ENDPOINT_URL_SSO", &url).env("AWS_ENDPOINT_URL_SSO_OIDC", &url);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let mut text = String::new();
        let address = loop {
            let mut chunk = [0; 512];
            let read = stderr.read(&mut chunk).unwrap();
            assert_ne!(read, 0, "{text}");
            text += std::str::from_utf8(&chunk[..read]).unwrap();
            if let Some(line) = text.lines().find(|line| line.starts_with("  http") && text.contains("--device-code")) {
                break line.trim().to_owned();
            }
        };
        assert!(text.contains(expected) && text.contains("amplify-creds login --device-code sso"), "{text}");
        assert!(Page::open(&address).unwrap().text().contains("Signed in"));
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn legacy_profile_uses_a_device_code() {
    let story = story();
    assert_eq!(story.spawn(&["login", "legacy"], &[]).join().unwrap().code, Some(0));
    assert_eq!((story.pages().len(), story.center.device_codes()), (0, 1));
}

#[test]
fn ssh_session_and_option_use_a_device_code() {
    for (args, variable) in [
        (&["login", "sso"][..], ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")),
        (&["login", "sso"], ("AMPLIFY_CREDS_SIGN_IN_FLOW", "device")),
        (&["login", "sso", "--device-code"], ("DISPLAY", ":0")),
    ] {
        let story = story();
        assert_eq!(story.spawn(args, &[variable]).join().unwrap().code, Some(0));
        assert_eq!((story.pages().len(), story.center.device_codes()), (0, 1), "{args:?} {variable:?}");
    }
}

#[test]
fn invalid_setting_exits_3() {
    for (variable, value, line) in [
        ("AMPLIFY_CREDS_SIGN_IN_FLOW", "tab", "invalid sign_in_flow in $AMPLIFY_CREDS_SIGN_IN_FLOW"),
        ("AMPLIFY_CREDS_SIGN_IN", "yes", "invalid sign_in in $AMPLIFY_CREDS_SIGN_IN"),
    ] {
        let story = story();
        let verb = if variable.ends_with("FLOW") { "login" } else { "process" };
        failed(&story.spawn(&[verb, "sso"], &[(variable, value)]).join().unwrap(), 3, line);
    }
}

#[test]
fn automatic_sign_in_opens_one_page_for_32_processes() {
    let story = story();
    story.center.approve_at_once();
    let auto = [("AMPLIFY_CREDS_SIGN_IN", "auto")];
    let runs: Vec<_> = (0..32).map(|_| story.spawn(&["process", "sso"], &auto)).collect();
    Page::open(&story.next_page(0)).unwrap();
    for run in runs {
        let run = run.join().unwrap();
        assert_eq!(run.code, Some(0), "{run:?}");
        json(&run.stdout);
    }
    assert_eq!((story.pages().len(), story.center.authorizations(), story.center.renewals()), (1, 1, 1));
}

#[test]
fn processes_without_automatic_sign_in_exit_4() {
    let story = story();
    let run = story.spawn(&["process", "sso"], &[]).join().unwrap();
    failed(&run, 4, "; run: amplify-creds login sso");
    assert!(story.pages().is_empty());
}

#[test]
fn automatic_device_code_needs_a_terminal() {
    let story = story();
    let settings = [("AMPLIFY_CREDS_SIGN_IN", "auto"), ("AMPLIFY_CREDS_SIGN_IN_FLOW", "device")];
    let run = story.spawn(&["process", "sso"], &settings).join().unwrap();
    let text = "amplify-creds: profile sso needs a sign-in: there is no terminal; in a terminal, run: \
                amplify-creds login sso";
    failed(&run, 4, text);
    assert_eq!(story.center.device_codes(), 0);
}

#[test]
fn denied_automatic_sign_in_is_not_repeated() {
    let story = story();
    story.center.deny();
    let auto = [("AMPLIFY_CREDS_SIGN_IN", "auto")];
    let runs: Vec<_> = (0..4).map(|_| story.spawn(&["process", "sso"], &auto)).collect();
    Page::open(&story.next_page(0)).unwrap();
    for run in runs {
        assert_eq!(run.join().unwrap().code, Some(4));
    }
    let run = story.spawn(&["process", "sso"], &auto).join().unwrap();
    failed(&run, 4, "the last one was not completed, so no browser opens for 5 min; run: amplify-creds login sso");
    assert_eq!(story.pages().len(), 1);
    story.center.approve_at_once();
    let login = story.spawn(&["login", "sso"], &auto);
    Page::open(&story.next_page(1)).unwrap();
    assert_eq!(login.join().unwrap().code, Some(0), "the user signs in at once");
}

#[test]
fn failed_automatic_sign_in_ends_the_waiting_processes() {
    let story = story();
    let auto = [("AMPLIFY_CREDS_SIGN_IN", "auto")];
    let runs: Vec<_> = (0..6).map(|_| story.spawn(&["process", "sso"], &auto)).collect();
    story.center.approve_at_once();
    let address = authorize_address(&story.next_page(0));
    let callback = header(&http::send("GET", &address, &[], b"").unwrap(), "location");
    story.center.expire_codes();
    assert!(Page::open(&callback).unwrap().text().contains("Not signed in"));
    for run in runs {
        assert_eq!(run.join().unwrap().code, Some(4));
    }
    assert_eq!(story.pages().len(), 1);
}

#[test]
fn cancelled_sign_in_opens_no_other_page() {
    let story = story();
    let auto = ("AMPLIFY_CREDS_SIGN_IN", "auto");
    let url = story.center.url();
    let variables = [auto, ("AWS_ENDPOINT_URL_SSO", &url), ("AWS_ENDPOINT_URL_SSO_OIDC", &url), ("BROWSER", "true")];
    let mut command = story.home.command(&["process", "sso"]);
    let mut first = command.envs(variables).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = [0; 7];
    first.stderr.as_mut().unwrap().read_exact(&mut line).unwrap();
    assert_eq!(&line, b"Sign in");
    let second = story.spawn(&["process", "sso"], &[auto]);
    kill(Pid::from_raw(i32::try_from(first.id()).unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(first.wait().unwrap().code(), Some(130));
    failed(&second.join().unwrap(), 4, "so no browser opens for 5 min");
    assert!(story.pages().is_empty());
}

#[test]
fn next_browser_of_the_list_is_used() {
    let story = story();
    story.center.approve_at_once();
    story.spawn(&["list"], &[]).join().unwrap();
    let list = format!("/missing:false:{}", story.home.path().join("browser").display());
    let run = story.spawn(&["login", "sso"], &[("BROWSER", &list)]);
    Page::open(&story.next_page(0)).unwrap();
    assert_eq!(run.join().unwrap().code, Some(0));
}

#[test]
fn whoami_and_check_sign_in_automatically() {
    for verb in ["whoami", "check"] {
        let story = story();
        story.center.approve_at_once();
        let run = story.spawn(&[verb, "sso"], &[("AMPLIFY_CREDS_SIGN_IN", "auto")]);
        Page::open(&story.next_page(0)).unwrap();
        run.join().unwrap();
        assert!(story.file("corp").is_some(), "{verb}");
    }
}

#[track_caller]
fn failed(run: &Finished, code: i32, text: &str) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let mut errors = run.stderr.lines().filter(|line| line.starts_with("amplify-creds: "));
    assert!(errors.any(|line| line.contains(text) && line.chars().count() < 200), "{run:?}");
}
