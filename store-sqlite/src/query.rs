//! Queries whose text depends on a filter. A condition is in the text only if the filter asks for it, so that the
//! index which fits the filter is used.

use rusqlite::{Connection, Row, ToSql, params_from_iter};

use crate::fault::Fault;

/// A query under construction: its text, and the values of its placeholders, in order.
pub(crate) struct Query<'v> {
    text: String,
    values: Vec<&'v dyn ToSql>,
}

impl<'v> Query<'v> {
    /// Begins with a text that ends where the first condition stands.
    pub(crate) fn new(text: String) -> Self {
        Self {
            text: text + " WHERE TRUE",
            values: Vec::new(),
        }
    }

    /// Adds a condition, with a value for each `?` in it.
    #[must_use]
    pub(crate) fn and(mut self, condition: &str, values: &[&'v dyn ToSql]) -> Self {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend_from_slice(values);
        self
    }

    /// Adds a condition with one `?`, if there is a value for it.
    #[must_use]
    pub(crate) fn and_if<T: ToSql>(self, condition: &str, value: Option<&'v T>) -> Self {
        match value {
            Some(value) => self.and(condition, &[value]),
            None => self,
        }
    }

    /// Ends with the order and the limit.
    #[must_use]
    pub(crate) fn ordered(mut self, order: &str, limit: &'v i64) -> Self {
        self.text.push_str(" ORDER BY ");
        self.text.push_str(order);
        self.text.push_str(" LIMIT ?");
        self.values.push(limit);
        self
    }

    /// Reads all rows.
    pub(crate) fn fetch<T>(
        &self,
        connection: &Connection,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Fault> {
        let mut statement = connection.prepare_cached(&self.text)?;
        let rows = statement.query_map(params_from_iter(&self.values), read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The steps that SQLite would take, for tests.
    #[cfg(test)]
    pub(crate) fn plan(&self, connection: &Connection) -> String {
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {}", self.text))
            .unwrap();
        let steps = statement
            .query_map(params_from_iter(&self.values), |row| row.get::<_, String>(3))
            .unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    }
}
