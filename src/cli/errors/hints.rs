use crate::core::shell_word::shell_word;
use crate::plan::Hop;
use crate::plan::endpoint::is_enabled_by_default;
use crate::plan::partition::partition_of;
use crate::sts::denial::Cause;

/// `asked` is the profile that uses the role of `hop`.
pub(crate) fn advice(cause: Cause, hop: Option<&Hop>, asked: &str) -> String {
    let role = hop.map_or("the role", |hop| hop.role_arn.value.as_str());
    let name = role.rsplit('/').next().unwrap_or(role);
    let trust = format!("; see: amplify-creds policy trust {}", shell_word(hop.map_or(asked, |hop| &hop.profile)));
    let asked = shell_word(asked);
    match cause {
        Cause::Identity => format!(
            "the caller's policy might not allow sts:AssumeRole on {role}; see: amplify-creds policy caller {asked}"
        ),
        Cause::Trust => format!(
            "the role's trust policy might not allow the caller; \
             the role's owner can read it with: aws iam get-role --role-name {name}{trust}"
        ),
        Cause::RoleArn => {
            let place = hop.map_or_else(String::new, |hop| format!(" ({})", hop.role_arn.from));
            format!("the role might not exist; check the account and the name in role_arn{place}")
        }
        Cause::ExternalIdMissing => {
            format!("the role's trust policy might require an external id, but the profile sets none{trust}")
        }
        Cause::ExternalIdWrong => {
            let from = hop.and_then(|hop| hop.external_id.as_ref()).map(|id| id.from.to_string()).unwrap_or_default();
            format!("the role's trust policy might require another external id than the one at {from}")
        }
        Cause::MfaMissing => format!("the role might require MFA, but the profile sets no mfa_serial{trust}"),
        Cause::Tags => {
            format!("allow sts:TagSession in the trust policy of {name}, or remove session_tags{trust}")
        }
        Cause::SourceIdentity => format!(
            "allow sts:SetSourceIdentity in the trust policy of {name}, \
             or remove source_identity{trust}"
        ),
        Cause::Policy("identity_policy_deny") => {
            format!(
                "an identity policy of the caller denies it; an administrator of the caller's account can change it; \
                 if the session was revoked, run: amplify-creds reset-cache {asked}"
            )
        }
        Cause::Policy(kind) => {
            let kind = kind.replace('_', " ");
            format!("a {kind} denies it; an administrator of the caller's account can change it")
        }
        Cause::Region => {
            let region = hop.map(|hop| &hop.sts.signing_region);
            let other = if region.is_some_and(|region| region.value == "us-east-1") { "REGION" } else { "us-east-1" };
            let region = region.map(|region| format!(" in {} ({})", region.value, region.from)).unwrap_or_default();
            format!("STS is disabled{region}; choose another region: --region {other}")
        }
        Cause::Duration => {
            let duration = hop.map(|hop| &hop.duration);
            let asked = duration.map(|asked| format!(" than {} s ({})", asked.seconds, asked.requested.from));
            let asked = asked.unwrap_or_default();
            format!("the role's maximum session duration might be shorter{asked}; request less, or raise it")
        }
        Cause::MalformedPolicy => format!("the session policy is malformed; see: amplify-creds explain {asked}"),
        Cause::MfaLeftBehind => "the role might require MFA, but role chaining drops the MFA context".into(),
        Cause::PackedPolicy => {
            "session policies and tags exceed the packed size limit; shorten the policy, or use policy_arns".into()
        }
        Cause::Root => "the root user cannot assume roles; use the keys of an IAM user".into(),
        Cause::UnknownKey => unknown_key(hop),
        Cause::WrongSecret => "the secret access key does not belong to the access key id".into(),
        Cause::Expired => "the source credentials have expired; get new ones, or use long-term keys".into(),
        Cause::Clock => "fix the system clock (WSL or a resumed VM: sudo hwclock -s; otherwise enable NTP)".into(),
        Cause::SessionToken => {
            "allow sts:GetSessionToken in the user's identity policy, or set mfa_session = off".into()
        }
    }
}

fn unknown_key(hop: Option<&Hop>) -> String {
    let key = "the access key is wrong, inactive or deleted (see: aws iam list-access-keys)";
    match hop.map(|hop| &hop.sts.signing_region) {
        Some(region) if partition_of(&region.value).name == "aws" && !is_enabled_by_default(&region.value) => {
            format!(
                "the account of the access key might not have enabled region {} ({}): try --region us-east-1; or {key}",
                region.value, region.from
            )
        }
        Some(region) => {
            format!("{key}, or belongs to another partition than region {} ({})", region.value, region.from)
        }
        None => format!("{key}, or belongs to another partition or a region that its account has not enabled"),
    }
}
