//! What the command line and the files beside the profile say of a role's session: flags in, policies' texts put into
//! the plan.

use std::path::{Path, PathBuf};

use crate::cli::args::How;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, FILE, Failure, USAGE};
use crate::cli::selection;
use crate::core::origin::{Located, Origin};
use crate::core::secret::Secret;
use crate::os::env::{LOGNAME, USER, USERNAME};
use crate::os::fs::read_capped;
use crate::os::machine;
use crate::plan::inputs::{Inputs, RoleFlags};
use crate::plan::limits::{DURATION_SECONDS, SESSION_NAME, SOURCE_IDENTITY};
use crate::plan::session::{BOUNDARY, Policy, SessionExtras, context_of, is_policy, policy, policy_arn, tag_of};
use crate::plan::session_name::{fill, is_template};
use crate::plan::{BaseSource, CredentialPlan};

/// The largest file of a policy or an assertion that is read, in bytes; both have at most 2048 characters.
const LARGEST: u64 = 16 << 10;

/// What a plan is made from: the context's part and the command line's.
pub(crate) fn inputs(context: &Context, how: &How) -> Result<Inputs, Failure> {
    let How {
        duration,
        role_arn,
        external_id,
        session_name,
        policy_arn: arns,
        policy: policies,
        tag,
        source_identity,
        provided_context,
        ..
    } = how;
    let role =
        RoleFlags { role_arn: role_arn.clone(), external_id: external_id.clone(), session_name: session_name.clone() };
    let bad = |flag: &str, expected: &str| Failure::new(USAGE, format!("{flag} is not {expected}"));
    let mut extras = SessionExtras::default();
    for arn in arns {
        let arn =
            policy_arn(arn, "aws").ok_or_else(|| bad("--policy-arn", "a managed policy, read-only or boundary"))?;
        extras.policy_arns.push(Located::new(arn, Origin::Flag("--policy-arn")));
    }
    for text in tag {
        let tag = tag_of(text).ok_or_else(|| bad("--tag", "KEY=VALUE in characters that AWS takes"))?;
        extras.tags.push(Located::new(tag, Origin::Flag("--tag")));
    }
    if let Some(text) = policies {
        let policy = policy(text).ok_or_else(|| bad("--policy", "a policy of up to 2048 characters or a file"))?;
        extras.policy = Some(Located::new(policy, Origin::Flag("--policy")));
    }
    if let Some(name) = source_identity {
        if !SOURCE_IDENTITY.allows(name) {
            return Err(bad("--source-identity", &SOURCE_IDENTITY.to_string()));
        }
        extras.source_identity = Some(Located::new(name.clone(), Origin::Flag("--source-identity")));
    }
    for text in provided_context {
        let context = context_of(text).ok_or_else(|| bad("--provided-context", "ARN=FILE"))?;
        extras.contexts.push(Located::new(context, Origin::Flag("--provided-context")));
    }
    Ok(Inputs { duration: session_duration(*duration)?, role, extras, ..context.inputs()? })
}

/// The plan with the text of each policy's file, the ARN of the project's boundary and session names filled in.
pub(crate) fn complete(context: &Context, mut plan: CredentialPlan) -> Result<CredentialPlan, Failure> {
    if let BaseSource::WebIdentity(web) = &mut plan.base.source {
        name_session(context, &mut web.session_name, &plan.base.profile)?;
    }
    for hop in &mut plan.hops {
        name_session(context, &mut hop.session_name, &hop.profile)?;
        if let Some(found) = &mut hop.extras.policy
            && let Policy::File(path) = &found.value
        {
            let path = resolved(context, path, &found.from);
            found.value = Policy::Text(text(&path).map_err(|reason| {
                Failure::new(FILE, format!("cannot use the policy in {}: {reason}", path.display()))
                    .at(&found.from, Some(&hop.profile))
            })?);
        }
        for vouched in &mut hop.extras.contexts {
            let path = resolved(context, &vouched.value.file, &vouched.from);
            vouched.value.assertion = assertion(&path).map_err(|reason| {
                Failure::new(FILE, format!("cannot use the assertion in {}: {reason}", path.display()))
                    .at(&vouched.from, Some(&hop.profile))
            })?;
        }
        for arn in hop.extras.policy_arns.iter_mut().filter(|arn| arn.value == BOUNDARY) {
            arn.value =
                selection::boundary(context, &plan.profile)?.map(|boundary| boundary.value).ok_or_else(|| {
                    Failure::new(
                        CONFIG,
                        "boundary stands for the permissions boundary of an Amplify environment; none is known",
                    )
                    .at(&arn.from, Some(&hop.profile))
                    .hint("run it in the project whose environment uses this profile, or give the policy's ARN")
                })?;
        }
    }
    Ok(plan)
}

