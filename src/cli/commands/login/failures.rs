use crate::cli::color::Painter;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::output::write_stderr;

/// The first failure decides the exit status. With `--json` it is also the document.
pub(super) struct Failures<'a> {
    context: &'a Context,
    as_json: bool,
    first: Option<Failure>,
}

impl<'a> Failures<'a> {
    pub(super) fn new(context: &'a Context, as_json: bool) -> Self {
        Self { context, as_json, first: None }
    }

    /// An error if the user ended the run.
    pub(super) fn add(&mut self, failure: Failure) -> Result<(), Failure> {
        if failure.signal.is_some() {
            return Err(failure);
        }
        if !self.as_json || self.first.is_some() {
            write_stderr(&Painter::stderr(self.context.global.color).error(&failure.text()));
        }
        self.first.get_or_insert(failure);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn result(self) -> Result<(), Failure> {
        match self.first {
            None => Ok(()),
            Some(failure) if self.as_json => Err(failure),
            // It is printed already.
            Some(failure) => Err(Failure { message: String::new(), ..failure }),
        }
    }
}
