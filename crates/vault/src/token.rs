//! Tokens of a line, as the filters know them (spec/segment.md).
