#[cfg(unix)]
mod broker;
mod fix;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::amplify::environment::Source;
use crate::amplify::project::Environment;
use crate::cli::args::Doctor;
use crate::cli::audit_log;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, OUTPUT, PROFILE_NOT_FOUND};
use crate::cli::errors::near_miss::with_hints;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::screen::Screen;
use crate::cli::selection;
use crate::cli::{prompts, sign_in};
use crate::core::clock::Clock;
use crate::core::masking::masked;
use crate::core::sanitize::printable;
use crate::doctor::facts::{Facts, HeaderFacts, Trouble};
use crate::doctor::picker;
use crate::doctor::visibility::VisibilityTable;
use crate::doctor::world::{ProjectProfile, World};
use crate::doctor::{FilePlace, Finding, Hit, Severity, examine};
use crate::os::env;
use crate::plan::build;
use crate::profile::value_form::shown_header;
use crate::profile_file::Dialect;
use crate::tools::{Tool, Views, Visibility};

use text::VisibilityRow;

pub(crate) fn run(context: Context, options: &Doctor) -> Result<u8, Failure> {
    #[cfg(unix)]
    if let Some(socket) = &context.broker {
        return broker::run(&context, socket, &asked(&context, options), options);
    }
    if options.fix {
        fix::run(&context, options)?;
        if options.dry_run {
            return Ok(0);
        }
        return report(&context.reload()?, options);
    }
    report(&context, options)
}

fn report(context: &Context, options: &Doctor) -> Result<u8, Failure> {
    let files = context.files();
    let set = files.profiles(Dialect::Auto)?.read_ahead();
    let views = Views::from_files(files);
    let asked = asked(context, options);
    let is_known = |name: &&String| set.get(name).is_some() || views.iter().any(|view| view.sees(name));
    if let Some(name) = asked.iter().find(|name| !is_known(name)) {
        let [config, credentials] = set.shown_files();
        let message = format!("profile {name} does not exist in {config} or {credentials}");
        let hint = match set.nearest(name).as_slice() {
            [] => "run: amplify-creds list".to_owned(),
            names => format!("did you mean {}?", names.join(" or ")),
        };
        return Err(with_hints(Failure::new(PROFILE_NOT_FOUND, message), &set.near_misses_of_missing(name)).hint(hint));
    }
    let world = World {
        paths: &context.paths,
        env: &context.env,
        now: Clock::System.now(),
        program: env::executable(),
        project: project(context),
        key_store: &context.key_store(),
        seals: context.seals().unwrap_or(false),
        invalid_settings: invalid_settings(context),
    };
    let inputs = context.inputs()?;
    let plan = |name: &str| {
        let plan = build::build(&set, name, &inputs);
        plan.and_then(|plan| build::can_be_carried_out(&plan).map(|()| plan)).map_err(|error| {
            let at = error.location().cloned();
            let Failure { message, hints, .. } = Failure::from(error.clone());
            Trouble { error, message, at, hint: hints.into_iter().next() }
        })
    };
    let facts = Facts::gather(files, &views, &set, &asked, &world, &plan);
    let findings = examine(&facts);
    let visibilities = VisibilityTable::of(&facts);
    let all_tools = |name: &str| Tool::ALL.map(|tool| visibilities.visibility(tool, name));
    if options.json {
        let names = if asked.is_empty() { visibilities.names() } else { asked.iter().map(String::as_str).collect() };
        let report = JsonReport {
            findings: findings.iter().map(json_finding).collect(),
            visibility: names.iter().map(|name| (masked(name), PerTool(all_tools(name)))).collect(),
            headers: facts.headers.iter().map(|header| json_header(&facts, header)).collect(),
        };
        let text = serde_json::to_string(&report)
            .map_err(|error| Failure::new(OUTPUT, format!("cannot write JSON: {error}")))?;
        write_json(&text)?;
    } else {
        let is_asked = !asked.is_empty();
        let all = || facts.profiles.iter().map(|profile| profile.name.clone()).collect();
        let names: Vec<String> = if is_asked { asked.clone() } else { all() };
        let rows: Vec<_> = names
            .into_iter()
            .map(|name| VisibilityRow { visibilities: all_tools(&name), name: masked(&name).into_owned() })
            .collect();
        let choices = picker::amplify_choices(&views, &facts.profiles, facts.program.as_deref(), &|name| {
            facts.can_be_wrapped(name)
        });
        let picker = picker::picker_line(&choices).map_or_else(String::new, |line| format!("{}\n\n", printable(&line)));
        let report = text::render(&rows, &findings, is_asked, Screen::of(context));
        write_stdout(format!("{picker}{report}").as_bytes())?;
    }
    let has_errors = findings.iter().any(|finding| finding.check.severity == Severity::Error);
    Ok(u8::from(has_errors))
}

