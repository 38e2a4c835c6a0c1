//! The hint for each cause of a denied request.

use crate::plan::Hop;
use crate::sts::denial::Cause;

/// What to do about `cause`, where the role of `hop` was asked for on behalf of the profile `asked`.
pub(crate) fn advice(cause: Cause, hop: Option<&Hop>, asked: &str) -> String {
    let role = hop.map_or("the role", |hop| hop.role_arn.value.as_str());
    let name = role.rsplit('/').next().unwrap_or(role);
    let trust = format!("; see: amplify-creds policy trust {}", hop.map_or(asked, |hop| &hop.profile));
    match cause {
        Cause::Identity => format!(
            "the caller's own policy may not allow sts:AssumeRole on {role}; see: amplify-creds policy caller {asked}"
        ),
        Cause::Trust => {
            format!(
                "the role's trust policy may not name the caller; its owner sees it by: aws iam get-role --role-name {name}{trust}"
            )
        }
        Cause::ExternalIdMissing => {
            format!("the role's trust policy may ask for an external id, and the profile sets none{trust}")
        }
        Cause::ExternalIdWrong => {
            let from = hop.and_then(|hop| hop.external_id.as_ref()).map(|id| id.from.to_string()).unwrap_or_default();
            format!("the role's trust policy may ask for another external id than the one at {from}")
        }
        Cause::MfaMissing => format!("it may ask for MFA, and the profile sets no mfa_serial{trust}"),
        Cause::MfaLeftBehind => "it may ask for MFA, which the session of the role before does not carry on".to_owned(),
        Cause::Tags => {
            format!("the trust policy of {name} must allow sts:TagSession, or the profile set no session_tags{trust}")
        }
        Cause::SourceIdentity => {
            format!(
                "the trust policy of {name} must allow sts:SetSourceIdentity, or the profile set no source_identity{trust}"
            )
        }
        Cause::Policy("identity_policy_deny") => {
            "a policy of the caller's own denies it; who administers the caller's account can change it".to_owned()
        }
        Cause::Policy(kind) => {
            format!(
                "a {} stands in the way; who administers the caller's account can change it",
                kind.replace('_', " ")
            )
        }
        Cause::Region => {
            let region = hop
                .map(|hop| format!(" in {} ({})", hop.sts.signing_region.value, hop.sts.signing_region.from))
                .unwrap_or_default();
            format!("STS is switched off{region}; choose a region: --region us-east-1")
        }
        Cause::Duration => {
            let asked =
                hop.map(|hop| format!("less than {} s ({})", hop.duration.seconds, hop.duration.requested.from));
            format!(
                "the role may allow {}; ask for less, or raise its maximum session duration",
                asked.as_deref().unwrap_or("less")
            )
        }
        Cause::PackedPolicy => {
            "policies and tags of a session are packed into little space; shorten policy, use policy_arns, or drop tags"
                .to_owned()
        }
        Cause::MalformedPolicy => format!("the session's policy is not one; see: amplify-creds explain {asked}"),
        Cause::Root => "root cannot assume roles; use the keys of an IAM user".to_owned(),
        Cause::UnknownKey => {
            "the access key is wrong, inactive or deleted (see: aws iam list-access-keys), or of another partition"
                .to_owned()
        }
        Cause::WrongSecret => "the secret access key does not belong to the access key id".to_owned(),
        Cause::Expired => {
            "the base keys are temporary and over; get new ones, or use a user's long-term keys".to_owned()
        }
        Cause::Clock => {
            "this machine's clock is wrong; set it (after sleep, in WSL or a virtual machine: sudo hwclock -s)"
                .to_owned()
        }
        Cause::SessionToken => {
            "the user's own policy must allow sts:GetSessionToken, or mfa_session = off must be set".to_owned()
        }
    }
}
