//! `doctor --fix` only makes unambiguous repairs. It removes a byte order mark and text after a header's bracket, adds
//! a second header so that the Amplify CLI finds a dotted name, writes keys in lower case, and removes the access of
//! other users. In wrappers it replaces the path of a program that is missing, older than this one or short-lived.

use std::collections::HashMap;

use crate::cli::args::Doctor;
use crate::cli::confirm::{report_written, write_changes};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::output::note;
use crate::cli::program::ProfileProgram;
use crate::doctor::wrapper_programs::{self, ProgramTrouble};
use crate::edit::{Change, Editor, Original};
use crate::os::env;
use crate::profile::key_names::is_in_capitals;
use crate::profile::load::MAX_FILE_BYTES;
use crate::profile::{ProfileSet, effect};
use crate::profile_file::botocore::words;
use crate::profile_file::document::ProfileDocument;
use crate::profile_file::{Dialect, FileKind, Name, Section};
use crate::setup::Draft;
use crate::setup::command::updated;

pub(crate) fn run(context: &Context, options: &Doctor) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let lock = options.yes.then(|| editor.lock()).transpose()?;
    let set = context.files().profiles(Dialect::Auto)?;
    let troubles = wrapper_programs::troubles(&set.all(), env::executable().as_deref());
    let program = if troubles.is_empty() { None } else { program(context, options)? };
    let changes = changes(context, &set, program.as_ref().map(|program| (&troubles, program)))?;
    match &program {
        Some(program) if changes.is_empty() && program.needs_copy() => {
            drop(lock);
            program.write_only_copy(context, &editor, options.dry_run)?;
        }
        _ if changes.is_empty() => note(context, "nothing can be fixed automatically"),
        _ => {
            let program = program.as_ref();
            let written = write_changes(context, "doctor --fix", &editor, &changes, options.dry_run, lock, program)?;
            report_written(context, &written.unwrap_or_default());
        }
    }
    Ok(())
}

/// Other repairs are possible without a path that lasts.
fn program(context: &Context, options: &Doctor) -> Result<Option<ProfileProgram>, Failure> {
    match ProfileProgram::find(context) {
        Ok(program) if options.yes || options.dry_run => Ok(Some(program)),
        Ok(program) => program.agreed(context).map(Some),
        Err(Failure { message, hints, .. }) => {
            note(context, &format!("paths of wrappers are not fixed: {message}"));
            for hint in &hints {
                note(context, &format!("  hint: {hint}"));
            }
            Ok(None)
        }
    }
}

type NewProgram<'p> = (&'p HashMap<String, ProgramTrouble>, &'p ProfileProgram);

/// The changes must not alter any profile, as this program reads it, except for the paths in `new_program`.
fn changes(
    context: &Context,
    set: &ProfileSet<'_>,
    new_program: Option<NewProgram<'_>>,
) -> Result<Vec<Change>, Failure> {
    let home = &context.paths.home;
    let config = Original::read(&context.paths.config, home, MAX_FILE_BYTES)?;
    let credentials = Original::read(&context.paths.credentials, home, MAX_FILE_BYTES)?;
    // The Amplify CLI cannot assume a role (see tools/amplify.rs), so a second header would not help.
    let is_for_amplify = |name: &str| set.get(name).is_some_and(|profile| !profile.has("role_arn"));
    let mut fixed = [(FileKind::Config, &config), (FileKind::Credentials, &credentials)]
        .map(|(kind, original)| fixed(kind, original.text(), &is_for_amplify));
    let files =
        |texts: [&str; 2]| Draft::new([(config.file.clone(), texts[0]), (credentials.file.clone(), texts[1])]).files();
    let before = files([config.text(), credentials.text()]);
    let altered = effect::changed(Dialect::Auto, &before, &files([fixed[0].text(), fixed[1].text()]))?;
    let rewritten = new_program.map_or_else(Vec::new, |new| rewrite_paths(&mut fixed, new));
    let altered_in_all = effect::changed(Dialect::Auto, &before, &files([fixed[0].text(), fixed[1].text()]))?;
    let unexpected = altered_in_all.into_iter().find(|name| !rewritten.contains(name));
    if let Some(profile) = altered.into_iter().next().or(unexpected) {
        let message = format!("the fixes would change profile {profile}; nothing was written");
        return Err(Failure::new(CONFIG, message).hint("to see each problem with its line: amplify-creds doctor"));
    }
    let [fixed_config, fixed_credentials] = &fixed;
    let changes = [(config, fixed_config), (credentials, fixed_credentials)];
    let changes = changes.map(|(original, fixed)| Change::new(original, fixed.text()).private());
    Ok(changes.into_iter().filter(|change| change.original.exists() && !change.is_nothing()).collect())
}

/// Each section keeps its own arguments. Returns the profiles with a new command.
fn rewrite_paths(documents: &mut [ProfileDocument; 2], (troubles, program): NewProgram<'_>) -> Vec<String> {
    let new_command = |section: &Section<'_>| {
        let properties = section.properties();
        let command = properties.iter().rfind(|property| property.key == "credential_process")?;
        let trouble = troubles.get(words(&command.value)?.first()?)?;
        updated(&program.paths, &command.value).filter(|new| trouble.can_be_fixed() && *new != command.value)
    };
    let mut rewritten = Vec::new();
    for document in documents {
        let commands = document
            .sections()
            .into_iter()
            .filter_map(|section| Some((section.line, section.name.profile()?.to_owned(), new_command(&section)?)));
        // From the bottom up: a comment after the value gets its own line, which moves the lines below.
        for (line, profile, command) in commands.collect::<Vec<_>>().into_iter().rev() {
            if document.set(line, "credential_process", &command).is_ok() {
                rewritten.push(profile);
            }
        }
    }
    rewritten
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
