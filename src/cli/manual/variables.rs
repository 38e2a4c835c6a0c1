//! What `help environment` and the pages say of variables. A test holds it to the constants of `env`.

use super::page::{Block, Section, items, text};

pub(super) fn section() -> Section {
    Section::new(
        "ENVIRONMENT",
        vec![
            text(
                "An empty variable counts as unset. A flag comes before a variable, a variable before a profile's key.",
            ),
            Block::Heading("Of this program"),
            items(&OWN),
            Block::Heading("Of AWS tools"),
            items(&AWS),
            Block::Heading("Of networks"),
            items(&NETWORK),
            Block::Heading("Of the system"),
            items(&SYSTEM),
            Block::Heading("Set for others"),
            items(&SET),
        ],
    )
}

const OWN: [(&str, &str); 11] = [
    ("AMPLIFY_CREDS_PROFILE", "The profile, before AWS_PROFILE."),
    ("AMPLIFY_CREDS_MFA_TOKEN", "An MFA code. Used once, and kept from every program that is started."),
    ("AMPLIFY_CREDS_PROMPT", "How to ask for a code: tty, pinentry, osascript, zenity, powershell or none."),
    ("AMPLIFY_CREDS_NO_INPUT", "Anything but 0 and false: never ask anything."),
    ("AMPLIFY_CREDS_MIN_TTL", "How long a cached session must still last to be handed out, such as 15m."),
    ("AMPLIFY_CREDS_LOCK_TIMEOUT", "How long to wait for another process that fetches the same session, such as 240s."),
    ("AMPLIFY_CREDS_SESSION_NAME", "Role session name for profiles that set none."),
    ("AMPLIFY_CREDS_DIALECT", "How the profile files are read: auto, amplify or aws."),
    ("AMPLIFY_CREDS_CONFIG_FILE", "The config file, before AWS_CONFIG_FILE. exec --serve sets it for its command."),
    (
        "AMPLIFY_CREDS_CREDENTIALS_FILE",
        "The credentials file, before AWS_SHARED_CREDENTIALS_FILE. exec --serve sets it for its command.",
    ),
    ("AMPLIFY_CREDS_SERVE_PORT", "The port of exec --serve, instead of a free one."),
];

const AWS: [(&str, &str); 32] = [
    ("AWS_PROFILE", "The profile."),
    ("AWS_DEFAULT_PROFILE", "The profile, after AWS_PROFILE."),
    ("AWS_CONFIG_FILE", "The config file, instead of ~/.aws/config."),
    ("AWS_SHARED_CREDENTIALS_FILE", "The credentials file, instead of ~/.aws/credentials."),
    ("AWS_REGION", "The region, before the profile's."),
    ("AWS_DEFAULT_REGION", "The region, after AWS_REGION."),
    (
        "AWS_ACCESS_KEY_ID",
        "With AWS_SECRET_ACCESS_KEY, keys to begin with: for credential_source = Environment, and where no profile is \
         asked for and default has no credentials.",
    ),
    ("AWS_SECRET_ACCESS_KEY", "The secret of AWS_ACCESS_KEY_ID."),
    ("AWS_SESSION_TOKEN", "The token that belongs to both, where they are temporary."),
    ("AWS_ENDPOINT_URL_STS", "URL at which STS is called."),
    ("AWS_ENDPOINT_URL", "The same for every service of AWS, after it."),
    ("AWS_ENDPOINT_URL_IAM", "URL at which check --for amplify asks IAM."),
    ("AWS_ENDPOINT_URL_SSO", "URL of the portal of IAM Identity Center."),
    ("AWS_ENDPOINT_URL_SSO_OIDC", "URL that renews its tokens."),
    ("AWS_ENDPOINT_URL_SIGNIN", "URL of AWS Sign-In."),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true: no configured URL counts, those of variables included."),
    (
        "AWS_STS_REGIONAL_ENDPOINTS",
        "regional or legacy: whether STS is called in the region or at its old global host.",
    ),
    ("AWS_USE_FIPS_ENDPOINT", "true: hosts with FIPS-validated cryptography."),
    ("AWS_USE_DUALSTACK_ENDPOINT", "true: hosts that IPv6 reaches, too."),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "A token for AWS_ROLE_ARN, where no profile is asked for."),
    ("AWS_ROLE_ARN", "The role that AWS_WEB_IDENTITY_TOKEN_FILE gives."),
    ("AWS_ROLE_SESSION_NAME", "The name of its session."),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "Where a container on Amazon ECS gets its credentials."),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "The same as a whole URL: EKS Pod Identity and others."),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "What is sent there as Authorization."),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "The same from a file, before the variable."),
    ("AWS_EC2_METADATA_DISABLED", "true: never ask the metadata service of EC2."),
    ("AWS_EC2_METADATA_V1_DISABLED", "true: never ask it without a token."),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "Its URL."),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv4 or IPv6: at which of its addresses."),
    ("AWS_LOGIN_CACHE_DIRECTORY", "Where aws login keeps its sessions, instead of ~/.aws/login/cache."),
    ("AWS_CA_BUNDLE", "PEM file of the certificate authorities to trust, before the profile's ca_bundle."),
];

