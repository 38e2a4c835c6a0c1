//! The doubles of STS, IAM Identity Center, AWS Sign-In and the console behind the real host names, for trials with
//! unchanged clients: the AWS CLI, a browser, curl.
//!
//! ```console
//! $ mkfifo commands && cargo run --example sign-in-double < commands > doubles.json & exec 3> commands
//! $ export HTTPS_PROXY=$(jq -r .proxy doubles.json) AWS_CA_BUNDLE=$(jq -r .ca doubles.json)
//! $ echo approve >&3
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::http::{Reply, Request, Response};
use test_support::sso_accounts::ListedAccounts;
use test_support::{
    FakeSts, Federation, IdentityCenter, Role, SignIn, TlsFront, World, biz_corp, federation, identity_center,
};

const HELP: &str = "\
The doubles of STS, IAM Identity Center, AWS Sign-In and the console behind a proxy with TLS

Usage: cargo run --example sign-in-double -- [--region REGION] [--approve] [--head STATUS]
                                             [--vanity URL]

  --region REGION   Use the hosts of this region (default: eu-west-1)
  --approve         Redirect from the authorization pages at once, without a button
  --head STATUS     Answer HEAD at the vanity URL with this status: 302, 405 or 501 (default: 302)
  --vanity URL      Redirect to this URL from the vanity URL (default: the start URL)
  --help            Print this text

The first line of the output is a JSON object: the proxy, the file of the authority, URLs, keys and names. Set HTTPS_PROXY
and AWS_CA_BUNDLE to use the real host names, or use the `url` of a double as its endpoint.

Commands on the input, one in a line:
  page              Show the authorization pages
  approve           Redirect from them at once
  deny              Redirect from them with access_denied
  pending N         Answer the next N polls of a device code with AuthorizationPendingException
  sign-out          Invalidate all tokens of IAM Identity Center
  lifetime SECONDS  Limit later access tokens of IAM Identity Center
  accounts N M      List N accounts with M roles each
  throttle N        Answer the next N lists with TooManyRequestsException
  slow SECONDS      Delay the token answers of IAM Identity Center
  no-post           Answer POST at the federation endpoint of the console with 405
  requests          Print all requests so far as one JSON object
The doubles stop at the end of the input.
";

const ACCOUNT: &str = "111111111111";
const ROLE: &str = "Own";
const SESSION_ARN: &str = "arn:aws:iam::111111111111:user/dev";
const START_URL: &str = "https://d-123.awsapps.com/start";
const VANITY_HOST: &str = "sso.corp.example";

struct Options {
    region: String,
    approve: bool,
    head: u16,
    vanity: String,
}

struct Doubles {
    sts: FakeSts,
    center: IdentityCenter,
    sign_in: SignIn,
    federation: Federation,
    front: TlsFront,
}

