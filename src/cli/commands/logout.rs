//! Signs out as `aws sso logout` does, but of one session if asked, and with the sessions that came from it.

use serde_json::{Value, json};

use crate::cache::entry::CachedEntry;
use crate::cache::scope::is_of_plan;
use crate::cache::sessions::is_session_like;
use crate::cache::store::Store;
use crate::cli::args::Logout;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::cli::credentials::{plan, plan_of};
use crate::cli::errors::failure::{CACHE, CONFIG, Failure};
use crate::cli::output::{write_json, write_stdout};
use crate::cli::sign_in::Session;
use crate::cli::sources::with_sources_trusting;
use crate::core::clock::Clock;
use crate::core::digest::sha1_hex;
use crate::core::masking::{masked, shown_url};
use crate::core::sanitize::printable;
use crate::core::secret::Secret;
use crate::output::left_until;
use crate::plan::limits::is_region;
use crate::plan::sources::SsoBase;
use crate::plan::{BaseSource, CredentialPlan};
use crate::profile::ProfileSet;
use crate::profile::value_form::shown;
use crate::source::Sources;
use crate::token_files::{TokenFields, TokenFile, text, timestamp};

/// A sign-in with its token file.
struct SignIn {
    name: String,
    /// The name of the session, its start URL or its identity.
    key: Option<String>,
    file: TokenFile,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    IdentityCenter,
    AwsSignIn,
}

pub(crate) fn run(context: &Context, options: &Logout) -> Result<(), Failure> {
    let set = context.profiles()?;
    let inputs = context.inputs()?;
    let plans: Vec<_> = set.names().iter().filter_map(|name| plan_of(&set, name, &inputs).ok()).collect();
    let (pool, store) = (ConnectionPool::default(), Store::new(&context.paths.cache_dir));
    with_sources_trusting(context, &pool, inputs.ca_bundle.clone(), &store, |sources| {
        let (mut signed_out, mut failed) = (Vec::new(), None);
        for sign_in in sign_ins(context, options, &set, sources, &plans)? {
            let derived: Vec<_> = plans.iter().filter(|plan| is_from(plan, sources, &sign_in)).collect();
            let ended = end(context, sources, &sign_in);
            match ended.and_then(|ended| remove_sessions(context, &store, &derived).map(|()| ended)) {
                Ok(ended) => signed_out.push((sign_in, ended)),
                Err(failure) => failed = failed.or(Some(failure)),
            }
        }
        match failed {
            // The failure is the last line, and with --json the document.
            Some(failure) if !options.json && !signed_out.is_empty() => {
                report(options, &signed_out)?;
                Err(failure)
            }
            Some(failure) => Err(failure),
            None => report(options, &signed_out),
        }
    })
}

fn report(options: &Logout, signed_out: &[(SignIn, bool)]) -> Result<(), Failure> {
    if options.json {
        let row = |(sign_in, ended): &(SignIn, bool)| {
            let kind = match sign_in.kind {
                Kind::IdentityCenter => "sso",
                Kind::AwsSignIn => "login",
            };
            json!({"kind": kind, "session": sign_in.key, "signed_out": ended})
        };
        return write_json(&signed_out.iter().map(row).collect::<Value>());
    }
    let mut lines = Vec::new();
    for (SignIn { name, kind, .. }, ended) in signed_out {
        lines.push(if *ended { format!("Signed out of {name}.") } else { format!("Not signed in to {name}.") });
        if *ended && *kind == Kind::AwsSignIn {
            lines.push("Credentials that a program has already received are valid for up to 15 minutes.".to_owned());
        }
    }
    if lines.is_empty() {
        lines.push("No sign-in is cached.".to_owned());
    }
    write_stdout(lines.iter().fold(String::new(), |text, line| text + &printable(line) + "\n").as_bytes())
}

fn sign_ins(
    context: &Context,
    options: &Logout,
    set: &ProfileSet<'_>,
    sources: &Sources<'_>,
    plans: &[CredentialPlan],
) -> Result<Vec<SignIn>, Failure> {
    if options.all {
        return Ok(all(sources, plans));
    }
    if let Some(name) = &options.session {
        let file = TokenFile::new(sources.sso_cache.join(sha1_hex(name) + ".json"));
        if set.sso_session(name).is_none() && !file.path().exists() {
            let message = format!("there is no sso-session {}", masked(name));
            return Err(Failure::new(CONFIG, message).hint("to sign out of every session: amplify-creds logout --all"));
        }
        let (name, key) = (format!("IAM Identity Center session {}", masked(name)), Some(masked(name).into_owned()));
        return Ok(vec![SignIn { name, key, file, kind: Kind::IdentityCenter }]);
    }
    let inputs = context.inputs()?;
    let named = match &options.names[..] {
        [] => vec![plan(context, set, &inputs)?],
        names => names.iter().map(|name| Ok(plan_of(set, name, &inputs)?)).collect::<Result<_, Failure>>()?,
    };
    let mut found: Vec<SignIn> = Vec::new();
    for plan in &named {
        let Some(sign_in) = SignIn::of(plan, sources) else {
            let message = format!("profile {} does not use IAM Identity Center or AWS Sign-In", plan.profile);
            let hint = format!("to delete its sessions: amplify-creds reset-cache {}", plan.profile);
            return Err(Failure::new(CONFIG, message).at(plan.base.source.origin(), Some(&plan.profile)).hint(hint));
        };
        if !found.iter().any(|known| known.file.path() == sign_in.file.path()) {
            found.push(sign_in);
        }
    }
    Ok(found)
}

