use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, UNSUPPORTED};
use crate::core::secret::Secret;
use crate::edit::{Change, Original};
use crate::profile::load::MAX_FILE_BYTES;
use crate::profile_file::FileKind;
use crate::setup::Draft;

/// Both profile files before an edit.
pub(super) struct ProfileFiles {
    config: Original,
    credentials: Original,
}

impl ProfileFiles {
    pub(super) fn read(context: &Context) -> Result<Self, Failure> {
        let read = |path| Original::read(path, &context.paths.home, MAX_FILE_BYTES);
        let files = Self { config: read(&context.paths.config)?, credentials: read(&context.paths.credentials)? };
        if files.config.is_same_file(&files.credentials) {
            let message = "the config file and the credentials file are the same file, which keys cannot edit";
            return Err(Failure::new(UNSUPPORTED, message).in_file(&files.config.file));
        }
        Ok(files)
    }

    pub(super) fn draft(&self) -> Draft {
        let Self { config, credentials } = self;
        Draft::new([(config.file.clone(), config.text()), (credentials.file.clone(), credentials.text())])
    }

    /// Config first: a profile with the command and the keys works, one without both does not. A file that holds
    /// `removed` gets no backup.
    pub(super) fn changes(self, draft: &Draft, removed: Option<&Secret>) -> Vec<Change> {
        let Self { config, credentials } = self;
        let change = |original: Original, kind| {
            let holds_it = removed.is_some_and(|secret| original.text().contains(secret.expose()));
            let change = Change::new(original, draft.text(kind));
            if holds_it { change.without_backup() } else { change }
        };
        let all = [change(config, FileKind::Config), change(credentials, FileKind::Credentials)];
        all.into_iter().filter(|change| !change.is_nothing()).collect()
    }
}
