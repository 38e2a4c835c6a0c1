use std::borrow::Cow;

/// A profile's name as an argument of a command that users paste from a hint.
pub fn shell_word(name: &str) -> Cow<'_, str> {
    let quoted = shlex::try_quote(name).unwrap_or(Cow::Borrowed(name));
    if name.starts_with('-') { format!("-- {quoted}").into() } else { quoted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_survives_a_shell() {
        for (name, expected) in [("biz", "biz"), ("my role", "'my role'"), ("it's", "\"it's\""), ("-x", "-- -x")] {
            assert_eq!(shell_word(name), expected);
        }
    }
}
