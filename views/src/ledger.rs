//! Ledger transactions and their entries.

use api_types::{AccountKind, Direction, Entry, LedgerTransaction, Time};
use service::Problem;
use store::{StoredEntry, StoredTransaction};

use crate::stored_json;

/// A transaction as the APIs show it.
///
/// # Errors
/// 500 if its metadata is no JSON object.
pub fn transaction(stored: StoredTransaction) -> Result<LedgerTransaction, Problem> {
    let id = stored.id;
    Ok(LedgerTransaction {
        id,
        company_id: stored.company_id,
        reference: stored.reference,
        run_id: stored.run_id,
        node_id: stored.node_id,
        description: stored.description,
        metadata: stored_json::object(stored.metadata, || format!("the metadata of transaction {id}"))?,
        reverses: stored.reverses,
        entries: stored.entries.iter().map(entry).collect(),
        created_at: Time::from(stored.created_at),
    })
}

/// An entry as the APIs show it.
pub fn entry(stored: &StoredEntry) -> Entry {
    Entry {
        id: stored.id,
        transaction_id: stored.transaction_id,
        run_id: stored.run_id,
        account: stored.account.as_str().to_owned(),
        number: stored.number,
        direction: direction(stored.direction),
        amount: stored.amount.to_decimal_string(),
        currency: stored.amount.currency().code().to_owned(),
        balance_after: stored.balance_after.to_decimal_string(),
        created_at: Time::from(stored.created_at),
    }
}

/// A side as the APIs show it.
pub fn direction(side: ledger::Direction) -> Direction {
    match side {
        ledger::Direction::Debit => Direction::Debit,
        ledger::Direction::Credit => Direction::Credit,
    }
}

/// The kind of an account as the APIs show it.
pub fn kind(stored: ledger::AccountKind) -> AccountKind {
    match stored {
        ledger::AccountKind::Asset => AccountKind::Asset,
        ledger::AccountKind::Liability => AccountKind::Liability,
        ledger::AccountKind::Equity => AccountKind::Equity,
        ledger::AccountKind::Revenue => AccountKind::Revenue,
        ledger::AccountKind::Expense => AccountKind::Expense,
    }
}

/// The kind that a request names.
pub fn stored_kind(asked: AccountKind) -> ledger::AccountKind {
    match asked {
        AccountKind::Asset => ledger::AccountKind::Asset,
        AccountKind::Liability => ledger::AccountKind::Liability,
        AccountKind::Equity => ledger::AccountKind::Equity,
        AccountKind::Revenue => ledger::AccountKind::Revenue,
        AccountKind::Expense => ledger::AccountKind::Expense,
    }
}
