//! The batch: fence, claim, lock and read, decide, write, in one database transaction and a fixed number of statements.
//!
//! | phase | statements |
//! |---|---|
//! | begin | `BEGIN`, the lock that announces a writer of runs, and how to plan, in one round trip |
//! | enter | one statement: the partitions' rows, `FOR KEY SHARE`; claims; counters |
//! | | a select if some events were claimed before; two statements if some counters are not there |
//! | lock and read | holds, accounts (twice if some are not there), references |
//! | write | one statement; accounts are opened by another before it |
//! | end | `COMMIT` |
//!
//! What a phase has nothing for is left out: payments on accounts that are there take five round trips.

use std::any::Any;
use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use ledger::{AccountKey, Hold};
use sqlx::PgConnection;
use store::{
    BatchEnd, BatchIntent, Batches, Claim, CounterKey, Decide, Footprint, Loaded, PartitionLease, StoreError,
    Verdict,
};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::claims::{self, Claimed};
use crate::connect::PostgresStore;
use crate::counters::{self, Counters};
use crate::fault::{Failure, Fault};
use crate::partitions::fence;
use crate::statement::Statement;
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
    let BatchIntent {
        leases,
        claims,
        footprint,
    } = intent;
    let Some((claimed, counters)) = enter(connection, &leases, claims, &footprint.counters).await? else {
        return Err(Failure::Rejected(BatchEnd::LeaseLost));
    };
    let (read, loaded) = read(connection, claimed, counters, &footprint).await?;
    match decide_aside(decide, loaded).await? {
        Verdict::Commit(decided) => Ok(write(connection, read, &decided).await?),
        Verdict::Widen => Err(Failure::Rejected(BatchEnd::Widened)),
    }
}

/// Holds the leases, claims the events and locks the counters, in this order. If a lease is lost, nothing is claimed.
///
/// It is one statement, whose snapshot is older than the locks that it waits for. That shows nothing old: a row that is
/// locked is read as it is by then, a claim is checked against what is there by then, and what was not there is looked for
/// once more.
async fn enter(
    connection: &mut PgConnection,
    leases: &[PartitionLease],
    claims: Vec<Claim>,
    counters: &BTreeSet<CounterKey>,
) -> Result<Option<(Claimed, Counters)>, Fault> {
    let mut statement = Statement::default();
    fence(&mut statement, leases)?;
    claims::claim(&mut statement, &claims, leases.len());
    counters::lock_after_claims(&mut statement, counters);
    let query = format!(
        "SELECT (SELECT count(*) FROM held), ARRAY(SELECT id FROM claimed), {}",
        counters::LASTS
    );
    let (held, inserted, lasts): (i64, _, _) = statement.fetch_one(connection, &query).await?;
    if usize::try_from(held) != Ok(leases.len()) {
        return Ok(None);
    }
    let claimed = Claimed::read(connection, claims, inserted).await?;
    let counters = Counters::read(connection, counters, lasts).await?;
    Ok(Some((claimed, counters)))
}

/// Locks and reads the rest of the footprint: holds, then accounts. Each is a statement that begins after the locks before
/// it were had, and so sees all that those who had them committed.
pub(crate) async fn read(
    connection: &mut PgConnection,
    claimed: Claimed,
    counters: Counters,
    footprint: &Footprint,
) -> Result<(Read, Loaded), Fault> {
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
pub(crate) async fn decide_aside<L, V>(
    decide: impl FnOnce(L) -> V + Send + 'static,
    loaded: L,
) -> Result<V, Fault>
where
    L: Send + 'static,
    V: Send + 'static,
{
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
