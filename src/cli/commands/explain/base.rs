use serde_json::{Value, json};

use crate::cli::sign_in_status::SignInStatus;
use crate::core::masking::{masked, masked_message, shown_url};
use crate::key_store::{KeyStore, KeyStoreItem};
use crate::output::fields::Fields;
use crate::plan::sources::{ContainerBase, ImdsBase, LoginBase, SsoBase, SsoSession, WebIdentityBase};
use crate::plan::{Base, BaseSource};
use crate::profile::value_form::shown;

use super::located::{add_located, place, sts_fields, sts_json};

pub(crate) fn json_of(base: &Base, sign_in: Option<&SignInStatus>) -> Value {
    let Base { profile, source } = base;
    let mut object = json!({"type": source.kind(), "profile": masked(profile), "from": place(source.origin())});
    let more = match source {
        BaseSource::Static(_) | BaseSource::Environment(_) | BaseSource::Process(_) | BaseSource::Missing(_) => {
            json!({})
        }
        BaseSource::Imds(ImdsBase { service, .. }) => json!({"endpoint": shown_url(service.url())}),
        BaseSource::Container(ContainerBase { service, .. }) => {
            json!({"uri": service.uri.as_ref().map(|uri| shown_url(&uri.value))})
        }
        BaseSource::Sso(SsoBase {
            session: SsoSession { name, start_url, region, .. }, account_id, role_name, ..
        }) => json!({
            "sso_session": name.as_ref().map(|name| masked(&name.value)),
            "start_url": shown_url(&start_url.value),
            "region": shown("region", &region.value),
            "account_id": shown("sso_account_id", &account_id.value),
            "role_name": masked(&role_name.value),
        }),
        BaseSource::WebIdentity(web) => {
            let WebIdentityBase { token_file, role_arn, session_name, duration, sts, machine: _, subject: _ } = web;
            json!({
                "role_arn": role_arn.value.as_str(),
                "session_name": masked(&session_name.value),
                "token_file": token_file.value.display().to_string(),
                "duration_seconds": duration.seconds,
                "sts": sts_json(sts),
            })
        }
        BaseSource::KeyStore(key_store) => json!({
            "store": KeyStore::name(),
            "item": masked(&KeyStoreItem::AccessKey(key_store.profile.clone()).name()),
            "access_key_id": key_store.access_key_id.as_ref().map(|id| shown("aws_access_key_id", id)),
        }),
        BaseSource::Login(LoginBase { session, .. }) => {
            json!({"login_session": shown("login_session", &session.value)})
        }
    };
    if let (Value::Object(object), Value::Object(mut more)) = (&mut object, more) {
        object.append(&mut more);
    }
    if let Some(sign_in) = sign_in {
        object["sign_in"] = sign_in.json();
    }
    object
}

pub(crate) fn add(fields: &mut Fields, base: &Base, sign_in: Option<&SignInStatus>) {
    let from = base.source.origin().to_string();
    match &base.source {
        BaseSource::Static(keys) => fields.add("keys", &shown("aws_access_key_id", &keys.access_key_id), &from),
        BaseSource::Environment(keys) => {
            fields.add("keys", &shown("aws_access_key_id", &keys.access_key_id), "the environment");
        }
        BaseSource::Missing(_) => fields.add("keys", "none yet", &from),
        BaseSource::Process(_) => fields.add("program", "credential_process, run when needed", &from),
        BaseSource::Imds(ImdsBase { service, .. }) => {
            fields.add("instance", "the role of this EC2 instance", &from);
            let named_by =
                service.endpoint.as_ref().map_or_else(|| "AWS default".to_owned(), |url| url.from.to_string());
            fields.add("endpoint", &shown_url(service.url()), &named_by);
        }
        BaseSource::Container(ContainerBase { service, .. }) => {
            fields.add("container", "the role of this container", &from);
            match &service.uri {
                Some(uri) => fields.add("uri", &shown_url(&uri.value), &uri.from.to_string()),
                None => fields.add("uri", "none: this is not a container with a role", ""),
            }
        }
        BaseSource::Sso(SsoBase { session, account_id, role_name, .. }) => {
            let SsoSession { name, start_url, region, .. } = session;
            add_located(fields, "sso role", Some(role_name));
            add_located(fields, "account", Some(account_id));
            add_located(fields, "sso session", name.as_ref());
            fields.add("start url", &shown_url(&start_url.value), &start_url.from.to_string());
            add_located(fields, "sso region", Some(region));
        }
        BaseSource::WebIdentity(web) => {
            fields.add("role_arn", web.role_arn.value.as_str(), &web.role_arn.from.to_string());
            add_located(fields, "session_name", Some(&web.session_name));
            fields.add("token file", &web.token_file.value.display().to_string(), &from);
            sts_fields(fields, &web.sts, ToString::to_string);
        }
        BaseSource::KeyStore(key_store) => {
            let key = key_store.access_key_id.as_ref().map(|id| shown("aws_access_key_id", id));
            fields.add("key", &key.unwrap_or("not recorded yet".into()), &from);
            let item = KeyStoreItem::AccessKey(key_store.profile.clone()).name();
            fields.add("key store", &format!("{} in the {}", masked(&item), KeyStore::name()), "");
        }
        BaseSource::Login(login) => fields.add("login", &shown("login_session", &login.session.value), &from),
    }
    if let Some(sign_in) = sign_in {
        let (state, emphasis) = sign_in.text(&base.profile);
        fields.add_emphasized("sign-in", &masked_message(&state), emphasis);
    }
}
