use crate::core::origin::Located;
use crate::profile::Profile;

use super::credential_plan::{Hop, Warning};
use super::endpoint::Choice;
use super::error::Mention;
use super::hop::SetByWrappers;
use super::wrapper::WrapperOptions;

#[derive(Default)]
pub(super) struct Trail<'t> {
    pub(super) path: Vec<Mention>,
    pub(super) profiles: Vec<Profile<'t>>,
    pub(super) hops: Vec<Hop>,
    pub(super) via: Vec<String>,
    pub(super) warnings: Vec<Warning>,
    /// For the last role, to which the user's own options apply.
    pub(super) set_by_wrappers: SetByWrappers,
}

/// Settings of the first profile that is not a wrapper. Flags, variables and wrappers override them.
pub(super) struct WalkSettings {
    pub(super) region: Option<Located<String>>,
    /// The profile's region, even if another overrides it.
    pub(super) own_region: Option<Located<String>>,
    pub(super) ca_bundle: Option<Located<String>>,
    pub(super) min_ttl: Option<Located<String>>,
    pub(super) options: Located<WrapperOptions>,
    pub(super) sts: Choice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    ByItself,
    AsSource,
    AsOwnSource,
}
