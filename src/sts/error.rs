use serde::{Deserialize, Serialize};
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum StsError {
    #[error("{code}: {message}")]
    Refused { code: String, message: String },
    #[error("throttled")]
    Throttled,
    #[error("server error {0}")]
    Server(u16),
    #[error("{reason}")]
    Unreachable {
        host: String,
        /// The proxy without its password, and the variable that names it.
        proxy: Option<String>,
        reason: String,
    },
    #[error("the certificate of {host} is not trusted")]
    Untrusted { host: String, why: Distrust, trusted: String },
    #[error("no answer in time")]
    TimedOut,
    /// The response does not come from STS.
    #[error("the response is not from STS")]
    Garbage,
    /// An error with this HTTP status and without AWS's code, for example a proxy's page.
    #[error("HTTP status {0} without an AWS error")]
    ForeignError(u16),
    #[error("cannot use the certificate authorities in {bundle}: {problem}")]
    Roots { bundle: String, problem: String },
    #[error("cannot use the proxy from ${variable}: {problem}")]
    Proxy {
        variable: String,
        /// The problem without the value, which may contain a password.
        problem: String,
    },
    /// A configured address has no host, or an invalid port.
    #[error("{0} is not a valid address")]
    Endpoint(String),
    #[error("{0}")]
    Setup(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distrust {
    /// None of the trusted authorities has signed it.
    UnknownIssuer,
    Expired(Option<String>),
    NotYetValid(Option<String>),
    OtherName(Vec<String>),
    Other(String),
}

impl StsError {
    /// Whether a retry may succeed: network, throttling, 5xx, garbage.
    pub fn is_passing(&self) -> bool {
        !matches!(
            self,
            Self::Refused { .. } | Self::Roots { .. } | Self::Proxy { .. } | Self::Endpoint(_) | Self::Setup(_)
        )
    }

    /// Whether the clock was wrong when the call was signed. By then, the SDK has already signed again with AWS's
    /// clock.
    pub fn is_of_clock(&self) -> bool {
        match self {
            Self::Refused { code, .. } if ["RequestExpired", "RequestTimeTooSkewed"].contains(&code.as_str()) => true,
            Self::Refused { code, message } if code == "SignatureDoesNotMatch" => {
                message.starts_with("Signature expired") || message.starts_with("Signature not yet current")
            }
            _ => false,
        }
    }

    /// Whether AWS denied the caller for a reason other than the MFA code.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "AccessDenied") && !self.is_mfa_rejected()
    }

    /// Whether AWS rejected the keys that signed as unknown or expired.
    pub fn is_of_dead_keys(&self) -> bool {
        let dead = ["InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException"];
        matches!(self, Self::Refused { code, .. } if dead.contains(&code.as_str()))
    }

    /// Whether AWS rejected the MFA code or device rather than the caller.
    pub fn is_mfa_rejected(&self) -> bool {
        matches!(self, Self::Refused { code, message }
            if code == "AccessDenied" && message.starts_with("MultiFactorAuthentication failed"))
    }

    /// Whether the device is not registered for this user. Another code cannot help.
    pub fn is_device_rejected(&self) -> bool {
        self.is_mfa_rejected()
            && matches!(self, Self::Refused { message, .. } if message.contains("unable to validate MFA code"))
    }
}
