use std::process::Command;
use std::{io, thread};

use crate::cli::args::SessionArgs;
use crate::cli::context::Context;
use crate::cli::credential_env::{active_profile, all_vars};
use crate::cli::credentials::Fetched;
use crate::cli::errors::failure::{CONFIG, ENDPOINT, Failure};
use crate::cli::exported_region;
use crate::os::env;
use crate::os::job::{Job, exit_like};
use crate::output::print_message;
use crate::profile::key_names::KEYS;
use crate::prompt::end_prompts;
#[cfg(unix)]
use crate::prompt::leave_signals;
use crate::serve::directory::{self, PrivateDirectory};
use crate::serve::{CredentialsEndpoint, private_config};

use super::failure::not_run;
use super::renewal::{Renewal, Session};

/// The endpoint serves the fetched credentials, and later the renewed ones.
pub(crate) fn run(context: Context, how: &SessionArgs, fetched: Fetched, mut command: Command) -> Result<u8, Failure> {
    let active_profile = active_profile(&context, fetched.plan.profile_in_files());
    let Fetched { plan, credentials, source: _ } = fetched;
    let region = plan.region.as_ref().map(|region| region.value.as_str());
    let session = match plan.profile_in_files() {
        Some(profile) => Session::OfProfile(profile.to_owned()),
        None => Session::OfEnvironment,
    };
    let hint = "change or unset AMPLIFY_CREDS_SERVE_PORT, or serve_port in config.ini; 0 means any free port";
    let endpoint =
        CredentialsEndpoint::start(port(&context)?, credentials.clone(), session.expired()).map_err(|error| {
            Failure::new(ENDPOINT, format!("cannot open a port on 127.0.0.1 for the command: {error}")).hint(hint)
        })?;
    directory::sweep();
    let directory = PrivateDirectory::create(&config_file(&context, plan.profile_in_files(), region)?)
        .map_err(|error| Failure::new(ENDPOINT, format!("cannot create the config file for the command: {error}")))?;

    for name in all_vars(&context.env) {
        command.env_remove(name);
    }
    let active = active_profile.map(|profile| (env::AMPLIFY_CREDS_ACTIVE_PROFILE, Some(profile)));
    for (name, value) in exported_region::assignments(&context.env, region).into_iter().chain(active) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .env(env::AWS_CONTAINER_CREDENTIALS_FULL_URI, endpoint.uri())
        .env(env::AWS_CONTAINER_AUTHORIZATION_TOKEN, endpoint.token().expose())
        .env(env::AWS_CONFIG_FILE, directory.config())
        .env(env::AWS_SHARED_CREDENTIALS_FILE, directory.credentials())
        // Lets this program find the user's profiles inside the command.
        .env(env::AMPLIFY_CREDS_CONFIG_FILE, &context.paths.config)
        .env(env::AMPLIFY_CREDS_CREDENTIALS_FILE, &context.paths.credentials);

    #[cfg(unix)]
    leave_signals();
    let job = Job::start(&mut command).map_err(|error| not_run(command.get_program(), &error))?;
    if let Some(renewal) = Renewal::of(context, how, session, &credentials) {
        // Not joined, so that the process does not wait for a call to AWS after the command has ended.
        if let Err(error) = thread::Builder::new().spawn(move || renewal.run(&endpoint)) {
            print_message(&format!("amplify-creds: cannot renew the session: {error}"));
        }
    }
    let ended = job.wait();
    end_prompts();
    drop(directory);
    ended
        .map(exit_like)
        .map_err(|error: io::Error| Failure::new(ENDPOINT, format!("cannot wait for the command to end: {error}")))
}

fn port(context: &Context) -> Result<u16, Failure> {
    let Some(asked) = context.setting(env::AMPLIFY_CREDS_SERVE_PORT, "serve_port") else { return Ok(0) };
    asked.value.trim().parse().map_err(|_| {
        Failure::new(CONFIG, format!("invalid port in {}", asked.from))
            .at(&asked.from, None)
            .hint("expected a number up to 65535; 0 means any free port")
    })
}

/// The settings of the profile, without its credentials.
fn config_file(context: &Context, profile: Option<&str>, region: Option<&str>) -> Result<String, Failure> {
    let set = context.profiles()?;
    let found = profile.and_then(|profile| set.get(profile));
    let value = |key: &str| match (key, region) {
        ("region", Some(region)) => Some(region.to_owned()),
        _ => Some(found.as_ref()?.get_any(key)?.value.to_owned()),
    };
    let passed_on = KEYS.iter().filter(|key| key.is_passed_on).map(|key| key.name);
    let settings: Vec<_> = passed_on.filter_map(|key| Some((key, value(key)?))).collect();
    let name = value("services");
    let services = name.as_deref().and_then(|name| Some((name, set.services(name)?.properties())));
    let services = services.as_ref().map(|(name, properties)| (*name, properties.as_slice()));
    Ok(private_config::render(profile, &settings, services))
}
