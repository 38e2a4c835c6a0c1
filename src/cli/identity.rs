//! Completes a plan with the parts of the base's identity that only files and the environment contain. Otherwise a
//! cached session of another identity could be used.

use std::path::PathBuf;

use crate::access_keys::AccessKeyRecords;
use crate::cli::context::Context;
use crate::core::digest::sha256_hex;
use crate::os::env;
use crate::os::fs::read_capped;
use crate::plan::sources::ContainerToken;
use crate::plan::{BaseSource, EnvContext, ProcessIdentity};
use crate::source::web_identity;

/// In bytes; the token has the same limit when it is sent.
const LARGEST_TOKEN: u64 = 16 << 10;

/// Variables that do not affect credentials: those of npm, make, terminals, editors, desktops and prompts, and our own
/// that a child does not get. Names are complete if another program's variable could begin the same way.
const HARMLESS: [&str; 62] = [
    "_",
    "AMPLIFY_CREDS_ACTIVE_PROFILE",
    "AMPLIFY_CREDS_CHAIN",
    "AMPLIFY_CREDS_EXPORTED_REGION",
    "AMPLIFY_CREDS_MFA_TOKEN",
    "CHROME_DESKTOP",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "DESKTOP_SESSION",
    "DESKTOP_STARTUP_ID",
    "DISPLAY",
    "EDITOR",
    "FORCE_COLOR",
    "GDMSESSION",
    "GNOME_DESKTOP_SESSION_ID",
    "GNOME_SHELL_SESSION_MODE",
    "GNOME_TERMINAL_SCREEN",
    "GNOME_TERMINAL_SERVICE",
    "GPG_TTY",
    "HISTCONTROL",
    "HISTFILE",
    "HISTFILESIZE",
    "HISTSIZE",
    "INIT_CWD",
    "INSIDE_EMACS",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LC_ALL",
    "LC_CTYPE",
    "LC_TERMINAL",
    "LC_TERMINAL_VERSION",
    "LINES",
    "LS_COLORS",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "NO_COLOR",
    "NVIM",
    "OLDPWD",
    "PS1",
    "PWD",
    "SESSION_MANAGER",
    "SHLVL",
    "SSH_TTY",
    "STY",
    "TERM",
    "TERMINAL_EMULATOR",
    "TERM_PROGRAM",
    "TERM_PROGRAM_VERSION",
    "TERM_SESSION_ID",
    "TMUX",
    "TMUX_PANE",
    "VIM",
    "VIMRUNTIME",
    "VISUAL",
    "WAYLAND_DISPLAY",
    "WINDOWID",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XPC_SERVICE_NAME",
];

const HARMLESS_PREFIXES: [&str; 16] = [
    "ALACRITTY_",
    "ELECTRON_",
    "GTK_",
    "IDEA_",
    "ITERM_",
    "JETBRAINS_",
    "KITTY_",
    "KONSOLE_",
    "QT_",
    "STARSHIP_",
    "VSCODE_",
    "VTE_",
    "WEZTERM_",
    "WT_",
    "XDG_SESSION_",
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
        BaseSource::KeyStore(key_store) => {
            let records = AccessKeyRecords::load(&context.paths.cache_dir).unwrap_or_default();
            key_store.access_key_id = records.get(&key_store.profile).map(|record| record.access_key_id.clone());
        }
        BaseSource::Static(_) | BaseSource::Environment(_) | BaseSource::Missing(_) | BaseSource::Imds(_) => {}
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

/// The programs and scripts in the command. Links are resolved, because a link may later point to another program.
fn files(context: &Context, command: &str) -> Vec<PathBuf> {
    let words = shlex::split(command).unwrap_or_else(|| vec![command.to_owned()]);
    let directories = context.env.search_path();
    let mut files = Vec::new();
    // A quoted word may be a shell script.
    for word in words.iter().flat_map(|word| std::iter::once(&**word).chain(word.split_whitespace())) {
        let path = PathBuf::from(word);
        let in_path = || directories.iter().map(|directory| directory.join(&path)).find(|path| path.is_file());
        let found =
            if path.components().count() == 1 { in_path() } else { Some(path.clone()).filter(|path| path.is_file()) };
        files.extend(found.and_then(|path| path.canonicalize().ok()));
    }
    files.dedup();
    files
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
            "XDG_CONFIG_HOME",
            "DBUS_SESSION_BUS_ADDRESS",
            "TERMINUS_ACCOUNT",
        ] {
            assert!(!is_harmless(name), "{name}");
        }
    }
}