/// Of the settings with fixed values. An invalid dialect is an error of every command.
fn invalid_settings(context: &Context) -> Vec<Hit> {
    let outcomes = [
        audit_log::is_on(context).map(drop),
        context.seals().map(drop),
        prompts::check_setting(context),
        sign_in::check_settings(context),
    ];
    let hit = |Failure { message, at, hints, .. }: Failure| {
        // A finding has its place before the message.
        let place = at.as_ref().map_or_else(String::new, |at| format!(" in {at}"));
        let message = message.strip_suffix(&place).unwrap_or(&message).to_owned();
        let at = at.map(|at| FilePlace { file: at.file, line: at.line });
        Hit { profile: None, at, message, hint: hints.into_iter().next() }
    };
    outcomes.into_iter().filter_map(|outcome| outcome.err().map(hit)).collect()
}

/// An unreadable project must not prevent the report.
fn project(context: &Context) -> Option<ProjectProfile> {
    let found = selection::environment(context).unwrap_or_else(|failure| {
        context.info(|| failure.message);
        None
    });
    match found? {
        (_, Environment { name, source: Source::Profile(profile), from }) => {
            Some(ProjectProfile { environment: name, profile, from })
        }
        _ => None,
    }
}

/// Variables are ignored: only the command line names profiles here.
fn asked(context: &Context, options: &Doctor) -> Vec<String> {
    let mut names: Vec<String> = context.global.profile.clone().into_iter().collect();
    for name in &options.names {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// Every key is always present. Serialised without a `Value`, which would take most of the time for a thousand
/// profiles.
#[derive(Serialize)]
struct JsonReport<'f> {
    findings: Vec<JsonFinding<'f>>,
    visibility: BTreeMap<Cow<'f, str>, PerTool<Visibility>>,
    headers: Vec<JsonHeader<'f>>,
}

#[derive(Serialize)]
struct JsonFinding<'f> {
    code: &'static str,
    severity: &'static str,
    profile: Option<&'f str>,
    file: Option<Cow<'f, str>>,
    line: Option<u32>,
    message: &'f str,
    hint: Option<&'f str>,
}

#[derive(Serialize)]
struct JsonHeader<'f> {
    file: Cow<'f, str>,
    line: u32,
    header: Cow<'f, str>,
    names: PerTool<Vec<Cow<'f, str>>>,
}

/// Its keys are [`Tool::key`].
struct PerTool<T>([T; 5]);

impl<T: Serialize> Serialize for PerTool<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Tool::ALL.map(Tool::key).iter().zip(&self.0))
    }
}

fn json_finding(Finding { check, hit: Hit { profile, at, message, hint } }: &Finding) -> JsonFinding<'_> {
    JsonFinding {
        code: check.code,
        severity: check.severity.name(),
        profile: profile.as_deref(),
        file: at.as_ref().map(|at| at.file.path.to_string_lossy()),
        line: at.as_ref().and_then(|at| at.line),
        message,
        hint: hint.as_deref(),
    }
}

fn json_header<'f>(facts: &'f Facts<'f>, header: &'f HeaderFacts<'f>) -> JsonHeader<'f> {
    JsonHeader {
        file: facts.file(header.kind).source.path.to_string_lossy(),
        line: header.line,
        header: shown_header(header.text),
        names: PerTool(header.names.each_ref().map(|names| names.iter().map(|name| masked(name)).collect())),
    }
}
