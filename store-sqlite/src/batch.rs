//! The batch: fence, claim, read, decide, write, as one job of the writer.
//!
//! The writer runs one job at a time, so nothing has to be locked, and nothing can change between reading and writing.
//! That what is written is what was read is checked all the same: it is what the ledger rests on.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use async_trait::async_trait;
use ledger::{AccountKey, Hold};
use rusqlite::Connection;
use store::{BatchEnd, BatchIntent, Batches, Decide, Footprint, Leased, Loaded, StoreError, Verdict};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::claims::{Claimed, claim};
use crate::counters::Counters;
use crate::fault::{Failure, Fault};
use crate::write::write;
use crate::{SqliteStore, holds, partitions, transactions};

/// Why everything is undone.
enum Undone {
    /// The verdict asks for it.
    Widened,
    /// Somebody else has one of the partitions.
    LeaseLost,
}

/// What a batch has read, as the writing phase needs it.
pub(crate) struct Read {
    pub(crate) claimed: Claimed,
    pub(crate) accounts: Accounts,
    pub(crate) holds: HashSet<Uuid>,
    pub(crate) counters: Counters,
}

fn run(connection: &Connection, intent: BatchIntent, decide: Decide) -> Result<(), Failure<Undone>> {
    for lease in intent.leases {
        if partitions::check(connection, lease)? == Leased::Lost {
            return Err(Failure::Rejected(Undone::LeaseLost));
        }
    }
    let claimed = claim(connection, intent.claims)?;
    let (read, loaded) = read(connection, claimed, &intent.footprint, &BTreeSet::new())?;
    match decide(loaded) {
        Verdict::Commit(decided) => Ok(write(connection, read, &decided, &BTreeMap::new())?),
        Verdict::Widen => Err(Failure::Rejected(Undone::Widened)),
    }
}

/// Reads the footprint: counters first, then holds, those of these payments among them, then accounts.
pub(crate) fn read(
    connection: &Connection,
    claimed: Claimed,
    footprint: &Footprint,
    payments: &BTreeSet<Uuid>,
) -> Result<(Read, Loaded), Fault> {
    let counters = Counters::load(connection, &footprint.counters)?;
    let holds = holds::load(connection, &footprint.holds, payments)?;
    let (accounts, found) = Accounts::load(connection, &with_accounts_of(&holds, &footprint.accounts))?;
    let references = transactions::known_references(connection, &footprint.references)?;
    let read_holds = holds.iter().map(Hold::id).collect();
    let loaded = Loaded {
        claims: claimed.outcomes.clone(),
        accounts: found,
        holds,
        references,
        counters: counters.existing(),
    };
    Ok((
        Read {
            claimed,
            accounts,
            holds: read_holds,
            counters,
        },
        loaded,
    ))
}

/// The accounts of the footprint, and those of its holds.
fn with_accounts_of(holds: &[Hold], accounts: &BTreeSet<AccountKey>) -> BTreeSet<AccountKey> {
    let of_holds = holds.iter().flat_map(|hold| [hold.account(), hold.to()]);
    accounts.iter().cloned().chain(of_holds).collect()
}

#[async_trait]
impl Batches for SqliteStore {
    async fn run_batch(&self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError> {
        let done = self
            .write_or_reject(move |connection| run(connection, intent, decide))
            .await?;
        match done {
            Ok(()) => Ok(BatchEnd::Committed),
            Err(Undone::Widened) => Ok(BatchEnd::Widened),
            Err(Undone::LeaseLost) => Ok(BatchEnd::LeaseLost),
        }
    }
}
