//! The coding agent that started this program, for `{agent}` in a session name. Agents and users set the variables
//! themselves, so the name is a label and not a proof.

use crate::os::env::{
    AGENT, AI_AGENT, CLAUDECODE, CODEX_CI, CODEX_SANDBOX, CODEX_THREAD_ID, COPILOT_CLI, CURSOR_AGENT, GEMINI_CLI,
    OPENCODE,
};

/// Leaves room for the rest of a session name, which has at most 64 characters.
const LONGEST: usize = 32;

/// Without any of the variables.
const UNKNOWN: &str = "agent";

/// Amp, which also sets `CLAUDECODE`.
const AMP: &str = "amp";

/// The variables that agents set for their commands, in the order of GitHub's CLI (`internal/agents/detect.go`).
/// `CODEX_HOME` and `CURSOR_TRACE_ID` are missing, because they are also set where a person types.
const SET_BY: [(&str, &str); 8] = [
    (CODEX_SANDBOX, "codex"),
    (CODEX_CI, "codex"),
    (CODEX_THREAD_ID, "codex"),
    (GEMINI_CLI, "gemini-cli"),
    (COPILOT_CLI, "copilot-cli"),
    (OPENCODE, "opencode"),
    (CLAUDECODE, "claude-code"),
    (CURSOR_AGENT, "cursor"),
];

/// `variable` returns the value of a variable, or `None` if it is empty.
pub fn name(variable: impl Fn(&str) -> Option<String>) -> String {
    if let Some(name) = variable(AI_AGENT).map(|name| name.trim().to_owned()).filter(|name| is_name(name)) {
        return name.chars().take(LONGEST).collect();
    }
    if variable(AGENT).is_some_and(|name| name == AMP) {
        return AMP.to_owned();
    }
    let set_by = SET_BY.into_iter().find(|(name, _)| variable(name).is_some());
    set_by.map_or(UNKNOWN, |(_, agent)| agent).to_owned()
}

/// Some users set the variable like a switch.
fn is_name(text: &str) -> bool {
    !["", "0", "1", "true", "false"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_is_named_by_its_variables() {
        let rows: &[(&[(&str, &str)], &str)] = &[
            (&[], "agent"),
            (&[(AI_AGENT, "my-tool@2.0"), (CLAUDECODE, "1")], "my-tool@2.0"),
            (&[(AI_AGENT, "claude-code_2-1-263_agent")], "claude-code_2-1-263_agent"),
            (&[(AI_AGENT, "1"), (CODEX_SANDBOX, "seatbelt")], "codex"),
            (&[(AI_AGENT, " ")], "agent"),
            (&[(CLAUDECODE, "1")], "claude-code"),
            (&[(CODEX_THREAD_ID, "0199")], "codex"),
            (&[(CODEX_CI, "1")], "codex"),
            (&[("CODEX_HOME", "/home/dev/.codex")], "agent"),
            (&[(CURSOR_AGENT, "1")], "cursor"),
            (&[(CURSOR_AGENT, "1"), (CLAUDECODE, "1")], "claude-code"),
            (&[(GEMINI_CLI, "1")], "gemini-cli"),
            (&[(COPILOT_CLI, "1")], "copilot-cli"),
            (&[(OPENCODE, "1")], "opencode"),
            (&[(AGENT, "amp"), (CLAUDECODE, "1")], "amp"),
            (&[(AGENT, "ssh"), (CLAUDECODE, "1")], "claude-code"),
        ];
        for (variables, expected) in rows {
            let value =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into());
            assert_eq!(name(value), *expected, "{variables:?}");
        }
        assert_eq!(name(|_| Some("x".repeat(100))).len(), 32);
    }
}
