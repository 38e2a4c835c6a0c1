//! A unified diff with `****` instead of secrets.

use std::borrow::Cow;
use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::core::masking::{MASK, is_secret, masked as without_secrets, shown_url};
use crate::core::sanitize::printable;

use crate::profile::value_form::shown;

use super::change::Change;

pub fn diff(change: &Change) -> String {
    let (before, after) = (change.original.text(), &*change.text);
    let shown = printable(&change.original.file.shown);
    let old = if change.original.exists() { &shown } else { "/dev/null" };
    let mut text = format!("--- {old}\n+++ {shown}\n");
    if let Some((old, new)) = change.modes() {
        let _ = writeln!(text, "old mode {old:04o}\nnew mode {new:04o}");
    }
    let lines = TextDiff::from_lines(before, after);
    let is_profile_file = change.original.file.path.extension().is_none_or(|extension| extension != "json");
    let (masked_before, masked_after) = (masked(before, is_profile_file), masked(after, is_profile_file));
    let line = |from: &[String], at: Option<usize>| at.and_then(|at| from.get(at).cloned()).unwrap_or_default();
    for hunk in lines.unified_diff().context_radius(3).iter_hunks() {
        let _ = writeln!(text, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, shown) = match change.tag() {
                ChangeTag::Equal => (' ', line(&masked_after, change.new_index())),
                ChangeTag::Delete => ('-', line(&masked_before, change.old_index())),
                ChangeTag::Insert => ('+', line(&masked_after, change.new_index())),
            };
            let _ = writeln!(text, "{sign}{shown}");
            if change.missing_newline() {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}

/// Hides secret values, including those in comments and in continuation lines of such a key.
fn masked(text: &str, is_profile_file: bool) -> Vec<String> {
    let mut is_secrets = false;
    let mask = |line: &str| {
        let line = line.trim_end_matches(['\n', '\r']);
        let is_indented = line.starts_with([' ', '\t']);
        if is_indented && is_secrets {
            return "    ****".to_owned();
        }
        let named = line.split_once(['=', ':']).filter(|(key, _)| is_secret(key));
        is_secrets = named.is_some() || (is_secrets && line.trim().is_empty());
        match named {
            Some((key, _)) => printable(&without_secrets(&line[..=key.len()])) + " ****",
            None if is_profile_file => printable(&of_profile_file(line)),
            None => printable(&without_passwords(&without_secrets(line))),
        }
    };
    text.split_inclusive('\n').map(mask).collect()
}

/// Follows the rule of `list --properties`, because the lines around a change can contain anything.
fn of_profile_file(line: &str) -> Cow<'_, str> {
    let text = line.trim();
    if text.is_empty() || text.starts_with(['[', '#', ';']) {
        return without_secrets(line);
    }
    let Some((key, value)) = line.split_once('=') else { return Cow::Borrowed(MASK) };
    let value = value.trim();
    match shown(key.trim(), value) {
        Cow::Borrowed(same) if same == value => Cow::Borrowed(line),
        shown => Cow::Owned(format!("{}= {shown}", without_secrets(key))),
    }
}

fn without_passwords(line: &str) -> String {
    let word = |word| if str::contains(word, "://") { shown_url(word) } else { Cow::Borrowed(word) };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::super::Original;
    use super::*;
    use crate::core::origin::SourceFile;

    fn shown(before: Option<&str>, after: &str) -> String {
        diff(&change(before, after))
    }

    fn change(before: Option<&str>, after: &str) -> Change {
        let home = Path::new("/home/dev");
        let file: Arc<SourceFile> = SourceFile::new(home.join(".aws").join("credentials"), home);
        let text = before.map(|text| text.to_owned().into());
        Change::new(Original { real: file.path.clone(), file, cap: 0, mode: Some(0o640), text }, after)
    }

    #[test]
    fn diff_shows_new_and_changed_file() {
        assert_eq!(
            shown(None, "[a]\nregion = v\n"),
            "--- /dev/null\n+++ ~/.aws/credentials\n@@ -0,0 +1,2 @@\n+[a]\n+region = v\n"
        );
        assert_eq!(
            shown(Some("[a]\r\nmax_attempts = 1"), "[a]\r\nmax_attempts = 2"),
            "--- ~/.aws/credentials\n+++ ~/.aws/credentials\n@@ -1,2 +1,2 @@\n [a]\n-max_attempts = 1\n\
             \\ No newline at end of file\n+max_attempts = 2\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn diff_shows_mode_change() {
        let change = change(Some("x\n"), "x\n");
        assert!(change.is_nothing());
        let change = change.private();
        let expected = "--- ~/.aws/credentials\n+++ ~/.aws/credentials\nold mode 0640\nnew mode 0600\n";
        assert_eq!((diff(&change).as_str(), change.is_nothing()), (expected, false));
    }

    #[test]
    fn diff_hides_pasted_and_unknown_values() {
        for line in [
            "export AWS_SECRET_ACCESS_KEY hunter2pw",
            "secret_key hunter2pw",
            "AKIAIOSFODNN7EXAMPLE hunter2pw",
            "db_pass = hunter2pw",
            "foo = hunter2pw",
            "sso_start_url = https://svc:hunter2pw@host/",
            "credential_process = curl -u svc:hunter2pw https://host/",
            "credential_process = curl https://svc:hunter2pw@host/",
            "mfa_process = oathtool --totp -b hunter2pw",
        ] {
            let before = format!("[a]\n{line}\n");
            let text = shown(Some(&before), &format!("{before}region = eu-west-1\n"));
            assert!(!text.contains("hunter2pw") && text.contains("+region = eu-west-1\n"), "{text}");
        }
    }

    #[test]
    fn diff_hides_secrets() {
        let secret = "wJalrXUtnFEMI";
        let before = format!(
            "[a]\naws_access_key_id = AKIA\naws_secret_access_key = {secret}\n  {secret}\n\n  {secret}\n\
             # aws_session_token={secret}\nsecretAccessKey: {secret}\n"
        );
        let text =
            shown(Some(&before), &format!("{before}aws_secret_access_key={secret}\u{1b}[2J\nregion = x\u{1b}\n"));
        assert!(!text.contains(secret) && !text.contains('\u{1b}'), "{text}");
        assert!(text.contains("+aws_secret_access_key= ****\n") && text.contains("+region = ****\n"), "{text}");
    }
}
