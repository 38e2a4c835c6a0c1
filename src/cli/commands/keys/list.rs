use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, INTERNAL};

pub(super) fn run(_context: &Context, _json: bool) -> Result<(), Failure> {
    Err(Failure::new(INTERNAL, "not built yet"))
}
