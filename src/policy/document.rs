//! An IAM policy document: its JSON in the usual order, its size as IAM counts it, and its division if it is too large.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// The maximum of a managed policy in characters without white space (IAM user guide, "IAM and AWS STS quotas").
pub const LARGEST: usize = 6144;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    #[serde(rename = "Statement")]
    pub statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    pub sid: String,
    pub effect: Effect,
    /// `None` in a policy that is attached to its principals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<BTreeMap<&'static str, StringOrList>>,
    #[serde(skip_serializing_if = "StringOrList::is_empty")]
    pub action: StringOrList,
    #[serde(skip_serializing_if = "StringOrList::is_empty")]
    pub not_action: StringOrList,
    /// Empty in a trust policy.
    #[serde(skip_serializing_if = "StringOrList::is_empty")]
    pub resource: StringOrList,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Condition,
}

pub type Condition = BTreeMap<&'static str, BTreeMap<&'static str, StringOrList>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StringOrList(pub Vec<String>);

impl StringOrList {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for StringOrList {
    fn from(texts: [T; N]) -> Self {
        Self(texts.into_iter().map(Into::into).collect())
    }
}

impl Serialize for StringOrList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            several => serializer.collect_seq(several),
        }
    }
}

impl Statement {
    pub fn new(
        sid: impl Into<String>,
        effect: Effect,
        action: impl Into<StringOrList>,
        resource: impl Into<StringOrList>,
    ) -> Self {
        Self {
            sid: sid.into(),
            effect,
            principal: None,
            action: action.into(),
            not_action: StringOrList::default(),
            resource: resource.into(),
            condition: Condition::new(),
        }
    }

    #[must_use]
    pub fn when(mut self, operator: &'static str, key: &'static str, values: impl Into<StringOrList>) -> Self {
        self.condition.entry(operator).or_default().insert(key, values.into());
        self
    }

    /// Divides the actions; `None` for a single action.
    fn halves(&self) -> Option<[Self; 2]> {
        let actions = &self.action.0;
        let (first, second) = actions.split_at(actions.len() / 2);
        let of = |actions: &[String]| Self { action: StringOrList(actions.to_vec()), ..self.clone() };
        (!first.is_empty()).then(|| [of(first), of(second)])
    }
}

impl PolicyDocument {
    pub fn new(statements: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statements }
    }

    /// In characters without white space.
    pub fn size(&self) -> usize {
        json(self).chars().filter(|c| !c.is_whitespace()).count()
    }

    /// Divides the document into policies of at most `largest` characters. Statements keep their order. A statement
    /// that is too large by itself is divided and gets numbered names.
    pub fn split(self, largest: usize) -> Vec<Self> {
        let mut documents: Vec<Self> = Vec::new();
        let mut left: Vec<_> = self.statements.into_iter().rev().collect();
        while let Some(statement) = left.pop() {
            let alone = Self::new(vec![statement.clone()]);
            if let Some([first, second]) = statement.halves().filter(|_| alone.size() > largest) {
                left.extend([second, first]);
                continue;
            }
            if let Some(last) = documents.last_mut() {
                last.statements.push(statement);
                if last.size() <= largest {
                    continue;
                }
                last.statements.pop();
            }
            documents.push(alone);
        }
        number(&mut documents);
        documents
    }
}

fn number(documents: &mut [PolicyDocument]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for statement in documents.iter_mut().flat_map(|document| &mut document.statements) {
        let count = seen.entry(statement.sid.clone()).or_default();
        *count += 1;
        if *count > 1 {
            statement.sid = format!("{}{count}", statement.sid);
        }
    }
}

pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(sid: &str, count: usize) -> Statement {
        let actions = (0..count).map(|n| format!("service:Action{n:04}")).collect();
        Statement::new(sid, Effect::Allow, StringOrList(actions), ["*"])
    }

    #[test]
    fn policy_json_has_conventional_key_order() {
        let statement = allow("One", 1).when("StringEquals", "sts:ExternalId", ["a b"]);
        let document = PolicyDocument::new(vec![statement]);
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":"service:Action0000","Resource":"*","Condition":{"StringEquals":{"sts:ExternalId":"a b"}}}]}"#;
        assert_eq!(json(&document), expected);
        assert_eq!(document.size(), expected.len() - 1);
    }

    #[test]
    fn oversized_document_is_split_without_loss() {
        let whole = PolicyDocument::new(vec![allow("Small", 3), allow("Large", 700), allow("Last", 3)]);
        let actions = |documents: &[PolicyDocument]| {
            let statements = documents.iter().flat_map(|document| &document.statements);
            statements.flat_map(|statement| statement.action.0.clone()).collect::<Vec<_>>()
        };
        let before = actions(std::slice::from_ref(&whole));
        let parts = whole.clone().split(LARGEST);
        assert!(parts.len() > 2 && parts.iter().all(|part| part.size() <= LARGEST));
        assert_eq!(actions(&parts), before);
        let mut sids: Vec<_> = parts.iter().flat_map(|part| &part.statements).map(|statement| &statement.sid).collect();
        assert_eq!((sids[0].as_str(), sids[1].as_str(), sids[2].as_str()), ("Small", "Large", "Large2"));
        sids.sort_unstable();
        let count = sids.len();
        sids.dedup();
        assert_eq!(sids.len(), count, "names are unique");
        // A document of exactly the limit is not divided.
        let size = whole.size();
        assert_eq!(whole.clone().split(size).len(), 1);
        assert_eq!(whole.split(size - 1).len(), 2);
    }
}
