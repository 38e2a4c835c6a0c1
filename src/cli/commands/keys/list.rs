use serde_json::{Value, json};

use crate::access_keys::{AccessKeyRecord, AccessKeyRecords, Rotation, RotationStep};
use crate::cli::color::Color;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::screen::Screen;
use crate::core::clock::{Clock, Timestamp};
use crate::core::masking::masked;
use crate::core::sanitize::printable;
use crate::core::shell_word::shell_word;
use crate::output::table::{self, Cell, Fit, Layout};
use crate::profile::ProfileSet;

use super::sources::uses_store;

const HEADER: [&str; 5] = ["PROFILE", "KEY", "ACCOUNT", "USER", "AGE"];
const DAY: i64 = 86_400;
const NARROWER: [Fit; 5] =
    [Fit::CutMiddle(3, 16), Fit::CutMiddle(0, 16), Fit::Drop(2), Fit::CutMiddle(3, 8), Fit::CutMiddle(0, 8)];

pub(super) fn run(context: &Context, json: bool) -> Result<(), Failure> {
    let records = AccessKeyRecords::load(&context.paths.cache_dir)?;
    let now = Clock::System.now();
    if json {
        let all: Vec<_> = records.iter().map(|(profile, record)| json_of(profile, record, now)).collect();
        return write_json(&Value::Array(all));
    }
    let rows: Vec<_> = records.iter().map(|(profile, record)| row(profile, record, now)).collect();
    let set = context.profiles()?;
    let names = set.names();
    let unrecorded = names.iter().filter(|name| uses_store(&set, name) && records.get(name).is_none());
    let Screen { width, painter } = Screen::of(context);
    let paint = |cell: Cell<'_>| match cell {
        Cell { row: None, text, .. } => painter.paint(Color::Bold, text).into_owned(),
        Cell { text, .. } => text.to_owned(),
    };
    let layout = Layout { width, fit: &NARROWER, paint: &paint };
    let config = context.config();
    let mut notes: Vec<_> =
        records.iter().filter_map(|(profile, record)| note_of(profile, record, &set, &config)).collect();
    // Its record was lost, or its key was never stored.
    notes.extend(unrecorded.map(|name| {
        let (shown, word) = (masked(name), shell_word(name));
        format!("{shown}: the key is not known yet; to read it from the key store: amplify-creds whoami {word}")
    }));
    if rows.is_empty() && notes.is_empty() {
        return write_stdout(b"no stored keys; to store one: amplify-creds keys import PROFILE, or keys add PROFILE\n");
    }
    let mut text = if rows.is_empty() { String::new() } else { table::render_with(HEADER, &rows, &layout) + "\n" };
    if notes.is_empty() {
        text.pop();
    }
    for note in &notes {
        text.push_str(&(printable(note) + "\n"));
    }
    write_stdout(text.as_bytes())
}

fn row(profile: &str, record: &AccessKeyRecord, now: Timestamp) -> [String; 5] {
    let AccessKeyRecord { access_key_id, account_id, user_arn, created_at, stored_at, .. } = record;
    let days = |text: &String| Timestamp::parse(text).map(|at| days(now.since(at)));
    let age = match created_at {
        Some(created) => days(created),
        None => days(stored_at).map(|days| format!("stored {days} ago")),
    };
    [
        masked(profile).into_owned(),
        access_key_id.clone(),
        account_id.clone().unwrap_or_default(),
        user_arn.as_deref().map(user_name).unwrap_or_default().to_owned(),
        age.unwrap_or_default(),
    ]
}