fn main() -> ExitCode {
    let options = match parse(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("sign-in-double: {message}; see --help");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sign-in-double: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` if help was requested.
fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options =
        Options { region: "eu-west-1".to_owned(), approve: false, head: 302, vanity: START_URL.to_owned() };
    while let Some(option) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{option} needs a value"));
        match option.as_str() {
            "--help" => return Ok(None),
            "--approve" => options.approve = true,
            "--region" => options.region = value()?,
            "--head" => options.head = value()?.parse().map_err(|_| "invalid status in --head".to_owned())?,
            "--vanity" => options.vanity = value()?,
            _ => return Err(format!("unknown option {option}")),
        }
    }
    Ok(Some(options))
}

fn run(options: &Options) -> io::Result<()> {
    let doubles = start(options);
    if options.approve {
        doubles.command("approve");
    }
    say(&doubles.description(&options.region))?;
    for line in io::stdin().lock().lines() {
        if let Some(answer) = doubles.command(&line?) {
            say(&answer)?;
        }
    }
    Ok(())
}

fn start(options: &Options) -> Doubles {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{ROLE}");
    let sts = FakeSts::start(World::biz_corp().role(Role::new(&arn)));
    let keys = |name| sts.keys_of_role(&arn, name, 12 * 3600);
    let center = IdentityCenter::start(ACCOUNT, ROLE, keys("own"));
    let sign_in = SignIn::start(keys("dev"));
    sign_in.set_session(SESSION_ARN);
    let federation = Federation::start(&sts);
    center.list(listed(3, 2));
    let front = TlsFront::start();
    let region = &options.region;
    for host in [format!("sts.{region}.amazonaws.com"), "sts.amazonaws.com".to_owned()] {
        front.forward(&host, &sts.url());
    }
    for service in ["oidc", "portal.sso"] {
        front.forward(&format!("{service}.{region}.amazonaws.com"), &center.url());
    }
    for host in [format!("{region}.signin.aws.amazon.com"), "signin.aws.amazon.com".to_owned()] {
        front.forward_path(&host, &sign_in.url(), (federation::PATH, &federation.url()));
    }
    front.redirect(VANITY_HOST, &options.vanity, options.head);
    front.answer("d-123.awsapps.com", |_| {
        let page = "<!doctype html><title>Portal</title><main><h1>Portal</h1></main>";
        let response = Response::new(200, chrono::Utc::now()).body("text/html", page);
        Reply::Whole(response.header("Content-Security-Policy", "default-src 'none'"))
    });
    Doubles { sts, center, sign_in, federation, front }
}

impl Doubles {
    fn description(&self, region: &str) -> Value {
        json!({
            "proxy": self.front.url(),
            "ca": self.front.ca_file(),
            "region": region,
            "sts": {
                "url": self.sts.url(),
                "accessKeyId": biz_corp::ACCESS_KEY_ID,
                "secretAccessKey": biz_corp::SECRET_ACCESS_KEY,
            },
            "identityCenter": {
                "url": self.center.url(),
                "startUrl": START_URL,
                "vanityUrl": format!("https://{VANITY_HOST}/start"),
                "accountId": ACCOUNT,
                "roleName": ROLE,
                "userCode": identity_center::USER_CODE,
            },
            "signIn": {"url": self.sign_in.url(), "session": SESSION_ARN},
            "console": {"url": self.federation.url(), "role": biz_corp::NO_MFA_ROLE},
        })
    }

    fn command(&self, line: &str) -> Option<Value> {
        let Self { center, sign_in, .. } = self;
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["page"] => {
                center.show_page();
                sign_in.show_page();
            }
            ["approve"] => {
                center.approve_at_once();
                sign_in.approve_at_once();
            }
            ["deny"] => {
                center.deny();
                sign_in.deny();
            }
            ["sign-out"] => center.sign_out(),
            ["pending", count] => match count.parse() {
                Ok(count) => center.answer_device(&vec!["AuthorizationPendingException"; count]),
                Err(_) => return Some(json!({"error": "pending N"})),
            },
            ["lifetime", seconds] => match seconds.parse() {
                Ok(seconds) => center.expire_in(seconds),
                Err(_) => return Some(json!({"error": "lifetime SECONDS"})),
            },
            ["slow", seconds] => match seconds.parse().map(Duration::try_from_secs_f64) {
                Ok(Ok(delay)) => center.slow(delay),
                _ => return Some(json!({"error": "slow SECONDS"})),
            },
            ["accounts", accounts, roles] => match (accounts.parse(), roles.parse()) {
                (Ok(accounts), Ok(roles)) => center.list(listed(accounts, roles)),
                _ => return Some(json!({"error": "accounts N M"})),
            },
            ["throttle", count] => match count.parse() {
                Ok(count) => center.throttle(count),
                Err(_) => return Some(json!({"error": "throttle N"})),
            },
            ["no-post"] => self.federation.reject_post(),
            ["requests"] => return Some(self.requests()),
            [] => {}
            _ => return Some(json!({"error": format!("unknown command: {line}")})),
        }
        None
    }

    fn requests(&self) -> Value {
        let of = |service: &str, requests: &[Request]| -> Vec<Value> {
            let one = |request: &Request| {
                json!({
                    "service": service,
                    "method": request.method(),
                    "path": request.path(),
                    "query": request.query(),
                    "userAgent": request.header("user-agent"),
                    "body": String::from_utf8_lossy(request.body()),
                })
            };
            requests.iter().map(one).collect()
        };
        json!({
            "connects": self.front.connects(),
            "identityCenter": of("identityCenter", &self.center.requests()),
            "signIn": of("signIn", &self.sign_in.requests()),
            "console": of("console", &self.federation.requests()),
            "sts": self.sts.calls().iter().map(|call| &call.action).collect::<Vec<_>>(),
        })
    }
}

/// The first account and role are those with credentials.
fn listed(accounts: u64, roles: u32) -> ListedAccounts {
    let roles: Vec<_> =
        (0..roles).map(|role| if role == 0 { ROLE.to_owned() } else { format!("Role{role}") }).collect();
    let roles: Vec<_> = roles.iter().map(String::as_str).collect();
    (0..accounts).fold(ListedAccounts::default(), |listed, number| {
        listed.account(&(111_111_111_111 + number).to_string(), &format!("Account {number}"), &roles)
    })
}

/// Prints one line and flushes it, because the reader may be a pipe.
fn say(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
