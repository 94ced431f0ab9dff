//! The writing phase of a batch: one statement per table that has something to write.

use sqlx::PgConnection;
use store::BatchWrite;

use crate::batch::Read;
use crate::fault::Fault;
use crate::{dead_letters, holds, outbox_rows, run_rows, transactions};

/// Writes what was decided, on top of what was read.
pub(crate) async fn write(
    connection: &mut PgConnection,
    read: Read,
    decided: &BatchWrite,
) -> Result<(), Fault> {
    let Read {
        claimed,
        mut accounts,
        holds: read_holds,
        counters,
    } = read;
    claimed.check_runs(connection, &decided.runs).await?;
    counters.check_events(&decided.events, &decided.counters)?;
    claimed.keep_bodies(connection).await?;
    run_rows::write(connection, &decided.runs).await?;
    accounts.open(connection, &decided.opened_accounts).await?;
    accounts.change(connection, &decided.changed_accounts).await?;
    transactions::post(connection, &decided.transactions, &mut accounts).await?;
    accounts.check_entries()?;
    holds::place(connection, &decided.placed_holds).await?;
    holds::change(connection, &read_holds, &decided.changed_holds).await?;
    counters.advance(connection, &decided.counters).await?;
    outbox_rows::send(connection, &decided.events).await?;
    dead_letters::keep_all(connection, &decided.dead_letters).await
}
