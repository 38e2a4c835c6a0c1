//! Quotes, escapes and comments in the `auto` dialect.

use std::borrow::Cow;

use crate::profile_file::lines::COMMENT;

/// A command keeps its quotes, so a quoted `#` or `;` does not start a comment.
pub(super) fn before_comment_outside_quotes(text: &str) -> &str {
    let (mut quote, mut after_blank, mut escaped) = (None, false, false);
    for (at, char) in text.char_indices() {
        match quote {
            None if after_blank && COMMENT.contains(&char) => return &text[..at],
            None if !escaped && (char == '"' || char == '\'') => quote = Some(char),
            Some(open) if char == open && !escaped => quote = None,
            _ => {}
        }
        escaped = char == '\\' && !escaped && quote != Some('\'');
        after_blank = char.is_whitespace();
    }
    text
}

/// `None` unless the same quote is first and last and is always escaped between.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| ['"', '\''].contains(first))?;
    let bare = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut escaped = false;
    for char in bare.chars() {
        if char == quote && !escaped {
            return None;
        }
        escaped = char == '\\' && !escaped;
    }
    (!escaped).then_some(bare)
}

pub(super) fn unescaped_marks(text: &str) -> Cow<'_, str> {
    if text.contains('\\') && (text.contains("\\;") || text.contains("\\#")) {
        text.replace("\\;", ";").replace("\\#", "#").into()
    } else {
        text.into()
    }
}

pub(super) fn unescaped(name: &str) -> Cow<'_, str> {
    if !name.contains('\\') {
        return name.into();
    }
    match unescaped_marks(name) {
        Cow::Borrowed(name) if !name.contains("\\.") => name.into(),
        name => name.replace("\\.", ".").into(),
    }
}
