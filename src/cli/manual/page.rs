//! The pages of `man` and the topics of `help` as sections and blocks.

use crate::cli::errors::failure::{ALL, BEFORE_COMMAND};

/// A manual page.
#[derive(Debug)]
pub struct Page {
    /// Its name without the section: `amplify-creds-env`.
    pub name: String,
    /// `1` for commands, `5` for files.
    pub section: u8,
    pub(super) about: String,
    pub(super) sections: Vec<Section>,
}

/// A part of a page, or a topic of `help`.
#[derive(Debug)]
pub(in crate::cli) struct Section {
    pub(super) heading: &'static str,
    pub(super) blocks: Vec<Block>,
}

/// What a section is made of. Texts are plain; lines are wrapped where they are shown.
#[derive(Debug)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// Terms and what each means.
    Items(Vec<(String, String)>),
    /// Lines as they stand: commands, files.
    Lines(String),
    /// A heading within the section.
    Heading(&'static str),
}

impl Section {
    pub(super) fn new(heading: &'static str, blocks: Vec<Block>) -> Self {
        Self { heading, blocks }
    }
}

impl Page {
    /// The file that systems expect it in: `amplify-creds-env.1`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.section)
    }
}

pub(super) fn text(text: &str) -> Block {
    Block::Text(text.to_owned())
}

pub(super) fn lines(text: &str) -> Block {
    Block::Lines(text.trim_matches('\n').to_owned())
}

pub(super) fn items(items: &[(&str, &str)]) -> Block {
    Block::Items(items.iter().map(|(term, meaning)| ((*term).to_owned(), (*meaning).to_owned())).collect())
}

/// The statuses of every verb, from the codes that failures have.
pub(super) fn exit_status() -> Section {
    let mut rows = vec![("0".to_owned(), "Done.".to_owned())];
    for code in ALL {
        let status = code.exit.to_string();
        match rows.last_mut() {
            Some((term, meanings)) if *term == status => {
                meanings.push_str("; ");
                meanings.push_str(code.meaning);
            }
            _ => rows.push((status, code.meaning.to_owned())),
        }
    }
    let before = rows.iter().position(|(status, _)| status == "126").unwrap_or(rows.len());
    rows.insert(before, (BEFORE_COMMAND.to_string(), "exec: any of these, before the command runs".to_owned()));
    Section::new("EXIT STATUS", vec![Block::Items(rows)])
}

/// Which files there are.
pub(super) fn files() -> Section {
    Section::new(
        "FILES",
        vec![items(&[
            (
                "~/.aws/config, ~/.aws/credentials",
                "The profiles. Read; written by setup and by doctor --fix alone, after a yes.",
            ),
            (
                "~/.amplify/awscloudformation/cache.json",
                "The sessions: the Amplify CLI's own cache, mode 0600, replaced atomically. Delete it to forget them all. \
                 One that is no JSON object becomes cache.json.corrupt at the next write; reset-cache --all removes that.",
            ),
            (
                "~/.amplify/awscloudformation/locks/",
                "Which process fetches what; notes that hold no secret. Text of profile files from before an edit lies \
                 beside it (config.backup.N).",
            ),
            (
                "~/.aws/sso/cache/, ~/.aws/login/cache/",
                "The AWS CLI's tokens of IAM Identity Center and of aws login; renewed where that needs nobody.",
            ),
            (
                "amplify-creds/config.ini",
                "The program's own settings, in your configuration directory: ~/.config on Linux, \
                 ~/Library/Application Support on macOS, %APPDATA% (there under config) on Windows.",
            ),
            (
                "amplify/.config/local-env-info.json, amplify/.config/local-aws-info.json, amplify/team-provider-info.json",
                "Of the Amplify project around the current directory: its environment, that environment's profile, and \
                 its permissions boundary.",
            ),
        ])],
    )
}
