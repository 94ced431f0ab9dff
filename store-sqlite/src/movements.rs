//! Money moved from outside of a run: read, decide, write, as one job of the writer.
//!
//! It reads and writes by the same code as a batch, with no claims.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::{Account, AccountKey, Money};
use rusqlite::{Connection, OptionalExtension};
use store::{
    AccountDetails, AccountFilter, DecideMovements, DetailedAccount, DueHold, HoldFilter, LoadedMovements,
    LockedRow, MovementIntent, Movements, Page, PageRequest, PartlyReversed, PaymentRecord, StoreError,
    StoredHold, StoredTransaction,
};
use uuid::Uuid;

use crate::batch::{self, Read};
use crate::claims::claim;
use crate::fault::Fault;
use crate::value::Place;
use crate::write::write;
use crate::{
    SqliteStore, account_details, accounts, answers, holds, payment_events, payments, transactions,
    transfer_batches,
};

const KEY_OF: &str = "SELECT code, company_id, currency FROM accounts WHERE id = ?1";

const REVERSED: &str = "SELECT a.currency, sum(e.amount)
    FROM transactions t JOIN entries e ON e.transaction_number = t.number AND e.direction = 'debit'
    JOIN accounts a ON a.number = e.account_number
    WHERE t.reverses = ?1 GROUP BY a.currency";

fn run(connection: &Connection, intent: MovementIntent, decide: DecideMovements) -> Result<(), Fault> {
    let (read, loaded) = read(connection, intent)?;
    let decided = decide(loaded);
    write(connection, read, &decided.batch, &decided.holds_of_payments())?;
    account_details::keep(connection, &decided.details)?;
    payments::make(connection, &decided.made_payments)?;
    payments::change(connection, &decided.changed_payments)?;
    payment_events::keep(connection, &decided.payment_events)?;
    transfer_batches::keep(connection, &decided.batches)?;
    answers::keep(connection, &decided.answers)
}

fn read(connection: &Connection, intent: MovementIntent) -> Result<(Read, LoadedMovements), Fault> {
    let MovementIntent {
        answers: keys,
        mut accounts,
        details: detailed,
        transactions: reversed_ids,
        payments: payment_ids,
        requests,
        batches,
        mut footprint,
        // There is one writer, and nobody else locks anything.
        lock_wait: _,
    } = intent;
    let answers = answers::find(connection, &keys)?;
    let requests = payment_events::known(connection, &requests)?;
    let batches = transfer_batches::find(connection, &batches)?;
    let payments = payments::load(connection, &payment_ids)?;
    accounts.extend(payments.iter().flat_map(PaymentRecord::accounts));
    footprint
        .accounts
        .extend(payments.iter().flat_map(PaymentRecord::exchange_accounts));
    footprint
        .holds
        .extend(payments.iter().filter_map(PaymentRecord::hold));
    let reversed = reversed(connection, &reversed_ids)?;
    accounts.extend(&detailed);
    footprint.accounts.extend(keys_of(connection, &accounts)?);
    let of_reversed = reversed.iter().flat_map(|found| keys_in(&found.transaction));
    footprint.accounts.extend(of_reversed);
    let (read, loaded) = batch::read(
        connection,
        claim(connection, Vec::new())?,
        &footprint,
        &payment_ids,
    )?;
    let mut details = Vec::new();
    for account_id in detailed {
        details.extend(account_details::find(connection, account_id)?);
    }
    let loaded = LoadedMovements {
        answers,
        details,
        accounts: loaded.accounts,
        transactions: reversed,
        payments,
        requests,
        batches,
        holds: loaded.holds,
        references: loaded.references,
        counters: loaded.counters,
        // One process at a time has the file.
        now: None,
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

fn keys_of(connection: &Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<AccountKey>, Fault> {
    let mut statement = connection.prepare_cached(KEY_OF)?;
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        let found = statement
            .query_row([id.as_bytes()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
            })
            .optional()?;
        if let Some((code, company_id, currency)) = found {
            let place = Place {
                table: "accounts",
                id: *id,
            };
            let (code, currency) = (place.code(code)?, place.currency(&currency)?);
            keys.push(AccountKey::new(Uuid::from_bytes(company_id), code, currency));
        }
    }
    Ok(keys)
}

fn reversed(connection: &Connection, ids: &BTreeSet<Uuid>) -> Result<Vec<PartlyReversed>, Fault> {
    let mut found = Vec::new();
    for id in ids {
        if let Some(transaction) = transactions::find(connection, *id)? {
            found.push(PartlyReversed {
                reversed: sums_reversed(connection, *id)?,
                transaction,
            });
        }
    }
    Ok(found)
}

fn sums_reversed(connection: &Connection, transaction_id: Uuid) -> Result<Vec<Money>, Fault> {
    let place = Place {
        table: "transactions",
        id: transaction_id,
    };
    let mut statement = connection.prepare_cached(REVERSED)?;
    let rows = statement.query_map([transaction_id.as_bytes()], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?))
    })?;
    rows.map(|row| {
        let (currency, minor): (String, i64) = row?;
        Ok(Money::new(minor, place.currency(&currency)?))
    })
    .collect()
}

