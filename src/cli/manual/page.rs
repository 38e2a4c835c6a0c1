use crate::cli::errors::failure::{ALL, BEFORE_COMMAND, NOT_EXECUTABLE};

#[derive(Debug)]
pub struct Page {
    /// Without the section: `amplify-creds-env`.
    pub name: String,
    /// `1` for commands, `5` for files, `7` for the guide.
    pub section: u8,
    pub(super) about: String,
    pub(super) sections: Vec<PageSection>,
}

#[derive(Debug)]
pub(super) struct PageSection {
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

/// Plain text, which the renderers wrap.
#[derive(Debug)]
pub(super) enum Block {
    Text(String),
    Items(Vec<(String, String)>),
    Lines(String),
    Heading(String),
}

impl PageSection {
    pub(super) fn new(heading: &str, blocks: Vec<Block>) -> Self {
        Self { heading: heading.to_owned(), blocks }
    }
}

impl Page {
    /// The name of the file in a man directory: `amplify-creds-env.1`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.section)
    }
}

/// The exit statuses of all commands, from the error codes.
pub(super) fn exit_status() -> PageSection {
    let mut rows = vec![("0".to_owned(), "Success.".to_owned())];
    for codes in ALL.chunk_by(|one, next| one.exit == next.exit) {
        if codes[0] == NOT_EXECUTABLE {
            rows.push((BEFORE_COMMAND.to_string(), "exec: any failure before the command starts".to_owned()));
        }
        let meanings: Vec<_> = codes.iter().map(|code| code.meaning).collect();
        rows.push((codes[0].exit.to_string(), meanings.join("; ")));
    }
    PageSection::new("EXIT STATUS", vec![Block::Items(rows)])
}
