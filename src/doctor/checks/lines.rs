//! Checks for lines that make a tool reject a file or that a tool misreads.

use std::collections::{HashMap, HashSet};

use crate::doctor::facts::{Facts, FileFacts, KINDS};
use crate::doctor::finding::Hit;
use crate::profile::value_form::{shown_header, shown_name};
use crate::profile_file::FileKind;
use crate::profile_file::finding::Code;
use crate::tools::{Tool, is_alone};

fn lexical<'f>(facts: &'f Facts<'_>, code: Code) -> impl Iterator<Item = (&'f FileFacts<'f>, u32)> {
    facts.files.iter().flat_map(move |file| {
        file.findings.iter().filter(move |found| found.code == code).map(move |found| (file, found.line))
    })
}

fn at_line(file: &FileFacts<'_>, line: u32, message: impl Into<String>) -> Hit {
    Hit { profile: file.profile_of(line).map(str::to_owned), ..Hit::general(file.at(line), message) }
}

fn hits(facts: &Facts<'_>, code: Code, message: &str, hint: &str) -> Vec<Hit> {
    lexical(facts, code).map(|(file, line)| at_line(file, line, message).hint(hint)).collect()
}

pub(super) fn byte_order_mark(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the file begins with a byte order mark: the AWS CLI and the Rust SDK reject the whole file, \
                   the Amplify CLI and the Go SDK do not see its first section";
    lexical(facts, Code::ByteOrderMark)
        .map(|(file, line)| {
            Hit::general(file.at(line), message).hint("save the file as UTF-8 without a byte order mark (BOM)")
        })
        .collect()
}

pub(super) fn header_not_closed(facts: &Facts<'_>) -> Vec<Hit> {
    // The profile above the header is not the header's.
    lexical(facts, Code::HeaderNotClosed)
        .map(|(file, line)| {
            Hit::general(file.at(line), "the header and the lines below it are ignored").hint("end the header with ']'")
        })
        .collect()
}

pub(super) fn outside_section(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the line is above the first section header; the AWS CLI and the Rust SDK reject the whole file";
    hits(facts, Code::OutsideSection, message, "move the line below a section header")
}

pub(super) fn text_after_header(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the Rust SDK rejects the whole file; the JS and Go SDKs and the Amplify CLI do not see this header";
    hits(facts, Code::TextAfterHeader, message, "remove the text after the ']'")
}

pub(super) fn indented_property(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the Rust SDK rejects the whole file; the Go SDK ignores the line";
    hits(facts, Code::IndentedProperty, message, "remove the blanks at the start of the line")
}

pub(super) fn lone_carriage_return(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the AWS CLI and the Amplify CLI read a carriage return as a line end; the SDKs do not";
    hits(facts, Code::LoneCarriageReturn, message, "save the file with LF or CRLF line ends")
}

pub(super) fn no_property(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the line has no '=', or no name before it: the AWS CLI and the Rust SDK reject the whole file";
    hits(facts, Code::NoProperty, message, "complete the line, or turn it into a comment with '#'")
}

pub(super) fn colon(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |(file, line): (&FileFacts<'_>, u32)| {
        let key = shown_name(file.line(line).split(':').next().unwrap_or_default().trim());
        let message = format!("the AWS CLI and the Go SDK read {key} here; the other tools do not");
        at_line(file, line, message).hint(format!("write {key} = …"))
    };
    lexical(facts, Code::ColonDelimiter).map(hit).collect()
}

pub(super) fn wide_blank(facts: &Facts<'_>) -> Vec<Hit> {
    let message = "the Rust SDK reads a no-break space as a part of the name or the value; the other tools do not";
    hits(facts, Code::WideBlank, message, "replace it with an ordinary blank")
}

