use crate::cli::confirm::report_written;
use crate::cli::context::Context;
use crate::cli::errors::failure::{EDIT, Failure};
use crate::edit::{Change, Editor, Original};
use crate::profile::load::MAX_FILE_BYTES;
use crate::profile_file::FileKind;
use crate::profile_file::document::{EditError, ProfileDocument};

/// Writes the identity to the profile in the config file, where it may be missing.
pub(crate) fn write(context: &Context, name: &str, identity: &str, region: Option<&str>) -> Result<(), Failure> {
    let editor = Editor::new(&context.paths.cache_dir);
    let lock = editor.lock()?;
    let changes = [edit(context, name, identity, region)?];
    report_written(context, &editor.write(&changes, &lock)?);
    Ok(())
}

pub(crate) fn edit(context: &Context, name: &str, identity: &str, region: Option<&str>) -> Result<Change, Failure> {
    let original = Original::read(&context.paths.config, &context.paths.home, MAX_FILE_BYTES)?;
    let mut document = ProfileDocument::new(FileKind::Config, original.text());
    let properties = [("login_session", Some(identity)), ("region", region)];
    let properties: Vec<_> = properties.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    let failed =
        |error: EditError| Failure::new(EDIT, format!("cannot write profile {name}: {error}")).in_file(&original.file);
    match document.lines_of(name).last() {
        Some(line) => {
            for (key, value) in &properties {
                document.set(*line, key, value).map_err(failed)?;
            }
        }
        None => document.add_profile(name, &properties, &[]).map_err(failed)?,
    }
    let text = document.text().to_owned();
    let change = Change::new(original, &text);
    change.check()?;
    Ok(change)
}
