//! Finds the section of an IAM Identity Center session, or collects its settings from flags or from the user.

use crate::cli::args::Setup;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, NOBODY_TO_ASK, USAGE};
use crate::cli::questions::{FormField, Questions};
use crate::core::origin::{Located, Origin};
use crate::plan::base;
use crate::plan::limits::{is_endpoint, is_region};
use crate::plan::sources::SsoSession;
use crate::profile::{Profile, Setting};
use crate::profile_file::lines::is_identifier;
use crate::profile_file::portable::reads_alike;
use crate::profile_file::{Dialect, FileKind};
use crate::setup::sso_profiles::SCOPE;

pub(super) struct SessionSection {
    pub(super) session: SsoSession,
    pub(super) is_new: bool,
}

pub(super) fn find(context: &Context, options: &Setup, name: &str) -> Result<SessionSection, Failure> {
    let set = context.files().profiles(Dialect::Auto)?;
    match set.sso_session(name) {
        Some(section) => Ok(SessionSection { session: existing(options, name, &section)?, is_new: false }),
        None => Ok(SessionSection { session: new(context, options, name, &set.sso_sessions())?, is_new: true }),
    }
}

fn existing(options: &Setup, name: &str, section: &Profile<'_>) -> Result<SsoSession, Failure> {
    let located = |failure: Failure| match section.location() {
        Some(at) => failure.at_line(&at, None),
        None => failure,
    };
    let setting = |key: &'static str, flag: &str, given: Option<&String>| {
        let missing = || located(Failure::new(CONFIG, format!("[sso-session {name}] has no {key}")));
        let found = section.get(key).map(Setting::located).ok_or_else(missing)?;
        match given.filter(|given| !without_fragment(given).eq_ignore_ascii_case(without_fragment(&found.value))) {
            None => Ok(found),
            Some(_) => Err(Failure::new(USAGE, format!("{flag} differs from {key} of [sso-session {name}]"))
                .at(&found.from, None)
                .hint(format!("omit {flag}, edit the section, or use another session name"))),
        }
    };
    let start_url = setting("sso_start_url", "--sso-start-url", options.session.sso_start_url.as_ref())?;
    let region = setting("sso_region", "--sso-region", options.session.sso_region.as_ref())?;
    let region = Located::new(region.value.to_ascii_lowercase(), region.from);
    if !is_region(&region.value) {
        let message = format!("invalid sso_region in [sso-session {name}] (expected for example eu-west-1)");
        return Err(Failure::new(CONFIG, message).at(&region.from, None));
    }
    let at = section.location().map_or(Origin::Default, Origin::File);
    Ok(SsoSession { name: Some(Located::new(name.to_owned(), at)), start_url, region, scopes: base::scopes(section) })
}

fn new(context: &Context, options: &Setup, name: &str, known: &[String]) -> Result<SsoSession, Failure> {
    if name.is_empty() || !is_identifier(name) {
        let message = "invalid name of a new sso-session in --sso (expected letters, digits and any of _-/.%@:+)";
        return Err(Failure::new(USAGE, message));
    }
    let file = &context.files().source(FileKind::Config).shown;
    let (start_url, region) = (options.session.sso_start_url.as_ref(), options.session.sso_region.as_ref());
    let mut ask = if start_url.is_some() && region.is_some() {
        Questions::none()
    } else {
        let code = if options.yes { USAGE } else { NOBODY_TO_ASK };
        let opened = if options.yes { None } else { Questions::open(context).ok() };
        opened.ok_or_else(|| {
            let failure =
                Failure::new(code, format!("{file} has no [sso-session {name}], and its settings are missing"))
                    .hint("add --sso-start-url and --sso-region, or run the command in a terminal without --yes");
            if known.is_empty() { failure } else { failure.hint(format!("existing sessions: {}", known.join(", "))) }
        })?
    };
    ask.say(&format!("{file} has no [sso-session {name}]. This adds it. Press Ctrl-C to cancel without changes.\n"));
    if !known.is_empty() {
        ask.say(&format!("Existing sessions: {}\n", known.join(", ")));
    }
    let start_url = field("Start URL of the AWS access portal", "--sso-start-url", start_url);
    let start_url = ask.required(&start_url, &|url| {
        let url = without_fragment(url);
        let is_url = url.starts_with("https://") && is_endpoint(url) && reads_alike("sso_start_url", url);
        if is_url { Ok(()) } else { Err("a URL, such as https://d-1234567890.awsapps.com/start".to_owned()) }
    })?;
    let region = ask.required(&field("Region of IAM Identity Center", "--sso-region", region), &|region| {
        if is_region(region) { Ok(()) } else { Err("a region, such as eu-west-1".to_owned()) }
    })?;
    let located = |value: &str, flag| Located::new(value.to_owned(), Origin::Flag(flag));
    Ok(SsoSession {
        name: Some(located(name, "--sso")),
        start_url: located(without_fragment(&start_url), "--sso-start-url"),
        region: located(&region.to_ascii_lowercase(), "--sso-region"),
        scopes: Some(vec![SCOPE.to_owned()]),
    })
}

fn field<'q>(what: &'q str, flag: &'q str, given: Option<&'q String>) -> FormField<'q> {
    FormField { what, flag, given: given.map(String::as_str), usual: None }
}

/// The portal's address in a browser ends with `/#/`. Some tools read a comment there.
fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before.trim_end_matches('/'))
}
