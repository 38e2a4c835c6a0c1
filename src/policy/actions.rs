//! Reads `actions.txt`, `gen2.txt` and `bootstrap.txt`, the actions that the Amplify CLI, `ampx` and the CDK need.
//! `tests/conformance/policies.rs` compares the first with the documentation's minimal policy and AWS's managed one.
//! Each is text that is parsed when needed. As data with pointers, every start of the program would have to relocate
//! them, at 13 instructions each.

use super::category::Category;

const TABLE: &str = include_str!("actions.txt");
const GEN2_TABLE: &str = include_str!("gen2.txt");
const BOOTSTRAP_TABLE: &str = include_str!("bootstrap.txt");

#[derive(Debug, Clone, Default)]
pub(super) struct ActionRow {
    pub(super) sid: &'static str,
    /// The part before the colon.
    pub(super) service: &'static str,
    categories: &'static str,
    unless: &'static str,
    /// ARNs with the placeholders of [`super::place::ArnScope::fill`].
    pub(super) resources: &'static str,
    pub(super) minimal: &'static str,
    pub(super) managed: &'static str,
    pub(super) via_cloudformation: &'static str,
    /// Actions that replace `*` in a simulation.
    pub(super) probes: &'static str,
    /// Calls of the tools, each as `Action (version: commands)`.
    recorded: Vec<&'static str>,
    in_code: Vec<&'static str>,
    stack_tags: Vec<&'static str>,
    in_template: Vec<&'static str>,
}

pub(super) fn rows() -> impl Iterator<Item = ActionRow> {
    read(TABLE)
}

pub(super) fn gen2_rows() -> impl Iterator<Item = ActionRow> {
    read(GEN2_TABLE)
}

pub(super) fn bootstrap_rows() -> impl Iterator<Item = ActionRow> {
    read(BOOTSTRAP_TABLE)
}

fn read(table: &'static str) -> impl Iterator<Item = ActionRow> {
    table.split("\nsid: ").skip(1).map(ActionRow::read)
}

impl ActionRow {
    fn read(block: &'static str) -> Self {
        let mut row = Self { sid: block.lines().next().unwrap_or_default(), ..Self::default() };
        for (key, value) in block.lines().filter_map(|line| line.split_once(": ")) {
            let calls = match key {
                "recorded" => Some(&mut row.recorded),
                "in_code" => Some(&mut row.in_code),
                "stack_tags" => Some(&mut row.stack_tags),
                "in_template" => Some(&mut row.in_template),
                _ => None,
            };
            if let Some(calls) = calls {
                calls.push(value);
                continue;
            }
            let field = match key {
                "service" => &mut row.service,
                "categories" => &mut row.categories,
                "unless" => &mut row.unless,
                "resources" => &mut row.resources,
                "minimal" => &mut row.minimal,
                "managed" => &mut row.managed,
                "via_cloudformation" => &mut row.via_cloudformation,
                _ => &mut row.probes,
            };
            *field = value;
        }
        row
    }

    pub(super) fn called(&self) -> impl Iterator<Item = &'static str> {
        names(&self.recorded).chain(names(&self.in_code))
    }

    /// The actions that CloudFormation calls for the tags and resources of a stack.
    pub(super) fn called_by_cloudformation(&self) -> impl Iterator<Item = &'static str> {
        names(&self.stack_tags).chain(names(&self.in_template))
    }

    pub(super) fn categories(&self) -> impl Iterator<Item = Category> {
        named(self.categories)
    }

    pub(super) fn unless(&self) -> impl Iterator<Item = Category> {
        named(self.unless)
    }
}

fn names(calls: &[&'static str]) -> impl Iterator<Item = &'static str> {
    calls.iter().filter_map(|call| call.split(' ').next())
}

fn named(names: &'static str) -> impl Iterator<Item = Category> {
    names.split(' ').filter_map(|name| Category::ALL.into_iter().find(|category| category.name() == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn action_table_blocks_are_complete() {
        const KEYS: &str = "sid service categories unless resources minimal managed via_cloudformation probes recorded \
                            in_code stack_tags in_template";
        for table in [TABLE, GEN2_TABLE, BOOTSTRAP_TABLE] {
            let all: Vec<_> = read(table).collect();
            assert_eq!(all.len(), table.matches("\nsid: ").count());
            for row in &all {
                assert!(!row.sid.is_empty() && !row.service.is_empty() && !row.resources.is_empty(), "{row:?}");
                assert!(row.sid.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{row:?}");
                assert_eq!(row.categories().count(), row.categories.split(' ').count(), "{row:?}");
                let listed = [row.minimal, row.managed, row.via_cloudformation].concat();
                assert!(
                    !listed.is_empty() || row.called().chain(row.called_by_cloudformation()).next().is_some(),
                    "{row:?}"
                );
            }
            for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let key = line.split_once(": ").map(|(key, _)| key);
                assert!(key.is_some_and(|key| KEYS.split(' ').any(|known| known == key)), "{line}");
            }
            let mut sids: Vec<_> = all.iter().map(|row| row.sid).collect();
            sids.sort_unstable();
            sids.dedup();
            assert_eq!(sids.len(), all.len(), "names are unique");
        }
    }

    #[test]
    fn recorded_calls_have_action_version_and_commands() {
        for row in rows().chain(gen2_rows()).chain(bootstrap_rows()) {
            for calls in [&row.recorded, &row.in_code, &row.stack_tags, &row.in_template] {
                assert!(calls.is_sorted(), "{row:?}");
            }
            for call in [&row.recorded[..], &row.in_code, &row.stack_tags, &row.in_template].concat() {
                let (name, rest) = call.split_once(" (").unwrap_or_default();
                let (version, commands) =
                    rest.strip_suffix(')').and_then(|rest| rest.split_once(": ")).unwrap_or_default();
                assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{call}");
                assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{call}");
                assert!(version.contains(|c: char| c.is_ascii_digit()), "{call}");
                let tools = ["amplify ", "ampx ", "cdk "];
                assert!(tools.iter().any(|tool| commands.starts_with(tool)), "{call}");
            }
        }
    }

    #[test]
    fn recorded_calls_are_unique_and_not_minimal() {
        for rows in [rows().collect::<Vec<_>>(), gen2_rows().collect(), bootstrap_rows().collect()] {
            let mut all = Vec::new();
            for row in rows {
                let called: Vec<_> = row.called().chain(row.called_by_cloudformation()).collect();
                assert!(row.minimal.split(' ').all(|name| !called.contains(&name)), "{row:?}");
                all.extend(called.iter().map(|name| format!("{}:{name} {}", row.service, row.resources)));
            }
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