/// `devcorpuser` or `root`.
fn user_name(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

fn days(seconds: i64) -> String {
    match seconds.max(0) / DAY {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

fn note_of(profile: &str, record: &AccessKeyRecord, set: &ProfileSet<'_>, config: &str) -> Option<String> {
    let (shown, word) = (masked(profile), shell_word(profile));
    if let Some(Rotation { next, .. }) = &record.rotation {
        let option = if *next == RotationStep::Delete { " --finish" } else { "" };
        return Some(format!(
            "{shown}: a rotation is in progress; to continue: amplify-creds keys rotate {word}{option}"
        ));
    }
    if let Some(other) = record.config.as_ref().filter(|other| *other != config) {
        return Some(format!("{shown}: the profile is in another config file, {other}"));
    }
    let problem = if set.get(profile).is_none() { "does not exist" } else { "does not use the key store" };
    let is_used = uses_store(set, profile);
    (!is_used).then(|| format!("{shown}: the profile {problem}; to delete the key: amplify-creds keys remove {word}"))
}

fn json_of(profile: &str, record: &AccessKeyRecord, now: Timestamp) -> Value {
    let AccessKeyRecord { access_key_id, account_id, user_arn, created_at, stored_at, config: _, rotation } = record;
    let age = created_at.as_deref().and_then(Timestamp::parse).map(|created| now.since(created));
    let rotation = rotation.as_ref().map(|Rotation { started_at, old_key_id, new_key_id, next, deactivated_at: _ }| {
        json!({"old_key_id": old_key_id, "new_key_id": new_key_id, "next": next, "started_at": started_at})
    });
    json!({
        "profile": masked(profile),
        "access_key_id": access_key_id,
        "account_id": account_id,
        "user_arn": user_arn,
        "created_at": created_at,
        "stored_at": stored_at,
        "age_seconds": age,
        "rotation": rotation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    fn record() -> AccessKeyRecord {
        AccessKeyRecord {
            access_key_id: "AKIA1".to_owned(),
            account_id: Some("111111111111".to_owned()),
            user_arn: Some("arn:aws:iam::111111111111:user/team/dev".to_owned()),
            created_at: None,
            stored_at: "2026-01-01T00:00:00Z".to_owned(),
            config: None,
            rotation: None,
        }
    }

    #[test]
    fn age_is_that_of_the_key_or_of_the_item() {
        let now = Timestamp::parse("2026-01-11T00:00:00Z").unwrap();
        let known = AccessKeyRecord { created_at: Some("2025-01-11T00:00:00Z".to_owned()), ..record() };
        let today = AccessKeyRecord { stored_at: "2026-01-10T23:00:00Z".to_owned(), user_arn: None, ..record() };
        for (record, user, age, seconds) in [
            (record(), "dev", "stored 10 days ago", Value::Null),
            (known, "dev", "365 days", json!(365 * DAY)),
            (today, "", "stored less than a day ago", Value::Null),
        ] {
            assert_eq!(row("p", &record, now), ["p", "AKIA1", "111111111111", user, age]);
            assert_eq!(json_of("p", &record, now)["age_seconds"], seconds);
        }
        assert_eq!(user_name("arn:aws:iam::111111111111:root"), "root");
    }

    #[test]
    fn rotation_and_unused_keys_are_noted() {
        let own = "[profile p]\ncredential_process = amplify-creds process p\n";
        let rotating = |next| AccessKeyRecord {
            rotation: Some(Rotation {
                started_at: String::new(),
                old_key_id: "AKIA1".to_owned(),
                new_key_id: None,
                next,
                deactivated_at: None,
            }),
            ..record()
        };
        for (config, record, expected) in [
            (own, record(), None),
            ("", record(), Some("p: the profile does not exist; to delete the key: amplify-creds keys remove p")),
            (
                "[profile p]\n",
                record(),
                Some("p: the profile does not use the key store; to delete the key: amplify-creds keys remove p"),
            ),
            (
                own,
                rotating(RotationStep::Verify),
                Some("p: a rotation is in progress; to continue: amplify-creds keys rotate p"),
            ),
            (
                own,
                rotating(RotationStep::Delete),
                Some("p: a rotation is in progress; to continue: amplify-creds keys rotate p --finish"),
            ),
        ] {
            let files = Files::from_text(config, "");
            let set = files.profiles(Dialect::Auto).unwrap();
            assert_eq!(note_of("p", &record, &set, "/config").as_deref(), expected);
        }
    }
}
