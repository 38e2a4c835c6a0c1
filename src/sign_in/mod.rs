//! Signs in to IAM Identity Center and to AWS Sign-In. The tokens and registrations have the files and formats of the AWS
//! CLI, so that it and the SDKs use them (observed in AWS CLI 2.36).

pub mod aws_sign_in;
mod browser_flow;
mod callback;
mod device_code;
mod error;
mod flow;
pub mod identity_center;
mod interaction;
mod pkce;
mod single_flight;
mod start_url;
mod token_service;

pub use error::SignInError;
pub use flow::{Flow, Machine};
pub use interaction::{Interaction, Notice};
pub use single_flight::{Turn, TurnError};
