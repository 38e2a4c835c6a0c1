pub mod auto;
pub mod aws;
pub mod botocore;
pub mod document;
mod edit_error;
pub mod finding;
pub mod go;
pub mod javascript;
pub mod lines;
pub mod npm_ini;
pub mod portable;
mod read;
pub mod section_edits;
pub mod section_view;
mod sections;

pub use read::{Content, Dialect, read};
pub use sections::{BrokenHeader, FileKind, Name, Problem, Property, Reading, Section, Spelling, SyntaxError};
