//! The profiles that read differently after an edit of the files.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::profile_file::Dialect;

use super::load::{Files, LoadError};

type Contents = BTreeMap<(&'static str, String), Zeroizing<String>>;

/// Empty if `before` is unreadable, because an edit cannot lose anything then.
pub fn changed(dialect: Dialect, before: &Files, after: &Files) -> Result<Vec<String>, LoadError> {
    let Ok(before) = contents(dialect, before) else { return Ok(Vec::new()) };
    let after = contents(dialect, after)?;
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    Ok(names.filter(|name| before.get(*name) != after.get(*name)).cloned().collect())
}

fn contents(dialect: Dialect, files: &Files) -> Result<BTreeMap<String, Contents>, LoadError> {
    let mut all = BTreeMap::new();
    for profile in files.profiles(dialect)?.all() {
        let mut contents = Contents::new();
        for part in profile.parts() {
            for property in &part.properties {
                let key = (part.kind.name(), property.key.clone().into_owned());
                contents.insert(key, Zeroizing::new(property.value.clone().into_owned()));
            }
        }
        all.insert(profile.name, contents);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(dialect: Dialect, before: &str, after: &str) -> Vec<String> {
        changed(dialect, &Files::from_text(before, ""), &Files::from_text(after, "")).unwrap()
    }

    #[test]
    fn changed_profiles_depend_on_dialect() {
        let before = "[profile a]\nregion = x\n[profile b] ; c\nregion = y\n";
        for dialect in [Dialect::Auto, Dialect::Aws] {
            assert_eq!(seen(dialect, before, before), [""; 0]);
            assert_eq!(seen(dialect, before, &before.replace("= y", "= z")), ["b"]);
            assert_eq!(seen(dialect, before, "[profile a]\nregion = x\n[profile c]\n"), ["b", "c"]);
        }
        // The Amplify CLI reads the second header as a key of the first section.
        assert_eq!(seen(Dialect::Amplify, before, &before.replace("= y", "= z")), ["a"]);
        assert_eq!(seen(Dialect::Amplify, "[profile a.b]\n", "[profile a.b]\n[a\\.b]\n"), ["a.b"]);
    }

    #[test]
    fn unreadable_file_before_has_no_changes() {
        let (broken, fixed) = ("[profile a\n", "[profile a]\n");
        assert_eq!(seen(Dialect::Aws, broken, fixed), [""; 0]);
        let error = changed(Dialect::Aws, &Files::from_text(fixed, ""), &Files::from_text(broken, ""));
        assert!(matches!(error, Err(LoadError::Syntax { .. })));
    }
}
