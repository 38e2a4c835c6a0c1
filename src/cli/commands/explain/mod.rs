//! `explain` neither prompts nor uses the network.

mod base;
mod located;

use serde_json::{Value, json};

use crate::cache::entry::CachedEntry;
use crate::cache::key::CacheKey;
use crate::cache::store::Store;
use crate::cli::args::Explain;
use crate::cli::color::Painter;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::plan_inputs::session_duration;
use crate::cli::resolve_options::min_ttl;
use crate::cli::sign_in_status::{self, SignInStatus};
use crate::cli::warnings::{mfa_strategy, plan_warning};
use crate::cli::{credentials, selection};
use crate::core::clock::{Clock, Timestamp};
use crate::core::masking::{masked, masked_message};
use crate::core::origin::{Located, Origin};
use crate::output::fields::{Emphasis, Fields};
use crate::output::{left_until, near};
use crate::plan::build;
use crate::plan::inputs::Inputs;
use crate::plan::limits::{EXTERNAL_ID, MFA_SERIAL, SESSION_NAME};
use crate::plan::mfa_strategy::{Mfa, MfaAction, MfaStrategy, Step};
use crate::plan::session::{ProvidedContext, SessionExtras, Tag};
use crate::plan::{CredentialPlan, Hop};
use crate::profile::value_form::shown;
use crate::profile::{Profile, ProfileSet};
use crate::resolve::memory::Memory;
use crate::source::SignInSession;

use located::{add_located, located, place, sts_fields, sts_json};

struct CachedStep {
    step: Step,
    session: Option<CachedEntry>,
    is_valid: bool,
}

pub(crate) fn run(context: &Context, options: &Explain) -> Result<(), Failure> {
    let set = context.profiles()?;
    let inputs = Inputs { duration: session_duration(options.duration)?, ..context.inputs()? };
    let plan = credentials::plan(context, &set, &inputs)?;
    build::can_be_carried_out(&plan)?;
    let store = Store::new(&context.paths.cache_dir);
    let snapshot = store.read();
    let sessions = snapshot.sessions();
    let now = Clock::System.now();
    let is_only_profile = |key: &CacheKey| credentials::is_only_profile(context, &set, &plan, key);
    let cached = |step| {
        let session = CacheKey::of(&plan, step).and_then(|key| sessions.find(&key, &is_only_profile));
        let is_valid = session.as_ref().is_some_and(|session| session.lease.seconds_left(now) > 0);
        CachedStep { step, session, is_valid }
    };
    let cached: Vec<_> = plan.steps().map(cached).collect();
    let boundary = selection::boundary(context, plan.profile_in_files())?;
    let mut warnings: Vec<_> = plan.warnings.iter().map(plan_warning).collect();
    let min_ttl = min_ttl(context, &plan, options.min_ttl)?;
    warnings.extend(min_ttl.and_then(|min_ttl| min_ttl_warning(&min_ttl, &plan)));
    let session = SignInSession::of(&plan.base.source).map(|session| session.value);
    let sign_in = session.map(|session| SignInStatus::new(&sign_in_status::states(context, now), session, now));
    if options.json {
        return write_json(&json_of(&plan, sign_in.as_ref(), &cached, boundary.as_ref(), &warnings));
    }
    let action = plan.mfa.as_ref().map(|mfa| {
        let valid = cached.iter().find(|cached| cached.step == Step::Mfa && cached.is_valid);
        let key_id = valid.and_then(|valid| Some(valid.session.as_ref()?.access_key_id.as_str()));
        let memory = Memory::of(store.notes(), &plan);
        let known = memory.map(|memory| memory.known(&plan, key_id, now));
        mfa.action(known.unwrap_or_default(), !plan.hops.is_empty())
    });
    let mut fields = fields(&plan, sign_in.as_ref(), &cached, action.as_ref(), &set, now, &warnings);
    if boundary.is_some() {
        fields.heading("Amplify project");
        add_located(&mut fields, "boundary", boundary.as_ref());
    }
    write_stdout(Painter::stdout(context).fields(fields).as_bytes())
}

/// Resolution limits `min_ttl`, in seconds, to a quarter of the session's duration.
fn min_ttl_warning(Located { value, from }: &Located<u64>, plan: &CredentialPlan) -> Option<String> {
    let leaf = plan.hops.last()?.duration.seconds;
    let most = u64::from(leaf) / 4;
    let rule = format!("more than a quarter of the session's {leaf} s, so the session is renewed with {most} s left");
    (*value > most).then(|| format!("min_ttl is {value} s ({from}), {rule}"))
}

