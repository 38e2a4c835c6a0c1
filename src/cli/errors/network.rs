use crate::cli::errors::failure::{CONFIG, Failure, INTERNAL, NETWORK, REFUSED};
use crate::sts::{Distrust, PROXY_SIGN_IN, StsError};

const NTLM: &str =
    "a proxy that wants NTLM or Kerberos needs a program on this machine that signs in to it, such as px or cntlm";

/// `service` is also the suffix of its AWS_ENDPOINT_URL variable.
pub(crate) fn unanswered_by(service: &str, error: StsError, what: &str) -> Failure {
    let hint = format!("check the network, HTTPS_PROXY and AWS_ENDPOINT_URL_{service}");
    match error {
        StsError::Throttled => Failure::new(NETWORK, format!("{what}: AWS asks to slow down, again and again"))
            .hint("try again in a minute"),
        StsError::Server(status) => Failure::new(NETWORK, format!("{what}: AWS answered with HTTP status {status}"))
            .hint("try again in a minute"),
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
            Failure::new(NETWORK, format!("{what}: the answer is not from {service}{status}"))
                .hint(format!("check for a proxy, a login page or AWS_ENDPOINT_URL_{service} between here and AWS"))
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
            "no trusted authority has signed it".to_owned(),
            "where a company's proxy opens TLS: AWS_CA_BUNDLE or ca_bundle must name the PEM file of its authority",
        ),
        Distrust::Expired(at) => (
            format!("it has expired{}", until(at)),
            "is this machine's clock right? Otherwise whoever runs that server must renew it",
        ),
        Distrust::NotYetValid(at) => {
            (format!("it is not valid yet{}", until(at)), "is this machine's clock right? In WSL: sudo hwclock -s")
        }
        Distrust::OtherName(names) => (
            format!("it is for {}", if names.is_empty() { "another host".to_owned() } else { names.join(", ") }),
            "something leads to another server: AWS_ENDPOINT_URL_STS, a proxy, the name server",
        ),
        Distrust::Other(reason) => (reason.clone(), "something between here and AWS answers in its place"),
    };
    let message = format!("{what}: the certificate of {host} is not trusted: {problem}");
    let details = vec![format!("trusted are the authorities in {trusted}")];
    Failure { details, ..Failure::new(NETWORK, message) }.hint(hint)
}

/// An unusable proxy or file of authorities. No profile is at fault.
pub(crate) fn misconfigured(error: &StsError) -> Failure {
    Failure::new(CONFIG, error.to_string()).hint(match error {
        StsError::Proxy { .. } => {
            "it is http://HOST:PORT, with USER:PASSWORD@ before the host where needed, percent-encoded"
        }
        StsError::Endpoint(_) => {
            "it is http://HOST:PORT or https://HOST: see the AWS_ENDPOINT_URL variables and endpoint_url"
        }
        _ => "it must be a PEM file: AWS_CA_BUNDLE, ca_bundle, REQUESTS_CA_BUNDLE or SSL_CERT_FILE names it",
    })
}
