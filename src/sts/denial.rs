//! The likely causes of a denial, derived from the request and from AWS's code and words. AWS names the denying policy
//! only within an account or organisation (IAM user guide, "Troubleshoot access denied error messages").

use crate::plan::Hop;
use crate::plan::limits::ONE_HOUR;

#[derive(Debug, Clone, Copy)]
pub struct Refusal<'a> {
    pub code: &'a str,
    pub message: &'a str,
    /// The role of the call; `None` for an MFA session.
    pub hop: Option<&'a Hop>,
    /// The hop's position, counted from 1.
    pub number: usize,
    pub has_mfa: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The caller's own policy does not allow the call.
    Identity,
    Trust,
    /// The role does not exist, or the account is wrong.
    RoleArn,
    /// The trust policy may require an external id, but none was sent.
    ExternalIdMissing,
    /// The external id may differ from the trust policy's.
    ExternalIdWrong,
    /// The trust policy may require MFA, but no code was sent.
    MfaMissing,
    /// The trust policy may require MFA, but role chaining drops the MFA context.
    MfaLeftBehind,
    /// The trust policy does not allow `sts:TagSession`.
    Tags,
    /// The trust policy does not allow `sts:SetSourceIdentity`.
    SourceIdentity,
    /// A policy of this type denies the call or does not allow it.
    Policy(&'static str),
    Region,
    Duration,
    PackedPolicy,
    MalformedPolicy,
    Root,
    /// The access key is unknown, inactive, or of another region or partition.
    UnknownKey,
    WrongSecret,
    Expired,
    Clock,
    /// The user is not allowed to call GetSessionToken.
    SessionToken,
}

impl Cause {
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity_policy",
            Self::Trust => "trust_policy",
            Self::RoleArn => "role_arn",
            Self::ExternalIdMissing => "external_id_missing",
            Self::ExternalIdWrong => "external_id_wrong",
            Self::MfaMissing => "mfa_missing",
            Self::MfaLeftBehind => "mfa_left_behind",
            Self::Tags => "session_tags",
            Self::SourceIdentity => "source_identity",
            Self::Policy(kind) => kind,
            Self::Region => "region_disabled",
            Self::Duration => "duration",
            Self::PackedPolicy => "packed_policy",
            Self::MalformedPolicy => "malformed_policy",
            Self::Root => "root",
            Self::UnknownKey => "unknown_key",
            Self::WrongSecret => "wrong_secret",
            Self::Expired => "expired",
            Self::Clock => "clock",
            Self::SessionToken => "get_session_token",
        }
    }
}

/// AWS's words for each type of policy. The longer ones are first, because one includes another.
const POLICIES: [(&str, &str); 6] = [
    ("service control policy", "service_control_policy"),
    ("resource control policy", "resource_control_policy"),
    ("permissions boundary", "permissions_boundary"),
    ("session policy", "session_policy"),
    ("VPC endpoint policy", "vpc_endpoint_policy"),
    ("identity-based policy", "identity_policy_deny"),
];

