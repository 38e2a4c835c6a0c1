//! The headings of options in help, in this order. Options of one command only have none and come first.

pub(super) const IDENTITY_CENTER: &str = "IAM Identity Center";
pub(super) const SESSION: &str = "Session";
pub(super) const FILES: &str = "Files";
pub(super) const PROMPTING: &str = "Prompting";
pub(super) const GLOBAL: &str = "Global options";
