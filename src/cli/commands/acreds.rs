//! Selects a profile for a shell. The shell function `acreds`, which `init` prints, evaluates the output.

use std::path::Path;

use crate::cli::args::{Acreds, SessionArgs};
use crate::cli::context::{Context, env_profile};
use crate::cli::credential_env::{CredentialEnv, all_vars, unset_vars, user_files};
use crate::cli::credentials::{fetch, plan};
use crate::cli::errors::failure::{Failure, USAGE};
use crate::cli::exported_region;
use crate::cli::grant::Grant;
use crate::cli::output::{note, write_stdout};
use crate::cli::picker;
use crate::cli::plan_inputs::inputs;
use crate::cli::warnings;
use crate::core::clock::Clock;
use crate::core::masking::masked;
use crate::core::origin::Origin;
use crate::os::env::{self, AMPLIFY_CREDS_PREVIOUS_PROFILE, Env};
use crate::os::paths::Paths;
use crate::output::left_until;
use crate::output::shell::Assignment;
use crate::plan::build;
use crate::plan::kind::ProfileKind;
use crate::plan::wrapper::Wrapper;
use crate::profile::ProfileSet;
#[cfg(unix)]
use crate::prompt::ignore_suspend_key;
use crate::tools::{Tool, Views};

/// What a shell uses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Selection {
    profile: String,
    has_keys: bool,
}

impl Selection {
    /// `None` also for keys of an unknown profile, which cannot be restored.
    fn current(env: &Env) -> Option<Self> {
        if env.text(env::AWS_ACCESS_KEY_ID).is_some() {
            let profile = env.text(env::AMPLIFY_CREDS_ACTIVE_PROFILE)?;
            return Some(Self { profile, has_keys: true });
        }
        env_profile(env).map(|named| Self { profile: named.value, has_keys: false })
    }

    fn previous(env: &Env) -> Option<Self> {
        let record = env.text(AMPLIFY_CREDS_PREVIOUS_PROFILE)?;
        let (kind, profile) = record.split_once(':')?;
        (!profile.is_empty()).then(|| Self { profile: profile.to_owned(), has_keys: kind == "keys" })
    }

    fn record(&self) -> String {
        format!("{}:{}", if self.has_keys { "keys" } else { "profile" }, self.profile)
    }
}

/// `acreds -` names the previous profile.
pub(crate) fn resolve_previous(mut options: Acreds) -> Result<Acreds, Failure> {
    if options.fetch.name.as_deref() == Some("-") {
        let previous = Selection::previous(&Env::process())
            .ok_or_else(|| Failure::new(USAGE, "no previous profile in this shell").hint("run: acreds PROFILE"))?;
        options.keys |= previous.has_keys;
        options.fetch.name = Some(previous.profile);
    }
    Ok(options)
}

pub(crate) fn run(context: Context, options: &Acreds) -> Result<(), Failure> {
    #[cfg(unix)]
    ignore_suspend_key();
    let before = Selection::current(&context.env);
    if options.unset {
        let removed = unset_vars(&context.env).into_iter().chain([env::AMPLIFY_CREDS_PROFILE]);
        return emit(options, removed.map(|name| (name, None)).collect(), before.as_ref());
    }
    let is_named = context.is_named_on_command_line() || context.global.env.is_some();
    let context = if is_named { context } else { picker::pick(&context).map(|name| context.with_profile(name))? };
    let session = &options.fetch.session;
    let name = context.selected()?.map_or_else(|| "default".to_owned(), |selected| selected.value);
    let set = context.profiles()?;
    let plan = plan(&context, &set, &inputs(&context, session)?)?;
    if options.keys || has_session_option(session) || !works_in_every_tool(&context, &set, &name) {
        let grant = Grant::from(fetch(&context, session)?);
        let expires = grant.credentials.expiration.map(|end| left_until(end, Clock::System.now()));
        let expires = expires.map_or_else(String::new, |left| format!(" ({left})"));
        let after = Selection { profile: name, has_keys: true };
        let before = before.filter(|before| *before != after);
        emit(options, CredentialEnv::of(&context, &grant).assignments(), before.as_ref())?;
        note(&context, &format!("exported the keys of profile {}{expires}", masked(&after.profile)));
        return Ok(());
    }
    build::can_be_carried_out(&plan)?;
    warnings::of_plan(&context, &plan);
    let region = plan.region.as_ref().map(|region| region.value.as_str());
    let regions = exported_region::assignments(&context.env, region);
    let (files, removed) = (user_files(&context), all_vars(&context.env));
    let mut all: Vec<Assignment<'_>> = vec![(env::AWS_PROFILE, Some(&name))];
    all.extend(regions.iter().map(|(name, value)| (*name, value.as_deref())));
    all.extend(files.iter().map(|(name, path)| (*name, Some(path.as_str()))));
    all.extend(removed.iter().filter(|name| *name != env::AWS_PROFILE).map(|name| (name.as_str(), None)));
    let after = Selection { profile: name.clone(), has_keys: false };
    emit(options, all, before.filter(|before| *before != after).as_ref())?;
    note(&context, &format!("AWS_PROFILE is {}", masked(&name)));
    Ok(())
}

