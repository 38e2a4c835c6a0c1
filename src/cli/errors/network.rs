use crate::cli::errors::failure::{CONFIG, Failure, INTERNAL, NETWORK, REFUSED};
use crate::sts::{Distrust, PROXY_SIGN_IN, StsError};

const NTLM: &str = "for a proxy with NTLM or Kerberos, run a local proxy that signs in to it, such as px or cntlm";

/// `service` is also the suffix of its AWS_ENDPOINT_URL variable.
/// `service` is `STS`, `IAM` or `SIGNIN`, as in the variable of its endpoint.
pub(crate) fn unanswered_by(service: &str, error: StsError, what: &str) -> Failure {
    let variable = format!("AWS_ENDPOINT_URL_{service}");
    let service = if service == "SIGNIN" { "AWS Sign-In" } else { service };
    let hint = format!("check the network, HTTPS_PROXY and {variable}");
    match error {
        StsError::Throttled => {
            Failure::new(NETWORK, format!("{what}: AWS throttled every attempt")).hint("try again in a minute")
        }
        StsError::Server(status) => {
            Failure::new(NETWORK, format!("{what}: AWS returned HTTP status {status}")).hint("try again in a minute")
        }
        StsError::Unreachable { host, proxy: None, reason } => {
            Failure::new(NETWORK, format!("{what}: no connection to {service} at {host}: {reason}")).hint(hint)
        }
        StsError::Unreachable { host, proxy: Some(proxy), reason } => {
            let message = format!("{what}: no connection to {service} through the proxy {proxy}: {reason}");
            let failure =
                Failure { details: vec![format!("{service} is at {host}")], ..Failure::new(NETWORK, message) }.hint(
                    "the proxy's URL is http://USER:PASSWORD@HOST:PORT, percent-encoded; NO_PROXY lists exempt hosts",
                );
            if reason == PROXY_SIGN_IN { failure.hint(NTLM) } else { failure }
        }
        StsError::Untrusted { host, why, trusted } => untrusted(what, &host, &why, &trusted),
        StsError::TimedOut => Failure::new(NETWORK, format!("{what}: {service} did not answer in time")).hint(hint),
        StsError::Garbage | StsError::ForeignError(_) => {
            let status = match error {
                StsError::ForeignError(status) => format!(" (HTTP status {status})"),
                _ => String::new(),
            };
            Failure::new(NETWORK, format!("{what}: the response is not from {service}{status}"))
                .hint(format!("check {variable}, and whether a proxy or a login page answers instead of AWS"))
        }
        StsError::Roots { .. } | StsError::Proxy { .. } | StsError::Endpoint(_) => misconfigured(&error),
        StsError::Setup(reason) => Failure::new(INTERNAL, format!("{what}: {reason}")),
        StsError::Refused { code, message } => Failure::by_aws(REFUSED, format!("{what}: {code}"), message),
    }
}

pub(crate) fn untrusted(what: &str, host: &str, why: &Distrust, trusted: &str) -> Failure {
    let until = |at: &Option<String>| at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
    let (problem, hint) = match why {
        Distrust::UnknownIssuer => (
            "it is not signed by a trusted authority".to_owned(),
            "if your company's proxy intercepts TLS, set AWS_CA_BUNDLE or ca_bundle to the PEM file of its authority",
        ),
        Distrust::Expired(at) => (
            format!("it has expired{}", until(at)),
            "check this machine's clock; if it is right, the server needs a new certificate",
        ),
        Distrust::NotYetValid(at) => {
            (format!("it is not valid yet{}", until(at)), "check this machine's clock; in WSL: sudo hwclock -s")
        }
        Distrust::OtherName(names) => (
            format!("it is for {}", if names.is_empty() { "another host".to_owned() } else { names.join(", ") }),
            "the connection leads to another server; check AWS_ENDPOINT_URL_STS, the proxy and the DNS server",
        ),
        Distrust::Other(reason) => (reason.clone(), "a server between this machine and AWS may answer in its place"),
    };
    let message = format!("{what}: the certificate of {host} is not trusted: {problem}");
    let details = vec![format!("the trusted authorities are those in {trusted}")];
    Failure { details, ..Failure::new(NETWORK, message) }.hint(hint)
}

/// An unusable proxy or file of authorities. No profile is at fault.
pub(crate) fn misconfigured(error: &StsError) -> Failure {
    Failure::new(CONFIG, error.to_string()).hint(match error {
        StsError::Proxy { .. } => {
            "a proxy's URL is http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, percent-encoded"
        }
        StsError::Endpoint(_) => {
            "an endpoint is http://HOST:PORT or https://HOST; check the AWS_ENDPOINT_URL variables and endpoint_url"
        }
        _ => "the file must contain certificates in PEM; correct or remove the setting that names it",
    })
}
