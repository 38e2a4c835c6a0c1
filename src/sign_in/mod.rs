//! Signs in to IAM Identity Center. The tokens and registrations have the files and formats of the AWS CLI, so that it
//! and the SDKs use them (observed in AWS CLI 2.36).

pub mod device_code;
mod error;
mod registration;
mod token_service;

pub use error::SignInError;
