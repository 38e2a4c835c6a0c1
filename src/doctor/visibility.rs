//! Who can use which profile, with the reason where one cannot: the consumer models, and what is known beyond the files
//! of a `credential_process`.

use std::collections::{HashMap, HashSet};

use crate::doctor::facts::{Facts, HeaderFacts, Program, Trouble};
use crate::plan::kind::ProfileKind;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::botocore::words;
use crate::tools::{HeaderLine, Sight, Tool, why_hidden};

#[derive(Debug)]
pub struct ToolSight<'f> {
    facts: &'f Facts<'f>,
    headers: HashMap<&'f str, &'f HeaderFacts<'f>>,
    profiles: HashMap<&'f str, &'f Profile<'f>>,
    troubles: HashMap<&'f str, &'f Trouble>,
}

impl<'f> ToolSight<'f> {
    pub fn of(facts: &'f Facts<'f>) -> Self {
        let mut headers = HashMap::new();
        for header in &facts.headers {
            if let Some(name) = &header.name {
                headers.entry(name.as_str()).or_insert(header);
            }
        }
        let troubles = facts.plans.iter().filter_map(|(name, plan)| Some((name.as_str(), plan.as_ref().err()?)));
        Self {
            facts,
            headers,
            profiles: facts.profiles.iter().map(|profile| (profile.name.as_str(), profile)).collect(),
            troubles: troubles.collect(),
        }
    }

    pub fn names(&self) -> Vec<&'f str> {
        let mut reported = HashSet::new();
        let of_profiles = self.facts.profiles.iter().map(|profile| profile.name.as_str());
        let of_tools = self.facts.headers.iter().flat_map(|header| header.names.iter().flatten().copied());
        of_profiles.chain(of_tools).filter(|name| reported.insert(*name)).collect()
    }

    pub fn sight(&self, consumer: Tool, name: &str) -> Sight {
        let sight = self.facts.views.sight(consumer, name);
        if !sight.visible {
            let reason = self.headers.get(name).map(|header| self.why_hidden(consumer, header));
            return Sight {
                reason: Some(reason.unwrap_or_else(|| "sees no section of that name".to_owned())),
                ..sight
            };
        }
        match self.profiles.get(name).and_then(|profile| self.trouble_with_process(consumer, profile)) {
            Some(reason) if sight.resolvable => Sight { resolvable: false, reason: Some(reason), ..sight },
            _ => sight,
        }
    }

    fn why_hidden(&self, consumer: Tool, header: &HeaderFacts<'_>) -> String {
        let line = HeaderLine {
            kind: header.kind,
            text: self.facts.file(header.kind).line(header.line),
            has_values: header.has_values,
        };
        why_hidden(self.facts.views.view(consumer), line, &header.names[consumer as usize])
    }

    /// Why the profile's program gives nothing, where that is how the profile gets its credentials.
    fn trouble_with_process(&self, consumer: Tool, profile: &Profile<'_>) -> Option<String> {
        if !matches!(ProfileKind::of(profile), ProfileKind::Process | ProfileKind::Wrapper) {
            return None;
        }
        let command = profile.get("credential_process")?.value;
        let first = words(command)?.into_iter().next()?;
        let is_there = self.facts.programs.get(&first).is_none_or(|program| *program == Program::There);
        if consumer == Tool::AwsCli && first.starts_with(['~', '$']) {
            return Some(format!("starts {first} without a shell"));
        }
        if !is_there && !first.contains('$') {
            return Some(format!("cannot start {first}"));
        }
        let trouble = self.troubles.get(profile.name.as_str())?;
        Wrapper::parse(command, self.facts.program.as_deref())
            .is_some()
            .then(|| format!("gets an error: {}", trouble.message))
    }
}
