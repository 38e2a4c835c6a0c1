//! Expands `{user}@{host}` in `role_session_name`, so that CloudTrail distinguishes users and machines that share a
//! profile.

use super::limits::SESSION_NAME;

pub const WORDS: [&str; 6] = ["user", "host", "profile", "project", "env", "agent"];

const LONGEST: usize = 64;

/// Accepts a valid session name, or a template of one.
pub fn allows(text: &str) -> bool {
    match fill(text, |word| WORDS.contains(&word).then(|| "xx".to_owned())) {
        Ok(filled) => SESSION_NAME.allows(&filled),
        Err(_) => false,
    }
}

pub fn expected() -> String {
    format!("{SESSION_NAME}; {{user}}, {{host}}, {{agent}}, {{profile}}, {{project}} and {{env}} are placeholders")
}

pub fn is_template(text: &str) -> bool {
    text.contains('{')
}

/// Replaces each word in braces by its value. Cuts the name to AWS's 64 characters and replaces other characters by
/// `-`. The error is the word without a value, or an empty one for unbalanced braces.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        let (word, behind) = after.split_once('}').ok_or_else(String::new)?;
        filled.push_str(plain);
        let allowed = |char: char| if char.is_ascii_alphanumeric() || "_+=,.@-".contains(char) { char } else { '-' };
        filled.extend(value(word).ok_or_else(|| word.to_owned())?.chars().map(allowed));
        rest = behind;
    }
    filled.push_str(rest);
    if is_template(text) {
        filled.truncate(filled.char_indices().nth(LONGEST).map_or(filled.len(), |(end, _)| end));
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_name_template_is_validated() {
        for (text, is_allowed) in [
            ("amplify", true),
            ("{user}", true),
            ("{user}@{host}-{profile}", true),
            ("{project}.{env}", true),
            ("{agent}-{profile}", true),
            ("{unknown}", false),
            ("{user", false),
            ("user}", false),
            ("{}", false),
            ("{user} x", false),
            ("x", false),
        ] {
            assert_eq!(allows(text), is_allowed, "{text}");
        }
    }

    #[test]
    fn filled_session_name_is_valid_for_aws() {
        let value = |word: &str| match word {
            "user" => Some("J\u{fc}rgen M".to_owned()),
            "host" => Some("h".repeat(100)),
            _ => None,
        };
        assert_eq!(fill("{user}@corp", value).unwrap(), "J-rgen-M@corp");
        let long = fill("{host}{user}", value).unwrap();
        assert_eq!(long.len(), 64);
        assert!(SESSION_NAME.allows(&long));
        assert_eq!(fill("{env}", value), Err("env".to_owned()));
        assert_eq!(fill(&"x".repeat(70), value).unwrap().len(), 70, "a value without placeholders is not cut");
    }
}
