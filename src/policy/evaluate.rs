//! Owns reading policies as IAM evaluates them (IAM user guide, "Policy evaluation logic"), for where IAM's own simulation
//! is not allowed: an explicit denial, else what the principal's policies and its boundary both allow.
//!
//! Refuses to be sure of what it does not understand: a condition of another kind, or on a key without a value, makes a
//! statement one that perhaps applies. Service control policies are not seen at all.

use serde_json::Value;

use super::simulation::{Denier, Entry, Verdict};

/// A policy, by the name that people know it by.
pub type Named = (String, Value);

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `service:Action`
    pub action: &'a str,
    /// On what; none for anything.
    pub resource: Option<&'a str>,
    /// What conditions may ask for.
    pub context: &'a [Entry],
}

/// Whether a statement applies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Applies {
    Yes,
    No,
    /// For want of these keys.
    Perhaps(Vec<String>),
}

/// What one kind of policies says.
enum Said<'p> {
    Allows,
    Denies(&'p str),
    Nothing,
    Perhaps(Vec<String>),
}

/// Whether `identity`, and `boundary` where there is one, allow the request.
pub fn verdict(identity: &[Named], boundary: Option<&Named>, request: &Request<'_>) -> Verdict {
    let denied = |by, policy: Option<&str>| Verdict::Denied {
        by,
        policy: policy.map(str::to_owned),
        is_explicit: policy.is_some(),
    };
    match (said(identity, request), boundary.map(|boundary| said(std::slice::from_ref(boundary), request))) {
        (Said::Denies(policy), _) => denied(Denier::Identity, Some(policy)),
        (_, Some(Said::Denies(policy))) => denied(Denier::Boundary, Some(policy)),
        (Said::Nothing, _) => denied(Denier::Identity, None),
        (_, Some(Said::Nothing)) => denied(Denier::Boundary, None),
        (Said::Perhaps(keys), _) | (_, Some(Said::Perhaps(keys))) => Verdict::Unknown(keys),
        (Said::Allows, Some(Said::Allows) | None) => Verdict::Allowed,
    }
}

fn said<'p>(policies: &'p [Named], request: &Request<'_>) -> Said<'p> {
    let (mut allows, mut perhaps) = (false, None);
    for (name, policy) in policies {
        for statement in list(&policy["Statement"]) {
            let is_denial = statement["Effect"] == "Deny";
            match applies(statement, request) {
                Applies::Yes if is_denial => return Said::Denies(name),
                Applies::Yes => allows = true,
                Applies::Perhaps(keys) => perhaps = perhaps.filter(|_| !is_denial).or(Some((is_denial, keys))),
                Applies::No => {}
            }
        }
    }
    match perhaps {
        // A denial that perhaps applies leaves any permission in doubt; a permission that does so, only a denial.
        Some((true, keys)) => Said::Perhaps(keys),
        _ if allows => Said::Allows,
        Some((false, keys)) => Said::Perhaps(keys),
        None => Said::Nothing,
    }
}

fn applies(statement: &Value, request: &Request<'_>) -> Applies {
    let names = |pattern: &str| fits(&pattern.to_ascii_lowercase(), &request.action.to_ascii_lowercase());
    let of_action = match (&statement["Action"], &statement["NotAction"]) {
        (Value::Null, not) => !texts(not).any(names),
        (action, _) => texts(action).any(names),
    };
    // Anything is more than a pattern can name, unless that is anything, too.
    let is_on = |pattern: &str| fits(pattern, request.resource.unwrap_or("*"));
    let of_resource = match (&statement["Resource"], &statement["NotResource"]) {
        (Value::Null, not) => !texts(not).any(is_on),
        (resource, _) => texts(resource).any(is_on),
    };
    if of_action && of_resource { conditions(&statement["Condition"], request.context) } else { Applies::No }
}

/// All of them must hold.
fn conditions(condition: &Value, context: &[Entry]) -> Applies {
    let mut open = Vec::new();
    for (operator, keys) in condition.as_object().into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            match holds(operator, key, values, context) {
                Some(true) => {}
                Some(false) => return Applies::No,
                None => open.push(key.clone()),
            }
        }
    }
    if open.is_empty() { Applies::Yes } else { Applies::Perhaps(open) }
}

/// Whether one condition holds, if that can be known.
fn holds(operator: &str, key: &str, values: &Value, context: &[Entry]) -> Option<bool> {
    let plain = operator.rsplit(':').next().unwrap_or(operator);
    let plain = plain.strip_suffix("IfExists").unwrap_or(plain);
    let known = context.iter().find(|entry| entry.key.eq_ignore_ascii_case(key));
    // Whether there is a service in between is known of every request that is asked about.
    let has_none = known.is_none() && key.eq_ignore_ascii_case("aws:CalledVia");
    if has_none {
        return Some(operator.starts_with("ForAllValues:") || operator.ends_with("IfExists"));
    }
    let value = known?.value.as_str();
    let any = |test: &dyn Fn(&str) -> bool| texts(values).any(test);
    let equals = |expected: &str| expected == value;
    let like = |pattern: &str| fits(pattern, value);
    Some(match plain {
        "StringEquals" => any(&equals),
        "StringNotEquals" => !any(&equals),
        "StringEqualsIgnoreCase" => any(&|expected| expected.eq_ignore_ascii_case(value)),
        "StringLike" | "ArnLike" | "ArnEquals" => any(&like),
        "StringNotLike" | "ArnNotLike" | "ArnNotEquals" => !any(&like),
        "Bool" => match values {
            Value::Bool(expected) => expected.to_string() == value,
            _ => any(&|expected| expected.eq_ignore_ascii_case(value)),
        },
        _ => return None,
    })
}

