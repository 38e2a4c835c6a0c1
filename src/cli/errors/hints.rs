use crate::cli::errors::shell_word::shell_word;
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
            "the caller's own policy may not allow sts:AssumeRole on {role}; see: amplify-creds policy caller {asked}"
        ),
        Cause::Trust => format!(
            "the role's trust policy may not name the caller; \
             its owner sees it by: aws iam get-role --role-name {name}{trust}"
        ),
        Cause::RoleArn => {
            let place = hop.map_or_else(String::new, |hop| format!(" ({})", hop.role_arn.from));
            format!("the role may not exist; check the account and the name in role_arn{place}")
        }
        Cause::ExternalIdMissing => {
            format!("the role's trust policy may ask for an external id, and the profile sets none{trust}")
        }
        Cause::ExternalIdWrong => {
            let from = hop.and_then(|hop| hop.external_id.as_ref()).map(|id| id.from.to_string()).unwrap_or_default();
            format!("the role's trust policy may ask for another external id than the one at {from}")
        }
        Cause::MfaMissing => format!("it may ask for MFA, and the profile sets no mfa_serial{trust}"),
        Cause::Tags => {
            format!("the trust policy of {name} must allow sts:TagSession, or the profile set no session_tags{trust}")
        }
        Cause::SourceIdentity => format!(
            "the trust policy of {name} must allow sts:SetSourceIdentity, \
             or the profile set no source_identity{trust}"
        ),
        Cause::Policy("identity_policy_deny") => {
            format!(
                "a policy of the caller's own denies it; an administrator of the caller's account can change it; \
                 if a session was revoked: amplify-creds reset-cache {asked}"
            )
        }
        Cause::Policy(kind) => {
            let kind = kind.replace('_', " ");
            format!("a {kind} stands in the way; who administers the caller's account can change it")
        }
        Cause::Region => {
            let region = hop.map(|hop| &hop.sts.signing_region);
            let region = region.map(|region| format!(" in {} ({})", region.value, region.from)).unwrap_or_default();
            format!("STS is switched off{region}; choose a region: --region us-east-1")
        }
        Cause::Duration => {
            let duration = hop.map(|hop| &hop.duration);
            let asked = duration.map(|asked| format!(" than {} s ({})", asked.seconds, asked.requested.from));
            let asked = asked.unwrap_or_default();
            format!("the role may allow less{asked}; ask for less, or raise its maximum session duration")
        }
        Cause::MalformedPolicy => format!("the session's policy is not one; see: amplify-creds explain {asked}"),
        Cause::MfaLeftBehind => "it may ask for MFA, which the session of the role before does not carry on".into(),
        Cause::PackedPolicy => {
            "policies and tags of a session are packed into little space; shorten policy, use policy_arns, or drop tags"
                .into()
        }
        Cause::Root => "root cannot assume roles; use the keys of an IAM user".into(),
        Cause::UnknownKey => unknown_key(hop),
        Cause::WrongSecret => "the secret access key does not belong to the access key id".into(),
        Cause::Expired => "the base keys are temporary and over; get new ones, or use a user's long-term keys".into(),
        Cause::Clock => {
            "this machine's clock is wrong; set it (after sleep, in WSL or a virtual machine: sudo hwclock -s)".into()
        }
        Cause::SessionToken => {
            "the user's own policy must allow sts:GetSessionToken, or mfa_session = off must be set".into()
        }
    }
}

fn unknown_key(hop: Option<&Hop>) -> String {
    let key = "the access key is wrong, inactive or deleted (see: aws iam list-access-keys)";
    match hop.map(|hop| &hop.sts.signing_region) {
        Some(region) if partition_of(&region.value).name == "aws" && !is_enabled_by_default(&region.value) => {
            format!(
                "the account of the access key may not have enabled region {} ({}): try --region us-east-1; or {key}",
                region.value, region.from
            )
        }
        Some(region) => {
            format!("{key}, or belongs to another partition than region {} ({})", region.value, region.from)
        }
        None => format!("{key}, or belongs to another partition or a region that its account has not enabled"),
    }
}
