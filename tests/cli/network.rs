//! Connections to AWS: TLS and trusted authorities, proxies, connection reuse. Real certificates, a real proxy.

use chrono::Utc;
use test_support::http::{Reply, Response};
use test_support::{
    Asked, Authority, FakeProxy, FakeSts, Finished, Policy, Role, Site, TestHome, Validity, World, biz_corp as data,
};

use crate::{PROGRAM, add_config, json, without_mfa};

const STS: &str = "sts.eu-west-1.amazonaws.com";
const NEXT_ROLE: &str = "arn:aws:iam::222222222222:role/Next";

/// A double with TLS, its authority's file, and a home with `nomfa` and `next`, which is assumed through it.
struct Secure {
    sts: FakeSts,
    home: TestHome,
    authority: Authority,
    bundle: String,
}

fn secure(names: &[&str], validity: Validity) -> Secure {
    let authority = Authority::new("a company's own");
    let world = World::biz_corp().role(Role::new(NEXT_ROLE).trusts(data::NO_MFA_ROLE));
    let sts = FakeSts::start_tls(world, authority.server(names, validity));
    let home = TestHome::biz_corp(PROGRAM, &sts);
    add_config(
        &home,
        &format!(
            "[profile nomfa]\nrole_arn = {}\nsource_profile = devcorpuser\nregion = eu-west-1\n\
             [profile next]\nrole_arn = {NEXT_ROLE}\nsource_profile = nomfa\nregion = eu-west-1\n",
            data::NO_MFA_ROLE
        ),
    );
    let bundle = home.write("ca.pem", authority.pem()).display().to_string();
    Secure { sts, home, authority, bundle }
}

#[track_caller]
fn says(run: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in:\n{}", run.stderr);
    }
}

#[test]
fn hops_share_connection_and_ca_bundle() {
    let Secure { sts, home, bundle, .. } = secure(&["127.0.0.1"], Validity::Good);
    home.run_with(&["process", "next"], &[("AWS_CA_BUNDLE", &bundle)]).succeeded();
    assert_eq!((sts.succeeded("AssumeRole"), sts.connections()), (2, 1));
    let (sts, home) = without_mfa();
    sts.edit_world(|world| world.put_role(Role::new(NEXT_ROLE).trusts(data::NO_MFA_ROLE)));
    add_config(&home, &format!("[profile next]\nrole_arn = {NEXT_ROLE}\nsource_profile = nomfa\n"));
    home.run(&["process", "next"]).succeeded();
    assert_eq!((sts.succeeded("AssumeRole"), sts.connections()), (2, 1), "without TLS, too");
}

#[test]
fn ca_bundle_is_variable_then_profile_then_system() {
    let Secure { sts: _sts, home, bundle, .. } = secure(&["127.0.0.1"], Validity::Good);
    let run = |variables: &[(&str, &str)], profile: &str| home.run_with(&["process", "--no-cache", profile], variables);
    for variable in ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
        run(&[(variable, &bundle)], "nomfa").succeeded();
        run(&[(variable, "~/ca.pem")], "nomfa").succeeded();
    }
    add_config(&home, "[profile trusting]\ninclude_profile = nomfa\nca_bundle = ~/ca.pem\n");
    run(&[], "trusting").succeeded();
    run(&[("SSL_CERT_FILE", "/nowhere")], "trusting").succeeded();
    run(&[("AWS_CA_BUNDLE", "/nowhere")], "trusting").failed_with(3);
    let seen = json(home.run(&["explain", "trusting", "--json"]).succeeded());
    let config = home.file(".aws/config").display().to_string();
    assert_eq!(seen["ca_bundle"], serde_json::json!({"value": "~/ca.pem", "from": format!("{config}:22")}));
    assert!(home.run(&["explain", "trusting"]).succeeded().contains("~/ca.pem  (~/.aws/config:22)"));
}

#[test]
fn untrusted_certificate_is_reported_with_reason_and_bundle() {
    let rows = [
        (&["127.0.0.1"][..], Validity::Expired, "it has expired (2001-01-01T00:00:00Z)", "clock"),
        (&["127.0.0.1"], Validity::NotYet, "it is not valid yet (2090-01-01T00:00:00Z)", "sudo hwclock -s"),
        (&["one.example", "two.example"], Validity::Good, "it is for ", "AWS_ENDPOINT_URL_STS"),
    ];
    for (names, validity, why, hint) in rows {
        let Secure { sts, home, bundle, .. } = secure(names, validity);
        let run = home.run_with(&["process", "nomfa"], &[("AWS_CA_BUNDLE", &bundle)]);
        run.failed_with(6);
        let host = sts.url().replace("https://", "");
        says(&run, &[&format!("the certificate of {host} is not trusted: {why}"), "profile nomfa", hint]);
        says(&run, &[&format!("the trusted authorities are those in {bundle} ($AWS_CA_BUNDLE)")]);
        assert_eq!(sts.calls().len(), 0);
    }
}

