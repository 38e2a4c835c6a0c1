//! Owns `process`: the credential_process document of one profile.

use crate::output::process_json;

use super::args::Fetch;
use super::context::Context;
use super::failure::Failure;
use super::fetching::fetch;
use super::put;

pub(super) fn run(context: &Context, options: &Fetch) -> Result<(), Failure> {
    put(&process_json::render(&fetch(context, &options.how)?.credentials))
}
