//! The role of the EC2 instance that we run on: a token first (IMDSv2), and without one only where the service knows
//! none and nothing forbids it, as botocore does.

use std::time::Duration;

use crate::core::credentials::Credentials;
use crate::plan::sources::ImdsBase;
use crate::source::error::{Service, SourceError};
use crate::source::metadata::{Answer, Question, ask, credentials};
use crate::source::sources::Sources;
use crate::sts::StsError;

/// For one call; the SDKs wait as long.
const TIMEOUT: Duration = Duration::from_secs(1);
const TOKEN_PATH: &str = "/latest/api/token";
const ROLE_PATH: &str = "/latest/meta-data/iam/security-credentials/";
const TOKEN: &str = "x-aws-ec2-metadata-token";
const TOKEN_LASTS: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "21600");

impl Sources<'_> {
    pub(super) fn imds(&self, imds: &ImdsBase) -> Result<Credentials, SourceError> {
        if let Some(by) = imds.service.switched_off() {
            return Err(SourceError::Unusable(format!("the EC2 metadata service is switched off ({by})")));
        }
        let (token, without) = match self.imds_token(imds)? {
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
            let question = Question { method: "GET", url: &url, headers, timeout: TIMEOUT };
            ask(self.connections, &question).map_err(|error| Service::Imds.failed(error))
        };
        let roles = get(ROLE_PATH)?;
        let names = roles.text();
        let role = match (roles.status, names.lines().next()) {
            (200, Some(role)) => role,
            (200 | 404, _) => return Err(SourceError::Unusable("this EC2 instance has no role".to_owned())),
            // It wants a token after all: then why there is none is what matters.
            _ => return Err(without.unwrap_or_else(|| refused(&roles))),
        };
        credentials(&get(&format!("{ROLE_PATH}{role}"))?, self.clock.now()).map_err(|error| Service::Imds.failed(error))
    }

    /// The token that goes with every question, or why the service gives none though it may answer without.
    fn imds_token(&self, imds: &ImdsBase) -> Result<Result<String, SourceError>, SourceError> {
        let url = format!("{}{TOKEN_PATH}", imds.service.url());
        let question = Question { method: "PUT", url: &url, headers: &[TOKEN_LASTS], timeout: TIMEOUT };
        match ask(self.connections, &question) {
            Ok(answer) if answer.status == 200 => Ok(Ok(answer.text())),
            Ok(answer) if [403, 404, 405].contains(&answer.status) => Ok(Err(refused(&answer))),
            Ok(answer) => Err(refused(&answer)),
            // The answer to this question alone travels no more hops than the instance allows.
            Err(error @ StsError::TimedOut) => Ok(Err(Service::Imds.failed(error))),
            Err(error) => Err(Service::Imds.failed(error)),
        }
    }
}

fn refused(answer: &Answer) -> SourceError {
    let message = answer.text().lines().next().unwrap_or_default().chars().take(100).collect();
    Service::Imds.failed(StsError::Refused { code: format!("status {}", answer.status), message })
}