/// Repeated headers: file, line, text, the first header's line.
fn repeated_sections<'f>(facts: &'f Facts<'_>) -> Vec<(&'f FileFacts<'f>, u32, &'f str, u32)> {
    let mut repeated = Vec::new();
    for file in &facts.files {
        let mut first = HashMap::new();
        for section in &file.sections {
            let there = *first.entry(section.inner).or_insert(section.line);
            // configparser accepts this header repeatedly.
            if there != section.line && section.inner != "DEFAULT" {
                repeated.push((file, section.line, section.header, there));
            }
        }
    }
    repeated
}

pub(super) fn duplicate_section(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |(file, line, header, first): (&FileFacts<'_>, u32, &str, u32)| {
        let message =
            format!("{} appears at line {first} already: the AWS CLI rejects the whole file", shown_header(header));
        at_line(file, line, message).hint("merge the two sections")
    };
    repeated_sections(facts).into_iter().map(hit).collect()
}

/// Repeated keys of a section: file, line, key, the first key's line.
fn repeated_keys<'f>(facts: &'f Facts<'_>) -> Vec<(&'f FileFacts<'f>, u32, String, u32)> {
    let mut repeated = Vec::new();
    for file in &facts.files {
        for section in &file.sections {
            let mut first = HashMap::new();
            for property in &section.properties {
                let there = *first.entry(property.key.clone()).or_insert(property.line);
                if there != property.line {
                    repeated.push((file, property.line, property.key.clone().into_owned(), there));
                }
            }
        }
    }
    repeated
}

pub(super) fn duplicate_key(facts: &Facts<'_>) -> Vec<Hit> {
    let hit = |(file, line, key, first): (&FileFacts<'_>, u32, String, u32)| {
        let key = shown_name(&key);
        let message = format!("{key} appears at line {first} already: the AWS CLI rejects the whole file");
        at_line(file, line, message).hint("keep only one of them; the other tools use the last one")
    };
    repeated_keys(facts).into_iter().map(hit).collect()
}

/// Rejections by the tools that `counts` accepts, without those that another check reports.
fn rejections(facts: &Facts<'_>, counts: fn(Tool) -> bool) -> Vec<Hit> {
    let mut reported: HashSet<(FileKind, u32)> = HashSet::new();
    for file in &facts.files {
        let tells = file.findings.iter().filter(|found| found.code != Code::LoneCarriageReturn);
        reported.extend(tells.map(|found| (file.kind, found.line)));
    }
    reported.extend(repeated_sections(facts).into_iter().map(|(file, line, ..)| (file.kind, line)));
    reported.extend(repeated_keys(facts).into_iter().map(|(file, line, ..)| (file.kind, line)));
    let mut found = Vec::new();
    for view in facts.views.iter().filter(|view| counts(view.tool)) {
        for kind in KINDS {
            let Some(error) = view.rejected(kind).filter(|error| !reported.contains(&(kind, error.line))) else {
                continue;
            };
            let message = format!("the {} rejects the whole file: {}", view.tool.name(), error.problem);
            found.push(Hit::general(facts.file(kind).at(error.line), message));
        }
    }
    found
}

pub(super) fn rejected_by_aws_cli(facts: &Facts<'_>) -> Vec<Hit> {
    rejections(facts, |tool| tool == Tool::AwsCli)
}

pub(super) fn rejected_by_some(facts: &Facts<'_>) -> Vec<Hit> {
    rejections(facts, |tool| tool != Tool::AwsCli)
}

pub(super) fn header_not_alone(facts: &Facts<'_>) -> Vec<Hit> {
    let mut found = Vec::new();
    for header in facts.headers.iter().filter(|header| header.names[Tool::Amplify as usize].is_empty()) {
        let Some(name) = &header.name else { continue };
        let file = facts.file(header.kind);
        let line = file.line(header.line);
        // Other findings report these.
        let is_told = file.findings.iter().any(|found| found.line == header.line);
        if is_alone(line) || is_told {
            continue;
        }
        let hint =
            if line.starts_with('[') { "remove the text after the ']'" } else { "remove the text before the '['" };
        let message = "the Amplify CLI reads the header as a key, and adds the keys below it to the section above";
        found.push(Hit::new(name, file.at(header.line), message).hint(hint));
    }
    found
}
