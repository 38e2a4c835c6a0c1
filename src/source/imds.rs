//! The role of the EC2 instance. Uses a token (IMDSv2), or none if the service has no tokens and no setting forbids it,
//! as botocore does.

use std::time::Duration;

use crate::core::credentials::Credentials;
use crate::core::invalid_text::{check_text, check_token};
use crate::plan::sources::ImdsBase;
use crate::source::error::{Service, SourceError};
use crate::source::metadata::{MetadataRequest, MetadataResponse, credentials, send};
use crate::source::sources::Sources;
use crate::sts::StsError;

/// For each call, as in the SDKs.
const TIMEOUT: Duration = Duration::from_secs(1);
const TOKEN_PATH: &str = "/latest/api/token";
const ROLE_PATH: &str = "/latest/meta-data/iam/security-credentials/";
const TOKEN: &str = "x-aws-ec2-metadata-token";
const TOKEN_TTL: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "21600");

impl Sources<'_> {
    pub(super) fn imds(&self, imds: &ImdsBase) -> Result<Credentials, SourceError> {
        if let Some(by) = imds.service.switched_off() {
            return Err(SourceError::Unusable(format!("the EC2 metadata service is disabled ({by})")));
        }
        let (token, token_error) = match self.imds_token(imds)? {
            Ok(token) => (Some(token), None),
            Err(error) if imds.service.refuses_v1() => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let get = |path: &str| {
            let headers: &[_] = match &token {
                Some(token) => &[(TOKEN, token.as_str())],
                None => &[],
            };
            let url = format!("{}{path}", imds.service.url());
            let request = MetadataRequest { method: "GET", url: &url, headers, timeout: TIMEOUT };
            send(self.connections, &request).map_err(|error| Service::Imds.failed(error))
        };
        let roles = get(ROLE_PATH)?;
        let names = roles.text();
        let role = match (roles.status, names.lines().next()) {
            (200, Some(role)) => role,
            (200 | 404, _) => return Err(SourceError::Unusable("this EC2 instance has no role".to_owned())),
            // The service requires a token, so the token's error is the reason.
            _ => return Err(token_error.unwrap_or_else(|| refused(&roles))),
        };
        // The name becomes part of the URL.
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        check_text(role, is_allowed).map_err(|problem| Service::Imds.returned_invalid("role name", problem))?;
        credentials(&get(&format!("{ROLE_PATH}{role}"))?, self.clock.now()).map_err(|error| Service::Imds.failed(error))
    }

    /// The inner error means that the service may respond without a token.
    fn imds_token(&self, imds: &ImdsBase) -> Result<Result<String, SourceError>, SourceError> {
        let url = format!("{}{TOKEN_PATH}", imds.service.url());
        let request = MetadataRequest { method: "PUT", url: &url, headers: &[TOKEN_TTL], timeout: TIMEOUT };
        match send(self.connections, &request) {
            Ok(response) if response.status == 200 => match check_token(&response.text()) {
                Ok(()) => Ok(Ok(response.text())),
                Err(problem) => Err(Service::Imds.returned_invalid("token", problem)),
            },
            Ok(response) if [403, 404, 405].contains(&response.status) => Ok(Err(refused(&response))),
            Ok(response) => Err(refused(&response)),
            // The instance's hop limit applies only to this response.
            Err(error @ StsError::TimedOut) => Ok(Err(Service::Imds.failed(error))),
            Err(error) => Err(Service::Imds.failed(error)),
        }
    }
}

fn refused(response: &MetadataResponse) -> SourceError {
    let message = response.text().lines().next().unwrap_or_default().chars().take(100).collect();
    Service::Imds.failed(StsError::Refused { code: format!("status {}", response.status), message })
}
