//! The XML of answers and errors, element for element in AWS's order.

use chrono::{DateTime, Utc};

use super::Params;
use super::caller::Caller;
use crate::aws_error::AwsError;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Issued temporary keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporaryKeys {
    /// The access key id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The session token.
    pub session_token: String,
    /// The expiration.
    pub expires: DateTime<Utc>,
}

/// The response of a successful action; `result` is the content of its result element.
pub(crate) fn answer(action: &str, result: &str, request_id: &str) -> String {
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\">\n\
         <{action}Result>\n{result}</{action}Result>\n\
         <ResponseMetadata>\n{}</ResponseMetadata>\n\
         </{action}Response>\n",
        element("RequestId", request_id)
    )
}

/// The response of a failed action.
pub(crate) fn error(error: &AwsError, request_id: &str) -> String {
    let message = match error.message.as_str() {
        "" => String::new(),
        message => element("Message", message),
    };
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">\n<Error>\n{}{}{message}</Error>\n{}</ErrorResponse>\n",
        element("Type", error.blames()),
        element("Code", &error.code),
        element("RequestId", request_id)
    )
}

/// The content of `AssumeRole`'s result.
pub(crate) fn assumed_role(session: &Caller, keys: &TemporaryKeys, params: &Params) -> String {
    let mut result = format!(
        "<AssumedRoleUser>\n{}{}</AssumedRoleUser>\n{}",
        element("AssumedRoleId", &session.user_id),
        element("Arn", &session.arn),
        credentials(keys)
    );
    if let Some(policy) = params.get("Policy") {
        // AWS compresses policies before it measures them. A share of the plain limit is close enough.
        let percent = (policy.len() * 100).div_ceil(2048);
        result += &element("PackedPolicySize", &percent.to_string());
    }
    if let Some(identity) = params.get("SourceIdentity") {
        result += &element("SourceIdentity", identity);
    }
    result
}

pub(crate) fn credentials(keys: &TemporaryKeys) -> String {
    format!(
        "<Credentials>\n{}{}{}{}</Credentials>\n",
        element("AccessKeyId", &keys.access_key_id),
        element("SecretAccessKey", &keys.secret_access_key),
        element("SessionToken", &keys.session_token),
        element("Expiration", &keys.expires.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    )
}

/// The content of `GetCallerIdentity`'s result.
pub(crate) fn caller_identity(caller: &Caller) -> String {
    element("Arn", &caller.arn) + &element("UserId", &caller.user_id) + &element("Account", caller.account())
}

fn element(name: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<{name}>{text}</{name}>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_document_is_xml_escaped() {
        let refused = AwsError::validation("Value '<&>' is wrong");
        assert_eq!(
            error(&refused, "id"),
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n\
             <Error>\n<Type>Sender</Type>\n<Code>ValidationError</Code>\n\
             <Message>Value '&lt;&amp;&gt;' is wrong</Message>\n</Error>\n\
             <RequestId>id</RequestId>\n</ErrorResponse>\n"
        );
        assert!(error(&AwsError::internal(500), "id").contains("<Type>Receiver</Type>"));
        assert!(!error(&AwsError::new(400, "MalformedInput", ""), "id").contains("Message"));
    }
}
