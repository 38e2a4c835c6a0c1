mod world;

use std::time::Duration;

use crate::cache::store::Store;
use crate::prompt::PromptError;
use crate::sts::StsError;

use super::*;

use world::{NOW, ResolveWorld, ScriptedSts};

fn refused(message: &str) -> StsError {
    StsError::Refused { code: "AccessDenied".into(), message: message.into() }
}

#[test]
fn chain_starts_at_nearest_cached_session() {
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(Vec::new());
    assert_eq!(world.resolve("two", 0, &sts, 1, |_| {}).unwrap(), "ASIA3");
    assert_eq!(*sts.calls.borrow(), ["session by AKIA1", "One by ASIA1", "Two by ASIA2"]);
    assert_eq!(world.resolve("one", 10, &sts, 0, |_| {}).unwrap(), "ASIA2", "cached on the way, no code needed");
    assert_eq!(world.resolve("two", 10, &sts, 0, |options| options.refresh = true).unwrap(), "ASIA4");
    assert_eq!(world.resolve("one", 10, &sts, 0, |options| options.refresh = true).unwrap(), "ASIA5");
    assert_eq!(sts.calls.borrow()[3..], ["Two by ASIA2", "One by ASIA1"]);
}

#[test]
fn ageing_session_is_renewed_unless_prompt_is_needed() {
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(Vec::new());
    assert_eq!(world.resolve("plain", 0, &sts, 0, |_| {}).unwrap(), "ASIA1");
    assert_eq!(world.resolve("plain", 2699, &sts, 0, |_| {}).unwrap(), "ASIA1", "901 s left");
    assert_eq!(world.resolve("plain", 2700, &sts, 0, |_| {}).unwrap(), "ASIA2", "900 s left");
    assert_eq!(world.resolve("straight", 0, &sts, 1, |_| {}).unwrap(), "ASIA3");
    assert_eq!(world.resolve("straight", 7139, &sts, 1, |_| {}).unwrap(), "ASIA3", "61 s left");
    let strict = |options: &mut Options| options.min_ttl_is_strict = true;
    assert_eq!(world.resolve("straight", 7139, &sts, 1, strict).unwrap(), "ASIA4");
    assert_eq!(world.resolve("one", 0, &sts, 1, |_| {}).unwrap(), "ASIA6");
    assert_eq!(world.resolve("one", 2700, &sts, 0, |_| {}).unwrap(), "ASIA7", "the user's session renews it unasked");
    assert_eq!(sts.calls(), 7);
}

struct Look {
    name: &'static str,
    /// Seconds left.
    left: i64,
    lifetime: i64,
    prompt: bool,
    /// Seconds requested, and whether the command line requests them.
    min_ttl: (i64, bool),
    busy: bool,
    /// STS's response to a renewal.
    answer: Result<(), StsError>,
    /// Seconds by which AWS's clock is ahead.
    offset: i64,
    expected: &'static str,
}

const PLAIN: Look = Look {
    name: "",
    left: 3000,
    lifetime: 3600,
    prompt: false,
    min_ttl: (900, false),
    busy: false,
    answer: Ok(()),
    offset: 0,
    expected: "hit",
};

impl Look {
    fn act(&self) -> &'static str {
        let world = ResolveWorld::new();
        let then = match &self.answer {
            Ok(()) => Ok((self.lifetime, self.offset)),
            Err(error) => Err(error.clone()),
        };
        let sts = ScriptedSts::new(vec![Ok((self.lifetime, self.offset)), then]);
        let profile = if self.prompt { "straight" } else { "plain" };
        world.resolve(profile, 0, &sts, 1, |_| {}).unwrap();
        let store = Store::new(&world.dir.path().join("cache"));
        let all = store.read();
        let mark = crate::cache::entry::CachedEntry::read(all.sessions().all()[0].2).unwrap().mark.unwrap();
        let _lock = self.busy.then(|| store.locks().try_lock(&mark.fingerprint));
        let outcome = world.resolve(profile, self.lifetime - self.left, &sts, 0, |options| {
            (options.min_ttl, options.min_ttl_is_strict) = self.min_ttl;
            options.lock_timeout = Duration::ZERO;
        });
        match (outcome.as_deref(), sts.calls() - 1) {
            (Ok("ASIA1"), 0) => "hit",
            (Ok("ASIA1"), _) => "kept",
            (Ok(_), _) => "renewed",
            (Err(ResolveError::Sts { .. }), _) => "refused",
            (Err(ResolveError::Prompt { .. }), _) => "asks",
            (Err(ResolveError::LockTimeout { .. }), _) => "waits",
            (Err(other), _) => panic!("{}: {other}", self.name),
        }
    }
}

