//! `doctor --fix` repairs what needs no guess: it removes a byte-order mark and text after a header's bracket, adds a
//! second header for a dotted name so that the Amplify CLI also finds it, and removes the access of other users.

use crate::cli::args::Doctor;
use crate::cli::confirm::{confirm, report_written};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::output::{note, write_stdout};
use crate::edit::{Change, Editor, Original, diff};
use crate::profile::effect;
use crate::profile::load::MAX_FILE_BYTES;
use crate::profile_file::document::ProfileDocument;
use crate::profile_file::{Dialect, FileKind, Name};
use crate::setup::Draft;

pub(crate) fn run(context: &Context, options: &Doctor) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let early = if options.yes { Some(editor.lock()?) } else { None };
    let changes = changes(context)?;
    if changes.is_empty() {
        note(context, "there is nothing that can be mended without you");
        return Ok(());
    }
    let shown: String = changes.iter().map(diff).collect();
    if options.dry_run {
        return write_stdout(shown.as_bytes());
    }
    changes.iter().try_for_each(Change::check)?;
    if options.yes {
        write_stdout(shown.as_bytes())?;
    } else {
        confirm(context, "doctor --fix", &shown)?;
    }
    let lock = early.map_or_else(|| editor.lock(), Ok)?;
    report_written(context, &editor.write(&changes, &lock)?);
    Ok(())
}

/// What each file is to become. No profile may be another one afterwards, as this program reads them.
fn changes(context: &Context) -> Result<Vec<Change>, Failure> {
    let home = &context.paths.home;
    let config = Original::read(&context.paths.config, home, MAX_FILE_BYTES)?;
    let credentials = Original::read(&context.paths.credentials, home, MAX_FILE_BYTES)?;
    let mended = [(FileKind::Config, &config), (FileKind::Credentials, &credentials)]
        .map(|(kind, original)| mended(kind, original.text()));
    let files =
        |texts: [&str; 2]| Draft::new([(config.file.clone(), texts[0]), (credentials.file.clone(), texts[1])]).files();
    let (before, after) = (files([config.text(), credentials.text()]), files([mended[0].text(), mended[1].text()]));
    if let Some(profile) = effect::changed(Dialect::Auto, &before, &after)?.first() {
        return Err(Failure::new(
            CONFIG,
            format!("mending would change what profile {profile} is; nothing was written"),
        )
        .hint("amplify-creds doctor tells what is wrong, line by line"));
    }
    let [of_config, of_credentials] = &mended;
    let changes = [(config, of_config), (credentials, of_credentials)];
    let changes = changes.map(|(original, mended)| Change::new(original, mended.text()).private());
    Ok(changes.into_iter().filter(|change| change.original.exists() && !change.is_nothing()).collect())
}

/// The text with what can be mended; an edit that the tools would disagree about is left out.
fn mended(kind: FileKind, text: &str) -> ProfileDocument {
    let mut document = ProfileDocument::new(kind, text);
    document.remove_mark();
    // From the bottom up: what stood behind a bracket gets a line of its own, which moves the lines below.
    let untidy: Vec<u32> = document.sections().iter().map(|section| section.line).rev().collect();
    for line in untidy {
        let has_more = document.text().lines().nth(line as usize - 1).is_some_and(|text| !text.ends_with(']'));
        if has_more {
            let _ = document.tidy_header(line);
        }
    }
    let is_dotted = |name: &Name<'_>| matches!(name, Name::Profile(name, _) if name.contains('.'));
    let dotted: Vec<u32> =
        document.sections().iter().filter(|section| is_dotted(&section.name)).map(|section| section.line).collect();
    for line in dotted {
        let _ = document.add_alias(line);
    }
    document
}
