//! The permissions boundary of an Amplify environment: what Amplify's roles may do at most, what they may never do, and
//! that every role carries the boundary. A boundary grants nothing, so its ceiling names services instead of single
//! actions: those that the documentation's walk-through names for a role of Amplify, if an app calls them at run time.
//! Services of a project's own functions are added by name.

use crate::policy::category::Category;
use crate::policy::category::Category::{
    Analytics, Api, Auth, Deployment, Function, Geo, Hosting, Interactions, Notifications, Predictions, Storage,
};
use crate::policy::denied_use::DeniedUse;
use crate::policy::document::{Effect, LARGEST, PolicyDocument, Statement, StringOrList};
use crate::policy::place::ArnScope;

struct Need {
    sid: &'static str,
    categories: &'static [Category],
    actions: &'static [&'static str],
    resources: &'static [&'static str],
}

const NEEDS: [Need; 15] = [
    Need {
        sid: "WriteLogs",
        categories: &[Deployment],
        actions: &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        resources: &["arn:{p}:logs:{r}:{a}:log-group:*"],
    },
    Need {
        sid: "Trace",
        categories: &[Deployment],
        actions: &["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        resources: &["*"],
    },
    Need {
        sid: "ReadParameters",
        categories: &[Deployment],
        actions: &["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
        resources: &["arn:{p}:ssm:{r}:{a}:parameter/amplify/*"],
    },
    Need {
        sid: "UseUserPools",
        categories: &[Auth],
        // Functions of the app, and functions with which Amplify configures a user pool.
        actions: &[
            "cognito-idp:Admin*",
            "cognito-idp:*Group*",
            "cognito-idp:*IdentityProvider*",
            "cognito-idp:*UserPoolClient",
            "cognito-idp:DescribeUserPool",
            "cognito-idp:ListUsers",
            "cognito-idp:SetUserPoolMfaConfig",
        ],
        resources: &["arn:{p}:cognito-idp:{r}:{a}:userpool/*"],
    },
    Need {
        sid: "UseIdentities",
        categories: &[Auth],
        // A user pool has its own role for text messages.
        actions: &["cognito-identity:*", "cognito-sync:*", "sns:Publish"],
        resources: &["*"],
    },
    Need {
        sid: "CallApis",
        categories: &[Api],
        actions: &["appsync:GraphQL", "execute-api:Invoke", "es:ESHttp*"],
        resources: &["arn:{p}:appsync:{r}:{a}:apis/*", "arn:{p}:execute-api:{r}:{a}:*", "arn:{p}:es:{r}:{a}:domain/*"],
    },
    Need {
        sid: "UseTables",
        categories: &[Api, Storage, Function],
        actions: &[
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:DescribeStream",
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:PartiQL*",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "dynamodb:UpdateItem",
        ],
        resources: &["arn:{p}:dynamodb:{r}:{a}:table/*"],
    },
    // Functions read streams with these actions, which do not support resources.
    Need {
        sid: "ListStreams",
        categories: &[Api, Storage, Function],
        actions: &["dynamodb:ListStreams"],
        resources: &["*"],
    },
    Need { sid: "UseObjects", categories: &[Storage, Hosting], actions: &["s3:*"], resources: &["*"] },
    Need {
        sid: "CallFunctions",
        categories: &[Api, Function],
        actions: &["lambda:GetFunction", "lambda:InvokeFunction"],
        resources: &["arn:{p}:lambda:{r}:{a}:function:*"],
    },
    Need {
        sid: "UseStreams",
        categories: &[Analytics, Function],
        actions: &[
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:PutRecord",
            "kinesis:PutRecords",
            "kinesis:SubscribeToShard",
        ],
        resources: &["arn:{p}:kinesis:{r}:{a}:stream/*"],
    },
    Need {
        sid: "UsePinpoint",
        categories: &[Analytics, Notifications],
        actions: &["mobiletargeting:PutEvents", "mobiletargeting:SendMessages", "mobiletargeting:UpdateEndpoint"],
        resources: &["arn:{p}:mobiletargeting:{r}:{a}:apps/*"],
    },
    Need {
        sid: "TalkToBots",
        categories: &[Interactions],
        actions: &["lex:*Session", "lex:PostContent", "lex:PostText", "lex:Recognize*"],
        resources: &["*"],
    },
    Need {
        sid: "Predict",
        categories: &[Predictions],
        actions: &[
            "comprehend:Detect*",
            "polly:SynthesizeSpeech",
            "rekognition:*",
            "textract:AnalyzeDocument",
            "textract:DetectDocumentText",
            "transcribe:StartStream*",
            "translate:TranslateText",
        ],
        resources: &["*"],
    },
    Need { sid: "UseMaps", categories: &[Geo], actions: &["geo:*"], resources: &["arn:{p}:geo:{r}:{a}:*"] },
];

/// The error is the document's size, if it exceeds IAM's limit.
pub fn document(
    place: &ArnScope,
    categories: &[Category],
    more: &[String],
    denials: &[DeniedUse],
    arn: &str,
) -> Result<PolicyDocument, usize> {
    let is_wanted = |need: &&Need| {
        need.categories.iter().any(|of| *of == Deployment || categories.is_empty() || categories.contains(of))
    };
    let filled = |templates: &[&str]| StringOrList(templates.iter().map(|template| place.fill(template)).collect());
    let mut statements: Vec<_> = NEEDS
        .iter()
        .filter(is_wanted)
        .map(|need| Statement::new(need.sid, Effect::Allow, StringOrList(owned(need.actions)), filled(need.resources)))
        .collect();
    if !more.is_empty() {
        statements.push(Statement::new("AlsoAllowed", Effect::Allow, StringOrList(more.to_vec()), ["*"]));
    }
    for DeniedUse { sid, actions, resources } in grouped(denials) {
        let resources = resources.iter().map(|template| place.fill(template)).collect();
        statements.push(Statement::new(sid, Effect::Deny, StringOrList(actions), StringOrList(resources)));
    }
    statements.extend(enforcement(place, arn));
    let mut documents = PolicyDocument::new(statements).split(usize::MAX);
    let document = documents.pop().unwrap_or_else(|| PolicyDocument::new(Vec::new()));
    if document.size() <= LARGEST { Ok(document) } else { Err(document.size()) }
}

/// One statement for each action, which is shorter than one for each resource.
fn grouped(denials: &[DeniedUse]) -> Vec<DeniedUse> {
    let mut groups: Vec<DeniedUse> = Vec::new();
    for denial in denials {
        let Some(group) = groups.iter_mut().find(|group| group.actions == denial.actions) else {
            groups.push(denial.clone());
            continue;
        };
        let new: Vec<_> =
            denial.resources.iter().filter(|resource| !group.resources.contains(resource)).cloned().collect();
        group.resources.extend(new);
    }
    groups
}

/// Prevents the creation of roles without the boundary. Part of the boundary itself, for the roles that carry it, and
/// of the deployment policy.
pub fn enforcement(place: &ArnScope, boundary: &str) -> Vec<Statement> {
    let roles = place.fill("arn:{p}:iam::{a}:role/*");
    // The operator is also true for a request without a boundary.
    let carry = Statement::new(
        "RolesCarryTheBoundary",
        Effect::Deny,
        ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
        [roles.clone()],
    );
    let keep = Statement::new("RolesKeepTheBoundary", Effect::Deny, ["iam:DeleteRolePermissionsBoundary"], [roles]);
    let stay = Statement::new(
        "TheBoundaryStays",
        Effect::Deny,
        ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
        [boundary],
    );
    vec![carry.when("StringNotEquals", "iam:PermissionsBoundary", [boundary]), keep, stay]
}

pub fn for_deployer(place: &ArnScope, boundary: &str) -> PolicyDocument {
    PolicyDocument::new(enforcement(place, boundary))
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::deployed_names::DeployedNames;
    use crate::policy::document::json;

    const ARN: &str = "arn:aws:iam::222222222222:policy/app-dev";

    fn denied(text: &str) -> DeniedUse {
        DeniedUse::parse(text, &DeployedNames::default()).unwrap()
    }

    fn place() -> ArnScope {
        ArnScope {
            partition: "aws".into(),
            region: Some("eu-west-1".into()),
            account: Some("222222222222".into()),
            app: None,
        }
    }

    #[test]
    fn boundary_has_allow_deny_and_enforcement_statements() {
        let denials = [denied("table=users")];
        let document = document(&place(), &[Category::Storage], &["ses:SendEmail".into()], &denials, ARN).unwrap();
        let sids: Vec<_> = document.statements.iter().map(|statement| statement.sid.as_str()).collect();
        assert_eq!(
            sids,
            [
                "WriteLogs",
                "Trace",
                "ReadParameters",
                "UseTables",
                "ListStreams",
                "UseObjects",
                "AlsoAllowed",
                "DenyTableUsers",
                "RolesCarryTheBoundary",
                "RolesKeepTheBoundary",
                "TheBoundaryStays"
            ]
        );
        assert!(json(&document).contains(
            r#""Effect":"Deny","Action":"dynamodb:*","Resource":["arn:aws:dynamodb:eu-west-1:222222222222:table/users","#
        ));
        assert!(
            json(&document)
                .contains(&format!(r#""Condition":{{"StringNotEquals":{{"iam:PermissionsBoundary":"{ARN}"}}}}"#))
        );
    }

    #[test]
    fn oversized_boundary_is_an_error() {
        assert!(document(&place(), &[], &[], &[], ARN).is_ok());
        let denials: Vec<_> = (0..60).map(|n| denied(&format!("table=users{n:02}"))).collect();
        let size = document(&place(), &[], &[], &denials, ARN).unwrap_err();
        assert!(size > LARGEST);
    }
}
