//! The permissions boundary of an environment in `team-provider-info.json`, and in `amplify-meta.json` under the key
//! `providers`.

use super::environment::{BOUNDARY, PROVIDER};
use super::hjson::{HjsonError, HjsonNode, HjsonValue, parse};
use super::splice::{JsonText, quoted};

/// The Amplify CLI's rule `arn:aws:iam::(\d{12}|aws):policy/.+`, but for every partition. The Amplify CLI's options
/// accept only partition `aws`; the file may name any.
pub fn is_boundary(arn: &str) -> bool {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else { return false };
    let is_account = account == "aws" || (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    let in_partition = partition == "aws"
        || partition.strip_prefix("aws-").is_some_and(|rest| {
            !rest.is_empty()
                && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        });
    let name = resource.strip_prefix("policy/");
    in_partition && is_account && name.is_some_and(|name| !name.is_empty() && !name.contains(['\n', '\r']))
}

/// Whether IAM accepts the name: [`is_boundary`] also accepts wildcards, blanks and control characters.
pub fn is_policy(arn: &str) -> bool {
    let name = arn.split_once(":policy/").map_or("", |(_, name)| name);
    // A path such as ../x would leave the resource of the ARN.
    let is_name = |part: &str| !part.is_empty() && part != "." && part != "..";
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
    is_boundary(arn) && arn.len() <= 2048 && name.split('/').all(is_name) && name.bytes().all(fits)
}

pub fn is_customer_policy(arn: &str) -> bool {
    is_policy(arn) && arn.split(':').nth(4) != Some("aws")
}

pub fn set(text: &str, environment: &str, arn: &str) -> Result<String, HjsonError> {
    let file = JsonText::new(text);
    let (path, value) = ([environment, PROVIDER, BOUNDARY], quoted(arn));
    if text.trim().is_empty() {
        return Ok(nested(&file, &path, &value, Some("")));
    }
    let root = parse(text)?;
    let mut node = &root;
    for (depth, name) in path.iter().enumerate() {
        let rest = &path[depth + 1..];
        if !matches!(node.value, HjsonValue::Object(_)) {
            let whole = nested(&file, &path[depth..], &value, Some(file.indent(node.bytes.start)));
            return Ok(file.spliced(vec![(node.bytes.clone(), whole)]));
        }
        let Some(found) = node.get(name) else {
            let new = |indent: Option<&str>| vec![(*name, nested(&file, rest, &value, indent))];
            return Ok(file.spliced(file.insert(node, &new)));
        };
        node = found;
    }
    let is_so = node.text() == Some(arn);
    Ok(if is_so { text.to_owned() } else { file.spliced(vec![(node.bytes.clone(), value)]) })
}

pub fn clear(text: &str, environment: &str) -> Result<String, HjsonError> {
    if text.trim().is_empty() {
        return Ok(text.to_owned());
    }
    let root = parse(text)?;
    let Some(provider) = root.get(environment).and_then(|environment| environment.get(PROVIDER)) else {
        return Ok(text.to_owned());
    };
    let last = provider.members().iter().rposition(|(name, _): &(String, HjsonNode)| name == BOUNDARY);
    let Some(last) = last else { return Ok(text.to_owned()) };
    let file = JsonText::new(text);
    // The last of duplicate keys counts, so all are removed.
    clear(&file.spliced(file.remove(provider, last)), environment)
}

fn nested(file: &JsonText<'_>, path: &[&str], value: &str, indent: Option<&str>) -> String {
    let Some((key, rest)) = path.split_first() else { return value.to_owned() };
    let deeper = indent.map(|indent| format!("{indent}  "));
    file.object(&[(key, nested(file, rest, value, deeper.as_deref()))], indent)
}

#[cfg(test)]
mod tests {
    use super::super::environment::boundary;
    use super::*;

    const ARN: &str = "arn:aws:iam::222222222222:policy/b";

    #[test]
    fn boundary_arn_is_valid_in_every_partition() {
        for good in [
            ARN,
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws-cn:iam::222222222222:policy/a/b",
            "arn:aws-us-gov:iam::222222222222:policy/x y",
            "arn:aws-iso-b:iam::aws:policy/x",
            "arn:aws-eusc:iam::222222222222:policy/x",
        ] {
            assert!(is_boundary(good), "{good}");
        }
        for bad in [
            "",
            "arn:aws:iam::22222222222:policy/b",
            "arn:aws:iam::222222222222:policy/",
            "arn:aws:iam::222222222222:role/b",
            "arn:aws:iam:us-east-1:222222222222:policy/b",
            "arn:aws:s3::222222222222:policy/b",
            "arn:evil:iam::222222222222:policy/b",
            "arn:aws-:iam::222222222222:policy/b",
            " arn:aws:iam::222222222222:policy/b",
            "arn:aws:iam::222222222222:policy/b\nx",
            "policy/b",
        ] {
            assert!(!is_boundary(bad), "{bad}");
        }
    }

    #[test]
    fn policy_has_a_name_that_iam_accepts() {
        for good in [ARN, "arn:aws-us-gov:iam::222222222222:policy/a/b/App_1+=,.@-"] {
            assert!(is_customer_policy(good), "{good}");
        }
        let managed = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert!(is_policy(managed) && !is_customer_policy(managed));
        for name in ["", "a b", "a\nb", "a\u{1b}[2J", "a\u{202e}", "\u{fc}", "*", "a?", "${aws:username}", "a/", "a:b"]
        {
            assert!(!is_policy(&format!("arn:aws:iam::222222222222:policy/{name}")), "{name:?}");
        }
        for name in ["../x", "a/../b", "./x", "a//b"] {
            assert!(!is_policy(&format!("arn:aws:iam::222222222222:policy/{name}")), "{name}");
        }
        assert!(!is_policy(&format!("{ARN}{}", "b".repeat(2048))));
        for bad in ["x", "arn:aws:iam::22:policy/x", "arn:aws:iam::222222222222:role/x", "arn:aws:s3:::policy/x"] {
            assert!(!is_policy(bad), "{bad}");
        }
    }

    #[track_caller]
    fn goes(text: &str, expected: &str) {
        let new = set(text, "dev", ARN).unwrap();
        assert_eq!(new, expected, "{text}");
        let read = parse(&new).unwrap();
        assert_eq!(boundary(&read, "dev").map(|(arn, _)| arn).as_deref(), Some(ARN), "{new}");
        assert_eq!(set(&new, "dev", ARN).unwrap(), new, "once is enough");
    }

    #[test]
    fn boundary_is_set_or_added() {
        goes(
            "",
            "{\n  \"dev\": {\n    \"awscloudformation\": {\n      \"PermissionsBoundaryPolicyArn\": \"arn:aws:iam::222222222222:policy/b\"\n    }\n  }\n}",
        );
        goes(
            "{\n  \"dev\": { // mine\n    \"awscloudformation\": {\n      \"Region\": \"eu-west-1\" /* here */\n    }\n  },\n  \"prod\": {}\n}\n",
            "{\n  \"dev\": { // mine\n    \"awscloudformation\": {\n      \"Region\": \"eu-west-1\", /* here */\n      \"PermissionsBoundaryPolicyArn\": \"arn:aws:iam::222222222222:policy/b\"\n    }\n  },\n  \"prod\": {}\n}\n",
        );
        goes(
            "{\r\n  \"dev\": {\r\n    \"awscloudformation\": {\r\n      \"PermissionsBoundaryPolicyArn\": \"old\",\r\n      \"x\": 1\r\n    }\r\n  }\r\n}",
            "{\r\n  \"dev\": {\r\n    \"awscloudformation\": {\r\n      \"PermissionsBoundaryPolicyArn\": \"arn:aws:iam::222222222222:policy/b\",\r\n      \"x\": 1\r\n    }\r\n  }\r\n}",
        );
        goes(
            "{\n  \"prod\": {}\n}",
            "{\n  \"prod\": {},\n  \"dev\": {\n    \"awscloudformation\": {\n      \"PermissionsBoundaryPolicyArn\": \"arn:aws:iam::222222222222:policy/b\"\n    }\n  }\n}",
        );
        goes(
            r#"{"dev": {"awscloudformation": null}}"#,
            "{\"dev\": {\"awscloudformation\": {\n  \"PermissionsBoundaryPolicyArn\": \"arn:aws:iam::222222222222:policy/b\"\n}}}",
        );
        assert_eq!(set("{\n", "dev", ARN).map_err(|error| error.line), Err(2));
    }

    #[test]
    fn cleared_boundary_takes_line_and_comma_along() {
        const KEYS: &str = "\"PermissionsBoundaryPolicyArn\": \"x\"";
        let around = |inside: &str| format!("{{\"dev\": {{\"awscloudformation\": {inside}}}}}");
        for (text, expected) in [
            (format!("{{\n  \"a\": 1,\n  {KEYS}\n}}"), "{\n  \"a\": 1\n}"),
            (format!("{{\n  {KEYS},\n  \"a\": 1\n}}"), "{\n  \"a\": 1\n}"),
            (format!("{{\n  \"a\": 1, // one\n  {KEYS} // two\n}}"), "{\n  \"a\": 1 // one\n // two\n}"),
            (format!("{{\r\n  \"a\": 1,\r\n  {KEYS}\r\n}}"), "{\r\n  \"a\": 1\r\n}"),
            (format!("{{\"a\": 1, {KEYS}}}"), "{\"a\": 1}"),
            (format!("{{{KEYS}, \"a\": 1}}"), "{\"a\": 1}"),
            (format!("{{ {KEYS} }}"), "{ }"),
            (format!("{{\"a\": 1 /* , */, {KEYS}}}"), "{\"a\": 1 /* , */}"),
            (format!("{{\n  {KEYS},\n  {KEYS}\n}}"), "{\n}"),
            ("{\n  PermissionsBoundaryPolicyArn: x\n  a: 1\n}".to_owned(), "{\n  a: 1\n}"),
            ("{\"a\": 1}".to_owned(), "{\"a\": 1}"),
        ] {
            let new = clear(&around(&text), "dev").unwrap();
            assert_eq!(new, around(expected), "{text}");
            assert_eq!(boundary(&parse(&new).unwrap(), "dev"), None);
        }
        for other in ["", "{}", "{\"prod\": {}}", "{\"dev\": 1}"] {
            assert_eq!(clear(other, "dev").unwrap(), other);
        }
    }
}
