//! How `explain` shows where a chain begins: the base's kind, and what of it decides whose credentials they are.

use serde_json::{Value, json};

use crate::core::origin::Located;
use crate::output::fields::Fields;
use crate::plan::sources::{ContainerBase, ImdsBase, LoginBase, SsoBase, WebIdentityBase};
use crate::plan::{Base, BaseSource};

use super::located::{place, sts_fields, sts_json};

/// The contract's `type`, `profile` and `from`, and beside them what the kind has.
pub(crate) fn json_of(base: &Base) -> Value {
    let Base { profile, source } = base;
    let mut object = json!({"type": source.kind(), "profile": profile, "from": place(source.origin())});
    let more = match source {
        BaseSource::Static(_) | BaseSource::Environment(_) | BaseSource::Process(_) => json!({}),
        BaseSource::Imds(ImdsBase { service, .. }) => json!({"endpoint": service.url()}),
        BaseSource::Container(ContainerBase { service, .. }) => {
            json!({"uri": service.uri.as_ref().map(|uri| &uri.value)})
        }
        BaseSource::Sso(SsoBase { session, start_url, region, account_id, role_name }) => json!({
            "sso_session": session.as_ref().map(|session| &session.value),
            "start_url": start_url.value,
            "region": region.value,
            "account_id": account_id.value,
            "role_name": role_name.value,
        }),
        BaseSource::WebIdentity(web) => {
            let WebIdentityBase { token_file, role_arn, session_name, duration, sts, machine: _ } = web;
            json!({
                "role_arn": role_arn.value.as_str(),
                "session_name": session_name.value,
                "token_file": token_file.value.display().to_string(),
                "duration_seconds": duration.seconds,
                "sts": sts_json(sts),
            })
        }
        BaseSource::Login(LoginBase { session, region: _ }) => json!({"login_session": session.value}),
    };
    if let (Value::Object(object), Value::Object(mut more)) = (&mut object, more) {
        object.append(&mut more);
    }
    object
}

/// The same for people.
pub(crate) fn add(fields: &mut Fields, base: &Base) {
    let from = base.source.origin().to_string();
    let located = |fields: &mut Fields, label: &str, found: &Located<String>| {
        fields.add(label, &found.value, &found.from.to_string());
    };
    match &base.source {
        BaseSource::Static(keys) => fields.add("keys", &keys.access_key_id, &from),
        BaseSource::Environment(keys) => fields.add("keys", &keys.access_key_id, "the environment"),
        BaseSource::Process(_) => fields.add("program", "credential_process, run when needed", &from),
        BaseSource::Imds(ImdsBase { service, .. }) => {
            fields.add("instance", "the role of this EC2 instance", &from);
            let named_by = service.endpoint.as_ref().map_or_else(|| "AWS's own".to_owned(), |url| url.from.to_string());
            fields.add("endpoint", service.url(), &named_by);
        }
        BaseSource::Container(ContainerBase { service, .. }) => {
            fields.add("container", "the role of this container", &from);
            match &service.uri {
                Some(uri) => located(fields, "uri", uri),
                None => fields.add("uri", "none: this is no such container", ""),
            }
        }
        BaseSource::Sso(SsoBase { session, start_url, region, account_id, role_name }) => {
            located(fields, "sso role", role_name);
            located(fields, "account", account_id);
            if let Some(session) = session {
                located(fields, "sso session", session);
            }
            located(fields, "start url", start_url);
            located(fields, "sso region", region);
        }
        BaseSource::WebIdentity(web) => {
            fields.add("role_arn", web.role_arn.value.as_str(), &web.role_arn.from.to_string());
            located(fields, "session_name", &web.session_name);
            fields.add("token file", &web.token_file.value.display().to_string(), &from);
            sts_fields(fields, &web.sts, ToString::to_string);
        }
        BaseSource::Login(login) => fields.add("login", &login.session.value, &from),
    }
}
