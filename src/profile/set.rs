use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::core::origin::Location;

use super::merged::Profile;
use super::near_miss::{NearMiss, SuspectLine, near_misses, suspects};
use super::view::FileView;

#[derive(Debug)]
pub struct ProfileSet<'t> {
    pub(super) files: [FileView<'t>; 2],
    /// Caches `nearest`, because profiles often share a missing source. A hash map would request randomness from the
    /// system on every hit.
    pub(super) nearest: RefCell<BTreeMap<String, Vec<String>>>,
    /// Caches the lines for `near_misses`, for all profiles.
    pub(super) suspects: OnceCell<Vec<SuspectLine>>,
}

impl<'t> ProfileSet<'t> {
    /// Reads all sections at once. Faster if the caller looks up most profiles, slower for one or two.
    #[must_use]
    pub fn read_ahead(mut self) -> Self {
        self.files.iter_mut().for_each(FileView::read_ahead);
        self
    }

    pub fn names(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        self.files.iter().flat_map(FileView::names).filter(|name| seen.insert(name.clone())).collect()
    }

    /// In file order. Reads each section once.
    pub fn all(&self) -> Vec<Profile<'t>> {
        let mut parts: [HashMap<_, _>; 2] = [1, 0].map(|index: usize| self.files[index].parts());
        let profile = |name: String| {
            let parts = parts.iter_mut().filter_map(|file| file.remove(&name)).collect();
            Profile { name, parts, included: Vec::new() }
        };
        self.names().into_iter().map(profile).collect()
    }

    /// Merges all sections that name the profile in the best spelling of their file.
    pub fn get(&self, name: &str) -> Option<Profile<'t>> {
        let parts: Vec<_> = self.files.iter().rev().filter_map(|file| file.part(name)).collect();
        (!parts.is_empty()).then(|| Profile { name: name.to_owned(), parts, included: Vec::new() })
    }

    /// Reads `[sso-session NAME]` like a profile. The Amplify dialect has no such section.
    pub fn sso_session(&self, name: &str) -> Option<Profile<'t>> {
        let part = self.files[0].sso_session(name)?;
        Some(Profile { name: name.to_owned(), parts: vec![part], included: Vec::new() })
    }

    /// The names of the `[sso-session NAME]` sections, in file order.
    pub fn sso_sessions(&self) -> Vec<String> {
        self.files[0].sso_sessions()
    }

    /// The profile name in a header without `]` that may affect the profile, and its location.
    pub fn broken_near(&self, name: &str) -> Option<(&str, Location)> {
        self.files.iter().find_map(|file| file.broken(Some(name)))
    }

    pub fn first_broken(&self) -> Option<Location> {
        self.files.iter().find_map(|file| file.broken(None)).map(|(_, at)| at)
    }

    /// Whether a section has the name, or one that it may be a misspelling of.
    pub fn may_have(&self, name: &str) -> bool {
        self.get(name).is_some()
            || !self.nearest(name).is_empty()
            || self.first_broken().is_some()
            || !self.near_misses(name).is_empty()
    }

    /// At most three, the most similar first.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        // The time grows with the square of the length.
        const LONGEST: usize = 100;
        if name.len() > LONGEST {
            return Vec::new();
        }
        if let Some(known) = self.nearest.borrow().get(name) {
            return known.clone();
        }
        // As in a header of the config file.
        let bare = name.strip_prefix("profile ").unwrap_or(name).trim();
        let mut scored: Vec<_> = self
            .names()
            .into_iter()
            .filter(|other| other.len() <= LONGEST)
            .map(|other| (strsim::jaro_winkler(name, &other).max(strsim::jaro_winkler(bare, &other)), other))
            .collect();
        scored.retain(|(score, _)| *score > 0.75);
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        let nearest: Vec<_> = scored.into_iter().take(3).map(|(_, other)| other).collect();
        self.nearest.borrow_mut().insert(name.to_owned(), nearest.clone());
        nearest
    }

    /// The likely causes if a profile is missing or has no credentials.
    pub fn near_misses(&self, name: &str) -> Vec<NearMiss> {
        let lines = self.suspects.get_or_init(|| self.files.iter().flat_map(suspects).collect());
        near_misses(&self.files, lines, name, &|name| self.get(name).is_some())
    }

    /// Includes a header without `]` that has another name.
    pub fn near_misses_of_missing(&self, name: &str) -> Vec<NearMiss> {
        let other = self.first_broken().filter(|_| self.broken_near(name).is_none());
        self.near_misses(name).into_iter().chain(other.map(NearMiss::BrokenHeader)).collect()
    }

    pub fn shown_files(&self) -> [&str; 2] {
        [&self.files[0].source.shown, &self.files[1].source.shown]
    }
}
