//! `keys rotate` with gnome-keyring on a bus of its own.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use amplify_creds::access_keys::StoredKey;
use amplify_creds::core::secret::Secret;
use amplify_creds::key_store::{KeyStore, KeyStoreItem, Unlock};
use amplify_creds::os::env::Env;
use amplify_creds::os::lock::Locks;
use serde_json::Value;
use test_support::biz_corp::{ACCESS_KEY_ID, MFA_SEED, MFA_SERIAL, SECRET_ACCESS_KEY, USER_ARN};
use test_support::{
    AccessKey, Device, FakeSts, Fault, Finished, KeyStoreDaemon, Terminal, TestHome, User, World, wait_until,
};

use crate::PROGRAM;
use crate::killed::{Victim, sweep};

const ROTATE: [&str; 4] = ["keys", "rotate", "dev", "--yes"];
const FINISH: [&str; 5] = ["keys", "rotate", "dev", "--finish", "--yes"];

/// A profile `dev` with its key in the key store.
pub(crate) struct Story {
    sts: FakeSts,
    home: TestHome,
    daemon: KeyStoreDaemon,
}

fn user() -> User {
    User::new(USER_ARN, ACCESS_KEY_ID, SECRET_ACCESS_KEY).device(Device::new(MFA_SERIAL, MFA_SEED))
}

pub(crate) fn story() -> Option<Story> {
    Story::of(user().manages_own_keys(), "")
}

/// The policies deny everything without MFA.
fn with_mfa() -> Option<Story> {
    let own = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*AccessKey*",
        "Resource": "arn:aws:iam::*:user/${aws:username}",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}"#;
    Story::of(user().policy("WithMfa", own), &format!("mfa_serial = {MFA_SERIAL}\n"))
}

impl Story {
    fn of(user: User, settings: &str) -> Option<Self> {
        let daemon = KeyStoreDaemon::unlocked()?;
        let sts = FakeSts::start(World::new().user(user));
        let home = TestHome::new(PROGRAM).calling(&sts);
        home.config(&format!(
            "[profile dev]\nregion = us-east-1\ncredential_process = {PROGRAM} process dev\n{settings}"
        ));
        let story = Self { sts, home, daemon };
        story.put(&item(), ACCESS_KEY_ID, SECRET_ACCESS_KEY);
        Some(story)
    }

    fn store(&self) -> KeyStore {
        let env = Env::fixed([("DBUS_SESSION_BUS_ADDRESS", self.daemon.address())]);
        KeyStore::new(&env, Locks::in_dir(&self.home.cache_dir()))
    }

    fn put(&self, item: &KeyStoreItem, id: &str, secret: &str) {
        let key = StoredKey {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::from(secret),
            account_id: Some("111111111111".to_owned()),
        };
        self.store().put(item, &key.item(), Unlock::Never).unwrap();
    }

    fn stored(&self, item: &KeyStoreItem) -> Option<StoredKey> {
        StoredKey::parse(&self.store().get(item, Unlock::Never).unwrap()?)
    }

    fn variables(&self) -> [(&str, String); 2] {
        [("DBUS_SESSION_BUS_ADDRESS", self.daemon.address().to_owned()), ("AWS_ENDPOINT_URL_IAM", self.sts.url())]
    }

    pub(crate) fn run(&self, args: &[&str]) -> Finished {
        let output = self.home.command(args).envs(self.variables()).output().unwrap();
        let run = Finished::from(output);
        self.shows_no_secret(&run.stdout);
        self.shows_no_secret(&run.stderr);
        run
    }

