//! `console` opens the AWS console: by the federation endpoint, or by the portal of IAM Identity Center.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::{fs, thread};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::federation::parameter;
use test_support::{FakeSts, Fault, Federation, Finished, Page, Role, Terminal, TestHome, biz_corp, http, wait_until};

use crate::{PROGRAM, add_config, age_cache, audit, fresh_code, without_mfa};

const CHAINED_ROLE: &str = "arn:aws:iam::222222222222:role/Chained";

/// Profiles with every kind of credentials.
const CONFIG: &str = "
[profile chained]
role_arn = arn:aws:iam::222222222222:role/Chained
source_profile = nomfa
[profile isolated]
role_arn = arn:aws-iso:iam::222222222222:role/NoMfa
source_profile = devcorpuser
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.example/start
[profile sso]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Own
[profile sso-region]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Own
region = eu-west-1
[profile signed-in]
login_session = arn:aws:iam::111111111111:user/dev
";

struct Story {
    sts: FakeSts,
    federation: Federation,
    home: TestHome,
}

fn story() -> Story {
    let (sts, home) = without_mfa();
    sts.edit_world(|world| world.put_role(Role::new(CHAINED_ROLE).trusts(biz_corp::NO_MFA_ROLE)));
    add_config(&home, CONFIG);
    let federation = Federation::start(&sts);
    let home = home.with_variable("AWS_ENDPOINT_URL_SIGNIN", &federation.url());
    let pages = home.path().join("pages").display().to_string();
    home.write_program("browser", format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{pages}'\n"));
    Story { sts, federation, home }
}

impl Story {
    fn run(&self, args: &[&str]) -> Finished {
        self.home.run(args)
    }

    /// Runs the program with a browser that only records its arguments.
    fn spawn(&self, args: &[&str], more: &[(&str, &str)]) -> thread::JoinHandle<Finished> {
        let mut command = self.home.command(args);
        command.env("BROWSER", self.home.path().join("browser")).envs(more.iter().copied());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        thread::spawn(move || Finished::from(child.wait_with_output().unwrap()))
    }

    fn arguments(&self) -> Vec<String> {
        let text = fs::read_to_string(self.home.path().join("pages")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The argument of the browser.
    fn start_address(&self) -> String {
        wait_until("the browser's page", || !self.arguments().is_empty());
        self.arguments().remove(0)
    }

    /// The address that `--print` prints.
    fn printed(&self, args: &[&str]) -> String {
        let run = self.run(&[args, &["--print"]].concat());
        let text = run.succeeded();
        assert_eq!(text.lines().count(), 1, "{text}");
        text.trim_end().to_owned()
    }
}

fn header(response: &http::Response, name: &str) -> String {
    let found = response.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone()).unwrap()
}

fn element(page: &Page, id: &str) -> String {
    page.element(id).unwrap_or_else(|| panic!("no {id}: {}", page.text()))
}

#[test]
fn browser_gets_the_console_of_the_role() {
    let story = story();
    let run = story.spawn(&["console", "nomfa", "--service", "s3", "--region", "eu-west-1"], &[]);
    let start = story.start_address();
    assert!(start.starts_with("http://127.0.0.1:"), "{start}");
    let page = Page::open(&start).unwrap();
    assert_eq!((element(&page, "account").as_str(), element(&page, "role").as_str()), ("222222222222", "NoMfa"));
    assert_eq!(element(&page, "destination"), "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1");
    assert_eq!(element(&page, "duration"), "3600 s");
    let run = run.join().unwrap();
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(run.stderr, "opened the console of account 222222222222, role NoMfa, for 1 h 00 m\n");
    let quiet = story.spawn(&["console", "nomfa", "-q"], &[]);
    wait_until("the second page", || story.arguments().len() == 2);
    Page::open(&story.arguments()[1]).unwrap();
    quiet.join().unwrap().succeeded();
}

#[test]
fn console_is_recorded_once_with_its_session() {
    let mut story = story();
    story.home = story.home.with_variable("AMPLIFY_CREDS_AUDIT_LOG", "on");
    story.printed(&["console", "chained"]);
    // The session is renewed first, and only the new one is used.
    age_cache(&story.home, 20 * 60);
    story.printed(&["console", "chained"]);
    let all = audit::records(&story.home);
    let seen: Vec<_> = all.iter().map(|record| [&record["command"], &record["source"], &record["role_arn"]]).collect();
    assert_eq!(seen, [["console", "new", CHAINED_ROLE]; 2]);
    // The user has the keys of a user, which cannot open the console.
    story.run(&["console", "devcorpuser"]);
    // The link of the portal has no credentials.
    story.printed(&["console", "sso"]);
    assert_eq!(audit::records(&story.home).len(), 2);
}

#[test]
fn start_address_redirects_once_and_only_for_get() {
    let story = story();
    let run = story.spawn(&["console", "nomfa"], &[]);
    let start = story.start_address();
    let (origin, path) = start.split_at(start.rfind('/').unwrap());
    let host = &origin["http://".len()..];
    for (method, url, status) in [
        ("GET", format!("{origin}/favicon.ico"), 404),
        ("GET", format!("{origin}/"), 404),
        ("GET", format!("{start}?x"), 404),
        ("HEAD", start.clone(), 404),
        ("POST", start.clone(), 404),
    ] {
        assert_eq!(http::send(method, &url, &[], b"").unwrap().status, status, "{method} {url}");
    }
    let mut foreign = TcpStream::connect(host).unwrap();
    foreign.write_all(format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n").as_bytes()).unwrap();
    let mut reply = String::new();
    foreign.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    let first = http::send("GET", &start, &[], b"").unwrap();
    assert_eq!((first.status, header(&first, "cache-control").as_str()), (303, "no-store"));
    assert_eq!(header(&first, "referrer-policy"), "no-referrer");
    // The listener may have closed already.
    assert!(http::send("GET", &start, &[], b"").is_ok_and(|again| again.status == 404) || run.join().is_ok());
}

#[test]
#[cfg(target_os = "linux")]
fn secrets_are_neither_in_arguments_nor_in_messages() {
    let story = story();
    let pages = story.home.path().join("pages").display().to_string();
    story.home.write_program("slow", format!("#!/bin/sh\necho \"$1\" >> '{pages}'\nexec sleep 60\n"));
    let slow = story.home.path().join("slow").display().to_string();
    let run = story.spawn(&["console", "nomfa", "-vv"], &[("BROWSER", &slow)]);
    let start = story.start_address();
    let command_lines = || {
        let mut lines = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let bytes = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            lines.push(String::from_utf8_lossy(&bytes).replace('\0', " "));
        }
        lines
    };
    let mut lines = command_lines();
    assert!(lines.iter().any(|line| line.contains(&start) || line.contains("sleep 60")), "the browser runs");
    let first = http::send("GET", &start, &[], b"").unwrap();
    let address = header(&first, "location");
    let token = parameter(&address, "SigninToken");
    let run = run.join().unwrap();
    lines.extend(command_lines());
    assert_eq!(run.code, Some(0), "{run:?}");
    let requests = story.federation.requests();
    let form = String::from_utf8_lossy(requests[0].body()).into_owned();
    let session = crate::json(&parameter(&format!("?{form}"), "Session"));
    let keys = ["sessionKey", "sessionToken"].map(|name| session[name].as_str().unwrap().to_owned());
    for secret in keys.iter().chain([&token]) {
        assert!(secret.len() > 20);
        // Other tests of this process have other secrets.
        assert!(!lines.iter().any(|line| line.contains(secret.as_str())), "a secret in the arguments");
        assert!(!run.stderr.contains(secret.as_str()), "{run:?}");
    }
    assert!(!run.stderr.contains("SigninToken"), "{run:?}");
}

#[test]
fn keys_are_in_the_body_and_never_in_the_url() {
    let story = story();
    let address = story.printed(&["console", "nomfa"]);
    let requests = story.federation.requests();
    assert_eq!((requests.len(), requests[0].method(), requests[0].query()), (1, "POST", ""));
    assert_eq!(requests[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(parameter(&address, "Action"), "login");
    assert_eq!(parameter(&address, "Issuer"), "amplify-creds");
    assert_eq!(parameter(&address, "Destination"), "https://console.aws.amazon.com/console/home?region=us-east-1");
    assert_eq!(element(&Page::open(&address).unwrap(), "role"), "NoMfa");
}

#[test]
fn endpoint_without_post_is_called_by_get() {
    let story = story();
    story.federation.reject_post();
    let address = story.printed(&["console", "nomfa"]);
    let methods: Vec<_> = story.federation.requests().iter().map(|request| request.method().to_owned()).collect();
    assert_eq!(methods, ["POST", "GET"]);
    assert_eq!(element(&Page::open(&address).unwrap(), "duration"), "3600 s");
}

#[test]
fn duration_is_sent_only_without_role_chaining() {
    let story = story();
    story.printed(&["console", "chained"]);
    story.printed(&["console", "nomfa", "--duration", "15m"]);
    story.printed(&["console", "bizcorprole", "--mfa-token", &fresh_code(&story.sts)]);
    assert_eq!(story.federation.durations(), [None, Some(900), None]);
}

#[test]
fn rejected_duration_is_repeated_without_it() {
    let story = story();
    // Only AWS knows that the credentials of the environment come from role chaining.
    let console = ["exec", "chained", "--", PROGRAM, "console", "--duration", "2h", "--print"];
    let run = story.run(&console);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr, "AWS rejected the session duration; the console lasts as long as the credentials\n");
    assert_eq!(element(&Page::open(run.stdout.trim()).unwrap(), "role"), "Chained");
    assert_eq!(story.federation.durations(), [Some(7200), None]);
}

#[test]
fn session_with_less_than_45_minutes_is_renewed() {
    let calls = |age: i64, args: &[&str]| {
        let story = story();
        story.run(&["process", "chained"]).succeeded();
        age_cache(&story.home, age);
        let before = story.sts.count("AssumeRole");
        story.printed(&[&["console", "chained"], args].concat());
        story.sts.count("AssumeRole") - before
    };
    assert_eq!(calls(600, &[]), 0, "50 minutes are left");
    assert_eq!(calls(1200, &[]), 1, "40 minutes are left");
    assert_eq!(calls(1200, &["--min-ttl", "30m"]), 0);
    // The session of the console has its own duration.
    let story = story();
    story.run(&["process", "nomfa"]).succeeded();
    age_cache(&story.home, 1200);
    story.printed(&["console", "nomfa"]);
    assert_eq!((story.sts.count("AssumeRole"), story.federation.durations()), (1, vec![Some(3600)]));
}

#[test]
fn session_that_cannot_be_renewed_is_used() {
    let story = story();
    story.run(&["process", "chained"]).succeeded();
    age_cache(&story.home, 1200);
    story.sts.fault(Fault::error(400, "RegionDisabledException", "STS is not activated in this region"), None);
    let run = story.run(&["console", "chained", "--print"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.starts_with("amplify-creds: cannot renew the session of chained, which has "), "{run:?}");
    assert_eq!(story.federation.tokens(), 1);
}

#[test]
fn credentials_of_the_environment_are_used() {
    let story = story();
    let run = story.run(&["exec", "nomfa", "--", PROGRAM, "console", "--print"]);
    assert_eq!(element(&Page::open(run.succeeded().trim()).unwrap(), "role"), "NoMfa");
    // A profile for every tool does not hide them, a profile for this program does.
    let other = format!("AWS_PROFILE=chained {PROGRAM} console --print");
    let run = story.run(&["exec", "nomfa", "--", "sh", "-c", &other]);
    assert_eq!(element(&Page::open(run.stdout.trim()).unwrap(), "role"), "NoMfa");
    assert_eq!(run.stderr, "using the credentials of the environment, not profile chained ($AWS_PROFILE)\n");
    let expired = format!("AWS_CREDENTIAL_EXPIRATION=2020-01-01T00:00:00Z {PROGRAM} console --print");
    let run = story.run(&["exec", "nomfa", "--", "sh", "-c", &expired]);
    assert_eq!(run.first_error_line(), "amplify-creds: the credentials of the environment have expired");
    assert!(run.stderr.contains("to use a profile: amplify-creds console nomfa\n"), "{run:?}");
    let run = story.run(&["exec", "nomfa", "--", PROGRAM, "console", "chained", "--print"]);
    assert_eq!(element(&Page::open(run.succeeded().trim()).unwrap(), "role"), "Chained");
    let keys = [("AWS_ACCESS_KEY_ID", biz_corp::ACCESS_KEY_ID), ("AWS_SECRET_ACCESS_KEY", biz_corp::SECRET_ACCESS_KEY)];
    let run = story.home.run_with(&["console", "--print"], &keys);
    let message = "amplify-creds: the environment has the access key of a user, but only a role can open the console";
    assert_eq!(run.failed_with(3).first_error_line(), message);
    assert!(run.stderr.contains("hint: use a profile with a role: amplify-creds console PROFILE\n"), "{run:?}");
}

#[test]
fn credentials_without_a_role_are_refused_with_a_role_profile() {
    let story = story();
    let mfa_user = "[devcorpuser]\nmfa_serial = arn:aws:iam::111111111111:mfa/devcorpuser\n";
    for (args, status, message, hint) in [
        (
            &["console", "devcorpuser"][..],
            3,
            "profile devcorpuser has the access key of a user, but only a role can open the console",
            "use a role of it: amplify-creds console bizcorprole",
        ),
        (
            &["console", "signed-in"],
            3,
            "profile signed-in has a user of AWS Sign-In, but only a role can open the console",
            "the browser of this user is signed in to the console: open https://console.aws.amazon.com",
        ),
        (
            &["console", "isolated"],
            3,
            "the address of the console in partition aws-iso is not public",
            "supported partitions: aws, aws-cn, aws-us-gov, aws-eusc",
        ),
        (
            &["console", "nomfa", "--destination", "https://evil.example/"],
            2,
            "the host in --destination is not console.aws.amazon.com or below it",
            "",
        ),
        (
            &["console", "nomfa", "--destination", "http://console.aws.amazon.com/"],
            2,
            "invalid URL in --destination (expected for example https://console.aws.amazon.com/s3/home)",
            "",
        ),
        (
            &["console", "nomfa", "--service", "a/b"],
            2,
            "invalid service in --service (expected for example s3 or cloudformation)",
            "for any other page: --destination URL",
        ),
        (&["console", "nomfa", "--duration", "5m"], 2, "--duration must be from 900 s (15m) to 43200 s (12h)", ""),
    ] {
        let run = story.run(&[args, &["--print"]].concat());
        assert_eq!(run.failed_with(status).first_error_line(), format!("amplify-creds: {message}"), "{args:?}");
        assert!(run.stderr.contains(hint), "{run:?}");
    }
    story.home.credentials(
        &fs::read_to_string(story.home.path().join(".aws/credentials")).unwrap().replace("[devcorpuser]\n", mfa_user),
    );
    let run = story.run(&["console", "devcorpuser", "--print"]);
    let message = "profile devcorpuser has an MFA session of a user, but only a role can open the console";
    assert_eq!(run.failed_with(3).first_error_line(), format!("amplify-creds: {message}"));
    assert_eq!((story.sts.count("AssumeRole"), story.federation.requests().len()), (0, 0));
}

#[test]
fn rejected_session_and_outage_are_reported() {
    let story = story();
    story.run(&["process", "chained"]).succeeded();
    story.sts.expire_sessions();
    let run = story.run(&["console", "chained", "--print"]);
    let message = "AWS Sign-In rejected the credentials for the console (HTTP status 400)";
    assert_eq!(run.failed_with(4).first_error_line(), format!("amplify-creds: {message}"));
    assert!(run.stderr.contains("expired or been revoked; to get a new one, add --refresh\n"), "{run:?}");
    let story = self::story();
    story.federation.fail(&[503]);
    story.printed(&["console", "chained"]);
    story.federation.fail(&[503, 503, 503]);
    let run = story.run(&["console", "chained", "--print"]);
    let message = "cannot get a sign-in token for the console: AWS returned HTTP status 503";
    assert_eq!(run.failed_with(6).first_error_line(), format!("amplify-creds: {message}"));
}

#[test]
fn policy_of_a_wrapper_limits_the_console() {
    let story = story();
    let wrapper = format!("[profile limited]\ncredential_process = {PROGRAM} process nomfa --policy-arn read-only\n");
    add_config(&story.home, &wrapper);
    story.printed(&["console", "limited"]);
    let call = story.sts.calls().pop().unwrap();
    assert_eq!(call.params["PolicyArns.member.1.arn"], "arn:aws:iam::aws:policy/ReadOnlyAccess");
}

#[test]
fn identity_center_profile_opens_a_link_of_its_portal() {
    let story = story();
    let link = "https://corp.example/start/#/console?account_id=111111111111&role_name=Own";
    assert_eq!(story.printed(&["console", "sso"]), link);
    let page = "https%3A%2F%2Feu-west-1.console.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-west-1";
    assert_eq!(story.printed(&["console", "sso-region"]), format!("{link}&destination={page}"));
    let run = story.spawn(&["console", "sso"], &[]);
    let first = http::send("GET", &story.start_address(), &[], b"").unwrap();
    assert_eq!(header(&first, "location"), link);
    assert_eq!(run.join().unwrap().stderr, "opened the console of account 111111111111, role Own\n");
    assert_eq!(story.federation.requests().len(), 0);
    // A policy needs a role, and a duration needs a session.
    let run = story.run(&["console", "sso", "--policy-arn", "read-only", "--print"]);
    run.failed_with(2);
    let run = story.run(&["console", "sso", "--duration", "2h", "--print"]);
    assert!(run.failed_with(4).stderr.contains("amplify-creds login"), "{run:?}");
}

#[test]
fn browser_template_replaces_the_browser() {
    let story = story();
    let browser = story.home.path().join("browser").display().to_string();
    let template = format!("{browser} 'ext+container:name={{profile}}&url={{url}}'");
    let settings = if cfg!(target_os = "macos") {
        "Library/Application Support/amplify-creds/config.ini"
    } else {
        ".config/amplify-creds/config.ini"
    };
    story.home.write(settings, format!("browser = {template}\n"));
    let run = story.spawn(&["console", "nomfa"], &[("BROWSER", "false")]);
    let argument = story.start_address();
    let address = argument.strip_prefix("ext+container:name=nomfa&url=").unwrap_or_else(|| panic!("{argument}"));
    assert!(address.starts_with("http%3A%2F%2F127.0.0.1%3A"), "{address}");
    let page = Page::open(&address.replace("%3A", ":").replace("%2F", "/")).unwrap();
    assert_eq!(element(&page, "role"), "NoMfa");
    assert_eq!(run.join().unwrap().code, Some(0));
    let run = story.home.run_with(&["console", "nomfa"], &[("AMPLIFY_CREDS_BROWSER", "'")]);
    assert_eq!(run.failed_with(3).first_error_line(), "amplify-creds: invalid browser in $AMPLIFY_CREDS_BROWSER");
}

#[test]
fn browser_template_also_serves_login() {
    let story = crate::sign_in::story();
    story.center.approve_at_once();
    let pages = story.home.path().join("pages");
    story.home.write_program("browser", format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{}'\n", pages.display()));
    let template = format!("{} --name={{profile}}", story.home.path().join("browser").display());
    let url = story.center.url();
    let mut command = story.home.command(&["login", "sso"]);
    command.env("AWS_ENDPOINT_URL_SSO", &url).env("AWS_ENDPOINT_URL_SSO_OIDC", &url);
    let child = command.env("AMPLIFY_CREDS_BROWSER", template).stderr(Stdio::piped()).spawn().unwrap();
    let lines = || fs::read_to_string(&pages).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    wait_until("the browser's arguments", || lines().len() == 2);
    assert_eq!(lines()[0], "--name=sso");
    assert!(Page::open(&lines()[1]).unwrap().text().contains("Signed in"));
    assert!(child.wait_with_output().unwrap().status.success());
}

#[test]
fn address_is_on_the_terminal_if_no_browser_opens() {
    for (variables, heading) in [
        ("SSH_CONNECTION=x BROWSER=true", "cannot open a browser in an SSH session"),
        ("", "cannot open a browser without a display"),
        ("BROWSER=false", "cannot open a browser: false ended with exit status: 1"),
        ("AMPLIFY_CREDS_BROWSER=/missing/browser", "cannot open a browser: cannot start /missing/browser:"),
    ] {
        let story = story();
        let script = format!("{variables} \"$PROGRAM\" console nomfa >\"$FILES/stdout\" 2>\"$FILES/stderr\"");
        let mut terminal = Terminal::script(&story.home, &script);
        terminal.expect(heading);
        terminal.expect("It is a secret:");
        let (text, left) = terminal.finish();
        let address = text.split_whitespace().find(|word| word.starts_with("http")).unwrap();
        assert_eq!(element(&Page::open(address).unwrap(), "role"), "NoMfa");
        let run = left.restored();
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""), "{variables}");
    }
}

#[test]
fn without_browser_and_terminal_the_address_is_not_printed() {
    for (variables, message, calls) in [
        (&[][..], "cannot open a browser without a display, and no terminal can show the address", 0),
        (&[("BROWSER", "false")], "cannot open a browser: false ended with exit status: 1, and no terminal", 1),
    ] {
        let story = story();
        let run = story.home.run_with(&["console", "nomfa"], variables);
        assert!(run.failed_with(1).first_error_line().contains(message), "{run:?}");
        assert!(run.stderr.contains("to print the address on stdout, add --print to the command\n"), "{run:?}");
        assert!(!run.stderr.contains("SigninToken"), "{run:?}");
        assert_eq!(story.sts.count("AssumeRole"), calls);
    }
}

#[test]
fn interrupt_cancels_the_wait_for_the_browser() {
    let story = story();
    let mut command = story.home.command(&["console", "nomfa"]);
    command.env("BROWSER", story.home.path().join("browser"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    story.start_address();
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
}

#[test]
fn keys_of_the_session_are_not_sent_to_another_machine_in_clear() {
    let story = story();
    let run =
        story.home.run_with(&["console", "nomfa", "--print"], &[("AWS_ENDPOINT_URL_SIGNIN", "http://192.0.2.2/")]);
    let message = "$AWS_ENDPOINT_URL_SIGNIN is not an https:// URL, so the keys of the session would be sent in clear";
    assert_eq!(run.failed_with(3).first_error_line(), format!("amplify-creds: {message}"));
}

#[test]
fn region_of_another_partition_is_rejected() {
    let story = story();
    let run = story.run(&["console", "nomfa", "--region", "cn-north-1", "--print"]);
    let message = "the region cn-north-1 in --region is not in partition aws, which has the account";
    assert_eq!(run.failed_with(2).first_error_line(), format!("amplify-creds: {message}"));
}

#[test]
fn portal_of_another_partition_has_its_console() {
    let story = story();
    add_config(
        &story.home,
        "[profile ssocn]\nsso_start_url = https://start.home.awsapps.cn/directory/d-123\nsso_region = cn-north-1\n\
         sso_account_id = 111111111111\nsso_role_name = Own\n",
    );
    let run = story.run(&["console", "ssocn", "--service", "s3", "--print"]);
    assert!(run.succeeded().contains("destination=https%3A%2F%2Fconsole.amazonaws.cn%2Fs3"), "{run:?}");
}
