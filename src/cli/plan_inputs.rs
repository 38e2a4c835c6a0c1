use std::path::{Path, PathBuf};

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, FILE, Failure, USAGE};
use crate::cli::key_store::recover_record;
use crate::cli::output::note;
use crate::cli::{identity, selection};
use crate::core::invalid_text::check_token;
use crate::core::origin::{Located, Origin};
use crate::core::secret::Secret;
use crate::core::utf8::utf8_text;
use crate::os::env::{LOGNAME, USER, USERNAME};
use crate::os::fs::read_capped;
use crate::os::machine;
use crate::plan::agent;
use crate::plan::inputs::{Inputs, RoleFlags};
use crate::plan::limits::{DURATION_SECONDS, SESSION_NAME, SOURCE_IDENTITY};
use crate::plan::session::{
    BOUNDARY, MOST_POLICY_ARNS, Policy, SessionExtras, context_of, policy, policy_arn, policy_text, tag_of,
};
use crate::plan::session_name::{fill, is_template};
use crate::plan::{BaseSource, CredentialPlan};

/// The largest accepted file of a policy or an assertion in bytes. Both have at most 2048 characters.
const LARGEST: u64 = 16 << 10;

pub(crate) fn inputs(context: &Context, args: &SessionArgs) -> Result<Inputs, Failure> {
    let mut extras = SessionExtras::default();
    if args.policy_arn.len() > MOST_POLICY_ARNS {
        let message = format!("--policy-arn was given {} times, but AWS accepts up to 10", args.policy_arn.len());
        return Err(Failure::new(USAGE, message));
    }
    for arn in &args.policy_arn {
        let arn = flag("--policy-arn", policy_arn(arn), "the ARN of a managed policy, read-only or boundary")?;
        extras.policy_arns.push(arn);
    }
    for tag in &args.tag {
        extras.tags.push(flag("--tag", tag_of(tag), "KEY=VALUE of letters, digits, blanks and _.:/=+-@")?);
    }
    if let Some(text) = &args.policy {
        let policy = policy(text).map_err(|expected| invalid_flag("--policy", &expected))?;
        extras.policy = Some(Located::new(policy, Origin::Flag("--policy")));
    }
    if let Some(name) = &args.source_identity {
        let name = Some(name.clone()).filter(|name| SOURCE_IDENTITY.allows(name));
        extras.source_identity = Some(flag("--source-identity", name, &SOURCE_IDENTITY.to_string())?);
    }
    for text in &args.provided_context {
        extras.contexts.push(flag("--provided-context", context_of(text), "ARN=FILE")?);
    }
    let role = RoleFlags {
        role_arn: args.role_arn.clone(),
        external_id: args.external_id.clone(),
        session_name: args.session_name.clone(),
    };
    Ok(Inputs { duration: session_duration(args.duration)?, role, extras, ..context.inputs()? })
}

fn flag<T>(flag: &'static str, value: Option<T>, expected: &str) -> Result<Located<T>, Failure> {
    Ok(Located::new(value.ok_or_else(|| invalid_flag(flag, expected))?, Origin::Flag(flag)))
}

fn invalid_flag(flag: &str, expected: &str) -> Failure {
    Failure::new(USAGE, format!("invalid {flag} (expected {expected})"))
}

/// Completes the text of each policy's file, the ARN of the project's boundary and session names. Prints the boundary
/// with its file, because it may come from a cloned repository.
pub(crate) fn complete(context: &Context, plan: CredentialPlan) -> Result<CredentialPlan, Failure> {
    let (mut plan, boundary) = complete_quietly(context, plan)?;
    if !context.is_offline() {
        recover_record(context, &mut plan)?;
    }
    if let Some(Located { value, from }) = boundary {
        let line = || format!("session policy {value}: the permissions boundary in {from}");
        if context.verb == "process" { context.info(line) } else { note(context, &line()) }
    }
    Ok(plan)
}

