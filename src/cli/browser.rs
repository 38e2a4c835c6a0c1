use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::os::browser::{Browser, BrowserTemplate};
use crate::os::env;
use crate::os::fs::is_program;
use crate::sign_in::Machine;

/// The browser of the settings. `profile` is the value of `{profile}`.
pub(crate) fn browser<'a>(context: &'a Context, profile: &'a str) -> Result<Browser<'a>, Failure> {
    let found = context.setting(env::AMPLIFY_CREDS_BROWSER, "browser").filter(|found| !found.value.is_empty());
    let template = match found {
        Some(found) => Some(BrowserTemplate::parse(&found.value).ok_or_else(|| {
            Failure::new(CONFIG, format!("invalid browser in {}", found.from))
                .at(&found.from, None)
                .hint("expected a command such as firefox --new-tab {url}")
        })?),
        None => None,
    };
    Ok(Browser { env: &context.env, template, profile })
}

pub(crate) fn machine(context: &Context) -> Machine {
    let is_set = |name| context.env.text(name).is_some_and(|value| !value.is_empty());
    let has_wslview = || context.env.search_path().iter().any(|directory| is_program(&directory.join("wslview")));
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    Machine {
        is_remote: is_set(env::SSH_CONNECTION) || is_set(env::SSH_TTY),
        wsl_has_browser: is_set(env::WSL_DISTRO_NAME).then(has_wslview),
        has_display: !needs_display || is_set(env::DISPLAY) || is_set(env::WAYLAND_DISPLAY),
        has_browser_setting: is_set(env::BROWSER)
            || context.setting(env::AMPLIFY_CREDS_BROWSER, "browser").is_some_and(|found| !found.value.is_empty()),
    }
}
