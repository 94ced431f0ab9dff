//! The writing phase of a batch: one statement, of a part for every table that has something to write. Accounts are opened
//! before it, since what is written of them names the numbers that they get.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use store::BatchWrite;
use uuid::Uuid;

use crate::batch::Read;
use crate::fault::Fault;
use crate::statement::Statement;
use crate::{dead_letters, holds, outbox_rows, run_rows, transactions};

/// Writes what was decided, on top of what was read.
pub(crate) async fn write(
    connection: &mut PgConnection,
    read: Read,
    decided: &BatchWrite,
) -> Result<(), Fault> {
    let statement = prepare(connection, read, decided, &BTreeMap::new()).await?;
    statement.execute(connection).await
}

/// Opens accounts, and makes the statement that writes everything else: more parts may be added to it. Some of the holds are
/// payments', which are given by hold.
pub(crate) async fn prepare(
    connection: &mut PgConnection,
    read: Read,
    decided: &BatchWrite,
    payments: &BTreeMap<Uuid, Uuid>,
) -> Result<Statement, Fault> {
    let Read {
        claimed,
        mut accounts,
        holds: read_holds,
        counters,
        now: _,
    } = read;
    claimed.check_runs(connection, &decided.runs).await?;
    counters.check_events(&decided.events, &decided.counters)?;
    accounts.open(connection, &decided.opened_accounts).await?;
    let mut statement = Statement::default();
    claimed.keep_bodies(&mut statement);
    run_rows::write(&mut statement, &decided.runs)?;
    accounts.change(&mut statement, &decided.changed_accounts)?;
    transactions::post(&mut statement, &decided.transactions, &mut accounts)?;
    accounts.check_entries()?;
    holds::place(&mut statement, &decided.placed_holds, payments)?;
    holds::change(&mut statement, &read_holds, &decided.changed_holds)?;
    counters.advance(&mut statement, &decided.counters)?;
    outbox_rows::send(&mut statement, &decided.events)?;
    dead_letters::keep(&mut statement, &decided.dead_letters);
    Ok(statement)
}
