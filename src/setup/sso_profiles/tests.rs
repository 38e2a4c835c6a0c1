use super::*;
use crate::core::origin::{Located, Origin, SourceFile};
use crate::setup::sso_template::DEFAULT;

const PROGRAM: &str = "/usr/bin/amplify-creds";
const SESSION: &str = "[sso-session corp]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\n";

fn role(account: &str, name: &str, role: &str) -> AccountRole {
    AccountRole { account_id: account.repeat(12), account_name: name.to_owned(), role_name: role.to_owned() }
}

fn draft(config: &str, credentials: &str) -> Draft {
    let source = |name: &str| SourceFile::new(Path::new("/home/dev/.aws").join(name), Path::new("/home/dev"));
    Draft::new([(source("config"), config), (source("credentials"), credentials)])
}

#[derive(Clone, Copy)]
struct Run<'r> {
    config: &'r str,
    credentials: &'r str,
    region: Option<&'r str>,
    prune: bool,
    template: &'r str,
}

impl<'r> Run<'r> {
    fn of(config: &'r str) -> Self {
        Self { config, credentials: "", region: None, prune: false, template: DEFAULT }
    }

    fn pruning(self) -> Self {
        Self { prune: true, ..self }
    }

    fn with(self, roles: &[AccountRole]) -> Result<(String, SessionChanges), SessionProfilesError> {
        let located = |value: &str| Located::new(value.to_owned(), Origin::Default);
        let session = SsoSession {
            name: Some(located("corp")),
            start_url: located("https://corp.example/start"),
            region: located("eu-west-1"),
            scopes: None,
        };
        let profiles = SessionProfiles {
            session: &session,
            is_new: !self.config.contains("[sso-session"),
            template: &NameTemplate::parse(self.template).unwrap(),
            region: self.region,
            prune: self.prune,
            programs: &[PROGRAM.to_owned()],
        };
        let mut draft = draft(self.config, self.credentials);
        let changes = profiles.apply(&mut draft, roles)?;
        changes.verify(&draft.files())?;
        Ok((draft.text(FileKind::Config).to_owned(), changes))
    }

    fn text(self, roles: &[AccountRole]) -> String {
        self.with(roles).unwrap().0
    }
}

fn is_empty(changes: &SessionChanges) -> bool {
    [&changes.added, &changes.updated, &changes.removed].into_iter().all(Vec::is_empty)
}

fn section(name: &str, account: &str, role: &str) -> String {
    format!(
        "\n[profile {name}]\nsso_session = corp\nsso_account_id = {}\nsso_role_name = {role}\nregion = eu-west-1\n\
         credential_process = {PROGRAM} process {name}\n",
        account.repeat(12)
    )
}

fn both() -> [AccountRole; 2] {
    [role("1", "dev", "Admin"), role("2", "prod", "Read")]
}

#[test]
fn profiles_are_added_after_the_rest_of_the_file() {
    let before = format!("# mine\r\n{}", SESSION.replace('\n', "\r\n"));
    let added = section("dev-Admin", "1", "Admin") + &section("prod-Read", "2", "Read");
    assert_eq!(Run::of(&before).text(&both()), before.clone() + &added.replace('\n', "\r\n"));
    let new_session = SESSION.to_owned() + "sso_registration_scopes = sso:account:access\n";
    assert_eq!(Run::of("").text(&both()), new_session + &added);
}

#[test]
fn second_run_changes_nothing() {
    let first = Run::of(SESSION).text(&both());
    let (second, changes) = Run::of(&first).pruning().with(&both()).unwrap();
    assert!(second == first && is_empty(&changes) && changes.all == ["dev-Admin", "prod-Read"]);
}

