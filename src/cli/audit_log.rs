use crate::audit::asker::Asker;
use crate::audit::log::AuditLog;
use crate::audit::record::{GrantSource, Record};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::digest::sha256_hex;
use crate::core::origin::SourceFile;
use crate::os::env;
use crate::os::paths::Paths;
use crate::output::print_message;
use crate::plan::session::{Policy, SessionExtras};
use crate::plan::{BaseSource, CredentialPlan};

/// Hexadecimal digits of the hash of an inline policy.
const POLICY_HASH: usize = 16;

pub(crate) fn is_on(context: &Context) -> Result<bool, Failure> {
    let Some(found) = context.setting(env::AMPLIFY_CREDS_AUDIT_LOG, "audit_log") else { return Ok(false) };
    match found.value.to_ascii_lowercase().as_str() {
        "off" => Ok(false),
        "on" => Ok(true),
        _ => Err(Failure::new(CONFIG, format!("invalid audit_log in {}", found.from))
            .at(&found.from, None)
            .hint("expected on or off")),
    }
}

/// The log, and its path as messages show it.
pub(crate) fn log(context: &Context) -> Option<(AuditLog, String)> {
    let log = AuditLog::in_dir(Paths::audit_dir()?);
    let shown = SourceFile::new(log.path().to_owned(), &context.paths.home).shown.clone();
    Some((log, shown))
}

/// If the log is on, records that the command hands out the credentials. They are also handed out if the log cannot be
/// written. The warning ignores `--quiet`, because a gap in the log would otherwise be unknown.
pub(crate) fn record(
    context: &Context,
    plan: &CredentialPlan,
    credentials: &Credentials,
    source: GrantSource,
) -> Result<(), Failure> {
    if !is_on(context)? {
        return Ok(());
    }
    let Some((log, shown)) = log(context) else {
        print_message("amplify-creds: cannot write the audit log: the system has no directory for it");
        return Ok(());
    };
    let record = record_of(plan, credentials, source, context.verb, context.asker, Clock::System.now());
    if let Err(error) = log.append(&record) {
        print_message(&format!("amplify-creds: cannot write the audit log {shown}: {error}"));
    }
    Ok(())
}

fn record_of(
    plan: &CredentialPlan,
    credentials: &Credentials,
    source: GrantSource,
    command: &str,
    asker: Asker,
    now: Timestamp,
) -> Record {
    let (role_arn, session_name) = match (plan.hops.last(), &plan.base.source) {
        (Some(hop), _) => (Some(&hop.role_arn), Some(&hop.session_name)),
        (None, BaseSource::WebIdentity(web)) => (Some(&web.role_arn), Some(&web.session_name)),
        (None, _) => (None, None),
    };
    Record {
        time: now.rfc3339(),
        profile: plan.profile_in_files().map(str::to_owned),
        command: command.to_owned(),
        role_arn: role_arn.map(|arn| arn.value.as_str().to_owned()),
        session_name: session_name.map(|name| name.value.clone()),
        policies: plan.hops.last().map_or_else(Vec::new, |hop| policies(&hop.extras)),
        source,
        access_key_id: credentials.access_key_id.clone(),
        expires: credentials.expiration.map(Timestamp::rfc3339),
        by: asker.by().to_owned(),
        pid: asker.pid(),
        processes: asker.processes(),
    }
}

fn policies(extras: &SessionExtras) -> Vec<String> {
    let arns = extras.policy_arns.iter().map(|arn| arn.value.clone());
    let inline = extras.policy.as_ref().map(|policy| match &policy.value {
        Policy::Text(text) => format!("inline:{}", &sha256_hex(text)[..POLICY_HASH]),
        // Completed after planning, so it has been read.
        Policy::File(_) => "inline".to_owned(),
    });
    // First, because a record has a limited number of policies.
    inline.into_iter().chain(arns).collect()
}
