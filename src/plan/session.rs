//! A profile's session settings: policies, tags and source identity, checked against AWS's limits (API reference of
//! AssumeRole).

use std::path::PathBuf;

use crate::core::origin::{Located, Origin};
use crate::core::secret::Secret;
use crate::profile::Profile;

use super::error::PlanError;
use super::limits::{SOURCE_IDENTITY, is_account, is_partition, limited};

pub const MOST_POLICY_ARNS: usize = 10;
const MOST_TAGS: usize = 50;
const MOST_CONTEXTS: usize = 5;
const LONGEST_POLICY: usize = 2048;

#[derive(Debug, Clone, Default)]
pub struct SessionExtras {
    /// `policy_arns`: managed policies. The session can do only what they allow together.
    pub policy_arns: Vec<Located<String>>,
    pub policy: Option<Located<Policy>>,
    pub tags: Vec<Located<Tag>>,
    pub source_identity: Option<Located<String>>,
    /// `provided_contexts`: other services that vouch for the caller.
    pub contexts: Vec<Located<ProvidedContext>>,
}

/// A trusted provider's assertion about the caller (`ProvidedContexts`). IAM Identity Center propagates identities this
/// way.
#[derive(Debug, Clone)]
pub struct ProvidedContext {
    pub provider: String,
    /// The file with the provider's signed assertion, which changes often. It is read for each session, like the token
    /// of a web identity.
    pub file: PathBuf,
    pub assertion: Secret,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    Text(String),
    File(PathBuf),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// 1 to 128 characters.
    pub key: String,
    /// Up to 256 characters.
    pub value: String,
    /// Whether roles that the session assumes inherit it (`transitive_session_tags`).
    pub transitive: bool,
}

/// A placeholder for a managed policy: the boundary of the Amplify project's environment.
pub const BOUNDARY: &str = "boundary";

impl SessionExtras {
    /// The Amplify CLI can only make a session without extras.
    pub fn is_empty(&self) -> bool {
        let Self { policy_arns, policy, tags, source_identity, contexts } = self;
        let has_texts = policy.is_some() || source_identity.is_some();
        policy_arns.is_empty() && tags.is_empty() && contexts.is_empty() && !has_texts
    }

    /// The origin of the first policy.
    pub fn policy_origin(&self) -> Option<&Origin> {
        let of_arn = self.policy_arns.first().map(|arn| &arn.from);
        of_arn.or(self.policy.as_ref().map(|policy| &policy.from))
    }

    /// The name in the ARN of the only policy, if it is short enough for a message.
    pub fn policy_name(&self) -> Option<&str> {
        let ([arn], None) = (&self.policy_arns[..], &self.policy) else { return None };
        arn.value.rsplit('/').next().filter(|name| name.len() <= 64)
    }

