//! Checks for sections that a tool does not see, and for conflicting headers.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::doctor::facts::{Facts, FileFacts, HeaderFacts, SectionFacts};
use crate::doctor::finding::Hit;
use crate::profile_file::finding::Code;
use crate::profile_file::{FileKind, Spelling};
use crate::tools::{HeaderLine, NO_VALUES, Tool, View, is_alone, why_hidden};

const OTHER_KINDS: [&str; 4] = ["sso-session", "services", "plugins", "preview"];

const SAFE: &str = "use only letters, digits, '-' and '_' in the name";

/// Headers with an escaped dot that cancel another header's plain dot: `[profile a\.b]` next to `[profile a.b]`.
fn dotted_pairs<'f>(facts: &'f Facts<'_>) -> Vec<(&'f FileFacts<'f>, &'f SectionFacts<'f>)> {
    let mut pairs = Vec::new();
    for file in &facts.files {
        let plain: HashSet<_> = file.sections.iter().map(|section| section.inner).collect();
        let escaped = file.sections.iter().filter(|section| section.inner.contains("\\."));
        let is_pair = |section: &&SectionFacts<'_>| plain.contains(&*section.inner.replace("\\.", "."));
        pairs.extend(escaped.filter(is_pair).map(|section| (file, section)));
    }
    pairs
}

pub(super) fn dotted_pair(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |(file, section): (&FileFacts<'_>, &SectionFacts<'_>)| {
        let name = file.profile_of(section.line).unwrap_or_default();
        let plain = section.header.replace("\\.", ".");
        let message = format!("{} and {plain}: the Amplify CLI does not see {name}", section.header);
        Hit::new(name, file.at(section.line), message)
            .hint(format!("for the Amplify CLI write {}", alias(file.kind, name)))
    };
    dotted_pairs(facts).into_iter().map(hit).collect()
}

/// The second header that shows a dotted name to the Amplify CLI and changes nothing for other tools.
fn alias(kind: FileKind, name: &str) -> String {
    match kind {
        FileKind::Config => format!("[{}]", name.replace('.', "\\.")),
        FileKind::Credentials => format!("[\" {}\"]", name.replace('.', "\\\\.")),
    }
}

pub(super) fn hidden_name(facts: &Facts<'_>) -> Vec<Hit> {
    let pairs: HashSet<_> = dotted_pairs(facts)
        .into_iter()
        .filter_map(|(file, section)| Some((file.kind, file.profile_of(section.line)?)))
        .collect();
    let hit = |header: &HeaderFacts<'_>| match &header.name {
        Some(name) => hidden(facts, header, name, pairs.contains(&(header.kind, name.as_str()))),
        None => known_to_some(facts, header),
    };
    facts.headers.iter().filter_map(hit).collect()
}

/// The tools that do not see a profile's header, unless another check reports the reason.
fn hidden(facts: &Facts<'_>, header: &HeaderFacts<'_>, name: &str, is_pair: bool) -> Option<Hit> {
    let file = facts.file(header.kind);
    let line = HeaderLine { kind: header.kind, text: file.line(header.line), has_values: header.has_values };
    if file.findings.iter().any(|found| found.line == header.line && found.code == Code::TextAfterHeader) {
        return None;
    }
    let is_at_mark = header.line == 1 && line.text.starts_with('\u{feff}');
    let mut reasons: BTreeMap<usize, (String, Vec<&str>)> = BTreeMap::new();
    for (index, view) in facts.views.iter().enumerate() {
        let is_told = match view.tool {
            Tool::Amplify => is_pair || !is_alone(line.text),
            _ => is_at_mark,
        };
        if is_told || rejects(view) || view.seen(header.kind, name).is_some_and(|seen| !seen.lines.is_empty()) {
            continue;
        }
        let reason = why_hidden(view, line, &header.names[index]);
        // An empty section is not missed.
        if reason == NO_VALUES {
            continue;
        }
        match reasons.values_mut().find(|(known, _)| *known == reason) {
            Some((_, tools)) => tools.push(view.tool.name()),
            None => drop(reasons.insert(index, (reason, vec![view.tool.name()]))),
        }
    }
    let (first, _) = reasons.values().next()?;
    let hint = if first.contains("dot") {
        format!("add {} with the same keys, only for the Amplify CLI", alias(header.kind, name))
    } else if first.contains("[profile NAME]") {
        let word = name.get(..8).filter(|word| word.eq_ignore_ascii_case("profile "));
        format!("write [profile {}]", word.map_or(name, |word| name[word.len()..].trim_start()))
    } else if let Some(bare) = name.strip_prefix("profile ").filter(|_| header.kind == FileKind::Credentials) {
        format!("write [{bare}]: the credentials file uses no prefix")
    } else {
        SAFE.to_owned()
    };
    let unseen: Vec<_> = reasons.values().map(|(reason, tools)| format!("{} ({reason})", tools.join(", "))).collect();
    // Without the name, so that three hundred profiles share one message.
    let message = format!("some tools do not see the profile: {}", unseen.join("; "));
    Some(Hit::new(name, file.at(header.line), message).hint(hint))
}