    fn start(&self, args: &[&str]) -> Child {
        let mut command = self.home.command(args);
        command.envs(self.variables()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn terminal(&self, args: &str) -> Terminal {
        let [(bus, address), (iam, url)] = self.variables();
        let command = format!("\"$PROGRAM\" {args} >\"$FILES/stdout\" 2>\"$FILES/stderr\"");
        Terminal::script(&self.home, &format!("{bus}='{address}' {iam}='{url}' {command}"))
    }

    fn records(&self) -> String {
        fs::read_to_string(self.home.cache_dir().join("keys.json")).unwrap_or_default()
    }

    /// Waits until this is the next step in the journal.
    fn wait_for_step(&self, step: &str) {
        wait_until("the step in the journal", || self.next_step().as_deref() == Some(step));
    }

    fn rotation(&self) -> Value {
        let records: Value = serde_json::from_str(&self.records()).unwrap_or_default();
        records["profiles"]["dev"]["rotation"].clone()
    }

    fn next_step(&self) -> Option<String> {
        self.rotation()["next"].as_str().map(str::to_owned)
    }

    fn keys(&self) -> Vec<AccessKey> {
        self.sts.access_keys(USER_ARN)
    }

    fn shows_no_secret(&self, text: &str) {
        let is_shown = |key: &AccessKey| text.contains(key.secret());
        assert!(!self.keys().iter().any(is_shown) && !text.contains(SECRET_ACCESS_KEY), "{text}");
    }

    /// No key is lost: an active key of the user is in the key store with its secret.
    fn has_a_key(&self) {
        let stored = [item(), new_item()].into_iter().filter_map(|item| self.stored(&item));
        let is_active = |stored: StoredKey| {
            let same = |key: &AccessKey| {
                key.is_active() && key.id() == stored.access_key_id && key.secret() == stored.secret_access_key.expose()
            };
            self.keys().iter().any(same)
        };
        assert!(stored.into_iter().any(is_active), "no active key is stored: {}", self.records());
        self.shows_no_secret(&self.records());
    }

    /// The new key is stored, and the old one inactive.
    fn is_rotated(&self) {
        let keys = self.keys();
        let states: Vec<_> = keys.iter().map(|key| (key.id() == ACCESS_KEY_ID, key.is_active())).collect();
        assert_eq!(states, [(true, false), (false, true)], "{}", self.records());
        let stored = self.stored(&item()).unwrap();
        assert_eq!(stored.access_key_id, keys[1].id());
        assert_eq!(stored.secret_access_key.expose(), keys[1].secret());
        assert_eq!(stored.account_id.as_deref(), Some("111111111111"));
        assert!(self.stored(&new_item()).is_none());
        assert_eq!(self.next_step().as_deref(), Some("delete"));
        let records: Value = serde_json::from_str(&self.records()).unwrap();
        assert_eq!(records["profiles"]["dev"]["access_key_id"], keys[1].id());
        self.shows_no_secret(&self.records());
    }
}

fn item() -> KeyStoreItem {
    KeyStoreItem::AccessKey("dev".to_owned())
}

fn new_item() -> KeyStoreItem {
    KeyStoreItem::NewAccessKey("dev".to_owned())
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Like [`Finished::failed_with`], after notes on stderr.
#[track_caller]
fn failed(run: &Finished, code: i32) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{run:?}");
    assert!(run.stderr.contains("\namplify-creds: cannot rotate the key of profile dev: "), "{run:?}");
}

#[track_caller]
fn succeeded(run: &Finished) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
}

#[test]
fn key_is_rotated_and_the_old_one_deleted() {
    let Some(story) = story() else { return };
    let run = story.run(&ROTATE);
    succeeded(&run);
    story.is_rotated();
    let new = story.keys()[1].id().to_owned();
    for text in [
        format!("Rotate {ACCESS_KEY_ID}, the key of {USER_ARN} (profile dev):"),
        format!("created {new} and stored it in the "),
        format!("profile dev uses {new}"),
        format!("the old key {ACCESS_KEY_ID} is inactive"),
        "amplify-creds keys rotate dev --finish".to_owned(),
    ] {
        assert!(run.stderr.contains(&text), "{text}: {}", run.stderr);
    }
    // The profile works with the new key.
    let who = story.run(&["whoami", "dev", "--json"]);
    assert!(who.succeeded().contains(USER_ARN));
    assert_eq!(story.sts.calls().last().unwrap().access_key_id.as_ref(), Some(&new));
    // A second rotation would need a third key.
    let again = story.run(&ROTATE);
    again.failed_with(1);
    assert!(again.stderr.contains("keys rotate dev --finish"), "{}", again.stderr);
    assert_eq!(story.sts.count("CreateAccessKey"), 1);
    let finish = story.run(&FINISH);
    succeeded(&finish);
    assert!(finish.stderr.contains("last used "), "{}", finish.stderr);
    assert_eq!(story.keys().len(), 1);
    assert_eq!(story.rotation(), Value::Null);
    story.has_a_key();
    story.run(&FINISH).failed_with(1);
    succeeded(&story.run(&ROTATE));
}

#[test]
fn new_key_is_verified_three_times_in_a_row() {
    for (answers, expected) in [(vec![false; 4], 7), (vec![true, false, true], 5), (vec![true, true, false], 6)] {
        let Some(story) = story() else { return };
        story.sts.key_answers(&answers);
        succeeded(&story.run(&ROTATE));
        story.is_rotated();
        let new = story.keys()[1].id().to_owned();
        let is_verification = |call: &&test_support::Call| {
            call.action == "GetCallerIdentity" && call.access_key_id.as_ref() == Some(&new)
        };
        assert_eq!(story.sts.calls().iter().filter(is_verification).count(), expected, "{answers:?}");
    }
}

#[test]
fn question_precedes_the_first_change() {
    let Some(story) = story() else { return };
    story.run(&["keys", "rotate", "dev"]).failed_with(4);
    let mut terminal = story.terminal("keys rotate dev");
    terminal.expect("Rotate the key? [y/N] ");
    terminal.type_line("n");
    let (_, left) = terminal.finish();
    let run = left.restored();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("declined; no key was changed"), "{run:?}");
    assert_eq!((story.sts.count("CreateAccessKey"), story.rotation()), (0, Value::Null));
    let mut terminal = story.terminal("keys rotate dev");
    terminal.expect("3. replace the old key");
    terminal.expect("Rotate the key? [y/N] ");
    terminal.type_line("y");
    let (_, left) = terminal.finish();
    assert_eq!(left.restored().code, Some(0));
    story.is_rotated();
}

