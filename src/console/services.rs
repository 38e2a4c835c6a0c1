//! The paths of services in the console, where they differ from the name in the AWS CLI.

pub(super) struct Service {
    pub(super) path: String,
    pub(super) fragment: &'static str,
    pub(super) is_global: bool,
}

/// Names, the path before `/home`, and the fragment.
const PATHS: [(&[&str], &str, &str); 26] = [
    (&["apigw"], "apigateway", ""),
    (&["billing", "ce"], "costmanagement", ""),
    (&["cf", "cloudfront"], "cloudfront/v4", ""),
    (&["cfn"], "cloudformation", ""),
    (&["codebuild"], "codesuite/codebuild", ""),
    (&["codecommit"], "codesuite/codecommit", ""),
    (&["codepipeline"], "codesuite/codepipeline", ""),
    (&["cognito", "cognito-idp"], "cognito/v2", ""),
    (&["cw"], "cloudwatch", ""),
    (&["ddb", "dynamodb"], "dynamodbv2", ""),
    (&["eb"], "elasticbeanstalk", ""),
    (&["ecs"], "ecs/v2", ""),
    (&["eventbridge"], "events", ""),
    (&["l"], "lambda", ""),
    (&["logs"], "cloudwatch", "#logsV2:log-groups"),
    (&["orgs", "organizations"], "organizations/v2", ""),
    (&["r53", "route53"], "route53/v2", ""),
    (&["redshift"], "redshiftv2", ""),
    (&["sfn", "stepfunctions"], "states", ""),
    (&["sm"], "secretsmanager", ""),
    (&["sns"], "sns/v3", ""),
    (&["sqs"], "sqs/v3", ""),
    (&["ssm"], "systems-manager", ""),
    (&["sso", "identitystore"], "singlesignon", ""),
    (&["vpc"], "vpcconsole", ""),
    (&["waf"], "wafv2", ""),
];

const GLOBAL: [&str; 6] =
    ["cloudfront/v4", "costmanagement", "iam", "organizations/v2", "route53/v2", "trustedadvisor"];

/// `None` if `name` cannot be a segment of a path.
pub(super) fn find(name: &str) -> Option<Service> {
    let name = name.to_ascii_lowercase();
    let is_word = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_word {
        return None;
    }
    let known = PATHS.iter().find(|(names, ..)| names.contains(&name.as_str()));
    let (path, fragment) = known.map_or((name.as_str(), ""), |(_, path, fragment)| (*path, *fragment));
    Some(Service { path: path.to_owned(), fragment, is_global: GLOBAL.contains(&path) })
}
