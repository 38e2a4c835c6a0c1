use crate::core::clock::Timestamp;
use crate::iam::{AccessKeyMetadata, LastUse};

/// `last_use` is `None` if IAM does not permit the look-up.
pub(super) fn key_text(key: &AccessKeyMetadata, last_use: Option<&LastUse>) -> String {
    let AccessKeyMetadata { id, is_active, created } = key;
    let status = if *is_active { "active" } else { "inactive" };
    let created = created.map(|at| format!(", created {}", day(at))).unwrap_or_default();
    format!("{id}: {status}{created}, {}", last_use_text(last_use))
}

pub(super) fn last_use_text(last_use: Option<&LastUse>) -> String {
    match last_use {
        None => "last use unknown".to_owned(),
        Some(LastUse::Never) => "never used".to_owned(),
        Some(LastUse::At { time, service, region }) => {
            format!("last used {} ({service}, {region})", time.rfc3339())
        }
    }
}

fn day(at: Timestamp) -> String {
    at.rfc3339().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_described() {
        let key = |is_active, created| AccessKeyMetadata { id: "AKIA1".to_owned(), is_active, created };
        let used =
            LastUse::At { time: Timestamp(1_767_323_045), service: "s3".to_owned(), region: "eu-west-1".to_owned() };
        let at = Some(Timestamp(1_767_323_045));
        for (key, last_use, expected) in [
            (key(true, at), Some(LastUse::Never), "AKIA1: active, created 2026-01-02, never used"),
            (key(false, None), None, "AKIA1: inactive, last use unknown"),
            (key(false, None), Some(used), "AKIA1: inactive, last used 2026-01-02T03:04:05Z (s3, eu-west-1)"),
        ] {
            assert_eq!(key_text(&key, last_use.as_ref()), expected);
        }
    }
}
