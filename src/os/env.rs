//! The environment: every variable the program reads is a constant here, and nothing else calls `std::env`.
//!
//! An empty variable counts as unset, as in the AWS CLI.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

/// Home directory; `~/.aws` and `~/.amplify` lie in it.
pub const HOME: &str = "HOME";
/// Home directory on Windows, read when `HOME` is not set.
pub const USERPROFILE: &str = "USERPROFILE";
/// Path of the config file, instead of `~/.aws/config`.
pub const AWS_CONFIG_FILE: &str = "AWS_CONFIG_FILE";
/// Path of the credentials file, instead of `~/.aws/credentials`.
pub const AWS_SHARED_CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";
/// The profile, before `AWS_PROFILE`.
pub const AMPLIFY_CREDS_PROFILE: &str = "AMPLIFY_CREDS_PROFILE";
/// The user's name on Unix.
pub const USER: &str = "USER";
/// The same on older systems, and where `USER` is not set.
pub const LOGNAME: &str = "LOGNAME";
/// The user's name on Windows.
pub const USERNAME: &str = "USERNAME";
/// Who knows that name: the machine or a domain.
pub const USERDOMAIN: &str = "USERDOMAIN";
/// The profile, as every SDK reads it.
pub const AWS_PROFILE: &str = "AWS_PROFILE";
/// The profile, as older AWS CLIs call it.
pub const AWS_DEFAULT_PROFILE: &str = "AWS_DEFAULT_PROFILE";
/// The region, before the profile's.
pub const AWS_REGION: &str = "AWS_REGION";
/// The region, after `AWS_REGION`.
pub const AWS_DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";
/// Access key id of the environment's own credentials.
pub const AWS_ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// Secret access key of the environment's own credentials.
pub const AWS_SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// Session token of the environment's own credentials.
pub const AWS_SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// URL that STS is called at, before `AWS_ENDPOINT_URL`.
pub const AWS_ENDPOINT_URL_STS: &str = "AWS_ENDPOINT_URL_STS";
/// URL that IAM is called at, before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_IAM: &str = "AWS_ENDPOINT_URL_IAM";
/// URL that every AWS service is called at.
pub const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";
/// `regional` or `legacy`: whether STS is called at the region's host or at the old one for all regions.
pub const AWS_STS_REGIONAL_ENDPOINTS: &str = "AWS_STS_REGIONAL_ENDPOINTS";
/// `true` chooses hosts with FIPS-validated cryptography.
pub const AWS_USE_FIPS_ENDPOINT: &str = "AWS_USE_FIPS_ENDPOINT";
/// `true` chooses hosts that IPv6 reaches, too.
pub const AWS_USE_DUALSTACK_ENDPOINT: &str = "AWS_USE_DUALSTACK_ENDPOINT";
/// `true` switches every configured URL off, those of the variables included.
pub const AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
/// A file with a token that gives [`AWS_ROLE_ARN`], where no profile is asked for.
pub const AWS_WEB_IDENTITY_TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
/// The role that [`AWS_WEB_IDENTITY_TOKEN_FILE`] gives.
pub const AWS_ROLE_ARN: &str = "AWS_ROLE_ARN";
/// The name of that role's session.
pub const AWS_ROLE_SESSION_NAME: &str = "AWS_ROLE_SESSION_NAME";
/// Where a container on Amazon ECS gets its credentials: a path on 169.254.170.2.
pub const AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
/// The same as a whole URL: EKS Pod Identity and others.
pub const AWS_CONTAINER_CREDENTIALS_FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// What is sent there as `Authorization`.
pub const AWS_CONTAINER_AUTHORIZATION_TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
/// The same from a file, before the variable.
pub const AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
/// `true`: never ask the metadata service of EC2.
pub const AWS_EC2_METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";
/// `true`: never ask it without a token.
pub const AWS_EC2_METADATA_V1_DISABLED: &str = "AWS_EC2_METADATA_V1_DISABLED";
/// Its URL.
pub const AWS_EC2_METADATA_SERVICE_ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
/// `IPv4` or `IPv6`: which of its addresses is called.
pub const AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
/// Where `aws login` keeps its sessions, instead of `~/.aws/login/cache`.
pub const AWS_LOGIN_CACHE_DIRECTORY: &str = "AWS_LOGIN_CACHE_DIRECTORY";
/// URL of IAM Identity Center's portal, before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SSO: &str = "AWS_ENDPOINT_URL_SSO";
/// URL that renews its tokens, before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SSO_OIDC: &str = "AWS_ENDPOINT_URL_SSO_OIDC";
/// URL of AWS Sign-In, before [`AWS_ENDPOINT_URL`].
pub const AWS_ENDPOINT_URL_SIGNIN: &str = "AWS_ENDPOINT_URL_SIGNIN";
/// Where Windows is.
pub const SYSTEMROOT: &str = "SystemRoot";
/// The command interpreter of Windows.
pub const COMSPEC: &str = "ComSpec";
/// The endings that make a file a command on Windows.
pub const PATHEXT: &str = "PATHEXT";
/// The tab of Windows Terminal that a program runs in.
pub const WT_SESSION: &str = "WT_SESSION";
/// The host's name on Windows.
pub const COMPUTERNAME: &str = "COMPUTERNAME";
/// PEM file of the certificate authorities to trust, instead of the system's.
pub const AWS_CA_BUNDLE: &str = "AWS_CA_BUNDLE";
/// The same for Python's HTTP client, after `ca_bundle`: the AWS CLI reads it.
pub const REQUESTS_CA_BUNDLE: &str = "REQUESTS_CA_BUNDLE";
/// The same for OpenSSL, and all that follow it.
pub const SSL_CERT_FILE: &str = "SSL_CERT_FILE";
/// URL of the proxy before `https` URLs, with user and password where it wants them.
pub const HTTPS_PROXY: &str = "HTTPS_PROXY";
/// The same, after it.
pub const HTTPS_PROXY_LOWER: &str = "https_proxy";
/// URL of the proxy before `http` URLs.
pub const HTTP_PROXY: &str = "HTTP_PROXY";
/// The same, after it.
pub const HTTP_PROXY_LOWER: &str = "http_proxy";
/// URL of the proxy before both, where they have none of their own.
pub const ALL_PROXY: &str = "ALL_PROXY";
/// The same, after it.
pub const ALL_PROXY_LOWER: &str = "all_proxy";
/// Hosts, addresses and networks that no proxy stands before, with commas between.
pub const NO_PROXY: &str = "NO_PROXY";
/// The same, after it.
pub const NO_PROXY_LOWER: &str = "no_proxy";
/// Set in a program that a web server runs for a request.
pub const REQUEST_METHOD: &str = "REQUEST_METHOD";
/// An MFA code, used once and kept from every child process.
pub const AMPLIFY_CREDS_MFA_TOKEN: &str = "AMPLIFY_CREDS_MFA_TOKEN";
/// The profile whose credentials a shell has, set by `env` for the shell's own prompt. Never read.
pub const AMPLIFY_CREDS_ACTIVE_PROFILE: &str = "AMPLIFY_CREDS_ACTIVE_PROFILE";
/// When the environment's credentials end, RFC 3339. Set by `env`, never read.
pub const AWS_CREDENTIAL_EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
/// What the session token was called long ago. Unset by `env`, never read.
pub const AWS_SECURITY_TOKEN: &str = "AWS_SECURITY_TOKEN";
/// The file that gives variables to the later steps of a GitHub Actions job.
pub const GITHUB_ENV: &str = "GITHUB_ENV";
/// The user's login shell.
pub const SHELL: &str = "SHELL";
/// For a `credential_process` that we run: the profiles and locks that wait for it, as JSON. Ours alone.
pub const AMPLIFY_CREDS_CHAIN: &str = "AMPLIFY_CREDS_CHAIN";
/// How to ask for an MFA code: `tty`, `pinentry`, `osascript`, `zenity`, `powershell` or `none`.
pub const AMPLIFY_CREDS_PROMPT: &str = "AMPLIFY_CREDS_PROMPT";
/// Anything: colour nothing by itself (no-color.org).
pub const NO_COLOR: &str = "NO_COLOR";
/// Where programs are.
pub const PATH: &str = "PATH";
/// The X server, where there is a screen.
pub const DISPLAY: &str = "DISPLAY";
/// The Wayland compositor, where there is a screen.
pub const WAYLAND_DISPLAY: &str = "WAYLAND_DISPLAY";
/// Set inside the Windows Subsystem for Linux.
pub const WSL_DISTRO_NAME: &str = "WSL_DISTRO_NAME";
/// The terminal that pinentry is to use, as GnuPG has it.
pub const GPG_TTY: &str = "GPG_TTY";
/// The kind of terminal.
pub const TERM: &str = "TERM";
/// The terminal's character set, among much else; before `LC_CTYPE`.
pub const LC_ALL: &str = "LC_ALL";
/// The terminal's character set, before `LANG`.
pub const LC_CTYPE: &str = "LC_CTYPE";
/// The language, and the terminal's character set.
pub const LANG: &str = "LANG";
/// Any value but `0` and `false`: never ask anything.
pub const AMPLIFY_CREDS_NO_INPUT: &str = "AMPLIFY_CREDS_NO_INPUT";
/// `auto`, `amplify` or `aws`.
pub const AMPLIFY_CREDS_DIALECT: &str = "AMPLIFY_CREDS_DIALECT";
/// How long a cached session must still last to be handed out (`15m`, seconds).
pub const AMPLIFY_CREDS_MIN_TTL: &str = "AMPLIFY_CREDS_MIN_TTL";
/// How long to wait for another process that is fetching the same session (`240s`).
pub const AMPLIFY_CREDS_LOCK_TIMEOUT: &str = "AMPLIFY_CREDS_LOCK_TIMEOUT";
/// The port of `exec --serve`, instead of a free one.
pub const AMPLIFY_CREDS_SERVE_PORT: &str = "AMPLIFY_CREDS_SERVE_PORT";
/// Path of the config file, before `AWS_CONFIG_FILE`: set by `exec --serve`, whose command sees another file there.
pub const AMPLIFY_CREDS_CONFIG_FILE: &str = "AMPLIFY_CREDS_CONFIG_FILE";
/// Path of the credentials file, before `AWS_SHARED_CREDENTIALS_FILE`; likewise.
pub const AMPLIFY_CREDS_CREDENTIALS_FILE: &str = "AMPLIFY_CREDS_CREDENTIALS_FILE";
/// Role session name for profiles that set none.
pub const AMPLIFY_CREDS_SESSION_NAME: &str = "AMPLIFY_CREDS_SESSION_NAME";

