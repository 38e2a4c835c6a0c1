use std::time::Duration;

use crate::core::credentials::Credentials;
use crate::core::invalid_text::check_token;
use crate::core::loopback_url::{http_host, is_loopback_http};
use crate::core::secret::Secret;
use crate::core::utf8::utf8_text;
use crate::os::env;
use crate::os::fs::read_capped;
use crate::plan::sources::{ContainerBase, ContainerService, ContainerToken};
use crate::source::error::{Service, SourceError};
use crate::source::metadata::{MetadataRequest, credentials, send};
use crate::source::sources::Sources;

/// For each call. The SDKs wait from 1 to 5 seconds.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The largest authorization in bytes. EKS's has about a thousand.
const LARGEST: u64 = 16 << 10;
/// Amazon ECS, and EKS Pod Identity with IPv4 and IPv6.
const LINK_LOCAL: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

impl Sources<'_> {
    pub(super) fn container(&self, container: &ContainerBase) -> Result<Credentials, SourceError> {
        let ContainerService { uri, token } = &container.service;
        let Some(uri) = uri else {
            let missing =
                "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set";
            return Err(SourceError::Unusable(missing.to_owned()));
        };
        if !is_allowed(&uri.value) {
            let from = &uri.from;
            let rule = "must be https, or http on this machine or at 169.254.170.2 (ECS) or 169.254.170.23 (EKS)";
            return Err(SourceError::Unusable(format!("the address in {from} {rule}")));
        }
        let token = token.as_ref().map(authorization).transpose()?;
        let mut headers = vec![("accept", "application/json")];
        headers.extend(token.as_ref().map(|token| ("authorization", token.expose())));
        let request = MetadataRequest { method: "GET", url: &uri.value, headers: &headers, timeout: TIMEOUT };
        send(self.connections, &request)
            .and_then(|response| credentials(&response, self.clock.now()))
            .map_err(|error| Service::Container.failed(error))
    }
}

fn authorization(token: &ContainerToken) -> Result<Secret, SourceError> {
    match token {
        ContainerToken::Text(text) => match check_token(text.expose()) {
            Ok(()) => Ok(text.clone()),
            Err(problem) => {
                Err(SourceError::InvalidVariable { variable: env::AWS_CONTAINER_AUTHORIZATION_TOKEN, problem })
            }
        },
        ContainerToken::File { path, hash: _ } => {
            let unreadable = |reason: &str| {
                SourceError::Unusable(format!("cannot read the authorization: {reason} ({})", path.display()))
            };
            let bytes = read_capped(path, LARGEST).map_err(|error| unreadable(&error.to_string()))?;
            let bytes = bytes.ok_or_else(|| unreadable("the file does not exist"))?;
            let text = utf8_text(&bytes).map_err(|invalid| unreadable(&invalid))?.trim();
            check_token(text).map_err(|problem| unreadable(&format!("it {problem}")))?;
            Ok(Secret::from(text))
        }
    }
}

fn is_allowed(url: &str) -> bool {
    let is_link_local = || http_host(url).is_some_and(|host| LINK_LOCAL.contains(&host));
    url.starts_with("https://") || is_loopback_http(url) || is_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_allowed_only_on_the_machine() {
        for good in [
            "http://localhost:1338/latest/meta-data",
            "http://127.0.0.1/x",
            "http://127.1.2.3:80",
            "http://[::1]:8080/x",
            "http://169.254.170.2/v2/credentials/x",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "https://credentials.example.com/x",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in [
            "http://169.254.169.254/latest",
            "http://example.com/x",
            "http://localhost.example.com/x",
            "http://127.0.0.1.example.com/x",
            "http://localhost@example.com/x",
            "http://127.0.0.1:80@example.com/x",
            "http://[::1]@example.com/x",
            "http://169.254.170.2:80@example.com/x",
            "http://[fd00:ec2::254]/x",
            "ftp://localhost/x",
            "/relative",
            "",
        ] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
