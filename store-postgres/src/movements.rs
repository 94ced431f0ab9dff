//! Money moved from outside of a run: lock and read, decide, write, in one database transaction.
//!
//! It locks, reads and writes by the same code as a batch, with no claims. Answers are looked for first and written last:
//! who wrote one under the same key meanwhile wins, and everything is tried again.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, AccountKey, Money};
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;
use store::{
    AccountFilter, DecideMovements, DetailedAccount, DueHold, HoldFilter, LoadedMovements, LockedRow,
    MovementIntent, MovementWrite, Movements, Outage, Page, PageRequest, PartlyReversed, PaymentRecord,
    StoreError, StoredHold, StoredTransaction,
};
use uuid::Uuid;

use crate::accounts::{self, AccountRow, account_columns};
use crate::batch::{self, Read, decide_aside};
use crate::claims::Claimed;
use crate::connect::PostgresStore;
use crate::counters::Counters;
use crate::fault::Fault;
use crate::unit::Begin;
use crate::value::Place;
use crate::write::prepare;
use crate::{
    account_details, answers, holds, locks, payment_events, payments, transactions, transfer_batches,
};

const KEYS: &str = "SELECT id, company_id, code, currency FROM accounts WHERE id = ANY($1)";

const REVERSED: &str = "SELECT t.reverses, a.currency, sum(e.amount)::bigint
    FROM transactions t JOIN entries e ON e.transaction_number = t.number AND e.debit
    JOIN accounts a ON a.number = e.account_number
    WHERE t.reverses = ANY($1) GROUP BY t.reverses, a.currency";

const FIND: &str = concat!("SELECT ", account_columns!(), " FROM accounts a WHERE a.id = $1");

async fn run(
    connection: &mut PgConnection,
    intent: MovementIntent,
    decide: DecideMovements,
) -> Result<(), Fault> {
    let (read, loaded) = read(connection, intent).await?;
    let decided = decide_aside(decide, loaded).await?;
    write(connection, read, &decided).await.map_err(|fault| {
        let before = [
            answers::ANSWERED_BEFORE,
            payment_events::ASKED_BEFORE,
            transfer_batches::CARRIED_OUT_BEFORE,
        ];
        if before.iter().any(|constraint| fault.violates(constraint)) {
            let message = "the same request was answered by somebody else meanwhile";
            return Fault::unavailable(Outage::Contention, message);
        }
        transactions::or_contention(fault)
    })
}

async fn write(connection: &mut PgConnection, read: Read, decided: &MovementWrite) -> Result<(), Fault> {
    let payments = decided.holds_of_payments();
    let mut statement = prepare(connection, read, &decided.batch, &payments).await?;
    account_details::keep(&mut statement, &decided.details)?;
    payments::make(&mut statement, &decided.made_payments)?;
    payments::change(&mut statement, &decided.changed_payments)?;
    payment_events::keep(&mut statement, &decided.payment_events)?;
    transfer_batches::keep(&mut statement, &decided.batches);
    answers::keep(&mut statement, &decided.answers);
    statement.execute(connection).await
}

/// Locks and reads: payments, which nothing else locks, before all else. What a lock guards is read by statements that begin
/// once it is had, or from the locked rows themselves: a statement that waited for a row reads that row as its last writer left
/// it, and of payments it reads nothing else. Answers, transactions and the keys of accounts never change.
async fn read(
    connection: &mut PgConnection,
    intent: MovementIntent,
) -> Result<(Read, LoadedMovements), Fault> {
    let MovementIntent {
        answers: keys,
        mut accounts,
        details: detailed,
        transactions: reversed_ids,
        payments: payment_ids,
        requests,
        batches,
        mut footprint,
        lock_wait: _,
    } = intent;
    let answers = answers::find(connection, &keys).await?;
    let payments = payments::load(connection, &payment_ids).await?;
    accounts.extend(payments.iter().flat_map(PaymentRecord::accounts));
    footprint
        .accounts
        .extend(payments.iter().flat_map(PaymentRecord::exchange_accounts));
    footprint
        .holds
        .extend(payments.iter().filter_map(PaymentRecord::hold));
    let requests = payment_events::known(connection, &requests).await?;
    let batches = transfer_batches::find(connection, &batches).await?;
    let transactions = transactions::find_all(connection, &reversed_ids).await?;
    accounts.extend(&detailed);
    footprint.accounts.extend(keys_of(connection, &accounts).await?);
    footprint.accounts.extend(transactions.iter().flat_map(keys_in));
    let claimed = Claimed::read(connection, Vec::new(), Vec::new()).await?;
    let counters = Counters::lock(connection, &footprint.counters).await?;
    let (read, loaded) = batch::read(connection, claimed, counters, &footprint, &payment_ids, None).await?;
    let loaded = LoadedMovements {
        answers,
        details: account_details::find(connection, detailed).await?,
        accounts: loaded.accounts,
        transactions: with_reversals(connection, transactions).await?,
        payments,
        requests,
        batches,
        holds: loaded.holds,
        references: loaded.references,
        counters: loaded.counters,
        now: read.now,
    };
    Ok((read, loaded))
}

