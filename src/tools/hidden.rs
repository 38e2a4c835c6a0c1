use crate::profile_file::FileKind;
use crate::profile_file::botocore::words;
use crate::profile_file::lines::is_identifier;
use crate::tools::view::{Tool, View};

pub const NO_VALUES: &str = "does not see a profile without settings";

#[derive(Debug, Clone, Copy)]
pub struct HeaderLine<'a> {
    pub kind: FileKind,
    pub text: &'a str,
    pub has_values: bool,
}

/// The phrase follows the tool's name. `other_names` are the names under which the tool sees the section instead.
pub fn why_hidden(view: &View<'_>, line: HeaderLine<'_>, other_names: &[&str]) -> String {
    let tool = view.tool;
    let others = FileKind::ALL.into_iter().filter(|_| tool.rejects_both());
    if let Some(rejection) = view.rejection([line.kind].into_iter().chain(others)) {
        return rejection;
    }
    if !other_names.is_empty() {
        return format!("reads its name as {}", other_names.join(", "));
    }
    let text = line.text.strip_suffix('\r').unwrap_or(line.text);
    let inner = text.trim_start_matches(['\u{feff}', ' ', '\t']).strip_prefix('[').unwrap_or_default();
    let inner = &inner[..inner.rfind(']').unwrap_or(inner.len())];
    let reason = match tool {
        Tool::Amplify if !is_alone(text) => "does not see a header with other text on its line",
        Tool::Amplify if has_bare_dot(inner) => "reads a dot in a profile name as a path separator",
        Tool::Amplify => "reads another section with this name instead",
        Tool::SdkGo if text.starts_with('\u{feff}') => "does not see a header after a byte order mark",
        _ if line.kind == FileKind::Config && !has_prefix(inner) => "needs [profile NAME] in the config file",
        Tool::AwsCli if words(inner).is_none_or(|words| words.len() != 2) => "needs quotes around a name with blanks",
        Tool::AwsCli => "reads another section with this name instead",
        Tool::SdkJs if !line.has_values => NO_VALUES,
        Tool::SdkGo | Tool::SdkJs if !ends_well(text) => "does not see a header with text after it",
        Tool::SdkGo => "reads it as a comment, or as another kind of section",
        Tool::SdkRust if inner.trim().starts_with("profile") && line.kind == FileKind::Credentials => {
            "needs [NAME] in the credentials file"
        }
        Tool::SdkJs | Tool::SdkRust
            if !is_identifier(inner.split_whitespace().next_back().unwrap_or_default())
                || inner.split_whitespace().count() > 2 =>
        {
            "accepts only ASCII letters, digits and _-@+.%:/ in a name"
        }
        Tool::SdkJs => NO_VALUES,
        Tool::SdkRust => "reads the name differently",
    };
    reason.to_owned()
}

/// npm ini accepts only one form of a header: one pair of brackets that is the whole line.
pub fn is_alone(text: &str) -> bool {
    text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|inner| !inner.contains(']'))
}

fn has_bare_dot(inner: &str) -> bool {
    inner.match_indices('.').any(|(at, _)| !inner[..at].ends_with('\\'))
}

fn has_prefix(inner: &str) -> bool {
    inner == "default" || inner.strip_prefix("profile").is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

fn ends_well(text: &str) -> bool {
    let rest = text.rsplit_once(']').map_or("", |(_, rest)| rest.trim_start());
    rest.is_empty() || rest.starts_with(['#', ';'])
}
