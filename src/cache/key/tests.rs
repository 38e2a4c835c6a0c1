use crate::core::origin::Origin;
use crate::core::secret::Secret;
use crate::plan::build;
use crate::plan::inputs::{HostnameFn, Inputs};
use crate::profile::keys::{KeyPlace, KeyPlaces};
use crate::profile::load::Files;
use crate::profile_file::Dialect;

use super::*;

const CREDENTIALS: &str = "[u]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/R\nrole_session_name = s1\n";
const DEVICE: &str = "mfa_serial = arn:aws:iam::111111111111:mfa/u\n";

fn role(more: &str) -> String {
    format!("[profile p]\n{ROLE}source_profile = u\n{more}\n")
}

fn role_of(source: &str) -> String {
    format!("{}[profile u]\n{source}", role(""))
}

fn chain() -> String {
    format!("{}[profile q]\n{}", role("").replace("= u\n", "= q\n"), &role("")["[profile p]\n".len()..])
}

/// The plan for `p` and the cache key of its last session.
fn planned(config: &str, credentials: &str, change: impl FnOnce(&mut Inputs)) -> (CredentialPlan, CacheKey) {
    let files = Files::from_text(config, credentials);
    let mut inputs = Inputs::default();
    change(&mut inputs);
    let plan = build::build(&files.profiles(Dialect::Auto).unwrap(), "p", &inputs).unwrap();
    let key = CacheKey::of(&plan, plan.steps().next_back().unwrap()).unwrap();
    (plan, key)
}

fn of(config: &str) -> CacheKey {
    planned(config, CREDENTIALS, |_| {}).1
}

/// Each of these plans needs sessions of its own.
#[test]
fn fingerprint_depends_on_identity_and_session_settings() {
    let mut all = Vec::new();
    for more in [
        "",
        "external_id = e1",
        "external_id = e2",
        "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess",
        "policy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws:iam::aws:policy/Other",
        "policy = {}",
        "policy = policy.json",
        "session_tags = a=b",
        "session_tags = a=b, c=d",
        "session_tags = a=b\ntransitive_session_tags = a",
        "source_identity = me",
        "provided_contexts = arn:aws:iam::aws:contextProvider/IdentityCenter=a.json",
        "provided_contexts = arn:aws:iam::aws:contextProvider/Other=a.json",
        "endpoint_url = http://localhost:1",
        "endpoint_url = http://localhost:2",
        "region = us-east-1\nsts_regional_endpoints = legacy",
        DEVICE,
        "mfa_serial = arn:aws:iam::111111111111:mfa/other",
    ] {
        all.push((more.to_owned(), of(&role(more))));
    }
    for config in [
        role("").replace("role/R", "role/R2"),
        role("").replace("arn:aws:", "arn:aws-cn:"),
        role("").replace("= s1", "= s2"),
        // The user's device authenticates the session, though the role does not name the device.
        role_of(DEVICE),
        chain(),
    ] {
        all.push((config.clone(), of(&config)));
    }
    for (keys, change) in bases() {
        let config = if keys.starts_with("credential_source") || keys.starts_with("web_identity") {
            role("").replace("source_profile = u\n", keys)
        } else {
            role_of(keys)
        };
        all.push((config.clone(), planned(&config, "", change).1));
    }
    let other_key = planned(&role(""), &CREDENTIALS.replace("AKIA1", "AKIA2"), |_| {});
    all.push(("another key".to_owned(), other_key.1));

    for (at, (what, key)) in all.iter().enumerate() {
        for (other, another) in &all[..at] {
            assert_ne!(key.fingerprint.hex(), another.fingerprint.hex(), "{what}\n--- and\n{other}");
        }
    }
}

type InputChange = fn(&mut Inputs);

