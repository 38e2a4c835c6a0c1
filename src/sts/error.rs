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
        /// The proxy before it, and the variable that names that; never with its password.
        proxy: Option<String>,
        reason: String,
    },
    /// The server's certificate is not believed.
    #[error("the certificate of {host} is not trusted")]
    Untrusted { host: String, why: Distrust, trusted: String },
    #[error("no answer in time")]
    TimedOut,
    /// An answer that is not STS's.
    #[error("the response is not from STS")]
    Garbage,
    /// An error without AWS's code, with this HTTP status: a proxy's page, for example.
    #[error("HTTP status {0} without an AWS error")]
    ForeignError(u16),
    /// The file of trusted certificate authorities cannot be used.
    #[error("cannot use the certificate authorities in {bundle}: {problem}")]
    Roots { bundle: String, problem: String },
    /// What a variable gives as proxy cannot be used.
    #[error("cannot use the proxy from ${variable}: {problem}")]
    Proxy {
        variable: String,
        /// What is wrong with it, without its value, which may have a password in it.
        problem: String,
    },
    /// A configured address has no host, or a port that is no number.
    #[error("{0} is not a valid address")]
    Endpoint(String),
    /// The HTTP client cannot be set up.
    #[error("{0}")]
    Setup(String),
}

/// Why a certificate is not believed.
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
    /// Whether the call might work a moment later: network, throttling, 5xx, garbage.
    pub fn is_passing(&self) -> bool {
        !matches!(
            self,
            Self::Refused { .. } | Self::Roots { .. } | Self::Proxy { .. } | Self::Endpoint(_) | Self::Setup(_)
        )
    }

    /// Whether the clock that signed was wrong. The SDK has signed again by then, as far ahead or behind as AWS's clock
    /// was of ours when the answer came.
    pub fn is_of_clock(&self) -> bool {
        match self {
            Self::Refused { code, .. } if ["RequestExpired", "RequestTimeTooSkewed"].contains(&code.as_str()) => true,
            Self::Refused { code, message } if code == "SignatureDoesNotMatch" => {
                message.starts_with("Signature expired") || message.starts_with("Signature not yet current")
            }
            _ => false,
        }
    }

    /// Whether AWS refused the caller, and not for the MFA code.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "AccessDenied") && !self.is_mfa_rejected()
    }

    /// Whether AWS no longer knows the keys that signed.
    pub fn is_of_dead_keys(&self) -> bool {
        let dead = ["InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException"];
        matches!(self, Self::Refused { code, .. } if dead.contains(&code.as_str()))
    }

    /// Whether AWS refused the MFA code or device rather than the caller.
    pub fn is_mfa_rejected(&self) -> bool {
        matches!(self, Self::Refused { code, message }
            if code == "AccessDenied" && message.starts_with("MultiFactorAuthentication failed"))
    }

    /// Whether AWS does not know the device as one of this user's. Another code cannot help.
    pub fn is_device_rejected(&self) -> bool {
        self.is_mfa_rejected()
            && matches!(self, Self::Refused { message, .. } if message.contains("unable to validate MFA code"))
    }
}