#[test]
fn policy_that_requires_mfa_is_satisfied() {
    let Some(story) = with_mfa() else { return };
    story.run(&ROTATE).failed_with(4);
    let mut terminal = story.terminal("keys rotate dev");
    terminal.expect("Enter the MFA token code: ");
    terminal.type_line(&story.sts.next_unused_code(MFA_SERIAL));
    terminal.expect("Rotate the key? [y/N] ");
    terminal.type_line("y");
    let (_, left) = terminal.finish();
    assert_eq!(left.restored().code, Some(0));
    story.is_rotated();
    assert_eq!(story.sts.count("GetSessionToken"), 1);
    // A session of the new key.
    let code = story.sts.next_unused_code(MFA_SERIAL);
    succeeded(&story.run(&[&FINISH[..], &["-t", &code]].concat()));
    assert_eq!((story.keys().len(), story.sts.count("GetSessionToken")), (1, 2));
}

#[test]
fn missing_permission_is_named() {
    let Some(story) = Story::of(user(), "") else { return };
    let run = story.run(&ROTATE);
    run.failed_with(5);
    assert!(run.stderr.contains("must allow iam:ListAccessKeys on"), "{}", run.stderr);
    assert!(run.stderr.contains("amplify-creds policy mfa"), "{}", run.stderr);
    let denies =
        |action: &str| format!(r#"{{"Statement": {{"Effect": "Deny", "Action": "iam:{action}", "Resource": "*"}}}}"#);
    let without = |action: &str| Story::of(user().manages_own_keys().policy("No", &denies(action)), "");
    let Some(story) = without("CreateAccessKey") else { return };
    let run = story.run(&ROTATE);
    failed(&run, 5);
    assert!(run.stderr.contains("must allow iam:CreateAccessKey on"), "{}", run.stderr);
    assert_eq!(story.rotation(), Value::Null);
    let Some(story) = without("UpdateAccessKey") else { return };
    let run = story.run(&ROTATE);
    assert_eq!(run.code, Some(5), "{run:?}");
    let text = format!("is stored; the old key {ACCESS_KEY_ID} may still be active");
    assert!(run.stderr.contains(&text) && run.stderr.contains("run again: "), "{}", run.stderr);
    story.has_a_key();
    story.sts.edit_world(|world| world.put_user_policy(USER_ARN, "No", &denies("PassRole")));
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
}

#[test]
fn active_second_key_is_never_changed() {
    let second = AccessKey::new("AKIAIOSFODNN7SECOND0", "second");
    let Some(story) = Story::of(user().manages_own_keys().access_key(second), "") else { return };
    let run = story.run(&ROTATE);
    run.failed_with(1);
    for text in [
        &*format!("{ACCESS_KEY_ID}: active, created 2025-01-15, last used "),
        "(stored)",
        "AKIAIOSFODNN7SECOND0: active, created 2025-01-15, never used",
        "aws iam get-access-key-last-used --access-key-id AKIAIOSFODNN7SECOND0 --profile dev",
        "aws iam update-access-key --access-key-id AKIAIOSFODNN7SECOND0 --status Inactive --profile dev",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    assert!(story.keys().iter().all(AccessKey::is_active));
    assert_eq!((story.keys().len(), story.rotation()), (2, Value::Null));
}

#[test]
fn inactive_second_key_is_deleted_after_a_question() {
    let second = || AccessKey::new("AKIAIOSFODNN7SECOND0", "second").inactive();
    let Some(story) = Story::of(user().manages_own_keys().access_key(second()), "") else { return };
    let run = story.run(&ROTATE);
    run.failed_with(1);
    let delete = "aws iam delete-access-key --access-key-id AKIAIOSFODNN7SECOND0 --profile dev";
    assert!(run.stderr.contains(delete), "{}", run.stderr);
    let mut terminal = story.terminal("keys rotate dev");
    terminal.expect("AKIAIOSFODNN7SECOND0: inactive, created 2025-01-15, never used");
    terminal.expect("Delete the inactive key AKIAIOSFODNN7SECOND0? [y/N] ");
    terminal.type_line("n");
    let (_, left) = terminal.finish();
    assert_eq!((left.restored().code, story.keys().len()), (Some(1), 2));
    let mut terminal = story.terminal("keys rotate dev --yes");
    terminal.expect("Delete the inactive key AKIAIOSFODNN7SECOND0? [y/N] ");
    terminal.type_line("y");
    let (_, left) = terminal.finish();
    assert_eq!(left.restored().code, Some(0));
    story.is_rotated();
}

#[test]
fn run_killed_at_create_is_continued() {
    // With `HELD`, IAM creates the key.
    for (fault, created) in [(Fault::HELD, 2), (Fault::Hang, 1)] {
        let Some(story) = story() else { return };
        story.sts.fault_on("CreateAccessKey", fault, Some(1));
        let child = story.start(&ROTATE);
        story.sts.wait_for("CreateAccessKey", 1);
        kill(child);
        story.sts.clear_faults();
        assert_eq!((story.next_step().as_deref(), story.keys().len()), (Some("create"), created));
        story.has_a_key();
        let run = story.run(&ROTATE);
        succeeded(&run);
        assert_eq!(run.stderr.contains("it was created, but not stored"), created == 2, "{}", run.stderr);
        story.is_rotated();
    }
}

#[test]
fn second_key_of_another_origin_is_not_deleted() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::HELD, Some(1));
    let child = story.start(&ROTATE);
    story.sts.wait_for("CreateAccessKey", 1);
    kill(child);
    story.sts.clear_faults();
    // A used key is not the rotation's.
    let new = story.keys()[1].clone();
    let keys = [("AWS_ACCESS_KEY_ID", new.id()), ("AWS_SECRET_ACCESS_KEY", new.secret())];
    assert_eq!(story.home.run_with(&["whoami"], &keys).code, Some(0));
    let run = story.run(&ROTATE);
    failed(&run, 1);
    assert!(run.stderr.contains("already has two keys"), "{}", run.stderr);
    assert_eq!((story.keys().len(), story.rotation()), (2, Value::Null));
}