#[test]
fn cached_session_is_used_renewed_or_rejected() {
    let denied = || Err(refused("no"));
    let down = || Err(StsError::Server(503));
    let strict = (1200, true);
    let table = [
        Look { name: "fresh", ..PLAIN },
        Look { name: "fresh, another process renews", busy: true, ..PLAIN },
        Look { name: "one above the margin", left: 901, ..PLAIN },
        Look { name: "the margin", left: 900, expected: "renewed", ..PLAIN },
        Look { name: "a short one's margin is a quarter", left: 226, lifetime: 900, ..PLAIN },
        Look { name: "a short one at its quarter", left: 225, lifetime: 900, expected: "renewed", ..PLAIN },
        Look { name: "less wanted by a setting", left: 301, min_ttl: (300, false), ..PLAIN },
        Look { name: "that little", left: 300, min_ttl: (300, false), expected: "renewed", ..PLAIN },
        // `min_ttl` is limited to a quarter of the lifetime.
        Look { name: "out of reach", left: 1000, min_ttl: (86_400, true), ..PLAIN },
        Look { name: "ageing, another process renews", left: 800, busy: true, ..PLAIN },
        Look { name: "ageing, AWS is down", left: 800, answer: down(), expected: "kept", ..PLAIN },
        Look { name: "ageing, throttled", left: 800, answer: Err(StsError::Throttled), expected: "kept", ..PLAIN },
        Look { name: "ageing, no network", left: 61, answer: Err(StsError::TimedOut), expected: "kept", ..PLAIN },
        Look { name: "ageing, garbage", left: 61, answer: Err(StsError::Garbage), expected: "kept", ..PLAIN },
        Look { name: "ageing, refused", left: 800, answer: denied(), expected: "refused", ..PLAIN },
        Look { name: "ageing, needs a person", left: 800, prompt: true, ..PLAIN },
        Look {
            name: "asked for by hand, needs one",
            left: 800,
            prompt: true,
            min_ttl: strict,
            expected: "asks",
            ..PLAIN
        },
        Look { name: "by hand, AWS is down", left: 800, min_ttl: strict, answer: down(), expected: "kept", ..PLAIN },
        Look { name: "by hand, another process renews", left: 800, min_ttl: strict, busy: true, ..PLAIN },
        Look { name: "a minute", left: 60, expected: "renewed", ..PLAIN },
        Look { name: "a minute, needs a person", left: 60, prompt: true, expected: "asks", ..PLAIN },
        Look { name: "a minute, AWS is down", left: 60, answer: down(), expected: "refused", ..PLAIN },
        Look { name: "a minute, another process renews", left: 60, busy: true, expected: "waits", ..PLAIN },
        Look { name: "over", left: -5, expected: "renewed", ..PLAIN },
        Look { name: "AWS two hours ahead", offset: 7200, ..PLAIN },
        Look { name: "AWS ahead, at the margin", offset: 7200, left: 900, expected: "renewed", ..PLAIN },
        Look { name: "AWS ahead, and down", offset: 7200, left: 800, answer: down(), expected: "kept", ..PLAIN },
    ];
    for look in &table {
        assert_eq!(look.act(), look.expected, "{}", look.name);
    }
}

#[test]
fn user_session_is_used_until_last_minute() {
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(Vec::new());
    assert_eq!(world.resolve("dev", 0, &sts, 1, |_| {}).unwrap(), "ASIA1");
    assert_eq!(world.resolve("dev", 43_139, &sts, 0, |_| {}).unwrap(), "ASIA1");
    assert_eq!(world.resolve("dev", 43_140, &sts, 1, |_| {}).unwrap(), "ASIA2");
    let refresh = |options: &mut Options| options.refresh = true;
    assert_eq!(world.resolve("dev", 43_141, &sts, 1, refresh).unwrap(), "ASIA3");
    assert_eq!(*sts.calls.borrow(), ["session by AKIA2", "session by AKIA2", "session by AKIA2"]);
}

