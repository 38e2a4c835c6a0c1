use std::fmt::Write as _;

use crate::cli::color::Color;
use crate::cli::screen::Screen;
use crate::core::sanitize::printable;
use crate::doctor::{FilePlace, Finding, Hit, Severity};
use crate::output::fields::wrapped;
use crate::output::table;
use crate::output::table::{Cell, Fit, Layout, cut_middle};
use crate::tools::{Tool, Visibility};

const LINE_WIDTH: usize = 80;
/// In columns. Five tools and the blanks between them fill the line.
const NAME_WIDTH: usize = 36;
const MAX_ROWS: usize = 24;
/// Locations of one kind of finding that are shown one by one.
const MAX_PLACES: usize = 3;

pub(crate) struct VisibilityRow {
    pub(crate) name: String,
    /// In the order of [`Tool::ALL`].
    pub(crate) visibilities: [Visibility; 5],
}

/// Profiles from the command line (`is_asked`) are not grouped.
pub(crate) fn render(rows: &[VisibilityRow], findings: &[Finding], is_asked: bool, screen: Screen) -> String {
    let visibility = if rows.is_empty() {
        "no profiles in the config and credentials files; to create one: amplify-creds setup\n".to_owned()
    } else {
        matrix(rows, is_asked, screen) + &why_not(rows, screen)
    };
    format!("{visibility}{}\n{}", list(findings, screen), summary(findings, rows.len()))
}

fn matrix(rows: &[VisibilityRow], is_asked: bool, screen: Screen) -> String {
    let cells = |visibilities: &[Visibility; 5]| {
        visibilities.each_ref().map(|visibility| match visibility {
            Visibility { visible: true, resolvable: true, .. } => "yes",
            Visibility { visible: true, .. } => "listed",
            _ => "no",
        })
    };
    let mut lines: Vec<(Vec<&str>, [&str; 5])> = Vec::new();
    let is_long = rows.len() > MAX_ROWS && !is_asked;
    for row in rows {
        let cells = cells(&row.visibilities);
        match lines.iter_mut().find(|(_, known)| is_long && *known == cells) {
            Some((names, _)) => names.push(&row.name),
            None => lines.push((vec![&row.name], cells)),
        }
    }
    let line = |(names, cells): (Vec<&str>, [&str; 5])| {
        let name = match names.as_slice() {
            [name] => shortened(name, NAME_WIDTH),
            [first, ..] => {
                let more = format!(" and {} more", names.len() - 1);
                format!("{}{more}", shortened(first, NAME_WIDTH - more.len()))
            }
            [] => String::new(),
        };
        let [amplify, aws_cli, js, rust, go] = cells.map(str::to_owned);
        [name, amplify, aws_cli, js, rust, go]
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    let paint = |cell: Cell<'_>| {
        let color = match (cell.row, cell.column, cell.text) {
            (None, ..) => Some(Color::Bold),
            (_, 0, _) => None,
            (_, _, "yes") => Some(Color::Green),
            (_, _, "no") => Some(Color::Red),
            _ => Some(Color::Yellow),
        };
        color.map_or_else(|| cell.text.to_owned(), |color| screen.painter.paint(color, cell.text).into_owned())
    };
    let header = ["PROFILE", "AMPLIFY", "AWS CLI", "JS SDK", "RUST SDK", "GO SDK"];
    let layout = Layout { width: screen.width, fit: &[Fit::CutMiddle(0, 12)], paint: &paint };
    let mut text = table::render_with(header, &lines, &layout);
    text.push_str("\nyes: works   listed: shown, but fails   no: not visible\n");
    if is_long {
        text.push_str("Equal rows are combined. For one profile: amplify-creds doctor PROFILE\n");
    }
    text
}

fn shortened(name: &str, width: usize) -> String {
    cut_middle(&printable(name), width)
}

fn why_not(rows: &[VisibilityRow], screen: Screen) -> String {
    let mut text = String::new();
    for (index, tool) in Tool::ALL.into_iter().enumerate() {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for row in rows {
            let Some(reason) = &row.visibilities[index].reason else { continue };
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, names)) => names.push(&row.name),
                None => reasons.push((reason, vec![&row.name])),
            }
        }
        if reasons.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{}", screen.painter.paint(Color::Bold, tool.name()));
        let hidden = reasons.len().saturating_sub(MAX_ROWS);
        for (reason, names) in reasons.iter().take(MAX_ROWS) {
            add_indented(&mut text, screen, &format!("{}: {reason}", first_names(names)), 2, 4);
        }
        if hidden > 0 {
            add_indented(&mut text, screen, &format!("and {hidden} more reasons; --json has them"), 2, 4);
        }
    }
    text
}