impl SignIn {
    fn of(plan: &CredentialPlan, sources: &Sources<'_>) -> Option<Self> {
        let session = Session::of(&plan.base.source)?;
        let name = session.name();
        let key = match session {
            Session::IdentityCenter(..) => shown_url(session.key()),
            Session::AwsSignIn(_) => shown("login_session", session.key()),
        };
        let key = Some(key.into_owned());
        match &plan.base.source {
            BaseSource::Sso(sso) => {
                Some(Self { name, key, file: sources.sso_token_file(&sso.session), kind: Kind::IdentityCenter })
            }
            BaseSource::Login(login) => {
                Some(Self { name, key, file: sources.login_token_file(login), kind: Kind::AwsSignIn })
            }
            _ => None,
        }
    }
}

/// Also sign-ins that no profile uses any more, and damaged files. Registrations of clients are kept.
fn all(sources: &Sources<'_>, plans: &[CredentialPlan]) -> Vec<SignIn> {
    let is_token = |file: &TokenFile| match file.read() {
        Ok(fields) => fields.is_some_and(|fields| fields.contains_key("accessToken")),
        Err(_) => true,
    };
    let kinds = [(Kind::IdentityCenter, sources.sso_cache), (Kind::AwsSignIn, sources.login_cache)];
    let files = kinds.into_iter().flat_map(|(kind, directory)| {
        TokenFile::all(directory).into_iter().filter(is_token).map(move |file| (kind, file))
    });
    let known: Vec<_> = plans.iter().filter_map(|plan| SignIn::of(plan, sources)).collect();
    files
        .map(|(kind, file)| {
            if let Some(known) = known.iter().find(|known| known.file.path() == file.path()) {
                return SignIn { name: known.name.clone(), key: known.key.clone(), file, kind };
            }
            let fields = file.read().ok().flatten().unwrap_or_default();
            let key = text(&fields, "startUrl").map(|url| shown_url(url).into_owned());
            let name = match &key {
                Some(start_url) => format!("IAM Identity Center at {start_url}"),
                None => format!("the session in {}", file.path().display()),
            };
            SignIn { name, key, file, kind }
        })
        .collect()
}

/// `false` if there was no token. A portal that does not answer does not keep the token on this machine.
fn end(context: &Context, sources: &Sources<'_>, sign_in: &SignIn) -> Result<bool, Failure> {
    let SignIn { name, file, kind, .. } = sign_in;
    let fields = file.read().ok().flatten();
    if let Some(fields) = fields.as_ref().filter(|_| *kind == Kind::IdentityCenter) {
        end_at_portal(context, sources, name, fields);
    }
    file.remove_locked(sources.store).map_err(|error| {
        Failure::new(CACHE, format!("cannot delete {}: {error}", file.path().display()))
            .hint("make the directory writable, or delete the file")
    })
}

fn end_at_portal(context: &Context, sources: &Sources<'_>, name: &str, fields: &TokenFields) {
    let now = Clock::System.now();
    let Some(ends) = timestamp(fields, "expiresAt").filter(|ends| *ends > now) else { return };
    let Some((token, region)) = text(fields, "accessToken").zip(text(fields, "region")) else { return };
    if is_region(region)
        && let Err(error) = sources.sso_logout(&Secret::from(token), region)
    {
        let left = left_until(ends, now);
        context.warn(|| format!("the token of {name} is deleted here, but still valid at AWS ({left}): {error}"));
    }
}

fn is_from(plan: &CredentialPlan, sources: &Sources<'_>, sign_in: &SignIn) -> bool {
    SignIn::of(plan, sources).is_some_and(|other| other.file.path() == sign_in.file.path())
}

/// The sessions that were assumed with the sign-in, and those of the AWS CLI.
fn remove_sessions(context: &Context, store: &Store, plans: &[&CredentialPlan]) -> Result<(), Failure> {
    let goes = |outer: &str, inner: &str, entry: &str| {
        let session = CachedEntry::read(entry);
        is_session_like(entry) && plans.iter().any(|plan| is_of_plan(plan, outer, inner, session.as_ref()))
    };
    if !plans.is_empty() {
        store.remove(&goes, true).map_err(|error| {
            Failure::new(CACHE, format!("cannot delete the cached sessions: {error}"))
                .hint(format!("delete the file: {}", store.path().display()))
        })?;
    }
    for plan in plans {
        if let BaseSource::Sso(sso) = &plan.base.source {
            let _ = std::fs::remove_file(context.paths.home.join(".aws/cli/cache").join(aws_cli_file(sso)));
        }
    }
    Ok(())
}

/// The hash of botocore's sorted JSON without blanks.
fn aws_cli_file(sso: &SsoBase) -> String {
    let (key, value) = match &sso.session.name {
        Some(name) => ("sessionName", &name.value),
        None => ("startUrl", &sso.session.start_url.value),
    };
    let key = json!({"accountId": sso.account_id.value, "roleName": sso.role_name.value, key: value});
    sha1_hex(key.to_string()) + ".json"
}
