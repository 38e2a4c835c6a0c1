use serde_json::{Value, json};

use crate::core::masking::{masked_message, shown_url};
use crate::core::origin::{Located, Origin};
use crate::output::fields::Fields;
use crate::plan::endpoint::{Endpoint, EndpointKind};
use crate::profile::value_form::shown;

pub(crate) fn located(found: &Located<String>) -> Value {
    json!({"value": masked_message(&found.value), "from": place(&found.from)})
}

pub(crate) fn sts_json(sts: &Endpoint) -> Value {
    json!({"endpoint": shown_url(&sts.url.value), "signing_region": shown("region", &sts.signing_region.value)})
}

pub(crate) fn add_located(fields: &mut Fields, label: &str, found: Option<&Located<String>>) {
    if let Some(Located { value, from }) = found {
        fields.add(label, &masked_message(value), &from.to_string());
    }
}

/// `FILE:LINE` with the absolute path, `$VARIABLE`, `--flag` or `default`.
pub(crate) fn place(from: &Origin) -> String {
    match from {
        Origin::File(at) => format!("{}:{}", at.file.path.display(), at.line),
        other => other.to_string(),
    }
}

pub(crate) fn sts_fields(fields: &mut Fields, sts: &Endpoint, from: impl Fn(&Origin) -> String) {
    let Endpoint { url, kind, signing_region } = sts;
    let reason = match (kind, &url.from) {
        (EndpointKind::Regional, Origin::Default) => "the region's default".to_owned(),
        (_, named) => named.to_string(),
    };
    fields.add("sts", &shown_url(&url.value), &reason);
    let reason = match &signing_region.from {
        Origin::Default => "the partition's default, because no region is set".to_owned(),
        named => from(named),
    };
    fields.add("sts region", &shown("region", &signing_region.value), &reason);
}