/// Fills in a session name's template for `profile`.
fn name_session(context: &Context, name: &mut Located<String>, profile: &str) -> Result<(), Failure> {
    if !is_template(&name.value) {
        return Ok(());
    }
    let value = |word: &str| match word {
        "user" => [USER, LOGNAME, USERNAME].into_iter().find_map(|variable| context.env.text(variable)),
        "host" => machine::host_name().split('.').next().map(str::to_owned),
        "profile" => Some(profile.to_owned()),
        word => selection::word(context, word),
    };
    let filled = fill(&name.value, |word| value(word).filter(|value| !value.is_empty()));
    name.value = match filled {
        Ok(filled) if SESSION_NAME.allows(&filled) => filled,
        Ok(_) => {
            let message = format!("what the session name of profile {profile} ({}) comes to is too short", name.from);
            return Err(Failure::new(CONFIG, message).at(&name.from, Some(profile)));
        }
        Err(word) => {
            let hint = match word.as_str() {
                "user" => "set USER, or write the name itself",
                "host" => "this machine has no host name; write the name itself",
                _ => "run it in the Amplify project, or write the name itself",
            };
            let message = format!("nothing says what {{{word}}} is in the session name of profile {profile}");
            return Err(Failure::new(CONFIG, message).at(&name.from, Some(profile)).hint(hint));
        }
    };
    Ok(())
}

/// `~/` is the home directory; a relative path begins where it is written: at the config file or the current directory.
fn resolved(context: &Context, path: &Path, from: &Origin) -> PathBuf {
    if let Ok(rest) = path.strip_prefix("~") {
        return context.paths.home.join(rest);
    }
    match from.location().and_then(|at| at.file.path.parent()) {
        Some(directory) => directory.join(path),
        None => path.to_owned(),
    }
}

fn assertion(path: &Path) -> Result<Secret, String> {
    match contents(path)?.trim() {
        text if (4..=2048).contains(&text.len()) => Ok(Secret::from(text)),
        _ => Err("an assertion has 4 to 2048 characters".into()),
    }
}

fn contents(path: &Path) -> Result<String, String> {
    let bytes = read_capped(path, LARGEST).map_err(|error| error.to_string())?.ok_or("there is no such file")?;
    String::from_utf8(bytes).map_err(|error| error.utf8_error().to_string())
}

fn text(path: &Path) -> Result<String, String> {
    let text = contents(path)?;
    if is_policy(text.trim()) {
        Ok(text.trim().to_owned())
    } else {
        Err("it is no policy of up to 2048 characters".into())
    }
}

/// `--duration`, if it is one that AWS takes.
pub(crate) fn session_duration(asked: Option<u64>) -> Result<Option<Located<u32>>, Failure> {
    let Some(asked) = asked else { return Ok(None) };
    match u32::try_from(asked).ok().filter(|seconds| DURATION_SECONDS.contains(seconds)) {
        Some(seconds) => Ok(Some(Located::new(seconds, Origin::Flag("--duration")))),
        None => Err(Failure::new(USAGE, "--duration must be from 900 s (15m) to 43200 s (12h)")),
    }
}
