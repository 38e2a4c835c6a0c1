#[cfg(unix)]
mod offered;

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::cache::store::Store;
use crate::cli::args::List;
use crate::cli::color::Color;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::{note, write_stdout};
use crate::cli::profile_rows::{ProfileRow, ProfileRows, account, shown_line, sign_in_session};
use crate::cli::screen::Screen;
use crate::cli::selection;
use crate::core::clock::Timestamp;
use crate::core::masking::masked;
use crate::core::sanitize::{escaped_json, printable};
use crate::doctor::picker;
use crate::os::env;
use crate::output::table;
use crate::output::table::{Cell, Fit, Layout};
use crate::plan::build;
use crate::plan::kind::ProfileKind;
use crate::profile::Profile;
use crate::profile::value_form::{shown, shown_header, shown_json, shown_name, shown_unless_secret};
use crate::tools::Views;

/// Until the table fits the terminal.
const NARROWER: [Fit; 9] = [
    Fit::CutMiddle(3, 16),
    Fit::CutMiddle(6, 12),
    Fit::CutMiddle(0, 24),
    Fit::Drop(4),
    Fit::Drop(6),
    Fit::CutMiddle(3, 8),
    Fit::CutMiddle(0, 12),
    Fit::Drop(1),
    Fit::Drop(5),
];

pub(crate) fn run(context: &Context, options: &List) -> Result<(), Failure> {
    #[cfg(unix)]
    if let Some(socket) = &context.broker {
        return offered::run(context, socket, options);
    }
    let set = context.profiles()?;
    let profiles = set.all();
    let snapshot = Store::new(&context.paths.cache_dir).read();
    let inputs = context.inputs()?;
    let rows = ProfileRows::new(context, &set, &inputs, &snapshot);
    // An unreadable project must not prevent the list, even with --env.
    let bounded = selection::bounded(context).unwrap_or_default();
    if options.json {
        let views = Views::from_files(context.files());
        let has_sign_ins = profiles.iter().any(|profile| sign_in_session(profile, None).is_some());
        // One profile at a time: a tree of all profiles takes many times the memory of the text.
        let mut text = vec![b'['];
        for profile in &profiles {
            if text.len() > 1 {
                text.push(b',');
            }
            let mut object = json_of(profile, &views, rows.session_end(profile), rows.now(), options);
            let may_sign_in =
                has_sign_ins && [ProfileKind::Role, ProfileKind::Wrapper].contains(&ProfileKind::of(profile));
            let plan = may_sign_in.then(|| build::build(&set, &profile.name, &inputs).ok()).flatten();
            object["sign_in"] = json!(rows.sign_in(profile, plan.as_ref()).map(|status| status.json()));
            if let Some((_, boundary)) = bounded.as_ref().filter(|(bounded, _)| *bounded == profile.name) {
                object["boundary"] = json!(boundary.value);
            }
            text.extend_from_slice(escaped_json(object.to_string()).as_bytes());
        }
        text.extend_from_slice(b"]\n");
        return write_stdout(&text);
    }
    if profiles.is_empty() {
        let [config, credentials] = set.shown_files();
        note(context, "create the first profile: amplify-creds setup");
        return write_stdout(format!("no profiles in {config} and {credentials}\n").as_bytes());
    }
    if profiles.iter().any(|profile| ProfileKind::of(profile) == ProfileKind::Wrapper) {
        let views = Views::from_files(context.files());
        let has_plan = |name: &str| build::build(&set, name, &inputs).is_ok();
        let choices = picker::amplify_choices(&views, &profiles, env::executable().as_deref(), &has_plan);
        if let Some(line) = picker::picker_line(&choices) {
            note(context, &line);
        }
    }
    let mut rows: Vec<_> = profiles.iter().map(|profile| row(profile, &rows.row(profile))).collect();
    let active = selection::active(context);
    if set.get(&active).is_some() {
        for (row, profile) in rows.iter_mut().zip(&profiles) {
            row[0].insert_str(0, if profile.name == active { "* " } else { "  " });
        }
    }
    let header = ["PROFILE", "KIND", "ACCOUNT", "ROLE", "REGION", "MFA", "SOURCE", "SESSION"];
    let Screen { width, painter } = Screen::of(context);
    let paint = |cell: Cell<'_>| match cell {
        Cell { row: None, text, .. } => painter.paint(Color::Bold, text).into_owned(),
        Cell { column: 0, text, .. } if text.starts_with("* ") => painter.paint(Color::Green, text).into_owned(),
        Cell { text, .. } => text.to_owned(),
    };
    let mut text = table::render_with(header, &rows, &Layout { width, fit: &NARROWER, paint: &paint });
    if let Some((profile, boundary)) = bounded {
        let line = format!("the Amplify environment of {} has the boundary {}", masked(&profile), boundary.value);
        let _ = writeln!(text, "\n{}", printable(&line));
    }
    write_stdout(text.as_bytes())
}

fn row(profile: &Profile<'_>, row: &ProfileRow) -> [String; 8] {
    let value = |key| shown_line(profile, key).unwrap_or_default().into_owned();
    [
        masked(&profile.name).into_owned(),
        ProfileKind::of(profile).name().to_owned(),
        row.account.clone(),
        row.role.clone(),
        value("region"),
        if row.has_mfa { "yes".to_owned() } else { String::new() },
        value("source_profile"),
        row.session.clone(),
    ]
}

fn json_of(profile: &Profile<'_>, views: &Views<'_>, ends: Option<Timestamp>, now: Timestamp, options: &List) -> Value {
    let value = |key| shown_line(profile, key);
    let visible = views.iter().map(|view| (view.tool.key().to_owned(), view.sees(&profile.name).into()));
    let headers: Vec<_> = profile
        .parts()
        .iter()
        .rev()
        .flat_map(|part| {
            let file = part.source.path.display().to_string();
            part.headers
                .iter()
                .map(move |(line, header)| json!({"file": file, "line": line, "header": shown_header(header)}))
        })
        .collect();
    let mut object = json!({
        "name": masked(&profile.name),
        "kind": ProfileKind::of(profile).name(),
        "region": value("region"),
        "role_arn": value("role_arn"),
        "source_profile": value("source_profile"),
        "mfa_serial": value("mfa_serial"),
        "account_id": account(profile),
        "headers": headers,
        "visible_to": visible.collect::<Map<_, _>>(),
        "session": ends.map(|ends| json!({"expires": ends.rfc3339(), "seconds_left": ends.since(now)})),
    });
    if options.properties {
        let is_null = profile.parts().iter().any(|part| part.is_null);
        object["properties"] =
            if is_null { Value::Null } else { Value::Object(properties(profile, options.show_values)) };
    }
    object
}

fn properties(profile: &Profile<'_>, show_values: bool) -> Map<String, Value> {
    let show = if show_values { shown_unless_secret } else { shown };
    let mut all = Map::new();
    // Config first, so that credentials override it per key, and a later line overrides an earlier one.
    for part in profile.parts().iter().rev() {
        let file = part.source.path.display().to_string();
        for property in &part.properties {
            let name = shown_name(&property.key);
            let value = match &property.typed {
                Some(typed) => shown_json(&name, typed, show),
                None => json!(show(&name, &property.value)),
            };
            all.insert(name.into_owned(), json!({"value": value, "file": file, "line": property.line}));
        }
    }
    all
}