#[test]
fn own_profiles_are_updated_in_place() {
    let mine = "\n# keep\n[profile mine]\nregion = x\n";
    let old = section("dev-Admin", "1", "Admin").replace("/usr/bin", "/old").replace("eu-west-1", "eu-west-3");
    let before = SESSION.to_owned() + &old + mine;
    let moved = before.replace("/old", "/usr/bin");
    assert_eq!(Run::of(&before).text(&both()[..1]), moved);
    let region = Run { region: Some("us-east-1"), ..Run::of(&before) };
    assert_eq!(region.text(&both()[..1]), moved.replace("eu-west-3", "us-east-1"));
    // The account was replaced by another one with the same name.
    let other = Run::of(&moved).text(&[role("3", "dev", "Admin")]);
    assert_eq!(other, moved.replace("111111111111", "333333333333"));
    let comment = moved.replace("[profile dev-Admin]", "[profile dev-Admin] # mine");
    assert_eq!(Run::of(&comment).text(&both()[..1]), comment);
    let options = moved.replace("process dev-Admin", "process dev-Admin --min-ttl 30m");
    assert_eq!(Run::of(&options).text(&both()[..1]), options);
}

#[test]
fn only_own_profiles_are_pruned() {
    let own = section("old-Admin", "3", "Admin");
    let others = [
        own.replace("old", "more") + "output = json\n",
        own.replace("old", "other").replace("= corp", "= else"),
        own.replace("old", "elsewhere").replace("process elsewhere-Admin", "process another"),
        own.replace("old", "program").replace(PROGRAM, "/usr/bin/other"),
        own.replace("old", "fewer").replace("region = eu-west-1\n", ""),
        own.replace("old", "twice") + "region = eu-west-1\n",
        own.replace("old", "keys"),
    ]
    .concat();
    let before = SESSION.to_owned() + &own + &others + "# end\n";
    let keys = "[keys-Admin]\naws_access_key_id = x\n";
    let run = Run { credentials: keys, ..Run::of(&before) };
    let (kept, changes) = run.with(&[]).unwrap();
    assert!(kept == before && is_empty(&changes) && changes.unlisted == ["old-Admin"]);
    let (pruned, changes) = run.pruning().with(&[]).unwrap();
    assert_eq!(
        (pruned, changes.removed),
        (before.replace(own.trim_start_matches('\n'), "").replace("\n\n\n", "\n\n"), vec!["old-Admin".to_owned()])
    );
}

#[test]
fn renamed_account_has_a_new_profile() {
    let before = SESSION.to_owned() + &section("old-Admin", "1", "Admin");
    let renamed = [role("1", "new", "Admin")];
    assert_eq!(Run::of(&before).text(&renamed), before.clone() + &section("new-Admin", "1", "Admin"));
    let pruned = Run::of(&before).pruning().text(&renamed);
    assert_eq!(pruned, SESSION.to_owned() + &section("new-Admin", "1", "Admin"));
}

#[test]
fn equal_names_are_reported_with_all_roles() {
    let roles =
        [role("1", "dev a", "Admin"), role("2", "dev-a", "Admin"), role("3", "x", "Read"), role("3", "x", "Read")];
    let Err(SessionProfilesError::Collisions(found)) = Run::of(SESSION).with(&roles) else { panic!("a collision") };
    assert_eq!(found, [("dev-a-Admin".to_owned(), roles[..2].to_vec())]);
    let with_id = Run { template: "{account_id}-{role}", ..Run::of(SESSION) };
    assert_eq!(with_id.with(&roles).unwrap().1.added.len(), 3);
}

#[test]
fn existing_profiles_of_another_kind_are_reported() {
    let twice = section("dev-Admin", "1", "Admin").repeat(2);
    for (config, credentials) in [
        (twice.as_str(), ""),
        ("[profile dev-Admin]\nregion = x\n", ""),
        ("[dev-Admin]\nregion = x\n", ""),
        ("", "[dev-Admin]\naws_access_key_id = x\n"),
    ] {
        let config = SESSION.to_owned() + config;
        let run = Run { credentials, ..Run::of(&config) };
        let Err(SessionProfilesError::Taken(found)) = run.with(&both()) else { panic!("{config}{credentials}") };
        assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["dev-Admin"]);
    }
}
