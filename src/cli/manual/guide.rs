//! The guide is Markdown, so that the README can link to its chapters.

use super::page::Page;
use super::prose::{INDENT, sections};

const GUIDE: &str = include_str!("../../../man/guide.md");

pub(super) fn page() -> Page {
    Page {
        name: "amplify-creds-guide".to_owned(),
        section: 7,
        about: "recipes, details and troubleshooting for amplify-creds".to_owned(),
        sections: sections(&[&from_markdown(GUIDE)]),
    }
}

/// Converts the Markdown that the guide uses to the form that `sections` reads. The title is left out.
fn from_markdown(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut is_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        let plain = line.replace('`', "");
        let converted = if line.is_empty() || line.starts_with("# ") && !is_code {
            String::new()
        } else if is_code {
            format!("{INDENT}{line}")
        } else if let Some(heading) = plain.strip_prefix("## ") {
            format!("# {}", heading.to_uppercase())
        } else if let Some(heading) = plain.strip_prefix("### ") {
            format!("## {heading}")
        } else if let Some(meaning) = plain.strip_prefix("  ") {
            format!("{INDENT}{meaning}")
        } else {
            plain.strip_prefix("- ").unwrap_or(&plain).to_owned()
        };
        text.push_str(&converted);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_headings_items_and_code() {
        let markdown = "# Title\n\n## One\n\n### Two\n\nA `b`.\n\n- `c`\n  d\n  e\n\n```sh\n# f `g`\n\nh\n```\n";
        let expected = "\n\n# ONE\n\n## Two\n\nA b.\n\nc\n    d\n    e\n\n    # f `g`\n\n    h\n";
        assert_eq!(from_markdown(markdown), expected);
    }
}
