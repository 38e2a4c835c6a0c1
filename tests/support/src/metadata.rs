//! Doubles of the services that give a machine its role: the metadata service of EC2 and a container's.

use std::sync::{Arc, Mutex};

use chrono::Utc;

use crate::TemporaryKeys;
use crate::http::{Reply, Request, Response};
use crate::mint;
use crate::site::{Site, lock};

/// The behaviour of an instance's metadata service.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The status of token requests. 200 returns a token.
    pub token_status: u16,
    /// Whether requests without a token are answered (version 1).
    pub has_v1: bool,
    /// The instance's role; `None` without a role.
    pub role: Option<String>,
    /// The role's keys.
    pub keys: TemporaryKeys,
}

impl Instance {
    /// An instance with EC2's current default: only version 2.
    pub fn with_role(role: &str, keys: TemporaryKeys) -> Self {
        Self { token_status: 200, has_v1: false, role: Some(role.to_owned()), keys }
    }

    /// Starts the metadata service.
    pub fn start(self) -> Site {
        let tokens = Arc::new(Mutex::new(Vec::new()));
        Site::start(move |request| Reply::Whole(self.answer(request, &tokens)))
    }

    fn answer(&self, request: &Request, tokens: &Mutex<Vec<String>>) -> Response {
        const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
        let text = |status, text: &str| Response::new(status, Utc::now()).body("text/plain", text.to_owned());
        if request.path() == "/latest/api/token" {
            let lasts = request.header("x-aws-ec2-metadata-token-ttl-seconds").and_then(|text| text.parse().ok());
            return match (self.token_status, request.method(), lasts) {
                (200, "PUT", Some(1..=21_600)) => {
                    let token = mint::session_token();
                    lock(tokens).push(token.clone());
                    text(200, &token)
                }
                (200, "PUT", _) => text(400, "Bad Request"),
                (200, ..) => text(405, "Method Not Allowed"),
                (status, ..) => text(status, "no tokens here"),
            };
        }
        let is_known = |token: &str| lock(tokens).iter().any(|known| known == token);
        match request.header("x-aws-ec2-metadata-token") {
            Some(token) if is_known(token) => {}
            None if self.has_v1 => {}
            _ => return text(401, "Unauthorized"),
        }
        match (&self.role, request.path().strip_prefix(ROLES)) {
            (Some(role), Some("")) => text(200, role),
            (Some(role), Some(asked)) if asked == role => text(200, &document(&self.keys)),
            _ => text(404, "Not Found"),
        }
    }
}

/// A container's credentials service, which returns these keys for this authorization.
pub fn container(authorization: Option<&str>, keys: TemporaryKeys) -> Site {
    let authorization = authorization.map(str::to_owned);
    Site::start(move |request| {
        let is_right = request.header("authorization") == authorization.as_deref() && request.method() == "GET";
        let (status, body) = if is_right {
            (200, document(&keys))
        } else {
            (401, r#"{"code":"AccessDenied","message":"not with this authorization"}"#.to_owned())
        };
        Reply::Whole(Response::new(status, Utc::now()).body("application/json", body))
    })
}

fn document(keys: &TemporaryKeys) -> String {
    let TemporaryKeys { access_key_id, secret_access_key, session_token, expires } = keys;
    serde_json::json!({
        "Code": "Success",
        "Type": "AWS-HMAC",
        "LastUpdated": "2026-01-01T00:00:00Z",
        "AccessKeyId": access_key_id,
        "SecretAccessKey": secret_access_key,
        "Token": session_token,
        "Expiration": expires.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
    .to_string()
}