impl Refusal<'_> {
    /// The most likely cause first. A single cause is certain. Empty if only AWS's words explain the error.
    pub fn causes(&self) -> Vec<Cause> {
        let Self { code, message, hop, .. } = *self;
        match code {
            "AccessDenied" if hop.is_none() => vec![Cause::SessionToken],
            "AccessDenied" => self.denied(),
            "RegionDisabledException" => vec![Cause::Region],
            "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => vec![Cause::PackedPolicy],
            "MalformedPolicyDocument" | "MalformedPolicyDocumentException" => vec![Cause::MalformedPolicy],
            "ValidationError" if message.contains("DurationSeconds") => vec![Cause::Duration],
            "ValidationError" if hop.is_some_and(|hop| hop.duration.seconds > ONE_HOUR) => vec![Cause::Duration],
            "InvalidClientTokenId" => vec![Cause::UnknownKey],
            "SignatureDoesNotMatch" if message.starts_with("Signature ") => vec![Cause::Clock],
            "RequestExpired" | "RequestTimeTooSkewed" => vec![Cause::Clock],
            "SignatureDoesNotMatch" => vec![Cause::WrongSecret],
            "ExpiredToken" | "ExpiredTokenException" => vec![Cause::Expired],
            _ => Vec::new(),
        }
    }

    fn denied(&self) -> Vec<Cause> {
        let Self { message, .. } = self;
        if message.contains("sts:TagSession") {
            return vec![Cause::Tags];
        }
        if message.contains("sts:SetSourceIdentity") {
            return vec![Cause::SourceIdentity];
        }
        if message.contains("may not be assumed by root") {
            return vec![Cause::Root];
        }
        if message.contains("resource-based policy") {
            return self.of_trust_policy();
        }
        match POLICIES.iter().find(|(words, _)| message.contains(words)) {
            Some((_, "identity_policy_deny")) if message.contains("because no ") => vec![Cause::Identity],
            Some((_, kind)) => vec![Cause::Policy(kind)],
            // AWS uses the same words for a role that does not exist.
            None => [Cause::RoleArn].into_iter().chain(self.of_trust_policy()).chain([Cause::Identity]).collect(),
        }
    }

    /// Conditions of a trust policy that the request may not meet. The policy as a whole is last.
    fn of_trust_policy(&self) -> Vec<Cause> {
        let Self { hop, number, has_mfa, .. } = *self;
        let external_id = match hop.and_then(|hop| hop.external_id.as_ref()) {
            Some(_) => Cause::ExternalIdWrong,
            None => Cause::ExternalIdMissing,
        };
        let mfa = match (has_mfa, number) {
            (_, 2..) => Some(Cause::MfaLeftBehind),
            (false, _) => Some(Cause::MfaMissing),
            (true, _) => None,
        };
        [external_id].into_iter().chain(mfa).chain([Cause::Trust]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::build;
    use crate::plan::inputs::Inputs;
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    fn hop(keys: &str) -> Hop {
        let config = format!("[profile p]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = u\n{keys}");
        let files = Files::from_text(&config, "[u]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
        let set = files.profiles(Dialect::Auto).unwrap();
        build::build(&set, "p", &Inputs::default()).unwrap().hops.remove(0)
    }

    /// Code; words (`…` is "User: ARN is not authorized to perform", `@` the role); the hop's keys; its number and
    /// whether MFA was used; the causes' names.
    const ROWS: &str = "
        AccessDenied; …: sts:AssumeRole on resource: @; ; 1; role_arn external_id_missing mfa_missing trust_policy identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @; ; 1 mfa; role_arn external_id_missing trust_policy identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @; external_id = abc; 1 mfa; role_arn external_id_wrong trust_policy identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @; external_id = abc; 1; role_arn external_id_wrong mfa_missing trust_policy identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @; ; 2 mfa; role_arn external_id_missing mfa_left_behind trust_policy identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @; external_id = abc; 3; role_arn external_id_wrong mfa_left_behind trust_policy identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @ because no resource-based policy allows the sts:AssumeRole action; ; 1 mfa; external_id_missing trust_policy
        AccessDenied; …: sts:AssumeRole on resource: @ with an explicit deny in a resource-based policy; external_id = abc; 1 mfa; external_id_wrong trust_policy
        AccessDenied; …: sts:AssumeRole on resource: @ because no identity-based policy allows the sts:AssumeRole action; external_id = abc; 1; identity_policy
        AccessDenied; …: sts:AssumeRole on resource: @ with an explicit deny in an identity-based policy; ; 1; identity_policy_deny
        AccessDenied; …: sts:AssumeRole on resource: @ with an explicit deny in a service control policy; ; 1; service_control_policy
        AccessDenied; …: sts:AssumeRole on resource: @ with an explicit deny in a resource control policy; ; 1; resource_control_policy
        AccessDenied; …: sts:AssumeRole on resource: @ because no permissions boundary allows the sts:AssumeRole action; ; 1; permissions_boundary
        AccessDenied; …: sts:AssumeRole on resource: @ because no session policy allows the sts:AssumeRole action; ; 2 mfa; session_policy
        AccessDenied; …: sts:AssumeRole on resource: @ because no VPC endpoint policy allows the sts:AssumeRole action; ; 1; vpc_endpoint_policy
        AccessDenied; …: sts:TagSession on resource: @; session_tags = a=b; 1; session_tags
        AccessDenied; …: sts:SetSourceIdentity on resource: @; source_identity = me; 1; source_identity
        AccessDenied; Roles may not be assumed by root accounts.; ; 1; root
        RegionDisabledException; STS is not activated in this region; ; 1; region_disabled
        PackedPolicyTooLarge; Packed size of session tags consumes 120%; ; 1; packed_policy
        MalformedPolicyDocument; Syntax errors in policy.; ; 1; malformed_policy
        ValidationError; The requested DurationSeconds exceeds the MaxSessionDuration set for this role.; ; 1; duration
        ValidationError; 1 validation error detected; duration_seconds = 7200; 1; duration
        ValidationError; 1 validation error detected; ; 1;
        InvalidClientTokenId; The security token included in the request is invalid.; ; 1; unknown_key
        SignatureDoesNotMatch; Signature expired: 1 is now earlier than 2; ; 1; clock
        SignatureDoesNotMatch; The request signature we calculated does not match; ; 1; wrong_secret
        RequestExpired; Request has expired.; ; 1; clock
        ExpiredToken; The security token included in the request is expired; ; 1; expired
        NewCode; new words; ; 1;";

    #[test]
    fn denial_causes_depend_on_code_message_and_request() {
        for row in ROWS.lines().skip(1) {
            let [code, words, keys, place, expected] = row.split(';').map(str::trim).collect::<Vec<_>>()[..] else {
                panic!("{row}")
            };
            let message = words.replace('…', "User: arn:aws:iam::111111111111:user/u is not authorized to perform");
            let message = message.replace('@', "arn:aws:iam::222222222222:role/R");
            let (number, has_mfa) = (place[..1].parse().unwrap(), place.ends_with("mfa"));
            let hop = hop(&format!("{keys}\n"));
            let refusal = Refusal { code, message: &message, hop: Some(&hop), number, has_mfa };
            let names: Vec<_> = refusal.causes().into_iter().map(Cause::name).collect();
            assert_eq!(names.join(" "), expected, "{row}");
        }
        let of_device = Refusal { code: "AccessDenied", message: "no", hop: None, number: 0, has_mfa: true };
        assert_eq!(of_device.causes(), [Cause::SessionToken]);
    }
}
