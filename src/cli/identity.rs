//! Completes a plan with what only files and the environment say of the base's identity. Without it, a cached session
//! could answer for another identity.

use std::path::PathBuf;

use crate::cli::context::Context;
use crate::core::digest::sha256_hex;
use crate::os::env;
use crate::os::fs::read_capped;
use crate::plan::sources::ContainerToken;
use crate::plan::{BaseSource, EnvContext, ProcessIdentity};
use crate::source::web_identity;

/// In bytes, as when the token is sent.
const LARGEST_TOKEN: u64 = 16 << 10;

/// Variables that decide nothing about credentials: those of npm, make, terminals, editors, desktops and prompts, and our
/// own that a child does not get. The manual page amplify-creds-config(5) lists them.
const HARMLESS: [&str; 40] = [
    "_",
    "AMPLIFY_CREDS_ACTIVE_PROFILE",
    "AMPLIFY_CREDS_CHAIN",
    "AMPLIFY_CREDS_MFA_TOKEN",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "DESKTOP_STARTUP_ID",
    "DISPLAY",
    "EDITOR",
    "FORCE_COLOR",
    "GDMSESSION",
    "GPG_TTY",
    "INIT_CWD",
    "INSIDE_EMACS",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LINES",
    "LS_COLORS",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "NO_COLOR",
    "OLDPWD",
    "PS1",
    "PWD",
    "SESSION_MANAGER",
    "SHLVL",
    "SSH_CLIENT",
    "SSH_CONNECTION",
    "SSH_TTY",
    "STY",
    "VISUAL",
    "WAYLAND_DISPLAY",
    "WINDOWID",
    "XAUTHORITY",
    "XPC_SERVICE_NAME",
];

const HARMLESS_PREFIXES: [&str; 24] = [
    "ALACRITTY_",
    "CHROME_",
    "ELECTRON_",
    "GNOME_",
    "GTK_",
    "HIST",
    "IDEA_",
    "ITERM_",
    "JETBRAINS_",
    "KITTY_",
    "KONSOLE_",
    "LC_",
    "NVIM",
    "QT_",
    "STARSHIP_",
    "TERM",
    "TMUX",
    "VIM",
    "VSCODE_",
    "VTE_",
    "WEZTERM_",
    "WT_",
    "XDG_",
    "npm_",
];

pub(crate) fn complete(context: &Context, base: &mut BaseSource) {
    match base {
        BaseSource::Process(process) => {
            if let ProcessIdentity::Environment(found) = &mut process.identity {
                *found = env_context(context, &process.command.value);
            }
        }
        BaseSource::Container(container) => {
            if let Some(ContainerToken::File { path, hash }) = &mut container.service.token {
                let bytes = read_capped(path, LARGEST_TOKEN).ok().flatten();
                *hash = bytes.map(|bytes| sha256_hex(bytes.trim_ascii_end())).unwrap_or_default();
            }
        }
        BaseSource::WebIdentity(web) => {
            let token = web_identity::token(&web.token_file.value);
            web.subject = token.map(|token| web_identity::subject(token.expose())).unwrap_or_default();
        }
        BaseSource::Sso(sso) => sso.endpoint = context.source_endpoints().sso,
        BaseSource::Login(login) => login.endpoint = context.source_endpoints().signin,
        BaseSource::Static(_) | BaseSource::Environment(_) | BaseSource::Imds(_) => {}
    }
}

fn env_context(context: &Context, command: &str) -> EnvContext {
    let mut variables: Vec<_> = context.env.iter().filter(|(name, _)| !is_harmless(&name.to_string_lossy())).collect();
    variables.sort();
    let mut bytes = Vec::new();
    for (name, value) in variables {
        for text in [name, value] {
            bytes.extend(text.as_encoded_bytes());
            bytes.push(0);
        }
    }
    EnvContext {
        files: files(context, command),
        directory: env::current_directory(),
        variables: sha256_hex(zeroize::Zeroizing::new(bytes)),
        config: context.paths.config.clone(),
        credentials: context.paths.credentials.clone(),
    }
}

fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name) || HARMLESS_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The program and the scripts among its arguments, links resolved: a link may be turned to another program.
fn files(context: &Context, command: &str) -> Vec<PathBuf> {
    let words = shlex::split(command).unwrap_or_else(|| command.split_whitespace().map(str::to_owned).collect());
    let mut words = words.into_iter().map(PathBuf::from);
    let program = words.next().and_then(|program| match program.components().count() {
        1 => {
            context.env.search_path().into_iter().map(|directory| directory.join(&program)).find(|path| path.is_file())
        }
        _ => Some(program),
    });
    program.into_iter().chain(words).filter(|path| path.is_file()).filter_map(|path| path.canonicalize().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_variables_are_recognised() {
        for name in ["SHLVL", "_", "npm_config_cache", "TERM_PROGRAM", "VSCODE_PID", "LC_ALL", "XDG_SESSION_ID", "PWD"]
        {
            assert!(is_harmless(name), "{name}");
        }
        for name in [
            "PATH",
            "HOME",
            "USER",
            "VAULT_NAMESPACE",
            "AWS_PROFILE",
            "AWS_REGION",
            "SHLVL2",
            "NODE_OPTIONS",
            "HTTPS_PROXY",
        ] {
            assert!(!is_harmless(name), "{name}");
        }
    }
}
