use crate::profile_file::{Dialect, FileKind};

use super::keys::Keys;
use super::load::Files;

/// The long-term keys in a backup whose secrets are in none of the profile files. `name` is the backup's file name,
/// `texts` are the profile files.
pub fn lost_keys(name: &str, backup: &str, texts: [&str; 2]) -> Vec<Keys> {
    let is_config = name.starts_with(FileKind::Config.name());
    let files = if is_config { Files::from_text(backup, "") } else { Files::from_text("", backup) };
    let Ok(set) = files.profiles(Dialect::Auto) else { return Vec::new() };
    let keys = set.all().into_iter().filter_map(|profile| profile.keys().ok().flatten());
    let is_lost = |keys: &Keys| {
        keys.session_token.is_none() && !texts.iter().any(|text| text.contains(keys.secret_access_key.expose()))
    };
    keys.filter(is_lost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_no_profile_file_are_lost() {
        let backup = "[a]\naws_access_key_id = AKIA1\naws_secret_access_key = one\n\
                      [b]\naws_access_key_id = AKIA2\naws_secret_access_key = two\n\
                      [c]\naws_access_key_id = ASIA3\naws_secret_access_key = three\naws_session_token = t\n";
        for (name, text, texts, expected) in [
            ("credentials.backup.1", backup, ["", "aws_secret_access_key = one"], &["AKIA2"][..]),
            ("credentials.backup.1", backup, ["two", "one"], &[]),
            (
                "config.backup.2",
                "[profile p]\naws_access_key_id = AKIA4\naws_secret_access_key = x",
                ["", ""],
                &["AKIA4"],
            ),
        ] {
            let lost = lost_keys(name, text, texts);
            assert_eq!(lost.iter().map(|keys| keys.access_key_id.as_str()).collect::<Vec<_>>(), expected);
        }
    }
}
