use crate::cache::entry::{CachedEntry, EntryMetadata};
use crate::cache::key::CacheKey;
use crate::plan::CredentialPlan;
use crate::plan::mfa_strategy::Step;

/// Whether a cached session was fetched for this plan or one of its profiles. Sessions of other profiles on the same
/// role do not belong to it, unless the Amplify CLI wrote them: its entries do not name the profile.
pub fn is_of_plan(plan: &CredentialPlan, outer: &str, inner: &str, session: Option<&CachedEntry>) -> bool {
    let leaf = plan.steps().next_back();
    // Flags may have changed the role, so that the plan has no step with it.
    let was_fetched_for = |mark: &EntryMetadata| mark.profile == plan.profile;
    let is_of_profile = session.and_then(|session| session.mark.as_ref()).is_some_and(was_fetched_for);
    is_of_profile
        || plan.steps().any(|step| {
            let Some(key) = CacheKey::of(plan, step).filter(|key| key.outer == outer) else { return false };
            let is_name = inner == key.inner || inner == key.marked_name();
            let of_profile = |mark: &EntryMetadata| match step {
                Step::Hop(index) => mark.profile == plan.hops[index].profile,
                Step::WebIdentity => mark.profile == plan.base.profile,
                Step::Mfa => false,
            };
            match session.map(|session| &session.mark) {
                Some(Some(mark)) => mark.is_for(&key.fingerprint) || of_profile(mark),
                // Written by the Amplify CLI, or unreadable: all entries of the last role are removed, as in the
                // Amplify CLI.
                Some(None) | None => Some(step) == leaf || (session.is_none() && is_name),
            }
        })
}
