//! Owns finding what each consumer reads from one line.
//!
//! Refuses to compare: that is a check's.

use crate::doctor::facts::Facts;
use crate::profile_file::{FileKind, Property};
use crate::tools::Consumer;

/// The values that each consumer reads from each line of a file.
pub struct Readings<'f>([Vec<Option<&'f Property<'f>>>; 5]);

impl<'f> Readings<'f> {
    /// Of one file.
    pub fn of(facts: &'f Facts<'f>, kind: FileKind) -> Self {
        let lines = facts.file(kind).lines.len() + 1;
        Self(Consumer::ALL.map(|consumer| {
            let mut at = vec![None; lines];
            for property in facts.views.of(consumer).sections(kind).iter().flat_map(|seen| &seen.properties) {
                if let Some(place) = at.get_mut(property.line as usize) {
                    *place = Some(property);
                }
            }
            at
        }))
    }

    /// What each reads from a line, in the order of [`Consumer::ALL`].
    pub fn at(&self, line: u32) -> impl Iterator<Item = (Consumer, &'f Property<'f>)> {
        Consumer::ALL
            .into_iter()
            .filter_map(move |consumer| Some((consumer, (*self.0[consumer as usize].get(line as usize)?)?)))
    }
}
