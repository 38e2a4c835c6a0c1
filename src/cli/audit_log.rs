use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::audit::log::{AuditLog, RotationError};
use crate::audit::record::{GrantSource, Record};
use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::wrapper_name::wrapper_name;
use crate::core::clock::{Clock, Timestamp};
use crate::core::credentials::Credentials;
use crate::core::digest::sha256_hex;
use crate::core::origin::SourceFile;
use crate::core::shell_word::shell_word;
use crate::os::env;
use crate::os::fs::is_full;
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
    session: &SessionArgs,
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
    let record = record_of(context, plan, session, credentials, source);
    match log.append(&record) {
        Ok(None) => {}
        Ok(Some(RotationError { length, error })) => {
            static IS_REPORTED: AtomicBool = AtomicBool::new(false);
            if !IS_REPORTED.swap(true, Ordering::Relaxed) {
                let size = length >> 20;
                print_message(&format!("amplify-creds: cannot rotate the audit log {shown} ({size} MiB): {error}"));
                print_message(&format!("hint: run: ls -la {}", word(log.directory())));
            }
        }
        Err(error) => {
            print_message(&format!("amplify-creds: cannot write the audit log {shown}: {error}"));
            print_message(&format!("hint: {}", hint(&log, &error)));
        }
    }
    Ok(())
}

/// The command that shows why the log cannot be used.
pub(crate) fn hint(log: &AuditLog, error: &io::Error) -> String {
    match error {
        error if is_full(error) => format!("free space; see: df -h {}", word(log.directory())),
        _ => format!("run: ls -ld {}", word(log.path())),
    }
}

fn word(path: &Path) -> String {
    shell_word(&path.to_string_lossy()).into_owned()
}

fn record_of(
    context: &Context,
    plan: &CredentialPlan,
    session: &SessionArgs,
    credentials: &Credentials,
    source: GrantSource,
) -> Record {
    let profile = plan.profile_in_files();
    // Only `process` is the command of a wrapper.
    let is_process = context.verb == "process";
    let wrapper = profile.filter(|_| is_process).and_then(|profile| wrapper_name(context, profile, session));
    let (role_arn, session_name) = match (plan.hops.last(), &plan.base.source) {
        (Some(hop), _) => (Some(&hop.role_arn), Some(&hop.session_name)),
        (None, BaseSource::WebIdentity(web)) => (Some(&web.role_arn), Some(&web.session_name)),
        (None, _) => (None, None),
    };
    Record {
        time: Clock::System.now().rfc3339(),
        profile: profile.map(str::to_owned),
        wrapper: wrapper.filter(|wrapper| profile != Some(wrapper)),
        command: context.verb.to_owned(),
        role_arn: role_arn.map(|arn| arn.value.as_str().to_owned()),
        session_name: session_name.map(|name| name.value.clone()),
        policies: plan.hops.last().map_or_else(Vec::new, |hop| policies(&hop.extras)),
        source: if is_plain_key(plan) { GrantSource::Keys } else { source },
        access_key_id: credentials.access_key_id.clone(),
        expires: credentials.expiration.map(Timestamp::rfc3339),
        by: context.asker.by().to_owned(),
        pid: context.asker.pid(),
        processes: context.asker.processes(),
    }
}

/// Whether the command hands out access keys as they are, without a call.
fn is_plain_key(plan: &CredentialPlan) -> bool {
    let source = &plan.base.source;
    plan.steps().next().is_none()
        && matches!(source, BaseSource::Static(_) | BaseSource::Environment(_) | BaseSource::KeyStore(_))
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