/// The variables: the process's as they were at the start, or a fixed table in tests.
#[derive(Clone)]
pub struct Env(Vec<(OsString, OsString)>);

impl Env {
    /// The process's own environment. Read once: dozens of variables are asked for, and the system looks through all of
    /// them for each.
    pub fn process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// Only the given variables.
    pub fn fixed<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name.into(), value.into())).into())
    }

    /// The variable's text; bytes that are not UTF-8 become U+FFFD. `None` when unset or empty.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| match value.into_string() {
            Ok(text) => text,
            Err(raw) => raw.to_string_lossy().into_owned(),
        })
    }

    /// The variable as a path, byte for byte. `None` when unset or empty.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }

    /// Whether the variable is set to something other than `0` or `false`.
    pub fn switch(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
    }

    /// The first of `names` that is set, and its text.
    pub fn first(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.text(name)?)))
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        // Windows has no variables that differ in case alone.
        let is_it = |found: &OsStr| found == name || (cfg!(windows) && found.eq_ignore_ascii_case(name));
        let found = self.0.iter().find(|(found, _)| is_it(found));
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }
}

/// Names alone: values are secrets.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Where files go that nobody keeps.
pub fn temporary_directory() -> PathBuf {
    std::env::temp_dir()
}

/// The command line with the program's name first, as the system gave it.
pub fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

