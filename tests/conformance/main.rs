//! Vectors that were got by running the real tools; one named result per row.

mod sdk_parser;
