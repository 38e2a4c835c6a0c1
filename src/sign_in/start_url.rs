//! A start URL on a host of the customer redirects once to the start URL at AWS (observed in AWS CLI 2.36).

use std::time::Duration;

use crate::core::masking::shown_url;
use crate::plan::limits::{is_endpoint, is_region};
use crate::plan::sources::SsoSession;
use crate::source::{Service, Sources};
use crate::sts::StsError;
use crate::sts::redirect::redirect_of;

use super::error::SignInError;

const NOT_HTTPS: &str = "is invalid (expected https://HOST/PATH without a user)";
const TIMEOUT: Duration = Duration::from_secs(10);

const AWS_DOMAINS: [&str; 7] =
    [".awsapps.com", ".awsapps.cn", ".aws", ".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".amazon.com"];

/// The start URL that the token service knows.
pub(super) fn resolve(sources: &Sources<'_>, session: &SsoSession) -> Result<String, SignInError> {
    let configured = &session.start_url.value;
    let wrong = |problem: String| SignInError::StartUrl { url: shown_url(configured).into_owned(), problem };
    if !is_endpoint(configured) {
        return Err(wrong(NOT_HTTPS.to_owned()));
    }
    // A configured endpoint knows its own start URLs.
    if sources.endpoints.sso_oidc.is_some() || is_at_aws(configured) {
        return Ok(configured.clone());
    }
    if host(configured).is_none() {
        return Err(wrong(NOT_HTTPS.to_owned()));
    }
    let failed = |error: StsError| SignInError::Source(Service::Sso.failed(error));
    let answer = redirect_of(sources.connections, "HEAD", configured, TIMEOUT).map_err(failed)?;
    let answer = match answer {
        (405 | 501, _) => redirect_of(sources.connections, "GET", configured, TIMEOUT).map_err(failed)?,
        answer => answer,
    };
    let target = match answer {
        (300..=399, Some(target)) => target,
        (status, _) => return Err(wrong(format!("does not redirect to AWS (HTTP status {status})"))),
    };
    if !is_at_aws(&target) {
        return Err(wrong("redirects to a host that does not belong to AWS".to_owned()));
    }
    match region(&target).filter(|region| *region != session.region.value) {
        Some(region) => Err(wrong(format!("is in {region}, but sso_region is {}", session.region.value))),
        None => Ok(target),
    }
}

/// The host of an `https` URL.
fn host(url: &str) -> Option<&str> {
    let authority = url.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    Some(authority.split(':').next().unwrap_or(authority))
}

fn is_at_aws(url: &str) -> bool {
    host(url).is_some_and(|host| {
        let host = host.to_ascii_lowercase();
        !host.contains('@') && AWS_DOMAINS.iter().any(|domain| host.ends_with(domain))
    })
}

fn region(url: &str) -> Option<&str> {
    host(url)?.split('.').find(|label| label.matches('-').count() >= 2 && is_region(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_of_aws_is_recognised() {
        for (url, is_aws) in [
            ("https://corp.awsapps.com/start", true),
            ("https://D-123.AwsApps.com/start#/", true),
            ("https://ssoins-1.portal.eu-west-1.app.aws", true),
            ("https://start.home.awsapps.cn/directory/x", true),
            ("https://sso.corp.example/start", false),
            ("https://awsapps.com.evil.example", false),
            ("https://evilawsapps.com/start", false),
            ("https://evil.example/.awsapps.com", false),
            ("https://corp.awsapps.com@evil.example/", false),
            ("http://corp.awsapps.com/start", false),
        ] {
            assert_eq!(is_at_aws(url), is_aws, "{url}");
        }
    }

    #[test]
    fn region_is_a_label_of_the_host() {
        assert_eq!(region("https://ssoins-1.portal.eu-west-1.app.aws/x"), Some("eu-west-1"));
        assert_eq!(region("https://corp.awsapps.com/us-east-1"), None);
    }
}
