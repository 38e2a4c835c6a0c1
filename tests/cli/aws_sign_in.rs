//! `login` signs in to AWS Sign-In as `aws login` does, in a browser of this machine or by a pasted code.
#![cfg(unix)]

use std::{fs, thread};

use serde_json::Value;
use sha2::{Digest, Sha256};
use test_support::{FakeSts, Finished, Page, Role, SignIn, Terminal, TestHome, World, wait_until};

use crate::bases::hex;
use crate::{PROGRAM, json};

const USER: &str = "arn:aws:iam::111111111111:user/dev";
const ROLE: &str = "arn:aws:iam::111111111111:role/Own";

struct Story {
    sts: FakeSts,
    double: SignIn,
    home: TestHome,
}

fn story(config: &str) -> Story {
    let sts = FakeSts::start(World::biz_corp().role(Role::new(ROLE)));
    let double = SignIn::start(sts.keys_of_role(ROLE, "own", 3600));
    double.set_session(USER);
    let home = TestHome::new(PROGRAM);
    home.config(config);
    let pages = home.path().join("pages").display().to_string();
    home.write_program("browser", format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{pages}'\n"));
    Story { sts, double, home }
}

impl Story {
    fn terminal(&self, args: &str, more: &str) -> Terminal {
        let (url, sts) = (self.double.url(), self.sts.url());
        Terminal::script(
            &self.home,
            &format!(
                "AWS_ENDPOINT_URL_SIGNIN={url} AWS_ENDPOINT_URL_STS={sts} {more} \"$PROGRAM\" {args} \
                 </dev/null >\"$FILES/stdout\" 2>\"$FILES/stderr\""
            ),
        )
    }

    fn with_browser(&self, args: &str) -> Terminal {
        self.terminal(args, "BROWSER=\"$HOME/browser\"")
    }

    fn visit(&self) -> Page {
        let pages = || fs::read_to_string(self.home.path().join("pages")).unwrap_or_default();
        wait_until("the browser's page", || pages().ends_with('\n'));
        Page::open(pages().trim_end()).unwrap()
    }

    fn token(&self, session: &str) -> Option<Value> {
        let name = hex(&Sha256::digest(session));
        let text = fs::read_to_string(self.home.path().join(format!(".aws/login/cache/{name}.json"))).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    fn config(&self) -> String {
        fs::read_to_string(self.home.path().join(".aws/config")).unwrap()
    }
}

#[test]
fn browser_signs_in_to_aws_sign_in() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\nregion = eu-west-1\n"));
    story.double.approve_at_once();
    let terminal = story.with_browser("login me");
    assert!(story.visit().text().contains(&format!("amplify-creds is signed in to AWS Sign-In as {USER}.")));
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.starts_with(&format!("sign-in needed: AWS Sign-In as {USER} for me\n")), "{run:?}");
    let token = story.token(USER).unwrap();
    assert_eq!(
        (&token["tokenType"], &token["accessToken"]["accountId"]),
        (&"aws_sigv4".into(), &"111111111111".into())
    );
    assert!(token["dpopKey"].as_str().unwrap().starts_with("-----BEGIN EC PRIVATE KEY-----\n"), "{token}");
    assert!(token["idToken"].is_string() && token["refreshToken"] == story.double.refresh_token(), "{token}");
    json(story.home.run(&["process", "me"]).succeeded());
}

#[test]
fn wrong_clock_is_reported() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\nregion = eu-west-1\n"));
    story.double.approve_at_once();
    story.double.set_clock_ahead(3600);
    let terminal = story.with_browser("login me");
    assert!(story.visit().text().contains("clock is wrong"), "the last page");
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(4), "{run:?}");
    let hint = "hint: this machine's clock is 60 min behind AWS's clock; fix the system clock";
    assert!(run.stderr.contains(hint), "{run:?}");
    assert!(story.token(USER).is_none());
}

