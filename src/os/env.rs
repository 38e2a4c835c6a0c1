//! The only module that calls `std::env`. An empty variable counts as unset, as in the AWS CLI.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

pub const HOME: &str = "HOME";
/// Used on Windows if `HOME` is not set.
pub const USERPROFILE: &str = "USERPROFILE";
pub const AWS_CONFIG_FILE: &str = "AWS_CONFIG_FILE";
pub const AWS_SHARED_CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";
/// Has priority over `AWS_PROFILE`.
pub const AMPLIFY_CREDS_PROFILE: &str = "AMPLIFY_CREDS_PROFILE";
pub const USER: &str = "USER";
pub const LOGNAME: &str = "LOGNAME";
pub const USERNAME: &str = "USERNAME";
/// Windows: the machine or the domain of `USERNAME`.
pub const USERDOMAIN: &str = "USERDOMAIN";
pub const AWS_PROFILE: &str = "AWS_PROFILE";
/// Used by older versions of the AWS CLI.
pub const AWS_DEFAULT_PROFILE: &str = "AWS_DEFAULT_PROFILE";
pub const AWS_REGION: &str = "AWS_REGION";
pub const AWS_DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";
pub const AWS_ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
pub const AWS_SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
pub const AWS_SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
pub const AWS_ENDPOINT_URL_STS: &str = "AWS_ENDPOINT_URL_STS";
pub const AWS_ENDPOINT_URL_IAM: &str = "AWS_ENDPOINT_URL_IAM";
pub const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";
/// `regional` or `legacy`.
pub const AWS_STS_REGIONAL_ENDPOINTS: &str = "AWS_STS_REGIONAL_ENDPOINTS";
pub const AWS_USE_FIPS_ENDPOINT: &str = "AWS_USE_FIPS_ENDPOINT";
pub const AWS_USE_DUALSTACK_ENDPOINT: &str = "AWS_USE_DUALSTACK_ENDPOINT";
pub const AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
pub const AWS_WEB_IDENTITY_TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
pub const AWS_ROLE_ARN: &str = "AWS_ROLE_ARN";
pub const AWS_ROLE_SESSION_NAME: &str = "AWS_ROLE_SESSION_NAME";
/// Amazon ECS: a path on 169.254.170.2.
pub const AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
/// EKS Pod Identity and others.
pub const AWS_CONTAINER_CREDENTIALS_FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
pub const AWS_CONTAINER_AUTHORIZATION_TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
/// Has priority over `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
pub const AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
pub const AWS_EC2_METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";
/// `true`: never call the metadata service without a token.
pub const AWS_EC2_METADATA_V1_DISABLED: &str = "AWS_EC2_METADATA_V1_DISABLED";
pub const AWS_EC2_METADATA_SERVICE_ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
/// `IPv4` or `IPv6`.
pub const AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
pub const AWS_LOGIN_CACHE_DIRECTORY: &str = "AWS_LOGIN_CACHE_DIRECTORY";
pub const AWS_ENDPOINT_URL_SSO: &str = "AWS_ENDPOINT_URL_SSO";
pub const AWS_ENDPOINT_URL_SSO_OIDC: &str = "AWS_ENDPOINT_URL_SSO_OIDC";
pub const AWS_ENDPOINT_URL_SIGNIN: &str = "AWS_ENDPOINT_URL_SIGNIN";
pub const SYSTEMROOT: &str = "SystemRoot";
pub const COMSPEC: &str = "ComSpec";
/// Windows: the file name extensions of commands.
pub const PATHEXT: &str = "PATHEXT";
/// The tab of Windows Terminal.
pub const WT_SESSION: &str = "WT_SESSION";
pub const COMPUTERNAME: &str = "COMPUTERNAME";
pub const AWS_CA_BUNDLE: &str = "AWS_CA_BUNDLE";
/// Used by Python's HTTP client. The AWS CLI reads it after `ca_bundle`.
pub const REQUESTS_CA_BUNDLE: &str = "REQUESTS_CA_BUNDLE";
/// Used by OpenSSL.
pub const SSL_CERT_FILE: &str = "SSL_CERT_FILE";
pub const HTTPS_PROXY: &str = "HTTPS_PROXY";
/// Each lower-case proxy variable is read after the upper-case one.
pub const HTTPS_PROXY_LOWER: &str = "https_proxy";
pub const HTTP_PROXY: &str = "HTTP_PROXY";
pub const HTTP_PROXY_LOWER: &str = "http_proxy";
pub const ALL_PROXY: &str = "ALL_PROXY";
pub const ALL_PROXY_LOWER: &str = "all_proxy";
pub const NO_PROXY: &str = "NO_PROXY";
pub const NO_PROXY_LOWER: &str = "no_proxy";
pub const REQUEST_METHOD: &str = "REQUEST_METHOD";
pub const AMPLIFY_CREDS_MFA_TOKEN: &str = "AMPLIFY_CREDS_MFA_TOKEN";
/// Set by `env` and `exec`, for the shell's own prompt.
pub const AMPLIFY_CREDS_ACTIVE_PROFILE: &str = "AMPLIFY_CREDS_ACTIVE_PROFILE";
/// `keys:NAME` or `profile:NAME`. Set by the shell function `acreds`, for `acreds -`.
pub const AMPLIFY_CREDS_PREVIOUS_PROFILE: &str = "AMPLIFY_CREDS_PREVIOUS_PROFILE";
/// The region variables that `env` and `exec` set. See `cli::exported_region`.
pub const AMPLIFY_CREDS_EXPORTED_REGION: &str = "AMPLIFY_CREDS_EXPORTED_REGION";
/// RFC 3339. Set by `env`, never read.
pub const AWS_CREDENTIAL_EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
/// The old name of the session token. Unset by `env`, never read.
pub const AWS_SECURITY_TOKEN: &str = "AWS_SECURITY_TOKEN";
/// The account of the keys in the environment. botocore chooses endpoints by it. Set by `env`, never read.
pub const AWS_ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";
/// Precedes the name of a service. Requests to the service carry this token and no signature.
pub const AWS_BEARER_TOKEN_PREFIX: &str = "AWS_BEARER_TOKEN_";
/// Used by boto and the old Java tools, and still read by botocore. This program never reads it, nor the variables
/// below.
pub const AWS_CREDENTIAL_FILE: &str = "AWS_CREDENTIAL_FILE";
/// The SDKs for Java, Ruby and Go read it if `AWS_ACCESS_KEY_ID` is not set.
pub const AWS_ACCESS_KEY: &str = "AWS_ACCESS_KEY";
pub const AWS_SECRET_KEY: &str = "AWS_SECRET_KEY";
/// The SDK for Ruby reads it if `AWS_ACCESS_KEY_ID` is not set.
pub const AMAZON_ACCESS_KEY_ID: &str = "AMAZON_ACCESS_KEY_ID";
pub const AMAZON_SECRET_ACCESS_KEY: &str = "AMAZON_SECRET_ACCESS_KEY";
pub const AMAZON_SESSION_TOKEN: &str = "AMAZON_SESSION_TOKEN";
pub const GITHUB_ENV: &str = "GITHUB_ENV";
pub const SHELL: &str = "SHELL";
/// See `core::call_chain`.
pub const AMPLIFY_CREDS_CHAIN: &str = "AMPLIFY_CREDS_CHAIN";
pub const AMPLIFY_CREDS_PROMPT: &str = "AMPLIFY_CREDS_PROMPT";
pub const COLUMNS: &str = "COLUMNS";
/// no-color.org: any value disables colour.
pub const NO_COLOR: &str = "NO_COLOR";
pub const PATH: &str = "PATH";
pub const DISPLAY: &str = "DISPLAY";
pub const WAYLAND_DISPLAY: &str = "WAYLAND_DISPLAY";
pub const BROWSER: &str = "BROWSER";
/// Has priority over `BROWSER`. See `os::browser::BrowserTemplate`.
pub const AMPLIFY_CREDS_BROWSER: &str = "AMPLIFY_CREDS_BROWSER";
/// Set by sshd.
pub const SSH_CONNECTION: &str = "SSH_CONNECTION";
pub const SSH_TTY: &str = "SSH_TTY";
pub const AMPLIFY_CREDS_SIGN_IN: &str = "AMPLIFY_CREDS_SIGN_IN";
pub const AMPLIFY_CREDS_SIGN_IN_FLOW: &str = "AMPLIFY_CREDS_SIGN_IN_FLOW";
/// Set inside the Windows Subsystem for Linux.
pub const WSL_DISTRO_NAME: &str = "WSL_DISTRO_NAME";
/// The terminal for pinentry, as GnuPG defines it.
pub const GPG_TTY: &str = "GPG_TTY";
pub const DBUS_SESSION_BUS_ADDRESS: &str = "DBUS_SESSION_BUS_ADDRESS";
pub const XDG_RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";
pub const TERM: &str = "TERM";
/// The character set is the first of `LC_ALL`, `LC_CTYPE` and `LANG`.
pub const LC_ALL: &str = "LC_ALL";
pub const LC_CTYPE: &str = "LC_CTYPE";
pub const LANG: &str = "LANG";
pub const AMPLIFY_CREDS_NO_INPUT: &str = "AMPLIFY_CREDS_NO_INPUT";
pub const AMPLIFY_CREDS_DIALECT: &str = "AMPLIFY_CREDS_DIALECT";
pub const AMPLIFY_CREDS_MIN_TTL: &str = "AMPLIFY_CREDS_MIN_TTL";
pub const AMPLIFY_CREDS_LOCK_TIMEOUT: &str = "AMPLIFY_CREDS_LOCK_TIMEOUT";
pub const AMPLIFY_CREDS_SERVE_PORT: &str = "AMPLIFY_CREDS_SERVE_PORT";
/// Has priority over `AWS_CONFIG_FILE`. Set by `exec --serve`, which sets that variable to another file for the
/// command.
pub const AMPLIFY_CREDS_CONFIG_FILE: &str = "AMPLIFY_CREDS_CONFIG_FILE";
/// Has priority over `AWS_SHARED_CREDENTIALS_FILE`, for the same reason.
pub const AMPLIFY_CREDS_CREDENTIALS_FILE: &str = "AMPLIFY_CREDS_CREDENTIALS_FILE";
pub const AMPLIFY_CREDS_SOCKET: &str = "AMPLIFY_CREDS_SOCKET";
pub const AMPLIFY_CREDS_AUDIT_LOG: &str = "AMPLIFY_CREDS_AUDIT_LOG";
pub const AMPLIFY_CREDS_SEAL: &str = "AMPLIFY_CREDS_SEAL";
pub const AMPLIFY_CREDS_SESSION_NAME: &str = "AMPLIFY_CREDS_SESSION_NAME";
/// The name of a coding agent. Coding agents set this variable and those below for the commands that they run. See
/// `plan::agent`.
pub const AI_AGENT: &str = "AI_AGENT";
/// Also a variable of other programs. Only the value `amp` counts.
pub const AGENT: &str = "AGENT";
pub const CLAUDECODE: &str = "CLAUDECODE";
pub const CODEX_SANDBOX: &str = "CODEX_SANDBOX";
pub const CODEX_CI: &str = "CODEX_CI";
pub const CODEX_THREAD_ID: &str = "CODEX_THREAD_ID";
pub const CURSOR_AGENT: &str = "CURSOR_AGENT";
pub const GEMINI_CLI: &str = "GEMINI_CLI";
pub const COPILOT_CLI: &str = "COPILOT_CLI";
pub const OPENCODE: &str = "OPENCODE";