fn first_names(names: &[&str]) -> String {
    let shown = names.iter().take(MAX_PLACES).map(|name| shortened(name, NAME_WIDTH)).collect::<Vec<_>>().join(", ");
    format!("{shown}{}", and_more(names.len().saturating_sub(MAX_PLACES)))
}

fn and_more(number: usize) -> String {
    if number == 0 { String::new() } else { format!(" and {number} more") }
}

fn list(findings: &[Finding], screen: Screen) -> String {
    let mut text = String::new();
    for group in findings.chunk_by(|a, b| a.check.code == b.check.code) {
        let Some(Finding { check, .. }) = group.first() else { continue };
        text.push('\n');
        let (start, severity) = (text.len(), check.severity.name());
        add_indented(&mut text, screen, &format!("{severity} {}: {}", check.code, check.about), 0, 2);
        let painted = screen.painter.paint(Color::of(check.severity), severity);
        text.replace_range(start..start + severity.len(), &painted);
        let mut alike: Vec<(String, Vec<&Hit>)> = Vec::new();
        for Finding { hit, .. } in group {
            let own = message(hit);
            match alike.iter().position(|(message, _)| *message == own) {
                Some(known) => alike[known].1.push(hit),
                None if alike.len() == MAX_PLACES => {}
                None => alike.push((own, vec![hit])),
            }
        }
        for (index, (message, hits)) in alike.iter().enumerate() {
            match hits.as_slice() {
                [hit] if place(hit).is_empty() => add_indented(&mut text, screen, message, 2, 4),
                [hit] => add_indented(&mut text, screen, &format!("{}: {message}", place(hit)), 2, 4),
                hits => {
                    add_indented(&mut text, screen, message, 2, 4);
                    let places: Vec<_> = hits.iter().take(MAX_PLACES).map(|hit| place(hit)).collect();
                    let more = and_more(hits.len().saturating_sub(MAX_PLACES));
                    add_indented(&mut text, screen, &format!("{}{more}", places.join(", ")), 4, 4);
                }
            }
            // A hint that several findings share follows the last of them.
            let hints = hints(hits);
            if alike.get(index + 1).is_none_or(|(_, next)| self::hints(next) != hints) {
                for hint in hints {
                    let mut lines = String::new();
                    add_indented(&mut lines, screen, &format!("hint: {hint}"), 4, 10);
                    text.push_str(&screen.painter.hints(&lines));
                }
            }
        }
        let hidden = group.len() - alike.iter().map(|(_, hits)| hits.len()).sum::<usize>();
        if hidden > 0 {
            add_indented(&mut text, screen, &format!("and {hidden} more; --json has them all"), 2, 4);
        }
    }
    text
}

/// If many findings have the same message, the first hint is enough for all of them.
fn hints<'f>(hits: &[&'f Hit]) -> Vec<&'f str> {
    let shown = if hits.len() <= MAX_PLACES { MAX_PLACES } else { 1 };
    let mut seen = std::collections::HashSet::new();
    let different = hits.iter().filter_map(|hit| hit.hint.as_deref()).filter(|hint| seen.insert(*hint));
    different.take(shown).collect()
}

/// Without the place, which is printed before it.
fn message(hit: &Hit) -> String {
    let at = hit.at.as_ref().filter(|at| at.line.is_some());
    at.map_or_else(|| hit.message.clone(), |at| hit.message.replace(&format!(" ({})", at.shown()), ""))
}

fn place(hit: &Hit) -> String {
    let line = hit.at.as_ref().filter(|at| at.line.is_some()).map(FilePlace::shown);
    line.into_iter().chain(hit.profile.clone()).collect::<Vec<_>>().join(" ")
}

fn add_indented(text: &mut String, screen: Screen, line: &str, first: usize, rest: usize) {
    let width = screen.width.map_or(LINE_WIDTH, |width| width.min(LINE_WIDTH));
    for (index, part) in
        wrapped(&printable(line), width.saturating_sub(rest.max(first)).max(20)).into_iter().enumerate()
    {
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
