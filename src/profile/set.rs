//! All profiles of both files under one dialect, and finding one by name.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::core::origin::Location;
use crate::profile_file::Dialect;

use super::merged::{Profile, SectionKind};
use super::view::FileView;

/// All profiles of both files, as one dialect reads them. Borrows the files' text.
#[derive(Debug)]
pub struct ProfileSet<'t> {
    /// How the files were read.
    pub dialect: Dialect,
    /// Config, then credentials.
    pub(super) files: [FileView<'t>; 2],
    /// What was near to names that do not exist: a source that is gone is often that of many. A hash map would ask the
    /// system for randomness on every hit.
    pub(super) nearest: RefCell<BTreeMap<String, Vec<String>>>,
}

impl<'t> ProfileSet<'t> {
    /// The same with all sections read, for looking up most of the profiles. For one or two that would cost more than it saves.
    #[must_use]
    pub fn read_ahead(mut self) -> Self {
        self.files.iter_mut().for_each(FileView::read_ahead);
        self
    }

    /// The names in file order, config before credentials.
    pub fn names(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        self.files.iter().flat_map(FileView::names).filter(|name| seen.insert(name.clone())).collect()
    }

    /// Every profile in file order, each section read once.
    pub fn all(&self) -> Vec<Profile<'t>> {
        let mut parts: [HashMap<_, _>; 2] = [1, 0].map(|index: usize| self.files[index].parts());
        let profile = |name: String| {
            let parts = parts.iter_mut().filter_map(|file| file.remove(&name)).collect();
            Profile { name, parts, included: Vec::new() }
        };
        self.names().into_iter().map(profile).collect()
    }

    /// The profile of that name, from every section that names it in the better spelling of its file.
    pub fn get(&self, name: &str) -> Option<Profile<'t>> {
        let parts: Vec<_> = self.files.iter().rev().filter_map(|file| file.part(name)).collect();
        (!parts.is_empty()).then(|| Profile { name: name.to_owned(), parts, included: Vec::new() })
    }

    /// The section of that kind and name, read like a profile. The Amplify CLI's dialect knows none.
    pub fn section(&self, kind: SectionKind, name: &str) -> Option<Profile<'t>> {
        let part = self.files[0].section(kind, name)?;
        Some(Profile { name: name.to_owned(), parts: vec![part], included: Vec::new() })
    }

    /// A header without `]` that leaves in doubt what belongs to `name`.
    pub fn broken_near(&self, name: &str) -> Option<Location> {
        self.files.iter().find_map(|file| file.broken(Some(name)))
    }

    /// Any header without `]`.
    pub fn first_broken(&self) -> Option<Location> {
        self.files.iter().find_map(|file| file.broken(None))
    }

    /// The names nearest to one that does not exist, best first, at most three.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        // Comparing takes the square of the length; nobody mistypes a name longer than this.
        const LONGEST: usize = 100;
        if name.len() > LONGEST {
            return Vec::new();
        }
        if let Some(known) = self.nearest.borrow().get(name) {
            return known.clone();
        }
        let mut scored: Vec<_> = self
            .names()
            .into_iter()
            .filter(|other| other.len() <= LONGEST)
            .map(|other| (strsim::jaro_winkler(name, &other), other))
            .collect();
        scored.retain(|(score, _)| *score > 0.75);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let nearest: Vec<_> = scored.into_iter().take(3).map(|(_, other)| other).collect();
        self.nearest.borrow_mut().insert(name.to_owned(), nearest.clone());
        nearest
    }

    /// The files as people know them: config, then credentials.
    pub fn shown_files(&self) -> [&str; 2] {
        [&self.files[0].source.shown, &self.files[1].source.shown]
    }
}
