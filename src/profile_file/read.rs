use super::npm_ini::NpmIni;
use super::sections::{FileKind, Problem, Property, Reading, Section, SyntaxError};
use super::{auto, aws, lines, npm_ini};

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A profile as any of the user's tools would mean it: what resolution uses.
    Auto,
    /// The cross-SDK grammar, exactly as the AWS SDK for Rust (aws-runtime 1.10.2) reads it.
    Aws,
    /// npm ini 1.3.8 and the Amplify CLI's mapping, exactly.
    Amplify,
}

/// A file in one of the three readings.
#[derive(Debug)]
pub enum Content<'t> {
    /// Of the dialects `Auto` and `Aws`.
    Sections(Reading<'t>),
    /// Of the dialect `Amplify`.
    Amplify(NpmIni<'t>),
}

/// Reads `text` in `dialect`. `Auto` never fails: it skips lines that it cannot read and reports them.
pub fn read(dialect: Dialect, kind: FileKind, text: &str) -> Result<Content<'_>, SyntaxError> {
    match dialect {
        Dialect::Auto => Ok(Content::Sections(auto::read(kind, text))),
        Dialect::Aws => aws::read(kind, text).map(Content::Sections),
        Dialect::Amplify => match npm_ini::read(text) {
            Ok(file) => Ok(Content::Amplify(file)),
            Err(error) => Err(SyntaxError { line: error.line, problem: Problem::NotAName }),
        },
    }
}

impl<'t> Section<'t> {
    /// The text between the brackets as it stands: the name botocore sees in the credentials file.
    pub fn literal_name(&self) -> &'t str {
        auto::inner(self.header).map_or("", |(inner, _)| inner)
    }

    /// The properties in file order, duplicates and all; the last one of a key counts.
    pub fn properties(&self) -> Vec<Property<'t>> {
        let lines = lines::Lines::resume(self.body, 0, self.line + 1);
        if self.is_strict { aws::properties(lines) } else { auto::properties(lines) }
    }

    /// The properties of the nested block below the last `key`, each with its own line; none where that has a value.
    pub fn block(&self, key: &str) -> Vec<Property<'t>> {
        let last = self.properties().into_iter().rfind(|property| property.key == key);
        let Some(Property { value, line, .. }) = last.filter(|last| last.value.starts_with('\n')) else {
            return Vec::new();
        };
        let mut below = lines::Lines::resume(self.body, 0, self.line + 1).skip_while(|below| below.number <= line);
        let read = |text: &str| {
            let line = below.find(|line| line.text.trim_matches(lines::BLANKS) == text)?;
            if self.is_strict { aws::nested(line) } else { auto::nested(line) }
        };
        value.lines().skip(1).filter_map(read).collect()
    }
}
