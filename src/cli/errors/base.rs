use crate::cli::errors::clock::{CLOCK_FIX, behind};
use crate::cli::errors::failure::{
    ACCESS_DENIED, BASE_FAILED, CONFIG, Failure, INTERNAL, KEY_STORE, NETWORK, SIGN_IN_NEEDED,
};
use crate::cli::errors::network::{misconfigured, untrusted};
use crate::core::credentials::InvalidCredentials;
use crate::core::invalid_text::InvalidText;
use crate::core::origin::Origin;
use crate::core::shell_word::shell_word;
use crate::key_store::{KeyStore, KeyStoreError};
use crate::plan::{Base, BaseSource};
use crate::profile::keys::{KeyPlace, Keys};
use crate::source::{ProcessError, Service, SourceError};
use crate::sts::StsError;

pub(crate) fn failure(error: &SourceError, base: &Base) -> Failure {
    let profile = &base.profile;
    let what = format!("cannot get the credentials of profile {profile}");
    let failure = match error {
        SourceError::Process(error) => {
            let what = format!("the credential_process of profile {profile} returned no credentials: {error}");
            let details = match error {
                ProcessError::Child(error) => error.last_lines(),
                ProcessError::InvalidDocument(_) => Vec::new(),
            };
            Failure { details, ..Failure::new(BASE_FAILED, what) }
                .hint("run the command yourself to see its full output")
        }
        // On one line, because SDKs show only the first line.
        SourceError::SignedOut(why) | SourceError::Rejected { why, .. } => sign_in_needed(why, base),
        SourceError::InvalidTokenFile { problem, path } => {
            Failure { details: vec![format!("the token file is {}", path.display())], ..sign_in_needed(problem, base) }
        }
        SourceError::InaccessibleTokenFile { problem, path } => Failure {
            details: vec![format!("the token file is {}", path.display())],
            ..Failure::new(BASE_FAILED, format!("{what}: {problem}"))
        }
        .hint("make the file and its directory readable and writable"),
        SourceError::Invalid(error) => match &base.source {
            BaseSource::Static(keys) | BaseSource::Environment(keys) => return invalid_key(*error, keys, profile),
            _ => Failure::new(BASE_FAILED, format!("the credentials of profile {profile} are invalid: {error}"))
                .hint(of_source(&base.source)),
        },
        SourceError::InvalidVariable { variable, problem } => {
            Failure::new(CONFIG, format!("invalid ${variable}: the token {problem}"))
        }
        SourceError::KeyStore(_) | SourceError::NoKey | SourceError::InvalidKey | SourceError::KeyReplaced => {
            of_key_store(error, profile)
        }
        SourceError::Unusable(reason) => {
            let failure = Failure::new(BASE_FAILED, format!("{what}: {reason}"));
            match base.source {
                BaseSource::WebIdentity(_) => {
                    failure.hint("web_identity_token_file, or AWS_WEB_IDENTITY_TOKEN_FILE, must name the token's file")
                }
                _ => failure,
            }
        }
        SourceError::Service { service, error } => of_service(*service, error, &what),
        SourceError::ClockWrong { service, error, offset } => of_clock(*service, error, *offset, &what),
    };
    failure.at(base.source.origin(), Some(profile))
}

/// A profile that names itself, without a record of a key: most likely a mistake.
pub(crate) fn without_key(error: &SourceError, base: &Base) -> Failure {
    let (SourceError::NoKey | SourceError::KeyStore(KeyStoreError::Missing(_))) = error else {
        return failure(error, base);
    };
    let profile = &base.profile;
    let message =
        format!("the credential_process of profile {profile} names {profile} itself, which has no stored key");
    Failure::new(CONFIG, message)
        .at(base.source.origin(), Some(profile))
        .hint("for a role, write the name of the profile with role_arn")
        .hint(format!("for a key in the key store: amplify-creds keys add {}", shell_word(profile)))
}

/// On one line, because SDKs show only the first line.
fn of_key_store(error: &SourceError, profile: &str) -> Failure {
    let (store, word) = (KeyStore::name(), shell_word(profile));
    let failure = |code, what: &str| Failure::new(code, format!("cannot get the key of profile {profile}: {what}"));
    match error {
        SourceError::KeyStore(error @ (KeyStoreError::Locked | KeyStoreError::NoKeyring)) => {
            failure(KEY_STORE, &error.to_string()).hint(format!("to unlock it: amplify-creds login {word}"))
        }
        SourceError::KeyStore(error) => {
            failure(KEY_STORE, &error.to_string()).hint("to check the key store: amplify-creds doctor")
        }
        SourceError::NoKey => failure(BASE_FAILED, &format!("the {store} has none"))
            .hint(format!("to store it: amplify-creds keys add {word}")),
        SourceError::InvalidKey => failure(BASE_FAILED, &format!("its item in the {store} is not an access key"))
            .hint(format!("to store it again: amplify-creds keys add {word}")),
        _ => failure(BASE_FAILED, &format!("another program replaced it in the {store}; run the command again")),
    }
}

