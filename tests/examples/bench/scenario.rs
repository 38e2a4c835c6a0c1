//! A throw-away home with a number of profiles and cached sessions, and the double that issued the sessions.
//!
//! The sessions of the measured chain are real; the others have the form that the Amplify CLI writes.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use amplify_creds::cache::sealing::kernel_key_name;
use amplify_creds::os::kernel_keyring;
use serde_json::{Value, json};
use test_support::{Authority, FakeSts, Role, TestHome, Validity, World, biz_corp as data};

const NEXT_ROLE: &str = "arn:aws:iam::222222222222:role/Next";

/// The profiles of every home: a user's keys, a role, a second role in the chain, and a default.
const OWN_PROFILES: usize = 4;

/// The length of an entry's session token in bytes. It makes the entry 980 bytes long, as in the measurements for the
/// goals. An entry of our own has two copies of its session and metadata, and takes 1,600 bytes with the double's
/// token.
const TOKEN: usize = 720;

/// Files with the system's certificate authorities.
const SYSTEM_BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// A home, and the double that its program calls.
pub(crate) struct Scenario {
    home: TestHome,
    _sts: FakeSts,
    arguments: &'static [&'static str],
}

impl Scenario {
    /// A cached session of a chain of two roles, among so many profiles and entries.
    pub(crate) fn hit(program: &Path, profiles: usize, entries: usize) -> Result<Self, String> {
        let sts = FakeSts::start(world());
        let home = home(program, &sts, profiles);
        let scenario = Self { home, _sts: sts, arguments: &["process", "two"] };
        scenario.check()?;
        scenario.add_entries(entries)?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Like [`Scenario::hit`], with `seal = on` and the key in the kernel's keyring. `None` if the kernel has no keyring
    /// here.
    pub(crate) fn sealed_hit(program: &Path, profiles: usize, entries: usize) -> Result<Option<Self>, String> {
        let sts = FakeSts::start(world());
        let home = home(program, &sts, profiles);
        home.write(".config/amplify-creds/config.ini", "seal = on\n");
        if kernel_keyring::write(&kernel_key_name(&home.cache_dir()), &[7; 32], 3600).is_err() {
            return Ok(None);
        }
        let scenario = Self { home, _sts: sts, arguments: &["process", "two"] };
        scenario.check()?;
        scenario.add_entries(entries)?;
        scenario.check()?;
        Ok(Some(scenario))
    }

    /// One role fetched over TLS. The last authority of a bundle like the system's has signed the certificate. `None`
    /// if the system has no bundle.
    pub(crate) fn cold(program: &Path) -> Result<Option<(Self, usize)>, String> {
        let Some(bundle) = SYSTEM_BUNDLES.iter().find_map(|path| std::fs::read_to_string(path).ok()) else {
            return Ok(None);
        };
        let authority = Authority::new("bench");
        let sts = FakeSts::start_tls(world(), authority.server(&["127.0.0.1"], Validity::Good));
        let home = home(program, &sts, 6);
        let bundle = home.write("bundle.pem", bundle + &authority.pem());
        let authorities = std::fs::read_to_string(&bundle).map_err(said)?.matches("-----BEGIN").count();
        let config = std::fs::read_to_string(home.path().join(".aws/config")).map_err(said)?;
        home.config(&config.replace("[profile one]\n", &format!("[profile one]\nca_bundle = {}\n", bundle.display())));
        let scenario = Self { home, _sts: sts, arguments: &["process", "one"] };
        scenario.check()?;
        Ok(Some((scenario, authorities)))
    }

    /// The command for `program`, with its own environment.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.args(self.arguments).env_clear().envs(self.home.environment());
        command
    }

    /// Makes the next call a cold one.
    pub(crate) fn forget(&self) {
        let _ = std::fs::remove_dir_all(self.home.path().join(".amplify"));
    }

    /// The home, for other programs that read the same files.
    pub(crate) fn home(&self) -> &TestHome {
        &self.home
    }

    fn check(&self) -> Result<(), String> {
        let run = self.command(self.home.program()).output().map_err(said)?;
        if run.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&run.stderr).into_owned()) }
    }

    fn add_entries(&self, entries: usize) -> Result<(), String> {
        let text = std::fs::read_to_string(self.home.cache_file()).map_err(said)?;
        let mut file: Value = serde_json::from_str(&text).map_err(said)?;
        let file = file.as_object_mut().ok_or("the cache is an object")?;
        for n in 0..entries.saturating_sub(file.len()) {
            let session = json!({
                "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "sessionToken": "IQoJb3JpZ2luX2Vj".repeat(TOKEN / 16),
                "expiration": "2099-01-01T00:00:00.000Z",
            });
            file.insert(format!("arn:aws:iam::333333333333:role/Other{n}"), json!({ "amplify": session }));
        }
        let text = serde_json::to_string_pretty(file).map_err(said)?;
        self.home.write(".amplify/awscloudformation/cache.json", text);
        Ok(())
    }
}

impl Drop for Scenario {
    fn drop(&mut self) {
        kernel_keyring::remove(&kernel_key_name(&self.home.cache_dir()));
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub(crate) fn said(error: impl ToString) -> String {
    error.to_string()
}

fn world() -> World {
    World::biz_corp().role(Role::new(NEXT_ROLE).trusts(data::NO_MFA_ROLE))
}

/// A team's files: the requested chain after so many other role profiles.
fn home(program: &Path, sts: &FakeSts, profiles: usize) -> TestHome {
    let home = TestHome::new(program).calling(sts);
    let mut config = "# made for measuring\n[default]\nregion = eu-west-1\n\n".to_owned();
    for n in 0..profiles.saturating_sub(OWN_PROFILES) {
        let _ = write!(
            config,
            "# team {n}\n[profile role-{n}]\nrole_arn = arn:aws:iam::222222222222:role/Role{n}\n\
             source_profile = keys\nexternal_id = ext-{n}\nregion = us-east-1\noutput = json\n\n"
        );
    }
    let _ = write!(
        config,
        "[profile one]\nrole_arn = {}\nsource_profile = keys\nregion = eu-west-1\n\n\
         [profile two]\nrole_arn = {NEXT_ROLE}\nsource_profile = one\nregion = eu-west-1\n",
        data::NO_MFA_ROLE
    );
    home.config(&config);
    home.credentials(&format!(
        "[keys]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        data::ACCESS_KEY_ID,
        data::SECRET_ACCESS_KEY
    ));
    home
}
