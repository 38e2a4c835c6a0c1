//! `doctor --fix` only makes unambiguous repairs. It removes a byte order mark and text after a header's bracket, adds
//! a second header so that the Amplify CLI finds a dotted name, writes keys in lower case, and removes the access of
//! other users.

use crate::cli::args::Doctor;
use crate::cli::confirm::{report_written, write_changes};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::output::note;
use crate::edit::{Change, Editor, Original};
use crate::profile::effect;
use crate::profile::key_names::is_in_capitals;
use crate::profile::load::MAX_FILE_BYTES;
use crate::profile_file::document::ProfileDocument;
use crate::profile_file::{Dialect, FileKind, Name};
use crate::setup::Draft;

pub(crate) fn run(context: &Context, options: &Doctor) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let lock = options.yes.then(|| editor.lock()).transpose()?;
    let changes = changes(context)?;
    if changes.is_empty() {
        note(context, "nothing can be fixed automatically");
    } else if let Some(written) = write_changes(context, "doctor --fix", &editor, &changes, options.dry_run, lock)? {
        report_written(context, &written);
    }
    Ok(())
}

/// The changes must not alter any profile, as this program reads it.
fn changes(context: &Context) -> Result<Vec<Change>, Failure> {
    let home = &context.paths.home;
    let config = Original::read(&context.paths.config, home, MAX_FILE_BYTES)?;
    let credentials = Original::read(&context.paths.credentials, home, MAX_FILE_BYTES)?;
    let set = context.files().profiles(Dialect::Auto)?;
    // The Amplify CLI cannot assume a role (see tools/amplify.rs), so a second header would not help.
    let is_for_amplify = |name: &str| set.get(name).is_some_and(|profile| !profile.has("role_arn"));
    let fixed = [(FileKind::Config, &config), (FileKind::Credentials, &credentials)]
        .map(|(kind, original)| fixed(kind, original.text(), &is_for_amplify));
    let files =
        |texts: [&str; 2]| Draft::new([(config.file.clone(), texts[0]), (credentials.file.clone(), texts[1])]).files();
    let (before, after) = (files([config.text(), credentials.text()]), files([fixed[0].text(), fixed[1].text()]));
    if let Some(profile) = effect::changed(Dialect::Auto, &before, &after)?.first() {
        let message = format!("the fixes would change profile {profile}; nothing was written");
        return Err(Failure::new(CONFIG, message).hint("to see each problem with its line: amplify-creds doctor"));
    }
    let [fixed_config, fixed_credentials] = &fixed;
    let changes = [(config, fixed_config), (credentials, fixed_credentials)];
    let changes = changes.map(|(original, fixed)| Change::new(original, fixed.text()).private());
    Ok(changes.into_iter().filter(|change| change.original.exists() && !change.is_nothing()).collect())
}

/// Skips an edit if the tools would read the result differently.
fn fixed(kind: FileKind, text: &str, is_for_amplify: &dyn Fn(&str) -> bool) -> ProfileDocument {
    let mut document = ProfileDocument::new(kind, text);
    document.remove_mark();
    // From the bottom up: text after a bracket gets its own line, which moves the lines below.
    let lines: Vec<u32> = document.sections().iter().map(|section| section.line).rev().collect();
    for line in lines {
        let has_more = document.text().lines().nth(line as usize - 1).is_some_and(|text| !text.ends_with(']'));
        if has_more {
            let _ = document.tidy_header(line);
        }
    }
    for line in lines_in_capitals(&document) {
        document.lower_key(line);
    }
    let is_dotted =
        |name: &Name<'_>| matches!(name, Name::Profile(name, _) if name.contains('.') && is_for_amplify(name));
    let dotted: Vec<u32> =
        document.sections().iter().filter(|section| is_dotted(&section.name)).map(|section| section.line).collect();
    for line in dotted {
        let _ = document.add_alias(line);
    }
    document
}

/// Skips a key that also exists in lower case, because the AWS CLI rejects duplicate keys.
fn lines_in_capitals(document: &ProfileDocument) -> Vec<u32> {
    let text = document.text();
    let written = |line: u32| {
        let line = text.lines().nth(line as usize - 1).unwrap_or_default();
        line.split(['=', ':']).next().unwrap_or_default().trim()
    };
    let mut lines = Vec::new();
    for section in document.sections().iter().filter(|section| section.name.profile().is_some()) {
        let properties = section.properties();
        for property in &properties {
            let is_single = properties.iter().filter(|other| other.key == property.key).count() == 1;
            if is_single && is_in_capitals(written(property.line)) {
                lines.push(property.line);
            }
        }
    }
    lines
}