#[test]
fn second_key_that_was_not_listed_yet_is_not_deleted() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::error(409, "LimitExceeded", "Cannot exceed quota"), Some(1));
    let run = story.run(&ROTATE);
    failed(&run, 1);
    assert!(run.stderr.contains("two keys already") && story.rotation().is_null(), "{}", run.stderr);
}

#[test]
fn lost_response_of_create_is_repaired_in_the_same_run() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::Truncated, Some(1));
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
    assert_eq!((story.sts.count("CreateAccessKey"), story.sts.count("DeleteAccessKey")), (2, 1));
}

#[test]
fn run_killed_at_store_is_continued() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::HELD, Some(1));
    let child = story.start(&ROTATE);
    story.sts.wait_for("CreateAccessKey", 1);
    story.daemon.stop();
    story.sts.clear_faults();
    story.wait_for_step("store");
    kill(child);
    story.daemon.resume();
    let lost = story.keys()[1].id().to_owned();
    // The daemon may have received the request before the end.
    let is_lost = story.stored(&new_item()).is_none();
    let run = story.run(&ROTATE);
    succeeded(&run);
    story.is_rotated();
    assert_eq!(story.keys()[1].id() != lost, is_lost, "{}", run.stderr);
}

#[test]
fn run_killed_at_verify_is_continued() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::HELD, Some(1));
    let child = story.start(&ROTATE);
    story.sts.wait_for("CreateAccessKey", 1);
    story.sts.replace_faults(Fault::Hang);
    story.sts.wait_for("GetCallerIdentity", 2);
    kill(child);
    story.sts.clear_faults();
    story.wait_for_step("verify");
    story.has_a_key();
    let new = story.keys()[1].id().to_owned();
    let run = story.run(&ROTATE);
    succeeded(&run);
    assert!(run.stderr.contains("continuing the rotation that began "), "{}", run.stderr);
    story.is_rotated();
    assert_eq!(story.keys()[1].id(), new);
}

