//! Models of which tool sees which profile, and which tool can use it.

mod amplify;
pub mod amplify_process;
mod hidden;
mod keys;
mod resolution;
mod view;

pub use hidden::{HeaderLine, NO_VALUES, is_alone, why_hidden};
pub use view::{Tool, View, Views, Visibility};

impl Views<'_> {
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
