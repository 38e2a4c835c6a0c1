//! Profiles, a scripted STS, a scripted prompt and a fixed clock for tests of the resolver.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use crate::cache::store::Store;
use crate::core::call_chain::CallChain;
use crate::core::clock::{Clock, Timestamp};
use crate::core::secret::Secret;
use crate::key_store::{KeyStore, Unlock};
use crate::plan::build::build;
use crate::plan::inputs::Inputs;
use crate::profile::load::Files;
use crate::profile_file::Dialect;
use crate::prompt::{MfaAnswer, MfaQuestion, Prompt, PromptError};
use crate::resolve::*;
use crate::source::{SourceEndpoints, Sources};
use crate::sts::connections::Connections;
use crate::sts::proxy::Proxies;
use crate::sts::{AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken, Session, Sts, StsError};

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000);
const FILES: &str = "[profile one]\nrole_arn = arn:aws:iam::222222222222:role/One\nsource_profile = keys\n\
    mfa_serial = arn:aws:iam::111111111111:mfa/dev\n\
    [profile two]\nrole_arn = arn:aws:iam::222222222222:role/Two\nsource_profile = one\n\
    [profile straight]\nrole_arn = arn:aws:iam::222222222222:role/Straight\nsource_profile = keys\n\
    mfa_serial = arn:aws:iam::111111111111:mfa/dev\nduration_seconds = 7200\n\
    [profile dev]\naws_access_key_id = AKIA2\naws_secret_access_key = s\n\
    mfa_serial = arn:aws:iam::111111111111:mfa/dev\n\
    [profile plain]\nrole_arn = arn:aws:iam::222222222222:role/Plain\nsource_profile = keys\n\
    [profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";

/// Returns each scripted response in turn: a session of so many seconds and the clock offset, or an error. After them,
/// returns sessions as requested.
pub(super) struct ScriptedSts {
    answers: RefCell<Vec<Result<(i64, i64), StsError>>>,
    pub(super) calls: RefCell<Vec<String>>,
    now: Cell<Timestamp>,
}

impl ScriptedSts {
    pub(super) fn new(mut answers: Vec<Result<(i64, i64), StsError>>) -> Self {
        answers.reverse();
        Self { answers: RefCell::new(answers), calls: RefCell::default(), now: Cell::new(NOW) }
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.borrow().len()
    }

    pub(super) fn count(&self, what: &str) -> usize {
        self.calls.borrow().iter().filter(|call| call.starts_with(what)).count()
    }

    fn answer(&self, call: String, asked: u32) -> Result<Session, StsError> {
        self.calls.borrow_mut().push(call);
        let scripted = self.answers.borrow_mut().pop();
        let (seconds, clock_offset) = scripted.unwrap_or(Ok((i64::from(asked), 0)))?;
        let credentials = Credentials {
            access_key_id: format!("ASIA{}", self.calls()),
            secret_access_key: "s".into(),
            session_token: Some("t".into()),
            expiration: Some(self.now.get().plus(clock_offset + seconds)),
            account_id: Some("222222222222".into()),
        };
        Ok(Session { credentials, clock_offset })
    }
}

impl Sts for ScriptedSts {
    fn assume_role(&self, request: &AssumeRole<'_>, signer: &Credentials) -> Result<Session, StsError> {
        let name = request.role_arn.rsplit('/').next().unwrap_or_default();
        let code = if request.mfa.is_some() { " with a code" } else { "" };
        self.answer(format!("{name} by {}{code}", signer.access_key_id), request.duration_seconds)
    }

    fn get_session_token(&self, request: &GetSessionToken<'_>, signer: &Credentials) -> Result<Session, StsError> {
        self.answer(format!("session by {}", signer.access_key_id), request.duration_seconds)
    }

    fn assume_role_with_web_identity(&self, request: &AssumeRoleWithWebIdentity<'_>) -> Result<Session, StsError> {
        let name = request.role_arn.rsplit('/').next().unwrap_or_default();
        self.answer(format!("{name} by a token"), request.duration_seconds)
    }
}

/// Returns the same code until its count is used up.
struct ScriptedPrompt(usize);

impl Prompt for ScriptedPrompt {
    fn terminal(&self, _question: &MfaQuestion<'_>) -> Option<String> {
        None
    }

    fn code(&mut self, _question: &MfaQuestion<'_>) -> Result<MfaAnswer, PromptError> {
        self.0 = self.0.checked_sub(1).ok_or(PromptError::NobodyToAsk)?;
        Ok(MfaAnswer { code: Secret::from("123456"), typed: true })
    }

    fn own_terminal(&self) -> Option<String> {
        None
    }

    fn print_line(&self, _line: &str) {}
}

pub(super) struct ResolveWorld {
    pub(super) dir: tempfile::TempDir,
}

impl ResolveWorld {
    pub(super) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Resolves `profile` `later` seconds after [`NOW`] with so many codes, and returns the access key id.
    pub(super) fn resolve(
        &self,
        profile: &str,
        later: i64,
        sts: &ScriptedSts,
        codes: usize,
        change: impl Fn(&mut Options),
    ) -> Result<String, ResolveError> {
        let config = self.dir.path().join("config");
        let roles = (0..20).fold(String::new(), |text, n| {
            text + &format!(
                "[profile role{n}]\nrole_arn = arn:aws:iam::222222222222:role/R{n}\nsource_profile = keys\n\
                 mfa_serial = arn:aws:iam::111111111111:mfa/dev\n"
            )
        });
        std::fs::write(&config, FILES.to_owned() + &roles).unwrap();
        sts.now.set(NOW.plus(later));
        let env = crate::os::env::Env::fixed([
            ("HOME", self.dir.path().to_str().unwrap()),
            ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ]);
        let files = Files::load(&crate::os::paths::Paths::find(&env, &crate::os::paths::Overrides::default()).unwrap())
            .unwrap();
        let set = files.profiles(Dialect::Auto).unwrap();
        let plan = build(&set, profile, &Inputs::default()).unwrap();
        let mut options = Options {
            min_ttl: 900,
            min_ttl_is_strict: false,
            refresh: false,
            use_cache: true,
            lock_timeout: Duration::from_secs(5),
            unlock: Unlock::Never,
        };
        change(&mut options);
        let store = Store::new(&self.dir.path().join("cache"));
        let sources = Sources {
            connections: &Connections::new(None, Proxies::default()),
            sso_cache: &self.dir.path().join("sso"),
            login_cache: &self.dir.path().join("login"),
            store: &store,
            endpoints: SourceEndpoints::default(),
            key_store: &KeyStore::new(&env, store.locks()),
            clock: Clock::Fixed(NOW.plus(later)),
        };
        let mut resolver = Resolver {
            request: Request { plan: &plan, options, is_only_profile: &|_| true },
            store: &store,
            sts,
            sources: &sources,
            prompt: &mut ScriptedPrompt(codes),
            clock: Clock::Fixed(NOW.plus(later)),
            chain: &CallChain::default(),
            config: "config",
            verb: "process",
            reporter: &crate::resolve::reporter::Silent,
            mishaps: Vec::new(),
            asked: false,
            is_new: false,
            failed_elsewhere: false,
        };
        resolver.credentials().map(|credentials| credentials.access_key_id)
    }
}
