//! Errors of `setup --sso`.

use crate::cli::errors::base::of_service;
use crate::cli::errors::failure::{ACCESS_DENIED, BASE_FAILED, CONFIG, Failure, SIGN_IN_NEEDED};
use crate::core::shell_word::shell_word;
use crate::plan::sources::AccountRole;
use crate::profile_file::document::EditError;
use crate::setup::SetupError;
use crate::setup::sso_profiles::SessionProfilesError;
use crate::source::SourceError;
use crate::sts::StsError;

/// More lines would hide the first one.
const SHOWN: usize = 40;

const OTHER_NAMES: &str = "choose other names, for example: --template '{account_name}-{account_id}-{role}'";

pub(crate) fn setup_command(session: &str) -> String {
    format!("amplify-creds setup --sso {}", shell_word(session))
}

/// `what` failed, and `shown` describes the session.
pub(crate) fn failure(error: &SourceError, what: &str, session: &str, shown: &str) -> Failure {
    let sign_in_needed = |why: &str| {
        let run = setup_command(session);
        Failure::new(SIGN_IN_NEEDED, format!("{shown} needs a sign-in: {why}; in a terminal, run: {run}")).hint(run)
    };
    match error {
        SourceError::SignedOut(why) | SourceError::Rejected { why, .. } => sign_in_needed(why),
        SourceError::InvalidTokenFile { problem, path } => {
            Failure { details: vec![format!("the token file is {}", path.display())], ..sign_in_needed(problem) }
        }
        SourceError::InaccessibleTokenFile { problem, path } => Failure {
            details: vec![format!("the token file is {}", path.display())],
            ..Failure::new(BASE_FAILED, format!("{what}: {problem}"))
        },
        SourceError::Service { service, error: StsError::Refused { code, message } } => {
            let is_denied = ["ForbiddenException", "AccessDeniedException"].contains(&code.as_str());
            let kind = if is_denied { ACCESS_DENIED } else { BASE_FAILED };
            let failure = Failure::by_aws(kind, format!("{what}: {service} returned {code}"), message.clone());
            failure.hint("check sso_region, and that sso_registration_scopes includes sso:account:access")
        }
        SourceError::Service { service, error } => of_service(*service, error, what),
        other => Failure::new(BASE_FAILED, format!("{what}: {other}")),
    }
}

/// The list of accounts or of roles is empty. Then nothing is removed, because the cause may be a wrong user.
pub(crate) fn nothing_listed(shown: &str) -> Failure {
    let message = format!("{shown} lists no account with a role for this user; nothing was changed");
    Failure::new(ACCESS_DENIED, message)
        .hint("an administrator of IAM Identity Center must assign the user to an account")
        .hint("check that the start URL is correct, and which user has signed in")
}

pub(crate) fn profiles(error: SessionProfilesError) -> Failure {
    match error {
        SessionProfilesError::Collisions(found) => {
            let role = |role: &AccountRole| format!("{} {}", role.account_id, role.role_name);
            let line = |(name, roles): &(String, Vec<AccountRole>)| {
                format!("{}: {}", short(name), roles.iter().map(role).collect::<Vec<_>>().join(", "))
            };
            let message = match &found[..] {
                [(name, roles)] => format!("{} roles have the profile name {}", roles.len(), short(name)),
                several => format!("{} profile names belong to more than one role", several.len()),
            };
            listed(&message, found.iter().map(line).collect()).hint(OTHER_NAMES)
        }
        SessionProfilesError::Taken(found) => {
            let message = match &found[..] {
                [(name, at)] => format!("profile {} exists already with different settings ({at})", short(name)),
                several => format!("{} profiles exist already with different settings", several.len()),
            };
            let failure = listed(&message, found.iter().map(|(name, at)| format!("{} ({at})", short(name))).collect());
            let failure = match found.first() {
                Some((_, at)) => failure.at_line(at, None),
                None => failure,
            };
            failure.hint(OTHER_NAMES).hint("or rename or remove the existing profiles")
        }
        SessionProfilesError::Setup(error) => setup(error),
    }
}

pub(crate) fn setup(error: SetupError) -> Failure {
    let has_name = matches!(
        error,
        SetupError::Ripple { .. } | SetupError::Unseen { .. } | SetupError::Edit { reason: EditError::Name(_), .. }
    );
    let failure = Failure::from(error);
    if has_name { Failure { hints: vec![OTHER_NAMES.to_owned()], ..failure } } else { failure }
}

fn listed(message: &str, mut lines: Vec<String>) -> Failure {
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    lines.extend((more > 0).then(|| format!("and {more} more")));
    Failure { details: lines, ..Failure::new(CONFIG, format!("{message}; nothing was changed")) }
}

/// The first line has to stay complete.
fn short(name: &str) -> String {
    const LONGEST: usize = 80;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", &name[..end]),
        None => name.to_owned(),
    }
}
