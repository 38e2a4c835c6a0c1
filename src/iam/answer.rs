//! Parses IAM's XML responses and errors.

use aws_smithy_xml::decode::{Document, ScopedDecoder, try_data};

use crate::core::secret::Secret;

const TEXTS: [&str; 24] = [
    "AccessKeyId",
    "AllowedByOrganizations",
    "AllowedByPermissionsBoundary",
    "Arn",
    "Code",
    "CreateDate",
    "DefaultVersionId",
    "Document",
    "EvalActionName",
    "EvalDecision",
    "EvalResourceName",
    "IsTruncated",
    "LastUsedDate",
    "Marker",
    "Message",
    "PermissionsBoundaryArn",
    "PolicyArn",
    "PolicyDocument",
    "PolicyName",
    "Region",
    "SerialNumber",
    "ServiceName",
    "SourcePolicyId",
    "Status",
];

/// Never in [`XmlNode::text`].
const SECRET: &str = "SecretAccessKey";

const LISTS_OF_TEXTS: [&str; 2] = ["MissingContextValues", "PolicyNames"];

const DEEPEST: u32 = 32;

#[derive(Debug, Clone, Default)]
pub(super) struct XmlNode {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) secret: Secret,
    pub(super) children: Vec<XmlNode>,
}

impl XmlNode {
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
    }
}

/// `None` if `xml` is not the response of `action`. Some actions have no result: then it is empty.
pub(super) fn result(xml: &str, action: &str) -> Option<XmlNode> {
    let mut response = tree(xml)?;
    if let Some(result) = response.children.iter_mut().find(|child| child.name.ends_with("Result")) {
        return Some(std::mem::take(result));
    }
    (response.name.strip_suffix("Response") == Some(action)).then(XmlNode::default)
}

pub(super) fn error(xml: &str) -> Option<(String, String)> {
    let response = tree(xml)?;
    // Some AWS emulators wrap it as EC2 does.
    let error = response.get("Error").or_else(|| response.get("Errors")?.get("Error"))?;
    Some((error.text("Code")?.to_owned(), error.text("Message").unwrap_or_default().to_owned()))
}

fn tree(xml: &str) -> Option<XmlNode> {
    let mut document = Document::new(xml);
    let mut root = document.root_element().ok()?;
    node(&mut root, "", 0)
}

fn node(decoder: &mut ScopedDecoder<'_, '_>, parent: &str, depth: u32) -> Option<XmlNode> {
    if depth > DEEPEST {
        return None;
    }
    let name = decoder.start_el().local().to_owned();
    let mut node = XmlNode { name, ..XmlNode::default() };
    if node.name == SECRET {
        node.secret = Secret::new(try_data(decoder).ok()?.into_owned());
        return Some(node);
    }
    if TEXTS.contains(&node.name.as_str()) || LISTS_OF_TEXTS.contains(&parent) {
        node.text = try_data(decoder).ok()?.into_owned();
        return Some(node);
    }
    while let Some(mut child) = decoder.next_tag() {
        node.children.push(self::node(&mut child, &node.name, depth + 1)?);
    }
    Some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_response_and_error_are_parsed() {
        let xml = "<?xml version=\"1.0\"?>\n<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n <GetRoleResult>\n  \
                   <Role>\n<Path>/a/</Path><Arn>arn:aws:iam::1:role/a/b</Arn><Tags><member><Key>k</Key></member></Tags></Role></GetRoleResult>\n</GetRoleResponse>";
        let result = result(xml, "GetRole").unwrap();
        assert_eq!(result.get("Role").unwrap().text("Arn"), Some("arn:aws:iam::1:role/a/b"));
        let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a &lt;b&gt;</Message></Error></ErrorResponse>";
        assert_eq!(error(xml), Some(("AccessDenied".to_owned(), "a <b>".to_owned())));
        let wrapped = "<ErrorResponse><Errors><Error><Code>AccessDenied</Code></Error></Errors></ErrorResponse>";
        assert_eq!(error(wrapped), Some(("AccessDenied".to_owned(), String::new())));
        for garbage in ["", "<", "<!doctype html>\n<html lang=en>", "{}", "<a></b>", &"<a>".repeat(100)] {
            assert!(super::result(garbage, "GetRole").is_none() && error(garbage).is_none(), "{garbage}");
        }
    }

    #[test]
    fn iam_string_list_is_parsed() {
        let xml = "<R><LResult><PolicyNames><member>a</member><member>b</member></PolicyNames><IsTruncated>true</IsTruncated></LResult></R>";
        let result = result(xml, "L").unwrap();
        let names: Vec<_> = result.get("PolicyNames").unwrap().children.iter().map(|name| name.text.as_str()).collect();
        assert_eq!((names, result.text("IsTruncated")), (vec!["a", "b"], Some("true")));
    }

    #[test]
    fn response_without_result_is_empty() {
        let xml = "<DeleteAccessKeyResponse><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DeleteAccessKeyResponse>";
        assert!(result(xml, "DeleteAccessKey").unwrap().children.is_empty());
        assert!(result(xml, "UpdateAccessKey").is_none());
        assert!(result("<ErrorResponse/>", "DeleteAccessKey").is_none());
    }

    #[test]
    fn secret_is_not_in_debug_output() {
        let xml = "<R><CreateAccessKeyResult><AccessKey><SecretAccessKey>a&amp;hunter2</SecretAccessKey></AccessKey></CreateAccessKeyResult></R>";
        let result = result(xml, "CreateAccessKey").unwrap();
        let secret = &result.get("AccessKey").unwrap().get("SecretAccessKey").unwrap().secret;
        assert_eq!(secret.expose(), "a&hunter2");
        assert!(!format!("{result:?}").contains("hunter2"));
    }
}
