//! What transactions, entries, accounts and balances look like.

use api_types::{Account, Balance, Direction, Entry, LedgerTransaction, Time};
use ledger::Money;
use service::Problem;
use store::{StoredEntry, StoredTransaction};

use crate::stored_json;

/// A transaction as the API shows it.
///
/// # Errors
/// 500 if its metadata is no JSON object.
pub(crate) fn transaction(stored: StoredTransaction) -> Result<LedgerTransaction, Problem> {
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

/// An entry as the API shows it.
pub(super) fn entry(stored: &StoredEntry) -> Entry {
    Entry {
        id: stored.id,
        transaction_id: stored.transaction_id,
        run_id: stored.run_id,
        account: stored.account.as_str().to_owned(),
        number: stored.number,
        direction: match stored.direction {
            ledger::Direction::Debit => Direction::Debit,
            ledger::Direction::Credit => Direction::Credit,
        },
        amount: stored.amount.to_decimal_string(),
        currency: stored.amount.currency().code().to_owned(),
        balance_after: stored.balance_after.to_decimal_string(),
        created_at: Time::from(stored.created_at),
    }
}

/// An account as the API shows it.
pub(super) fn account(stored: &ledger::Account) -> Account {
    let key = stored.key();
    Account {
        id: stored.id(),
        company_id: key.company_id,
        code: key.code.as_str().to_owned(),
        currency: key.currency.code().to_owned(),
        kind: stored.kind().name().to_owned(),
        overdraft: stored.overdraft(),
        status: stored.status().name().to_owned(),
    }
}

/// What an account holds, as the API shows it.
pub(super) fn balance(account: &ledger::Account) -> Balance {
    let key = account.key();
    let shown = |minor| Money::new(minor, key.currency).to_decimal_string();
    Balance {
        account_id: account.id(),
        company_id: key.company_id,
        account: key.code.as_str().to_owned(),
        kind: account.kind().name().to_owned(),
        currency: key.currency.code().to_owned(),
        balance: account.balance().to_decimal_string(),
        available: account.available().to_decimal_string(),
        posted_debits: shown(account.posted_debits()),
        posted_credits: shown(account.posted_credits()),
        pending_debits: shown(account.pending_debits()),
        pending_credits: shown(account.pending_credits()),
    }
}