fn bases() -> Vec<(&'static str, InputChange)> {
    fn place() -> KeyPlace {
        KeyPlace { name: "", from: Origin::Default }
    }
    fn container(uri: &str, token: Option<&str>) -> crate::plan::sources::ContainerService {
        crate::plan::sources::ContainerService {
            uri: Some(Located::new(uri.to_owned(), Origin::Default)),
            token: token.map(|text| ContainerToken::Text(text.into())),
        }
    }
    const COMMAND: &str = "credential_process = /bin/a\n";
    const EC2: &str = "credential_source = Ec2InstanceMetadata\n";
    const ECS: &str = "credential_source = EcsContainer\n";
    const ENVIRONMENT: &str = "credential_source = Environment\n";
    const SSO: &str =
        "sso_start_url = https://a\nsso_region = us-east-1\nsso_account_id = 111111111111\nsso_role_name = r\n";
    vec![
        (COMMAND, |_| {}),
        ("credential_process = /bin/b\n", |_| {}),
        (EC2, |_| {}),
        (EC2, |inputs| inputs.machine = HostnameFn(|| "m".to_owned())),
        (EC2, |inputs| {
            inputs.metadata.endpoint = Some(Located::new("http://localhost:1".to_owned(), Origin::Default));
        }),
        (ECS, |inputs| inputs.container = container("http://localhost/a", None)),
        (ECS, |inputs| inputs.container = container("http://localhost/b", None)),
        (ECS, |inputs| inputs.container = container("http://localhost/a", Some("/t"))),
        (ENVIRONMENT, |inputs| {
            inputs.environment = Some(Keys {
                access_key_id: "AKIA1".to_owned(),
                secret_access_key: Secret::from("s"),
                session_token: None,
                from: Origin::Default,
                places: KeyPlaces { access_key_id: place(), secret_access_key: place(), session_token: None },
            });
        }),
        (SSO, |_| {}),
        (
            "sso_start_url = https://b\nsso_region = us-east-1\nsso_account_id = 111111111111\nsso_role_name = r\n",
            |_| {},
        ),
        (
            "sso_start_url = https://a\nsso_region = us-east-1\nsso_account_id = 222222222222\nsso_role_name = r\n",
            |_| {},
        ),
        (
            "sso_start_url = https://a\nsso_region = us-east-1\nsso_account_id = 111111111111\nsso_role_name = r2\n",
            |_| {},
        ),
        ("login_session = arn:aws:iam::111111111111:user/a\n", |_| {}),
        ("login_session = arn:aws:iam::111111111111:user/b\n", |_| {}),
        ("web_identity_token_file = /t\n", |_| {}),
        ("web_identity_token_file = /t2\n", |_| {}),
        ("web_identity_token_file = /t\n", |inputs| inputs.machine = HostnameFn(|| "m".to_owned())),
    ]
}

#[test]
fn completed_identity_changes_the_fingerprint() {
    const SSO: &str =
        "sso_start_url = https://a\nsso_region = us-east-1\nsso_account_id = 111111111111\nsso_role_name = r\n";
    const LOGIN: &str = "login_session = arn:aws:iam::111111111111:user/a\n";
    fn process(change: impl Fn(&mut EnvContext) + 'static) -> Box<dyn Fn(&mut BaseSource)> {
        Box::new(move |base| match base {
            BaseSource::Process(ProcessBase { identity: ProcessIdentity::Environment(context), .. }) => change(context),
            other => panic!("{other:?}"),
        })
    }
    type Completion = Box<dyn Fn(&mut BaseSource)>;
    let token = |hash: &'static str| -> Completion {
        Box::new(move |base| match base {
            BaseSource::Container(container) => {
                container.service.token = Some(ContainerToken::File { path: "/t".into(), hash: hash.to_owned() });
            }
            other => panic!("{other:?}"),
        })
    };
    let subject = |subject: &'static str| -> Completion {
        Box::new(move |base| match base {
            BaseSource::WebIdentity(web) => web.subject = subject.to_owned(),
            other => panic!("{other:?}"),
        })
    };
    let endpoint = |url: &'static str| -> Completion {
        Box::new(move |base| match base {
            BaseSource::Sso(sso) => sso.endpoint = Some(url.to_owned()),
            BaseSource::Login(login) => login.endpoint = Some(url.to_owned()),
            other => panic!("{other:?}"),
        })
    };
    let bases: [(&str, Vec<Completion>); 5] = [
        (
            "credential_process = a\n",
            vec![
                process(|_| {}),
                process(|context| context.files = vec!["/bin/a".into()]),
                process(|context| context.files = vec!["/bin/a".into(), "/s".into()]),
                process(|context| context.directory = Some("/one".into())),
                process(|context| context.directory = Some("/two".into())),
                process(|context| context.variables = "ab".into()),
                process(|context| context.config = "/other".into()),
                process(|context| context.credentials = "/other".into()),
                Box::new(|base| match base {
                    BaseSource::Process(process) => process.identity = ProcessIdentity::Command,
                    other => panic!("{other:?}"),
                }),
            ],
        ),
        ("credential_source = EcsContainer\n", vec![token(""), token("1"), token("2")]),
        ("web_identity_token_file = /t\n", vec![subject(""), subject("1"), subject("2")]),
        (SSO, vec![Box::new(|_| {}), endpoint("http://localhost:1"), endpoint("http://localhost:2")]),
        (LOGIN, vec![Box::new(|_| {}), endpoint("http://localhost:1"), endpoint("http://localhost:2")]),
    ];
    for (keys, completions) in bases {
        let config = match keys.split('_').next() {
            Some("web") => role("").replace("source_profile = u\n", keys),
            _ if keys.starts_with("credential_source") => role("").replace("source_profile = u\n", keys),
            _ => role_of(keys),
        };
        let (plan, _) = planned(&config, "", |_| {});
        let step = plan.steps().next_back().unwrap();
        let mut seen = Vec::new();
        for (at, complete) in completions.iter().enumerate() {
            let mut plan = plan.clone();
            complete(&mut plan.base.source);
            let hex = CacheKey::of(&plan, step).unwrap().fingerprint.hex().to_owned();
            assert!(!seen.contains(&hex), "{keys} {at}");
            seen.push(hex);
        }
    }
}

