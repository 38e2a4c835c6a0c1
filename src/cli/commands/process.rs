use crate::cli::args::Fetch;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::grant_source::grant;
use crate::cli::output::write_stdout;
use crate::output::process_json;

pub(crate) fn run(context: &Context, options: &Fetch) -> Result<(), Failure> {
    write_stdout(&process_json::render(&grant(context, &options.session)?.credentials))
}
