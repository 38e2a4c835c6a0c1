use crate::policy::deployed_names::DeployedNames;

/// An action that every role of the app is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedUse {
    pub sid: String,
    pub actions: Vec<String>,
    pub resources: Vec<String>,
}

pub const DENIALS: &str = "table=NAME, bucket=NAME, function=NAME, parameter=PATH (each also with :ACTION), \
                           service=PREFIX or action=SERVICE:ACTION";

impl DeniedUse {
    /// `table=users`, `table=users:Scan` and similar.
    pub fn parse(text: &str, names: &DeployedNames) -> Option<Self> {
        let (kind, value) = text.split_once('=')?;
        let (name, action) = match value.split_once(':') {
            Some((name, action)) if kind != "action" => (name, action),
            _ => (value, "*"),
        };
        let fits = |more: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
        let (fits, service, resources) = match kind {
            // An index and a stream are other resources, and have the table's rows.
            "table" => {
                (fits("_.-*"), "dynamodb", arns("arn:{p}:dynamodb:{r}:{a}:table/", &names.tables(name), &["", "/*"]))
            }
            "bucket" => (fits(".-*"), "s3", arns("arn:{p}:s3:::", &names.buckets(name), bucket_and_objects(action))),
            "function" => {
                (fits("_-*"), "lambda", arns("arn:{p}:lambda:{r}:{a}:function:", &names.functions(name), &["", ":*"]))
            }
            "parameter" => {
                let path = name.trim_start_matches('/').to_owned();
                (fits("_.-/*"), "ssm", arns("arn:{p}:ssm:{r}:{a}:parameter/", &[path], &[""]))
            }
            "service" => (fits("-") && !value.contains(':'), name, vec!["*".into()]),
            "action" => (is_action(name), "", vec!["*".into()]),
            _ => return None,
        };
        let action = if kind == "action" { name.to_owned() } else { format!("{service}:{action}") };
        let words = value.split(|c: char| !c.is_ascii_alphanumeric()).map(capital);
        let sid = format!("Deny{}{}", capital(kind), words.collect::<String>());
        let is_valid = fits && !name.is_empty() && is_action(&action);
        is_valid.then(|| Self { sid, actions: vec![action], resources })
    }
}

/// The action may contain `*`.
pub fn is_action(text: &str) -> bool {
    let is_word = |word: &str, more: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    text.split_once(':').is_some_and(|(service, action)| is_word(service, "-") && is_word(action, "*"))
}

/// Whether an S3 action applies to objects, to the bucket, or to both if its name does not show it.
fn bucket_and_objects(action: &str) -> &'static [&'static str] {
    // IAM ignores the case of actions.
    let action = action.to_ascii_lowercase();
    let has = |word: &str| action.contains(word);
    if has("*") {
        &["", "/*"]
    } else if action == "objectowneroverridetobucketowner" {
        &["/*"]
    } else if has("bucket") {
        &[""]
    } else if has("object") || has("multipartupload") {
        &["/*"]
    } else {
        &["", "/*"]
    }
}

fn arns(prefix: &str, names: &[String], tails: &[&str]) -> Vec<String> {
    let with_tails = |name: &String| {
        // A pattern with * at its end also covers the longer ones.
        let tails = if name.ends_with('*') { &tails[..1] } else { tails };
        tails.iter().map(|tail| format!("{prefix}{name}{tail}")).collect::<Vec<_>>()
    };
    names.iter().flat_map(with_tails).collect()
}

fn capital(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map(|first| first.to_ascii_uppercase().to_string() + rest.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dev() -> DeployedNames {
        DeployedNames {
            env: Some("dev".into()),
            api_id: Some("a1".into()),
            stack: Some("amplify-app-dev-86ef3".into()),
        }
    }

    #[test]
    fn denial_of_each_kind_is_parsed() {
        let table = "arn:{p}:dynamodb:{r}:{a}:table/";
        let function = "arn:{p}:lambda:{r}:{a}:function:";
        let tables = ["users", "users/*", "users-dev", "users-dev/*", "users-a1-dev", "users-a1-dev/*"];
        let buckets = ["p", "p/*", "p-dev", "p-dev/*", "p86ef3-dev", "p86ef3-dev/*"];
        for (text, sid, action, prefix, resources) in [
            ("table=users", "DenyTableUsers", "dynamodb:*", table, &tables[..]),
            ("table=users:Scan", "DenyTableUsersScan", "dynamodb:Scan", table, &tables),
            ("bucket=p", "DenyBucketP", "s3:*", "arn:{p}:s3:::", &buckets),
            ("function=f", "DenyFunctionF", "lambda:*", function, &["f", "f:*", "f-dev", "f-dev:*"]),
            (
                "function=f-dev:InvokeFunction",
                "DenyFunctionFDevInvokeFunction",
                "lambda:InvokeFunction",
                function,
                &["f-dev", "f-dev:*", "f-dev-dev", "f-dev-dev:*"],
            ),
            (
                "parameter=/amplify/x",
                "DenyParameterAmplifyX",
                "ssm:*",
                "arn:{p}:ssm:{r}:{a}:parameter/",
                &["amplify/x"],
            ),
            (
                "parameter=x:GetParameter",
                "DenyParameterXGetParameter",
                "ssm:GetParameter",
                "arn:{p}:ssm:{r}:{a}:parameter/",
                &["x"],
            ),
            ("service=ec2", "DenyServiceEc2", "ec2:*", "", &["*"]),
            ("action=dynamodb:Scan", "DenyActionDynamodbScan", "dynamodb:Scan", "", &["*"]),
        ] {
            let resources = resources.iter().map(|name| format!("{prefix}{name}")).collect();
            let expected = DeniedUse { sid: sid.into(), actions: vec![action.into()], resources };
            assert_eq!(DeniedUse::parse(text, &dev()), Some(expected), "{text}");
        }
    }

    #[test]
    fn invalid_denials_are_rejected() {
        for bad in [
            "",
            "users",
            "table=",
            "table=a b",
            "table=\u{fc}",
            "queue=x",
            "action=Scan",
            "action=dynamodb:",
            "action=a:b:c",
            "bucket=\"x",
            "table=:Scan",
            "table=users:",
            "table=users:a b",
            "table=users:dynamodb:Scan",
            "table=users:Scan?",
            "service=ec2:RunInstances",
            "service=ec2:*",
        ] {
            assert_eq!(DeniedUse::parse(bad, &dev()), None, "{bad}");
        }
    }

    #[test]
    fn s3_action_decides_between_bucket_and_objects() {
        let none = DeployedNames { env: Some("NONE".into()), ..DeployedNames::default() };
        for (action, bucket, objects) in [
            ("DeleteObject", false, true),
            ("getobjectversion", false, true),
            ("AbortMultipartUpload", false, true),
            ("ObjectOwnerOverrideToBucketOwner", false, true),
            ("ListBucket", true, false),
            ("GetBucketObjectLockConfiguration", true, false),
            ("ListBucketMultipartUploads", true, false),
            ("Get*", true, true),
            ("GetObject*", true, true),
            ("ReplicateDelete", true, true),
        ] {
            let denied = DeniedUse::parse(&format!("bucket=p:{action}"), &none).unwrap();
            let expected: Vec<_> = [(bucket, "arn:{p}:s3:::p"), (objects, "arn:{p}:s3:::p/*")]
                .into_iter()
                .filter(|(is_used, _)| *is_used)
                .map(|(_, arn)| arn.to_owned())
                .collect();
            assert_eq!(denied.resources, expected, "{action}");
        }
    }
}