/// A section that is not a profile in resolution, but is one in a tool.
fn known_to_some(facts: &Facts<'_>, header: &HeaderFacts<'_>) -> Option<Hit> {
    let file = facts.file(header.kind);
    let inner = header.text.trim_start_matches(['[', ' ', '\t']);
    let first = inner.split([' ', '\t', ']', '.']).next().unwrap_or_default();
    // The Amplify CLI lists these as profiles, but users do not mean them as such.
    if OTHER_KINDS.contains(&first) || ["default", "DEFAULT"].contains(&first) {
        return None;
    }
    let label = |(view, names): (&View<'_>, &Vec<&str>)| {
        (!names.is_empty()).then(|| format!("{} (as {})", view.tool.name(), quoted(names)))
    };
    let tools: Vec<_> = facts.views.iter().zip(&header.names).filter_map(label).collect();
    if tools.is_empty() {
        return None;
    }
    let message = format!("only these tools read {} as a profile: {}", shown(header), tools.join(", "));
    let hint = match header.kind {
        FileKind::Config => "write [profile NAME]",
        FileKind::Credentials => "write [NAME]",
    };
    let profile = header.names.iter().flatten().next().map(|name| (*name).to_owned());
    Some(Hit { profile, ..Hit::general(file.at(header.line), message).hint(hint) })
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

fn shown<'h>(header: &HeaderFacts<'h>) -> &'h str {
    header.text.rfind(']').map_or(header.text, |end| &header.text[..=end])
}

fn rejects(view: &View<'_>) -> bool {
    [FileKind::Config, FileKind::Credentials].into_iter().any(|kind| view.rejected(kind).is_some())
}

pub(super) fn same_name(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for file in &facts.files {
        let mut first: HashMap<&str, &SectionFacts<'_>> = HashMap::new();
        for section in &file.sections {
            // Of two such headers, resolution has dropped the plain one, as the SDKs do.
            let is_plain = file.kind == FileKind::Config && section.inner.trim() == "default";
            let name = match section.profile() {
                Some((name, Spelling::Aws)) => name,
                _ if is_plain => "default",
                _ => continue,
            };
            let there = *first.entry(name).or_insert(section);
            if there.inner != section.inner {
                let message = format!(
                    "{} and {} (line {}) both name {name}: the AWS CLI uses only the later one; other tools differ",
                    section.header, there.header, there.line
                );
                found.push(Hit::new(name, file.at(section.line), message).hint("merge the two sections"));
            }
        }
    }
    found
}

pub(super) fn spelling_left_out(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for file in &facts.files {
        let mut sections: HashMap<&str, (Vec<&SectionFacts<'_>>, Vec<&SectionFacts<'_>>)> = HashMap::new();
        for section in &file.sections {
            match section.profile() {
                Some((name, Spelling::Aws)) => sections.entry(name).or_default().0.push(section),
                Some((name, Spelling::Amplify)) => sections.entry(name).or_default().1.push(section),
                None => {}
            }
        }
        for (name, (used, unused)) in
            sections.into_iter().filter(|(_, (used, unused))| !used.is_empty() && !unused.is_empty())
        {
            let values = |sections: &[&SectionFacts<'_>]| -> HashMap<String, String> {
                let all = sections.iter().flat_map(|section| &section.properties);
                all.map(|property| (property.key.clone().into_owned(), property.value.clone().into_owned())).collect()
            };
            if values(&used) == values(&unused) {
                continue;
            }
            let (section, other) = (unused[0], used[0]);
            let message = format!(
                "{} and {} (line {}) have different settings, and only the Amplify CLI uses the first",
                section.header, other.header, other.line
            );
            found.push(
                Hit::new(name, file.at(section.line), message).hint("write the same settings in both, or remove one"),
            );
        }
    }
    found.sort_by_key(|hit| hit.at.as_ref().and_then(|at| at.line));
    found
}
