//! The program that a profile starts: this one, or a copy of it if its own path does not last.

use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, INTERNAL, UNSUPPORTED};
use crate::cli::output::note;
use crate::cli::own_path::own_paths;
use crate::cli::questions::Questions;
use crate::core::program_path::{Lifetime, lifetime};
use crate::edit::{CopyState, Editor, ProgramCopy, WriteError};
use crate::os::env;
use crate::os::fs::surroundings;
use crate::setup::command::can_be_started;

pub(super) struct ProfileProgram {
    /// The most permanent first, the running executable last.
    pub(super) paths: Vec<String>,
    /// The copy at the only path, if it has to be written before the profile.
    copy: Option<NeededCopy>,
}

struct NeededCopy {
    copy: ProgramCopy,
    place: &'static str,
    own_paths: Vec<String>,
}

impl ProfileProgram {
    pub(super) fn find(context: &Context) -> Result<Self, Failure> {
        let own_paths = own_paths(&context.env)?;
        let lasts = |path: &&String| lifetime(path, surroundings(path)) == Lifetime::Lasting;
        let running = own_paths.last().map_or("", String::as_str);
        let place = match lifetime(running, surroundings(running)) {
            Lifetime::Temporary(place) => {
                let message = format!("this program is in {place}, so a profile that uses it would soon fail");
                return Err(Failure::new(UNSUPPORTED, message).hint(format!("install it: {}", installation(place))));
            }
            _ if own_paths.iter().any(|path| lasts(&path)) => {
                return Ok(Self { paths: own_paths.iter().filter(lasts).cloned().collect(), copy: None });
            }
            Lifetime::Lasting => return Ok(Self { paths: own_paths, copy: None }),
            Lifetime::Replaced(place) => place,
        };
        let executable = env::executable().ok_or_else(|| Failure::new(INTERNAL, "cannot determine this executable"))?;
        let copy = ProgramCopy::of(&executable, &context.env, &context.paths.home, &context.paths.cache_dir)?;
        let path = copy.file.path.to_string_lossy();
        let path = if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() };
        if !can_be_started(&path) {
            let message = format!("this program is in {place}, and a profile cannot contain the path {path}");
            return Err(Failure::new(UNSUPPORTED, message).hint(format!("install it: {}", installation(place))));
        }
        let copy = match copy.state()? {
            CopyState::Foreign => return Err(WriteError::ForeignProgram(copy.file).into()),
            CopyState::Current => None,
            CopyState::Missing | CopyState::Outdated => Some(NeededCopy { copy, place, own_paths }),
        };
        Ok(Self { paths: vec![path], copy })
    }

    pub(super) fn needs_copy(&self) -> bool {
        self.copy.is_some()
    }

    pub(super) fn agreed(self, context: &Context) -> Result<Self, Failure> {
        let Some(NeededCopy { copy, place, own_paths }) = &self.copy else { return Ok(self) };
        let mut person = Questions::open_to_write(context, context.verb)?;
        person.say(&format!("This program is in {place}, which the next update may remove.\n"));
        if person.confirm(&format!("Copy it to {} for the profile?", copy.file.shown))? {
            return Ok(self);
        }
        note(context, &format!("the profile uses {}, which the next update may remove", own_paths[0]));
        Ok(Self { paths: own_paths.clone(), copy: None })
    }

    pub(super) fn write_copy(&self, context: &Context) -> Result<(), WriteError> {
        let Some(NeededCopy { copy, .. }) = &self.copy else { return Ok(()) };
        if copy.write()? {
            note(context, &format!("copied this program to {}", copy.file.shown));
        }
        Ok(())
    }

    pub(super) fn note_copy(&self, context: &Context) {
        if let Some(NeededCopy { copy, .. }) = &self.copy {
            note(context, &format!("this program would be copied to {}", copy.file.shown));
        }
    }

    pub(super) fn write_only_copy(&self, context: &Context, editor: &Editor, dry_run: bool) -> Result<(), Failure> {
        if dry_run {
            self.note_copy(context);
            return Ok(());
        }
        let _lock = editor.lock()?;
        Ok(self.write_copy(context)?)
    }
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
