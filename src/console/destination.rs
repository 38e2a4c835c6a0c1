//! The page of the console that opens first.

use super::hosts::ConsoleHosts;
use super::services;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidDestination {
    Service,
    NotHttps,
    ForeignHost,
}

/// The home page of a service, or of the console.
pub(crate) fn of_service(hosts: &ConsoleHosts, service: Option<&str>) -> Result<String, InvalidDestination> {
    let service = services::find(service.unwrap_or("console")).ok_or(InvalidDestination::Service)?;
    let host = if service.is_global { hosts.global_console() } else { hosts.console() };
    Ok(format!("https://{host}/{}/home?region={}{}", service.path, hosts.region, service.fragment))
}

/// A page of the user, which must be in the console of the partition: the sign-in redirects there.
pub(crate) fn of_user(hosts: &ConsoleHosts, url: &str) -> Result<String, InvalidDestination> {
    let rest =
        url.strip_prefix("https://").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'));
    let host = rest.ok_or(InvalidDestination::NotHttps)?.split(['/', '?', '#']).next().unwrap_or_default();
    if hosts.is_console(&host.to_ascii_lowercase()) && !host.contains(['@', ':']) {
        Ok(url.to_owned())
    } else {
        Err(InvalidDestination::ForeignHost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(partition: &str, region: &str) -> ConsoleHosts {
        ConsoleHosts::of(partition, Some(region)).unwrap()
    }

    #[test]
    fn service_has_a_page_in_the_region() {
        for (partition, region, service, expected) in [
            ("aws", "eu-west-1", None, "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1"),
            ("aws", "us-east-1", Some("s3"), "https://console.aws.amazon.com/s3/home?region=us-east-1"),
            (
                "aws",
                "eu-west-1",
                Some("CFN"),
                "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1",
            ),
            ("aws", "eu-west-1", Some("iam"), "https://console.aws.amazon.com/iam/home?region=eu-west-1"),
            (
                "aws",
                "eu-west-1",
                Some("logs"),
                "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups",
            ),
            ("aws-cn", "cn-north-1", Some("ec2"), "https://console.amazonaws.cn/ec2/home?region=cn-north-1"),
            (
                "aws-us-gov",
                "us-gov-east-1",
                Some("iam"),
                "https://console.amazonaws-us-gov.com/iam/home?region=us-gov-east-1",
            ),
            (
                "aws-eusc",
                "eusc-de-east-1",
                Some("iam"),
                "https://eusc-de-east-1.console.amazonaws-eusc.eu/iam/home?region=eusc-de-east-1",
            ),
            ("aws", "us-east-1", Some("new-thing"), "https://console.aws.amazon.com/new-thing/home?region=us-east-1"),
        ] {
            assert_eq!(of_service(&hosts(partition, region), service).as_deref(), Ok(expected));
        }
        for invalid in ["", "a/b", "..", "a b", "s3?x", "\u{e9}", "@evil"] {
            let found = of_service(&hosts("aws", "us-east-1"), Some(invalid));
            assert_eq!(found, Err(InvalidDestination::Service), "{invalid:?}");
        }
    }

    #[test]
    fn destination_outside_the_console_is_rejected() {
        let aws = hosts("aws", "eu-west-1");
        for good in [
            "https://console.aws.amazon.com/",
            "https://console.aws.amazon.com",
            "https://eu-west-1.console.aws.amazon.com/s3/buckets?region=eu-west-1#x",
            "https://S3.Console.AWS.amazon.com/x",
        ] {
            assert_eq!(of_user(&aws, good).as_deref(), Ok(good));
        }
        for (bad, expected) in [
            ("http://console.aws.amazon.com/", InvalidDestination::NotHttps),
            ("console.aws.amazon.com", InvalidDestination::NotHttps),
            ("https://console.aws.amazon.com/a b", InvalidDestination::NotHttps),
            ("https://console.aws.amazon.com\\@evil.example", InvalidDestination::NotHttps),
            ("https://", InvalidDestination::ForeignHost),
            ("https://evil.example/console.aws.amazon.com", InvalidDestination::ForeignHost),
            ("https://evilconsole.aws.amazon.com/", InvalidDestination::ForeignHost),
            ("https://console.aws.amazon.com.evil.example/", InvalidDestination::ForeignHost),
            ("https://console.aws.amazon.com@evil.example/", InvalidDestination::ForeignHost),
            ("https://evil.example%2f.console.aws.amazon.com/", InvalidDestination::ForeignHost),
            ("https://evil.example,.console.aws.amazon.com/", InvalidDestination::ForeignHost),
            ("https://..console.aws.amazon.com/", InvalidDestination::ForeignHost),
            ("https://evil@console.aws.amazon.com/", InvalidDestination::ForeignHost),
            ("https://console.aws.amazon.com:444/", InvalidDestination::ForeignHost),
            ("https://console.amazonaws.cn/", InvalidDestination::ForeignHost),
        ] {
            assert_eq!(of_user(&aws, bad), Err(expected), "{bad}");
        }
    }
}