/// Kills the run when it replaces the key in the key store.
fn killed_at_replace(story: &Story) {
    story.sts.fault_on("GetCallerIdentity", Fault::Slow(std::time::Duration::ZERO), Some(3));
    story.sts.fault_on("GetCallerIdentity", Fault::HELD, Some(1));
    let child = story.start(&ROTATE);
    story.sts.wait_for("GetCallerIdentity", 4);
    story.daemon.stop();
    story.sts.clear_faults();
    story.wait_for_step("replace");
    kill(child);
    story.daemon.resume();
    story.has_a_key();
}

#[test]
fn run_killed_at_replace_is_continued() {
    let Some(story) = story() else { return };
    killed_at_replace(&story);
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
    assert_eq!(story.sts.count("CreateAccessKey"), 1);
}

#[test]
fn run_killed_at_deactivate_is_continued() {
    for fault in [Fault::HELD, Fault::Hang] {
        let Some(story) = story() else { return };
        story.sts.fault_on("UpdateAccessKey", fault, Some(1));
        let child = story.start(&ROTATE);
        story.sts.wait_for("UpdateAccessKey", 1);
        kill(child);
        story.sts.clear_faults();
        assert_eq!(story.next_step().as_deref(), Some("deactivate"));
        story.has_a_key();
        succeeded(&story.run(&ROTATE));
        story.is_rotated();
    }
}

