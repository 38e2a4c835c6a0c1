//! Models of which tool sees which profile, and which tool can use it.

mod amplify;
mod hidden;
mod keys;
mod resolution;
mod view;

pub use hidden::{HeaderLine, NO_VALUES, is_alone, why_hidden};
pub use view::{Sight, Tool, View, Views};

impl Views<'_> {
    /// For an invisible profile the reason is missing; see [`why_hidden`].
    pub fn sight(&self, consumer: Tool, name: &str) -> Sight {
        let view = self.of(consumer);
        if !view.sees(name) {
            return Sight { visible: false, resolvable: false, reason: None };
        }
        let way = match consumer {
            Tool::Amplify => amplify::way(view, self.of(Tool::SdkJs), name),
            _ => resolution::way(view, name),
        };
        Sight { visible: true, resolvable: way.is_ok(), reason: way.err() }
    }
}

#[cfg(test)]
mod tests;
