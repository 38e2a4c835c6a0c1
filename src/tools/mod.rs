//! Models of the tools: which profiles each tool sees, and which it can use.

mod amplify;
pub mod amplify_process;
mod command;
mod hidden;
mod keys;
mod resolution;
mod view;

pub use command::runs_alike;
pub use hidden::{HeaderLine, NO_VALUES, is_alone, why_hidden};
pub use view::{Tool, View, Views, Visibility};

impl Views<'_> {
    /// Whether the tool starts `meant`, which is the profile's `credential_process` as resolution reads it.
    pub fn check_command(&self, tool: Tool, name: &str, meant: &str) -> Result<(), String> {
        // The Amplify CLI uses the JavaScript SDK for it.
        let reader = if tool == Tool::Amplify { Tool::SdkJs } else { tool };
        command::check(self.view(reader), name, meant)
    }

    /// For an invisible profile the reason is missing; see [`why_hidden`].
    pub fn visibility(&self, tool: Tool, name: &str) -> Visibility {
        let view = self.view(tool);
        if !view.sees(name) {
            return Visibility { visible: false, resolvable: false, reason: None };
        }
        let usable = match tool {
            Tool::Amplify => amplify::check_usable(view, self.view(Tool::SdkJs), name),
            _ => resolution::check_usable(view, name),
        };
        Visibility { visible: true, resolvable: usable.is_ok(), reason: usable.err() }
    }
}

#[cfg(test)]
mod tests;
