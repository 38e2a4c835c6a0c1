//! The resolver against a scripted STS, scripted answers and a fixed clock.

use std::cell::RefCell;

use super::*;
use crate::clock::Timestamp;
use crate::plan::build::{Inputs, build};
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::prompt::{Answer, Question};
use crate::secret::Secret;
use crate::sts::{AssumeRole, Session};

const NOW: Timestamp = Timestamp(1_800_000_000);
const FILES: &str = "[profile one]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = keys\n\
    mfa_serial = arn:aws:iam::111111111111:mfa/dev\n\
    [profile two]\nrole_arn = arn:aws:iam::222222222222:role/Two\nsource_profile = one\n\
    [profile plain]\nrole_arn = arn:aws:iam::222222222222:role/Plain\nsource_profile = keys\n\
    [profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";

/// Answers each call in turn: a session of so many seconds by a clock so far ahead, or an error.
struct ScriptedSts {
    answers: RefCell<Vec<Result<(i64, i64), StsError>>>,
    roles: RefCell<Vec<String>>,
}

impl ScriptedSts {
    fn new(mut answers: Vec<Result<(i64, i64), StsError>>) -> Self {
        answers.reverse();
        Self { answers: RefCell::new(answers), roles: RefCell::default() }
    }

    fn calls(&self) -> usize {
        self.roles.borrow().len()
    }
}

impl Sts for ScriptedSts {
    fn assume_role(&self, request: &AssumeRole<'_>, signer: &Credentials) -> Result<Session, StsError> {
        self.roles.borrow_mut().push(format!("{} by {}", request.role_arn, signer.access_key_id));
        let (seconds, clock_offset) = self.answers.borrow_mut().pop().unwrap()?;
        let credentials = Credentials {
            access_key_id: format!("ASIA{}", self.calls()),
            secret_access_key: "s".into(),
            session_token: Some("t".into()),
            expiration: Some(NOW.plus(clock_offset + seconds)),
            account_id: Some("222222222222".into()),
        };
        Ok(Session { credentials, clock_offset })
    }
}

/// Gives the same code until it has none left.
struct ScriptedPrompt(usize);

impl Prompt for ScriptedPrompt {
    fn terminal(&self, _question: &Question<'_>) -> Option<String> {
        None
    }

    fn code(&mut self, _question: &Question<'_>) -> Result<Answer, PromptError> {
        self.0 = self.0.checked_sub(1).ok_or(PromptError::NobodyToAsk)?;
        Ok(Answer { code: Secret::from("123456"), typed: true })
    }
}

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Resolves `profile` `later` seconds after [`NOW`] with so many codes at hand; gives the access key id.
    fn resolve(
        &self,
        profile: &str,
        later: i64,
        sts: &ScriptedSts,
        codes: usize,
        change: impl Fn(&mut Options),
    ) -> Result<String, ResolveError> {
        let config = self.dir.path().join("config");
        std::fs::write(&config, FILES).unwrap();
        let env = crate::env::Env::fixed([
            ("HOME", self.dir.path().to_str().unwrap()),
            ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ]);
        let files =
            Files::load(&crate::paths::Paths::find(&env, &crate::paths::Overrides::default()).unwrap()).unwrap();
        let set = files.profiles(Dialect::Auto).unwrap();
        let plan = build(&set, profile, &Inputs::default()).unwrap();
        let mut options = Options {
            min_ttl: 900,
            min_ttl_is_strict: false,
            refresh: false,
            use_cache: true,
            lock_timeout: Duration::from_secs(5),
        };
        change(&mut options);
        let mut resolver = Resolver {
            store: &Store::new(&self.dir.path().join("cache")),
            sts,
            prompt: &mut ScriptedPrompt(codes),
            clock: Clock::Fixed(NOW.plus(later)),
            options,
            is_only_profile: &|_| true,
            chain: &Chain::default(),
            config: "config",
            mishaps: Vec::new(),
        };
        resolver.credentials(&plan).map(|credentials| credentials.access_key_id)
    }
}

fn refused(message: &str) -> StsError {
    StsError::Refused { code: "AccessDenied".into(), message: message.into() }
}

#[test]
fn a_chain_begins_at_the_nearest_cached_role() {
    let world = World::new();
    let sts = ScriptedSts::new(vec![Ok((3600, 0)), Ok((3600, 0)), Ok((3600, 0))]);
    assert_eq!(world.resolve("two", 0, &sts, 1, |_| {}).unwrap(), "ASIA2");
    assert_eq!(
        *sts.roles.borrow(),
        ["arn:aws:iam::222222222222:role/One by AKIA1", "arn:aws:iam::222222222222:role/Two by ASIA1"]
    );
    assert_eq!(world.resolve("one", 10, &sts, 0, |_| {}).unwrap(), "ASIA1", "cached on the way, no code needed");
    assert_eq!(world.resolve("two", 10, &sts, 0, |options| options.refresh = true).unwrap(), "ASIA3");
    assert_eq!(sts.roles.borrow().last().unwrap(), "arn:aws:iam::222222222222:role/Two by ASIA1");
}

