//! The batch: fence, claim, lock and read, decide, write, in one database transaction and a fixed number of statements.
//!
//! | phase | statements |
//! |---|---|
//! | begin | `BEGIN` and the lock that announces a writer of runs, in one round trip |
//! | fence | the partitions' rows, `FOR KEY SHARE` |
//! | claim | an insert; one select if some events were claimed before |
//! | lock and read | counters (made, then locked), holds, accounts (twice if some are not there), references |
//! | write | one statement per table that has something to write; transactions go with their entries |
//! | end | `COMMIT` |

use std::any::Any;
use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use ledger::{AccountKey, Hold};
use sqlx::PgConnection;
use store::{BatchEnd, BatchIntent, Batches, Decide, Footprint, Loaded, StoreError, Verdict};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::claims::{Claimed, claim};
use crate::connect::PostgresStore;
use crate::counters::Counters;
use crate::fault::{Failure, Fault};
use crate::partitions::hold_leases;
use crate::unit::Begin;
use crate::write::write;
use crate::{holds, transactions};

/// What a batch has read, as the writing phase needs it.
pub(crate) struct Read {
    pub(crate) claimed: Claimed,
    pub(crate) accounts: Accounts,
    pub(crate) holds: HashSet<Uuid>,
    pub(crate) counters: Counters,
}

/// Runs a batch. A rejection is an end that undoes everything.
async fn run(
    connection: &mut PgConnection,
    intent: BatchIntent,
    decide: Decide,
) -> Result<(), Failure<BatchEnd>> {
    if !hold_leases(connection, &intent.leases).await? {
        return Err(Failure::Rejected(BatchEnd::LeaseLost));
    }
    let claimed = claim(connection, intent.claims).await?;
    let (read, loaded) = read(connection, claimed, &intent.footprint).await?;
    match decide_aside(decide, loaded).await? {
        Verdict::Commit(decided) => Ok(write(connection, read, &decided).await?),
        Verdict::Widen => Err(Failure::Rejected(BatchEnd::Widened)),
    }
}

/// Locks and reads the footprint: counters first, then holds, then accounts. Each is a statement that begins after the
/// locks before it were had, and so sees all that those who had them committed.
async fn read(
    connection: &mut PgConnection,
    claimed: Claimed,
    footprint: &Footprint,
) -> Result<(Read, Loaded), Fault> {
    let counters = Counters::load(connection, &footprint.counters).await?;
    let holds = holds::load(connection, &footprint.holds).await?;
    let keys = with_accounts_of(&holds, &footprint.accounts);
    let (accounts, found) = Accounts::load(connection, keys).await?;
    let references = transactions::known_references(connection, &footprint.references).await?;
    let read_holds = holds.iter().map(Hold::id).collect();
    let loaded = Loaded {
        claims: claimed.outcomes.clone(),
        accounts: found,
        holds,
        references,
        counters: counters.existing(),
    };
    let read = Read {
        claimed,
        accounts,
        holds: read_holds,
        counters,
    };
    Ok((read, loaded))
}

/// The accounts of the footprint, and those of its holds.
fn with_accounts_of(holds: &[Hold], accounts: &BTreeSet<AccountKey>) -> BTreeSet<AccountKey> {
    let of_holds = holds.iter().flat_map(|hold| [hold.account(), hold.to()]);
    accounts.iter().cloned().chain(of_holds).collect()
}

/// Decides on a thread for blocking work: stepping hundreds of runs takes milliseconds, in which this thread's other
/// tasks, such as renewing leases, would stand still. A panic is at fault for its data: smaller batches find which.
async fn decide_aside(decide: Decide, loaded: Loaded) -> Result<Verdict, Fault> {
    let decided = tokio::task::spawn_blocking(move || decide(loaded)).await;
    decided.map_err(|error| {
        let message = match error.try_into_panic() {
            Ok(panic) => said(&*panic),
            Err(error) => error.to_string(),
        };
        Fault::refused(format!("handling the data panicked: {message}"))
    })
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

#[async_trait]
impl Batches for PostgresStore {
    async fn run_batch(&self, intent: BatchIntent, decide: Decide) -> Result<BatchEnd, StoreError> {
        let done = self
            .unit(Begin::WriteRuns, move |connection| {
                Box::pin(run(connection, intent, decide))
            })
            .await?;
        Ok(match done {
            Ok(()) => BatchEnd::Committed,
            Err(undone) => undone,
        })
    }
}