#[test]
fn twenty_roles_in_three_shells_need_one_prompt() {
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(Vec::new());
    let mut codes = 1;
    for minute in (0..8 * 60).step_by(20) {
        for shell in 0..3 {
            for role in 0..20 {
                world.resolve(&format!("role{role}"), minute * 60 + shell, &sts, codes, |_| {}).unwrap();
                codes = 0;
            }
        }
    }
    assert_eq!(sts.count("session"), 1);
    // Renewed with 15 of 60 minutes left, so at every look after 40 or 60 minutes.
    assert!(sts.calls() < 20 * 13, "{}", sts.calls());
}

#[test]
fn user_without_mfa_session_needs_code_per_role() {
    let world = ResolveWorld::new();
    let denied = || refused("User is not authorized to perform: sts:GetSessionToken");
    let sts = ScriptedSts::new(vec![Err(denied())]);
    assert_eq!(
        world.resolve("role0", 0, &sts, 1, |_| {}).unwrap(),
        "ASIA2",
        "the code of the refused call still works"
    );
    assert_eq!(world.resolve("role1", 1, &sts, 1, |_| {}).unwrap(), "ASIA3");
    assert_eq!(
        *sts.calls.borrow(),
        ["session by AKIA1", "R0 by AKIA1 with a code", "R1 by AKIA1 with a code"],
        "refused once, not asked again"
    );
    assert_eq!(world.resolve("role2", 2 * 86_400, &sts, 1, |_| {}).unwrap(), "ASIA5", "policies change");
    assert_eq!(sts.count("session"), 2);
    let world = ResolveWorld::new();
    let mfa = refused("MultiFactorAuthentication failed with invalid MFA one time pass code.");
    let sts = ScriptedSts::new(vec![Err(denied()), Err(mfa)]);
    assert_eq!(world.resolve("role0", 0, &sts, 2, |_| {}).unwrap(), "ASIA3", "used up after all: asked once more");
    let sts = ScriptedSts::new(vec![Err(denied())]);
    let alone = ResolveWorld::new().resolve("dev", 0, &sts, 2, |_| {});
    assert!(matches!(alone, Err(ResolveError::Sts { .. })), "a user alone gets no keys without MFA instead");
}

#[test]
fn role_denying_old_mfa_is_assumed_with_code() {
    let world = ResolveWorld::new();
    let no = || refused("not authorized to perform: sts:AssumeRole");
    let sts = ScriptedSts::new(vec![Ok((43_200, 0)), Ok((3600, 0)), Err(no()), Ok((3600, 0)), Ok((3600, 0))]);
    world.resolve("role0", 0, &sts, 1, |_| {}).unwrap();
    assert_eq!(world.resolve("role1", 4000, &sts, 1, |_| {}).unwrap(), "ASIA4");
    assert_eq!(sts.calls.borrow()[2..], ["R1 by ASIA1", "R1 by AKIA1 with a code"]);
    assert_eq!(world.resolve("role1", 8000, &sts, 1, |_| {}).unwrap(), "ASIA5");
    assert_eq!(sts.calls.borrow()[4..], ["R1 by AKIA1 with a code"], "remembered");
    let keeps = world.resolve("role1", 8000 + 3000, &sts, 0, |_| {});
    assert_eq!(keeps.unwrap(), "ASIA5", "renewing needs a person");
}

#[test]
fn role_denying_new_code_is_not_prompted_again() {
    let world = ResolveWorld::new();
    let no = || refused("not authorized to perform: sts:AssumeRole");
    let sts = ScriptedSts::new(vec![Ok((43_200, 0)), Ok((3600, 0)), Err(no()), Err(no()), Err(no())]);
    world.resolve("role0", 0, &sts, 1, |_| {}).unwrap();
    assert!(world.resolve("role1", 100, &ScriptedSts::new(vec![Err(no())]), 0, |_| {}).is_err(), "a young session");
    assert!(world.resolve("role1", 4000, &sts, 1, |_| {}).is_err());
    assert!(world.resolve("role1", 4001, &sts, 1, |_| {}).is_err());
    assert_eq!(sts.calls.borrow()[2..], ["R1 by ASIA1", "R1 by AKIA1 with a code", "R1 by ASIA1"]);
}

#[test]
fn revoked_mfa_session_is_fetched_again() {
    let world = ResolveWorld::new();
    let dead = StsError::Refused { code: "InvalidClientTokenId".into(), message: "gone".into() };
    let sts = ScriptedSts::new(vec![Ok((43_200, 0)), Ok((3600, 0)), Err(dead)]);
    world.resolve("role0", 0, &sts, 1, |_| {}).unwrap();
    assert_eq!(world.resolve("role1", 10, &sts, 1, |_| {}).unwrap(), "ASIA5");
    assert_eq!(sts.calls.borrow()[2..], ["R1 by ASIA1", "session by AKIA1", "R1 by ASIA4"]);
}

