//! Tests by table how a code is used, by chain, keys, durations, settings and cached facts.

use crate::plan::build::build;
use crate::plan::inputs::Inputs;
use crate::profile::load::Files;
use crate::profile_file::Dialect;

use super::*;
use crate::plan::mfa_strategy::{MfaAction, MfaState};

const DEVICE: &str = "mfa_serial = arn:aws:iam::111111111111:mfa/dev\n";
const USER: &str = "[profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
const ROLE: &str = "[profile one]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = keys\n";
const NEXT: &str = "[profile two]\nrole_arn = arn:aws:iam::222222222222:role/Two\nsource_profile = one\n";

/// Name, config, profile, strategy, the first role's duration.
type Row<'a> = (&'a str, &'a [&'a str], &'a str, &'a str, Option<u32>);

fn planned(config: &str, profile: &str) -> Result<CredentialPlan, PlanError> {
    let files = Files::from_text(config, "");
    let set = files.profiles(Dialect::Auto).unwrap();
    build(&set, profile, &Inputs::default())
}

/// `session 43200`, `role: <reason>`, `none`, or `error`; then the first role's duration as sent.
fn way_and_duration(config: &str, profile: &str) -> (String, Option<u32>) {
    let Ok(plan) = planned(config, profile) else { return ("error".to_owned(), None) };
    let way = match plan.mfa.as_ref().map(|mfa| &mfa.way) {
        None => "none".to_owned(),
        Some(MfaStrategy::Session(asked)) => format!("session {}", asked.value),
        Some(MfaStrategy::Role(why)) => format!("role: {why}"),
    };
    (way, plan.hops.first().map(|hop| hop.duration.seconds))
}

#[test]
fn mfa_strategy_depends_on_base_device_and_duration() {
    let temporary = format!("{USER}aws_session_token = t\n");
    let of_sts = USER.replace("AKIA1", "ASIA1");
    let program = "[profile keys]\ncredential_process = printf x\n";
    let root = "mfa_serial = arn:aws:iam::111111111111:mfa/root-account-mfa-device\n";
    let long = "duration_seconds = 7200\n";
    let rows: &[Row<'_>] = &[
        ("no device", &[USER, ROLE], "one", "none", Some(3600)),
        ("one role", &[USER, ROLE, DEVICE], "one", "session 43200", Some(3600)),
        ("longer than an hour", &[USER, ROLE, DEVICE, long], "one", "role: 7200 s", Some(7200)),
        ("longer, in a chain", &[USER, ROLE, DEVICE, long, NEXT], "two", "session 43200", Some(3600)),
        ("disabled", &[USER, ROLE, DEVICE, "mfa_session = off\n"], "one", "role: mfa_session is off", Some(3600)),
        ("a duration of its own", &[USER, ROLE, DEVICE, "mfa_session = 8h\n"], "one", "session 28800", Some(3600)),
        ("a duration in the base", &[USER, "mfa_session = 36h\n", ROLE, DEVICE], "one", "session 129600", Some(3600)),
        ("too long", &[USER, ROLE, DEVICE, "mfa_session = 37h\n"], "one", "error", None),
        ("nonsense", &[USER, ROLE, DEVICE, "mfa_session = maybe\n"], "one", "error", None),
        (
            "temporary keys",
            &[&temporary, ROLE, DEVICE],
            "one",
            "role: the source credentials are temporary",
            Some(3600),
        ),
        ("keys of STS", &[&of_sts, ROLE, DEVICE], "one", "role: the source credentials are temporary", Some(3600)),
        (
            "a program's keys",
            &[program, ROLE, DEVICE],
            "one",
            "role: the source credentials come from another program",
            Some(3600),
        ),
        ("root", &[USER, ROLE, root], "one", "role: the device belongs to the root", Some(3600)),
        ("the base's device", &[USER, DEVICE, ROLE], "one", "session 43200", Some(3600)),
        ("the base's device, long", &[USER, DEVICE, ROLE, long], "one", "role: 7200 s", Some(7200)),
        ("the base's, off", &[USER, DEVICE, "mfa_session = off\n", ROLE], "one", "none", Some(3600)),
        ("a user alone", &[USER, DEVICE], "keys", "session 43200", None),
        ("a user alone, off", &[USER, DEVICE, "mfa_session = off\n"], "keys", "none", None),
        ("root alone", &[USER, root], "keys", "session 3600", None),
        ("temporary keys alone", &[&temporary, DEVICE], "keys", "none", None),
        ("a later role's device", &[USER, ROLE, NEXT, DEVICE], "two", "session 43200", Some(3600)),
        (
            "a later role's, off",
            &[USER, ROLE, NEXT, DEVICE, "mfa_session = off\n"],
            "two",
            "role: mfa_session",
            Some(3600),
        ),
        ("a later role's, no user", &[program, ROLE, NEXT, DEVICE], "two", "error", None),
        ("a later role's, temporary", &[&temporary, ROLE, NEXT, DEVICE], "two", "error", None),
    ];
    for (name, config, profile, expected, first) in rows {
        let (way, duration) = way_and_duration(&config.concat(), profile);
        assert!(way.starts_with(expected), "{name}: {way}");
        assert_eq!(duration, *first, "{name}");
    }
}

#[test]
fn mfa_serial_on_later_role_is_reported() {
    let plan = planned(&[USER, ROLE, NEXT, DEVICE].concat(), "two").unwrap();
    assert!(matches!(&plan.warnings[..], [Warning::MfaDoesNotTravel { profile, .. }] if profile == "two"));
    let program = "[profile keys]\ncredential_process = printf x\n";
    match planned(&[program, ROLE, NEXT, DEVICE].concat(), "two") {
        Err(PlanError::MfaOnLaterHop { profile, hop: 2, at }) => {
            assert_eq!((profile.as_str(), at.to_string().rsplit(':').next()), ("two", Some("9")));
        }
        other => panic!("{other:?}"),
    }
    let both = planned(&[USER, "mfa_process = printf 1\n", ROLE, DEVICE, "mfa_process = printf 2\n"].concat(), "one");
    assert_eq!(both.unwrap().mfa.unwrap().process.unwrap().value, "printf 2", "the profile that names the device");
}

#[test]
fn mfa_action_depends_on_known_state() {
    let mfa = |config: &[&str]| planned(&config.concat(), "one").unwrap().mfa.unwrap();
    let by_session = mfa(&[USER, ROLE, DEVICE]);
    let known =
        |has_session, session_denied, wants_fresh_code| MfaState { has_session, session_denied, wants_fresh_code };
    let rows = [
        ("cold", known(false, false, false), true, MfaAction::OnSession),
        ("warm", known(true, false, false), true, MfaAction::Nothing),
        ("denied", known(false, true, false), true, MfaAction::OnRole(DirectReason::SessionDenied)),
        ("denied, and yet one is there", known(true, true, false), true, MfaAction::Nothing),
        ("the role wants a young code", known(true, false, true), true, MfaAction::OnRole(DirectReason::TooOld)),
        ("a user alone, denied before", known(false, true, false), false, MfaAction::OnSession),
        ("a user alone, warm", known(true, false, false), false, MfaAction::Nothing),
    ];
    for (name, known, has_role, expected) in rows {
        assert_eq!(by_session.action(known, has_role), expected, "{name}");
    }
    let straight = mfa(&[USER, ROLE, DEVICE, "duration_seconds = 7200\n"]);
    assert!(matches!(
        straight.action(known(true, false, false), true),
        MfaAction::OnRole(DirectReason::LongerThanAnHour(_))
    ));
}
