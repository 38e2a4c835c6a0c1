//! Which tool can use which profile, and the reason if it cannot. Combines the tool models with facts about
//! `credential_process` programs.

use std::collections::{HashMap, HashSet};

use crate::core::masking::masked_message;
use crate::core::origin::Origin;
use crate::doctor::facts::{Facts, HeaderFacts, Program, Trouble};
use crate::plan::error::PlanError;
use crate::plan::kind::ProfileKind;
use crate::plan::wrapper::Wrapper;
use crate::profile::Profile;
use crate::profile_file::botocore::words;
use crate::tools::{HeaderLine, Tool, Visibility, why_hidden};

#[derive(Debug)]
pub struct VisibilityTable<'f> {
    facts: &'f Facts<'f>,
    headers: HashMap<&'f str, &'f HeaderFacts<'f>>,
    profiles: HashMap<&'f str, &'f Profile<'f>>,
    troubles: HashMap<&'f str, &'f Trouble>,
}

impl<'f> VisibilityTable<'f> {
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

    pub fn visibility(&self, tool: Tool, name: &str) -> Visibility {
        let visibility = self.judge(tool, name);
        let reason = visibility.reason.map(|reason| masked_message(&reason).into_owned());
        Visibility { reason, ..visibility }
    }

    fn judge(&self, tool: Tool, name: &str) -> Visibility {
        let visibility = self.facts.views.visibility(tool, name);
        if !visibility.visible {
            let reason = self.headers.get(name).map(|header| self.why_hidden(tool, header));
            return Visibility {
                reason: Some(reason.unwrap_or_else(|| "does not see a section with that name".to_owned())),
                ..visibility
            };
        }
        let of_process = || self.trouble_with_process(tool, self.profiles.get(name)?);
        match of_process().or_else(|| self.invalid_value(tool, name)) {
            Some(reason) if visibility.resolvable => {
                Visibility { resolvable: false, reason: Some(reason), ..visibility }
            }
            _ => visibility,
        }
    }

    fn why_hidden(&self, tool: Tool, header: &HeaderFacts<'_>) -> String {
        let line = HeaderLine {
            kind: header.kind,
            text: self.facts.file(header.kind).line(header.line),
            has_values: header.has_values,
        };
        why_hidden(self.facts.views.view(tool), line, &header.names[tool as usize])
    }

    /// A value that the tool sends to AWS, or builds an address of, although AWS cannot accept it.
    fn invalid_value(&self, tool: Tool, name: &str) -> Option<String> {
        let key = match &self.troubles.get(name)?.error {
            PlanError::Invalid { key, from: Origin::File(_), .. } => *key,
            // Observed in AWS CLI 2.
            PlanError::NoServices { section, .. } if tool == Tool::AwsCli => {
                return Some(format!("does not see [services {section}]"));
            }
            _ => return None,
        };
        let is_used = match key {
            "role_arn" | "external_id" | "role_session_name" | "region" => true,
            // The Rust SDK does not read it.
            "duration_seconds" => matches!(tool, Tool::AwsCli | Tool::SdkJs),
            _ => false,
        };
        is_used.then(|| format!("uses an invalid {key}"))
    }

    /// Why the tool gets no credentials from the profile's program, if the profile uses one.
    fn trouble_with_process(&self, tool: Tool, profile: &Profile<'_>) -> Option<String> {
        if !matches!(ProfileKind::of(profile), ProfileKind::Process | ProfileKind::Wrapper) {
            return None;
        }
        let command = profile.get("credential_process")?.value;
        let first = words(command)?.into_iter().next()?;
        let is_there = self.facts.programs.get(&first).is_none_or(|program| *program == Program::There);
        if tool == Tool::AwsCli && first.starts_with(['~', '$']) {
            return Some(format!("starts {first} without a shell"));
        }
        if !is_there && !first.contains('$') {
            return Some(format!("cannot start {first}"));
        }
        if let Err(reason) = self.facts.views.check_command(tool, &profile.name, command) {
            return Some(reason);
        }
        Wrapper::parse(command, self.facts.program.as_deref())?;
        match self.troubles.get(profile.name.as_str()) {
            Some(trouble) => Some(format!("gets this error: {}", trouble.message)),
            None => self
                .facts
                .has_security_key(&profile.name)
                .then(|| "needs an MFA code, but mfa_serial is a security key, which cannot generate codes".to_owned()),
        }
    }
}
