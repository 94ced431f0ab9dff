//! The batch: fence, claim, lock and read, decide, write, in one database transaction and a fixed number of statements.
//!
//! | phase | statements |
//! |---|---|
//! | begin | `BEGIN`, the lock that announces a writer of runs, and how to plan, in one round trip |
//! | enter | one statement: the partitions' rows, `FOR KEY SHARE`; claims; counters; accounts |
//! | | a select if some events were claimed before; two statements, and one for the accounts, if some counters are not there |
//! | | holds, and then the accounts after them; once more for accounts that are not there; references |
//! | write | one statement; accounts are opened by another before it |
//! | end | `COMMIT` |
//!
//! What a phase has nothing for is left out: payments on accounts that are there take four round trips.

use std::any::Any;
use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{AccountKey, Hold};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use store::{
    BatchEnd, BatchIntent, Batches, Claim, Decide, Footprint, Loaded, PartitionLease, StoreError, Verdict,
};
use uuid::Uuid;

use crate::accounts::{self, AccountColumns, Accounts, LOCKED_ACCOUNTS};
use crate::claims::{self, Claimed};
use crate::connect::PostgresStore;
use crate::counters::{self, Counters, LASTS};
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
    /// What the time was when the holds were read, if there were any.
    pub(crate) now: Option<Timestamp>,
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
    let looks_for_references = !footprint.references.is_empty();
    let Some((read, loaded)) = enter(connection, &leases, claims, &footprint).await? else {
        return Err(Failure::Rejected(BatchEnd::LeaseLost));
    };
    match decide_aside(decide, loaded).await? {
        Verdict::Commit(decided) => {
            let written = write(connection, read, &decided).await;
            let written = if looks_for_references {
                written.map_err(transactions::or_contention)
            } else {
                written
            };
            Ok(written?)
        }
        Verdict::Widen => Err(Failure::Rejected(BatchEnd::Widened)),
    }
}

/// Holds the leases, claims the events, and locks and reads the footprint: counters, holds, accounts, in this order. If a
/// lease is lost, nothing is claimed.
///
/// Where no hold can name further accounts it is one statement, whose snapshot is older than the locks that it waits for.
/// That shows nothing old: a row that is locked is read as it is by then, a claim is checked against what is there by then,
/// and what was not there is looked for once more.
async fn enter(
    connection: &mut PgConnection,
    leases: &[PartitionLease],
    claims: Vec<Claim>,
    footprint: &Footprint,
) -> Result<Option<(Read, Loaded)>, Fault> {
    let counters = &footprint.counters;
    let accounts = Some(&footprint.accounts).filter(|_| footprint.holds.is_empty());
    let mut statement = Statement::default();
    fence(&mut statement, leases)?;
    claims::claim(&mut statement, &claims, leases.len());
    counters::lock_after_claims(&mut statement, counters);
    accounts::lock_after_counters(
        &mut statement,
        accounts.unwrap_or(&BTreeSet::new()),
        counters.len(),
    );
    let query = format!(
        "SELECT (SELECT count(*) FROM held), ARRAY(SELECT id FROM claimed), {LASTS}, a.* FROM {LOCKED_ACCOUNTS} a"
    );
    let entered: Entered = statement.fetch_one(connection, &query).await?;
    if usize::try_from(entered.held) != Ok(leases.len()) {
        return Ok(None);
    }
    let has_all = entered.lasts.len() == counters.len();
    let claimed = Claimed::read(connection, claims, entered.claimed).await?;
    let counters = Counters::read(connection, counters, entered.lasts).await?;
    let locked = entered.accounts;
    let locked = accounts.filter(|_| has_all).map(|_| locked);
    read(connection, claimed, counters, footprint, &BTreeSet::new(), locked)
        .await
        .map(Some)
}

/// Reads the rest of the footprint, and locks it: holds, those of these payments among them, and then the accounts, unless they are locked already. Each is a
/// statement that begins after the locks before it were had, and so sees all that those who had them committed.
pub(crate) async fn read(
    connection: &mut PgConnection,
    claimed: Claimed,
    counters: Counters,
    footprint: &Footprint,
    payments: &BTreeSet<Uuid>,
    locked: Option<AccountColumns>,
) -> Result<(Read, Loaded), Fault> {
    let (holds, now) = holds::load(connection, &footprint.holds, payments).await?;
    let (accounts, found) = match locked {
        Some(columns) => Accounts::locked(connection, footprint.accounts.clone(), columns).await?,
        None => Accounts::load(connection, with_accounts_of(&holds, &footprint.accounts)).await?,
    };
    let references = transactions::known_references(connection, &footprint.references).await?;
    let loaded = Loaded {
        claims: claimed.outcomes.clone(),
        accounts: found,
        references,
        counters: counters.existing(),
        holds,
    };
    let read = Read {
        claimed,
        accounts,
        holds: loaded.holds.iter().map(Hold::id).collect(),
        counters,
        now,
    };
    Ok((read, loaded))
}

/// What the first statement of a batch says.
struct Entered {
    /// How many of the leases are held.
    held: i64,
    /// The ids of the claims that are new.
    claimed: Vec<Uuid>,
    /// The last numbers of the counters; of none, if one is not there.
    lasts: Vec<i64>,
    accounts: AccountColumns,
}

impl FromRow<'_, PgRow> for Entered {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            held: row.try_get(0)?,
            claimed: row.try_get(1)?,
            lasts: row.try_get(2)?,
            accounts: AccountColumns::read(row, 3)?,
        })
    }
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
