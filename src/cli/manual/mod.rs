//! The pages of `man` and the topics of `help` are two renderings of the same sections.

mod guide;
mod page;
mod plain;
mod program;
mod prose;
mod roff;
mod verbs;

pub use page::Page;

use page::exit_status;
use prose::{CONFIG, CONFIG_END, ENVIRONMENT, FILES, PROCESS, sections};

/// Topics of `help` other than commands.
pub(super) const TOPICS: [&str; 5] = ["exit-codes", "environment", "config", "process", "findings"];

pub fn pages() -> Vec<Page> {
    let mut pages = vec![program::page()];
    pages.extend(verbs::pages());
    pages.push(config_page());
    pages.push(guide::page());
    pages
}

fn config_page() -> Page {
    let mut all = sections(&[FILES, CONFIG, ENVIRONMENT]);
    all.push(exit_status());
    all.extend(sections(&[CONFIG_END]));
    Page {
        name: "amplify-creds-config".to_owned(),
        section: 5,
        about: "files, profile keys and settings of amplify-creds".to_owned(),
        sections: all,
    }
}

pub(super) fn topic(name: &str) -> Option<String> {
    let parts: &[&str] = match name {
        "environment" => &[ENVIRONMENT],
        "config" => &[FILES, CONFIG],
        "process" => &[PROCESS],
        _ => return None,
    };
    Some(plain::render(&sections(parts)))
}
