//! Which ways of asking a person exist here: the terminal first, then what can open a window.

use std::ffi::OsString;
use std::path::PathBuf;

use super::method::PromptMethod;

/// What tells whether there is a screen, and where programs are.
#[derive(Debug, Clone, Default)]
pub struct TerminalEnv {
    /// `PATH`
    pub path: Option<OsString>,
    /// Whether `DISPLAY` or `WAYLAND_DISPLAY` names a screen.
    pub has_display: bool,
    /// Whether this is Linux inside Windows (`WSL_DISTRO_NAME`).
    pub is_wsl: bool,
}

/// The ways to ask, best first. Without a screen a window cannot open, and pinentry would find nobody either.
pub fn available(surroundings: &TerminalEnv) -> Vec<PromptMethod> {
    let TerminalEnv { path, has_display, is_wsl } = surroundings;
    let on_path = |names: &[&str]| {
        let dirs: Vec<PathBuf> = path.as_ref().map(|path| crate::os::env::split_paths(path)).unwrap_or_default();
        dirs.iter().any(|dir| names.iter().any(|name| dir.join(name).is_file()))
    };
    let is_mac = cfg!(target_os = "macos");
    let mut rungs = vec![PromptMethod::Terminal];
    if (*has_display || is_mac) && on_path(&super::pinentry::PROGRAMS) {
        rungs.push(PromptMethod::Pinentry);
    }
    if is_mac {
        rungs.push(PromptMethod::Osascript);
    }
    if *has_display && on_path(&["zenity"]) {
        rungs.push(PromptMethod::Zenity);
    }
    if cfg!(windows) || (*is_wsl && on_path(&["powershell.exe"])) {
        rungs.push(PromptMethod::PowerShell);
    }
    rungs
}
