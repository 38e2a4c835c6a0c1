//! Owns `list`: every profile on a line, or all that is known of each as JSON.

use serde_json::{Map, Value, json};

use crate::output::table;
use crate::plan::kind::Kind;
use crate::plan::limits::RoleArn;
use crate::profile::Profile;
use crate::profile::keys::is_secret;

use super::args::List;
use super::context::Context;
use super::failure::Failure;
use super::put;

pub(super) fn run(context: &Context, options: &List) -> Result<(), Failure> {
    let set = context.profiles()?;
    let profiles = set.all();
    if options.json {
        let all: Vec<_> = profiles.iter().map(|profile| json_of(profile, options.properties)).collect();
        return put(format!("{}\n", Value::Array(all)).as_bytes());
    }
    if profiles.is_empty() {
        let [config, credentials] = set.shown_files();
        return put(format!("no profiles in {config} and {credentials}\n").as_bytes());
    }
    let rows: Vec<_> = profiles.iter().map(row).collect();
    put(table::render(["PROFILE", "KIND", "ACCOUNT", "ROLE", "REGION", "MFA", "SOURCE"], &rows).as_bytes())
}

fn row(profile: &Profile<'_>) -> [String; 7] {
    let value = |key| profile.get(key).map_or("", |found| found.value).to_owned();
    let role = role(profile);
    let role_name = role.as_ref().and_then(|arn| arn.as_str().split_once(":role/")).map_or("", |(_, name)| name);
    let mfa = if profile.get("mfa_serial").is_some() { "yes" } else { "" };
    [
        profile.name.clone(),
        Kind::of(profile).name().to_owned(),
        account(profile).unwrap_or_default(),
        role_name.to_owned(),
        value("region"),
        mfa.to_owned(),
        value("source_profile"),
    ]
}

/// The contract of design.md section 2: every key always there, `null` where unknown.
fn json_of(profile: &Profile<'_>, with_properties: bool) -> Value {
    let value = |key| profile.get(key).map(|found| found.value);
    let headers: Vec<_> = profile
        .parts()
        .iter()
        .rev()
        .flat_map(|part| {
            let file = part.source.path.display().to_string();
            part.headers.iter().map(move |(line, header)| json!({"file": file, "line": line, "header": header}))
        })
        .collect();
    let mut object = json!({
        "name": profile.name,
        "kind": Kind::of(profile).name(),
        "region": value("region"),
        "role_arn": value("role_arn"),
        "source_profile": value("source_profile"),
        "mfa_serial": value("mfa_serial"),
        "account_id": account(profile),
        "headers": headers,
        "visible_to": {"amplify": null, "aws_cli": null, "sdk_js": null, "sdk_rust": null, "sdk_go": null},
        "session": null,
    });
    if with_properties {
        let is_null = profile.parts().iter().any(|part| part.is_null);
        object["properties"] = if is_null { Value::Null } else { Value::Object(properties(profile)) };
    }
    object
}

fn properties(profile: &Profile<'_>) -> Map<String, Value> {
    let mut all = Map::new();
    // Config first, so that credentials override it per key, and the last of a key the ones before.
    for part in profile.parts().iter().rev() {
        let file = part.source.path.display().to_string();
        for property in &part.properties {
            let value = match &property.typed {
                _ if is_secret(&property.key) => json!("****"),
                Some(typed) => typed.clone(),
                None => json!(property.value),
            };
            all.insert(property.key.to_string(), json!({"value": value, "file": file, "line": property.line}));
        }
    }
    all
}

fn role(profile: &Profile<'_>) -> Option<RoleArn> {
    RoleArn::parse(profile.get("role_arn")?.value)
}

fn account(profile: &Profile<'_>) -> Option<String> {
    let of_role = role(profile).map(|arn| arn.account().to_owned());
    let stated = || profile.get("sso_account_id").or_else(|| profile.get("aws_account_id"));
    of_role.or_else(|| stated().map(|found| found.value.to_owned()))
}
