//! Collects the sign-in sessions of the planned profiles. Does not use the network.

use crate::plan::CredentialPlan;
use crate::source::{SignInSession, SignInState, SignInStates};

use super::finding::FilePlace;
use super::world::World;

#[derive(Debug)]
pub struct SignInFacts {
    pub session: SignInSession,
    pub state: SignInState,
    /// The first profile that signs in.
    pub profile: String,
    pub at: Option<FilePlace>,
    /// Every profile that needs the session.
    pub users: Vec<String>,
}

pub(super) fn gather<'p>(plans: impl Iterator<Item = &'p CredentialPlan>, world: &World<'_>) -> Vec<SignInFacts> {
    let states = SignInStates::new(world.paths.sso_cache(), world.paths.login_cache(world.env), world.now);
    let mut all: Vec<SignInFacts> = Vec::new();
    for plan in plans {
        let Some(found) = SignInSession::of(&plan.base.source) else { continue };
        let known = all.iter_mut().find(|known| known.session == found.value);
        match known {
            Some(known) => known.users.push(plan.profile.clone()),
            None => all.push(SignInFacts {
                state: states.get(&found.value),
                session: found.value,
                profile: plan.base.profile.clone(),
                at: FilePlace::of(&found.from),
                users: vec![plan.profile.clone()],
            }),
        }
    }
    all
}