#[derive(Clone)]
pub struct Env(Vec<(OsString, OsString)>);

impl Env {
    /// Copies the variables: dozens are read, and the system searches all of them for each.
    pub fn process() -> Self {
        Self(std::env::vars_os().collect())
    }

    pub fn fixed<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name.into(), value.into())).into())
    }

    /// Bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| value.to_string_lossy().into_owned())
    }

    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    pub fn names_with_prefix(&self, prefix: &str) -> Vec<String> {
        let names = self.0.iter().filter_map(|(name, _)| name.to_str());
        let is_it = |name: &&str| {
            let start = name.get(..prefix.len());
            start.is_some_and(|start| start == prefix || (cfg!(windows) && start.eq_ignore_ascii_case(prefix)))
        };
        names.filter(is_it).map(str::to_owned).collect()
    }

    pub fn search_path(&self) -> Vec<PathBuf> {
        self.raw(PATH).iter().flat_map(std::env::split_paths).collect()
    }

    pub fn switch(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    pub fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.text(name)?)))
    }

    fn raw(&self, name: &str) -> Option<&OsStr> {
        // Windows ignores case in the names of variables.
        let is_it = |found: &OsStr| found == name || (cfg!(windows) && found.eq_ignore_ascii_case(name));
        let (_, value) = self.0.iter().find(|(found, _)| is_it(found))?;
        Some(value.as_os_str()).filter(|value| !value.is_empty())
    }
}