#[test]
fn run_killed_at_finish_is_continued() {
    let Some(story) = story() else { return };
    succeeded(&story.run(&ROTATE));
    story.sts.fault_on("DeleteAccessKey", Fault::HELD, Some(1));
    let child = story.start(&FINISH);
    story.sts.wait_for("DeleteAccessKey", 1);
    kill(child);
    story.sts.clear_faults();
    let run = story.run(&FINISH);
    succeeded(&run);
    assert!(run.stderr.contains("no longer exists"), "{}", run.stderr);
    assert_eq!(story.rotation(), Value::Null);
    story.has_a_key();
}

#[test]
fn key_without_a_stored_secret_is_created_again() {
    let Some(story) = story() else { return };
    killed_at_replace(&story);
    let lost = story.keys()[1].id().to_owned();
    story.put(&item(), ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    story.store().delete(&new_item(), Unlock::Never).unwrap();
    let run = story.run(&ROTATE);
    succeeded(&run);
    assert!(run.stderr.contains(&format!("deleted {lost}")), "{}", run.stderr);
    story.is_rotated();
    assert_ne!(story.keys()[1].id(), lost);
}

#[test]
fn missing_item_of_the_old_key_is_repaired() {
    let Some(story) = story() else { return };
    killed_at_replace(&story);
    story.store().delete(&item(), Unlock::Never).unwrap();
    if story.stored(&new_item()).is_none() {
        return;
    }
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
}

#[test]
fn deleted_record_costs_no_key() {
    // Before the replacement, the item of the new key shows the rotation.
    let Some(story) = story() else { return };
    killed_at_replace(&story);
    fs::remove_file(story.home.cache_dir().join("keys.json")).unwrap();
    let run = story.run(&ROTATE);
    succeeded(&run);
    assert!(run.stderr.contains("continuing an earlier rotation"), "{}", run.stderr);
    story.is_rotated();
    // After it, the old key is a second key like any other.
    fs::remove_file(story.home.cache_dir().join("keys.json")).unwrap();
    story.run(&FINISH).failed_with(1);
    let run = story.run(&ROTATE);
    run.failed_with(1);
    assert!(run.stderr.contains("already has two keys"), "{}", run.stderr);
    story.has_a_key();
}

#[test]
fn old_key_without_access_does_not_prevent_the_rest() {
    for delete in [false, true] {
        let Some(story) = story() else { return };
        killed_at_replace(&story);
        story.sts.edit_world(|world| {
            if delete {
                world.delete_access_key(ACCESS_KEY_ID);
            } else {
                world.set_access_key_active(ACCESS_KEY_ID, false);
            }
        });
        let run = story.run(&ROTATE);
        succeeded(&run);
        if delete {
            assert!(run.stderr.contains("is finished"), "{}", run.stderr);
            assert_eq!((story.keys().len(), story.rotation()), (1, Value::Null));
            story.has_a_key();
        } else {
            story.is_rotated();
        }
    }
}

#[test]
#[ignore = "waits 20 s for AWS to accept the key"]
fn new_key_that_an_administrator_changed_is_reported() {
    let Some(story) = story() else { return };
    killed_at_replace(&story);
    story.put(&item(), ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    let new = story.keys()[1].clone();
    story.put(&new_item(), new.id(), new.secret());
    story.sts.edit_world(|world| world.set_access_key_active(new.id(), false));
    let run = story.run(&ROTATE);
    failed(&run, 1);
    assert!(run.stderr.contains("is inactive") && run.stderr.contains("--status Active"), "{}", run.stderr);
    story.has_a_key();
    story.sts.edit_world(|world| world.delete_access_key(new.id()));
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
}

#[test]
fn finish_asks_if_the_old_key_is_in_use() {
    let Some(story) = story() else { return };
    succeeded(&story.run(&ROTATE));
    story.sts.edit_world(|world| world.set_access_key_active(ACCESS_KEY_ID, true));
    let run = story.run(&FINISH);
    run.failed_with(4);
    assert!(run.stderr.contains("is active again"), "{}", run.stderr);
    assert_eq!(story.keys().len(), 2);
    // A use an hour later.
    story.sts.fault(Fault::ClockOffset(3600), None);
    let keys = [("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID), ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)];
    assert_eq!(story.home.run_with(&["whoami"], &keys).code, Some(0));
    story.sts.clear_faults();
    story.sts.edit_world(|world| world.set_access_key_active(ACCESS_KEY_ID, false));
    story.run(&FINISH).failed_with(4);
    let mut terminal = story.terminal("keys rotate dev --finish --yes");
    terminal.expect("was used after its deactivation");
    terminal.expect(&format!("Delete {ACCESS_KEY_ID}? [y/N] "));
    terminal.type_line("n");
    let (_, left) = terminal.finish();
    assert_eq!((left.restored().code, story.keys().len()), (Some(0), 2));
    let mut terminal = story.terminal("keys rotate dev --finish --yes");
    terminal.expect("? [y/N] ");
    terminal.type_line("y");
    let (_, left) = terminal.finish();
    assert_eq!((left.restored().code, story.keys().len()), (Some(0), 1));
    story.has_a_key();
}

#[test]
fn only_one_run_rotates_at_a_time() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::HELD, Some(1));
    let child = story.start(&ROTATE);
    story.sts.wait_for("CreateAccessKey", 1);
    let second = story.run(&ROTATE);
    second.failed_with(7);
    assert!(second.stderr.contains("another process is changing the key of profile dev"), "{}", second.stderr);
    story.sts.clear_faults();
    let first = Finished::from(child.wait_with_output().unwrap());
    assert_eq!(first.code, Some(0), "{first:?}");
    story.is_rotated();
}

#[test]
fn process_works_during_a_rotation() {
    let Some(story) = story() else { return };
    killed_at_replace(&story);
    // The record still has the old key.
    let new = story.keys()[1].clone();
    story.put(&item(), new.id(), new.secret());
    let process = story.home.command(&["process", "dev"]).envs(story.variables()).output().unwrap();
    assert!(Finished::from(process).succeeded().contains(new.id()));
    assert_eq!(story.next_step().as_deref(), Some("replace"));
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
}

#[test]
fn locked_key_store_is_reported() {
    let Some(story) = story() else { return };
    story.daemon.lock();
    let run = story.run(&[&ROTATE[..], &["--no-input"]].concat());
    run.failed_with(4);
    assert!(run.stderr.contains("the key store is locked"), "{}", run.stderr);
    assert_eq!(story.sts.calls().len(), 0);
}

#[test]
fn key_store_locked_in_the_middle_costs_no_key() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::HELD, Some(1));
    let child = story.start(&[&ROTATE[..], &["--no-input"]].concat());
    story.sts.wait_for("CreateAccessKey", 1);
    story.daemon.lock();
    story.sts.clear_faults();
    let run = Finished::from(child.wait_with_output().unwrap());
    failed(&run, 4);
    assert_eq!((story.keys().len(), story.rotation()), (1, Value::Null), "{run:?}");
}

