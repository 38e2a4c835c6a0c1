//! The plan: the base credentials and the roles of a profile. It is pure data, made without I/O and without a clock.
//! `explain`, the cache key and the resolver read the same plan, so they cannot disagree.

pub mod agent;
pub mod base;
pub mod build;
mod credential_plan;
pub mod endpoint;
pub mod error;
mod hop;
pub mod inputs;
pub mod kind;
pub mod limits;
pub mod mfa;
pub mod mfa_strategy;
pub mod partition;
pub mod session;
pub mod session_name;
pub mod sources;
mod walk;
mod walk_state;
pub mod wrapper;

pub use credential_plan::{Base, BaseSource, CredentialPlan, EnvContext, Hop, ProcessBase, ProcessIdentity, Warning};
pub use limits::SessionDuration;