#[test]
fn stored_key_renews_the_session() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\n"));
    story.double.approve_at_once();
    let terminal = story.with_browser("login me");
    story.visit();
    assert_eq!(terminal.finish().1.restored().code, Some(0));
    let mut token = story.token(USER).unwrap();
    token["accessToken"]["expiresAt"] = "2020-01-01T00:00:00Z".into();
    let file = format!(".aws/login/cache/{}.json", hex(&Sha256::digest(USER)));
    story.home.write(&file, token.to_string());
    let url = story.double.url();
    story.home.run_with(&["process", "me"], &[("AWS_ENDPOINT_URL_SIGNIN", &url)]).succeeded();
    assert_eq!(story.double.renewals(), 2);
}

#[test]
fn pasted_code_signs_in() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\n"));
    story.double.approve_at_once();
    let mut terminal = story.terminal("login me", "");
    terminal.expect("on any machine:");
    let address = loop {
        let before = terminal.expect("\n");
        if let Some(address) = before.trim().strip_prefix("http") {
            break format!("http{address}");
        }
    };
    terminal.expect("Paste it here: ");
    let code = Page::open(&address).unwrap().element("code").unwrap();
    terminal.type_line(&code);
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(story.token(USER).unwrap()["clientId"], test_support::sign_in::CROSS_DEVICE_CLIENT_ID);
}

#[test]
fn wrong_paste_exits_4() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\n"));
    let mut terminal = story.terminal("login me", "");
    terminal.expect("Paste it here: ");
    terminal.type_line("c3RhdGU9eCZjb2RlPXk=");
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.stderr.contains("the pasted text is not the response to this sign-in"), "{run:?}");
    assert!(story.token(USER).is_none());
}

const OTHER: &str = "arn:aws:iam::111111111111:user/other";

/// Answers the question about the other identity, while the browser waits for its page.
fn signed_in_as_other(story: &Story, answer: &str) -> (Finished, Page) {
    story.double.set_session(OTHER);
    story.double.approve_at_once();
    let mut terminal = story.with_browser("login me");
    let page = thread::scope(|scope| {
        let visit = scope.spawn(|| story.visit());
        terminal.expect(&format!("The browser is signed in as {OTHER}, and profile me has {USER}."));
        terminal.type_line(answer);
        visit.join().unwrap()
    });
    (terminal.finish().1.restored(), page)
}

#[test]
fn other_identity_is_rejected_by_default_and_not_stored() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\n"));
    let (run, page) = signed_in_as_other(&story, "");
    assert!(page.text().contains("Not signed in"), "{}", page.text());
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.stderr.contains(&format!("the browser is signed in as {OTHER}")), "{run:?}");
    assert!(story.token(USER).is_none() && story.token(OTHER).is_none());
}

#[test]
fn accepted_identity_replaces_that_of_the_profile() {
    let story = story(&format!("[profile me]\nregion = eu-west-1\nlogin_session = {USER}\n"));
    let (run, page) = signed_in_as_other(&story, "y");
    assert!(page.text().contains(&format!("is signed in to AWS Sign-In as {OTHER}.")), "{}", page.text());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("me "), "{run:?}");
    assert_eq!(story.config(), format!("[profile me]\nregion = eu-west-1\nlogin_session = {OTHER}\n"));
    assert!(story.token(USER).is_none() && story.token(OTHER).is_some());
}

