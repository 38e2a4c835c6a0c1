//! Collects the settings of a new role's profile from flags or from the user.

use std::time::{Duration, Instant};

use crate::cli::args::Setup;
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, NOBODY_TO_ASK, PROFILE_NOT_FOUND, USAGE};
use crate::cli::output::note;
use crate::cli::questions::{FormField, Questions};
use crate::core::secret::Secret;
use crate::os::stdin;
use crate::plan::kind::ProfileKind;
use crate::plan::limits::{ACCESS_KEY_ID, EXTERNAL_ID, MFA_SERIAL, RoleArn, SECRET_ACCESS_KEY, TextLimit, is_region};
use crate::profile::{Profile, ProfileSet};
use crate::profile_file::FileKind;
use crate::profile_file::portable::{headers, reads_alike};
use crate::setup::invitation::Invitation;
use crate::setup::task::{names, region};
use crate::setup::{Role, SourceKeys};

const MAX_SECRET_LINE: u64 = 512;
const STDIN_LIMIT: Duration = Duration::from_secs(90);

/// The `invitation` answers in advance, like flags. `None` asks for everything.
pub(crate) fn answers(context: &Context, options: &Setup, invitation: Option<&Invitation>) -> Result<Role, Failure> {
    let Setup { source_profile, mfa_serial, new_name, in_place, .. } = options;
    let role_arn = options.role_arn.as_ref().or_else(|| Some(&invitation?.role_arn));
    let invited_id = invitation.and_then(|invitation| invitation.external_id.as_ref());
    let external_id = options.external_id.as_ref().or(invited_id);
    let invited_region = invitation.and_then(|invitation| invitation.region.as_ref());
    let mfa_required = invitation.and_then(|invitation| invitation.mfa_required);
    let set = context.profiles()?;
    let mut ask = questions(context, options, role_arn.is_some())?;
    ask.say("This creates a profile for a role. Press Ctrl-C to cancel without changes.\n");
    if let Some(Invitation { role_arn, .. }) = invitation {
        ask.say(&format!("Role ARN: {role_arn}\n"));
    }
    let role_arn = ask.required(&question("Role ARN", "--role-arn", role_arn, None), &|arn| {
        let is_role = RoleArn::parse(arn).is_some_and(|arn| arn.has_account()) && reads_alike("role_arn", arn);
        let shape = "the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME with an account id of twelve digits";
        if is_role { Ok(()) } else { Err(shape.to_owned()) }
    })?;
    let (source_profile, source_keys) = source(options, source_profile.as_deref(), &set, &mut ask)?;
    let external_id = question("External id (empty if the role requires none)", "--external-id", external_id, None);
    let external_id = ask.optional(&external_id, &within(EXTERNAL_ID))?;
    let mfa_serial = match (mfa_required, mfa_serial) {
        (Some(true), _) => {
            let known = known_device(&set, &source_profile);
            let device = question("MFA device", "--mfa-serial", mfa_serial.as_ref(), known.as_deref());
            Some(ask.required(&device, &mfa_device)?)
        }
        (Some(false), None) => None,
        _ => {
            let what = "MFA device (empty if the role requires no MFA)";
            ask.optional(&question(what, "--mfa-serial", mfa_serial.as_ref(), None), &mfa_device)?
        }
    };
    if invitation.is_some() && mfa_required.is_none() && mfa_serial.is_none() && !ask.has_person() {
        note(context, "the invitation does not say whether the role requires MFA; if it does, add --mfa-serial ARN");
    }
    let usual = region(&set, &source_profile);
    let region = question("Region", "--region", context.global.region.as_ref().or(invited_region), usual.as_deref());
    let region = ask.optional(&region, &|text| {
        if is_region(text) { Ok(()) } else { Err("a region, such as us-east-1".to_owned()) }
    })?;
    let is_free = |name: &str| {
        names(name, *in_place).is_ok_and(|(wrapper, role)| set.get(&wrapper).is_none() && set.get(&role).is_none())
    };
    let usual = name_of(&role_arn);
    let numbered = || (2..100).map(|number| format!("{usual}-{number}")).find(|name| is_free(name));
    // Without a user, a second run compares the profile with the same invitation.
    let is_repeatable = invitation.is_some() && !ask.has_person();
    let usual = if is_repeatable || is_free(&usual) { None } else { numbered() }.unwrap_or(usual);
    let name = question("Name of the profile", "--name", new_name.as_ref(), Some(&usual));
    // The flag may name an existing profile, which is compared with the new settings.
    let name = ask.required(&name, &|name| {
        plain_name(name)?;
        if new_name.is_some() || is_repeatable || is_free(name) {
            Ok(())
        } else {
            Err("a new name: a profile with this name exists already".to_owned())
        }
    })?;
    let region = region.map(|region| region.to_ascii_lowercase());
    let duration_seconds = invitation.and_then(|invitation| invitation.duration_seconds);
    Ok(Role { name, role_arn, source_profile, source_keys, external_id, mfa_serial, region, duration_seconds })
}

