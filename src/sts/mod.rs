//! The STS port: what is asked of AWS, what comes back, and why not.
//!
//! The real form is `client`, over `connections`.

pub mod client;
pub(crate) mod complete_xml;
mod connection_error;
pub mod connections;
pub mod denial;
mod error;
pub(crate) mod error_kind;
pub mod proxy;
mod request;
pub mod roots;

pub use connection_error::PROXY_SIGN_IN;
pub use error::{Distrust, StsError};
pub use request::{
    AssumeRole, AssumeRoleWithWebIdentity, CALL_TIMEOUT, CallerIdentity, GetSessionToken, Host, Session, Sts,
};