fn sign_in_needed(why: &str, base: &Base) -> Failure {
    let profile = &base.profile;
    let run = format!("amplify-creds login {}", shell_word(profile));
    Failure::new(SIGN_IN_NEEDED, format!("profile {profile} needs a sign-in: {why}; run: {run}")).hint(run)
}

/// A key from a file or a variable. SDKs show only the first line, so it includes the location.
fn invalid_key(error: InvalidCredentials, keys: &Keys, profile: &str) -> Failure {
    let KeyPlace { name, from } = keys.places.of(error.field);
    let message = match from {
        Origin::File(at) => format!("invalid {name} at {at}: {error}"),
        _ => format!("invalid {from}: {error}"),
    };
    let failure = Failure::new(CONFIG, message).at(from, Some(profile));
    match (from, error.problem) {
        (Origin::File(_), InvalidText::Character('\n')) => {
            failure.hint("an indented line continues the value of the line above")
        }
        _ => failure.hint("copy the value again, as AWS shows it"),
    }
}

fn of_source(source: &BaseSource) -> String {
    match source {
        BaseSource::Process(_) => "run the credential_process yourself to see its full output".to_owned(),
        BaseSource::Imds(_) => format!("the credentials come from {}", Service::Imds),
        BaseSource::Container(_) => format!("the credentials come from {}", Service::Container),
        BaseSource::Login(_) => format!("the credentials come from {}", Service::SignIn),
        _ => format!("the credentials come from {}", Service::Sso),
    }
}

pub(crate) fn of_clock(service: Service, error: &StsError, offset: i64, what: &str) -> Failure {
    of_service(service, error, what)
        .hint(format!("this machine's clock is {} AWS's clock; {CLOCK_FIX}", behind(offset)))
}

pub(crate) fn of_service(service: Service, error: &StsError, what: &str) -> Failure {
    let network = |reason: String| Failure::new(NETWORK, format!("{what}: {reason}"));
    let nobody_there = |reason: String| {
        network(reason).hint(match service {
            Service::Imds => {
                "only EC2 instances have this service; a container on an instance needs a hop limit of 2 or more"
            }
            Service::Container => "only containers with an ECS task role or EKS Pod Identity have this service",
            Service::Sso => "check the network, HTTPS_PROXY and sso_region",
            Service::SignIn => "check the network and HTTPS_PROXY",
        })
    };
    match error {
        StsError::Refused { code, message } => {
            let kind = match code.as_str() {
                "ForbiddenException"
                | "AccessDeniedException"
                | "ResourceNotFoundException"
                | "INSUFFICIENT_PERMISSIONS" => ACCESS_DENIED,
                _ => BASE_FAILED,
            };
            let failure = Failure::new(kind, format!("{what}: {service} returned {code}"));
            let failure = Failure { aws: (!message.is_empty()).then(|| message.clone()), ..failure };
            match service {
                Service::Sso if kind == ACCESS_DENIED => {
                    failure.hint("check sso_account_id and sso_role_name (amplify-creds setup --sso lists your roles)")
                }
                Service::SignIn if kind == ACCESS_DENIED => failure.hint("allow the user signin:CreateOAuth2Token"),
                _ => failure,
            }
        }
        StsError::Unreachable { host: _, proxy: None, reason } => {
            nobody_there(format!("no connection to {service}: {reason}"))
        }
        StsError::Unreachable { host: _, proxy: Some(proxy), reason } => {
            network(format!("no connection to {service} through the proxy {proxy}: {reason}"))
        }
        StsError::Untrusted { host, why, trusted } => untrusted(what, host, why, trusted),
        StsError::Roots { .. } | StsError::Proxy { .. } | StsError::Endpoint(_) => misconfigured(error),
        StsError::TimedOut => nobody_there(format!("{service} did not answer")),
        StsError::Throttled => network(format!("{service} throttled the request")).hint("try again in a minute"),
        StsError::Server(status) => {
            network(format!("{service} returned HTTP status {status}")).hint("try again in a minute")
        }
        StsError::Garbage => network(format!("the response is not from {service}")),
        StsError::ForeignError(status) => network(format!("the response is not from {service} (HTTP status {status})")),
        StsError::Setup(reason) => Failure::new(INTERNAL, format!("{what}: {reason}")).hint("check AWS_CA_BUNDLE"),
    }
}
