use super::*;
use crate::core::origin::SourceFile;
use crate::profile_file::Dialect;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const PAIR: &str = "aws_access_key_id = AKIA1\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const OWN: &str = "credential_process = /usr/bin/amplify-creds process";

fn imported(config: &str, credentials: &str, name: &str) -> Result<(String, String, Vec<String>), String> {
    let source = |name: &str| SourceFile::new(name.into(), Path::new("/"));
    let mut draft = Draft::new([(source("/config"), config), (source("/credentials"), credentials)]);
    let files = draft.files();
    let keys = files.profiles(Dialect::Auto).unwrap().get(name).unwrap().keys().unwrap().unwrap();
    let same = import(&mut draft, name, &keys, &["/usr/bin/amplify-creds".to_owned()]);
    let same = same.map_err(|error| error.to_string())?;
    Ok((draft.text(FileKind::Config).to_owned(), draft.text(FileKind::Credentials).to_owned(), same))
}

#[track_caller]
fn becomes(config: &str, credentials: &str, name: &str, expected: (&str, &str)) {
    let (new_config, new_credentials, _) = imported(config, credentials, name).unwrap();
    assert_eq!((new_config.as_str(), new_credentials.as_str()), expected, "{config}{credentials}");
    assert!(!new_config.contains(SECRET) && !new_credentials.contains(SECRET));
}

#[test]
fn keys_leave_the_files() {
    becomes("", &format!("[dev]\n{PAIR}"), "dev", (&format!("[profile dev]\n{OWN} dev\n"), ""));
    becomes(
        "# mine\n[profile dev]\nregion = eu-west-1 # home\n",
        &format!("# top\n[a]\nregion = x\n\n# dev's\n[dev]\n{PAIR}\n# end\n[b]\nregion = y\n"),
        "dev",
        (
            &format!("# mine\n[profile dev]\nregion = eu-west-1 # home\n{OWN} dev\n"),
            "# top\n[a]\nregion = x\n\n# dev's\n# end\n[b]\nregion = y\n",
        ),
    );
    becomes(
        &format!("[profile dev]\r\n{}region = x\r\n", PAIR.replace('\n', "\r\n")),
        "",
        "dev",
        (&format!("[profile dev]\r\nregion = x\r\n{OWN} dev\r\n"), ""),
    );
    becomes(
        "[default]\nregion = x\n",
        &format!("[default]\naccessKeyId = AKIA1\nsecretAccessKey = {SECRET} # of ann\noutput = json"),
        "default",
        (&format!("[default]\nregion = x\n{OWN} default\n"), "[default]\n# of ann\noutput = json"),
    );
    becomes(
        "[profile dev]\nregion = x\n",
        &format!("[dev]\naws_access_key_id =\n  AKIA1\naws_secret_access_key = {SECRET}\n").replace("=\n  ", "= "),
        "dev",
        (&format!("[profile dev]\nregion = x\n{OWN} dev\n"), ""),
    );
}

#[test]
fn both_sections_of_a_dotted_name_lose_the_keys() {
    becomes(
        "[profile a.b]\nregion = x\n[a\\.b]\nregion = x\n",
        &format!("[a.b]\n{PAIR}[\" a\\\\.b\"]\n{PAIR}"),
        "a.b",
        (&format!("[profile a.b]\nregion = x\n{OWN} a.b\n[a\\.b]\nregion = x\n{OWN} a.b\n"), ""),
    );
}

#[test]
fn other_profiles_with_the_keys_become_wrappers() {
    let credentials = format!("[dev]\n{PAIR}\n[old]\n{PAIR}region = x\n");
    let (config, credentials, same) = imported("", &credentials, "dev").unwrap();
    assert_eq!(config, format!("[profile dev]\n{OWN} dev\n\n[profile old]\n{OWN} dev\n"));
    assert_eq!((credentials.as_str(), same), ("[old]\nregion = x\n", vec!["old".to_owned()]));
}

#[test]
fn second_run_after_a_crash_gives_the_same_files() {
    let credentials = format!("[dev]\n{PAIR}\n[old]\n{PAIR}");
    let (config, emptied, _) = imported("", &credentials, "dev").unwrap();
    let (again, emptied_again, same) = imported(&config, &credentials, "dev").unwrap();
    assert_eq!((again, emptied_again, same), (config, emptied, vec!["old".to_owned()]));
}

#[test]
fn unclear_keys_are_refused_with_their_place() {
    let pair = format!("[dev]\n{PAIR}");
    let other = "aws_access_key_id = AKIA2\naws_secret_access_key = 0123456789abcdef\n";
    for (config, credentials, expected) in [
        (
            format!("[profile dev]\n{other}"),
            pair.clone(),
            "profile dev has different keys at /config:2 and /credentials:2",
        ),
        (
            "[profile dev]\naws_session_token = t\n".to_owned(),
            pair.clone(),
            "profile dev has a session token (/config:2)",
        ),
        (
            String::new(),
            format!("{pair}[old]\naws_access_key_id = AKIA1\naws_secret_access_key = 0123456789abcdef\n"),
            "profile old has the same access key id with a different secret (/credentials:5)",
        ),
        (
            String::new(),
            format!("{pair}[old]\naws_access_key_id = AKIA2\naws_secret_access_key = {SECRET}\n"),
            "the secret access key is also at /credentials:6",
        ),
        (
            "[profile old]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = old\n".to_owned(),
            format!("{pair}[old]\n{PAIR}"),
            "profile old has the same keys and role_arn (/config:2)",
        ),
        (format!("# old: {SECRET}\n"), pair.clone(), "the secret access key is also at /config:1"),
        (String::new(), format!("{pair}# {SECRET}\n"), "the secret access key is also at /credentials:4"),
        (
            String::new(),
            pair.trim_end().to_owned() + &format!(" # {SECRET}\n"),
            "the secret access key is also at /credentials:3",
        ),
        ("[sso-session s]\n".to_owned() + PAIR, pair, "the secret access key is also at /config:3"),
    ] {
        let error = imported(&config, &credentials, "dev").unwrap_err();
        assert_eq!(error, expected);
    }
}

#[test]
fn secret_of_an_emulator_may_be_a_word() {
    let credentials = "[test]\naws_access_key_id = test\naws_secret_access_key = test\n";
    let (config, credentials, _) = imported("", credentials, "test").unwrap();
    assert_eq!((config.as_str(), credentials.as_str()), (&*format!("[profile test]\n{OWN} test\n"), ""));
}

#[test]
fn name_without_a_header_for_every_tool_is_refused() {
    let error = imported("", &format!("[b z]\n{PAIR}"), "b z").unwrap_err();
    assert!(error.contains("cannot be written so that all tools read it the same way"), "{error}");
    let error = imported("[profile \"b z\"]\nregion = x\n", &format!("[b z]\n{PAIR}"), "b z").unwrap_err();
    assert_eq!(error, "profile b z would not get the intended settings for the Amplify CLI");
    becomes(
        &format!("[profile \"b z\"]\n{PAIR}[profile m\u{fc}ller]\n"),
        "",
        "b z",
        (&format!("[profile \"b z\"]\n{OWN} \"b z\"\n[profile m\u{fc}ller]\n"), ""),
    );
    becomes(
        &format!("[profile m\u{fc}ller]\n{PAIR}"),
        "",
        "m\u{fc}ller",
        (&format!("[profile m\u{fc}ller]\n{OWN} \"m\u{fc}ller\"\n"), ""),
    );
}
