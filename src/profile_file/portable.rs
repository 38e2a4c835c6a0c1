//! Names, keys and values that every dialect reads the same way. Names are restricted to [`is_identifier`], because the
//! JavaScript loader rejects other characters.

use zeroize::Zeroizing;

use crate::profile_file::lines::is_identifier;
use crate::profile_file::npm_ini;
use crate::profile_file::read::{Content, Dialect, read};
use crate::profile_file::sections::{FileKind, Section};

/// The value may be a secret.
type Pair = (String, Zeroizing<String>);

/// The headers that make a profile visible to every tool. A dotted name needs a second header for the Amplify CLI.
/// `None` if every choice of headers hides the profile from a tool.
pub fn headers(kind: FileKind, name: &str) -> Option<Vec<String>> {
    // botocore adds the keys of this section to all others.
    if !is_identifier(name) || (kind, name) == (FileKind::Credentials, "DEFAULT") {
        return None;
    }
    let plain = vec![header(kind, name)];
    if all_see(kind, name, &plain) {
        return Some(plain);
    }
    let with_alias = vec![header(kind, name), amplify_alias(kind, name)];
    all_see(kind, name, &with_alias).then_some(with_alias)
}

pub fn header(kind: FileKind, name: &str) -> String {
    match kind {
        FileKind::Config if name != "default" => format!("[profile {name}]"),
        FileKind::Config | FileKind::Credentials => format!("[{name}]"),
    }
}

/// The second header of a dotted name, for the Amplify CLI. In the credentials file the quotes and the space prevent
/// npm ini from deleting the result of the first header.
pub fn amplify_alias(kind: FileKind, name: &str) -> String {
    match kind {
        FileKind::Config => format!("[{}]", name.replace('.', "\\.")),
        FileKind::Credentials => format!("[\" {}\"]", name.replace('.', "\\\\.")),
    }
}

pub fn reads_alike(key: &str, value: &str) -> bool {
    if key.contains(['\n', '\r']) || value.contains(['\n', '\r']) || value.is_empty() {
        return false;
    }
    let text = Zeroizing::new(format!("[profile x]\n{key} = {value}\n"));
    let expected = [(key.to_owned(), value.to_owned().into())];
    Dialect::ALL.into_iter().all(|dialect| seen(dialect, FileKind::Config, "x", &text) == expected)
}

fn all_see(kind: FileKind, name: &str, headers: &[String]) -> bool {
    let expected = [("region".to_owned(), "here".to_owned().into())];
    let text = headers.join("\nregion = here\n") + "\nregion = here\n";
    npm_ini::read(&text).is_ok_and(|file| file.profiles(kind).listed().any(|profile| profile.name == name))
        && Dialect::ALL.into_iter().all(|dialect| seen(dialect, kind, name, &text).ends_with(&expected))
}

fn seen(dialect: Dialect, kind: FileKind, name: &str, text: &str) -> Vec<Pair> {
    let properties: Vec<_> = match read(dialect, kind, text) {
        Err(_) => Vec::new(),
        Ok(Content::Sections(reading)) => {
            let sections = reading.sections.iter().filter(|section| section.name.profile() == Some(name));
            sections.flat_map(Section::properties).collect()
        }
        Ok(Content::Amplify(file)) => {
            let profiles = file.profiles(kind);
            let entries = profiles.lookup(name).into_iter().flat_map(npm_ini::AmplifyProfile::properties);
            entries.map(npm_ini::Entry::property).collect()
        }
    };
    properties.into_iter().map(|property| (property.key.into_owned(), property.value.into_owned().into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_names_have_headers_only_if_portable() {
        for name in ["biz", "biz-corp_1", "default", "a/b", "a:b", "a+b", "a%b", "a@b", "123", "my-profile", "true"] {
            for kind in FileKind::ALL {
                assert_eq!(headers(kind, name), Some(vec![header(kind, name)]), "{name}");
            }
        }
        assert_eq!(headers(FileKind::Config, "a.b"), Some(vec!["[profile a.b]".into(), "[a\\.b]".into()]));
        assert_eq!(headers(FileKind::Credentials, "a.b"), Some(vec!["[a.b]".into(), "[\" a\\\\.b\"]".into()]));
        for name in ["", "a b", "müller", "a#b", "a;b", "a=b", "a\\b", "\"a\"", "a]b", "a\nb", "__proto__", "toString"]
        {
            assert_eq!(headers(FileKind::Config, name), None, "{name}");
        }
        assert_eq!(headers(FileKind::Credentials, "DEFAULT"), None);
    }

    #[test]
    fn values_are_portable_without_quotes_and_marks() {
        for value in [
            "us-east-1",
            "arn:aws:iam::222222222222:role/a/b+c",
            "/usr/local/bin/amplify-creds process biz",
            "\"/opt/my tools/amplify-creds\" process biz",
            "\"/opt/my tools/amplify-creds\" process \"b z\"",
            "a=b",
            "true",
            "3600",
        ] {
            assert!(reads_alike("credential_process", value), "{value}");
        }
        for value in
            ["", " x", "x ", "a # b", "a ; b", "a#b", "a;b", "\"a\"", "'a b'", "'/a b/c' d 'e'", "a\nb", "a\u{2028}b"]
        {
            assert!(!reads_alike("external_id", value), "{value}");
        }
        assert!(!reads_alike("Region", "x") && !reads_alike("a[]", "x") && !reads_alike("a=b", "x"));
    }
}