fn json_of(
    plan: &CredentialPlan,
    sign_in: Option<&SignInStatus>,
    cached: &[CachedStep],
    boundary: Option<&Located<String>>,
    warnings: &[String],
) -> Value {
    let hops: Vec<_> = plan.hops.iter().map(hop_json).collect();
    let cache = cached.iter().map(|CachedStep { step, session, is_valid }| {
        let hop = match step {
            Step::Mfa | Step::WebIdentity => 0,
            Step::Hop(index) => index + 1,
        };
        let state = match session {
            Some(_) if *is_valid => "valid",
            Some(_) => "expired",
            None => "absent",
        };
        let expires = session.as_ref().map(|session| session.lease.expiration.rfc3339());
        json!({"hop": hop, "state": state, "expires": expires})
    });
    json!({
        "profile": masked(&plan.profile),
        "region": {
            "value": plan.region.as_ref().map(|region| shown("region", &region.value)),
            "from": plan.region.as_ref().map(|region| place(&region.from)),
        },
        "base": base::json_of(&plan.base, sign_in),
        "mfa": plan.mfa.as_ref().map(mfa_json),
        "hops": hops,
        "cache": cache.collect::<Vec<_>>(),
        "via": plan.via.iter().map(|name| masked(name)).collect::<Vec<_>>(),
        "boundary": boundary.map(located),
        "ca_bundle": plan.ca_bundle.as_ref().map(located),
        "warnings": warnings.iter().map(|warning| masked_message(warning)).collect::<Vec<_>>(),
    })
}

fn mfa_json(mfa: &Mfa) -> Value {
    let Mfa { profile, serial, process: _, way, sts } = mfa;
    let (kind, seconds) = match way {
        MfaStrategy::Session(asked) => ("session", Some(asked.value)),
        MfaStrategy::Role(_) => ("role", None),
    };
    json!({
        "profile": masked(profile),
        "serial": shown(MFA_SERIAL.key, &serial.value),
        "from": place(&serial.from),
        "way": kind,
        "duration_seconds": seconds,
        "reason": mfa_strategy(mfa),
        "sts": sts_json(sts),
    })
}

fn hop_json(hop: &Hop) -> Value {
    let Hop { profile, role_arn, session_name, external_id, mfa_serial, duration, extras, sts } = hop;
    let value =
        |key: &str, found: &Option<Located<String>>| found.as_ref().map(|found| shown(key, &found.value).into_owned());
    let mut from = json!({
        "role_arn": place(&role_arn.from),
        "session_name": place(&session_name.from),
        "duration_seconds": place(&duration.requested.from),
        "region": place(&sts.signing_region.from),
        "endpoint": place(&sts.url.from),
    });
    for (key, found) in [("external_id", external_id), ("mfa_serial", mfa_serial)] {
        if let Some(found) = found {
            from[key] = place(&found.from).into();
        }
    }
    json!({
        "profile": masked(profile),
        "role_arn": role_arn.value.as_str(),
        "session_name": shown(SESSION_NAME.key, &session_name.value),
        "external_id": value(EXTERNAL_ID.key, external_id),
        "mfa_serial": value(MFA_SERIAL.key, mfa_serial),
        "duration_seconds": duration.seconds,
        "duration_requested": duration.requested.value,
        "policy_arns": extras.policy_arns.iter().map(|arn| arn.value.as_str()).collect::<Vec<_>>(),
        "policy": extras.policy.as_ref().map(|policy| place(&policy.from)),
        "session_tags": extras.tags.iter().map(|tag| tag_json(&tag.value)).collect::<Vec<_>>(),
        "source_identity": value("source_identity", &extras.source_identity),
        "provided_contexts": extras.contexts.iter().map(|context| context.value.provider.as_str()).collect::<Vec<_>>(),
        "sts": sts_json(sts),
        "from": from,
    })
}

fn fields(
    plan: &CredentialPlan,
    sign_in: Option<&SignInStatus>,
    cached: &[CachedStep],
    action: Option<&MfaAction>,
    set: &ProfileSet<'_>,
    now: Timestamp,
    warnings: &[String],
) -> Fields {
    let mut fields = Fields::default();
    fields.heading(&format!("profile {}", masked(&plan.profile)));
    if !plan.via.is_empty() {
        fields.add("alias", &masked(&plan.via.join(", ")), "its credential_process runs amplify-creds");
    }
    if let Some(region) = &plan.region {
        let asked_for = plan.profile_in_files().and_then(|name| set.get(name));
        fields.add(
            "region",
            &shown("region", &region.value),
            &with_overridden(asked_for.as_ref(), "region", &region.from),
        );
    }
    add_located(&mut fields, "ca_bundle", plan.ca_bundle.as_ref());
    fields.heading(&format!("base: {}", masked(&plan.base.profile)));
    base::add(&mut fields, &plan.base, sign_in);
    if let (Some(mfa), Some(action)) = (&plan.mfa, action) {
        fields.heading(&format!("mfa: {}", masked(&mfa.profile)));
        mfa_fields(&mut fields, mfa, action);
    }
    for CachedStep { step, session, is_valid } in cached {
        if let Step::Hop(index) = step {
            let hop = &plan.hops[*index];
            fields.heading(&format!("hop {}: {}", index + 1, masked(&hop.profile)));
            hop_fields(&mut fields, hop, set);
        }
        let state = match session.as_ref().map(|session| session.lease.expiration) {
            Some(at) if *is_valid => format!("valid, {}", left_until(at, now)),
            Some(at) => format!("expired at {}", near(at, now)),
            None => "no session".to_owned(),
        };
        match session {
            Some(_) if *is_valid => fields.add_emphasized("cache", &state, Emphasis::Good),
            Some(_) => fields.add_emphasized("cache", &state, Emphasis::Bad),
            None => fields.add("cache", &state, ""),
        }
    }
    if !warnings.is_empty() {
        fields.heading("warnings");
        for warning in warnings {
            fields.add("", &masked_message(warning), "");
        }
    }
    fields
}