#[test]
fn network_failure_in_the_middle_is_resumable() {
    let Some(story) = story() else { return };
    story.sts.fault_on("UpdateAccessKey", Fault::ServerError(503), None);
    let run = story.run(&ROTATE);
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(run.stderr.contains("run again: amplify-creds keys rotate dev"), "{}", run.stderr);
    story.has_a_key();
    story.sts.clear_faults();
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
}

#[test]
fn interrupted_run_is_resumable() {
    let Some(story) = story() else { return };
    story.sts.fault_on("CreateAccessKey", Fault::HELD, Some(1));
    let mut terminal = story.terminal("keys rotate dev --yes");
    story.sts.wait_for("CreateAccessKey", 1);
    terminal.type_control('c');
    story.sts.clear_faults();
    let (_, left) = terminal.finish();
    let run = left.restored();
    assert_eq!(run.code, Some(130), "{run:?}");
    assert!(run.stderr.contains("cancelled") && run.stderr.contains("run again: "), "{run:?}");
    story.has_a_key();
    succeeded(&story.run(&ROTATE));
    story.is_rotated();
}

#[test]
fn key_of_root_is_not_rotated() {
    let Some(story) = Story::of(User::root("111111111111", ACCESS_KEY_ID, SECRET_ACCESS_KEY), "") else { return };
    let run = story.run(&ROTATE);
    run.failed_with(3);
    assert!(run.stderr.contains("belongs to the root user"), "{}", run.stderr);
    assert_eq!(story.sts.count("CreateAccessKey"), 0);
}

