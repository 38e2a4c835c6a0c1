//! Checks the broker instead of files.

use std::path::Path;

use serde_json::json;

use crate::broker::MISSING;
use crate::cli::args::Doctor;
use crate::cli::broker_client::{not_decided_here, profiles};
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, PROFILE_NOT_FOUND};
use crate::cli::output::{write_json, write_stdout};
use crate::core::masking::masked;
use crate::core::sanitize::printable;

pub(super) fn run(context: &Context, socket: &Path, asked: &[String], options: &Doctor) -> Result<u8, Failure> {
    if options.fix {
        return Err(not_decided_here("--fix"));
    }
    let offered = profiles(context, socket)?;
    if let Some(missing) = offered.iter().find(|profile| profile.kind == MISSING) {
        let message = format!("the broker offers profile {}, which does not exist on its host", missing.name);
        return Err(Failure::new(PROFILE_NOT_FOUND, message).hint("on the host: amplify-creds doctor"));
    }
    let names: Vec<_> = offered.into_iter().map(|profile| profile.name).collect();
    if let Some(missing) = asked.iter().find(|asked| !names.contains(asked)) {
        let message = format!("the broker does not offer profile {}", masked(missing));
        return Err(Failure::new(PROFILE_NOT_FOUND, message).hint(format!("offered: {}", names.join(", "))));
    }
    let socket = socket.display().to_string();
    if options.json {
        let broker = json!({"socket": socket, "profiles": names});
        write_json(&json!({"findings": [], "visibility": {}, "headers": [], "broker": broker}))?;
    } else {
        let line = format!("the broker at {socket} answers for: {}", names.join(", "));
        write_stdout(format!("{}\n", printable(&line)).as_bytes())?;
    }
    Ok(0)
}