/// The directories in a value like that of [`PATH`].
pub fn split_paths(path: &OsStr) -> Vec<PathBuf> {
    std::env::split_paths(path).collect()
}

/// The path of the running executable, when it can be known.
pub fn executable() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

/// The directory that relative paths start from, when it can be known.
pub fn current_directory() -> Option<PathBuf> {
    std::env::current_dir().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_unset_and_the_first_name_wins() {
        let env = Env::fixed([(AWS_PROFILE, ""), (AWS_DEFAULT_PROFILE, "dev"), (AWS_REGION, "eu-west-1")]);
        assert_eq!(env.text(AWS_PROFILE), None);
        assert_eq!(env.first(&[AWS_PROFILE, AWS_DEFAULT_PROFILE]), Some((AWS_DEFAULT_PROFILE, "dev".to_owned())));
        assert_eq!(env.path(AWS_REGION), Some("eu-west-1".into()));
    }

    #[test]
    fn a_switch_is_off_for_zero_and_false() {
        for (value, on) in [("1", true), ("yes", true), ("0", false), ("False", false), ("", false)] {
            assert_eq!(Env::fixed([(AMPLIFY_CREDS_NO_INPUT, value)]).switch(AMPLIFY_CREDS_NO_INPUT), on, "{value:?}");
        }
    }
}
