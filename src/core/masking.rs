//! Masks secrets in names, messages and addresses that come from a user's files and variables.

use std::borrow::Cow;
use std::mem::replace;
use std::ops::Range;

pub const MASK: &str = "****";

/// AWS's secret keys have 40 characters. AWS's key ids and account ids, and most names, are shorter than this.
const SECRET_LENGTH: usize = 30;

const SECRET_KEY_LENGTH: usize = 40;

/// Names of secret keys and tokens as every tool spells them.
const SECRET_ENDINGS: [&str; 7] =
    ["secretaccesskey", "secretkey", "sessiontoken", "securitytoken", "accesstoken", "authtoken", "clientsecret"];

const SECRET_WORDS: [&str; 5] = ["secret", "password", "passwd", "passphrase", "privatekey"];

const SECRET_NAMES: [&str; 5] =
    ["awssecretaccesskey", "awssessiontoken", "awssecuritytoken", "secretaccesskey", "sessiontoken"];

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn is_secret_ending(name: &str) -> bool {
    let plain = plain(name);
    SECRET_ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// Detects misspelled names and letters of another script, too.
pub fn is_secret(key: &str) -> bool {
    let plain = plain(key);
    let is_slip = |name: &&str| name.len().abs_diff(plain.len()) <= 2 && strsim::damerau_levenshtein(name, &plain) <= 2;
    SECRET_ENDINGS.iter().any(|ending| plain.ends_with(ending))
        || SECRET_WORDS.iter().any(|word| plain.contains(word))
        || ["token", "apikey", "pwd"].iter().any(|ending| plain.ends_with(ending))
        || SECRET_NAMES.iter().any(is_slip)
}

/// Masks random text, the value after a secret's name, and the text after an access key id with `****`.
pub fn masked(text: &str) -> Cow<'_, str> {
    replaced(text, false)
}

/// Like [`masked`], but keeps ARNs, and checks the components of a path one by one.
pub fn masked_message(text: &str) -> Cow<'_, str> {
    replaced(text, true)
}

/// For another program's output: also masks passwords in addresses and the word after a secret's name.
pub fn masked_output(line: &str) -> String {
    let mut is_secret_next = false;
    let word = |word: &str| {
        let name = word.trim_end_matches([':', '=']);
        let is_secret_word = replace(&mut is_secret_next, false);
        is_secret_next =
            ["Bearer", "Basic", "-u", "--user"].contains(&word) || (name.len() < word.len() && is_secret(name));
        let tag = word.strip_prefix('<').and_then(|rest| rest.split_once('>')).filter(|(tag, _)| is_secret(tag));
        match tag {
            _ if is_secret_word => MASK.to_owned(),
            Some((tag, _)) => format!("<{tag}>{MASK}"),
            None if word.contains("://") => shown_url(word).into_owned(),
            None => word.to_owned(),
        }
    };
    let words = line.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    masked_message(&words).into_owned()
}

pub fn holds_secret(text: &str) -> bool {
    matches!(masked(text), Cow::Owned(_))
}

fn replaced(text: &str, has_paths: bool) -> Cow<'_, str> {
    let mut found = random_parts(text, has_paths);
    found.extend(assigned_values(text));
    found.extend(after_key_ids(text));
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|range| (range.start, range.end));
    let (mut shown, mut end) = (String::with_capacity(text.len()), 0);
    for Range { start, end: next } in found {
        if start >= end {
            shown.push_str(&text[end..start]);
            shown.push_str(MASK);
        }
        end = end.max(next);
    }
    shown.push_str(&text[end..]);
    Cow::Owned(shown)
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '+' || c == '/'
}

fn random_parts(text: &str, has_paths: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if text.len() < SECRET_LENGTH {
        return found;
    }
    for word in ranges(text, |c| !c.is_whitespace()) {
        // An ARN is never a secret, even if its resource has such a name.
        if has_paths && is_arn(&text[word.clone()]) {
            continue;
        }
        let is_path = has_paths && is_path(&text[word.clone()]);
        let is_key = word.len() == SECRET_KEY_LENGTH && text[word.clone()].chars().all(is_base64);
        for part in ranges(&text[word.clone()], |c| is_base64(c) && !(is_path && !is_key && c == '/')) {
            let range = word.start + part.start..word.start + part.end;
            // The AWS CLI names its token files by a hash.
            let is_hash = is_path && text[range.clone()].bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if !is_hash && (is_key || is_random(&text[range.clone()])) {
                found.push(range);
            }
        }
    }
    found
}

fn is_arn(word: &str) -> bool {
    word.trim_start_matches(['\'', '"', '`', '(']).starts_with("arn:")
}

fn is_path(word: &str) -> bool {
    let word = word.trim_start_matches(['\'', '"', '`', '(']);
    word.starts_with(['/', '~', '\\', '.']) || word.starts_with("arn:") || word.contains("://")
}

fn ranges(text: &str, passes: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let (mut found, mut start) = (Vec::new(), None);
    for (at, c) in text.char_indices() {
        match (passes(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|from| from..text.len()));
    found
}

/// In random text every second character has another class (lower case, upper case, digit) than the one before it. In
/// names of several words at most one of six has, if a capital at the start of a word does not count.
fn is_random(token: &str) -> bool {
    if token.len() < SECRET_LENGTH {
        return false;
    }
    let class = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let (mut changes, mut last) = (0, None);
    for byte in token.bytes() {
        let Some(next) = class(byte) else { continue };
        if last.is_some_and(|last| last != next && (last, next) != (1, 0)) {
            changes += 1;
        }
        last = Some(next);
    }
    // Hashes and ids lack one of the classes; AWS's secrets have all.
    let has = |of: fn(&u8) -> bool| token.bytes().any(|byte| of(&byte));
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit) && changes * 5 >= token.len()
}

