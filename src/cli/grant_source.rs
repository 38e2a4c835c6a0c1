//! Gets a grant from the local files or from a broker.

use crate::cli::args::SessionArgs;
#[cfg(unix)]
use crate::cli::broker_client;
use crate::cli::context::Context;
use crate::cli::credentials::fetch;
use crate::cli::errors::failure::Failure;
use crate::cli::grant::Grant;

pub(crate) fn grant(context: &Context, session: &SessionArgs) -> Result<Grant, Failure> {
    #[cfg(unix)]
    if let Some(socket) = &context.broker {
        return broker_client::credentials(context, socket, session);
    }
    fetch(context, session).map(Grant::from)
}
