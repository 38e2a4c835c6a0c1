//! Finds the wrapper with a command line of this program.

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::os::env;
use crate::plan::inputs::RoleFlags;
use crate::plan::wrapper::Wrapper;

/// The first profile whose command names `profile` and has these options.
pub(super) fn wrapper_name(context: &Context, profile: &str, session: &SessionArgs) -> Option<String> {
    let SessionArgs { duration, min_ttl, role_arn, external_id, session_name, .. } = session;
    let role =
        RoleFlags { role_arn: role_arn.clone(), external_id: external_id.clone(), session_name: session_name.clone() };
    let duration = duration.map(u32::try_from).transpose().ok()?;
    let extras = sorted(extras(session));
    let program = env::executable();
    let set = context.profiles_unreported().ok()?;
    let wrappers = set.all().into_iter().filter_map(|found| {
        let wrapper = Wrapper::parse(found.get("credential_process")?.value, program.as_deref())?;
        Some((found.name.clone(), wrapper))
    });
    let is_it = |wrapper: &Wrapper| {
        wrapper.profile.as_deref() == Some(profile)
            && (&wrapper.role, wrapper.duration, wrapper.options.min_ttl) == (&role, duration, *min_ttl)
            && sorted(wrapper.extras.clone()) == extras
    };
    wrappers.into_iter().find(|(_, wrapper)| is_it(wrapper)).map(|(name, _)| name)
}

/// Whether the options change the session of the role, not only when it is renewed.
pub(super) fn has_role_options(session: &SessionArgs) -> bool {
    let SessionArgs { duration, role_arn, external_id, session_name, .. } = session;
    duration.is_some()
        || [role_arn, external_id, session_name].iter().any(|option| option.is_some())
        || !extras(session).is_empty()
}

fn sorted(mut extras: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    extras.sort();
    extras
}

/// The options that limit or mark the session, each with its value.
pub(super) fn extras(session: &SessionArgs) -> Vec<(&'static str, String)> {
    let SessionArgs { policy_arn, policy, tag, source_identity, provided_context, .. } = session;
    let one = [("--policy", policy), ("--source-identity", source_identity)];
    let many = [("--policy-arn", policy_arn), ("--tag", tag), ("--provided-context", provided_context)];
    let one = one.into_iter().filter_map(|(option, value)| Some((option, value.clone()?)));
    let many = many.into_iter().flat_map(|(option, values)| values.iter().map(move |value| (option, value.clone())));
    one.chain(many).collect()
}
