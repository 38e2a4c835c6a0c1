use clap::ValueEnum;

use crate::cli::args::FlowArg;
use crate::cli::browser::machine;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::os::env;
use crate::sign_in::Flow;

use super::needs::Session;
use super::occasion::Occasion;

const BROKER: &str = "broker";

/// Whether `sign_in` is `auto`, the default of the broker: its clients cannot run `login`.
pub(super) fn is_automatic(context: &Context) -> Result<bool, Failure> {
    let Some(found) = context.setting(env::AMPLIFY_CREDS_SIGN_IN, "sign_in") else {
        return Ok(context.verb == BROKER);
    };
    match found.value.as_str() {
        "auto" => Ok(true),
        "manual" => Ok(false),
        _ => Err(Failure::new(CONFIG, format!("invalid sign_in in {}", found.from))
            .at(&found.from, None)
            .hint("expected auto or manual")),
    }
}

/// For `doctor`.
pub(in crate::cli) fn check_settings(context: &Context) -> Result<(), Failure> {
    is_automatic(context)?;
    configured(context).map(drop)
}

pub(super) fn of(context: &Context, session: &Session<'_>, occasion: Occasion) -> Result<Flow, Failure> {
    let asked = match occasion {
        Occasion::Login(Some(flow)) => Some(flow),
        _ => configured(context)?,
    };
    let flow = match asked {
        Some(FlowArg::Browser) => Flow::Browser,
        Some(FlowArg::Device) => Flow::DeviceCode,
        Some(FlowArg::Paste) => Flow::Paste,
        None => machine(context).flow(),
    };
    Ok(match session {
        // The AWS CLI, too, has only device codes for these.
        Session::IdentityCenter(session, _) if session.name.is_none() => Flow::DeviceCode,
        Session::AwsSignIn(_) if flow == Flow::DeviceCode => Flow::Paste,
        _ => flow,
    })
}

fn configured(context: &Context) -> Result<Option<FlowArg>, Failure> {
    let found = context.setting(env::AMPLIFY_CREDS_SIGN_IN_FLOW, "sign_in_flow");
    let Some(found) = found.filter(|found| found.value != "auto") else { return Ok(None) };
    FlowArg::from_str(&found.value, false).map(Some).map_err(|_| {
        Failure::new(CONFIG, format!("invalid sign_in_flow in {}", found.from))
            .at(&found.from, None)
            .hint("expected auto, browser, device or paste")
    })
}