/// The values after a secret's name and `=` or `:`, as in `aws_secret_access_key = V` and `"SecretAccessKey": "V"`.
fn assigned_values(text: &str) -> Vec<Range<usize>> {
    const BLANKS: [char; 2] = [' ', '\t'];
    const QUOTES: [char; 3] = ['"', '\'', '\\'];
    let mut found = Vec::new();
    for (at, mark) in text.match_indices(['=', ':']) {
        let before = text[..at].trim_end_matches(BLANKS);
        let name = before.trim_end_matches(QUOTES);
        let is_quoted = name.len() < before.len();
        let start = name
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
            .map_or(0, |at| at + name[at..].chars().next().map_or(0, char::len_utf8));
        let word = &name[start..];
        // The error concerns a variable, as in `invalid $AWS_SESSION_TOKEN: …`.
        if mark == ":" && name[..start].ends_with('$') {
            continue;
        }
        let is_name = if is_quoted || mark == "=" { is_secret(word) } else { is_secret_ending(word) };
        let last_words = || name.rsplit(BLANKS).take(3).collect::<Vec<_>>();
        let is_spelt_out = || {
            let words = last_words();
            words.len() == 3 && plain(&words.concat()).len() < 40 && {
                let whole: String = words.iter().rev().copied().collect();
                let whole = plain(&whole);
                whole == "secretaccesskey" || whole == "awssessiontoken" || whole == "awssecretkey"
            }
        };
        if !is_name && !is_spelt_out() {
            continue;
        }
        let rest = &text[at + 1..];
        let value = rest.trim_start_matches(BLANKS).trim_start_matches(QUOTES);
        let from = text.len() - value.len();
        let is_quoted = from > 0 && text[..from].ends_with(QUOTES);
        let ends = |c: char| if is_quoted { QUOTES.contains(&c) } else { c.is_whitespace() || ",;}\"'".contains(c) };
        let end = from + value.find(ends).unwrap_or(value.len());
        if end > from && &text[from..end] != MASK && &text[from..end] != "\u{2026}" {
            found.push(from..end);
        }
    }
    found
}

/// Text that follows an access key id without a blank, as in a CSV file: `AKIA…,V`.
fn after_key_ids(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("AKIA").chain(text.match_indices("ASIA")) {
        let rest = text[at..].trim_start_matches(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let Some(value) = rest.strip_prefix([',', ';', ':', '|', '\t']) else { continue };
        let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
        let from = text.len() - value.len();
        let end = from + value.find(|c: char| c.is_whitespace() || ",;|\"'".contains(c)).unwrap_or(value.len());
        if end > from && at + 4 < from {
            found.push(from..end);
        }
    }
    found
}

/// Masks user, password, query and fragment: `http://****@host/path?****`. Keeps the `#/` at the end of a start URL of
/// IAM Identity Center.
pub fn shown_url(url: &str) -> Cow<'_, str> {
    if let Some(start) = url.strip_suffix("#/") {
        return match shown_url(start) {
            Cow::Borrowed(shown) if shown == start => Cow::Borrowed(url),
            shown => shown,
        };
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        // Without a scheme the position of a password is unknown.
        return if url.contains(['@', '?', '#']) { Cow::Borrowed(MASK) } else { masked(url) };
    };
    let (address, query) = rest.find(['?', '#']).map_or((rest, None), |at| (&rest[..at], Some(&rest[at..=at])));
    // A password can hold an unencoded '/'.
    let host = address.rsplit_once('@').map(|(_, host)| host);
    if host.is_none() && query.is_none() {
        return Cow::Borrowed(url);
    }
    // A password can also hold a '?' or '#', so everything before the last '@' counts as a password.
    let (host, query) = match (rest.rsplit_once('@'), query) {
        (Some((before, after)), Some(_)) if host.is_none() && !before.contains('/') => {
            let end = after.find(['?', '#']);
            (Some(&after[..end.unwrap_or(after.len())]), end.map(|at| &after[at..=at]))
        }
        _ => (host, query),
    };
    let user = if host.is_some() { "****@" } else { "" };
    let query = query.map_or_else(String::new, |mark| format!("{mark}{MASK}"));
    Cow::Owned(format!("{scheme}://{user}{}{query}", host.unwrap_or(address)))
}

/// Masks `secret` in AWS's words if it is a whole word. A short secret, such as LocalStack's `test`, can also be a word
/// of AWS.
pub fn without_secret(message: &str, secret: &str) -> String {
    const SHORTEST: usize = 8;
    if secret.len() < SHORTEST {
        return message.to_owned();
    }
    let (mut shown, mut end) = (String::with_capacity(message.len()), 0);
    for (at, found) in message.match_indices(secret) {
        let is_whole = !message[..at].ends_with(is_base64) && !message[at + found.len()..].starts_with(is_base64);
        if is_whole {
            shown.push_str(&message[end..at]);
            shown.push_str(MASK);
            end = at + found.len();
        }
    }
    shown.push_str(&message[end..]);
    shown
}

#[cfg(test)]
mod tests;
