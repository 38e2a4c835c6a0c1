use crate::os::env;
use crate::os::env::Env;

use super::pinentry;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptMethod {
    Terminal,
    Pinentry,
    PinentryWindow,
    Osascript,
    Zenity,
    PowerShell,
}

/// Best first. Without a screen no window can open, so pinentry would not reach a user either.
pub fn available(env: &Env) -> Vec<PromptMethod> {
    let has = |variable| env.text(variable).is_some();
    let has_display = has(env::DISPLAY) || has(env::WAYLAND_DISPLAY);
    let is_mac = cfg!(target_os = "macos");
    let dirs = env.search_path();
    let on_path = |names: &[&str]| dirs.iter().any(|dir| names.iter().any(|name| dir.join(name).is_file()));
    let methods = [
        (PromptMethod::Terminal, true),
        (PromptMethod::Pinentry, (has_display || is_mac) && on_path(&pinentry::PROGRAMS)),
        (PromptMethod::Osascript, is_mac),
        (PromptMethod::Zenity, has_display && on_path(&["zenity"])),
        (PromptMethod::PowerShell, cfg!(windows) || (has(env::WSL_DISTRO_NAME) && on_path(&["powershell.exe"]))),
    ];
    methods.into_iter().filter_map(|(method, is_available)| is_available.then_some(method)).collect()
}
