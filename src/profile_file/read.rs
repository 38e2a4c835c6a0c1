use super::lines::{BLANKS, Lines};
use super::npm_ini::NpmIni;
use super::sections::{FileKind, Property, Reading, Section, SyntaxError};
use super::{auto, aws, npm_ini};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Accepts what any of the user's tools would accept. Resolution uses this dialect.
    Auto,
    /// Exactly as the AWS SDK for Rust (aws-runtime 1.10.2) reads it.
    Aws,
    /// Exactly as npm ini 1.3.8 and the Amplify CLI read it.
    Amplify,
}

impl Dialect {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Aws, Self::Amplify];
}

#[derive(Debug)]
pub enum Content<'t> {
    Sections(Reading<'t>),
    Amplify(NpmIni<'t>),
}

/// `Auto` never fails: it skips and reports invalid lines.
pub fn read(dialect: Dialect, kind: FileKind, text: &str) -> Result<Content<'_>, SyntaxError> {
    match dialect {
        Dialect::Auto => Ok(Content::Sections(auto::read(kind, text))),
        Dialect::Aws => aws::read(kind, text).map(Content::Sections).map_err(|error| error.of_mark(text)),
        Dialect::Amplify => npm_ini::read(text).map(Content::Amplify),
    }
}

impl<'t> Section<'t> {
    /// The text between the brackets as written, which is the name in botocore's view of the credentials file.
    pub fn literal_name(&self) -> &'t str {
        auto::brackets(self.header).map_or("", |(inner, _)| inner)
    }

    /// In file order with duplicates; the last one of a key counts.
    pub fn properties(&self) -> Vec<Property<'t>> {
        if self.is_strict { aws::properties(self.lines()) } else { auto::properties(self.lines()) }
    }

    /// Joins commands to one line: botocore treats a line end as a blank, but a shell would run two commands.
    pub fn settings(&self) -> Vec<Property<'t>> {
        let mut all = self.properties();
        if !self.is_strict {
            for property in all.iter_mut().filter(|property| auto::is_command(&property.key)) {
                if property.value.contains('\n') {
                    property.value = auto::on_one_line(&property.value).into();
                }
            }
        }
        all
    }

    fn lines(&self) -> Lines<'t> {
        let lines = Lines::resume(self.body, 0, self.line);
        if self.is_strict { lines } else { lines.ended_at_return() }
    }

    fn trimmed<'l>(&self, line: &'l str) -> &'l str {
        if self.is_strict { line.trim_matches(BLANKS) } else { line.trim() }
    }

    /// The nested block of the last `key`. Each property has its own line.
    pub fn block(&self, key: &str) -> Vec<Property<'t>> {
        let last = self.properties().into_iter().rfind(|property| property.key == key);
        let Some(Property { value, line, .. }) = last.filter(|last| last.value.starts_with('\n')) else {
            return Vec::new();
        };
        // After a lone carriage return the block is on the property's own line.
        let mut below = self.lines().skip_while(|below| below.number < line);
        let read = |text: &str| {
            let line = below.find(|line| self.trimmed(line.text) == text)?;
            if self.is_strict { aws::nested(line) } else { auto::nested(line) }
        };
        value.lines().skip(1).filter_map(read).collect()
    }
}