/// Like [`complete`], but returns the boundary instead of printing it.
pub(crate) fn complete_quietly(
    context: &Context,
    mut plan: CredentialPlan,
) -> Result<(CredentialPlan, Option<Located<String>>), Failure> {
    let mut used = None;
    if let BaseSource::WebIdentity(web) = &mut plan.base.source {
        web.token_file.value = context.paths.expand(std::mem::take(&mut web.token_file.value));
        name_session(context, &mut web.session_name, &plan.base.profile)?;
    }
    identity::complete(context, &mut plan.base.source);
    for hop in &mut plan.hops {
        name_session(context, &mut hop.session_name, &hop.profile)?;
        if let Some(found) = &mut hop.extras.policy
            && let Policy::File(path) = &found.value
        {
            let path = resolve_path(context, path, &found.from);
            let text = read_policy(&path).map_err(unusable("policy", &path, &found.from, &hop.profile))?;
            found.value = Policy::Text(text);
        }
        for vouched in &mut hop.extras.contexts {
            let path = resolve_path(context, &vouched.value.file, &vouched.from);
            vouched.value.assertion =
                read_assertion(&path).map_err(unusable("assertion", &path, &vouched.from, &hop.profile))?;
        }
        for arn in hop.extras.policy_arns.iter_mut().filter(|arn| arn.value == BOUNDARY) {
            let boundary = selection::boundary_as_session_policy(context, &plan.profile)?.ok_or_else(|| {
                let message =
                    "the policy boundary is the permissions boundary of an Amplify environment, but none is known here";
                Failure::new(CONFIG, message)
                    .at(&arn.from, Some(&hop.profile))
                    .hint("run it in the Amplify project of this profile; if the environment has no boundary: amplify-creds boundary set ARN, or write the policy's ARN")
            })?;
            let partition = hop.role_arn.value.partition();
            if boundary.value.split(':').nth(1) != Some(partition) {
                let message =
                    format!("the boundary in {} is in another partition than the role ({partition})", boundary.from);
                return Err(Failure::new(CONFIG, message).at(&boundary.from, Some(&hop.profile)));
            }
            *arn = boundary.clone();
            used = Some(boundary);
        }
    }
    Ok((plan, used))
}

fn unusable(what: &str, path: &Path, from: &Origin, profile: &str) -> impl FnOnce(String) -> Failure {
    move |reason| {
        let message = format!("cannot use the {what} in {}: {reason}", path.display());
        Failure::new(FILE, message).at(from, Some(profile))
    }
}

fn name_session(context: &Context, name: &mut Located<String>, profile: &str) -> Result<(), Failure> {
    if !is_template(&name.value) {
        return Ok(());
    }
    let value = |word: &str| match word {
        "user" => [USER, LOGNAME, USERNAME].into_iter().find_map(|variable| context.env.text(variable)),
        "host" => machine::host_name().split('.').next().map(str::to_owned),
        "profile" => Some(profile.to_owned()),
        "agent" => Some(agent::name(|variable| context.env.text(variable))),
        word => selection::word(context, word),
    };
    let filled = fill(&name.value, |word| value(word).filter(|value| !value.is_empty()));
    name.value = match filled {
        Ok(filled) if SESSION_NAME.allows(&filled) => filled,
        Ok(_) => {
            let message = format!(
                "the session name of profile {profile} ({}) is too short after its placeholders are filled in",
                name.from
            );
            return Err(Failure::new(CONFIG, message).at(&name.from, Some(profile)));
        }
        Err(word) => {
            let hint = match word.as_str() {
                "user" => "set USER, or replace the placeholder with a fixed name",
                "host" => "this machine has no host name; replace the placeholder with a fixed name",
                _ => "run the command in the Amplify project, or replace the placeholder with a fixed name",
            };
            let message = format!("the placeholder {{{word}}} in the session name of profile {profile} has no value");
            return Err(Failure::new(CONFIG, message).at(&name.from, Some(profile)).hint(hint));
        }
    };
    Ok(())
}

/// `~/` is the home directory. A relative path in the config file starts at the file's directory.
fn resolve_path(context: &Context, path: &Path, from: &Origin) -> PathBuf {
    if let Ok(rest) = path.strip_prefix("~") {
        return context.paths.home.join(rest);
    }
    match from.location().and_then(|at| at.file.path.parent()) {
        Some(directory) => directory.join(path),
        None => path.to_owned(),
    }
}

fn read_assertion(path: &Path) -> Result<Secret, String> {
    match read_text(path)?.trim() {
        text if (4..=2048).contains(&text.len()) => match check_token(text) {
            Ok(()) => Ok(Secret::from(text)),
            Err(problem) => Err(format!("the assertion {problem}")),
        },
        _ => Err("an assertion must have 4 to 2048 characters".into()),
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_capped(path, LARGEST).map_err(|error| error.to_string())?.ok_or("the file does not exist")?;
    utf8_text(&bytes).map(str::to_owned)
}

fn read_policy(path: &Path) -> Result<String, String> {
    policy_text(read_text(path)?.trim()).map_err(|expected| format!("it must be {expected}"))
}

pub(crate) fn session_duration(asked: Option<u64>) -> Result<Option<Located<u32>>, Failure> {
    let Some(asked) = asked else { return Ok(None) };
    match u32::try_from(asked).ok().filter(|seconds| DURATION_SECONDS.contains(seconds)) {
        Some(seconds) => Ok(Some(Located::new(seconds, Origin::Flag("--duration")))),
        None => Err(Failure::new(USAGE, "--duration must be from 900 s (15m) to 43200 s (12h)")),
    }
}
