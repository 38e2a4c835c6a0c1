//! STS's limits for parameters (STS service model 2011-06-15 as botocore 1.44.5 ships it), checked before a call.

use std::fmt;

use crate::core::origin::{Located, Origin};
use crate::profile::Profile;

use super::error::PlanError;

/// AssumeRole's range in seconds.
pub const DURATION_SECONDS: std::ops::RangeInclusive<u32> = 900..=43_200;

/// AWS's default duration, and its maximum for a chained role.
pub const ONE_HOUR: u32 = 3600;

/// `DurationSeconds` of GetSessionToken.
pub const MFA_SESSION_SECONDS: std::ops::RangeInclusive<u32> = 900..=129_600;

/// An IAM role's ARN: `arn:PARTITION:iam::ACCOUNT:role/PATH`, 20 to 2048 characters. The number of digits of the
/// account may differ from AWS's twelve, as in the examples of botocore and the SDK for Rust, so that a chain can be
/// explained with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleArn(String);

impl RoleArn {
    /// `None` if it is not the ARN of a role.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service, region) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (account, resource) = (parts.next()?, parts.next()?);
        let fits = arn == "arn"
            && is_partition(partition)
            && service == "iam"
            && region.is_empty()
            && !account.is_empty()
            && account.bytes().all(|b| b.is_ascii_digit())
            && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
            && resource.bytes().all(|b| b.is_ascii_graphic())
            && (20..=2048).contains(&text.len());
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    pub fn account(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }

    /// AWS accounts have twelve digits.
    pub fn has_account(&self) -> bool {
        self.account().len() == 12
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) fn is_partition(text: &str) -> bool {
    text.starts_with("aws") && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A label of a host name: 1 to 32 letters, digits and inner hyphens. Checked without a FIPS marker, too.
pub fn is_region(region: &str) -> bool {
    let is_label = |label: &str| {
        (1..=32).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    is_label(region) && (!region.contains("fips") || is_label(&without_fips(region)))
}

/// Old files mark FIPS endpoints in the region (`fips-us-east-1`, `us-west-2-fips`).
pub(super) fn without_fips(region: &str) -> String {
    region.replace("fips-", "").replace("-fips", "")
}

/// The region of an availability zone: `us-east-1` of `us-east-1a`, `us-west-2` of `us-west-2-lax-1b`.
pub fn of_zone(text: &str) -> Option<&str> {
    let number = text.strip_suffix(|letter: char| letter.is_ascii_lowercase())?;
    let mut end = 0;
    let mut words = 0;
    for part in number.split('-') {
        end += part.len() + usize::from(words > 0);
        words += 1;
        if words > 2 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            let is_last = number.ends_with(|digit: char| digit.is_ascii_digit());
            return text.get(..end).filter(|_| is_last);
        }
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
    }
    None
}

/// Checks a region before its first use in a host name, a signature or an exported variable. AWS's regions have no
/// capitals.
pub(super) fn region(
    profile: &str,
    key: &'static str,
    mut found: Located<String>,
) -> Result<Located<String>, PlanError> {
    found.value.make_ascii_lowercase();
    let expected = match of_zone(&found.value) {
        Some(region) => format!("a region such as {region}; {} is an availability zone", found.value),
        None if is_region(&found.value) => return Ok(found),
        None => "the name of a region, such as eu-west-1".to_owned(),
    };
    Err(PlanError::Invalid { profile: profile.to_owned(), key, expected, from: found.from })
}

/// Whether STS can be called at `url`: `http://HOST…` or `https://HOST…` without a user. STS ignores a password in the
/// URL, so it could only be shown by accident.
pub fn is_endpoint(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && !host.starts_with(['/', ':', '?'])
            && host.bytes().all(|b| b.is_ascii_graphic())
            && host.split(['/', '?', '#']).next().is_some_and(is_authority)
    })
}

fn is_ipv6(address: &str) -> bool {
    address.contains(':') && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
}

/// `HOST` or `HOST:PORT` without a user. The HTTP client drops an invalid port and calls the default one.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) if is_ipv6(address) => (address, port),
            _ => return false,
        },
        None => authority.find(':').map_or((authority, ""), |at| authority.split_at(at)),
    };
    let is_port =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
    !host.is_empty()
        && !host.contains(['@', '[', ']'])
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

#[derive(Debug, Clone, Copy)]
pub struct TextLimit {
    pub key: &'static str,
    pub length: (usize, usize),
    /// Allowed characters other than ASCII letters, digits and `_`.
    pub marks: &'static str,
}

/// `RoleSessionName`
pub const SESSION_NAME: TextLimit = TextLimit { key: "role_session_name", length: (2, 64), marks: "+=,.@-" };

pub const EXTERNAL_ID: TextLimit = TextLimit { key: "external_id", length: (2, 1224), marks: "+=,.@:/-" };

/// The limits of `GetRoleCredentials` of IAM Identity Center.
pub const SSO_ROLE_NAME: TextLimit = TextLimit { key: "sso_role_name", length: (1, 64), marks: "+=,.@-" };

pub const SOURCE_IDENTITY: TextLimit = TextLimit { key: "source_identity", length: (2, 64), marks: "+=,.@-" };

/// `SerialNumber`
pub const MFA_SERIAL: TextLimit = TextLimit { key: "mfa_serial", length: (9, 256), marks: "+=/:,.@-" };