#[test]
fn an_ageing_session_is_renewed_unless_that_needs_a_person() {
    let world = World::new();
    let sts = ScriptedSts::new(vec![Ok((3600, 0)), Ok((3600, 0)), Ok((3600, 0)), Ok((3600, 0))]);
    assert_eq!(world.resolve("plain", 0, &sts, 0, |_| {}).unwrap(), "ASIA1");
    assert_eq!(world.resolve("plain", 2699, &sts, 0, |_| {}).unwrap(), "ASIA1", "901 s left");
    assert_eq!(world.resolve("plain", 2700, &sts, 0, |_| {}).unwrap(), "ASIA2", "900 s left");
    assert_eq!(world.resolve("one", 0, &sts, 1, |_| {}).unwrap(), "ASIA3");
    assert_eq!(world.resolve("one", 3539, &sts, 1, |_| {}).unwrap(), "ASIA3", "61 s left");
    let strict = |options: &mut Options| options.min_ttl_is_strict = true;
    assert_eq!(world.resolve("one", 3539, &sts, 1, strict).unwrap(), "ASIA4");
    assert_eq!(sts.calls(), 4);
}

#[test]
fn an_outage_is_bridged_and_a_refusal_is_not() {
    let world = World::new();
    let answers = vec![Ok((3600, 0)), Err(StsError::TimedOut), Err(refused("no")), Err(StsError::Server(503))];
    let sts = ScriptedSts::new(answers);
    world.resolve("plain", 0, &sts, 0, |_| {}).unwrap();
    assert_eq!(world.resolve("plain", 3000, &sts, 0, |_| {}).unwrap(), "ASIA1");
    assert!(matches!(world.resolve("plain", 3000, &sts, 0, |_| {}), Err(ResolveError::Sts { .. })));
    let over = world.resolve("plain", 3541, &sts, 0, |_| {});
    assert!(matches!(over, Err(ResolveError::Sts { error: StsError::Server(503), .. })), "59 s left");
}

#[test]
fn a_refused_code_is_asked_for_again_and_other_refusals_are_not() {
    let mfa = || refused("MultiFactorAuthentication failed with invalid MFA one time pass code.");
    for (answers, codes, calls, works) in [
        (vec![Err(mfa()), Err(mfa()), Ok((3600, 0))], 9, 3, true),
        (vec![Err(mfa()), Err(mfa()), Err(mfa())], 9, 3, false),
        (vec![Err(mfa())], 1, 1, false),
        (vec![Err(refused("no"))], 9, 1, false),
    ] {
        let sts = ScriptedSts::new(answers);
        let outcome = World::new().resolve("one", 0, &sts, codes, |_| {});
        assert_eq!((outcome.is_ok(), sts.calls()), (works, calls));
        if !works {
            assert!(matches!(outcome, Err(ResolveError::Sts { .. })), "the refusal is told, not the missing person");
        }
    }
    let none = World::new().resolve("one", 0, &ScriptedSts::new(vec![]), 0, |_| {});
    assert!(matches!(none, Err(ResolveError::Prompt { error: PromptError::NobodyToAsk, .. })));
}

#[test]
fn a_wrong_clock_is_told_and_does_not_cost_a_call_each_time() {
    let world = World::new();
    let sts = ScriptedSts::new(vec![Ok((3600, -7200))]);
    for _ in 0..2 {
        assert!(matches!(world.resolve("plain", 0, &sts, 0, |_| {}), Err(ResolveError::ClockWrong(-7200))));
    }
    let world = World::new();
    let sts = ScriptedSts::new(vec![Ok((3600, 7200))]);
    for _ in 0..2 {
        assert_eq!(world.resolve("plain", 0, &sts, 0, |_| {}).unwrap(), "ASIA1");
    }
}

#[test]
fn amplifys_ageing_session_does_not_hide_ours() {
    let world = World::new();
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
fn without_the_cache_nothing_is_left_behind() {
    let world = World::new();
    let sts = ScriptedSts::new(vec![Ok((3600, 0)), Ok((3600, 0))]);
    for expected in ["ASIA1", "ASIA2"] {
        assert_eq!(world.resolve("plain", 0, &sts, 0, |options| options.use_cache = false).unwrap(), expected);
    }
    assert!(!world.dir.path().join("cache").exists());
}
