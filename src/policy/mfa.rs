//! Lets users manage their own MFA device and denies everything else without MFA: the example "Allows MFA-authenticated
//! IAM users to manage their own MFA device" of the IAM user guide.

use super::document::{Effect, PolicyDocument, Statement, StringOrList};
use super::place::ArnScope;

/// Allowed without MFA: everything that a user needs to register a device and to send its code.
const WITHOUT: [&str; 8] = [
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetMFADevice",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "iam:ResyncMFADevice",
    "sts:GetSessionToken",
];

pub fn document(place: &ArnScope) -> PolicyDocument {
    let own = |kind: &str| place.fill(&format!("arn:{{p}}:iam::{{a}}:{kind}/"));
    let user = own("user") + "${aws:username}";
    let see = Statement::new("SeeDevices", Effect::Allow, ["iam:ListVirtualMFADevices"], ["*"]);
    // A device can have any name.
    let create = Statement::new("CreateADevice", Effect::Allow, ["iam:CreateVirtualMFADevice"], [own("mfa") + "*"]);
    let delete = Statement::new(
        "DeleteOwnDevice",
        Effect::Allow,
        ["iam:DeleteVirtualMFADevice"],
        [own("mfa") + "${aws:username}"],
    );
    let actions = [
        "iam:DeactivateMFADevice",
        "iam:EnableMFADevice",
        "iam:GetMFADevice",
        "iam:GetUser",
        "iam:ListMFADevices",
        "iam:ResyncMFADevice",
    ];
    let manage = Statement::new("ManageOwnDevices", Effect::Allow, actions, [user]);
    // Long-term keys do not have this condition key, so the operator must end in IfExists.
    let deny = Statement::new("NothingElseWithoutMfa", Effect::Deny, StringOrList::default(), ["*"]);
    let deny = Statement { not_action: WITHOUT.into(), ..deny };
    let deny = deny.when("BoolIfExists", "aws:MultiFactorAuthPresent", ["false"]);
    PolicyDocument::new(vec![see, create, delete, manage, deny])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::document::json;

    #[test]
    fn mfa_policy_allows_only_own_devices() {
        let place = ArnScope { partition: "aws".into(), region: None, account: Some("111111111111".into()), app: None };
        let text = json(&document(&place));
        assert!(text.contains(r#""Resource":"arn:aws:iam::111111111111:user/${aws:username}""#));
        assert!(text.ends_with(r#""NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#), "{text}");
    }
}
