//! The writing phase of a batch. Every statement is prepared once per table; the rows follow in a loop, since in this
//! database a statement is a call and not a round trip.

use std::collections::BTreeMap;

use rusqlite::Connection;
use store::BatchWrite;
use uuid::Uuid;

use crate::batch::Read;
use crate::fault::Fault;
use crate::{dead_letters, holds, outbox, run_rows, transactions};

/// Writes what was decided, on top of what was read. Some of the holds are payments', which are given by hold.
pub(crate) fn write(
    connection: &Connection,
    read: Read,
    decided: &BatchWrite,
    payments: &BTreeMap<Uuid, Uuid>,
) -> Result<(), Fault> {
    let Read {
        claimed,
        mut accounts,
        holds: read_holds,
        counters,
    } = read;
    claimed.keep_bodies(connection)?;
    run_rows::write(connection, &decided.runs, &claimed)?;
    accounts.open(connection, &decided.opened_accounts)?;
    accounts.change(connection, &decided.changed_accounts)?;
    transactions::write(connection, &decided.transactions, &mut accounts)?;
    accounts.check_entries()?;
    holds::place(connection, &decided.placed_holds, payments)?;
    holds::change(connection, &read_holds, &decided.changed_holds)?;
    counters.advance(connection, &decided.counters)?;
    outbox::send(connection, &decided.events)?;
    dead_letters::keep_all(connection, &decided.dead_letters)
}
