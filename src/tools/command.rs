//! The program and arguments that each tool derives from a `credential_process`.

use crate::profile_file::FileKind;
use crate::profile_file::botocore::words;
use crate::tools::keys::PROCESS;
use crate::tools::view::{Tool, View, Views};

/// Only a shell interprets these characters. The model of a shell stops at them.
const SHELL: [char; 12] = ['$', '`', '|', '<', '>', '&', ';', '*', '?', '~', '(', ')'];

/// Why the tool does not start `meant`, the command as resolution reads it. The phrase follows the tool's name.
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

/// botocore splits the command without a shell. The other tools pass it to a shell, which ends a command at a line end
/// and agrees with botocore inside double quotes.
fn started(tool: Tool, command: &str) -> Option<Vec<String>> {
    match tool {
        Tool::AwsCli => words(command),
        Tool::Amplify | Tool::SdkJs | Tool::SdkRust | Tool::SdkGo => {
            let all = words(command)?;
            let first = command.trim_start().split_inclusive('\n').scan(String::new(), |line, piece| {
                line.push_str(piece);
                Some(line.clone())
            });
            // A line end inside quotes or after a backslash does not end the command.
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
