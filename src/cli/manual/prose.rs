use super::page::{Block, PageSection};

pub(super) const CONFIG: &str = include_str!("text/config.txt");
pub(super) const CONFIG_END: &str = include_str!("text/config_end.txt");
pub(super) const ENVIRONMENT: &str = include_str!("text/environment.txt");
pub(super) const FILES: &str = include_str!("text/files.txt");
pub(super) const PROCESS: &str = include_str!("text/process.txt");
pub(super) const PROGRAM: &str = include_str!("text/program.txt");
pub(super) const PROGRAM_END: &str = include_str!("text/program_end.txt");
pub(super) const VERB: &str = include_str!("text/verb.txt");

pub(super) const INDENT: &str = "    ";

/// Reads headings (`#`, `##`), paragraphs, terms with an indented meaning, and indented lines, which are not wrapped.
/// Empty lines separate them.
pub(super) fn sections(texts: &[&str]) -> Vec<PageSection> {
    let mut sections: Vec<PageSection> = Vec::new();
    for text in texts {
        let lines: Vec<_> = text.lines().collect();
        for part in lines.split(|line| line.is_empty()).filter(|part| !part.is_empty()) {
            if let Some(heading) = part[0].strip_prefix("# ") {
                sections.push(PageSection::new(heading, Vec::new()));
            } else if let Some(section) = sections.last_mut() {
                add_block(&mut section.blocks, part);
            }
        }
    }
    sections
}

fn add_block(blocks: &mut Vec<Block>, part: &[&str]) {
    if let Some(heading) = part[0].strip_prefix("## ") {
        blocks.push(Block::Heading(heading.to_owned()));
    } else if part[0].starts_with(INDENT) {
        let lines: Vec<_> = part.iter().map(|line| line.strip_prefix(INDENT).unwrap_or(line)).collect();
        match blocks.last_mut() {
            Some(Block::Lines(before)) => *before = format!("{before}\n\n{}", lines.join("\n")),
            _ => blocks.push(Block::Lines(lines.join("\n"))),
        }
    } else if part.iter().any(|line| line.starts_with(INDENT)) {
        blocks.push(Block::Items(items(part)));
    } else {
        blocks.push(Block::Text(part.join(" ")));
    }
}

fn items(part: &[&str]) -> Vec<(String, String)> {
    let mut items: Vec<(String, String)> = Vec::new();
    for line in part {
        match items.last_mut() {
            Some((_, meaning)) if line.starts_with(INDENT) => meaning.push_str(line),
            // A long term has two lines.
            Some((term, meaning)) if meaning.is_empty() => *term = format!("{term} {line}"),
            _ => items.push(((*line).to_owned(), String::new())),
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_has_a_meaning() {
        for section in sections(&[CONFIG, CONFIG_END, ENVIRONMENT, FILES, PROCESS, PROGRAM, PROGRAM_END, VERB]) {
            for block in section.blocks {
                let Block::Items(items) = block else { continue };
                for (term, meaning) in items {
                    assert!(!meaning.is_empty(), "{term}");
                }
            }
        }
    }
}
