//! Answers for profiles on a UNIX socket until a signal ends it.

mod answer;
mod offer;
mod prompt_queue;
mod request;
mod silence;

use std::sync::Arc;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::broker::{AllowedPeers, BindError, BrokerSocket, max_connections, serve};
use crate::cli::args::{BrokerOptions, Global};
use crate::cli::context::Context;
use crate::cli::errors::failure::{ENDPOINT, Failure, USAGE};
use crate::cli::output::note;
use crate::core::masking::masked;
use crate::core::shell_word::shell_word;
use crate::os::lock::Locks;
use crate::prompt::{end_prompts, handle_signals_between_prompts, is_prompt_open};

use offer::Offer;

pub(crate) fn run(global: Global, options: BrokerOptions) -> Result<(), Failure> {
    let context = Context::new("broker", global.clone(), None)?;
    let BrokerOptions { names, socket: path, allow_root, session } = options;
    let global = Global { no_input: context.no_input(), ..global };
    let connections = max_connections();
    let offer = Offer::new(global, session, names, connections);
    offer.check()?;
    // Before the socket exists, so that no signal leaves it behind.
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP])
        .map_err(|error| Failure::new(ENDPOINT, format!("cannot handle signals: {error}")))?;
    handle_signals_between_prompts();
    let socket = BrokerSocket::bind(&path, &Locks::in_dir(&context.paths.cache_dir)).map_err(|error| {
        let code = if matches!(error, BindError::System(_)) { ENDPOINT } else { USAGE };
        let failure = Failure::new(code, format!("cannot listen: {error} ({})", path.display()));
        match error {
            BindError::SharedDirectory(directory) | BindError::ForeignDirectory(directory) => {
                let own = directory.join("creds/socket");
                failure.hint(format!("use a directory of its own: --socket {}", shell_word(&own.to_string_lossy())))
            }
            BindError::InUse => failure.hint("use another path, or end the other process"),
            BindError::NotASocket => failure.hint("use another path"),
            BindError::TooLong | BindError::NoName => failure.hint("use for example ~/.creds/dev/socket"),
            BindError::System(_) => failure.hint("use a path in a directory that you can write"),
        }
    })?;
    let names: Vec<_> = offer.names().iter().map(|name| masked(name)).collect();
    note(&context, &format!("listening on {} for {}", path.display(), names.join(", ")));
    let (socket, offer) = (Arc::new(socket), Arc::new(offer));
    let (listening, answering, allowed) = (socket.clone(), offer.clone(), AllowedPeers::new(allow_root));
    thread::Builder::new()
        .spawn(move || {
            serve(&listening, connections, allowed, &|request, peer, replies| {
                request::answer(&answering, request, peer, replies);
            })
        })
        .map_err(|error| Failure::new(ENDPOINT, format!("cannot start a thread: {error}")))?;
    for signal in signals.forever() {
        match signal {
            // An open prompt handles it.
            SIGINT | SIGTSTP if is_prompt_open() => {}
            SIGINT if offer.prompts.has_keyboard() => {}
            SIGTSTP => drop(emulate_default_handler(SIGTSTP)),
            _ => break,
        }
    }
    end_prompts();
    socket.remove();
    Ok(())
}
