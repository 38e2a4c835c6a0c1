//! The form of a finding: something in a file that one tool reads and another does not.

use std::fmt;

/// What was found. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The file begins with a byte order mark: botocore and the Rust SDK reject it.
    ByteOrderMark,
    /// A header without `]`.
    HeaderNotClosed,
    /// Text behind a header's `]` that is no comment.
    TextAfterHeader,
    /// A property before the first header.
    OutsideSection,
    /// The first property of a section is indented: the Rust SDK rejects the file.
    IndentedProperty,
    /// A line that is neither a property nor a continuation.
    NoProperty,
    /// A carriage return that no line feed follows: botocore and the Amplify CLI end the line there, the SDKs do not.
    LoneCarriageReturn,
}

/// Something in a file that not every tool reads alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// The line, counted from 1.
    pub line: u32,
}

impl Finding {
    /// Tells of `code` at `line`.
    pub fn new(code: Code, line: u32) -> Self {
        Self { code, line }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.code {
            Code::ByteOrderMark => "the file begins with a byte order mark; the AWS CLI rejects such a file",
            Code::HeaderNotClosed => "a section header has no ']'; it and its lines are passed over",
            Code::TextAfterHeader => "text after a section header's ']' is no comment; the SDKs reject such a file",
            Code::OutsideSection => "a property before the first section header belongs to no profile",
            Code::IndentedProperty => "an indented line begins a property; the Rust SDK rejects such a file",
            Code::NoProperty => "a line is no property: it has no '=' or no name before it",
            Code::LoneCarriageReturn => {
                "a carriage return without a line feed ends the line for some tools, not for all"
            }
        })
    }
}
