//! What each tool reads from one line.

use crate::doctor::facts::Facts;
use crate::profile_file::{FileKind, Property};
use crate::tools::Tool;

pub struct Parses<'f>([Vec<Option<&'f Property<'f>>>; 5]);

impl<'f> Parses<'f> {
    pub fn of(facts: &'f Facts<'f>, kind: FileKind) -> Self {
        let lines = facts.file(kind).lines.len() + 1;
        Self(Tool::ALL.map(|tool| {
            let mut at = vec![None; lines];
            for property in facts.views.view(tool).sections(kind).iter().flat_map(|seen| &seen.properties) {
                if let Some(place) = at.get_mut(property.line as usize) {
                    *place = Some(property);
                }
            }
            at
        }))
    }

    /// In the order of [`Tool::ALL`].
    pub fn at(&self, line: u32) -> impl Iterator<Item = (Tool, &'f Property<'f>)> {
        Tool::ALL.into_iter().filter_map(move |tool| Some((tool, (*self.0[tool as usize].get(line as usize)?)?)))
    }
}
