pub mod effect;
pub mod key_names;
pub mod keys;
pub mod load;
pub mod lost_keys;
pub(super) mod merged;
pub mod near_miss;
pub mod services;
pub mod set;
pub mod value_form;
mod view;

pub use merged::{Part, Profile, Setting};
pub use set::ProfileSet;
