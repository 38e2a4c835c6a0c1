//! AWS's partitions with their regions and STS hosts, from the SDKs' `partitions.json` (botocore 1.43.11).

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    pub name: &'static str,
    /// The beginning of its regions' names without the hyphen. Regions of `aws` have several.
    prefix: &'static str,
    suffix: &'static str,
    /// The end of hosts that also support IPv6.
    dual_stack_suffix: &'static str,
    pub first_region: &'static str,
}

const AWS: Partition = Partition {
    name: "aws",
    prefix: "",
    suffix: "amazonaws.com",
    dual_stack_suffix: "api.aws",
    first_region: "us-east-1",
};

const US_GOV: &str = "aws-us-gov";

const OTHERS: [Partition; 7] = [
    Partition {
        name: "aws-cn",
        prefix: "cn",
        suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        first_region: "cn-north-1",
    },
    Partition {
        name: US_GOV,
        prefix: "us-gov",
        suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        first_region: "us-gov-west-1",
    },
    Partition {
        name: "aws-iso",
        prefix: "us-iso",
        suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        first_region: "us-iso-east-1",
    },
    Partition {
        name: "aws-iso-b",
        prefix: "us-isob",
        suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        first_region: "us-isob-east-1",
    },
    Partition {
        name: "aws-iso-e",
        prefix: "eu-isoe",
        suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        first_region: "eu-isoe-west-1",
    },
    Partition {
        name: "aws-iso-f",
        prefix: "us-isof",
        suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        first_region: "us-isof-south-1",
    },
    Partition {
        name: "aws-eusc",
        prefix: "eusc-de",
        suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        first_region: "eusc-de-east-1",
    },
];

/// The partition of `region`; `aws` for an unknown name, as in the SDKs.
pub fn partition_of(region: &str) -> &'static Partition {
    OTHERS.iter().find(|partition| partition.has(region)).unwrap_or(&AWS)
}

pub fn first_region(partition: &str) -> &'static str {
    OTHERS.iter().find(|known| known.name == partition).unwrap_or(&AWS).first_region
}

/// IAM's hosts: the partition, the signing region, and the host plain, for FIPS, for IPv6 and for both
/// (`endpoint-rule-set-1.json` of botocore 1.44.5).
const IAM: [(&str, &str, [&str; 4]); 8] = [
    (
        "aws",
        "us-east-1",
        ["iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws", "iam-fips.global.api.aws"],
    ),
    (
        "aws-cn",
        "cn-north-1",
        [
            "iam.cn-north-1.amazonaws.com.cn",
            "iam-fips.amazonaws.com.cn",
            "iam.global.api.amazonwebservices.com.cn",
            "iam-fips.api.amazonwebservices.com.cn",
        ],
    ),
    (
        US_GOV,
        "us-gov-west-1",
        ["iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.api.aws"],
    ),
    (
        "aws-iso",
        "us-iso-east-1",
        [
            "iam.us-iso-east-1.c2s.ic.gov",
            "iam-fips.us-iso-east-1.c2s.ic.gov",
            "iam.api.aws.ic.gov",
            "iam-fips.api.aws.ic.gov",
        ],
    ),
    (
        "aws-iso-b",
        "us-isob-east-1",
        [
            "iam.us-isob-east-1.sc2s.sgov.gov",
            "iam-fips.us-isob-east-1.sc2s.sgov.gov",
            "iam.api.aws.scloud",
            "iam-fips.api.aws.scloud",
        ],
    ),
    (
        "aws-iso-e",
        "eu-isoe-west-1",
        [
            "iam.eu-isoe-west-1.cloud.adc-e.uk",
            "iam-fips.cloud.adc-e.uk",
            "iam.api.cloud-aws.adc-e.uk",
            "iam-fips.api.cloud-aws.adc-e.uk",
        ],
    ),
    (
        "aws-iso-f",
        "us-isof-south-1",
        [
            "iam.us-isof-south-1.csp.hci.ic.gov",
            "iam-fips.csp.hci.ic.gov",
            "iam.api.aws.hci.ic.gov",
            "iam-fips.api.aws.hci.ic.gov",
        ],
    ),
    (
        "aws-eusc",
        "eusc-de-east-1",
        [
            "iam.eusc-de-east-1.amazonaws.eu",
            "iam-fips.amazonaws.eu",
            "iam.global.api.amazonwebservices.eu",
            "iam-fips.api.amazonwebservices.eu",
        ],
    ),
];

pub(super) fn iam_host(partition: &str, fips: bool, dual_stack: bool) -> (&'static str, &'static str) {
    let [first, ..] = IAM;
    let (_, region, hosts) = IAM.into_iter().find(|(name, ..)| *name == partition).unwrap_or(first);
    (region, hosts[usize::from(fips) + 2 * usize::from(dual_stack)])
}

impl Partition {
    /// Whether `region` is `PREFIX-WORD-NUMBER`, or this partition's global region.
    fn has(&self, region: &str) -> bool {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let is_number = |number: &str| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let rest = region.strip_prefix(self.prefix).and_then(|rest| rest.strip_prefix('-'));
        rest.and_then(|rest| rest.split_once('-')).is_some_and(|(word, number)| is_word(word) && is_number(number))
            || region.strip_suffix("-global") == Some(self.name)
    }

    pub(super) fn host(&self, region: &str, fips: bool, dual_stack: bool) -> String {
        // In the US government regions the plain host is FIPS-validated.
        let service = if fips && (dual_stack || self.name != US_GOV) { "sts-fips" } else { "sts" };
        let suffix = if dual_stack { self.dual_stack_suffix } else { self.suffix };
        format!("{service}.{region}.{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_has_its_own_iam_host() {
        for partition in OTHERS.iter().chain([&AWS]) {
            let (region, host) = iam_host(partition.name, false, false);
            assert_eq!(partition_of(region).name, partition.name);
            assert!(host.ends_with(partition.suffix), "{host}");
            for (fips, dual_stack) in [(true, false), (false, true), (true, true)] {
                let (_, host) = iam_host(partition.name, fips, dual_stack);
                let suffix = if dual_stack { partition.dual_stack_suffix } else { partition.suffix };
                assert!(host.ends_with(suffix), "{host}");
                assert_eq!(host.starts_with("iam-fips."), fips && partition.name != US_GOV, "{host}");
            }
        }
        assert_eq!(iam_host("aws", false, false), ("us-east-1", "iam.amazonaws.com"));
        assert_eq!(iam_host("aws-new", true, false), ("us-east-1", "iam-fips.amazonaws.com"));
    }
}
