use super::amplify_names::AmplifyNames;

/// Something that no role of the app may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedUse {
    pub sid: String,
    pub actions: Vec<String>,
    pub resources: Vec<String>,
}

pub const DENIALS: &str = "table=NAME, bucket=NAME, function=NAME, parameter=PATH (each also NAME:ACTION), service=PREFIX, action=SERVICE:ACTION";

impl DeniedUse {
    /// `table=users`, `table=users:Scan` and the other [`DENIALS`].
    pub fn parse(text: &str, names: &AmplifyNames) -> Option<Self> {
        let (kind, value) = text.split_once('=')?;
        let has_action = ["table", "bucket", "function", "parameter"].contains(&kind);
        let (name, action) = match value.split_once(':').filter(|_| has_action) {
            Some((name, action)) => (name, action),
            None => (value, "*"),
        };
        let fits = |more: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
        let (fits, service, resources): (bool, &str, Vec<String>) = match kind {
            // An index is another resource, and has the table's rows.
            "table" => (fits("_.-*"), "dynamodb", both("arn:{p}:dynamodb:{r}:{a}:table/", &names.tables(name), "/*")),
            "bucket" => (fits(".-*"), "s3", both("arn:{p}:s3:::", &names.buckets(name), "/*")),
            "function" => {
                (fits("_-*"), "lambda", both("arn:{p}:lambda:{r}:{a}:function:", &names.functions(name), ":*"))
            }
            "parameter" => {
                let path = name.trim_start_matches('/');
                (fits("_.-/*"), "ssm", vec![format!("arn:{{p}}:ssm:{{r}}:{{a}}:parameter/{path}")])
            }
            "service" => (fits("-"), name, vec!["*".into()]),
            "action" => (is_action(name), "", vec!["*".into()]),
            _ => return None,
        };
        let action = if service.is_empty() { name.to_owned() } else { format!("{service}:{action}") };
        let words = value.split(|c: char| !c.is_ascii_alphanumeric()).map(capital).collect::<String>();
        let is_valid = fits && !name.is_empty() && is_action(&action);
        is_valid.then(|| Self { sid: format!("Deny{}{words}", capital(kind)), actions: vec![action], resources })
    }

    /// Whether it names something that the Amplify CLI gives a suffix.
    pub fn has_suffixes(text: &str) -> bool {
        let is_of = |kind: &str| text.strip_prefix(kind).is_some_and(|name| name.starts_with('='));
        ["table", "bucket", "function"].into_iter().any(is_of)
    }
}

/// Whether `text` is `service:Action`, with `*` or without.
pub fn is_action(text: &str) -> bool {
    let is_word = |word: &str, more: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    text.split_once(':').is_some_and(|(service, action)| is_word(service, "-") && is_word(action, "*"))
}

/// Each resource, and what is below it.
fn both(prefix: &str, names: &[String], below: &str) -> Vec<String> {
    names.iter().flat_map(|name| [format!("{prefix}{name}"), format!("{prefix}{name}{below}")]).collect()
}

fn capital(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map(|first| first.to_ascii_uppercase().to_string() + rest.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_by_kind() {
        let arn = |service: &str, rest: &str| format!("arn:{{p}}:{service}:{{r}}:{{a}}:{rest}");
        let bare = AmplifyNames { environment: Some("NONE".into()), api_ids: Vec::new() };
        let users = || vec![arn("dynamodb", "table/users"), arn("dynamodb", "table/users/*")];
        for (text, sid, action, resources) in [
            ("table=users", "DenyTableUsers", "dynamodb:*", users()),
            ("table=users:Scan", "DenyTableUsersScan", "dynamodb:Scan", users()),
            (
                "bucket=my-app.x",
                "DenyBucketMyAppX",
                "s3:*",
                vec!["arn:{p}:s3:::my-app.x".into(), "arn:{p}:s3:::my-app.x/*".into()],
            ),
            (
                "function=f:Invoke*",
                "DenyFunctionFInvoke",
                "lambda:Invoke*",
                vec![arn("lambda", "function:f"), arn("lambda", "function:f:*")],
            ),
            ("parameter=/amplify/x", "DenyParameterAmplifyX", "ssm:*", vec![arn("ssm", "parameter/amplify/x")]),
            ("service=ec2", "DenyServiceEc2", "ec2:*", vec!["*".into()]),
            ("action=dynamodb:Scan", "DenyActionDynamodbScan", "dynamodb:Scan", vec!["*".into()]),
        ] {
            let expected = DeniedUse { sid: sid.into(), actions: vec![action.into()], resources };
            assert_eq!(DeniedUse::parse(text, &bare), Some(expected), "{text}");
        }
        for bad in [
            "",
            "users",
            "table=",
            "table=:Scan",
            "table=users:",
            "table=users:a b",
            "table=users:dynamodb:Scan",
            "table=a b",
            "table=\u{fc}",
            "queue=x",
            "service=ec2:Run",
            "action=Scan",
            "action=dynamodb:",
            "bucket=\"x",
        ] {
            assert_eq!(DeniedUse::parse(bad, &bare), None, "{bad}");
        }
    }

    #[test]
    fn denial_covers_what_amplify_creates() {
        let names = AmplifyNames { environment: Some("dev".into()), api_ids: vec!["abc".into()] };
        let resources = |text| DeniedUse::parse(text, &names).unwrap().resources;
        let table = |name: &str| format!("arn:{{p}}:dynamodb:{{r}}:{{a}}:table/{name}");
        let expected = ["users", "users/*", "users-dev", "users-dev/*", "users-abc-dev", "users-abc-dev/*"].map(table);
        assert_eq!(resources("table=users"), expected);
        assert!(resources("bucket=photos").contains(&"arn:{p}:s3:::photos?????-dev/*".to_owned()));
        assert!(resources("function=work").contains(&"arn:{p}:lambda:{r}:{a}:function:work-dev:*".to_owned()));
    }
}