fn questions(context: &Context, options: &Setup, has_role: bool) -> Result<Questions, Failure> {
    let has_all = has_role && options.source_profile.is_some();
    if options.yes || (options.dry_run && has_all) {
        return Ok(Questions::none());
    }
    let no_terminal = |_| {
        if options.from.is_some() {
            let message = "setup --from prompts for what the invitation lacks, but no prompt is possible here";
            return Failure::new(NOBODY_TO_ASK, message)
                .hint("add --source-profile and --yes, and --mfa-serial if the role requires MFA");
        }
        let message = "setup without PROFILE prompts for the settings of a new role, but no prompt is possible here";
        Failure::new(NOBODY_TO_ASK, message)
            .hint("use an existing profile: amplify-creds setup PROFILE")
            .hint("for a new role, add --role-arn, --source-profile, --name and --yes; see: amplify-creds help setup")
    };
    match Questions::open(context) {
        Err(_) if has_all => Ok(Questions::none()),
        opened => opened.map_err(no_terminal),
    }
}

/// The device of the source profile, or the one that every other role of the source profile has.
fn known_device(set: &ProfileSet<'_>, source: &str) -> Option<String> {
    let device = |profile: &Profile<'_>| Some(profile.get("mfa_serial")?.value.to_owned());
    let is_of_source = |profile: &Profile<'_>| profile.get("source_profile").is_some_and(|name| name.value == source);
    let of_roles = || {
        let mut devices: Vec<_> = set.all().iter().filter(|role| is_of_source(role)).filter_map(device).collect();
        devices.sort_unstable();
        devices.dedup();
        if devices.len() == 1 { devices.pop() } else { None }
    };
    set.get(source).as_ref().and_then(device).or_else(of_roles).filter(|device| mfa_device(device).is_ok())
}

/// Returns the keys only for a new source profile.
fn source(
    options: &Setup,
    given: Option<&str>,
    set: &ProfileSet<'_>,
    ask: &mut Questions,
) -> Result<(String, Option<SourceKeys>), Failure> {
    let known = set.all().into_iter().map(|profile| (profile.name.clone(), ProfileKind::of(&profile)));
    let known: Vec<_> = known.filter(|(_, kind)| !matches!(kind, ProfileKind::Empty | ProfileKind::Wrapper)).collect();
    if given.is_none() && !known.is_empty() {
        ask.say("Which profile's keys assume the role? Enter a number or a name from this list, or a new name:\n");
        for (at, (name, kind)) in known.iter().enumerate() {
            ask.say(&format!("  {:>2}  {name} ({})\n", at + 1, kind.name()));
        }
    }
    let chosen = |text: &str| {
        let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        // The name of a profile may be a number.
        let by_number = number.and_then(|at| known.get(at)).filter(|_| set.get(text).is_none());
        by_number.filter(|_| given.is_none()).map_or_else(|| text.to_owned(), |(name, _)| name.clone())
    };
    let usual = if let [(only, _)] = &known[..] { Some(only.as_str()) } else { None };
    let question = FormField { what: "Source profile", flag: "--source-profile", given, usual };
    let name = ask.required(&question, &|text| {
        let name = chosen(text);
        if set.get(&name).is_some() && reads_alike("source_profile", &name) { Ok(()) } else { plain_name(&name) }
    })?;
    let name = chosen(&name);
    let is_there = set.get(&name).is_some();
    if is_there && options.access_key_id.is_none() {
        return Ok((name, None));
    }
    if !ask.has_person() && options.access_key_id.is_none() {
        let mut failure = Failure::new(PROFILE_NOT_FOUND, format!("source profile {name} does not exist"));
        let nearest = set.nearest(&name);
        if !nearest.is_empty() {
            failure = failure.hint(format!("did you mean {}?", nearest.join(" or ")));
        }
        let hint = "to create it, add --access-key-id ID --secret-access-key - (the secret is read from stdin)";
        return Err(failure.hint(hint));
    }
    if let Some(nearest) = set.nearest(&name).first()
        && given.is_none()
        && ask.confirm(&format!("Did you mean the existing profile {nearest}?"))?
    {
        return Ok((nearest.clone(), None));
    }
    ask.say(&format!("Profile {name} is new. Its keys are written to the credentials file.\n"));
    let keys = keys(options, ask)?;
    Ok((name, Some(keys)))
}