#[test]
fn command_and_key_identify_a_process_in_every_environment() {
    let (plan, _) = planned(&role_of("credential_process = a\n"), "", |_| {});
    let mut other = plan.clone();
    let BaseSource::Process(process) = &mut other.base.source else { panic!("a process") };
    process.identity = ProcessIdentity::Environment(EnvContext { variables: "x".into(), ..EnvContext::default() });
    let step = Step::Hop(0);
    assert_eq!(CacheKey::of_command(&plan, step).hex(), CacheKey::of_command(&other, step).hex());
    assert_eq!(CacheKey::of_key(&plan, step, "AKIA1").hex(), CacheKey::of_key(&other, step, "AKIA1").hex());
    assert_ne!(CacheKey::of_key(&plan, step, "AKIA1").hex(), CacheKey::of_key(&plan, step, "AKIA2").hex());
}

#[test]
fn fingerprint_depends_on_assertion_not_its_path() {
    let key = |file: &str, assertion: &str| {
        let more = format!("provided_contexts = arn:aws:iam::aws:contextProvider/IdentityCenter={file}");
        let (mut plan, _) = planned(&role(&more), CREDENTIALS, |_| {});
        plan.hops[0].extras.contexts[0].value.assertion = Secret::from(assertion);
        CacheKey::of(&plan, Step::Hop(0)).unwrap().fingerprint.hex().to_owned()
    };
    assert_eq!(key("a", "one"), key("b", "one"));
    assert_ne!(key("a", "one"), key("a", "two"));
}

#[test]
fn flags_keep_a_session_from_the_plain_name() {
    let with = |change: InputChange| planned(&role(""), CREDENTIALS, change).1.amplify_could_make_it;
    assert!(with(|_| {}));
    assert!(!with(|inputs| inputs.role.external_id = Some("Other-1".to_owned())));
    assert!(!with(|inputs| inputs.role.session_name = Some("other".to_owned())));
    assert!(!with(|inputs| inputs.role.role_arn = Some("arn:aws:iam::222222222222:role/R2".to_owned())));
}

#[test]
fn fingerprint_ignores_region_and_duration() {
    let plain = of(&role(""));
    for more in ["# a remark", "region = eu-west-1", "duration_seconds = 1800", "output = json", "min_ttl = 5m"] {
        assert_eq!(of(&role(more)).fingerprint.hex(), plain.fingerprint.hex(), "{more}");
    }
    let other_secret = planned(&role(""), &CREDENTIALS.replace("key = s", "key = s2"), |_| {}).1;
    assert_eq!(other_secret.fingerprint.hex(), plain.fingerprint.hex(), "no secret is hashed");
}

/// Other bytes would invalidate every entry of earlier versions.
#[test]
fn fingerprint_is_sha256_of_labelled_values() {
    let mut bytes = Vec::new();
    for text in [
        "amplify-creds",
        "1",
        "partition",
        "aws",
        "base",
        "static",
        "access key id",
        "AKIA1",
        "role",
        "arn:aws:iam::222222222222:role/R",
        "session name",
        "s1",
    ] {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    let key = of(&role(""));
    assert_eq!(key.fingerprint.hex(), Fingerprint::of(bytes).hex());
    // The first example of FIPS 180-4.
    let example = Fingerprint::of(b"abc".to_vec());
    assert_eq!(example.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(example.short(), &example.hex()[..8]);
    assert_eq!(key.marked_name(), format!("s1#{}", &key.fingerprint.hex()[..8]));
}

#[test]
fn plain_name_is_only_for_amplify_cli_sessions() {
    for (more, expected) in [
        ("", true),
        ("external_id = e1", true),
        (DEVICE, true),
        ("endpoint_url = http://localhost:1", false),
        ("source_identity = me", false),
    ] {
        assert_eq!(of(&role(more)).amplify_could_make_it, expected, "{more}");
    }
    let behind = role_of(DEVICE);
    assert!(!of(&behind).amplify_could_make_it, "the device of the user is not asked there");
    let process = role_of("credential_process = /bin/a\n");
    assert!(!planned(&process, "", |_| {}).1.amplify_could_make_it);
    let (plan, last) = planned(&chain(), CREDENTIALS, |_| {});
    assert!(!last.amplify_could_make_it, "one hop is all it makes");
    assert!(CacheKey::of(&plan, Step::Hop(0)).unwrap().amplify_could_make_it);
    assert!(CacheKey::of(&plan, Step::Hop(2)).is_none());
}

#[test]
fn mfa_session_is_stored_under_the_device() {
    let (plan, role) = planned(&role(DEVICE), CREDENTIALS, |_| {});
    let key = CacheKey::of(&plan, Step::Mfa).unwrap();
    assert_eq!((key.outer.as_str(), key.inner.as_str()), ("arn:aws:iam::111111111111:mfa/u", "AKIA1"));
    assert!(!key.amplify_could_make_it);
    assert_ne!(key.fingerprint.hex(), role.fingerprint.hex());
    assert_eq!((role.outer.as_str(), role.inner.as_str()), ("arn:aws:iam::222222222222:role/R", "s1"));
}
