use std::collections::VecDeque;

use crate::audit::log::{Records, SkippedFile};
use crate::audit::record::{Record, shown_name};
use crate::cli::args::Audit;
use crate::cli::audit_log::{hint, is_on, log};
use crate::cli::color::Color;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, FILE, Failure};
use crate::cli::output::{note, write_stdout};
use crate::cli::screen::Screen;
use crate::core::clock::{Clock, Timestamp};
use crate::core::origin::SourceFile;
use crate::core::sanitize::escaped_json;
use crate::output::table::{Cell, Fit, Layout, render_with};

const HEADER: [&str; 6] = ["TIME", "PROFILE", "COMMAND", "ROLE", "SOURCE", "PROCESSES"];

const NARROWER: [Fit; 7] = [
    Fit::CutEnd(5, 24),
    Fit::CutMiddle(3, 20),
    Fit::CutMiddle(1, 20),
    Fit::Drop(4),
    Fit::CutEnd(5, 12),
    Fit::CutMiddle(3, 8),
    Fit::CutMiddle(1, 8),
];

/// Records of the table. Its columns are as wide as the longest text in them. The files have about as many records.
const MOST_ROWS: usize = 20_000;

/// Bytes that are collected before they are printed.
const CHUNK: usize = 1 << 16;

struct Filter {
    since: Option<Timestamp>,
    /// As records have it.
    profile: Option<String>,
}

impl Filter {
    fn matches(&self, record: &Record) -> bool {
        let is_recent = |since| record.at().is_some_and(|at| at >= since);
        self.since.is_none_or(is_recent)
            && self.profile.as_ref().is_none_or(|name| {
                [&record.profile, &record.wrapper].into_iter().any(|found| found.as_ref() == Some(name))
            })
    }
}

pub(crate) fn run(context: &Context, options: &Audit) -> Result<(), Failure> {
    let (log, shown) = log(context)
        .ok_or_else(|| Failure::new(CONFIG, "no audit log: the system has no directory for state or data"))?;
    if !is_on(context)? {
        let settings = context.paths.settings.clone().map(|path| SourceFile::new(path, &context.paths.home));
        let file = settings.map_or_else(|| "config.ini".to_owned(), |file| file.shown.clone());
        note(context, &format!("the audit log is off; to turn it on: add the line audit_log = on to {file}"));
    }
    let since = options.since.map(|seconds| Clock::System.now().plus(-i64::try_from(seconds).unwrap_or(i64::MAX)));
    let filter = Filter { since, profile: context.command_line_profile().map(shown_name) };
    let mut records = log.read().map_err(|error| {
        Failure::new(FILE, format!("cannot read the audit log {shown}: {error}")).hint(hint(&log, &error))
    })?;
    for SkippedFile { path, error } in records.skipped() {
        let file = SourceFile::new(path.clone(), &context.paths.home);
        note(context, &format!("skipped {}: {error}", file.shown));
    }
    let outcome = if options.json {
        print_json(&mut records, &filter)
    } else {
        print_table(context, &mut records, &filter, &shown)
    };
    match records.damaged() {
        0 => {}
        1 => note(context, "skipped a damaged line of the audit log"),
        many => note(context, &format!("skipped {many} damaged lines of the audit log")),
    }
    outcome
}

/// One record at a time, so that the memory does not depend on the size of the log.
fn print_json(records: &mut Records, filter: &Filter) -> Result<(), Failure> {
    let mut text = "[".to_owned();
    let mut is_first = true;
    for record in records.filter(|record| filter.matches(record)) {
        if !is_first {
            text.push(',');
        }
        is_first = false;
        text.push_str(&escaped_json(serde_json::to_string(&record).unwrap_or_default()));
        if text.len() >= CHUNK {
            write_stdout(text.as_bytes())?;
            text.clear();
        }
    }
    text.push_str("]\n");
    write_stdout(text.as_bytes())
}

fn print_table(context: &Context, records: &mut Records, filter: &Filter, shown: &str) -> Result<(), Failure> {
    let mut rows = VecDeque::new();
    let mut left_out = 0;
    for record in records.filter(|record| filter.matches(record)) {
        if rows.len() == MOST_ROWS {
            rows.pop_front();
            left_out += 1;
        }
        rows.push_back(row(&record));
    }
    if rows.is_empty() {
        let matching = if filter.since.is_some() || filter.profile.is_some() { "matching " } else { "" };
        return write_stdout(format!("no {matching}records in {shown}\n").as_bytes());
    }
    if left_out > 0 {
        note(context, &format!("{left_out} older records are not shown; to print all: amplify-creds audit --json"));
    }
    let Screen { width, painter } = Screen::of(context);
    let paint = |Cell { row, text, .. }: Cell<'_>| match row {
        None => painter.paint(Color::Bold, text).into_owned(),
        Some(_) => text.to_owned(),
    };
    let layout = Layout { width, fit: &NARROWER, paint: &paint };
    write_stdout(render_with(HEADER, rows.make_contiguous(), &layout).as_bytes())
}

fn row(record: &Record) -> [String; 6] {
    let time = record.at().map_or_else(|| record.time.clone(), Timestamp::rfc3339);
    let role = record.role_arn.as_deref().unwrap_or_default();
    let processes = record.processes.join(", ");
    [
        time.replace('T', " ").replace('Z', " UTC"),
        record.wrapper.clone().or_else(|| record.profile.clone()).unwrap_or_default(),
        record.command.clone(),
        role.split_once(":role/").map_or(role, |(_, name)| name).to_owned(),
        record.source.name().to_owned(),
        match record.by.as_str() {
            "socket" if processes.is_empty() => "by socket".to_owned(),
            "socket" => format!("by socket: {processes}"),
            _ => processes,
        },
    ]
}
