//! The interface to STS: requests, responses and errors. `client` implements it on `connections`.

mod bounded;
pub mod client;
pub(crate) mod complete_xml;
mod connection_error;
pub mod connections;
pub mod denial;
mod error;
pub(crate) mod error_kind;
pub(crate) mod form_call;
pub mod proxy;
pub(crate) mod redirect;
mod request;
pub mod roots;

pub use connection_error::PROXY_SIGN_IN;
pub use error::{Distrust, StsError};
pub use request::{
    AssumeRole, AssumeRoleWithWebIdentity, CALL_TIMEOUT, CallerIdentity, GetSessionToken, Host, Session, Sts,
};