    pub(super) fn of(profile: &Profile<'_>, partition: &str) -> Result<Self, PlanError> {
        let invalid = |key, expected: &str, from: &Origin| PlanError::Invalid {
            profile: profile.name.clone(),
            key,
            expected: expected.to_owned(),
            from: from.clone(),
        };
        let list = |key: &'static str| {
            let found = profile.get(key)?;
            let items = found.value.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
            Some((items.map(str::to_owned).collect::<Vec<_>>(), Origin::File(found.at)))
        };
        let mut extras = Self { source_identity: limited(profile, &SOURCE_IDENTITY)?, ..Self::default() };
        if let Some((arns, from)) = list("policy_arns") {
            for arn in arns {
                let arn = policy_arn(&arn)
                    .map(|arn| in_partition(arn, partition))
                    .ok_or_else(|| invalid("policy_arns", POLICY_ARNS, &from))?;
                extras.policy_arns.push(Located::new(arn, from.clone()));
            }
        }
        if let Some(found) = profile.get("policy") {
            let from = Origin::File(found.at.clone());
            let policy = policy(found.value).map_err(|expected| invalid("policy", &expected, &from))?;
            extras.policy = Some(Located::new(policy, from));
        }
        if let Some((tags, from)) = list("session_tags") {
            for tag in tags {
                let tag = tag_of(&tag).ok_or_else(|| invalid("session_tags", TAGS, &from))?;
                extras.tags.push(Located::new(tag, from.clone()));
            }
        }
        if let Some((keys, from)) = list("transitive_session_tags") {
            for key in keys {
                let tag = extras.tags.iter_mut().find(|tag| tag.value.key == key);
                tag.ok_or_else(|| invalid("transitive_session_tags", TRANSITIVE, &from))?.value.transitive = true;
            }
        }
        if let Some((contexts, from)) = list("provided_contexts") {
            for context in contexts {
                let context = context_of(&context).ok_or_else(|| invalid("provided_contexts", CONTEXTS, &from))?;
                extras.contexts.push(Located::new(context, from.clone()));
            }
        }
        extras.checked().map_err(|(key, expected, from)| invalid(key, expected, &from))
    }

    /// Adds the command line's extras, which override the profile's. Policies replace each other and are never united.
    pub(super) fn with(mut self, flags: &Self, profile: &str, partition: &str) -> Result<Self, PlanError> {
        let Self { policy_arns, policy, tags, source_identity, contexts } = flags;
        self.contexts.extend(contexts.iter().cloned());
        if flags.policy_origin().is_some() {
            let in_partition =
                |arn: &Located<String>| Located::new(in_partition(arn.value.clone(), partition), arn.from.clone());
            self.policy_arns = policy_arns.iter().map(in_partition).collect();
            self.policy.clone_from(policy);
        }
        self.tags.retain(|tag| !tags.iter().any(|flag| flag.value.key == tag.value.key));
        self.tags.extend(tags.iter().cloned());
        self.source_identity = source_identity.clone().or(self.source_identity);
        self.checked().map_err(|(key, expected, from)| PlanError::Invalid {
            profile: profile.to_owned(),
            key,
            expected: expected.to_owned(),
            from,
        })
    }

    /// Parses the options of a command; `from` is the command's origin. The error is the option with an invalid value.
    pub(super) fn of_options(options: &[(&'static str, String)], from: &Origin) -> Result<Self, &'static str> {
        let mut extras = Self::default();
        for (option, value) in options {
            let at = || from.clone();
            match *option {
                "--policy-arn" => {
                    extras.policy_arns.push(Located::new(policy_arn(value).ok_or(*option)?, at()));
                }
                "--policy" => extras.policy = Some(Located::new(policy(value).map_err(|_| *option)?, at())),
                "--tag" => extras.tags.push(Located::new(tag_of(value).ok_or(*option)?, at())),
                "--provided-context" => extras.contexts.push(Located::new(context_of(value).ok_or(*option)?, at())),
                _ => {
                    let identity = Some(value.clone()).filter(|name| SOURCE_IDENTITY.allows(name));
                    extras.source_identity = Some(Located::new(identity.ok_or(*option)?, at()));
                }
            }
        }
        Ok(extras)
    }

    /// Fails if the extras exceed AWS's limits.
    fn checked(self) -> Result<Self, (&'static str, &'static str, Origin)> {
        if let Some(more) = self.policy_arns.get(MOST_POLICY_ARNS) {
            return Err(("policy_arns", POLICY_ARNS, more.from.clone()));
        }
        if let Some(more) = self.tags.get(MOST_TAGS) {
            return Err(("session_tags", TAGS, more.from.clone()));
        }
        if let Some(more) = self.contexts.get(MOST_CONTEXTS) {
            return Err(("provided_contexts", CONTEXTS, more.from.clone()));
        }
        Ok(self)
    }
}

const POLICY_ARNS: &str = "up to 10 values separated by commas: the ARN of a managed policy, read-only or boundary";
const TAGS: &str = "up to 50 key=value pairs separated by commas; a key has 1 to 128 characters, a value up to 256";
const CONTEXTS: &str =
    "up to 5 ARN=FILE pairs separated by commas: a context provider, and the file with its assertion";
const TRANSITIVE: &str = "keys of session_tags, separated by commas";

/// A placeholder for AWS's ReadOnlyAccess.
pub const READ_ONLY: &str = "read-only";

/// The ARN of a managed policy, or a placeholder of one.
pub fn policy_arn(text: &str) -> Option<String> {
    (is_policy_arn(text) || [BOUNDARY, READ_ONLY].contains(&text)).then(|| text.to_owned())
}

fn is_policy_arn(text: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else { return false };
    let Some(path) = resource.strip_prefix("policy/") else { return false };
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@/-".contains(&byte);
    is_partition(partition)
        && (account == "aws" || is_account(account))
        && path.bytes().all(is_allowed)
        && (1..=128).contains(&name.len())
        && text.len() <= 2048
}

/// Replaces [`READ_ONLY`] by the policy's ARN in the partition of the role.
pub fn in_partition(arn: String, partition: &str) -> String {
    if arn == READ_ONLY { format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess") } else { arn }
}

/// Text that begins with `{` is JSON, other text is the path of a file.
pub fn policy(text: &str) -> Result<Policy, String> {
    match text {
        "" => Err("the name of a file, or a policy in JSON".to_owned()),
        _ if text.trim_start().starts_with('{') => policy_text(text).map(Policy::Text),
        _ if text.contains('\n') => Err("the name of a file on one line, or a policy in JSON".to_owned()),
        _ => Ok(Policy::File(text.into())),
    }
}

/// An inline policy is a JSON object within AWS's length. The error says what it must be.
pub fn policy_text(text: &str) -> Result<String, String> {
    let object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
    let characters = text.chars().count();
    match object {
        // The message would contain the value.
        Err(error) if error.is_data() => Err("a policy in JSON, which is an object".to_owned()),
        Err(error) => Err(format!("a policy in JSON; parse error: {error}")),
        Ok(_) if characters > LONGEST_POLICY => {
            Err(format!("a policy of up to {LONGEST_POLICY} characters; it has {characters}"))
        }
        Ok(_) => Ok(text.to_owned()),
    }
}

pub fn tag_of(text: &str) -> Option<Tag> {
    let (key, value) = text.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let allowed = |char: char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char);
    let fits = (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256 && !key.starts_with("aws:");
    let fits = fits && key.chars().chain(value.chars()).all(allowed);
    fits.then(|| Tag { key: key.to_owned(), value: value.to_owned(), transitive: false })
}

pub fn context_of(text: &str) -> Option<ProvidedContext> {
    let (provider, file) = text.split_once('=')?;
    let fits = provider.starts_with("arn:") && (20..=2048).contains(&provider.len()) && !file.is_empty();
    fits.then(|| ProvidedContext { provider: provider.to_owned(), file: file.into(), assertion: Secret::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::load::Files;
    use crate::profile_file::Dialect;

    fn extras(text: &str) -> Result<SessionExtras, PlanError> {
        let files = Files::from_text(&format!("[profile p]\n{text}"), "");
        let set = files.profiles(Dialect::Auto).unwrap();
        SessionExtras::of(&set.get("p").unwrap(), "aws-cn")
    }

    #[test]
    fn session_policies_tags_and_identity_are_read() {
        let seen = extras(
            "policy_arns = read-only, arn:aws:iam::111111111111:policy/path/M+i=n.e@-_,boundary\n\
             policy = {\"Version\":\"2012-10-17\",\"Statement\":[]}\n\
             session_tags = team=web, cost center = 42\ntransitive_session_tags = team\nsource_identity = dev@corp\n",
        )
        .unwrap();
        let arns: Vec<_> = seen.policy_arns.iter().map(|arn| arn.value.as_str()).collect();
        assert_eq!(
            arns,
            [
                "arn:aws-cn:iam::aws:policy/ReadOnlyAccess",
                "arn:aws:iam::111111111111:policy/path/M+i=n.e@-_",
                "boundary"
            ]
        );
        assert!(matches!(seen.policy.unwrap().value, Policy::Text(text) if text.contains("2012-10-17")));
        let tags: Vec<_> = seen
            .tags
            .iter()
            .map(|tag| (tag.value.key.as_str(), tag.value.value.as_str(), tag.value.transitive))
            .collect();
        assert_eq!(tags, [("team", "web", true), ("cost center", "42", false)]);
        assert_eq!(seen.source_identity.unwrap().value, "dev@corp");
        assert!(extras("region = eu-west-1\n").unwrap().is_empty());
        assert!(matches!(extras("policy = ~/p.json\n").unwrap().policy.unwrap().value, Policy::File(_)));
    }

    #[test]
    fn invalid_session_setting_is_reported_with_line() {
        let eleven = ["read-only"; 11].join(",");
        let many = (0..51).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
        let long = format!("{{\"x\":\"{}\"}}", "y".repeat(2050));
        for (key, value) in [
            ("policy_arns", "ReadOnlyAccess"),
            ("policy_arns", "arn:aws:iam::aws:policy/"),
            ("policy_arns", "arn:aws:iam::111111111111:policy/a/"),
            ("policy_arns", "arn:aws:iam::111111111111:policy/a;id"),
            ("policy_arns", "arn:aws:iam::111111111111:policy/a#b"),
            ("policy_arns", "arn:aws:iam::111111111111:policy/$(id)"),
            ("policy_arns", "arn:aws:iam::11111:policy/Mine"),
            ("policy_arns", "arn:aws:iam::Aws:policy/ReadOnlyAccess"),
            ("policy_arns", "arn:aws:iam:us-east-1:111111111111:policy/Mine"),
            ("policy_arns", "arn:aws:s3:::x:iam::aws:policy/Mine"),
            ("policy_arns", "arn:other:iam::aws:policy/Mine"),
            ("policy_arns", "arn:aws:iam::111111111111:role/x:policy/Mine"),
            ("policy_arns", &format!("arn:aws:iam::111111111111:policy/{}", "x".repeat(129))),
            ("policy_arns", &eleven),
            ("policy", "{\"Version\":"),
            ("policy", &long),
            ("session_tags", "team"),
            ("session_tags", "=web"),
            ("session_tags", "aws:x=1"),
            ("session_tags", "team=a*b"),
            ("session_tags", &many),
            ("transitive_session_tags", "team"),
            ("provided_contexts", "arn:aws:iam::aws:contextProvider/X"),
            ("provided_contexts", "x=/file"),
            ("source_identity", "x"),
            ("source_identity", "a b"),
        ] {
            match extras(&format!("{key} = {value}\n")) {
                Err(PlanError::Invalid { key: named, from: Origin::File(at), .. }) => {
                    assert_eq!((named, at.line), (key, 2), "{value}");
                }
                other => panic!("{key} = {value}: {other:?}"),
            }
        }
    }
}
