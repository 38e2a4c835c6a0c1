//! The names of the profiles for the roles of an IAM Identity Center session.

use thiserror::Error;

use crate::plan::sources::AccountRole;
use crate::profile_file::lines::is_identifier;

pub const DEFAULT: &str = "{account_name}-{role}";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    AccountName,
    AccountId,
    Role,
    Session,
}

const PLACEHOLDERS: [(&str, Placeholder); 4] = [
    ("account_name", Placeholder::AccountName),
    ("account_id", Placeholder::AccountId),
    ("role", Placeholder::Role),
    ("session", Placeholder::Session),
];

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    #[error("unknown placeholder {{{0}}}")]
    Unknown(String),
    #[error("a {{ without a }}")]
    Unclosed,
    #[error("no text")]
    Empty,
}

impl NameTemplate {
    pub fn parse(template: &str) -> Result<Self, TemplateError> {
        let (mut parts, mut rest) = (Vec::new(), template);
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(TemplateError::Unclosed)?;
            let known = PLACEHOLDERS.into_iter().find(|(known, _)| *known == name);
            let (_, placeholder) = known.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
            parts.extend([Part::Text(text.to_owned()), Part::Placeholder(placeholder)]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        if parts.is_empty() { Err(TemplateError::Empty) } else { Ok(Self(parts)) }
    }

    /// Characters that some tool does not accept in a profile name become `-`. An account name without letters and
    /// digits is replaced by the account id.
    pub fn name(&self, session: &str, role: &AccountRole) -> String {
        let account_name = plain(&role.account_name);
        let has_name = account_name.contains(|char: char| char.is_ascii_alphanumeric());
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Placeholder(Placeholder::AccountName) if has_name => account_name.as_str(),
            Part::Placeholder(Placeholder::AccountName | Placeholder::AccountId) => &role.account_id,
            Part::Placeholder(Placeholder::Role) => &role.role_name,
            Part::Placeholder(Placeholder::Session) => session,
        });
        // A command would read a name with a leading hyphen as an option.
        let name = plain(&parts.collect::<String>()).trim_start_matches('-').to_owned();
        // Every tool would use it without being asked to, and the administrator chooses the account's name.
        if name == "default" { format!("default-{}", role.account_id) } else { name }
    }
}

/// A dotted name would need a second section for the Amplify CLI.
fn plain(text: &str) -> String {
    let is_plain = |char: char| char != '.' && is_identifier(char.encode_utf8(&mut [0; 4]));
    text.trim().chars().map(|char| if is_plain(char) { char } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(template: &str, account_name: &str) -> String {
        let account_name = account_name.to_owned();
        let role = AccountRole { account_id: "111111111111".to_owned(), account_name, role_name: "Ad=min".to_owned() };
        NameTemplate::parse(template).unwrap().name("my.corp", &role)
    }

    #[test]
    fn placeholders_are_filled_in() {
        for (template, expected) in [
            (DEFAULT, "Dev-Ad-min"),
            ("{account_id}/{role}@{session}", "111111111111/Ad-min@my-corp"),
            ("sso {role}", "sso-Ad-min"),
            ("fixed}", "fixed-"),
        ] {
            assert_eq!(name(template, "Dev"), expected, "{template}");
        }
    }

    #[test]
    fn characters_that_some_tool_rejects_become_hyphens() {
        for (account_name, expected) in [
            ("My App (prod)", "My-App--prod--Ad-min"),
            ("a\nb]#c\"d'e;f=g\\h$i`j", "a-b--c-d-e-f-g-h-i-j-Ad-min"),
            ("m\u{fc}ller", "m-ller-Ad-min"),
            (" --dev", "dev-Ad-min"),
            ("", "111111111111-Ad-min"),
            ("\u{65e5}\u{672c}", "111111111111-Ad-min"),
            ("__proto__", "__proto__-Ad-min"),
        ] {
            assert_eq!(name(DEFAULT, account_name), expected, "{account_name:?}");
        }
        assert_eq!(name(DEFAULT, &"x".repeat(5000)).len(), 5007);
        assert_eq!(name("{account_name}", "default"), "default-111111111111");
    }

    #[test]
    fn invalid_template_is_rejected() {
        for (template, expected) in [
            ("{account}", TemplateError::Unknown("account".to_owned())),
            ("{Role}", TemplateError::Unknown("Role".to_owned())),
            ("x-{}", TemplateError::Unknown(String::new())),
            ("{role", TemplateError::Unclosed),
            ("", TemplateError::Empty),
        ] {
            assert_eq!(NameTemplate::parse(template), Err(expected), "{template}");
        }
    }
}
