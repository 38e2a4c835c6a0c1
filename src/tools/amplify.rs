//! How the Amplify CLI from 14.2.2 on gets credentials: no roles, keys only from the credentials file,
//! `credential_process` through the JavaScript SDK.

use crate::profile_file::FileKind;
use crate::profile_file::section_view::SectionView;
use crate::tools::keys::{ID, PROCESS, ROLE, SECRET, SSO_ROLE, SSO_SESSION};
use crate::tools::view::View;

/// Observed in versions 8.11.16 to 8.11.19 of its provider package, which these versions of the CLI include. 8.11.19 is
/// the newest.
const ROLE_UNUSABLE: &str = "cannot assume a role in versions 14.2.2 to 14.5.1 (amplify-cli#14626)";

/// The spellings of each key, by priority.
const PAIR: [[&str; 2]; 2] = [["accessKeyId", ID], ["secretAccessKey", SECRET]];

pub(crate) fn check_usable(view: &View<'_>, javascript: &View<'_>, name: &str) -> Result<(), String> {
    let Some(config) = view.seen(FileKind::Config, name) else {
        return Err("needs a section in the config file, too".to_owned());
    };
    if is_truthy(config, ROLE) {
        return Err(ROLE_UNUSABLE.to_owned());
    }
    if is_truthy(config, PROCESS) {
        return if javascript.profile(name).has(PROCESS) {
            Ok(())
        } else {
            Err("runs the credential_process only if the JS SDK also sees the profile".to_owned())
        };
    }
    let has = |seen: &SectionView<'_>, names: &[&str; 2]| names.iter().any(|name| is_truthy(seen, name));
    let count = |seen: &SectionView<'_>| PAIR.iter().filter(|names| has(seen, names)).count();
    match view.seen(FileKind::Credentials, name).map(count) {
        Some(2) => Ok(()),
        Some(1) => Err("finds only half of a key pair".to_owned()),
        _ if count(config) > 0 => Err("reads keys only from the credentials file".to_owned()),
        _ if SSO_ROLE.iter().chain([&SSO_SESSION]).any(|key| is_truthy(config, key)) => {
            Err("does not support IAM Identity Center".to_owned())
        }
        _ => Err("finds no credentials".to_owned()),
    }
}

fn is_truthy(seen: &SectionView<'_>, key: &str) -> bool {
    use serde_json::Value;
    seen.last(key).is_some_and(|found| match &found.typed {
        None => !found.value.is_empty(),
        Some(Value::Null | Value::Bool(false)) => false,
        Some(_) => true,
    })
}
