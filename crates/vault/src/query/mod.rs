//! The query language.

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    _p: (),
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("column {column}: expected {expected}")]
pub struct QueryError {
    pub column: usize,
    pub expected: String,
}

impl std::str::FromStr for Query {
    type Err = QueryError;

    fn from_str(_s: &str) -> Result<Self, QueryError> {
        todo!()
    }
}
