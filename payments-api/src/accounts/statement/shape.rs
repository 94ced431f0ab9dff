//! What statements look like.

use api_types::{AccountKind, Direction, Time};
use poem_openapi::Object;
use serde::Serialize;
use service::Cursor;
use store::{Span, StatementLine, Sums};
use uuid::Uuid;

/// What moved on an account in a stretch of time, a page of it.
#[derive(Debug, Clone, Serialize, Object)]
#[oai(rename = "AccountStatement")]
pub(super) struct Statement {
    /// The account.
    account_id: Uuid,
    /// Whose it is.
    company_id: Uuid,
    /// What it is called.
    code: String,
    /// On which side its balance grows: `asset` and `expense` by debits, the others by credits.
    kind: AccountKind,
    /// The currency of all amounts.
    currency: String,
    /// From when on, if that was asked for.
    #[oai(nullable)]
    from: Option<Time>,
    /// Before when, if that was asked for.
    #[oai(nullable)]
    to: Option<Time>,
    /// What was on it before.
    opening_balance: String,
    /// What was on it after.
    closing_balance: String,
    /// How many entries lie between the two, on all pages.
    entries: u64,
    /// All their debits; null for more than 100,000 entries. The CSV has it for any number.
    #[oai(nullable)]
    total_debits: Option<String>,
    /// All their credits; likewise.
    #[oai(nullable)]
    total_credits: Option<String>,
    /// The entries, in their order: the oldest first.
    items: Vec<StatementEntry>,
    /// Where the next page begins, if there is one: the `cursor` to ask for it with, as it is.
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// An entry of an account, with the balance that it left, and what it is for.
#[derive(Debug, Clone, Serialize, Object)]
struct StatementEntry {
    /// Its id.
    id: Uuid,
    /// The ledger transaction that it belongs to: a transfer's id.
    transaction_id: Uuid,
    /// The run that posted it, if one did.
    #[oai(nullable)]
    run_id: Option<Uuid>,
    /// Its place among the account's entries, from 1.
    number: u64,
    /// The reference of its transaction.
    reference: String,
    /// What its transaction is for.
    #[oai(nullable)]
    description: Option<String>,
    /// On which side it stands.
    direction: Direction,
    /// How much.
    amount: String,
    /// The currency.
    currency: String,
    /// The account's balance with this entry.
    balance_after: String,
    /// When it was posted.
    created_at: Time,
}

/// A page of a statement as the API shows it.
pub(super) fn statement(
    found: &store::Statement,
    span: Span,
    sums: Option<Sums>,
    lines: Vec<StatementLine>,
    next: Option<Cursor>,
) -> Statement {
    let (account, key) = (&found.account, found.account.key());
    Statement {
        account_id: account.id(),
        company_id: key.company_id,
        code: key.code.as_str().to_owned(),
        kind: views::ledger::kind(account.kind()),
        currency: key.currency.code().to_owned(),
        from: span.from.map(Time::from),
        to: span.to.map(Time::from),
        opening_balance: found.opening.balance.to_decimal_string(),
        closing_balance: found.closing.balance.to_decimal_string(),
        entries: found.closing.entries.saturating_sub(found.opening.entries),
        total_debits: sums.map(|sums| sums.debits.to_decimal_string()),
        total_credits: sums.map(|sums| sums.credits.to_decimal_string()),
        items: lines.into_iter().map(entry).collect(),
        next_cursor: next.map(Cursor::into_text),
    }
}

fn entry(line: StatementLine) -> StatementEntry {
    let StatementLine {
        entry,
        reference,
        description,
    } = line;
    StatementEntry {
        id: entry.id,
        transaction_id: entry.transaction_id,
        run_id: entry.run_id,
        number: entry.number,
        reference,
        description,
        direction: views::ledger::direction(entry.direction),
        amount: entry.amount.to_decimal_string(),
        currency: entry.amount.currency().code().to_owned(),
        balance_after: entry.balance_after.to_decimal_string(),
        created_at: Time::from(entry.created_at),
    }
}