#[test]
fn unknown_authority_hints_ca_bundle() {
    let Secure { sts: _sts, home, .. } = secure(&["127.0.0.1"], Validity::Good);
    let other = home.write("other.pem", Authority::new("another").pem()).display().to_string();
    for variables in [&[("AWS_CA_BUNDLE", other.as_str())][..], &[]] {
        let run = home.run_with(&["process", "nomfa"], variables);
        run.failed_with(6);
        says(
            &run,
            &[
                "it is not signed by a trusted authority",
                "the trusted authorities are those in",
                "AWS_CA_BUNDLE or ca_bundle",
            ],
        );
    }
}

#[test]
fn invalid_ca_bundle_fails_only_https_calls() {
    let Secure { sts, home, authority, .. } = secure(&["127.0.0.1"], Validity::Good);
    let run = |path: &str| home.run_with(&["process", "--no-cache", "nomfa"], &[("AWS_CA_BUNDLE", path)]);
    let damaged = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let rows = [
        ("missing.pem", None, "the file does not exist"),
        ("empty.pem", Some(""), "it is empty"),
        ("text.pem", Some("nothing of the kind\n"), "it has no certificate in PEM format"),
        ("damaged.pem", Some(damaged), "none of its certificates can be read"),
        ("open.pem", Some("-----BEGIN CERTIFICATE-----\nMIIB\n"), "none of its certificates can be read"),
        (".aws", None, "it is a directory"),
    ];
    for (name, text, problem) in rows {
        if let Some(text) = text {
            home.write(name, text);
        }
        let path = home.path().join(name).display().to_string();
        let run = run(&path);
        run.failed_with(3);
        says(&run, &[&format!("cannot use the certificate authorities in {path} ($AWS_CA_BUNDLE): {problem}\n")]);
    }
    assert_eq!(sts.connections(), 0);
    // Neither the other certificates in the file nor its line ends matter.
    let mixed = format!("# ours\n{damaged}\u{e9}\n{}{damaged}", authority.pem().replace('\n', "\r\n"));
    let mixed = home.write("mixed.pem", mixed).display().to_string();
    run(&mixed).succeeded();
    let (_sts, home) = without_mfa();
    home.run_with(&["process", "nomfa"], &[("AWS_CA_BUNDLE", "/nowhere")]).succeeded();
}

#[test]
fn server_without_tls_has_its_own_error() {
    let (sts, home) = without_mfa();
    let url = sts.url().replace("http:", "https:");
    let run = home.run_with(&["process", "nomfa"], &[("AWS_ENDPOINT_URL_STS", &url)]);
    run.failed_with(6);
    says(&run, &["no connection to STS at 127.0.0.1:", "does not use TLS"]);
}

#[test]
fn proxy_tunnel_is_shared_by_all_hops() {
    let Secure { sts, home, bundle, .. } = secure(&[STS], Validity::Good);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxy = FakeProxy::start(sts.port(), Policy::Open);
        let url = format!("http://{}", proxy.address());
        let variables = [("AWS_ENDPOINT_URL_STS", ""), ("AWS_CA_BUNDLE", bundle.as_str()), (variable, url.as_str())];
        home.run_with(&["process", "--no-cache", "next"], &variables).succeeded();
        let connect = Asked { method: "CONNECT".into(), target: format!("{STS}:443"), authorization: None };
        assert_eq!(proxy.seen(), [connect]);
    }
    assert_eq!(sts.succeeded("AssumeRole"), 6);
}

#[test]
fn proxy_gets_decoded_user_and_password() {
    let Secure { sts, home, bundle, .. } = secure(&[STS], Validity::Good);
    // RFC 7617: `me` and `p@ss:wörd%`.
    let policy = Policy::Authorized("Basic bWU6cEBzczp3w7ZyZCU=".into());
    let proxy = FakeProxy::start(sts.port(), policy.clone());
    let run = |user: &str| {
        let url = format!("http://{user}{}", proxy.address());
        let variables = [("AWS_ENDPOINT_URL_STS", ""), ("AWS_CA_BUNDLE", bundle.as_str()), ("HTTPS_PROXY", &url)];
        home.run_with(&["process", "--no-cache", "nomfa"], &variables)
    };
    run("me:p%40ss%3Aw%C3%B6rd%25@").succeeded();
    for user in ["", "me:hush@", "me@"] {
        let refused = run(user);
        refused.failed_with(6);
        says(&refused, &[&format!("through the proxy http://{} ($HTTPS_PROXY)", proxy.address())]);
        says(&refused, &["it requires a user and a password", "percent-encoded"]);
        assert!(!refused.stderr.contains("hush") && !refused.stderr.contains("me:"), "{refused:?}");
    }
    // A plain URL is forwarded through HTTP_PROXY.
    let (sts, home) = without_mfa();
    let proxy = FakeProxy::start(sts.port(), policy);
    let url = format!("http://me:p%40ss%3Aw%C3%B6rd%25@{}", proxy.address());
    let variables = [("HTTP_PROXY", url.as_str()), ("AWS_ENDPOINT_URL_STS", "http://sts.test/")];
    home.run_with(&["process", "nomfa"], &variables).succeeded();
    assert_eq!((proxy.seen()[0].method.as_str(), proxy.seen()[0].target.as_str()), ("POST", "http://sts.test/"));
}

