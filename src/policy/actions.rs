//! Reading `actions.txt`: which actions the Amplify CLI needs, by category and by the resources that an action can be
//! held to, from the documentation's minimal policy and AWS's managed one. `tests/conformance/policies.rs` holds the
//! table against both documents.
//!
//! It is one text, read when it is asked for: as data with pointers in it, every start of the program would pay for
//! relocating them, at 13 instructions each.

use super::category::Category;

const TABLE: &str = include_str!("actions.txt");

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ActionRow {
    pub(super) sid: &'static str,
    /// What stands before the colon.
    pub(super) service: &'static str,
    categories: &'static str,
    unless: &'static str,
    /// ARNs, with the words of [`super::place::Place::fill`] in them.
    pub(super) resources: &'static str,
    pub(super) minimal: &'static str,
    pub(super) managed: &'static str,
    pub(super) via_cloudformation: &'static str,
    /// Actions that stand for `*` where they are simulated.
    pub(super) probes: &'static str,
    block: &'static str,
}

/// An action that the Amplify CLI needs besides the documentation's minimal policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedAction {
    /// What stands after the colon.
    pub(super) name: &'static str,
    /// The version of the CLI, and the commands that need it.
    pub evidence: &'static str,
}

pub(super) fn rows() -> impl Iterator<Item = ActionRow> {
    TABLE.split("\nsid: ").skip(1).map(ActionRow::read)
}

impl ActionRow {
    fn read(block: &'static str) -> Self {
        let mut row = Self { sid: block.lines().next().unwrap_or_default(), block, ..Self::default() };
        for (key, value) in block.lines().filter_map(|line| line.split_once(": ")) {
            let field = match key {
                "service" => &mut row.service,
                "categories" => &mut row.categories,
                "unless" => &mut row.unless,
                "resources" => &mut row.resources,
                "minimal" => &mut row.minimal,
                "managed" => &mut row.managed,
                "via_cloudformation" => &mut row.via_cloudformation,
                "probes" => &mut row.probes,
                _ => continue,
            };
            *field = value;
        }
        row
    }

    pub(super) fn categories(&self) -> impl Iterator<Item = Category> {
        named(self.categories)
    }

    pub(super) fn observed(&self) -> impl Iterator<Item = ObservedAction> + use<> {
        let lines = self.block.lines().filter_map(|line| line.split_once(": "));
        let observed = lines.filter(|(key, _)| ["recorded", "in_code"].contains(key));
        observed.filter_map(|(_, value)| {
            let (name, evidence) = value.split_once(" (")?;
            Some(ObservedAction { name, evidence: evidence.strip_suffix(')')? })
        })
    }

    pub(super) fn unless(&self) -> impl Iterator<Item = Category> {
        named(self.unless)
    }
}

fn named(names: &'static str) -> impl Iterator<Item = Category> {
    names.split(' ').filter_map(|name| Category::ALL.into_iter().find(|category| category.name() == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_whole() {
        const KEYS: &str = "sid service categories unless resources minimal managed via_cloudformation probes \
                            recorded in_code";
        let all: Vec<_> = rows().collect();
        assert_eq!(all.len(), TABLE.matches("\nsid: ").count());
        for row in &all {
            assert!(!row.sid.is_empty() && !row.service.is_empty() && !row.resources.is_empty(), "{row:?}");
            assert!(row.sid.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{row:?}");
            assert_eq!(row.categories().count(), row.categories.split(' ').count(), "{row:?}");
            assert!(
                !row.minimal.is_empty()
                    || !row.managed.is_empty()
                    || !row.via_cloudformation.is_empty()
                    || row.observed().count() > 0,
                "{row:?}"
            );
            let lines =
                row.block.lines().filter(|line| line.starts_with("recorded: ") || line.starts_with("in_code: "));
            assert_eq!(lines.count(), row.observed().count(), "{row:?}");
            for ObservedAction { name, evidence } in row.observed() {
                assert!(!row.minimal.split(' ').any(|known| known == name), "{name}");
                assert!(evidence.starts_with("14.2.2: amplify "), "{evidence}");
            }
        }
        for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let key = line.split_once(": ").map(|(key, _)| key);
            assert!(key.is_some_and(|key| KEYS.split(' ').any(|known| known == key)), "{line}");
        }
        let mut sids: Vec<_> = all.iter().map(|row| row.sid).collect();
        sids.sort_unstable();
        sids.dedup();
        assert_eq!(sids.len(), all.len(), "names are unique");
    }
}