/// The accounts of a transaction's entries.
fn keys_in(transaction: &StoredTransaction) -> impl Iterator<Item = AccountKey> + '_ {
    transaction
        .entries
        .iter()
        .map(|entry| AccountKey::new(entry.company_id, entry.account.clone(), entry.amount.currency()))
}

async fn keys_of(connection: &mut PgConnection, ids: &BTreeSet<Uuid>) -> Result<Vec<AccountKey>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, Uuid, String, String)> = sqlx::query_as(KEYS)
        .bind(ids.iter().copied().bind_iter())
        .fetch_all(connection)
        .await?;
    let keys = rows.into_iter().map(|(id, company_id, code, currency)| {
        let place = Place::new("accounts", id);
        Ok(AccountKey::new(
            company_id,
            place.code(code)?,
            place.currency(&currency)?,
        ))
    });
    keys.collect()
}

async fn with_reversals(
    connection: &mut PgConnection,
    transactions: Vec<StoredTransaction>,
) -> Result<Vec<PartlyReversed>, Fault> {
    if transactions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(REVERSED)
        .bind(transactions.iter().map(|transaction| transaction.id).bind_iter())
        .fetch_all(connection)
        .await?;
    let mut sums: HashMap<Uuid, Vec<Money>> = HashMap::with_capacity(rows.len());
    for (id, currency, minor) in rows {
        let currency = Place::new("transactions", id).currency(&currency)?;
        sums.entry(id).or_default().push(Money::new(minor, currency));
    }
    let reversed = transactions.into_iter().map(|transaction| PartlyReversed {
        reversed: sums.remove(&transaction.id).unwrap_or_default(),
        transaction,
    });
    Ok(reversed.collect())
}

async fn find_account(
    connection: &mut PgConnection,
    account_id: Uuid,
) -> Result<Option<DetailedAccount>, Fault> {
    let row: Option<AccountRow> = sqlx::query_as(FIND)
        .bind(account_id)
        .fetch_optional(&mut *connection)
        .await?;
    let account = row.map(Account::try_from).transpose()?;
    let mut found = account_details::with_details(connection, account.into_iter().collect()).await?;
    Ok(found.pop())
}

async fn list_accounts(
    connection: &mut PgConnection,
    filter: AccountFilter,
    page: PageRequest,
) -> Result<Page<DetailedAccount>, Fault> {
    let found = accounts::list(&mut *connection, filter, page).await?;
    Ok(Page {
        items: account_details::with_details(connection, found.items).await?,
        next: found.next,
    })
}

#[async_trait]
impl Movements for PostgresStore {
    async fn move_money(&self, intent: MovementIntent, decide: DecideMovements) -> Result<(), StoreError> {
        self.write_as(Begin::MoveMoney(intent.lock_wait), move |connection| {
            Box::pin(async { run(connection, intent, decide).await.map_err(Fault::or_locked) })
        })
        .await
    }

    async fn find_locked(
        &self,
        intents: Vec<MovementIntent>,
    ) -> Result<Vec<BTreeSet<LockedRow>>, StoreError> {
        self.write_as(Begin::LookForLocks, move |connection| {
            Box::pin(async move { locks::find(connection, &intents).await.map_err(Fault::or_locked) })
        })
        .await
    }

    async fn find_account(&self, account_id: Uuid) -> Result<Option<DetailedAccount>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(find_account(connection, account_id))
        })
        .await
    }

    async fn list_detailed_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<DetailedAccount>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(list_accounts(connection, filter, page))
        })
        .await
    }

    async fn find_reference(&self, company_id: Uuid, reference: String) -> Result<Option<Uuid>, StoreError> {
        self.read(move |connection| {
            let references = BTreeSet::from([(company_id, reference)]);
            Box::pin(async move {
                let found = transactions::known_references(connection, &references).await?;
                Ok(found.first().map(|known| known.transaction_id))
            })
        })
        .await
    }

    async fn find_hold(&self, hold_id: Uuid) -> Result<Option<StoredHold>, StoreError> {
        self.read(move |connection| Box::pin(holds::find(connection, hold_id)))
            .await
    }

    async fn list_holds(
        &self,
        filter: HoldFilter,
        page: PageRequest,
    ) -> Result<Page<StoredHold>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(holds::list(connection, filter, page))
        })
        .await
    }

    async fn due_holds(
        &self,
        at: Timestamp,
        after: Option<DueHold>,
        limit: u32,
    ) -> Result<Vec<DueHold>, StoreError> {
        self.read(move |connection| Box::pin(holds::due(connection, at, after, limit)))
            .await
    }

    async fn forget_answers(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.write(move |connection| Box::pin(answers::forget(connection, before, limit)))
            .await
    }
}