#[test]
fn profile_without_source_is_offered_aws_sign_in() {
    for (config, profile, expected) in [
        ("[profile new]\nregion = eu-west-1\n", "new", "[profile new]\nregion = eu-west-1\nlogin_session = USER\n"),
        ("", "fresh", "[profile fresh]\nlogin_session = USER\nregion = us-east-1\n"),
        ("", "default", "[default]\nlogin_session = USER\nregion = us-east-1\n"),
    ] {
        let story = story(config);
        story.double.approve_at_once();
        let mut terminal = story.with_browser(&format!("login {profile}"));
        let what =
            if config.is_empty() { "does not exist. Create it and sign in" } else { "has no credentials. Sign in" };
        terminal.expect(&format!("Profile {profile} {what} with AWS Sign-In in a browser? [Y/n] "));
        terminal.type_line("");
        if config.is_empty() {
            terminal.expect("Region [us-east-1]: ");
            terminal.type_line("");
        }
        story.visit();
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(story.config(), expected.replace("USER", USER));
        assert!(story.token(USER).is_some());
        story.home.run(&["process", profile]).succeeded();
    }
}

#[test]
fn declined_offer_changes_nothing() {
    let story = story("[profile new]\nregion = eu-west-1\n");
    let mut terminal = story.with_browser("login new");
    terminal.expect("in a browser? [Y/n] ");
    terminal.type_line("n");
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(story.config(), "[profile new]\nregion = eu-west-1\n");
    let run = story.home.run(&["login", "new", "--no-input"]);
    assert_eq!(run.code, Some(3), "{run:?}");
}

#[test]
fn logout_deletes_the_session_of_aws_sign_in() {
    let story = story(&format!("[profile me]\nlogin_session = {USER}\n"));
    story.double.approve_at_once();
    let terminal = story.with_browser("login me");
    story.visit();
    assert_eq!(terminal.finish().1.restored().code, Some(0));
    let out = story.home.run(&["logout", "me"]);
    assert_eq!(
        out.succeeded(),
        format!(
            "Signed out of AWS Sign-In as {USER}.\n\
             Credentials that a program has already received are valid for up to 15 minutes.\n"
        )
    );
    assert!(story.token(USER).is_none());
    assert_eq!(story.home.run(&["logout", "me"]).succeeded(), format!("Not signed in to AWS Sign-In as {USER}.\n"));
    assert_eq!(story.home.run(&["logout", "--all"]).succeeded(), "No sign-in is cached.\n");
}

#[test]
fn cancelled_paste_exits_130() {
    for letter in ['c', 'd'] {
        let story = story(&format!("[profile me]\nlogin_session = {USER}\n"));
        let mut terminal = story.terminal("login me", "");
        terminal.expect("Paste it here: ");
        terminal.type_control(letter);
        let run = terminal.finish().1.restored();
        assert_eq!(run.code, Some(130), "{run:?}");
        assert!(run.stderr.contains("the sign-in was cancelled"), "{run:?}");
    }
}

#[test]
fn profile_of_identity_center_is_not_offered_aws_sign_in() {
    let story = story("[sso-session corp]\n[profile half]\nsso_session = corp\nregion = eu-west-1\n");
    let run = story.with_browser("login half").finish().1.restored();
    assert_eq!(run.code, Some(3), "{run:?}");
}

#[test]
fn cancel_ends_the_login_of_all_profiles() {
    let other = "arn:aws:iam::111111111111:user/other";
    let story = story(&format!("[profile a]\nlogin_session = {USER}\n[profile b]\nlogin_session = {other}\n"));
    let mut terminal = story.terminal("login --all", "");
    terminal.expect("Paste it here: ");
    terminal.type_control('c');
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(130), "{run:?}");
    assert_eq!(run.stderr.matches("cancelled").count(), 1, "{run:?}");
}

#[test]
fn denied_first_sign_in_does_not_stop_the_other_profiles() {
    let story = story("[profile new]\nregion = eu-west-1\n[profile keys]\nregion = eu-west-1\n");
    story.home.credentials("[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n");
    story.double.deny();
    let mut terminal = story.with_browser("login new keys");
    terminal.expect("in a browser? [Y/n] ");
    terminal.type_line("");
    story.visit();
    let run = terminal.finish().1.restored();
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.stdout.contains("keys "), "{run:?}");
    assert_eq!(run.stderr.matches("amplify-creds: ").count(), 1, "one failure: {run:?}");
}
