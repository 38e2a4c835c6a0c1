//! Runs every edit on every file of the vectors, and on generated files. Other lines keep every byte, and no dialect
//! sees another change.

use std::collections::BTreeSet;
use std::ops::Range;

use amplify_creds::profile_file::document::{EditError, ProfileDocument};
use amplify_creds::profile_file::lines::lines;
use amplify_creds::profile_file::npm_ini::{AmplifyProfile, Object, Value as IniValue};
use amplify_creds::profile_file::{Content, Dialect, FileKind, Name, Property, Section, read};
use proptest::prelude::{Just, Strategy, prop, prop_oneof, proptest};
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

const DIALECTS: [Dialect; 3] = [Dialect::Auto, Dialect::Aws, Dialect::Amplify];

/// A value in one dialect: its section, key, value and line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    section: String,
    key: String,
    value: String,
    line: usize,
}

/// Everything that a dialect reads in a text; `None` if it rejects the file.
fn seen(dialect: Dialect, kind: FileKind, text: &str) -> Option<Vec<Seen>> {
    match read(dialect, kind, text).ok()? {
        Content::Sections(reading) => {
            let values = reading.sections.iter().flat_map(|section| {
                section.properties().into_iter().map(move |property| Seen {
                    section: section.header.to_owned(),
                    key: property.key.to_ascii_lowercase(),
                    value: property.value.into_owned(),
                    line: property.line as usize,
                })
            });
            Some(values.collect())
        }
        Content::Amplify(file) => {
            let mut all = Vec::new();
            flatten(file.sections(), "", &mut all);
            Some(all)
        }
    }
}

fn flatten(object: Object<'_>, section: &str, all: &mut Vec<Seen>) {
    for entry in object.entries() {
        match entry.value {
            IniValue::Object(inner) => flatten(inner, &format!("{section}/{}", entry.key), all),
            value => all.push(Seen {
                section: section.to_owned(),
                key: entry.key.to_ascii_lowercase(),
                value: value.text().map_or_else(|| serde_json::to_string(&value).unwrap(), str::to_owned),
                line: entry.line as usize,
            }),
        }
    }
}

/// The lines that an edit changed, counted from 0.
#[derive(Debug, Default)]
struct Change {
    deleted: Vec<usize>,
    inserted: Vec<usize>,
}

/// Compares two texts line by line. Common lines are equal except for the line end that a last line gets if another
/// line follows.
#[track_caller]
fn change(before: &str, after: &str) -> Change {
    let whole = |text: &str| -> Vec<(String, String)> {
        lines(text).map(|line| (line.text.to_owned(), line.terminator.to_owned())).collect()
    };
    let (old, new) = (whole(before), whole(after));
    let mut change = Change::default();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if !matches!(op, DiffOp::Equal { .. }) {
            change.deleted.extend::<Range<usize>>(op.old_range());
            change.inserted.extend::<Range<usize>>(op.new_range());
        }
    }
    // A line that is or was the last one may have no line end.
    let same = |was: usize, is: usize| old[was].0 == new[is].0 && (old[was].1.is_empty() || new[is].1.is_empty());
    let pair = |was: &usize| change.inserted.iter().find(|is| same(*was, **is)).map(|is| (*was, *is));
    if let Some((was, is)) = change.deleted.iter().find_map(pair) {
        change.deleted.retain(|at| *at != was);
        change.inserted.retain(|at| *at != is);
    }
    let ends = |text: &str| text.is_empty() || text.ends_with('\n');
    let last_is_blank = lines(after).last().is_none_or(|last| last.text.is_empty());
    assert!(ends(before) == ends(after) || last_is_blank, "the last line end: {before:?} -> {after:?}");
    assert_eq!(before.starts_with('\u{feff}'), after.starts_with('\u{feff}'), "{before:?} -> {after:?}");
    change
}

/// The values of a dialect without those on the changed lines and without values of the changed keys: those may have
/// hidden others, or hide them now.
fn rest(seen: &[Seen], changed: &[usize], keys: &BTreeSet<String>) -> Vec<Seen> {
    let is_rest = |seen: &&Seen| !changed.contains(&(seen.line - 1)) && !keys.contains(&seen.key);
    let mut rest: Vec<_> = seen.iter().filter(is_rest).cloned().collect();
    for seen in &mut rest {
        seen.line = 0;
    }
    rest.sort();
    rest
}