const NETWORK: [(&str, &str); 6] = [
    ("REQUESTS_CA_BUNDLE", "The same, after ca_bundle."),
    ("SSL_CERT_FILE", "The same, after that; else those of the system are trusted."),
    ("HTTPS_PROXY, https_proxy", "URL of the proxy before https, with user and password where it wants them."),
    ("HTTP_PROXY, http_proxy", "The same before http; not where REQUEST_METHOD is set, as in a web server's program."),
    ("ALL_PROXY, all_proxy", "The same before both, where they have none of their own."),
    ("NO_PROXY, no_proxy", "Hosts, addresses and networks that are called without a proxy, with commas between."),
];

const SYSTEM: [(&str, &str); 14] = [
    ("HOME, USERPROFILE", "The home directory; USERPROFILE on Windows where HOME is not set."),
    ("USER, LOGNAME, USERNAME", "{user} in a session name, the first that is set."),
    ("COMPUTERNAME", "{host} in a session name, on Windows."),
    ("USERDOMAIN", "Who knows the user's name, for whom a directory is closed to all others, on Windows."),
    ("SHELL", "The login shell: what exec runs without a command, and what env writes for when nothing else tells."),
    ("PATH, PATHEXT", "Where programs are, and on Windows which endings they have."),
    ("ComSpec, SystemRoot", "The command interpreter of Windows, and where Windows and its icacls are."),
    ("WT_SESSION", "Which window of Windows Terminal this is, for those who wait for its prompt."),
    ("NO_COLOR", "Anything: no colours, unless --color asks for them."),
    ("DISPLAY, WAYLAND_DISPLAY", "Whether there is a screen for a window."),
    ("WSL_DISTRO_NAME", "Whether this is Linux on Windows, whose window can ask for a code."),
    ("GPG_TTY, TERM", "The terminal, for pinentry; TERM=dumb has no colours."),
    ("LC_ALL, LC_CTYPE, LANG", "Its character set."),
    ("GITHUB_ENV", "The file to which env --shell github adds variables."),
];

const SET: [(&str, &str); 4] = [
    ("AMPLIFY_CREDS_ACTIVE_PROFILE", "By env and exec: the profile whose credentials a shell has, for its prompt."),
    ("AWS_CREDENTIAL_EXPIRATION", "By env and exec: when they end, RFC 3339."),
    ("AWS_SECURITY_TOKEN", "Taken away by env and exec: what the session token was called long ago."),
    ("AMPLIFY_CREDS_CHAIN", "For a credential_process: which profiles and locks wait for it. Not to be set by hand."),
];