pub const ACCESS_KEY_ID: TextLimit = TextLimit { key: "aws_access_key_id", length: (16, 128), marks: "" };

/// Base64. AWS documents no more; today a secret access key has 40 characters.
pub const SECRET_ACCESS_KEY: TextLimit = TextLimit { key: "aws_secret_access_key", length: (16, 256), marks: "+/=" };

impl TextLimit {
    pub fn allows(&self, text: &str) -> bool {
        (self.length.0..=self.length.1).contains(&text.chars().count())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || self.marks.contains(c))
    }
}

impl fmt::Display for TextLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} letters, digits and _{}", self.length.0, self.length.1, self.marks)
    }
}

pub fn is_mfa_code(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_needs_host_and_numeric_port() {
        for good in [
            "http://localhost",
            "http://127.0.0.1:4566/x",
            "https://sts.eu-west-1.amazonaws.com",
            "http://[::1]:80/",
            "http://[fd00:ec2::254]",
        ] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1:99999",
            "http://127.0.0.1:abc/x",
            "http://127.0.0.1:",
            "http://127.0.0.1:0",
            "http://127.0.0.1:+80",
            "http://[",
            "http://[::1",
            "http://[x]:80",
            "http://user@host",
            "http://:80",
            "ftp://host",
        ] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn role_arn_of_wrong_shape_is_rejected() {
        for good in [
            "arn:aws:iam::222222222222:role/BizCorpRole",
            "arn:aws-us-gov:iam::222222222222:role/a/b/c",
            "arn:aws-cn:iam::222222222222:role/x+=,.@-y",
        ] {
            assert_eq!(RoleArn::parse(good).expect(good).as_str(), good);
        }
        for bad in [
            "",
            "nope",
            "arn:aws:iam:::role/xxxxxx",
            "arn:aws:iam::222222222222:user/x",
            "arn:aws:iam::222222222222:role/",
            "arn:aws:iam:us-east-1:222222222222:role/x",
            "arn:aws:sts::222222222222:assumed-role/x/y",
            "arn:aws:iam::222222222222:role/a b",
            "arn:aws:iam::222222222222:role/\u{fc}",
            "arn:evil:iam::222222222222:role/xx",
        ] {
            assert!(RoleArn::parse(bad).is_none(), "{bad}");
        }
        let arn = RoleArn::parse("arn:aws-cn:iam::222222222222:role/x").unwrap();
        assert_eq!((arn.partition(), arn.account(), arn.has_account()), ("aws-cn", "222222222222", true));
        assert!(!RoleArn::parse("arn:aws:iam::123456789:role/RoleA").unwrap().has_account());
    }

    #[test]
    fn zone_gives_its_region() {
        for (zone, region) in [
            ("us-east-1a", Some("us-east-1")),
            ("us-gov-west-1b", Some("us-gov-west-1")),
            ("us-west-2-lax-1a", Some("us-west-2")),
            ("us-east-1", None),
            ("us-west-2-lax", None),
            ("local", None),
            ("aws-global", None),
            ("us-west-2-fips", None),
            ("x1a", None),
        ] {
            assert_eq!(of_zone(zone), region, "{zone}");
        }
    }

    #[test]
    fn region_must_be_a_host_label() {
        for good in ["eu-west-1", "us-gov-west-1", "aws-global", "fips-us-east-1", "us-west-2-fips", "fips", "local"] {
            assert!(is_region(good), "{good}");
        }
        let long = "x".repeat(64);
        for bad in [
            "",
            "x/",
            "evil.example/#",
            "a b",
            "-a",
            "a-",
            "a_b",
            "eu-west-1\n",
            "\u{fc}",
            "fips--fips",
            "fips--a",
            "a@b",
            "a:1",
            &long,
        ] {
            assert!(!is_region(bad), "{bad:?}");
        }
    }

    #[test]
    fn text_parameter_length_and_characters_are_limited() {
        let long = "x".repeat(65);
        let rows = [
            (SESSION_NAME, "amplify", true),
            (SESSION_NAME, "x", false),
            (SESSION_NAME, long.as_str(), false),
            (SESSION_NAME, "a b", false),
            (SESSION_NAME, "m\u{fc}ller", false),
            (EXTERNAL_ID, "Biz:Corp/4711", true),
            (EXTERNAL_ID, "a#b", false),
            (MFA_SERIAL, "arn:aws:iam::111111111111:mfa/devcorpuser", true),
            (MFA_SERIAL, "GAHT1234", false),
            (MFA_SERIAL, "GAHT12345678", true),
        ];
        for (limit, text, fits) in rows {
            assert_eq!(limit.allows(text), fits, "{} {text}", limit.key);
        }
    }
}

/// `None` if the profile has no such setting.
pub(super) fn limited(profile: &Profile<'_>, limit: &TextLimit) -> Result<Option<Located<String>>, PlanError> {
    let Some(found) = profile.get(limit.key) else { return Ok(None) };
    if limit.allows(found.value) {
        return Ok(Some(found.located()));
    }
    let (profile, from) = (profile.name.clone(), Origin::File(found.at));
    Err(PlanError::Invalid { profile, key: limit.key, expected: limit.to_string(), from })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDuration {
    /// Whether an option of the command or of a wrapper requested it. Then a shorter cached session is not used.
    pub is_explicit: bool,
    pub requested: Located<u32>,
    /// The seconds sent: as requested, or at most 3600 for a role assumed from a session.
    pub seconds: u32,
}