/// Checks an edit: the lines it may delete, those it may insert, and the values that each dialect then reads there.
#[track_caller]
fn hold(kind: FileKind, before: &str, after: &str, deletes: &[String], inserts: &[String], dialects: &[Dialect]) {
    let change = change(before, after);
    let text = |of: &str, at: usize| lines(of).nth(at).unwrap().text.to_owned();
    for at in &change.deleted {
        let line = text(before, *at);
        assert!(deletes.contains(&line), "{line:?} is gone: {before:?} -> {after:?}");
    }
    for at in &change.inserted {
        let line = text(after, *at);
        assert!(inserts.contains(&line), "{line:?} is new: {before:?} -> {after:?}");
    }
    for dialect in dialects {
        let Some(was) = seen(*dialect, kind, before) else { continue };
        let is = seen(*dialect, kind, after).unwrap_or_else(|| panic!("{dialect:?} rejects {after:?}"));
        let on = |seen: &[Seen], lines: &[usize]| -> BTreeSet<String> {
            seen.iter().filter(|seen| lines.contains(&(seen.line - 1))).map(|seen| seen.key.clone()).collect()
        };
        let mut keys: BTreeSet<_> = on(&was, &change.deleted).union(&on(&is, &change.inserted)).cloned().collect();
        // npm ini stores the value of `k[] = v` under `k`, together with values of other lines.
        let texts = change.deleted.iter().map(|at| text(before, *at));
        let texts = texts.chain(change.inserted.iter().map(|at| text(after, *at)));
        keys.extend(texts.map(|line| line.split(['=', '[']).next().unwrap().trim().to_ascii_lowercase()));
        assert_eq!(
            rest(&was, &change.deleted, &keys),
            rest(&is, &change.inserted, &keys),
            "{dialect:?} sees something else change: {before:?} -> {after:?}"
        );
    }
}

/// Checks that each dialect reads exactly this value in the profile.
#[track_caller]
fn has(kind: FileKind, text: &str, name: &str, key: &str, value: &str) {
    for dialect in DIALECTS {
        let found: Vec<_> = match read(dialect, kind, text) {
            Err(_) => continue,
            Ok(Content::Sections(reading)) => {
                let is_it = |found: &Name<'_>| matches!(found, Name::Profile(found, _) if found == name);
                let sections = reading.sections.iter().filter(|section| is_it(&section.name));
                let all = sections.flat_map(Section::properties);
                all.map(|property| (property.key.into_owned(), property.value.into_owned())).collect()
            }
            Ok(Content::Amplify(file)) => {
                let profiles = file.profiles(kind);
                let all = profiles.lookup(name).into_iter().flat_map(AmplifyProfile::properties);
                all.map(|entry| (entry.key.into_owned(), entry.value.text().unwrap().to_owned())).collect()
            }
        };
        assert_eq!(found, [(key.to_owned(), value.to_owned())], "{dialect:?}: {name} in {text:?}");
    }
}

/// Runs every edit at every place of a text. Returns the numbers of successful and rejected edits.
fn all_edits(kind: FileKind, text: &str) -> (usize, usize) {
    let (mut made, mut refused) = (0, 0);
    let mut tried = |edit: &dyn Fn(&mut ProfileDocument) -> Result<(), EditError>| {
        let mut document = ProfileDocument::new(kind, text);
        let outcome = edit(&mut document);
        assert!(outcome.is_ok() || document.text() == text, "a refused edit changed {text:?}");
        *if outcome.is_ok() { &mut made } else { &mut refused } += 1;
        outcome.is_ok().then(|| document.text().to_owned())
    };
    let all = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();

    let header = if kind == FileKind::Config { "[profile zz-new]" } else { "[zz-new]" };
    if let Some(after) = tried(&|file| file.add_profile("zz-new", &[("zz_key", "a value")], &[])) {
        hold(kind, text, &after, &[], &all(&["", header, "zz_key = a value"]), &DIALECTS);
        has(kind, &after, "zz-new", "zz_key", "a value");
    }
    let document = ProfileDocument::new(kind, text);
    let count = lines(text).count();
    for (number, section) in document.sections().iter().enumerate() {
        let line = section.line;
        let properties = section.properties();
        let own = |property: &Property<'_>| -> Vec<String> {
            // The edit may also replace the lines that continue the value. Their number is not checked.
            let at = property.line as usize - 1;
            let last = if property.value.contains('\n') { count } else { at + 1 };
            lines(text).skip(at).take(last - at).map(|line| line.text.to_owned()).collect()
        };
        if let Some(after) = tried(&|file| file.set(line, "zz_key", "zz value")) {
            hold(kind, text, &after, &[], &all(&["zz_key = zz value"]), &DIALECTS);
        }
        for property in &properties {
            let deletes: Vec<_> = properties.iter().filter(|other| other.key == property.key).flat_map(own).collect();
            if let Some(after) = tried(&|file| file.set(line, &property.key, "zz value")) {
                let change = change(text, &after);
                let new = change.inserted.iter().map(|at| lines(&after).nth(*at).unwrap().text.to_owned());
                let new: Vec<_> = new.collect();
                let sets = new.iter().filter(|line| line.ends_with("zz value")).count();
                let comments = new.iter().filter(|line| line.starts_with(['#', ';'])).count();
                assert!(sets == 1 && sets + comments == new.len(), "{text:?} -> {after:?}");
                hold(kind, text, &after, &deletes, &new, &DIALECTS);
            }
        }
        // If a section is removed, values that npm ini moved because of its dots are also removed, and a key of the
        // same name before all sections reappears.
        let is_plain = !text.contains(['.', '\\', '\r']) && text.starts_with('[');
        let dialects = if is_plain { &DIALECTS[..] } else { &DIALECTS[..2] };
        let sections = |text: &str| -> Vec<(String, Vec<(String, String)>)> {
            let pair = |property: Property<'_>| (property.key.into_owned(), property.value.into_owned());
            let of = |section: Section<'_>| {
                (section.header.to_owned(), section.properties().into_iter().map(pair).collect())
            };
            ProfileDocument::new(kind, text).sections().into_iter().map(of).collect()
        };
        let with_header = |header: String| {
            let mut sections = sections(text);
            sections[number].0 = header;
            sections
        };
        if let Some(after) = tried(&|file| file.rename_profile(line, "zz-new")) {
            let change = change(text, &after);
            let texts = change.inserted.iter().map(|at| lines(&after).nth(*at).unwrap().text.to_owned());
            for new in texts {
                let is_comment = new.trim_start_matches('\u{feff}').starts_with(['#', ';']);
                assert!(is_comment || new.trim_start_matches('\u{feff}') == header, "{new:?} is new: {text:?}");
            }
            assert_eq!(change.deleted, [line as usize - 1], "{text:?} -> {after:?}");
            assert_eq!(sections(&after), with_header(header.to_owned()), "{text:?} -> {after:?}");
        }
        if let Some(after) = tried(&|file| file.tidy_header(line)) {
            let deleted = change(text, &after).deleted;
            assert!(deleted.is_empty() || deleted == [line as usize - 1], "{text:?} -> {after:?}");
            assert_eq!(sections(&after), with_header(format!("[{}]", section.literal_name())), "{text:?} -> {after:?}");
        }
        if let Some(after) = tried(&|file| file.remove_section(line)) {
            let deletes: Vec<_> = lines(text).skip(line as usize - 1).map(|line| line.text.to_owned()).collect();
            // A deleted line that is also before the section leaves open which of the two a comparison finds.
            let is_ambiguous =
                lines(text).take(line as usize - 1).any(|before| deletes.contains(&before.text.to_owned()));
            if !is_ambiguous {
                hold(kind, text, &after, &deletes, &[], dialects);
            }
        }
    }
    (made, refused)
}

