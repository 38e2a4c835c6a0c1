//! `[services NAME]` of the config file: settings of single services in nested blocks.

use std::sync::Arc;

use crate::core::origin::{Located, Location, Origin, SourceFile};
use crate::profile_file::{Content, Name, Property, Section};

use super::set::ProfileSet;

/// At least one of the sections has properties.
#[derive(Debug)]
pub struct Services<'s, 't> {
    source: Arc<SourceFile>,
    sections: Vec<&'s Section<'t>>,
}

impl<'t> ProfileSet<'t> {
    pub fn services(&self, name: &str) -> Option<Services<'_, 't>> {
        let [config, _] = &self.files;
        let Content::Sections(reading) = &config.content else { return None };
        let named = |section: &&Section<'t>| matches!(&section.name, Name::Services(found) if found == name);
        let sections: Vec<_> = reading.sections.iter().filter(named).collect();
        let says_something = sections.iter().any(|section| !section.properties().is_empty());
        says_something.then(|| Services { source: config.source.clone(), sections })
    }
}

impl Services<'_, '_> {
    pub fn properties(&self) -> Vec<(String, String)> {
        let all = self.sections.iter().flat_map(|section| section.properties());
        all.map(|property| (property.key.into_owned(), property.value.into_owned())).collect()
    }

    /// The last value counts. An empty value is unset.
    pub fn setting(&self, service: &str, key: &str) -> Option<Located<String>> {
        let mut blocks = self.sections.iter().flat_map(|section| section.block(service));
        let found = blocks.rfind(|property| property.key == key)?;
        let Property { value, line, .. } = found;
        let from = Origin::File(Location { file: self.source.clone(), line });
        (!value.is_empty()).then(|| Located::new(value.into_owned(), from))
    }
}
