//! The principal of a role's trust policy, from the user's input or from a profile's source.

use crate::core::origin::Origin;
use crate::plan::{BaseSource, CredentialPlan};

use super::place::is_account;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub arn: String,
    /// Restricts the account to ARNs that match this pattern.
    pub like: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPrincipal {
    pub principal: Principal,
    pub from: Origin,
    pub is_likely: bool,
}

impl Principal {
    /// Accepts an account's twelve digits, the ARN of an account, a user or a role, or a role session's ARN from
    /// `sts:GetCallerIdentity`.
    pub fn parse(text: &str, partition: &str) -> Option<Self> {
        let plain = |arn: String| Self { arn, like: None };
        if is_account(text) {
            return Some(plain(root(partition, text)));
        }
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, service, "", account, resource] = parts[..] else { return None };
        if !partition.starts_with("aws") || !is_account(account) || !resource.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let named = |kind: &str| resource.strip_prefix(kind).filter(|name| !name.is_empty() && !name.ends_with('/'));
        match service {
            "iam" if resource == "root" || named("user/").is_some() || named("role/").is_some() => {
                (!resource.contains('*')).then(|| plain(text.to_owned()))
            }
            // A trust policy names the role. AWS omits the role's path in a session's ARN.
            "sts" => {
                let (role, _) = named("assumed-role/")?.split_once('/')?;
                Some(plain(format!("arn:{partition}:iam::{account}:role/{role}")))
            }
            _ => None,
        }
    }

    /// The sessions of roles drop the MFA context.
    pub fn is_role(&self) -> bool {
        self.arn.contains(":role/") || self.like.as_deref().is_some_and(|like| like.contains(":role/"))
    }

    /// `User`, `Role` or `Account`.
    pub fn kind(&self) -> &'static str {
        if self.is_role() {
            "Role"
        } else if self.arn.contains(":user/") {
            "User"
        } else {
            "Account"
        }
    }
}

/// The identity that assumes the last role of `plan`, if the files reveal it.
pub fn of(plan: &CredentialPlan) -> Option<FoundPrincipal> {
    let (_, before) = plan.hops.split_last()?;
    let known = |arn: String, from: &Origin| FoundPrincipal {
        principal: Principal { arn, like: None },
        from: from.clone(),
        is_likely: false,
    };
    if let Some(role) = before.last() {
        return Some(known(role.role_arn.value.as_str().to_owned(), &role.role_arn.from));
    }
    match &plan.base.source {
        BaseSource::WebIdentity(web) => Some(known(web.role_arn.value.as_str().to_owned(), &web.role_arn.from)),
        BaseSource::Sso(sso) => {
            let partition = super::place::partition_name(&sso.session.region.value);
            let account = &sso.account_id.value;
            // The role's name ends in digits that differ in each account.
            let name = format!("aws-reserved/sso.amazonaws.com/*AWSReservedSSO_{}_*", sso.role_name.value);
            let like = Some(format!("arn:{partition}:iam::{account}:role/{name}"));
            let principal = Principal { arn: root(partition, account), like };
            Some(FoundPrincipal { principal, from: sso.account_id.from.clone(), is_likely: false })
        }
        BaseSource::Static(_) | BaseSource::Environment(_) | BaseSource::KeyStore(_) | BaseSource::Missing(_) => {
            of_device(plan)
        }
        BaseSource::Process(_) | BaseSource::Imds(_) | BaseSource::Container(_) | BaseSource::Login(_) => None,
    }
}

/// The user of the MFA device. Device and user have the same name, unless the device was named differently.
fn of_device(plan: &CredentialPlan) -> Option<FoundPrincipal> {
    let of_hop = || plan.hops.first().and_then(|hop| hop.mfa_serial.as_ref());
    let serial = plan.mfa.as_ref().map(|mfa| &mfa.serial).or_else(of_hop)?;
    let (user, is_user) = match serial.value.split_once(":mfa/")? {
        (account, "root-account-mfa-device") => (format!("{account}:root"), false),
        (account, name) => (format!("{account}:user/{name}"), true),
    };
    let principal = Principal::parse(&user, "aws")?;
    Some(FoundPrincipal { principal, from: serial.from.clone(), is_likely: is_user })
}

fn root(partition: &str, account: &str) -> String {
    format!("arn:{partition}:iam::{account}:root")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::plan;

    #[test]
    fn principal_argument_is_parsed() {
        for (text, expected) in [
            ("111111111111", Some("arn:aws-cn:iam::111111111111:root")),
            ("arn:aws:iam::111111111111:root", Some("arn:aws:iam::111111111111:root")),
            ("arn:aws:iam::111111111111:user/a/b", Some("arn:aws:iam::111111111111:user/a/b")),
            ("arn:aws-us-gov:iam::111111111111:role/x", Some("arn:aws-us-gov:iam::111111111111:role/x")),
            ("arn:aws:sts::111111111111:assumed-role/x/session", Some("arn:aws:iam::111111111111:role/x")),
            ("11111111111", None),
            ("*", None),
            ("devcorpuser", None),
            ("arn:aws:iam::111111111111:group/x", None),
            ("arn:aws:iam::111111111111:user/", None),
            ("arn:aws:iam::111111111111:role/*", None),
            ("arn:aws:iam::1:role/x", None),
            ("arn:aws:s3:::bucket", None),
        ] {
            assert_eq!(Principal::parse(text, "aws-cn").map(|found| found.arn).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn principal_is_derived_from_source() {
        let role = "role_arn = arn:aws:iam::222222222222:role/R\n";
        let user = "source_profile = u\n[profile u]\nregion = us-east-1\n";
        let sso = "source_profile = s\n[profile s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n\
                   sso_account_id = 333333333333\nsso_role_name = Dev\n";
        let chain = "source_profile = q\n[profile q]\nrole_arn = arn:aws:iam::444444444444:role/path/Q\nsource_profile = u\n[profile u]\n";
        for (keys, expected) in [
            (
                format!("mfa_serial = arn:aws:iam::111111111111:mfa/dev\n{user}"),
                Some(("arn:aws:iam::111111111111:user/dev", None, true)),
            ),
            (
                format!("mfa_serial = arn:aws:iam::111111111111:mfa/root-account-mfa-device\n{user}"),
                Some(("arn:aws:iam::111111111111:root", None, false)),
            ),
            (format!("mfa_serial = GAHT12345678\n{user}"), None),
            (user.to_owned(), None),
            (chain.to_owned(), Some(("arn:aws:iam::444444444444:role/path/Q", None, false))),
            (
                sso.to_owned(),
                Some((
                    "arn:aws:iam::333333333333:root",
                    Some("arn:aws:iam::333333333333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Dev_*"),
                    false,
                )),
            ),
            ("credential_source = Ec2InstanceMetadata\n".to_owned(), None),
        ] {
            let found = of(&plan(&format!("{role}{keys}")));
            let seen = found
                .as_ref()
                .map(|found| (found.principal.arn.as_str(), found.principal.like.as_deref(), found.is_likely));
            assert_eq!(seen, expected, "{keys}");
        }
    }
}
