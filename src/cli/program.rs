//! The program that a profile starts: this one, or a copy of it if its own path does not last.

use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, INTERNAL, UNSUPPORTED};
use crate::cli::output::note;
use crate::cli::own_path::own_paths;
use crate::cli::questions::Questions;
use crate::core::program_path::{Lifetime, lifetime};
use crate::edit::{CopyState, ProgramCopy, WriteError};
use crate::os::env;
use crate::os::fs::is_in_environment;

pub(super) struct ProfileProgram {
    /// The most permanent first, the running executable last.
    pub(super) paths: Vec<String>,
    /// The copy at the first path, if it must be written before the profile.
    copy: Option<ProgramCopy>,
}

impl ProfileProgram {
    /// `asks`: whether the user must agree to a copy.
    pub(super) fn find(context: &Context, asks: bool) -> Result<Self, Failure> {
        let paths = own_paths(&context.env)?;
        let (first, running) = (paths.first().map_or("", String::as_str), paths.last().map_or("", String::as_str));
        if let Lifetime::Temporary(place) = lifetime(running, is_in_environment(running)) {
            let message = format!("this program is in {place}, so a profile that uses it would soon fail");
            return Err(Failure::new(UNSUPPORTED, message).hint(format!("install it: {}", installation(place))));
        }
        let Lifetime::Replaced(place) = lifetime(first, is_in_environment(first)) else {
            return Ok(Self { paths, copy: None });
        };
        let executable = env::executable().ok_or_else(|| Failure::new(INTERNAL, "cannot determine this executable"))?;
        let copy = ProgramCopy::of(&executable, &context.env, &context.paths.home, &context.paths.cache_dir)?;
        let shown = &copy.file.shown;
        let state = copy.state();
        if state == CopyState::Foreign {
            let message = format!("this program is in {place}, and {shown} is not a copy of it");
            return Err(Failure::new(UNSUPPORTED, message)
                .hint(format!("use that program: {shown} {}", context.verb))
                .hint("or move it away, so that this program can be copied there"));
        }
        if state != CopyState::Current && asks && !agrees(context, place, shown)? {
            note(context, &format!("the profile uses {first}, which the next update may remove"));
            return Ok(Self { paths, copy: None });
        }
        let path = copy.file.path.to_str().ok_or_else(|| Failure::new(INTERNAL, "the home directory is not UTF-8"))?;
        let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
        Ok(Self { paths: vec![path], copy: (state != CopyState::Current).then_some(copy) })
    }

    /// The caller holds the edit lock.
    pub(super) fn write_copy(&self, context: &Context) -> Result<(), WriteError> {
        let Some(copy) = &self.copy else { return Ok(()) };
        copy.write()?;
        note(context, &format!("copied this program to {}", copy.file.shown));
        Ok(())
    }

    /// What [`Self::write_copy`] would do.
    pub(super) fn note_copy(&self, context: &Context) {
        if let Some(copy) = &self.copy {
            note(context, &format!("this program would be copied to {}", copy.file.shown));
        }
    }
}

/// Without a prompt, the confirmation of the changes fails next.
fn agrees(context: &Context, place: &str, copy: &str) -> Result<bool, Failure> {
    let Ok(mut person) = Questions::open(context) else { return Ok(true) };
    person.say(&format!("This program is in {place}, which the next update may remove.\n"));
    person.confirm(&format!("Copy it to {copy} for the profile?"))
}

fn installation(place: &str) -> &'static str {
    if place.contains("pipx") {
        "pipx install amplify-creds"
    } else if place.contains("uvx") {
        "uv tool install amplify-creds"
    } else if place.contains("pnpm") {
        "pnpm add --global amplify-creds"
    } else {
        "npm install --global amplify-creds"
    }
}
