use crate::cli::args::keys::RemoveKey;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, INTERNAL};

pub(super) fn run(_context: &Context, _options: &RemoveKey) -> Result<(), Failure> {
    Err(Failure::new(INTERNAL, "not built yet"))
}
