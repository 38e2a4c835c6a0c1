//! Bases of a chain other than keys and programs: machines, tokens in files, sign-ins of the AWS CLI.

use std::fs;
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json as value};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use test_support::biz_corp::{DEPLOY_ROLE, NO_MFA_ROLE};
use test_support::{
    FakeSts, Finished, IdentityCenter, Instance, Issuer, Role, SignIn, TemporaryKeys, TestHome, World, identity_center,
    metadata, sign_in, wait_until,
};

#[cfg(target_os = "linux")]
use crate::faults::Disk;
use crate::{PROGRAM, age_cache, cache, json};

/// The role of a machine or a user. `NoMfa` trusts its account.
const OWN_ROLE: &str = "arn:aws:iam::111111111111:role/Own";
const HOUR: i64 = 3600;

/// A double with [`OWN_ROLE`] in its world, keys of that role, and a home that calls the double.
fn own_role(config: &str) -> (FakeSts, TemporaryKeys, TestHome) {
    let sts = FakeSts::start(World::biz_corp().role(Role::new(OWN_ROLE)));
    let keys = sts.keys_of_role(OWN_ROLE, "own", HOUR);
    let home = TestHome::new(PROGRAM).calling(&sts);
    home.config(config);
    (sts, keys, home)
}

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    // Paths on Windows.
    let text = run.stderr.replace('\\', "/");
    for part in parts {
        assert!(text.contains(&part.replace('\\', "/")), "{part:?} is not in:\n{}", run.stderr);
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

const EC2: &str =
    "[profile ec2]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\ncredential_source = Ec2InstanceMetadata\n";
const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

#[test]
fn imds_role_credentials_are_fetched_once() {
    let (sts, keys, home) = own_role(EC2);
    let imds = Instance::with_role("Own", keys.clone()).start();
    let run = home.run_with(&["process", "ec2"], &[(ENDPOINT, &imds.url())]);
    assert_eq!(json(run.succeeded())["AccountId"], "222222222222");
    assert_eq!(sts.calls()[0].access_key_id.as_deref(), Some(keys.access_key_id.as_str()));
    let asked: Vec<_> =
        imds.requests().iter().map(|request| format!("{} {}", request.method(), request.path())).collect();
    let roles = "GET /latest/meta-data/iam/security-credentials/";
    assert_eq!(asked, ["PUT /latest/api/token".to_owned(), roles.to_owned(), format!("{roles}Own")]);
    home.run_with(&["process", "ec2"], &[(ENDPOINT, &imds.url())]).succeeded();
    assert_eq!((imds.requests().len(), sts.count("AssumeRole")), (3, 1), "a cached session sends no request");
}

#[test]
fn imdsv1_is_used_unless_disabled() {
    for refusal in ["", "$AWS_EC2_METADATA_V1_DISABLED", "key"] {
        let (_sts, keys, home) = own_role(EC2);
        if refusal == "key" {
            home.config(&format!("{EC2}ec2_metadata_v1_disabled = true\n"));
        }
        let imds = Instance { token_status: 404, has_v1: true, ..Instance::with_role("Own", keys) }.start();
        let url = imds.url();
        let switch = ("AWS_EC2_METADATA_V1_DISABLED", if refusal.starts_with('$') { "true" } else { "" });
        let run = home.run_with(&["process", "ec2"], &[(ENDPOINT, url.as_str()), switch]);
        if refusal.is_empty() {
            run.succeeded();
        } else {
            says(run.failed_with(4), &["the EC2 metadata service returned status 404", "~/.aws/config:3"]);
            assert_eq!(imds.requests().len(), 1, "{refusal}: nothing is asked without a token");
        }
    }
}

#[test]
fn imds_endpoint_is_read_from_profile() {
    let (_sts, keys, home) = own_role("");
    let imds = Instance::with_role("Own", keys).start();
    home.config(&format!("{EC2}ec2_metadata_service_endpoint = {}/\n", imds.url()));
    home.run(&["process", "ec2"]).succeeded();
    let explained = json(home.run(&["explain", "ec2", "--json"]).succeeded());
    assert_eq!((&explained["base"]["type"], &explained["base"]["endpoint"]), (&value!("imds"), &value!(imds.url())));
    home.config(&format!("{EC2}ec2_metadata_service_endpoint_mode = IPv6\n"));
    let explained = json(home.run(&["explain", "ec2", "--json"]).succeeded());
    assert_eq!(explained["base"]["endpoint"], "http://[fd00:ec2::254]");
}

#[test]
fn missing_imds_role_or_connection_is_reported() {
    let (_sts, keys, home) = own_role(EC2);
    let started = |change: &dyn Fn(&mut Instance)| {
        let mut instance = Instance::with_role("Own", keys.clone());
        change(&mut instance);
        instance.start()
    };
    let no_role = started(&|instance| instance.role = None);
    says(
        home.run_with(&["process", "ec2"], &[(ENDPOINT, &no_role.url())]).failed_with(4),
        &["this EC2 instance has no role"],
    );
    let off = [(ENDPOINT, no_role.url()), ("AWS_EC2_METADATA_DISABLED", "true".to_owned())];
    let off = off.each_ref().map(|(name, text)| (*name, text.as_str()));
    says(home.run_with(&["process", "ec2"], &off).failed_with(4), &["disabled ($AWS_EC2_METADATA_DISABLED)"]);

    let unreachable = home.run_with(&["process", "ec2"], &[(ENDPOINT, "http://127.0.0.1:1")]);
    says(unreachable.failed_with(6), &["no connection to the EC2 metadata service", "only EC2 instances", "hop limit"]);
    // Accepts connections but never responds, like a hop limit of 1 for a container.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let far = format!("http://{}", silent.local_addr().unwrap());
    let far = home.run_with(&["process", "ec2"], &[(ENDPOINT, &far)]);
    says(far.failed_with(6), &["the EC2 metadata service did not answer", "a hop limit of 2 or more"]);
}

const CONTAINER: &str =
    "[profile ecs]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\ncredential_source = EcsContainer\n";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

#[test]
fn container_authorization_token_is_sent() {
    let (_sts, keys, home) = own_role(CONTAINER);
    let site = metadata::container(Some("Bearer right"), keys);
    let uri = format!("{}/v1/credentials?x=1", site.url());
    let with = |more: &[(&str, &str)]| {
        let all: Vec<_> = [(FULL_URI, uri.as_str())].iter().chain(more).copied().collect();
        home.run_with(&["process", "ecs", "--refresh"], &all)
    };
    with(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer right")]).succeeded();
    let file = home.write("token", "Bearer right\n").display().to_string();
    let of_file = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.as_str());
    with(&[of_file, ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong")]).succeeded();
    let wrong = with(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer wrong")]);
    says(wrong.failed_with(4), &["returned AccessDenied", "AWS: not with this authorization", "~/.aws/config:3"]);
    assert!(!wrong.stderr.contains("Bearer"), "{}", wrong.stderr);
    let two_lines = with(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\nHost: b")]);
    says(
        two_lines.failed_with(3),
        &["invalid $AWS_CONTAINER_AUTHORIZATION_TOKEN: the token contains the character U+000A (a line feed)"],
    );
    home.write("token", "Bearer\0right\n");
    says(with(&[of_file]).failed_with(4), &["cannot read the authorization: it contains the character U+0000", &file]);
    assert!(site.requests().iter().all(|request| request.query() == "x=1"));
}

#[test]
fn container_with_another_authorization_is_another_identity() {
    let (sts, keys, home) = own_role(CONTAINER);
    let site = metadata::container(Some("one"), keys);
    let uri = site.url();
    let run = |variable: &str, token: &str| home.run_with(&["process", "ecs"], &[(FULL_URI, &uri), (variable, token)]);
    let (text, path) = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    let file = home.write("token", "one").display().to_string();
    for (variable, token) in [(text, "one"), (text, "one"), (path, &file), (path, &file)] {
        run(variable, token).succeeded();
    }
    assert_eq!(sts.count("AssumeRole"), 1, "one token is one identity");
    run(text, "two").failed_with(4);
    home.write("token", "two");
    run(path, &file).failed_with(4);
}

#[test]
fn missing_container_uri_or_connection_is_reported() {
    let (_sts, _keys, home) = own_role(CONTAINER);
    says(home.run(&["process", "ecs"]).failed_with(4), &["AWS_CONTAINER_CREDENTIALS_FULL_URI is set"]);
    let elsewhere = home.run_with(&["process", "ecs"], &[(FULL_URI, "http://example.com/x")]);
    says(elsewhere.failed_with(4), &["$AWS_CONTAINER_CREDENTIALS_FULL_URI", "must be https, or http on this machine"]);
    let unreachable = home.run_with(&["process", "ecs"], &[(FULL_URI, "http://127.0.0.1:1/x")]);
    says(unreachable.failed_with(6), &["no connection to the container's credentials service"]);
    let relative = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x");
    let explained = home.run_with(&["explain", "ecs", "--json"], &[relative, (FULL_URI, "http://127.0.0.1:1/x")]);
    assert_eq!(json(explained.succeeded())["base"]["uri"], "http://169.254.170.2/v2/credentials/x");
}

/// A world in which a token for `job` is valid for `NoMfa`, and `Deploy` also trusts that role.
fn workload() -> (FakeSts, Issuer, TestHome) {
    let issuer = Issuer::new("https://oidc.example/id/1");
    let world = World::biz_corp()
        .identity_provider(&issuer)
        .role(Role::new(NO_MFA_ROLE).trusts_web_identity(&issuer, "job"))
        .role(Role::new(DEPLOY_ROLE).trusts(NO_MFA_ROLE));
    let sts = FakeSts::start(world);
    let home = TestHome::new(PROGRAM).calling(&sts);
    let token = home.write("token", issuer.token("job", 600)).display().to_string();
    home.config(&format!(
        "[profile web]\nrole_arn = {NO_MFA_ROLE}\nweb_identity_token_file = {token}\nrole_session_name = job-1\n\
         [profile deploy]\nrole_arn = {DEPLOY_ROLE}\nsource_profile = web\nduration_seconds = 7200\n"
    ));
    (sts, issuer, home)
}

#[test]
fn web_identity_role_is_cached() {
    let (sts, _issuer, home) = workload();
    let first = json(home.run(&["process", "web"]).succeeded());
    assert_eq!(first["AccountId"], "222222222222");
    assert_eq!(json(home.run(&["process", "web"]).succeeded()), first);
    let call = &sts.calls()[0];
    assert_eq!((call.action.as_str(), call.param("RoleSessionName")), ("AssumeRoleWithWebIdentity", Some("job-1")));
    assert_eq!(call.access_key_id, None, "nothing signs it");
    home.run(&["process", "deploy"]).succeeded();
    assert_eq!(sts.count("AssumeRoleWithWebIdentity"), 1, "the chain begins with the cached role");
    assert_eq!(sts.calls()[1].param("DurationSeconds"), Some("3600"), "from a session a role lasts an hour");
    let explained = json(home.run(&["explain", "deploy", "--json"]).succeeded());
    assert_eq!(explained["base"]["type"], "web_identity");
    assert_eq!(explained["cache"].as_array().unwrap().iter().map(|c| &c["hop"]).collect::<Vec<_>>(), [0, 1]);
    home.run(&["reset-cache", "web"]).succeeded();
    home.run(&["process", "web"]).succeeded();
    assert_eq!(sts.count("AssumeRoleWithWebIdentity"), 2);
}

#[test]
fn token_of_another_subject_is_another_identity() {
    let (sts, issuer, home) = workload();
    let run = |token: String| {
        home.write("token", token);
        home.run(&["process", "web"])
    };
    run(issuer.token("job", 600)).succeeded();
    run(issuer.token("job", 900)).succeeded();
    assert_eq!(sts.count("AssumeRoleWithWebIdentity"), 1, "a renewed token is the same identity");
    run(issuer.token("other-job", 600)).failed_with(5);
    assert_eq!(sts.count("AssumeRoleWithWebIdentity"), 2);
}

#[test]
fn web_identity_variables_are_used_without_profile() {
    let (sts, _issuer, home) = workload();
    let file = home.path().join("token").display().to_string();
    let trio = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.as_str()),
        ("AWS_ROLE_ARN", NO_MFA_ROLE),
        ("AWS_ROLE_SESSION_NAME", "pod-7"),
    ];
    home.run_with(&["process"], &trio).succeeded();
    assert_eq!(sts.calls()[0].param("RoleSessionName"), Some("pod-7"));
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAENV"), ("AWS_SECRET_ACCESS_KEY", "s")];
    let both = [&trio[..], &keys].concat();
    assert_eq!(json(home.run_with(&["process"], &both).succeeded())["AccessKeyId"], "AKIAENV");
    home.run_with(&["process", "nobody"], &trio).failed_with(3);
    says(home.run_with(&["process"], &trio[..1]).failed_with(3), &["$AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]);
}

#[test]
fn rejected_web_identity_token_is_reported() {
    let (_sts, issuer, home) = workload();
    let stranger = Issuer::new("https://stranger.example");
    let rows: [(String, i32, &[&str]); 8] = [
        (issuer.token("job", -10), 4, &["ExpiredTokenException", "the program that writes it must renew it"]),
        (stranger.token("job", 600), 4, &["InvalidIdentityToken", "needs an identity provider"]),
        (issuer.token("other", 600), 5, &["AccessDenied", "sts:AssumeRoleWithWebIdentity for the token's subject"]),
        ("no token".to_owned(), 4, &["InvalidIdentityToken"]),
        (String::new(), 4, &["cannot read the token: it is empty"]),
        ("eyJ.\u{1b}[31m.x".to_owned(), 4, &["cannot read the token: it contains the character U+001B", "/token"]),
        ("eyJ.\n.x".to_owned(), 4, &["cannot read the token: it contains the character U+000A (a line feed)"]),
        ("eyJ.\u{feff}.x".to_owned(), 4, &["contains the character U+FEFF (a byte order mark)"]),
    ];
    for (token, exit, parts) in rows {
        home.write("token", &token);
        let run = home.run(&["process", "web"]);
        says(run.failed_with(exit), parts);
        assert!(token.is_empty() || !run.stderr.contains(&token), "{}", run.stderr);
    }
    fs::remove_file(home.path().join("token")).unwrap();
    says(home.run(&["process", "web"]).failed_with(4), &["the file does not exist", "~/.aws/config:3"]);
}

const SSO: &str = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n\
    [profile sso]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Own\n\
    [profile role]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = sso\n";

/// A signed-in user: [`SSO`], a token that expires in `seconds`, and the double that accepts it.
fn signed_in(seconds: i64) -> (FakeSts, IdentityCenter, TestHome) {
    let (sts, keys, home) = own_role(SSO);
    let center = IdentityCenter::start("111111111111", "Own", keys);
    let token = value!({
        "startUrl": "https://corp.example/start",
        "region": "eu-west-1",
        "accessToken": center.access_token(),
        "expiresAt": moment(seconds),
        "clientId": identity_center::CLIENT.0,
        "clientSecret": identity_center::CLIENT.1,
        "registrationExpiresAt": moment(86_400),
        "refreshToken": center.refresh_token(),
        "scopes": ["sso:account:access"],
    });
    home.write(&token_file("corp"), token.to_string());
    (sts, center, home)
}

fn moment(seconds: i64) -> String {
    amplify_creds::core::clock::Clock::System.now().plus(seconds).rfc3339()
}

fn token_file(name: &str) -> String {
    format!(".aws/sso/cache/{}.json", hex(&Sha1::digest(name)))
}

fn token(home: &TestHome) -> Value {
    serde_json::from_str(&fs::read_to_string(home.path().join(token_file("corp"))).unwrap()).unwrap()
}

fn change_token(home: &TestHome, change: impl FnOnce(&mut Value)) {
    let mut all = token(home);
    change(&mut all);
    home.write(&token_file("corp"), all.to_string());
}

fn sso(home: &TestHome, center: &IdentityCenter, profile: &str) -> Finished {
    let url = center.url();
    home.run_with(&["process", profile], &[("AWS_ENDPOINT_URL_SSO", &url), ("AWS_ENDPOINT_URL_SSO_OIDC", &url)])
}

#[test]
fn sso_sign_in_provides_its_role_and_chain() {
    let (sts, center, home) = signed_in(3600);
    let given = json(sso(&home, &center, "sso").succeeded());
    assert_eq!(given["AccountId"], "111111111111");
    sso(&home, &center, "role").succeeded();
    assert_eq!(sts.calls()[0].access_key_id.as_deref(), given["AccessKeyId"].as_str());
    assert_eq!((center.renewals(), center.roles()), (0, 2));
    sso(&home, &center, "role").succeeded();
    assert_eq!(center.roles(), 2, "a cached session sends no request");
}

#[test]
fn sso_profile_with_start_url_has_own_token() {
    let (_sts, center, home) = signed_in(3600);
    home.config(
        "[profile legacy]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n\
         sso_account_id = 111111111111\nsso_role_name = Own\n",
    );
    says(sso(&home, &center, "legacy").failed_with(4), &["no sign-in is cached", "run: amplify-creds login legacy"]);
    home.write(&token_file("https://corp.example/start"), token(&home).to_string());
    sso(&home, &center, "legacy").succeeded();
}

#[test]
fn expired_sso_token_is_renewed_and_stored() {
    let (_sts, center, home) = signed_in(-60);
    sso(&home, &center, "sso").succeeded();
    assert_eq!(center.renewals(), 1);
    let after = token(&home);
    assert_eq!(after["accessToken"], center.access_token());
    assert_eq!(after["refreshToken"], center.refresh_token());
    assert_eq!(after["scopes"][0], "sso:account:access", "what is not ours stays");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(home.path().join(token_file("corp"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let files = fs::read_dir(home.path().join(".aws/sso/cache")).unwrap().count();
    assert_eq!(files, 1, "no other file is left in the directory");
    sso(&home, &center, "sso").succeeded();
    assert_eq!(center.renewals(), 1);
}

/// As under sudo with HOME kept.
#[cfg(unix)]
#[test]
fn sso_token_renewed_by_root_keeps_owner() {
    use std::os::unix::fs::{MetadataExt, chown};
    const NOBODY: u32 = 65_534;
    let (_sts, center, home) = signed_in(-60);
    if fs::metadata(home.path()).unwrap().uid() != 0 {
        return eprintln!("skipped: needs root");
    }
    for path in [home.path().to_owned(), home.path().join(token_file("corp"))] {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    sso(&home, &center, "sso").succeeded();
    assert_eq!(token(&home)["accessToken"], center.access_token());
    let there = fs::metadata(home.path().join(token_file("corp"))).unwrap();
    assert_eq!((there.uid(), there.gid(), there.mode() & 0o777), (NOBODY, NOBODY, 0o600));
    assert!(!home.path().join(".amplify").exists());
}

#[test]
fn concurrent_processes_use_one_refresh_token() {
    let (_sts, center, home) = signed_in(-60);
    center.set_held(true);
    thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| sso(&home, &center, "sso"))).collect();
        wait_until("the first renewal", || center.renewals() == 1);
        center.set_held(false);
        for run in runs {
            run.join().unwrap().succeeded();
        }
    });
    assert_eq!(center.renewals(), 1);
}

#[test]
fn expired_sso_sign_in_hints_login_command() {
    let hint = "hint: amplify-creds login sso";
    let (_sts, center, home) = signed_in(-60);
    center.sign_out();
    let run = sso(&home, &center, "sso");
    assert_eq!(
        run.failed_with(4).first_error_line(),
        "amplify-creds: profile sso needs a sign-in: its sign-in has expired; run: amplify-creds login sso"
    );
    says(&run, &[hint, "~/.aws/config:6"]);
    change_token(&home, |token| token["expiresAt"] = value!(moment(3600)));
    says(sso(&home, &center, "sso").failed_with(4), &["no longer accepts its token", hint]);
    change_token(&home, |token| {
        token["expiresAt"] = value!(moment(-60));
        token.as_object_mut().unwrap().remove("refreshToken");
    });
    says(sso(&home, &center, "role").failed_with(4), &["its sign-in has expired", hint]);
    change_token(&home, |token| *token = value!({"accessToken": "x"}));
    says(sso(&home, &center, "sso").failed_with(4), &["its token is incomplete", hint]);
    home.write(&token_file("corp"), "nonsense");
    says(sso(&home, &center, "sso").failed_with(4), &["cannot read its token: it is not a JSON object", hint]);
    fs::remove_file(home.path().join(token_file("corp"))).unwrap();
    let run = home.run(&["explain", "sso", "--json"]);
    assert_eq!(json(run.succeeded())["base"]["type"], "sso", "explaining sends no request");
    says(sso(&home, &center, "sso").failed_with(4), &["no sign-in is cached", hint]);
}

#[test]
fn sso_outage_is_not_an_expired_sign_in() {
    let (_sts, center, home) = signed_in(-60);
    center.set_down(true);
    says(sso(&home, &center, "sso").failed_with(6), &["IAM Identity Center returned HTTP status 503"]);
    center.set_down(false);
    let unreachable = "http://127.0.0.1:1";
    let url = center.url();
    let without_oidc = [("AWS_ENDPOINT_URL_SSO", url.as_str()), ("AWS_ENDPOINT_URL_SSO_OIDC", unreachable)];
    let run = home.run_with(&["process", "sso"], &without_oidc);
    says(run.failed_with(6), &["no connection to IAM Identity Center"]);
    change_token(&home, |token| token["expiresAt"] = value!(moment(120)));
    home.run_with(&["process", "sso"], &without_oidc).succeeded();
}

#[test]
fn valid_session_survives_sso_outage() {
    let (_sts, center, home) = signed_in(3600);
    let before = json(sso(&home, &center, "role").succeeded());
    // With less than five minutes left, a call has a timeout of 5 s.
    age_cache(&home, 3360);
    center.set_down(true);
    let asked = center.roles();
    assert_eq!(json(sso(&home, &center, "role").succeeded())["AccessKeyId"], before["AccessKeyId"]);
    assert!((1..=3).contains(&(center.roles() - asked)), "the attempts of one call");
}

#[test]
fn denied_sso_role_exits_5() {
    let (_sts, center, home) = signed_in(3600);
    home.config(&SSO.replace("sso_role_name = Own", "sso_role_name = Admin"));
    says(sso(&home, &center, "sso").failed_with(5), &["ForbiddenException", "AWS: No access", "sso_role_name"]);
}

const LOGIN: &str = "arn:aws:iam::111111111111:user/dev";

/// A user of `aws login` with a session that expires in `seconds`, and the double that renews it.
fn logged_in(seconds: i64) -> (FakeSts, SignIn, TestHome) {
    let (sts, keys, home) = own_role(&format!(
        "[profile me]\nlogin_session = {LOGIN}\n\
         [profile role]\nrole_arn = {NO_MFA_ROLE}\nsource_profile = me\n"
    ));
    let double = SignIn::start(sts.keys_of_role(OWN_ROLE, "renewed", HOUR));
    let session = value!({
        "accessToken": {
            "accessKeyId": keys.access_key_id,
            "secretAccessKey": keys.secret_access_key,
            "sessionToken": keys.session_token,
            "accountId": "111111111111",
            "expiresAt": moment(seconds),
        },
        "tokenType": "aws_sigv4",
        "clientId": sign_in::CLIENT_ID,
        "refreshToken": double.refresh_token(),
        "idToken": "kept",
        "dpopKey": double.key(),
    });
    home.write(&login_file(), session.to_string());
    (sts, double, home)
}

fn login_file() -> String {
    format!(".aws/login/cache/{}.json", hex(&Sha256::digest(LOGIN)))
}

fn login(home: &TestHome, double: &SignIn, profile: &str) -> Finished {
    home.run_with(&["process", profile], &[("AWS_ENDPOINT_URL_SIGNIN", &double.url())])
}

#[test]
fn aws_login_session_is_used_and_renewed() {
    let (_sts, double, home) = logged_in(600);
    let before = json(login(&home, &double, "me").succeeded());
    assert_eq!((&before["AccountId"], double.renewals()), (&value!("111111111111"), 0));
    let (_sts, double, home) = logged_in(60);
    let after = json(login(&home, &double, "me").succeeded());
    assert_ne!(after["AccessKeyId"], before["AccessKeyId"]);
    login(&home, &double, "me").succeeded();
    login(&home, &double, "role").succeeded();
    assert_eq!(double.renewals(), 1);
    let file: Value = serde_json::from_str(&fs::read_to_string(home.path().join(login_file())).unwrap()).unwrap();
    assert_eq!(file["refreshToken"], double.refresh_token());
    assert_eq!((&file["idToken"], &file["accessToken"]["accountId"]), (&value!("kept"), &value!("111111111111")));
    assert!(cache(&home)[NO_MFA_ROLE].is_object());
}

#[test]
fn failed_aws_login_renewal_is_reported() {
    let hint = "hint: amplify-creds login me";
    let (_sts, double, home) = logged_in(-60);
    double.refuse("TOKEN_EXPIRED");
    says(login(&home, &double, "me").failed_with(4), &["its sign-in has expired", hint, "~/.aws/config:2"]);
    double.refuse("USER_CREDENTIALS_CHANGED");
    says(login(&home, &double, "role").failed_with(4), &["the password was changed", hint]);
    double.refuse("INSUFFICIENT_PERMISSIONS");
    says(login(&home, &double, "me").failed_with(5), &["INSUFFICIENT_PERMISSIONS", "signin:CreateOAuth2Token"]);
    let unreachable = home.run_with(&["process", "me"], &[("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:1")]);
    says(unreachable.failed_with(6), &["no connection to AWS Sign-In"]);
    let elsewhere = home.path().join("elsewhere").display().to_string();
    let run = home.run_with(&["process", "me"], &[("AWS_LOGIN_CACHE_DIRECTORY", &elsewhere)]);
    says(run.failed_with(4), &["no sign-in is cached", hint]);
}

#[test]
fn tilde_in_token_file_is_the_home_directory() {
    let (sts, _issuer, home) = workload();
    home.config(&format!("[profile web]\nrole_arn = {NO_MFA_ROLE}\nweb_identity_token_file = ~/token\n"));
    home.run(&["process", "web"]).succeeded();
    assert_eq!(sts.count("AssumeRoleWithWebIdentity"), 1);
}

#[test]
fn unreadable_token_file_is_named_after_the_first_line() {
    let (_sts, center, home) = signed_in(600);
    let file = home.path().join(token_file("corp"));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let run = sso(&home, &center, "sso");
    says(run.failed_with(4), &["profile sso needs a sign-in: cannot read its token: "]);
    assert!(run.stderr.contains(&format!("\n  the token file is {}\n", file.display())), "{}", run.stderr);
}

/// As in a container that mounts `~/.aws` read-only.
#[cfg(target_os = "linux")]
#[test]
fn token_that_cannot_be_stored_is_not_renewed() {
    for (left, code) in [(-60, 4), (60, 0)] {
        let (_sts, center, home) = signed_in(left);
        let token = fs::read(home.path().join(token_file("corp"))).unwrap();
        let Some(disk) = Disk::at(&home.path().join(".aws/sso/cache")) else { return };
        fs::write(home.path().join(token_file("corp")), token).unwrap();
        disk.remount("ro");
        let run = sso(&home, &center, "sso");
        assert_eq!((run.code, center.renewals()), (Some(code), 0), "{run:?}");
        if code == 4 {
            says(&run, &["cannot renew its token, because its file cannot be written: Read-only file system"]);
        }
        disk.remount("rw");
        sso(&home, &center, "sso").succeeded();
    }
}

#[test]
fn control_character_in_sso_token_names_member_file_and_command() {
    let hint = "hint: amplify-creds login sso";
    for member in ["accessToken", "refreshToken", "clientId", "clientSecret"] {
        let (_sts, center, home) = signed_in(-60);
        change_token(&home, |token| token[member] = value!("hunter2\n"));
        let before = token(&home);
        let run = sso(&home, &center, "sso");
        let problem = format!(
            "the {member} in its token file contains the character U+000A (a line feed); run: amplify-creds login sso"
        );
        says(run.failed_with(4), &[&problem, hint, &token_file("corp"), "~/.aws/config:6"]);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        assert_eq!((center.renewals(), center.roles(), token(&home)), (0, 0, before));
    }
}

#[test]
fn invalid_session_of_aws_login_names_file_and_command() {
    let hint = "hint: amplify-creds login me";
    for (member, value, problem) in [
        ("accessKeyId", "ASIA\r", "the access key id contains the character U+000D (a carriage return)"),
        ("secretAccessKey", "s\0", "the secret access key contains the character U+0000 (a NUL)"),
        ("sessionToken", "hunter2\u{85}", "the session token contains the character U+0085"),
    ] {
        let (sts, double, home) = logged_in(600);
        let mut all: Value =
            serde_json::from_str(&fs::read_to_string(home.path().join(login_file())).unwrap()).unwrap();
        all["accessToken"][member] = value!(value);
        home.write(&login_file(), all.to_string());
        let run = login(&home, &double, "role");
        says(run.failed_with(4), &[problem, "in its token file", hint, &login_file()]);
        assert!(run.stdout.is_empty() && !run.stderr.contains("hunter2") && sts.calls().is_empty(), "{run:?}");
    }
}

#[test]
fn invalid_renewed_aws_login_session_is_not_stored() {
    let (sts, _double, home) = logged_in(60);
    let mut keys = sts.keys_of_role(OWN_ROLE, "bad", HOUR);
    keys.access_key_id.push('\n');
    let double = SignIn::start(keys);
    let mut all: Value = serde_json::from_str(&fs::read_to_string(home.path().join(login_file())).unwrap()).unwrap();
    all["refreshToken"] = value!(double.refresh_token());
    all["dpopKey"] = value!(double.key());
    all["accessToken"]["expiresAt"] = value!(moment(-60));
    home.write(&login_file(), all.to_string());
    let run = login(&home, &double, "me");
    says(
        run.failed_with(4),
        &["the access key id contains the character U+000A", "the credentials come from AWS Sign-In"],
    );
    let after: Value = serde_json::from_str(&fs::read_to_string(home.path().join(login_file())).unwrap()).unwrap();
    assert_eq!((after, double.renewals()), (all, 1));
}

#[test]
fn invalid_keys_of_a_service_are_not_used() {
    let bad = |sts: &FakeSts| {
        let keys = sts.keys_of_role(OWN_ROLE, "own", HOUR);
        TemporaryKeys { access_key_id: format!("{}\u{7f}", keys.access_key_id), ..keys }
    };
    let problem = "the access key id contains the character U+007F";
    let (sts, _keys, home) = own_role(EC2);
    let imds = Instance::with_role("Own", bad(&sts)).start();
    let run = home.run_with(&["process", "ec2"], &[(ENDPOINT, &imds.url())]);
    says(run.failed_with(4), &[problem, "the credentials come from the EC2 metadata service"]);
    let run =
        home.run_with(&["process", "ec2"], &[(ENDPOINT, &Instance::with_role("O\u{1b}wn", bad(&sts)).start().url())]);
    says(run.failed_with(4), &["the EC2 metadata service returned an invalid role name", "U+001B"]);
    home.config(CONTAINER);
    let run = home.run_with(&["process", "ecs"], &[(FULL_URI, &metadata::container(None, bad(&sts)).url())]);
    says(run.failed_with(4), &[problem, "the credentials come from the container's credentials service"]);
    assert!(sts.calls().is_empty());
}