fn detailed(connection: &Connection, account: Account) -> Result<DetailedAccount, Fault> {
    let details = account_details::find(connection, account.id())?;
    let details = details.unwrap_or_else(|| AccountDetails::unsaid(account.id()));
    Ok(DetailedAccount { account, details })
}

fn find_account(connection: &Connection, account_id: Uuid) -> Result<Option<DetailedAccount>, Fault> {
    let account = accounts::find(connection, account_id)?;
    account.map(|account| detailed(connection, account)).transpose()
}

fn list_accounts(
    connection: &Connection,
    filter: &AccountFilter,
    page: PageRequest,
) -> Result<Page<DetailedAccount>, Fault> {
    let found = accounts::list(connection, filter, page)?;
    let accounts = found.items.into_iter();
    let items = accounts.map(|account| detailed(connection, account));
    Ok(Page {
        items: items.collect::<Result<_, _>>()?,
        next: found.next,
    })
}

#[async_trait]
impl Movements for SqliteStore {
    async fn move_money(&self, intent: MovementIntent, decide: DecideMovements) -> Result<(), StoreError> {
        self.write(move |connection| run(connection, intent, decide))
            .await
    }

    /// There is one writer, and nobody else locks anything.
    async fn find_locked(
        &self,
        intents: Vec<MovementIntent>,
    ) -> Result<Vec<BTreeSet<LockedRow>>, StoreError> {
        Ok(vec![BTreeSet::new(); intents.len()])
    }

    async fn find_account(&self, account_id: Uuid) -> Result<Option<DetailedAccount>, StoreError> {
        self.read(move |connection| find_account(connection, account_id))
            .await
    }

    async fn list_detailed_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<DetailedAccount>, StoreError> {
        self.read(move |connection| list_accounts(connection, &filter, page))
            .await
    }

    async fn find_reference(&self, company_id: Uuid, reference: String) -> Result<Option<Uuid>, StoreError> {
        let references = BTreeSet::from([(company_id, reference)]);
        self.read(move |connection| {
            let found = transactions::known_references(connection, &references)?;
            Ok(found.first().map(|known| known.transaction_id))
        })
        .await
    }

    async fn find_hold(&self, hold_id: Uuid) -> Result<Option<StoredHold>, StoreError> {
        self.read(move |connection| holds::find(connection, hold_id))
            .await
    }

    async fn list_holds(
        &self,
        filter: HoldFilter,
        page: PageRequest,
    ) -> Result<Page<StoredHold>, StoreError> {
        self.read(move |connection| holds::list(connection, &filter, page))
            .await
    }

    async fn due_holds(
        &self,
        at: Timestamp,
        after: Option<DueHold>,
        limit: u32,
    ) -> Result<Vec<DueHold>, StoreError> {
        self.read(move |connection| holds::due(connection, at, after, limit))
            .await
    }

    async fn forget_answers(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.write(move |connection| answers::forget(connection, before, limit))
            .await
    }
}
