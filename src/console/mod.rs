//! Opens the AWS console: by the federation endpoint of AWS Sign-In (IAM user guide, "Enable custom identity broker access
//! to the AWS console"), or by the portal of IAM Identity Center.

pub(crate) mod access;
pub(crate) mod destination;
pub(crate) mod federation;
pub(crate) mod handoff;
pub(crate) mod hosts;
pub(crate) mod portal;
mod services;