fn keys(options: &Setup, ask: &mut Questions) -> Result<SourceKeys, Failure> {
    if options.secret_access_key == Some(false) {
        let message =
            "--secret-access-key accepts only - (the secret is read from stdin), because other users can see arguments";
        return Err(Failure::new(USAGE, message));
    }
    let access_key_id = question("Access key id", "--access-key-id", options.access_key_id.as_ref(), None);
    let access_key_id = ask.required(&access_key_id, &within(ACCESS_KEY_ID))?;
    let check = |secret: &str| {
        within(SECRET_ACCESS_KEY)(secret).map_err(|_| {
            format!("a secret access key of {SECRET_ACCESS_KEY}; this has {} characters", secret.chars().count())
        })
    };
    let secret_access_key = match options.secret_access_key {
        Some(_) => {
            let secret = from_stdin()?;
            check(secret.expose()).map_err(|expected| {
                Failure::new(USAGE, format!("invalid secret access key on stdin (expected {expected})"))
            })?;
            secret
        }
        None => ask.secret("Secret access key (not shown)", "--secret-access-key -", &check)?,
    };
    Ok(SourceKeys { access_key_id, secret_access_key })
}

fn from_stdin() -> Result<Secret, Failure> {
    let until = Instant::now() + STDIN_LIMIT;
    // The caller rejects an empty or incomplete secret.
    stdin::line(MAX_SECRET_LINE, until).map(|line| Secret::from(line.trim())).ok_or_else(|| {
        let seconds = STDIN_LIMIT.as_secs();
        Failure::new(USAGE, format!("--secret-access-key -: no line on stdin within {seconds} s"))
    })
}

fn question<'q>(what: &'q str, flag: &'q str, given: Option<&'q String>, usual: Option<&'q str>) -> FormField<'q> {
    FormField { what, flag, given: given.map(String::as_str), usual }
}

fn within(limit: TextLimit) -> impl Fn(&str) -> Result<(), String> {
    move |text| if limit.allows(text) && reads_alike(limit.key, text) { Ok(()) } else { Err(limit.to_string()) }
}

/// The serial number of a hardware device has digits. A name without digits is probably that of a virtual device.
fn mfa_device(text: &str) -> Result<(), String> {
    within(MFA_SERIAL)(text)?;
    if text.starts_with("arn:") || text.contains(|char: char| char.is_ascii_digit()) {
        return Ok(());
    }
    Err("the ARN of the device, arn:aws:iam::ACCOUNT:mfa/NAME, or the serial number of a hardware device".to_owned())
}

/// Accepts a name that all tools read the same way, in both files and on a command line.
fn plain_name(name: &str) -> Result<(), String> {
    let is_plain = |kind| headers(kind, name).is_some_and(|headers| headers.len() == 1);
    let fits = is_plain(FileKind::Config) && is_plain(FileKind::Credentials) && !name.starts_with('-');
    if fits { Ok(()) } else { Err("a name of letters, digits, - and _".to_owned()) }
}

fn name_of(role_arn: &str) -> String {
    let name = role_arn.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let plain = |char: char| if char.is_ascii_alphanumeric() || "-_".contains(char) { char } else { '-' };
    name.chars().map(plain).collect::<String>().trim_start_matches('-').to_owned()
}
