//! Which rows somebody else has locked, of those that movements would lock.
//!
//! A row is free if it can be locked at once, in the way in which movements lock it; it is let go of a moment later. What
//! movements name by way of something else, such as the accounts of a hold, is read first, without a lock.

use std::collections::{BTreeSet, HashMap};

use ledger::AccountKey;
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{CounterKey, LockedRow, MovementIntent, PaymentRecord};
use uuid::Uuid;

use crate::fault::Fault;
use crate::{accounts, holds, payments, transactions};

/// The rows of a table with these ids that somebody has locked.
macro_rules! locked {
    ($table:literal) => {
        concat!(
            "WITH free AS MATERIALIZED (SELECT id FROM ",
            $table,
            " WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED)
            SELECT id FROM ",
            $table,
            " WHERE id = ANY($1) AND id NOT IN (SELECT id FROM free)"
        )
    };
}
const PAYMENTS: &str = locked!("payments");
const HOLDS: &str = locked!("holds");
const ACCOUNTS: &str = locked!("accounts");

const COUNTERS: &str = "WITH free AS MATERIALIZED (
        SELECT company_id, counter FROM counters
        WHERE (company_id, counter) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
        FOR NO KEY UPDATE SKIP LOCKED
    )
    SELECT company_id, counter FROM counters
    WHERE (company_id, counter) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
        AND (company_id, counter) NOT IN (SELECT company_id, counter FROM free)";

/// Of the rows that each of these movements would lock, those that somebody else has locked.
pub(crate) async fn find(
    connection: &mut PgConnection,
    intents: &[MovementIntent],
) -> Result<Vec<BTreeSet<LockedRow>>, Fault> {
    let named = named(connection, intents).await?;
    let locked = locked(connection, &named.iter().flatten().copied().collect()).await?;
    let of_each = named.into_iter().map(|rows| &rows & &locked);
    Ok(of_each.collect())
}

/// The rows that each movement would lock.
async fn named(
    connection: &mut PgConnection,
    intents: &[MovementIntent],
) -> Result<Vec<BTreeSet<LockedRow>>, Fault> {
    let mut intents = intents.to_vec();
    name_what_payments_name(connection, &mut intents).await?;
    name_what_transactions_name(connection, &mut intents).await?;
    name_what_holds_name(connection, &mut intents).await?;
    let keys = intents.iter().flat_map(|intent| &intent.footprint.accounts);
    let ids = accounts::ids(connection, &keys.cloned().collect()).await?;
    let named = intents.iter().map(|intent| {
        let by_key = intent.footprint.accounts.iter().filter_map(|key| ids.get(key));
        let by_key = by_key.copied().map(LockedRow::Account);
        intent.rows().chain(by_key).collect()
    });
    Ok(named.collect())
}

async fn name_what_payments_name(
    connection: &mut PgConnection,
    intents: &mut [MovementIntent],
) -> Result<(), Fault> {
    let ids = intents.iter().flat_map(|intent| &intent.payments);
    let found = payments::find_all(connection, &ids.copied().collect()).await?;
    let found: HashMap<Uuid, PaymentRecord> =
        found.into_iter().map(|payment| (payment.id, payment)).collect();
    for intent in intents {
        for payment in intent.payments.iter().filter_map(|id| found.get(id)) {
            intent.accounts.extend(payment.accounts());
            intent.footprint.accounts.extend(payment.exchange_accounts());
            intent.footprint.holds.extend(payment.hold());
        }
    }
    Ok(())
}

async fn name_what_transactions_name(
    connection: &mut PgConnection,
    intents: &mut [MovementIntent],
) -> Result<(), Fault> {
    let ids = intents.iter().flat_map(|intent| &intent.transactions);
    let found = transactions::find_all(connection, &ids.copied().collect()).await?;
    let found: HashMap<Uuid, _> = found
        .into_iter()
        .map(|transaction| (transaction.id, transaction.entries))
        .collect();
    for intent in intents {
        let entries = intent.transactions.iter().filter_map(|id| found.get(id));
        let accounts = entries.flatten().map(|entry| entry.account_id);
        intent.accounts.extend(accounts);
    }
    Ok(())
}

async fn name_what_holds_name(
    connection: &mut PgConnection,
    intents: &mut [MovementIntent],
) -> Result<(), Fault> {
    let keys = intents.iter().flat_map(|intent| &intent.footprint.holds);
    let found = holds::find_all(connection, &keys.map(|(_, hold_id)| *hold_id).collect()).await?;
    let found: HashMap<(Uuid, Uuid), [AccountKey; 2]> = found
        .into_iter()
        .map(|hold| ((hold.company_id(), hold.id()), [hold.account(), hold.to()]))
        .collect();
    for intent in intents {
        let ends = intent.footprint.holds.iter().filter_map(|key| found.get(key));
        intent.footprint.accounts.extend(ends.flatten().cloned());
    }
    Ok(())
}

/// Those of the rows that somebody has locked.
async fn locked(
    connection: &mut PgConnection,
    rows: &BTreeSet<LockedRow>,
) -> Result<BTreeSet<LockedRow>, Fault> {
    let (mut payments, mut counters, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
    let mut holds = HashMap::new();
    for row in rows {
        match *row {
            LockedRow::Payment(id) => payments.push(id),
            LockedRow::Counter(key) => counters.push(key),
            LockedRow::Hold(company_id, id) => _ = holds.insert(id, company_id),
            LockedRow::Account(id) => accounts.push(id),
        }
    }
    let mut locked = BTreeSet::new();
    let found = ids(connection, PAYMENTS, payments).await?;
    locked.extend(found.into_iter().map(LockedRow::Payment));
    locked.extend(counters_of(connection, &counters).await?);
    let found = ids(connection, HOLDS, holds.keys().copied().collect()).await?;
    let found = found.into_iter().filter_map(|id| Some((*holds.get(&id)?, id)));
    locked.extend(found.map(|(company_id, id)| LockedRow::Hold(company_id, id)));
    let found = ids(connection, ACCOUNTS, accounts).await?;
    locked.extend(found.into_iter().map(LockedRow::Account));
    Ok(locked)
}

async fn ids(connection: &mut PgConnection, sql: &'static str, ids: Vec<Uuid>) -> Result<Vec<Uuid>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_scalar(sql).bind(ids).fetch_all(connection).await?)
}

async fn counters_of(connection: &mut PgConnection, keys: &[CounterKey]) -> Result<Vec<LockedRow>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String)> = sqlx::query_as(COUNTERS)
        .bind(keys.iter().map(|key| key.company_id).bind_iter())
        .bind(keys.iter().map(|key| key.counter.as_str()).bind_iter())
        .fetch_all(connection)
        .await?;
    let is_among = |key: &&CounterKey| {
        let name: &str = key.counter.as_str();
        rows.iter()
            .any(|(company_id, counter)| *company_id == key.company_id && counter == name)
    };
    Ok(keys
        .iter()
        .filter(is_among)
        .copied()
        .map(LockedRow::Counter)
        .collect())
}
