//! What changed: the cursor over runs.
//!
//! A run's revision is made of the id of the database transaction that wrote it. Ids are given out in order, but
//! transactions end in any order: one with a low id may commit after one with a high id was read, and would be passed
//! over. So reading stops below the oldest writer that is still under way.
//!
//! Who that is, `pg_locks` tells. Every batch locks `runs` against nobody (ROW EXCLUSIVE) before it gets its id, and its
//! lock is let go of only after what it wrote is visible. `pg_snapshot_xmin` would be simpler, but it also waits for
//! whatever else runs on the server, in this database and in others.

use sqlx::{PgConnection, QueryBuilder};
use store::{ChangeCursor, RunChanges, RunRecord};
use uuid::Uuid;

use crate::fault::Fault;
use crate::pages::shaped;
use crate::run_rows::{RunRow, run_columns};
use crate::value::integer;

/// The revision that all changes below are settled: no transaction whose id gives it a lower one is still under way. Must
/// be a statement of its own: what is read by it must begin after it.
///
/// Locks show the lower half of an id. Those of transactions under way are within 2^31 of the next id.
const HORIZON: &str = "WITH held AS MATERIALIZED (
        SELECT locktype, relation, database, mode, virtualtransaction, transactionid FROM pg_locks WHERE granted
    ), next AS (
        SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS id
    ), writers AS (
        SELECT next.id - ((next.id - theirs.transactionid::text::bigint + (1::bigint << 31) & ((1::bigint << 32) - 1))
            - (1::bigint << 31)) AS id
        FROM next
        CROSS JOIN held AS runs
        JOIN held AS theirs ON theirs.virtualtransaction = runs.virtualtransaction
            AND theirs.locktype = 'transactionid' AND theirs.mode = 'ExclusiveLock'
        WHERE runs.locktype = 'relation' AND runs.mode = 'RowExclusiveLock' AND runs.relation = 'runs'::regclass
            AND runs.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    SELECT (base + least((SELECT id FROM next), (SELECT min(id) FROM writers))) << 20 FROM run_revision";

/// The newest change that is settled.
const PRESENT: &str = "SELECT coalesce(max(revision), 0) FROM runs WHERE revision < $1";

/// What changed after a cursor; without one, the cursor of the present.
pub(crate) async fn changes(
    connection: &mut PgConnection,
    company_id: Option<Uuid>,
    after: Option<ChangeCursor>,
    limit: u32,
) -> Result<RunChanges, Fault> {
    let horizon: i64 = sqlx::query_scalar(HORIZON).fetch_one(&mut *connection).await?;
    let present: i64 = sqlx::query_scalar(PRESENT)
        .bind(horizon)
        .fetch_one(&mut *connection)
        .await?;
    let Some(ChangeCursor(after)) = after else {
        return Ok(RunChanges {
            runs: Vec::new(),
            cursor: cursor(present)?,
        });
    };
    let after = integer(after)?;
    let rows = changed(connection, company_id, (after, present), limit).await?;
    // A full page may have left out some; else nothing is left, and later calls need not look at it again.
    let full = u32::try_from(rows.len()).is_ok_and(|read| read >= limit);
    let seen = match rows.last() {
        Some(row) if full => row.revision,
        _ if full => after,
        _ => present.max(after),
    };
    Ok(RunChanges {
        cursor: cursor(seen)?,
        runs: shaped::<_, RunRecord>(rows)?,
    })
}

async fn changed(
    connection: &mut PgConnection,
    company_id: Option<Uuid>,
    (after, present): (i64, i64),
    limit: u32,
) -> Result<Vec<RunRow>, Fault> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        run_columns!(),
        " FROM runs r WHERE r.revision > "
    ));
    query
        .push_bind(after)
        .push(" AND r.revision <= ")
        .push_bind(present);
    if let Some(company_id) = company_id {
        query.push(" AND r.company_id = ").push_bind(company_id);
    }
    query
        .push(" ORDER BY r.revision LIMIT ")
        .push_bind(i64::from(limit));
    Ok(query.build_query_as().fetch_all(connection).await?)
}

fn cursor(revision: i64) -> Result<ChangeCursor, Fault> {
    u64::try_from(revision)
        .map(ChangeCursor)
        .map_err(|error| Fault::corrupt("runs", &revision, &error))
}
