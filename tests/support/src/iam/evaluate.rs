//! Policy evaluation by the IAM user guide: an explicit denial in any layer, otherwise what every layer allows.
//!
//! An operator that no test needs panics.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::World;

/// The policies that apply to a principal.
#[derive(Debug)]
pub(super) struct Layers<'w> {
    pub(super) identity: Vec<(&'w str, &'w Value)>,
    pub(super) boundary: Option<(&'w str, &'w Value)>,
    pub(super) organisation: Option<&'w Value>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    Denied {
        /// The policy with the denying statement.
        policy: Option<String>,
        /// Whether the boundary would allow it.
        boundary: bool,
        /// Whether the organisation would allow it.
        organisation: bool,
    },
}

type Context = BTreeMap<String, Vec<String>>;

impl<'w> Layers<'w> {
    pub(super) fn of(world: &'w World, principal: &str) -> Self {
        let role = world.role_of_arn(principal);
        let user = world.user_of_arn(principal);
        let named = |(name, document): &'w (String, Value)| (name.as_str(), document);
        Self {
            identity: (role.into_iter().flat_map(|role| &role.inline))
                .chain(user.into_iter().flat_map(|user| &user.inline))
                .map(named)
                .collect(),
            boundary: role.and_then(|role| role.boundary.as_ref()).map(named),
            organisation: world.organisation.as_ref(),
        }
    }
}

pub(super) fn decide(layers: &Layers<'_>, action: &str, resource: &str, context: &Context) -> Decision {
    let effect = |document: &Value, effect: &str| {
        statements(document)
            .iter()
            .any(|statement| statement["Effect"] == effect && applies(statement, action, resource, context))
    };
    let organisation_policy = layers.organisation.map(|document| ("organisation", document));
    let all = || layers.identity.iter().copied().chain(layers.boundary).chain(organisation_policy);
    let denier = all().find(|(_, document)| effect(document, "Deny"));
    let by = |document: Option<&Value>| {
        document.is_none_or(|document| effect(document, "Allow") && !effect(document, "Deny"))
    };
    let boundary = by(layers.boundary.map(|(_, document)| document));
    let organisation = by(layers.organisation);
    let identity = layers.identity.iter().any(|(_, document)| effect(document, "Allow"));
    if denier.is_none() && identity && boundary && organisation {
        Decision::Allowed
    } else {
        Decision::Denied { policy: denier.map(|(name, _)| name.to_owned()), boundary, organisation }
    }
}

fn statements(document: &Value) -> Vec<&Value> {
    several(&document["Statement"])
}

fn several(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    }
}

fn any_like(patterns: &Value, text: &str) -> bool {
    several(patterns).iter().any(|pattern| is_like(pattern.as_str().expect("a text"), text))
}

/// Replaces the policy variable `${aws:username}`. With another variable, or without a user, a pattern matches nothing.
fn of_resource(patterns: &Value, resource: &str, context: &Context) -> bool {
    let name = context.get("aws:username").and_then(|names| names.first());
    several(patterns).iter().any(|pattern| {
        let pattern = pattern.as_str().expect("a text");
        let pattern = name.map_or_else(|| pattern.to_owned(), |name| pattern.replace("${aws:username}", name));
        !pattern.contains("${") && is_like(&pattern, resource)
    })
}

fn applies(statement: &Value, action: &str, resource: &str, context: &Context) -> bool {
    let lower = |value: &Value| {
        Value::from(several(value).iter().map(|one| one.as_str().expect("a text").to_lowercase()).collect::<Vec<_>>())
    };
    let action = action.to_lowercase();
    let of_action = match statement.get("NotAction") {
        Some(not) => !any_like(&lower(not), &action),
        None => any_like(&lower(&statement["Action"]), &action),
    };
    of_action && of_resource(&statement["Resource"], resource, context) && condition(&statement["Condition"], context)
}

fn condition(condition: &Value, context: &Context) -> bool {
    let Some(operators) = condition.as_object() else { return true };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().expect("keys").iter().all(|(key, expected)| {
            let values = context.get(&key.to_lowercase());
            let equals = |value: &String| several(expected).iter().any(|expected| expected.as_str() == Some(value));
            match (operator.as_str(), values) {
                ("StringEquals" | "ForAnyValue:StringEquals" | "Bool", Some(values)) => values.iter().any(equals),
                ("StringEquals" | "ForAnyValue:StringEquals" | "Bool", None) => false,
                ("StringNotEquals", values) => !values.is_some_and(|values| values.iter().any(equals)),
                ("BoolIfExists", values) => values.is_none_or(|values| values.iter().any(equals)),
                (other, _) => panic!("the double knows no operator {other}"),
            }
        })
    })
}

/// `*` matches any text, `?` one character.
fn is_like(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            let rest = &pattern[1..];
            text.char_indices().any(|(at, _)| is_like(rest, &text[at..])) || is_like(rest, "")
        }
        (Some('?'), Some(first)) => is_like(&pattern[1..], &text[first.len_utf8()..]),
        (Some(wanted), Some(first)) if wanted == first => {
            is_like(&pattern[wanted.len_utf8()..], &text[first.len_utf8()..])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Role;

    const ROLE: &str = "arn:aws:iam::222222222222:role/R";

    fn decided(role: Role, action: &str) -> Decision {
        let organisation = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "lex:*", "Resource": "*"}]}"#;
        let world = World::new().role(role).organisation(organisation);
        decide(&Layers::of(&world, ROLE), action, "arn:aws:s3:::b/k", &BTreeMap::new())
    }

    #[test]
    fn policy_layers_all_affect_the_decision() {
        let allow = r#"{"Statement": {"Effect": "Allow", "Action": ["s3:*", "lex:*"], "Resource": "arn:aws:s3:::b*"}}"#;
        let role = || Role::new(ROLE).policy("P", allow);
        assert_eq!(decided(role(), "S3:getobject"), Decision::Allowed);
        let denied = |policy: Option<&str>, boundary, organisation| Decision::Denied {
            policy: policy.map(str::to_owned),
            boundary,
            organisation,
        };
        assert_eq!(decided(role(), "ec2:RunInstances"), denied(None, true, true));
        assert_eq!(decided(role(), "lex:GetBot"), denied(Some("organisation"), true, false));
        let ceiling = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}"#;
        let bounded = role().bounded("arn:aws:iam::222222222222:policy/B", ceiling);
        assert_eq!(decided(bounded.clone(), "s3:GetObject"), Decision::Allowed);
        assert_eq!(decided(bounded, "s3:PutObject"), denied(None, false, true));
    }
}
