//! A double of AWS STS for real clients: HTTP or HTTPS on loopback, an optional proxy, real signatures, real one-time
//! codes, evaluated trust policies, AWS's own error messages. It is written from the public specifications (Signature
//! Version 4, RFC 6238, the STS query API) and shares no code with the tested program, so that mistakes cannot cancel
//! out. It rejects everything that AWS would reject.
//!
//! ```
//! use test_support::{FakeSts, World, biz_corp};
//!
//! let sts = FakeSts::start(World::biz_corp());
//! let endpoint = sts.url(); // for AWS_ENDPOINT_URL_STS
//! let code = sts.next_unused_code(biz_corp::MFA_SERIAL);
//! assert!(endpoint.starts_with("http://127.0.0.1:"));
//! assert_eq!(code.len(), 6);
//! assert_eq!(sts.count("AssumeRole"), 0);
//! ```

#![forbid(unsafe_code)]

mod access_key;
mod aws_error;
pub mod biz_corp;
mod browser;
mod double;
mod fault;
pub mod federation;
mod home;
pub mod http;
mod iam;
pub mod identity_center;
#[cfg(target_os = "linux")]
mod ignored;
mod journal;
mod jwt;
#[cfg(target_os = "linux")]
mod key_store_daemon;
pub mod metadata;
mod mint;
mod oauth;
mod percent;
mod proxy;
pub mod sign_in;
mod sigv4;
mod site;
pub mod sso_accounts;
mod sts;
#[cfg(unix)]
mod terminal;
mod tls;
mod tls_front;
mod totp;
mod wait;
mod world;

pub use access_key::{AccessKey, LastUse};
pub use aws_error::AwsError;
pub use browser::Page;
pub use double::FakeSts;
pub use fault::Fault;
pub use federation::Federation;
pub use home::{Finished, TestHome};
pub use identity_center::IdentityCenter;
pub use journal::{Call, Outcome};
pub use jwt::Issuer;
#[cfg(target_os = "linux")]
pub use key_store_daemon::KeyStoreDaemon;
pub use metadata::Instance;
pub use proxy::{Asked, FakeProxy, Policy};
pub use sign_in::SignIn;
pub use site::Site;
pub use sts::document::TemporaryKeys;
#[cfg(unix)]
pub use terminal::{Left, Terminal};
pub use tls::{Authority, ServerTls, Validity};
pub use tls_front::TlsFront;
pub use totp::{Device, STEP_SECONDS};
pub use wait::{PATIENCE, wait_until};
pub use world::{Role, User, World};