fn tag_json(tag: &Tag) -> Value {
    let Tag { key, value, transitive } = tag;
    json!({"key": masked(key), "value": masked(value), "transitive": transitive})
}

fn extras_fields(fields: &mut Fields, extras: &SessionExtras) {
    let SessionExtras { policy_arns, policy, tags, source_identity, contexts } = extras;
    for Located { value: ProvidedContext { provider, file, assertion: _ }, from } in contexts {
        fields.add("context", &format!("{provider} from {}", file.display()), &from.to_string());
    }
    for arn in policy_arns {
        fields.add("policy_arn", &arn.value, &arn.from.to_string());
    }
    if let Some(policy) = policy {
        fields.add("policy", "limits the session", &policy.from.to_string());
    }
    for tag in tags {
        let Tag { key, value, transitive } = &tag.value;
        let goes_on = if *transitive { ", passed on to the next roles (transitive)" } else { "" };
        fields.add("tag", &format!("{}={}{goes_on}", masked(key), masked(value)), &tag.from.to_string());
    }
    add_located(fields, "source_identity", source_identity.as_ref());
}

fn mfa_fields(fields: &mut Fields, mfa: &Mfa, action: &MfaAction) {
    add_located(fields, "device", Some(&mfa.serial));
    if let Some(process) = &mfa.process {
        fields.add("mfa_process", "prints the code", &process.from.to_string());
    }
    let (code, from) = match (action, &mfa.way) {
        (MfaAction::Nothing, _) => ("not needed: the MFA session is valid".to_owned(), String::new()),
        (MfaAction::OnSession, MfaStrategy::Session(Located { value, from })) => {
            let code =
                format!("needed, for an MFA session of {value} s that works for every role of this user and device");
            (code, from.to_string())
        }
        (MfaAction::OnSession, MfaStrategy::Role(why)) | (MfaAction::OnRole(why), _) => {
            (format!("needed, for the first role only: {why}"), String::new())
        }
    };
    fields.add("code", &code, &from);
}

fn hop_fields(fields: &mut Fields, hop: &Hop, set: &ProfileSet<'_>) {
    let found = set.get(&hop.profile);
    let Hop { profile: _, role_arn, session_name, external_id, mfa_serial, duration, extras, sts } = hop;
    let from = |key: &str, from: &Origin| with_overridden(found.as_ref(), key, from);
    fields.add("role_arn", role_arn.value.as_str(), &from("role_arn", &role_arn.from));
    fields.add(
        "session_name",
        &shown(SESSION_NAME.key, &session_name.value),
        &from(SESSION_NAME.key, &session_name.from),
    );
    if let Some(id) = external_id {
        fields.add("external_id", &shown(EXTERNAL_ID.key, &id.value), &from(EXTERNAL_ID.key, &id.from));
    }
    if let Some(serial) = mfa_serial {
        fields.add("mfa_serial", &shown(MFA_SERIAL.key, &serial.value), &from(MFA_SERIAL.key, &serial.from));
    }
    let asked = &duration.requested;
    let lasts = if duration.seconds == asked.value {
        format!("{} s", asked.value)
    } else {
        format!("{} s requested, {} s sent: role chaining is limited to one hour", asked.value, duration.seconds)
    };
    fields.add("duration", &lasts, &from("duration_seconds", &asked.from));
    extras_fields(fields, extras);
    sts_fields(fields, sts, |region| from("region", region));
}

fn with_overridden(profile: Option<&Profile<'_>>, key: &str, from: &Origin) -> String {
    let overridden = profile.map(|profile| profile.overridden(key, from.location())).unwrap_or_default();
    if overridden.is_empty() {
        return from.to_string();
    }
    let lines: Vec<_> = overridden.iter().map(ToString::to_string).collect();
    format!("{from}, overrides {}", lines.join(", "))
}
