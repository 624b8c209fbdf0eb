//! Statements that are put together: a text with `$1`, `$2`… and the values behind them.

/// What stands behind a placeholder.
#[derive(Clone, Debug)]
pub(crate) enum Bound {
    Int(i64),
    Text(String),
    MaybeInt(Option<i64>),
    MaybeText(Option<String>),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Binds(pub(crate) Vec<Bound>);

impl Binds {
    /// The placeholder of the value.
    pub(crate) fn any(&mut self, value: Bound) -> String {
        self.0.push(value);
        format!("${}", self.0.len())
    }

    pub(crate) fn int(&mut self, value: i64) -> String {
        self.any(Bound::Int(value))
    }

    pub(crate) fn text(&mut self, value: &str) -> String {
        self.any(Bound::Text(value.to_owned()))
    }

    /// `$3, $4, $5`.
    pub(crate) fn ints(&mut self, values: impl IntoIterator<Item = i64>) -> String {
        values.into_iter().map(|value| self.int(value)).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn texts<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> String {
        values.into_iter().map(|value| self.text(value)).collect::<Vec<_>>().join(", ")
    }
}

/// A query over the text with all values bound, whichever engine runs it.
macro_rules! bound_query {
    ($sql:expr, $binds:expr) => {{
        let mut query = sqlx::query(sqlx::AssertSqlSafe($sql));
        for value in $binds.0 {
            query = match value {
                $crate::records::binds::Bound::Int(value) => query.bind(value),
                $crate::records::binds::Bound::Text(value) => query.bind(value),
                $crate::records::binds::Bound::MaybeInt(value) => query.bind(value),
                $crate::records::binds::Bound::MaybeText(value) => query.bind(value),
            };
        }
        query
    }};
}

pub(crate) use bound_query;
