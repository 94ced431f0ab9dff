//! The order of posting, by the dates of transactions: what was posted before a moment. What that means when dates are out
//! of that order, [`store::LedgerReports`] says.

use jiff::Timestamp;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use store::SIMULTANEOUS;
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::Moment;

/// The index leads to the latest date before the moment; the transactions that are dated just before that may be behind it.
const LAST_BEFORE: &str = "SELECT max(t.number) FROM (
        SELECT created_at FROM transactions WHERE company_id = $1 AND created_at < $2
        ORDER BY created_at DESC, number DESC LIMIT 1) latest
    JOIN transactions t ON t.company_id = $1 AND t.created_at <= latest.created_at
        AND t.created_at >= latest.created_at - $3 * interval '1 microsecond'";

const FIRST_SINCE: &str = "SELECT min(t.number) FROM (
        SELECT created_at FROM transactions WHERE company_id = $1 AND created_at >= $2
        ORDER BY created_at, number LIMIT 1) earliest
    JOIN transactions t ON t.company_id = $1 AND t.created_at >= earliest.created_at
        AND t.created_at <= earliest.created_at + $3 * interval '1 microsecond'";

fn simultaneous() -> i64 {
    i64::try_from(SIMULTANEOUS.as_micros()).unwrap_or(i64::MAX)
}

/// The number of the last transaction of a company, in the order of posting, of those dated before a moment; zero if there
/// is none.
pub(crate) async fn last_before(
    connection: &mut PgConnection,
    company_id: Uuid,
    before: Timestamp,
) -> Result<i64, Fault> {
    let found: Option<i64> = sqlx::query_scalar(LAST_BEFORE)
        .bind(company_id)
        .bind(Moment::from(before))
        .bind(simultaneous())
        .fetch_one(connection)
        .await?;
    Ok(found.unwrap_or(0))
}

/// The number of the first transaction of a company, in the order of posting, of those dated then or later; beyond all
/// numbers if there is none.
pub(crate) async fn first_since(
    connection: &mut PgConnection,
    company_id: Uuid,
    since: Timestamp,
) -> Result<i64, Fault> {
    let found: Option<i64> = sqlx::query_scalar(FIRST_SINCE)
        .bind(company_id)
        .bind(Moment::from(since))
        .bind(simultaneous())
        .fetch_one(connection)
        .await?;
    Ok(found.unwrap_or(i64::MAX))
}

/// Adds, as a scalar, the number of the last entry of the account `a` that belongs to a transaction up to this one: zero if
/// there is none, null if an entry is missing. Both numbers grow in the order of posting, so it is found by halving.
pub(crate) fn push_last_entry(query: &mut QueryBuilder<Postgres>, up_to: i64) {
    query
        .push(
            "(WITH RECURSIVE halves (low, high) AS (
                SELECT 0::bigint, a.entries
                UNION ALL
                SELECT CASE WHEN is_in THEN middle ELSE low END, CASE WHEN is_in THEN high ELSE middle - 1 END
                FROM (
                    SELECT halves.low, halves.high, probe.number AS middle, probe.transaction_number <= ",
        )
        .push_bind(up_to)
        .push(
            " AS is_in
                    FROM halves JOIN entries probe
                        ON probe.account_number = a.number AND probe.number = (halves.low + halves.high + 1) / 2
                    WHERE halves.low < halves.high
                ) probed)
            SELECT low FROM halves WHERE low = high)",
        );
}
