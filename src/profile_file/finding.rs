use std::fmt;

/// The names are stable, because `doctor` prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// botocore and the Rust SDK reject the file.
    ByteOrderMark,
    HeaderNotClosed,
    TextAfterHeader,
    OutsideSection,
    IndentedProperty,
    NoProperty,
    /// botocore and the Amplify CLI end the line there; the SDKs do not.
    LoneCarriageReturn,
    /// Only botocore and the Go SDK accept `:` as a delimiter.
    ColonDelimiter,
    /// The Rust SDK keeps U+00A0 and similar characters at the ends of a key or value.
    WideBlank,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFinding {
    pub code: Code,
    pub line: u32,
}

impl fmt::Display for LineFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.code {
            Code::ByteOrderMark => "the file begins with a byte order mark; the AWS CLI rejects such a file",
            Code::HeaderNotClosed => "a section header has no ']'; the header and its lines are ignored",
            Code::TextAfterHeader => "text after a section header's ']' is not a comment; the SDKs reject such a file",
            Code::OutsideSection => "a property before the first section header belongs to no profile",
            Code::IndentedProperty => "the first property of a section is indented; the Rust SDK rejects such a file",
            Code::NoProperty => "a line is not a property: it has no '=', or no name before it",
            Code::LoneCarriageReturn => {
                "a carriage return without a line feed ends the line for some tools, not for all"
            }
            Code::ColonDelimiter => "a key is set with ':'; only the AWS CLI and the Go SDK read such a line",
            Code::WideBlank => "a line begins or ends with a no-break space, which the Rust SDK keeps",
        })
    }
}
