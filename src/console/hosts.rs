//! The hosts of the console and of its sign-in, by partition.

use crate::plan::partition::{first_region, partition_of};

/// The hosts for one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsoleHosts {
    pub(crate) region: String,
    partition: &'static PartitionHosts,
}

#[derive(Debug, PartialEq, Eq)]
struct PartitionHosts {
    name: &'static str,
    sign_in: &'static str,
    /// Whether each region has its own sign-in host.
    has_regional_sign_in: bool,
    console: &'static str,
    /// The region without a prefix in host names, if there is one.
    plain_region: Option<&'static str>,
}

const PARTITIONS: [PartitionHosts; 4] = [
    PartitionHosts {
        name: "aws",
        sign_in: "signin.aws.amazon.com",
        has_regional_sign_in: true,
        console: "console.aws.amazon.com",
        plain_region: Some("us-east-1"),
    },
    PartitionHosts {
        name: "aws-cn",
        sign_in: "signin.amazonaws.cn",
        has_regional_sign_in: false,
        console: "console.amazonaws.cn",
        plain_region: Some("cn-north-1"),
    },
    PartitionHosts {
        name: "aws-us-gov",
        sign_in: "signin.amazonaws-us-gov.com",
        has_regional_sign_in: false,
        console: "console.amazonaws-us-gov.com",
        plain_region: Some("us-gov-west-1"),
    },
    PartitionHosts {
        name: "aws-eusc",
        sign_in: "signin.amazonaws-eusc.eu",
        has_regional_sign_in: true,
        console: "console.amazonaws-eusc.eu",
        plain_region: None,
    },
];

impl ConsoleHosts {
    /// `None` for a partition without a public console. A region of another partition is replaced.
    pub(crate) fn of(partition: &str, region: Option<&str>) -> Option<Self> {
        let hosts = PARTITIONS.iter().find(|known| known.name == partition)?;
        let region = region
            .filter(|region| partition_of(region).name == partition && !region.ends_with("-global"))
            .unwrap_or_else(|| first_region(partition));
        Some(Self { region: region.to_owned(), partition: hosts })
    }

    /// The URL of AWS Sign-In.
    pub(crate) fn sign_in(&self) -> String {
        let PartitionHosts { sign_in, has_regional_sign_in, .. } = self.partition;
        format!("https://{}{sign_in}", if *has_regional_sign_in { self.prefix() } else { String::new() })
    }

    /// The host of the console in the region.
    pub(crate) fn console(&self) -> String {
        self.prefix() + self.partition.console
    }

    /// The host for services without regions.
    pub(crate) fn global_console(&self) -> String {
        // The European Sovereign Cloud has only hosts with a region.
        if self.partition.plain_region.is_none() { self.console() } else { self.partition.console.to_owned() }
    }

    /// Whether `host` is the console's domain, or below it.
    pub(crate) fn is_console(&self, host: &str) -> bool {
        let is_label =
            |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let below = host.strip_suffix(self.partition.console);
        below.is_some_and(|below| {
            below.is_empty() || below.strip_suffix('.').is_some_and(|below| below.split('.').all(is_label))
        })
    }

    pub(crate) fn domain(&self) -> &'static str {
        self.partition.console
    }

    fn prefix(&self) -> String {
        if self.partition.plain_region == Some(&self.region) { String::new() } else { format!("{}.", self.region) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_hosts() {
        for (partition, region, sign_in, console, global) in [
            ("aws", None, "signin.aws.amazon.com", "console.aws.amazon.com", "console.aws.amazon.com"),
            ("aws", Some("us-east-1"), "signin.aws.amazon.com", "console.aws.amazon.com", "console.aws.amazon.com"),
            ("aws", Some("aws-global"), "signin.aws.amazon.com", "console.aws.amazon.com", "console.aws.amazon.com"),
            (
                "aws",
                Some("eu-west-1"),
                "eu-west-1.signin.aws.amazon.com",
                "eu-west-1.console.aws.amazon.com",
                "console.aws.amazon.com",
            ),
            // The role is in China, the region is not.
            ("aws-cn", Some("eu-west-1"), "signin.amazonaws.cn", "console.amazonaws.cn", "console.amazonaws.cn"),
            (
                "aws-cn",
                Some("cn-northwest-1"),
                "signin.amazonaws.cn",
                "cn-northwest-1.console.amazonaws.cn",
                "console.amazonaws.cn",
            ),
            (
                "aws-us-gov",
                Some("us-gov-west-1"),
                "signin.amazonaws-us-gov.com",
                "console.amazonaws-us-gov.com",
                "console.amazonaws-us-gov.com",
            ),
            (
                "aws-us-gov",
                Some("us-gov-east-1"),
                "signin.amazonaws-us-gov.com",
                "us-gov-east-1.console.amazonaws-us-gov.com",
                "console.amazonaws-us-gov.com",
            ),
            (
                "aws-eusc",
                None,
                "eusc-de-east-1.signin.amazonaws-eusc.eu",
                "eusc-de-east-1.console.amazonaws-eusc.eu",
                "eusc-de-east-1.console.amazonaws-eusc.eu",
            ),
        ] {
            let hosts = ConsoleHosts::of(partition, region).unwrap();
            assert_eq!(hosts.sign_in(), format!("https://{sign_in}"), "{partition} {region:?}");
            assert_eq!((hosts.console().as_str(), hosts.global_console().as_str()), (console, global), "{partition}");
        }
        for partition in ["aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-new", ""] {
            assert_eq!(ConsoleHosts::of(partition, None), None, "{partition}");
        }
    }
}