/// Omits the values, which may be secrets.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

pub fn temporary_directory() -> PathBuf {
    std::env::temp_dir()
}

pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

pub fn executable() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

pub fn current_directory() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

/// The target triple of this program. Cargo passes it only to build scripts.
pub fn target() -> String {
    use std::env::consts::{ARCH, OS};
    let (vendor, system) = match OS {
        "macos" => ("apple", "darwin"),
        "windows" => ("pc", OS),
        _ => ("unknown", OS),
    };
    let environment =
        [("gnu", cfg!(target_env = "gnu")), ("musl", cfg!(target_env = "musl")), ("msvc", cfg!(target_env = "msvc"))];
    let suffix = environment.iter().find(|(_, is_it)| *is_it).map(|(name, _)| format!("-{name}")).unwrap_or_default();
    format!("{ARCH}-{vendor}-{system}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_variable_counts_as_unset() {
        let env = Env::fixed([(AWS_PROFILE, ""), (AWS_DEFAULT_PROFILE, "dev"), (AWS_REGION, "eu-west-1")]);
        assert_eq!(env.text(AWS_PROFILE), None);
        assert_eq!(env.first(&[AWS_PROFILE, AWS_DEFAULT_PROFILE]), Some((AWS_DEFAULT_PROFILE, "dev".to_owned())));
        assert_eq!(env.path(AWS_REGION), Some("eu-west-1".into()));
    }

    #[test]
    fn switch_zero_and_false_are_off() {
        for (value, on) in [("1", true), ("yes", true), ("0", false), ("False", false), ("", false)] {
            assert_eq!(Env::fixed([(AMPLIFY_CREDS_NO_INPUT, value)]).switch(AMPLIFY_CREDS_NO_INPUT), on, "{value:?}");
        }
    }
}
