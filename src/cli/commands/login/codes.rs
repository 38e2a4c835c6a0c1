use std::collections::BTreeSet;

use crate::cli::args::Login;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::with_resolver;
use crate::plan::CredentialPlan;
use crate::plan::mfa_strategy::MfaAction;
use crate::profile::ProfileSet;
use crate::prompt::PromptChain;

/// Adds the profiles to `profiles`. The number of codes: `2 codes: mfa/deploy for 3 profiles, mfa/admin for 1`.
pub(super) fn needed<'p>(
    context: &Context,
    pool: &ConnectionPool,
    set: &ProfileSet<'_>,
    plans: &'p [CredentialPlan],
    options: &Login,
    prompt: &mut PromptChain,
    profiles: &mut BTreeSet<&'p str>,
) -> Option<String> {
    // For each code: the device, its user, and the number of profiles.
    let mut codes: Vec<(String, String, usize)> = Vec::new();
    for plan in plans {
        // A failure is reported later, when the credentials are fetched.
        let Ok(action) =
            with_resolver(context, pool, set, plan, &options.session, prompt, |resolver, _| resolver.mfa_action())
        else {
            continue;
        };
        let Some(mfa) = plan.mfa.as_ref().filter(|mfa| !mfa.is_security_key()) else { continue };
        let (serial, user) = (mfa.serial.value.clone(), plan.base.profile.clone());
        let shared = codes.iter_mut().find(|(known, by, _)| *known == serial && *by == user);
        if !matches!(action, MfaAction::Nothing) {
            profiles.insert(&plan.profile);
        }
        match (action, shared) {
            (MfaAction::Nothing, _) => {}
            (MfaAction::OnSession, Some((_, _, profiles))) => *profiles += 1,
            (MfaAction::OnSession, None) => codes.push((serial, user, 1)),
            // A code for one role cannot be used for another, so the entry must not match any: the user is empty.
            (MfaAction::OnRole(_), _) => codes.push((serial, String::new(), 1)),
        }
    }
    let devices = codes.iter().enumerate().map(|(at, (serial, _, profiles))| {
        let device = serial.rsplit(':').next().unwrap_or(serial);
        let unit = match (at, profiles) {
            (0, 1) => " profile",
            (0, _) => " profiles",
            _ => "",
        };
        format!("{device} for {profiles}{unit}")
    });
    let devices = devices.collect::<Vec<_>>().join(", ");
    match codes.len() {
        0 => None,
        1 => Some(format!("1 MFA code needed: {devices}")),
        several => Some(format!("{several} MFA codes needed: {devices}")),
    }
}