/// `previous` is recorded for `acreds -`. Without it an earlier record remains.
fn emit(options: &Acreds, assignments: Vec<Assignment<'_>>, previous: Option<&Selection>) -> Result<(), Failure> {
    let record = previous.map(Selection::record);
    let mut all: Vec<Assignment<'_>> = assignments;
    all.extend(record.as_deref().map(|record| (AMPLIFY_CREDS_PREVIOUS_PROFILE, Some(record))));
    let text = options
        .shell
        .render(&all)
        .map_err(|name| Failure::new(USAGE, format!("the value of {name} cannot be quoted for this shell")))?;
    write_stdout(text.as_bytes())
}

/// Such a session differs from what a tool gets through the profile.
fn has_session_option(session: &SessionArgs) -> bool {
    *session != SessionArgs::default()
}

/// Whether this program gives each tool the profile's credentials, so that they are renewed.
fn works_in_every_tool(context: &Context, set: &ProfileSet<'_>, name: &str) -> bool {
    let Paths { config, credentials, .. } = &context.paths;
    let is_shared = |name: &str, file: &Path| match context.env.path(name) {
        Some(path) => path == file,
        None => context.paths.are_default(),
    };
    // Other tools do not read files that only this program was given.
    let is_ours = |from: &Option<Origin>| match from {
        Some(Origin::Flag(_)) => true,
        Some(Origin::Variable(env::AMPLIFY_CREDS_CONFIG_FILE)) => !is_shared(env::AWS_CONFIG_FILE, config),
        Some(Origin::Variable(env::AMPLIFY_CREDS_CREDENTIALS_FILE)) => {
            !is_shared(env::AWS_SHARED_CREDENTIALS_FILE, credentials)
        }
        _ => false,
    };
    if context.paths.named_by.iter().any(is_ours) && user_files(context).is_empty() {
        return false;
    }
    let Some(profile) = set.get(name) else { return false };
    let kinds = [ProfileKind::Wrapper, ProfileKind::KeyStore, ProfileKind::Sso, ProfileKind::Process];
    let runs_this_program = profile
        .get("credential_process")
        .is_some_and(|process| Wrapper::parse(process.value, env::executable().as_deref()).is_some());
    if !kinds.contains(&ProfileKind::of(&profile)) || !runs_this_program {
        return false;
    }
    let views = Views::from_files(context.files());
    let is_usable = |tool: &Tool| {
        let seen = views.visibility(*tool, name);
        seen.visible && seen.resolvable
    };
    Tool::ALL.iter().all(is_usable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_and_previous_profile_are_read_from_the_environment() {
        let selection = |profile: &str, has_keys| Some(Selection { profile: profile.to_owned(), has_keys });
        let active = env::AMPLIFY_CREDS_ACTIVE_PROFILE;
        let keys = env::AWS_ACCESS_KEY_ID;
        for (variables, expected) in [
            ([("A", "b"), ("B", "b")], None),
            ([(keys, "AKIA1"), (active, "a")], selection("a", true)),
            ([(keys, "AKIA1"), (env::AWS_PROFILE, "a")], None),
            ([(env::AWS_PROFILE, "a"), (active, "b")], selection("a", false)),
            ([(env::AWS_PROFILE, "a"), (env::AMPLIFY_CREDS_PROFILE, "b")], selection("b", false)),
        ] {
            assert_eq!(Selection::current(&Env::fixed(variables)), expected, "{variables:?}");
        }
        for selected in [selection("a:b", true), selection("a b", false)].into_iter().flatten() {
            let env = Env::fixed([(AMPLIFY_CREDS_PREVIOUS_PROFILE, &selected.record())]);
            assert_eq!(Selection::previous(&env), Some(selected));
        }
        assert_eq!(Selection::previous(&Env::fixed([(AMPLIFY_CREDS_PREVIOUS_PROFILE, "x")])), None);
    }
}
