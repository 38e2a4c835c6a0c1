//! Checks the user's files for errors: collects facts once, then runs a table of pure checks.

pub mod cache;
pub mod checks;
pub mod facts;
mod finding;
pub mod parses;
pub mod picker;
pub mod sign_ins;
pub mod stored_keys;
pub mod visibility;
pub mod world;
pub mod wrapper_programs;

pub use finding::{FilePlace, Hit, Severity};

use checks::{CHECKS, DoctorCheck};
use facts::Facts;

#[derive(Debug, Clone)]
pub struct Finding {
    pub check: &'static DoctorCheck,
    pub hit: Hit,
}

pub fn examine(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found: Vec<_> = CHECKS
        .iter()
        .flat_map(|check| (check.find)(facts).into_iter().map(move |hit| Finding { check, hit }))
        .filter(|Finding { check, hit }| {
            check.concerns_all || hit.profile.as_ref().is_none_or(|profile| facts.concerns(profile))
        })
        .collect();
    for Finding { hit, .. } in &mut found {
        hit.mask();
    }
    // A stable sort keeps the order of the table and of the files within a severity.
    found.sort_by_key(|finding| finding.check.severity);
    found
}

#[cfg(test)]
mod tests;
