//! Replaces the long-term key of a profile in the key store. Each step is recorded before it begins, so that a killed
//! run can be continued. The old key remains active until the new one is stored and AWS accepts it.

mod decision;
mod error;
mod journal;
mod keys_at_iam;
mod steps;
mod verify;

pub use decision::{KeysVerdict, LocalStep, used_after_deactivation};
pub use error::RotationError;
pub use keys_at_iam::KeysAtIam;
pub use steps::Rotator;
pub use verify::verify;
