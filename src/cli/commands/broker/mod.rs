//! Answers for profiles on a UNIX socket until a signal ends it.

mod answer;
mod offer;
mod request;
mod silence;

use std::sync::Arc;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::broker::{AllowedPeers, BindError, BrokerSocket, serve};
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
    let offer = Offer::new(global, session, names);
    offer.check()?;
    // Before the socket exists, so that no signal leaves it behind.
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGTSTP])
        .map_err(|error| Failure::new(ENDPOINT, format!("cannot handle signals: {error}")))?;
    handle_signals_between_prompts();
    let socket = BrokerSocket::bind(&path, &Locks::in_dir(&context.paths.cache_dir)).map_err(|error| {
        let code = if matches!(error, BindError::System(_)) { ENDPOINT } else { USAGE };
        let failure = Failure::new(code, format!("cannot listen on {}: {error}", path.display()));
        match error {
            BindError::SharedDirectory(directory) => {
                failure.hint(format!("run: chmod 700 {}", shell_word(&directory.to_string_lossy())))
            }
            BindError::InUse => failure.hint("use another path, or end the other process"),
            BindError::NotASocket => failure.hint("use another path, or remove the file"),
            BindError::TooLong | BindError::ForeignDirectory(_) | BindError::System(_) => failure,
        }
    })?;
    let names: Vec<_> = offer.names().iter().map(|name| masked(name)).collect();
    note(&context, &format!("listening on {} for {}", path.display(), names.join(", ")));
    let (socket, offer) = (Arc::new(socket), Arc::new(offer));
    let (listening, allowed) = (socket.clone(), AllowedPeers::new(allow_root));
    thread::Builder::new()
        .spawn(move || {
            serve(&listening, allowed, &|request, peer, replies| {
                request::answer(&offer, request, peer, replies);
            })
        })
        .map_err(|error| Failure::new(ENDPOINT, format!("cannot start a thread: {error}")))?;
    for signal in signals.forever() {
        match signal {
            // An open prompt handles it.
            SIGINT | SIGTSTP if is_prompt_open() => {}
            SIGTSTP => drop(emulate_default_handler(SIGTSTP)),
            _ => break,
        }
    }
    end_prompts();
    socket.remove();
    Ok(())
}