#[test]
fn cached_session_covers_outage_but_not_denial() {
    let world = ResolveWorld::new();
    let answers = vec![Ok((3600, 0)), Err(StsError::TimedOut), Err(refused("no")), Err(StsError::Server(503))];
    let sts = ScriptedSts::new(answers);
    world.resolve("plain", 0, &sts, 0, |_| {}).unwrap();
    assert_eq!(world.resolve("plain", 3000, &sts, 0, |_| {}).unwrap(), "ASIA1");
    assert_eq!(world.resolve("plain", 3059, &sts, 0, |_| {}).unwrap(), "ASIA1", "renewal rests for a minute");
    assert_eq!(sts.calls(), 2);
    assert!(matches!(world.resolve("plain", 3060, &sts, 0, |_| {}), Err(ResolveError::Sts { .. })));
    let over = world.resolve("plain", 3541, &sts, 0, |_| {});
    assert!(matches!(over, Err(ResolveError::Sts { error: StsError::Server(503), .. })), "59 s left");
}

#[test]
fn rejected_code_is_prompted_again_unlike_other_denials() {
    let mfa = || refused("MultiFactorAuthentication failed with invalid MFA one time pass code.");
    for (answers, codes, calls, works) in [
        (vec![Err(mfa()), Err(mfa()), Ok((3600, 0))], 9, 4, true),
        (vec![Err(mfa()), Err(mfa()), Err(mfa())], 9, 3, false),
        (vec![Err(mfa())], 1, 1, false),
        (vec![Err(StsError::Refused { code: "InvalidClientTokenId".into(), message: "no".into() })], 9, 1, false),
    ] {
        let sts = ScriptedSts::new(answers);
        let outcome = ResolveWorld::new().resolve("one", 0, &sts, codes, |_| {});
        assert_eq!((outcome.is_ok(), sts.calls()), (works, calls));
        if !works {
            assert!(
                matches!(outcome, Err(ResolveError::Sts { .. })),
                "the denial is reported, not the missing terminal"
            );
        }
    }
    let none = ResolveWorld::new().resolve("one", 0, &ScriptedSts::new(vec![]), 0, |_| {});
    assert!(matches!(none, Err(ResolveError::Prompt { error: PromptError::NobodyToAsk, .. })));
}

#[test]
fn clock_skew_is_reported_without_repeated_calls() {
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(vec![Ok((3600, -7200))]);
    for _ in 0..2 {
        assert!(matches!(world.resolve("plain", 0, &sts, 0, |_| {}), Err(ResolveError::ClockWrong(-7200))));
    }
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(vec![Ok((3600, 7200))]);
    for _ in 0..2 {
        assert_eq!(world.resolve("plain", 0, &sts, 0, |_| {}).unwrap(), "ASIA1");
    }
}

#[test]
fn ageing_amplify_session_does_not_hide_own_session() {
    let world = ResolveWorld::new();
    let cache = world.dir.path().join("cache");
    std::fs::create_dir_all(&cache).unwrap();
    let entry = format!(
        r#"{{"accessKeyId":"ASIAAMPLIFY","secretAccessKey":"s","sessionToken":"t","expiration":"{}"}}"#,
        NOW.plus(600).iso_millis()
    );
    let file = format!(r#"{{"arn:aws:iam::222222222222:role/Plain":{{"amplify":{entry}}}}}"#);
    std::fs::write(cache.join("cache.json"), file).unwrap();
    let sts = ScriptedSts::new(vec![Ok((3600, 0))]);
    for later in [0, 1] {
        assert_eq!(world.resolve("plain", later, &sts, 0, |_| {}).unwrap(), "ASIA1");
    }
    assert!(std::fs::read_to_string(cache.join("cache.json")).unwrap().contains("ASIAAMPLIFY"), "a fresh one stays");
}

#[test]
fn disabled_cache_leaves_no_files() {
    let world = ResolveWorld::new();
    let sts = ScriptedSts::new(vec![Ok((3600, 0)), Ok((3600, 0))]);
    for expected in ["ASIA1", "ASIA2"] {
        assert_eq!(world.resolve("plain", 0, &sts, 0, |options| options.use_cache = false).unwrap(), expected);
    }
    assert!(!world.dir.path().join("cache").exists());
}
