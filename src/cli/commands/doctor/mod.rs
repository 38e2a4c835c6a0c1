//! `doctor`: who can use which profile, and what is wrong.

mod fix;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::args::Doctor;
use crate::cli::color;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, OUTPUT, PROFILE_NOT_FOUND};
use crate::cli::output::write_stdout;
use crate::core::clock::Clock;
use crate::doctor::facts::{Facts, HeaderFacts, Trouble};
use crate::doctor::visibility::ToolSight;
use crate::doctor::world::World;
use crate::doctor::{Finding, Hit, Severity, examine};
use crate::os::env;
use crate::plan::build;
use crate::profile_file::Dialect;
use crate::tools::{Sight, Tool, Views};

use text::Row;

pub(crate) fn run(context: Context, options: &Doctor) -> Result<u8, Failure> {
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
    for name in &asked {
        if set.get(name).is_none() && !views.iter().any(|view| view.sees(name)) {
            let [config, credentials] = set.shown_files();
            let failure =
                Failure::new(PROFILE_NOT_FOUND, format!("there is no profile {name} in {config} or {credentials}"));
            let nearest = set.nearest(name);
            return Err(match nearest.as_slice() {
                [] => failure.hint("see: amplify-creds list"),
                names => failure.hint(format!("did you mean {}?", names.join(" or "))),
            });
        }
    }
    let world =
        World { paths: &context.paths, env: &context.env, now: Clock::System.now(), program: env::executable() };
    let inputs = context.inputs()?;
    let plan = |name: &str| {
        build::build(&set, name, &inputs).map_err(|error| {
            let at = error.location().cloned();
            let Failure { message, hints, .. } = Failure::from(error.clone());
            Trouble { error, message, at, hint: hints.into_iter().next() }
        })
    };
    let facts = Facts::gather(files, &views, &set, &asked, &world, &plan);
    let findings = examine(&facts);
    let sights = ToolSight::of(&facts);
    if options.json {
        let names = if asked.is_empty() { sights.names() } else { asked.iter().map(String::as_str).collect() };
        let document = Document {
            findings: findings.iter().map(FoundJson::of).collect(),
            visibility: names.iter().map(|name| (*name, sights_of(&sights, name).into())).collect(),
            headers: facts.headers.iter().map(|header| HeaderJson::of(&facts, header)).collect(),
        };
        let mut text = serde_json::to_vec(&document)
            .map_err(|error| Failure::new(OUTPUT, format!("cannot write JSON: {error}")))?;
        text.push(b'\n');
        write_stdout(&text)?;
    } else {
        let names = || facts.profiles.iter().map(|profile| profile.name.clone()).collect();
        let names: Vec<String> = if asked.is_empty() { names() } else { asked.clone() };
        let rows: Vec<_> = names.into_iter().map(|name| Row { sights: sights_of(&sights, &name), name }).collect();
        let text = text::render(&rows, &findings, !asked.is_empty(), color::is_wanted(context));
        write_stdout(text.as_bytes())?;
    }
    let has_errors = findings.iter().any(|finding| finding.check.severity == Severity::Error);
    Ok(u8::from(has_errors))
}

/// The profiles that the command line names; variables name none here.
fn asked(context: &Context, options: &Doctor) -> Vec<String> {
    let flag = context.global.profile.clone().into_iter();
    let mut names: Vec<String> = Vec::new();
    for name in flag.chain(options.names.iter().cloned()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn sights_of(sights: &ToolSight<'_>, name: &str) -> [Sight; 5] {
    Tool::ALL.map(|consumer| sights.sight(consumer, name))
}

/// What `--json` prints: every key always there, `null` where unknown. Written without a tree between, which would cost
/// more than everything else at a thousand profiles.
#[derive(Serialize)]
struct Document<'f> {
    findings: Vec<FoundJson<'f>>,
    visibility: BTreeMap<&'f str, PerConsumer<SightJson>>,
    headers: Vec<HeaderJson<'f>>,
}

#[derive(Serialize)]
struct FoundJson<'f> {
    code: &'static str,
    severity: &'static str,
    profile: Option<&'f str>,
    file: Option<Cow<'f, str>>,
    line: Option<u32>,
    message: &'f str,
    hint: Option<&'f str>,
}

#[derive(Serialize)]
struct SightJson {
    visible: bool,
    resolvable: bool,
    reason: Option<String>,
}

#[derive(Serialize)]
struct HeaderJson<'f> {
    file: Cow<'f, str>,
    line: u32,
    header: &'f str,
    names: PerConsumer<&'f [&'f str]>,
}

/// One of each under [`Tool::key`].
#[derive(Serialize)]
struct PerConsumer<T> {
    amplify: T,
    aws_cli: T,
    sdk_js: T,
    sdk_rust: T,
    sdk_go: T,
}

impl<T> From<[T; 5]> for PerConsumer<T> {
    fn from([amplify, aws_cli, sdk_js, sdk_rust, sdk_go]: [T; 5]) -> Self {
        Self { amplify, aws_cli, sdk_js, sdk_rust, sdk_go }
    }
}

impl From<[Sight; 5]> for PerConsumer<SightJson> {
    fn from(sights: [Sight; 5]) -> Self {
        sights.map(|Sight { visible, resolvable, reason }| SightJson { visible, resolvable, reason }).into()
    }
}

impl<'f> FoundJson<'f> {
    fn of(Finding { check, hit: Hit { profile, at, message, hint } }: &'f Finding) -> Self {
        Self {
            code: check.code,
            severity: check.severity.name(),
            profile: profile.as_deref(),
            file: at.as_ref().map(|at| at.file.path.to_string_lossy()),
            line: at.as_ref().and_then(|at| at.line),
            message,
            hint: hint.as_deref(),
        }
    }
}

impl<'f> HeaderJson<'f> {
    fn of(facts: &'f Facts<'f>, header: &'f HeaderFacts<'f>) -> Self {
        Self {
            file: facts.file(header.kind).source.path.to_string_lossy(),
            line: header.line,
            header: header.text,
            names: header.names.each_ref().map(Vec::as_slice).into(),
        }
    }
}
