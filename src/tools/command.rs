//! Which program and arguments each tool makes of a `credential_process`.

use crate::profile_file::FileKind;
use crate::profile_file::botocore::words;
use crate::tools::keys::PROCESS;
use crate::tools::view::{Tool, View, Views};

/// What only a shell replaces or obeys; the model of a shell stops at it.
const SHELL: [char; 12] = ['$', '`', '|', '<', '>', '&', ';', '*', '?', '~', '(', ')'];

/// Why the tool starts something else than `meant`, the command as resolution reads it. A phrase to follow its name.
pub(super) fn check(view: &View<'_>, name: &str, meant: &str) -> Result<(), String> {
    let Some(theirs) = view.profile(name).get(PROCESS).filter(|theirs| *theirs != meant) else { return Ok(()) };
    let (Some(meant), false) = (words(meant), theirs.contains(SHELL)) else { return Ok(()) };
    let Some(found) = started(view.tool, theirs) else {
        return Err("reads an unclosed quote in the command".to_owned());
    };
    match found.first() {
        _ if found == meant => Ok(()),
        Some(first) if meant.first() == Some(first) => Err("starts the command with other arguments".to_owned()),
        Some(first) => Err(format!("starts {first}")),
        None => Err("reads an empty command".to_owned()),
    }
}

/// The words that the tool starts. botocore splits without a shell; the others give the text to one, which ends a
/// command at a line end and, inside double quotes, agrees with botocore.
fn started(tool: Tool, command: &str) -> Option<Vec<String>> {
    match tool {
        Tool::AwsCli => words(command),
        Tool::Amplify | Tool::SdkJs | Tool::SdkRust | Tool::SdkGo => {
            let all = words(command)?;
            let first = command.trim_start().split_inclusive('\n').scan(String::new(), |line, piece| {
                line.push_str(piece);
                Some(line.clone())
            });
            // A line end inside quotes or behind a backslash does not end the command.
            let ended = first.filter(|line| !line.ends_with("\\\n")).find_map(|line| words(&line));
            ended.or(Some(all))
        }
    }
}

/// Whether every tool starts the same words for `credential_process = command`.
pub fn runs_alike(command: &str) -> bool {
    let text = format!("[profile x]\n{PROCESS} = {command}\n");
    let views = Views::read(&text, "");
    let is_whole = |tool| views.view(tool).seen(FileKind::Config, "x").and_then(|seen| seen.last(PROCESS)).is_some();
    words(command).is_some()
        && Tool::ALL.into_iter().all(|tool| is_whole(tool) && views.check_command(tool, "x", command).is_ok())
}
