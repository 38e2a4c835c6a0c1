//! What the manual says, as sections and blocks: the pages of `man` and the topics of `help` are two renderings of
//! them. What the program has as data (options, exit statuses, variables, keys) comes from there.

mod config;
mod page;
mod plain;
mod process;
mod program;
mod roff;
mod variables;
mod verbs;

pub use page::Page;
pub(super) use plain::topic;

use page::Section;

/// Topics of `help` besides commands.
pub(super) const TOPICS: [&str; 5] = ["exit-codes", "environment", "config", "process", "findings"];

/// All pages, the program's own first.
pub fn pages() -> Vec<Page> {
    let mut pages = vec![program::page()];
    pages.extend(verbs::pages());
    pages.push(config::page());
    pages
}

/// Topics of `help` that are parts of the manual.
pub(super) fn sections(topic: &str) -> Option<Vec<Section>> {
    match topic {
        "environment" => Some(vec![variables::section()]),
        "config" => Some(config::sections()),
        "process" => Some(process::sections()),
        _ => None,
    }
}
