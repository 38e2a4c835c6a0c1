use std::path::Path;

use crate::core::origin::SourceFile;
use crate::core::secret::Secret;
use crate::profile_file::FileKind;

use super::task::Task;
use super::*;

const PROGRAM: &str = "/usr/bin/amplify-creds";

fn draft(config: &str, credentials: &str) -> Draft {
    let home = Path::new("/home/dev");
    let source = |name: &str| SourceFile::new(home.join(".aws").join(name), home);
    Draft::new([(source("config"), config), (source("credentials"), credentials)])
}

/// The config file after `task` and the wrapper, or the error.
fn after(draft: &mut Draft, task: Result<Task, SetupError>, region: Option<&str>) -> String {
    match task.and_then(|task| task.finish(draft, region, &[PROGRAM.to_owned()])) {
        Ok(_) => draft.text(FileKind::Config).to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The config file after wrapping `biz` in `name`.
fn wrapped(config: &str, name: &str, region: Option<&str>) -> String {
    let mut draft = draft(config, "");
    let task = Task::wrapping(&draft, "biz", Some(name), &[PROGRAM.to_owned()]);
    after(&mut draft, task, region)
}

/// Both files after renaming and wrapping `name`, or the error.
fn moved(config: &str, credentials: &str, name: &str) -> (String, String) {
    let mut draft = draft(config, credentials);
    let task = Task::in_place(&mut draft, name, &[PROGRAM.to_owned()]);
    (after(&mut draft, task, Some("eu-west-1")), draft.text(FileKind::Credentials).to_owned())
}

#[test]
fn wrapper_is_added_once_and_updated() {
    let role = "# mine\n[profile biz]\nrole_arn = r\nregion = eu-west-1\n";
    let added =
        format!("{role}\n[profile biz-amplify]\ncredential_process = {PROGRAM} process biz\nregion = eu-west-1\n");
    assert_eq!(wrapped(role, "biz-amplify", None), added);
    assert_eq!(wrapped(&added, "biz-amplify", None), added);
    let options = added.replace("process biz", "process biz --min-ttl 30m");
    assert_eq!(wrapped(&options, "biz-amplify", None), options);
    assert_eq!(wrapped(&options.replace(PROGRAM, "/old/amplify-creds"), "biz-amplify", None), options);
    let elsewhere = added.replace("process biz\nregion = eu-west-1", "process biz\nregion = eu-west-2");
    assert_eq!(wrapped(&elsewhere, "biz-amplify", None), elsewhere);
    assert_eq!(wrapped(&elsewhere, "biz-amplify", Some("eu-west-1")), added);
    assert_eq!(
        wrapped(&added.replace("process biz\nregion = eu-west-1\n", "process biz\n"), "biz-amplify", None),
        added
    );
    // Some tools use keys instead of the command.
    for keys in ["aws_access_key_id = A\naws_secret_access_key = s\n", "aws_access_key_id = A\n"] {
        let error = wrapped(&format!("{added}{keys}"), "biz-amplify", None);
        assert_eq!(error, "profile biz-amplify exists already with different settings (~/.aws/config:9)");
    }
    // If no name is given, an existing wrapper is updated.
    let mut draft = draft(&added, "");
    for task in [
        Task::wrapping(&draft, "biz", None, &[PROGRAM.to_owned()]),
        Task::wrapping(&draft, "biz-amplify", None, &[PROGRAM.to_owned()]),
        Task::in_place(&mut draft.clone(), "biz-amplify", &[PROGRAM.to_owned()]),
    ] {
        assert_eq!(after(&mut draft, task, None), added);
    }
}

#[test]
fn wrapper_inherits_region() {
    for (region, source) in
        [("region = eu-west-1\n", ""), ("", "region = eu-west-1\n"), ("region = a b\n", "region = eu-west-1\n")]
    {
        let config =
            format!("[profile biz]\nsource_profile = dev\n{region}[profile dev]\nsource_profile = biz\n{source}");
        assert!(wrapped(&config, "w", None).ends_with("process biz\nregion = eu-west-1\n"), "{config}");
    }
    assert!(wrapped("[profile biz]\nsource_profile = biz\n", "w", None).ends_with("process biz\n"));
}

#[test]
fn dotted_wrapper_has_two_equal_sections() {
    let added = wrapped("", "a.b", Some("eu-west-1"));
    let section = format!("credential_process = {PROGRAM} process biz\nregion = eu-west-1\n");
    assert_eq!(added, format!("[profile a.b]\n{section}\n[a\\.b]\n{section}"));
    assert_eq!(wrapped(&added.replace(PROGRAM, "/old/amplify-creds"), "a.b", Some("eu-west-1")), added);
}

#[test]
fn different_profile_is_not_changed() {
    for there in [
        "[profile x]\nregion = y\n",
        "[profile x]\nrole_arn = r\ncredential_process = /usr/bin/amplify-creds process biz\n",
        "[profile x]\ncredential_process = /usr/bin/amplify-creds process other\n",
        "[profile x]\ncredential_process = other\n",
        "\n[x]\naws_access_key_id = k\n",
    ] {
        let seen = wrapped(there, "x", None);
        assert!(
            seen.starts_with("profile x exists already with different settings (~/.aws/config:"),
            "{there}: {seen}"
        );
    }
    for name in ["a b", "m\u{fc}ller", "__proto__", "constructor", ""] {
        assert!(wrapped("", name, None).contains("so that all tools read it the same way"), "{name}");
    }
    // In the Amplify CLI the keys below such a header belong to another profile.
    let untidy = "[profile y]\n[profile x] # c\ncredential_process = /old/amplify-creds process biz\n";
    assert!(wrapped(untidy, "x", None).contains("tools disagree"));
}

#[test]
fn wrapper_is_added_to_invalid_file() {
    for text in ["\u{feff}[profile biz]\nrole_arn = r\n", "junk\n[profile biz]\nrole_arn = r\n"] {
        let seen = wrapped(text, "w", None);
        assert!(seen.starts_with(text) && seen.contains("[profile w]\n"), "{seen}");
    }
}

#[test]
fn renamed_role_updates_references() {
    let config = "\
# the role
[profile biz] # note
role_arn = r
region = us-east-1
output = json # pretty
source_profile = dev
s3 =
  region = x
# others
[profile a]
source_profile=biz
[profile b]
include_profile = biz  # old
credential_process = /opt/biz/amplify-creds process 'biz' -d 2h
[profile c]
source_profile = bizarre
credential_process = other biz
";
    let expected = format!(
        "\
# the role
# note
[profile biz-role]
role_arn = r
region = us-east-1
output = json # pretty
source_profile = dev
s3 =
  region = x
# others
[profile a]
source_profile=biz-role
[profile b]
# old
include_profile = biz-role
credential_process = /opt/biz/amplify-creds process 'biz-role' -d 2h
[profile c]
source_profile = bizarre
credential_process = other biz

[profile biz]
s3 =
  region = x
credential_process = {PROGRAM} process biz-role
region = eu-west-1
output = json
"
    );
    assert_eq!(moved(config, "", "biz").0, expected);
    let credentials = "[dev]\naws_access_key_id = d\n[biz]\naws_access_key_id = k\nsource_profile = biz\n";
    let moved_credentials =
        "[dev]\naws_access_key_id = d\n[biz-role]\naws_access_key_id = k\nsource_profile = biz-role\n";
    assert_eq!(moved("", credentials, "biz").1, moved_credentials);
    let default = moved("[default]\nrole_arn = r\n", "", "default").0;
    assert!(default.starts_with("[profile default-role]\nrole_arn = r\n\n[default]\ncredential_process"), "{default}");
}

#[test]
fn amplify_only_profile_is_renamed_for_all_tools() {
    let seen = moved("[biz]\nrole_arn = r\n", "", "biz").0;
    assert!(seen.starts_with("[profile biz-role]\nrole_arn = r\n\n[profile biz]\ncredential_process"), "{seen}");
    for config in ["[profile a.b]\nrole_arn = r\n", "[profile a.b]\nrole_arn = r\n\n[a\\.b]\nrole_arn = r\n"] {
        let seen = moved(config, "", "a.b").0;
        let section = format!("credential_process = {PROGRAM} process a.b-role\nregion = eu-west-1\n");
        assert_eq!(seen, format!("[profile a.b-role]\nrole_arn = r\n\n[profile a.b]\n{section}\n[a\\.b]\n{section}"));
    }
}

#[test]
fn ambiguous_profile_is_not_renamed() {
    for (config, expected) in [
        (
            "[profile biz]\nrole_arn = r\n[profile biz-role]\n",
            "profile biz-role exists already with different settings (~/.aws/config:3)",
        ),
        ("[profile biz]\nrole_arn = r\n[profile \"biz\"]\n", "profile biz has two sections (~/.aws/config:3)"),
        ("[profile biz]\n[profile a] # c\nsource_profile = biz\n", "~/.aws/config: tools disagree"),
    ] {
        let seen = moved(config, "", "biz").0;
        assert!(seen.starts_with(expected), "{config}: {seen}");
    }
    let umlaut = moved("[profile m\u{fc}ller]\nrole_arn = r\n", "", "m\u{fc}ller").0;
    assert!(umlaut.contains("so that all tools read it the same way"), "{umlaut}");
}

#[test]
fn new_role_and_source_are_added() {
    let keys = SourceKeys { access_key_id: "AKIA".to_owned(), secret_access_key: Secret::from("s/e+c") };
    let role = Role {
        name: "biz".to_owned(),
        role_arn: "arn:aws:iam::222222222222:role/BizCorpRole".to_owned(),
        source_profile: "dev".to_owned(),
        source_keys: Some(keys.clone()),
        external_id: Some("x-1".to_owned()),
        mfa_serial: None,
        region: Some("eu-west-1".to_owned()),
        duration_seconds: None,
    };
    let stanzas = |name: &str| {
        format!(
            "[profile dev]\nregion = eu-west-1\n\n[profile {name}]\n\
             role_arn = arn:aws:iam::222222222222:role/BizCorpRole\nsource_profile = dev\nexternal_id = x-1\n\
             region = eu-west-1\n"
        )
    };
    let wrapper = |name: &str, target: &str| {
        format!("\n[profile {name}]\ncredential_process = {PROGRAM} process {target}\nregion = eu-west-1\n")
    };
    let mut draft = draft("", "[other]\n");
    let config = stanzas("biz") + &wrapper("biz-amplify", "biz");
    for role in [role.clone(), role.clone(), Role { source_keys: None, region: None, ..role.clone() }] {
        let task = Task::new_role(&mut draft, &role, false);
        assert_eq!(after(&mut draft, task, None), config);
        assert_eq!(
            draft.text(FileKind::Credentials),
            "[other]\n\n[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s/e+c\n"
        );
    }
    let other_keys = SourceKeys { access_key_id: "AKIB".to_owned(), ..keys };
    for (role, expected) in [
        (
            Role { source_keys: Some(other_keys), ..role.clone() },
            "profile dev exists already with different settings (~/.aws/config:1)",
        ),
        (
            Role { mfa_serial: Some("d".to_owned()), ..role.clone() },
            "profile biz exists already with different settings (~/.aws/config:4)",
        ),
        (
            Role { external_id: None, ..role.clone() },
            "profile biz exists already with different settings (~/.aws/config:4)",
        ),
        (
            Role { region: Some("x".to_owned()), ..role.clone() },
            "profile biz exists already with different settings (~/.aws/config:4)",
        ),
        (
            Role { name: "b z".to_owned(), ..role.clone() },
            "~/.aws/config: profile name b z cannot be written so that all tools",
        ),
        (
            Role { name: "y".to_owned(), role_arn: "a#b".to_owned(), ..role.clone() },
            "~/.aws/config: the value of role_arn",
        ),
    ] {
        let error = Task::new_role(&mut draft.clone(), &role, false).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let mut draft = self::draft("", "");
    for _ in 0..2 {
        let task = Task::new_role(&mut draft, &role, true);
        assert_eq!(after(&mut draft, task, None), stanzas("biz-role") + &wrapper("biz", "biz-role"));
    }
}

#[test]
fn wrapper_names_are_plain() {
    for (name, expected) in [("biz", "biz-amplify"), ("a.b c", "a-b-c-amplify"), ("-m\u{fc}ller", "m-ller-amplify")] {
        assert_eq!(task::names(name, false).unwrap().0, expected);
    }
    for name in ["\u{65e5}\u{672c}", "-", ""] {
        assert!(matches!(task::names(name, false), Err(SetupError::NoDefaultName(_))), "{name}");
    }
}

#[test]
fn change_of_other_profile_is_detected() {
    let before = "[profile a.b]\nregion = x\n";
    let after = "[profile a.b]\nregion = x\n[profile a]\nregion = y\n";
    let source = |text| draft(text, "").files();
    let error = verify::verify(&source(before), &source(after), &["w"], ("w", "c")).unwrap_err();
    assert!(matches!(&error, SetupError::Ripple { profile, .. } if profile == "a"), "{error}");
    let error = verify::verify(&source(before), &source(before), &["w"], ("w", "c")).unwrap_err();
    assert!(matches!(&error, SetupError::Unseen { .. }), "{error}");
}
