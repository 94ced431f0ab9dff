//! One statement made of several, which saves the round trips between them.
//!
//! The parts are statements that stand with their tables, each with parameters `$1`, `$2`, … of its own. Put together they
//! are the `WITH` queries of one statement, through which the parameters count on. PostgreSQL runs all of them on one
//! snapshot: no part sees what another writes, but a part reads by its name what an earlier one returns. In which order
//! they run is open unless one reads from the other. No two may write the same row.

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, FromRow, PgConnection, Postgres, Type};

use crate::fault::Fault;

/// Parts that are run as one statement, in one round trip.
#[derive(Default)]
pub(crate) struct Statement {
    /// The `WITH` queries.
    sql: String,
    arguments: PgArguments,
    /// The first value that could not be bound.
    unfit: Option<BoxDynError>,
    asked: Vec<Asked>,
}

/// How many rows a part has to write.
struct Asked {
    part: &'static str,
    rows: usize,
    /// What it means if they are fewer.
    otherwise: &'static str,
}

impl Statement {
    /// Adds a part, under a name that no other has. What is bound next are its parameters.
    pub(crate) fn part(&mut self, name: &'static str, sql: &'static str) -> &mut Self {
        self.sql
            .push_str(if self.sql.is_empty() { "WITH " } else { ", " });
        self.sql.push_str(name);
        self.sql.push_str(" AS MATERIALIZED (");
        push_renumbered(&mut self.sql, sql, self.arguments.len());
        self.sql.push(')');
        self
    }

    /// Binds the next parameter of the part that was added last.
    pub(crate) fn bind<'v, T>(&mut self, value: T) -> &mut Self
    where
        T: Encode<'v, Postgres> + Type<Postgres>,
    {
        if let Err(error) = Arguments::add(&mut self.arguments, value) {
            self.unfit.get_or_insert(error);
        }
        self
    }

    /// Asks for so many rows of a part, which returns one for each that it wrote.
    pub(crate) fn ask(&mut self, part: &'static str, rows: usize, otherwise: &'static str) {
        self.asked.push(Asked {
            part,
            rows,
            otherwise,
        });
    }

    /// Runs all parts, and reads the one row of a query on them.
    pub(crate) async fn fetch_one<R>(mut self, connection: &mut PgConnection, query: &str) -> Result<R, Fault>
    where
        R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if let Some(error) = self.unfit.take() {
            return Err(sqlx::Error::Encode(error).into());
        }
        // All of the text was written in this crate; values are bound.
        let sql = AssertSqlSafe(format!("{} {query}", self.sql));
        Ok(sqlx::query_as_with(sql, self.arguments)
            .fetch_one(connection)
            .await?)
    }

    /// Runs all parts, and checks that each wrote what was asked of it.
    pub(crate) async fn execute(mut self, connection: &mut PgConnection) -> Result<(), Fault> {
        if self.sql.is_empty() {
            return Ok(());
        }
        let asked = std::mem::take(&mut self.asked);
        let counts: Vec<String> = asked.iter().map(Asked::count).collect();
        let query = format!("SELECT ARRAY[{}]::bigint[]", counts.join(", "));
        let (written,): (Vec<i64>,) = self.fetch_one(connection, &query).await?;
        asked
            .iter()
            .zip(written)
            .try_for_each(|(asked, written)| asked.check(written))
    }
}

impl Asked {
    fn count(&self) -> String {
        format!("(SELECT count(*) FROM {})", self.part)
    }

    fn check(&self, written: i64) -> Result<(), Fault> {
        if usize::try_from(written) == Ok(self.rows) {
            return Ok(());
        }
        let Self {
            part,
            rows,
            otherwise,
        } = self;
        Err(Fault::refused(format!(
            "of {rows} rows {written} were written ({part}): {otherwise}"
        )))
    }
}

/// Appends a statement whose parameters come after so many others. No statement here has a `$` but for a parameter.
fn push_renumbered(whole: &mut String, sql: &str, others: usize) {
    let mut pieces = sql.split('$');
    whole.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(piece.len());
        let (number, text) = piece.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default();
        whole.push('$');
        whole.push_str(&number.saturating_add(others).to_string());
        whole.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_parts_count_on() {
        let mut statement = Statement::default();
        statement
            .part("a", "SELECT $1::int, $2")
            .bind(1)
            .bind("two")
            .part("b", "SELECT $10 FROM a WHERE $1")
            .bind(true);
        let parts =
            "WITH a AS MATERIALIZED (SELECT $1::int, $2), b AS MATERIALIZED (SELECT $12 FROM a WHERE $3)";
        assert_eq!(statement.sql, parts);
        assert_eq!(statement.arguments.len(), 3);
    }

    #[test]
    fn fewer_rows_than_asked_are_refused() {
        let mut statement = Statement::default();
        statement.ask("changed", 2, "one stands there twice");
        let check = |written| statement.asked.iter().try_for_each(|asked| asked.check(written));
        assert!(check(2).is_ok());
        for written in [1, 3] {
            assert!(check(written).is_err(), "{written}");
        }
    }
}
