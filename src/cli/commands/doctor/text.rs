//! The doctor's report for people: a matrix of 80 columns that needs no colour, why not, and the findings.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::color;
use crate::core::sanitize::printable;
use crate::doctor::{FilePlace, Finding, Hit, Severity};
use crate::output::fields::wrapped;
use crate::output::table;
use crate::tools::{Sight, Tool};

/// Columns of a line.
const WIDTH: usize = 80;
/// The widest name in the matrix: five tools and the blanks between them take the rest.
const NAME: usize = 36;
/// Profiles that are told one by one.
const ROWS: usize = 24;
/// Places of one kind of finding that are told one by one.
const PLACES: usize = 3;

/// What all consumers make of one profile.
pub(crate) struct Row {
    pub(crate) name: String,
    /// In the order of [`Tool::ALL`].
    pub(crate) sights: [Sight; 5],
}

/// The whole report. `is_asked`: the profiles were named one by one, and so all are shown one by one. `has_color`: the
/// severities are coloured.
pub(crate) fn render(rows: &[Row], findings: &[Finding], is_asked: bool, has_color: bool) -> String {
    let mut text = String::new();
    if rows.is_empty() {
        text.push_str("no profiles\n");
    } else {
        text.push_str(&matrix(rows, is_asked));
        text.push_str(&why_not(rows));
    }
    text.push_str(&list(findings, has_color));
    text.push('\n');
    text.push_str(&summary(findings, rows.len()));
    text
}

fn matrix(rows: &[Row], is_asked: bool) -> String {
    let cells = |sights: &[Sight; 5]| {
        sights.each_ref().map(|sight| match sight {
            Sight { visible: true, resolvable: true, .. } => "yes",
            Sight { visible: true, .. } => "seen",
            _ => "no",
        })
    };
    let mut lines: Vec<(Vec<&str>, [&str; 5])> = Vec::new();
    let is_long = rows.len() > ROWS && !is_asked;
    for row in rows {
        let cells = cells(&row.sights);
        match lines.iter_mut().find(|(_, known)| is_long && *known == cells) {
            Some((names, _)) => names.push(&row.name),
            None => lines.push((vec![&row.name], cells)),
        }
    }
    let line = |(names, cells): (Vec<&str>, [&str; 5])| {
        let name = match names.as_slice() {
            [name] => shortened(name, NAME),
            [first, ..] => {
                let more = format!(" and {} more", names.len() - 1);
                format!("{}{more}", shortened(first, NAME - more.len()))
            }
            [] => String::new(),
        };
        let [amplify, aws_cli, js, rust, go] = cells.map(str::to_owned);
        [name, amplify, aws_cli, js, rust, go]
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    let mut text = table::render(["PROFILE", "AMPLIFY", "AWS CLI", "JS SDK", "RUST SDK", "GO SDK"], &lines);
    text.push_str("\nyes: can use it   seen: sees it and cannot use it   no: does not see it\n");
    text
}

/// The name in at most `width` columns, without its middle where it is longer.
fn shortened(name: &str, width: usize) -> String {
    let name = printable(name);
    if name.width() <= width {
        return name;
    }
    let fit = |chars: &mut dyn Iterator<Item = char>, mut room: usize| {
        let mut kept = String::new();
        for char in chars {
            let columns = char.width().unwrap_or(0);
            if columns > room {
                break;
            }
            room -= columns;
            kept.push(char);
        }
        kept
    };
    let end: String = fit(&mut name.chars().rev(), width / 3).chars().rev().collect();
    let start = fit(&mut name.chars(), width - 1 - end.width());
    format!("{start}\u{2026}{end}")
}

/// Each reason once, with the profiles that it keeps a tool from.
fn why_not(rows: &[Row]) -> String {
    let mut text = String::new();
    for (index, consumer) in Tool::ALL.into_iter().enumerate() {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for row in rows {
            let Some(reason) = &row.sights[index].reason else { continue };
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, names)) => names.push(&row.name),
                None => reasons.push((reason, vec![&row.name])),
            }
        }
        if reasons.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{}", consumer.name());
        let hidden = reasons.len().saturating_sub(ROWS);
        for (reason, names) in reasons.iter().take(ROWS) {
            indented(&mut text, &format!("{}: {reason}", some(names)), 2, 4);
        }
        if hidden > 0 {
            indented(&mut text, &format!("and {hidden} more reasons; --json has them"), 2, 4);
        }
    }
    text
}