#[test]
fn edits_of_vector_files_change_only_their_lines() {
    let mut texts = Vec::new();
    let rows: Vec<Value> = serde_json::from_str(include_str!("vectors/npm-ini.json")).unwrap();
    for row in &rows {
        let kind = if row["file"] == "config" { FileKind::Config } else { FileKind::Credentials };
        texts.push((kind, row["input"].as_str().unwrap().to_owned()));
    }
    let rows: Vec<Value> = serde_json::from_str(include_str!("vectors/sdk-parser.json")).unwrap();
    for row in &rows {
        for (kind, name) in [(FileKind::Config, "config"), (FileKind::Credentials, "credentials")] {
            texts.extend(row["input"][name].as_str().map(|text| (kind, text.to_owned())));
        }
    }
    let (mut made, mut refused) = (0, 0);
    for (kind, text) in &texts {
        for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end_matches('\n').to_owned()] {
            let (edits, refusals) = all_edits(*kind, &text);
            made += edits;
            refused += refusals;
        }
    }
    println!("{} files, {made} edits, {refused} refused", texts.len() * 3);
    assert!(texts.len() > 300 && made > 6_000 && refused < made / 2, "{made} edits, {refused} refused");
}

/// Lines that users and tools write, in any order.
fn files() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "\\[(profile )?[abp.]{1,3}\\]( ?[#;] c| |\\]|)",
        " ?\\[profile [ab]\\]",
        "[abK]{1,2} ?[=:][ ab#;=:\"'\u{a0}]{0,6}",
        "\u{a0}{0,2}([ab] ?= ?[ab\u{a0}]|# c|\\[profile a\\])",
        "  [ab] = [ab]",
        "[#;] [a-c=]{0,3}",
        " # c",
        "",
        "junk",
        "\\[a",
        "k\\[\\] = v",
    ];
    let end = prop_oneof![Just("\n"), Just("\n"), Just("\n"), Just("\r\n"), Just("\r"), Just("")];
    let lines = prop::collection::vec((line, end), 0..12);
    (prop::bool::weighted(0.1), lines).prop_map(|(mark, lines)| {
        let text: String = lines.into_iter().map(|(line, end)| line + end).collect();
        if mark { format!("\u{feff}{text}") } else { text }
    })
}

proptest! {
    #[test]
    fn edits_of_generated_files_change_only_their_lines(text in files()) {
        all_edits(FileKind::Config, &text);
        all_edits(FileKind::Credentials, &text);
    }
}