#[test]
fn profile_without_a_stored_key_is_refused() {
    let Some(story) = story() else { return };
    story.home.credentials("[files]\naws_access_key_id = AKIA1\naws_secret_access_key = x\n");
    crate::add_config(
        &story.home,
        "[profile role]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = dev\n",
    );
    for (profile, hint) in [("files", "keys import files"), ("role", "keys rotate dev"), ("missing", "")] {
        let run = story.run(&["keys", "rotate", profile, "--yes"]);
        run.failed_with(3);
        assert!(run.stderr.contains(hint), "{}", run.stderr);
    }
    story.store().delete(&item(), Unlock::Never).unwrap();
    let run = story.run(&ROTATE);
    run.failed_with(4);
    assert!(run.stderr.contains("keys add dev"), "{}", run.stderr);
}

#[test]
#[ignore = "IAM may know a new key some seconds later than STS"]
fn new_key_that_is_deleted_meanwhile_leaves_the_old_one_active() {
    let Some(story) = story() else { return };
    // The list before the deactivation shows the new key.
    story.sts.fault_on("ListAccessKeys", Fault::Slow(Duration::ZERO), Some(1));
    story.sts.fault_on("ListAccessKeys", Fault::HELD, Some(1));
    let child = story.start(&ROTATE);
    story.sts.wait_for("ListAccessKeys", 2);
    let new = story.keys()[1].id().to_owned();
    story.sts.edit_world(|world| world.delete_access_key(&new));
    story.sts.clear_faults();
    let run = Finished::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(4), "{run:?}");
    let keys = story.keys();
    assert_eq!(keys.len(), 1);
    assert!(keys[0].is_active() && keys[0].id() == ACCESS_KEY_ID);
}

#[test]
fn profiles_with_the_same_key_are_named() {
    let Some(story) = story() else { return };
    story.home.credentials(&format!(
        "[plain]\naws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n"
    ));
    let run = story.run(&ROTATE);
    assert!(run.stderr.contains("These profiles have the same key, and will fail: plain\n"), "{run:?}");
}

#[test]
fn removal_during_a_rotation_names_both_keys() {
    let Some(story) = story() else { return };
    assert_eq!(story.run(&ROTATE).code, Some(0));
    let run = story.run(&["keys", "remove", "dev", "--yes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for key in story.keys() {
        assert!(run.stderr.contains(&format!("{} stays in AWS; to delete it: ", key.id())), "{run:?}");
    }
}

impl Victim for Story {
    fn home(&self) -> &TestHome {
        &self.home
    }

    fn command(&self) -> Command {
        let mut command = self.home.command(&ROTATE);
        command.envs(self.variables());
        command
    }

    fn check(&self, place: &str) {
        let place = format!("{place}: {}", self.records());
        self.has_a_key();
        let next = self.run(&ROTATE);
        // The killed run may have been complete.
        let is_complete = next.code == Some(1) && next.stderr.contains("--finish");
        assert!(next.code == Some(0) || is_complete, "{place}: {next:?}");
        self.is_rotated();
    }
}

#[test]
#[ignore = "takes a minute and needs strace"]
fn killed_rotation_loses_no_key_and_is_continued() {
    sweep(story);
}
