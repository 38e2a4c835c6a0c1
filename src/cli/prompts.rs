use clap::ValueEnum;

use crate::cli::args::{PromptArg, SessionArgs};
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::core::origin::Located;
use crate::core::secret::Secret;
use crate::os::env;
use crate::plan::wrapper::WrapperOptions;
use crate::prompt::{GivenCode, PromptChain, PromptMethod, available};

/// The codes from the command line or the environment, then the prompts. Options of the command line have priority over
/// those of a wrapper. `login` ignores a wrapper's options, because a user runs it.
pub(crate) fn prompt_chain(
    context: &Context,
    session: &SessionArgs,
    wrapper: Option<&Located<WrapperOptions>>,
) -> Result<PromptChain, Failure> {
    let from_flag = session.mfa_token.as_deref().map(|code| match code {
        "-" => GivenCode::Stdin,
        code => GivenCode::Code(Secret::from(code)),
    });
    let from_variable = context.env.text(env::AMPLIFY_CREDS_MFA_TOKEN).map(|code| GivenCode::Code(Secret::new(code)));
    let given = [("--mfa-token", from_flag), ("$AMPLIFY_CREDS_MFA_TOKEN", from_variable)];
    let given = given.into_iter().filter_map(|(from, given)| Some((from, given?))).collect();
    Ok(PromptChain::new(given, methods(context, session, wrapper)?))
}

/// Only prompts with their own window, because a running command uses the terminal.
pub(crate) fn dialog_chain(
    context: &Context,
    session: &SessionArgs,
    wrapper: &Located<WrapperOptions>,
) -> Result<PromptChain, Failure> {
    let as_dialog = |method| match method {
        PromptMethod::Terminal => None,
        PromptMethod::Pinentry | PromptMethod::PinentryWindow => Some(PromptMethod::PinentryWindow),
        PromptMethod::Osascript | PromptMethod::Zenity | PromptMethod::PowerShell => Some(method),
    };
    let methods = methods(context, session, Some(wrapper))?;
    Ok(PromptChain::new(Vec::new(), methods.into_iter().filter_map(as_dialog).collect()))
}

fn methods(
    context: &Context,
    session: &SessionArgs,
    wrapper: Option<&Located<WrapperOptions>>,
) -> Result<Vec<PromptMethod>, Failure> {
    if context.no_input() || wrapper.is_some_and(|wrapper| wrapper.value.no_input) {
        return Ok(Vec::new());
    }
    let chosen = match (session.prompt, named_method(context, wrapper)) {
        (Some(flag), _) => flag,
        (None, Some(named)) => parse(&named)?,
        (None, None) => return Ok(available(&context.env)),
    };
    Ok(match chosen {
        PromptArg::Tty => vec![PromptMethod::Terminal],
        PromptArg::Pinentry => vec![PromptMethod::Pinentry],
        PromptArg::Osascript => vec![PromptMethod::Osascript],
        PromptArg::Zenity => vec![PromptMethod::Zenity],
        PromptArg::Powershell => vec![PromptMethod::PowerShell],
        PromptArg::None => Vec::new(),
    })
}

fn parse(method: &Located<String>) -> Result<PromptArg, Failure> {
    PromptArg::from_str(&method.value, false).map_err(|_| {
        Failure::new(CONFIG, format!("invalid prompt method in {}", method.from))
            .at(&method.from, None)
            .hint("expected tty, pinentry, osascript, zenity, powershell or none")
    })
}

/// For `doctor`.
pub(crate) fn check_setting(context: &Context) -> Result<(), Failure> {
    named_method(context, None).map_or(Ok(()), |method| parse(&method).map(drop))
}

fn named_method(context: &Context, wrapper: Option<&Located<WrapperOptions>>) -> Option<Located<String>> {
    let of_wrapper =
        wrapper.and_then(|wrapper| Some(Located::new(wrapper.value.prompt.clone()?, wrapper.from.clone())));
    of_wrapper.or_else(|| context.setting(env::AMPLIFY_CREDS_PROMPT, "prompt"))
}

pub(crate) fn why_unprompted(
    context: &Context,
    session: &SessionArgs,
    wrapper: &Located<WrapperOptions>,
) -> Option<String> {
    if context.global.no_input {
        return None;
    }
    if context.no_input() {
        return Some(format!("{0} disables prompts; to enable them: unset {0}", env::AMPLIFY_CREDS_NO_INPUT));
    }
    if wrapper.value.no_input {
        return Some(format!("--no-input in the profile's command ({}) disables prompts", wrapper.from));
    }
    let named = named_method(context, Some(wrapper)).filter(|_| session.prompt.is_none())?;
    Some(format!("prompt method {} ({}) cannot be used here; add: --prompt tty", named.value, named.from))
}
