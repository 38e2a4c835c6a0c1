//! Plain types that every layer uses.

pub mod call_chain;
pub mod clock;
pub mod credentials;
pub mod digest;
pub mod invalid_text;
pub mod masking;
pub mod origin;
pub mod sanitize;
pub mod secret;
pub mod utf8;