/// The first few names and how many more there are.
fn some(names: &[&str]) -> String {
    let shown = names.iter().take(PLACES).map(|name| shortened(name, NAME)).collect::<Vec<_>>().join(", ");
    format!("{shown}{}", and_more(names.len().saturating_sub(PLACES)))
}

fn and_more(number: usize) -> String {
    if number == 0 { String::new() } else { format!(" and {number} more") }
}

fn list(findings: &[Finding], has_color: bool) -> String {
    let mut text = String::new();
    for group in findings.chunk_by(|a, b| a.check.code == b.check.code) {
        let Some(Finding { check, .. }) = group.first() else { continue };
        text.push('\n');
        let (start, severity) = (text.len(), check.severity.name());
        indented(&mut text, &format!("{severity} {}: {}", check.code, check.about), 0, 2);
        if has_color {
            text.replace_range(start..start + severity.len(), &color::of(check.severity, severity));
        }
        let mut alike: Vec<(&str, Vec<&Hit>)> = Vec::new();
        for Finding { hit, .. } in group {
            match alike.iter().position(|(message, _)| *message == hit.message) {
                Some(known) => alike[known].1.push(hit),
                None if alike.len() == PLACES => {}
                None => alike.push((&hit.message, vec![hit])),
            }
        }
        for (message, hits) in &alike {
            match hits.as_slice() {
                [hit] => indented(&mut text, &with_place(hit, message), 2, 4),
                hits => {
                    indented(&mut text, message, 2, 4);
                    let places: Vec<_> = hits.iter().take(PLACES).map(|hit| place(hit)).collect();
                    let more = and_more(hits.len().saturating_sub(PLACES));
                    indented(&mut text, &format!("{}{more}", places.join(", ")), 4, 4);
                }
            }
        }
        let untold = group.len() - alike.iter().map(|(_, hits)| hits.len()).sum::<usize>();
        if untold > 0 {
            indented(&mut text, &format!("and {untold} more; --json has them all"), 2, 4);
        }
        // Where there are many, one shows what to do with the others.
        let mut hints: Vec<&str> = Vec::new();
        for hint in group.iter().take(PLACES).filter_map(|finding| finding.hit.hint.as_deref()) {
            if !hints.contains(&hint) && (hints.is_empty() || group.len() <= PLACES) {
                hints.push(hint);
            }
        }
        for hint in hints {
            indented(&mut text, &format!("hint: {hint}"), 2, 8);
        }
    }
    text
}

fn with_place(hit: &Hit, message: &str) -> String {
    let place = place(hit);
    if place.is_empty() { message.to_owned() } else { format!("{place}: {message}") }
}

/// Line and profile; a file as a whole is named by the message.
fn place(hit: &Hit) -> String {
    let line = hit.at.as_ref().filter(|at| at.line.is_some()).map(FilePlace::shown);
    line.into_iter().chain(hit.profile.clone()).collect::<Vec<_>>().join(" ")
}

/// Adds `line` within the width, its first line indented by `first`, the others by `rest`.
fn indented(text: &mut String, line: &str, first: usize, rest: usize) {
    for (index, part) in wrapped(&printable(line), WIDTH - rest.max(first)).into_iter().enumerate() {
        let indent = if index == 0 { first } else { rest };
        let _ = writeln!(text, "{:indent$}{part}", "");
    }
}

fn summary(findings: &[Finding], profiles: usize) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.check.severity == severity).count();
    let of = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    format!(
        "{}, {}, {} in {}\n",
        of(count(Severity::Error), "error"),
        of(count(Severity::Warning), "warning"),
        of(count(Severity::Info), "note"),
        of(profiles, "profile"),
    )
}