/// One or several.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(all) => all,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    list(value).iter().filter_map(Value::as_str)
}

/// Whether `text` is like `pattern`, where `*` is anything and `?` one character. A variable such as `${aws:username}` is
/// taken for anything.
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, variable)) = rest.split_once("${") {
        plain.push_str(before);
        plain.push('*');
        rest = variable.split_once('}').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let (pattern, text) = (plain.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|byte| *byte == b'?' || *byte == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            (p, t) = (at + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("a*b*c", "aXbYbc", true),
            ("a*b*c", "aXbYb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("arn:*:table/users", "arn:aws:dynamodb:eu-west-1:1:table/users", true),
            ("user/${aws:username}", "user/dev", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    fn judge(identity: &[Value], boundary: Option<Value>, resource: Option<&str>) -> Verdict {
        let named = |(index, statement): (usize, &Value)| (format!("P{index}"), json!({"Statement": statement}));
        let identity: Vec<_> = identity.iter().enumerate().map(named).collect();
        let boundary = boundary.map(|statement| ("Ceiling".to_owned(), json!({"Statement": [statement]})));
        let context = [
            Entry { key: "aws:RequestedRegion", kind: "string", value: "eu-west-1".into() },
            Entry { key: "aws:MultiFactorAuthPresent", kind: "boolean", value: "true".into() },
        ];
        verdict(&identity, boundary.as_ref(), &Request { action: "dynamodb:Scan", resource, context: &context })
    }

    fn denied(by: Denier, policy: Option<&str>) -> Verdict {
        Verdict::Denied { by, policy: policy.map(str::to_owned), is_explicit: policy.is_some() }
    }

    #[test]
    fn as_iam_evaluates() {
        let allow = |resource: &str| json!({"Effect": "Allow", "Action": "dynamodb:*", "Resource": resource});
        let deny = json!({"Effect": "Deny", "Action": ["DynamoDB:scan"], "Resource": "*"});
        let table = Some("arn:aws:dynamodb:eu-west-1:1:table/users");
        for (identity, boundary, resource, expected) in [
            (vec![allow("*")], None, table, Verdict::Allowed),
            (vec![], None, table, denied(Denier::Identity, None)),
            (vec![allow("*"), deny.clone()], None, table, denied(Denier::Identity, Some("P1"))),
            (vec![allow("*")], Some(deny.clone()), table, denied(Denier::Boundary, Some("Ceiling"))),
            (vec![allow("*")], Some(allow("arn:*:table/other")), table, denied(Denier::Boundary, None)),
            (vec![], Some(allow("*")), table, denied(Denier::Identity, None)),
            (vec![allow("arn:*:table/*")], Some(allow("*")), table, Verdict::Allowed),
            // A single table is not any table.
            (vec![allow("arn:*:table/users")], None, None, denied(Denier::Identity, None)),
            (vec![json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})], None, None, Verdict::Allowed),
            (
                vec![json!({"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"})],
                None,
                None,
                denied(Denier::Identity, None),
            ),
            (
                vec![json!({"Effect": "Allow", "Action": "*", "NotResource": "arn:*:table/users"})],
                None,
                table,
                denied(Denier::Identity, None),
            ),
        ] {
            assert_eq!(judge(&identity, boundary.clone(), resource), expected, "{identity:?} {boundary:?}");
        }
    }

    #[test]
    fn conditions_hold_fail_or_are_not_known() {
        let when = |effect: &str, condition: Value| json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition});
        let unknown = |key: &str| Verdict::Unknown(vec![key.to_owned()]);
        let no = denied(Denier::Identity, None);
        for (condition, expected) in [
            (json!({"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}), Verdict::Allowed),
            (json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}), no.clone()),
            (json!({"StringNotLike": {"aws:RequestedRegion": "us-*"}}), Verdict::Allowed),
            (json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), Verdict::Allowed),
            (json!({"Bool": {"aws:MultiFactorAuthPresent": false}}), no.clone()),
            (json!({"ForAnyValue:StringEquals": {"aws:CalledVia": ["cloudformation.amazonaws.com"]}}), no),
            (json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), unknown("aws:SourceIp")),
            (json!({"NumericLessThan": {"aws:RequestedRegion": "1"}}), unknown("aws:RequestedRegion")),
        ] {
            assert_eq!(judge(&[when("Allow", condition.clone())], None, None), expected, "{condition}");
        }
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let perhaps = when("Deny", json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}));
        assert_eq!(judge(&[allow.clone(), perhaps], None, None), unknown("aws:SourceIp"));
        let needless = when("Allow", json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}));
        assert_eq!(judge(&[allow, needless], None, None), Verdict::Allowed);
    }
}