#[test]
fn hop_uses_proxy_unless_its_host_is_exempt() {
    let Secure { sts, home, bundle, .. } = secure(&[STS, "127.0.0.1"], Validity::Good);
    let proxy = FakeProxy::start(sts.port(), Policy::Open);
    // The role in the middle uses the endpoint that it would have if it were requested itself.
    add_config(
        &home,
        &format!(
            "[profile direct]\ninclude_profile = nomfa\nendpoint_url = {}\n\
             [profile alias]\ncredential_process = amplify-creds process direct\n\
             [profile mixed]\nrole_arn = {NEXT_ROLE}\nsource_profile = alias\nregion = eu-west-1\n",
            sts.url()
        ),
    );
    let url = format!("http://{}", proxy.address());
    let variables = [("AWS_ENDPOINT_URL_STS", ""), ("AWS_CA_BUNDLE", bundle.as_str()), ("HTTPS_PROXY", url.as_str())];
    home.run_with(&["process", "mixed"], &[variables[0], variables[1], variables[2], ("no_proxy", "127.0.0.1")])
        .succeeded();
    let targets: Vec<_> = proxy.seen().into_iter().map(|asked| asked.target).collect();
    assert_eq!((targets, sts.connections()), (vec![format!("{STS}:443")], 2));
}

#[test]
fn failed_proxy_is_named_without_password() {
    let Secure { sts, home, bundle, .. } = secure(&["127.0.0.1"], Validity::Good);
    let forbidding = FakeProxy::start(sts.port(), Policy::Forbidden);
    let rows = [
        (6, format!("http://me:hush@{}", forbidding.address()), "it refused the connection"),
        (6, "http://me:hush@127.0.0.1:1".into(), "proxy http://127.0.0.1:1 ($HTTPS_PROXY): Connection refused"),
        (3, "socks5://me:hush@127.0.0.1:1".into(), "the proxy from $HTTPS_PROXY: only HTTP proxies"),
        (3, "http://me:hu sh@127.0.0.1:1".into(), "the proxy from $HTTPS_PROXY: it is not a URL"),
    ];
    for (code, url, expected) in rows {
        let variables = [("AWS_CA_BUNDLE", bundle.as_str()), ("HTTPS_PROXY", &url)];
        let run = home.run_with(&["process", "nomfa"], &variables);
        run.failed_with(code);
        says(&run, &[expected]);
        assert!(!run.stderr.contains("hu"), "{run:?}");
        // An exempt host ignores the proxy.
        let exempt = [variables[0], variables[1], ("NO_PROXY", "amazonaws.com,127.0.0.0/8")];
        home.run_with(&["process", "--no-cache", "nomfa"], &exempt).succeeded();
    }
    assert_eq!(forbidding.seen().len(), 3, "tried again, as any broken connection");
}

#[test]
fn tls_inspecting_proxy_requires_its_ca_bundle() {
    // Its certificate for AWS's host is not signed by an authority of the system.
    let Secure { sts, home, bundle, .. } = secure(&[STS], Validity::Good);
    let proxy = FakeProxy::start(sts.port(), Policy::Open);
    let url = format!("http://{}", proxy.address());
    let through = [("AWS_ENDPOINT_URL_STS", ""), ("HTTPS_PROXY", url.as_str())];
    let run = home.run_with(&["process", "nomfa"], &through);
    run.failed_with(6);
    says(&run, &[&format!("the certificate of {STS} is not trusted"), "if your company's proxy intercepts TLS"]);
    let trusting = [through[0], through[1], ("AWS_CA_BUNDLE", &bundle)];
    home.run_with(&["process", "nomfa"], &trusting).succeeded();
}

#[test]
fn huge_response_is_rejected() {
    let huge = Site::start(|_| Reply::Whole(Response::new(200, Utc::now()).body("text/xml", vec![b' '; 5 << 20])));
    let (_sts, home) = without_mfa();
    let run = home.run_with(&["process", "nomfa"], &[("AWS_ENDPOINT_URL_STS", &huge.url())]);
    says(&run, &["the response is not from"]);
    assert_eq!(run.code, Some(6), "{run:?}");
}
