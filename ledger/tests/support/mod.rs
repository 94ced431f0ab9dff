//! What the tests of the books share: short ways to name money, accounts and drafts.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use ledger::{
    Account, AccountCode, AccountKey, AccountKind, AccountState, AccountStatus, Books, BooksError, Currency,
    EntryDraft, HoldDraft, Money, PostedEntry, Posting, Rejection, TransactionDraft,
};
use uuid::Uuid;

pub(crate) const COMPANY: Uuid = Uuid::from_u128(1);
pub(crate) const HOLD: Uuid = Uuid::from_u128(77);

pub(crate) fn currency() -> Currency {
    "BRL".parse().unwrap()
}

pub(crate) fn brl(minor: i64) -> Money {
    Money::new(minor, currency())
}

pub(crate) fn code(text: &str) -> AccountCode {
    text.parse().unwrap()
}

pub(crate) fn key(text: &str) -> AccountKey {
    AccountKey::new(COMPANY, code(text), currency())
}

pub(crate) fn pair(debit: &str, credit: &str, minor: i64) -> TransactionDraft {
    draft(vec![
        EntryDraft::debit(code(debit), brl(minor)),
        EntryDraft::credit(code(credit), brl(minor)),
    ])
}

pub(crate) fn draft(entries: Vec<EntryDraft>) -> TransactionDraft {
    TransactionDraft::new(entries).unwrap()
}

pub(crate) fn hold_draft(account: &str, to: &str, minor: i64) -> HoldDraft {
    HoldDraft {
        id: HOLD,
        account: code(account),
        to: code(to),
        amount: brl(minor),
        expires_at_ms: None,
    }
}

/// An open account with this balance, all of it posted on its normal side.
pub(crate) fn account(text: &str, kind: AccountKind, overdraft: bool, balance: i64) -> AccountState {
    let id = Uuid::from_u128(text.bytes().fold(2, |id, byte| id * 251 + u128::from(byte)));
    let empty = Account::open(id, key(text), kind, overdraft).state();
    match kind {
        AccountKind::Asset | AccountKind::Expense => AccountState {
            posted_debits: balance,
            ..empty
        },
        AccountKind::Liability | AccountKind::Equity | AccountKind::Revenue => AccountState {
            posted_credits: balance,
            ..empty
        },
    }
}

/// A liability without overdraft.
pub(crate) fn purse(text: &str, balance: i64) -> AccountState {
    account(text, AccountKind::Liability, false, balance)
}

pub(crate) fn with_status(status: AccountStatus, state: AccountState) -> AccountState {
    AccountState { status, ..state }
}

pub(crate) fn books_of(accounts: impl IntoIterator<Item = AccountState>) -> Books {
    let mut books = Books::new();
    for state in accounts {
        books.load(Account::from_state(state).unwrap());
    }
    books
}

/// Ids in a row, from 1,000.
pub(crate) fn ids() -> impl FnMut() -> Uuid {
    let mut last = 999;
    move || {
        last += 1;
        Uuid::from_u128(last)
    }
}

pub(crate) fn post(books: &mut Books, draft: &TransactionDraft) -> Result<Posting, BooksError> {
    books.post(COMPANY, draft, &mut ids())
}

pub(crate) fn balance(books: &Books, text: &str) -> i64 {
    books.account(&key(text)).unwrap().balance().minor()
}

pub(crate) fn available(books: &Books, text: &str) -> i64 {
    books.account(&key(text)).unwrap().available().minor()
}

pub(crate) fn rejection(outcome: Result<impl std::fmt::Debug, BooksError>) -> Rejection {
    match outcome {
        Err(BooksError::Rejected(rejection)) => rejection,
        other => panic!("expected a rejection, found {other:?}"),
    }
}

pub(crate) fn balances_after(entries: &[PostedEntry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.balance_after.minor()).collect()
}

/// All that can be seen of the books: what is written back, and every account known.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    changed: Vec<(AccountState, bool)>,
    holds: Vec<String>,
    known: Vec<Option<AccountState>>,
}

pub(crate) fn seen(books: &Books) -> Seen {
    Seen {
        changed: books
            .changed()
            .map(|change| (change.account.state(), change.is_new))
            .collect(),
        holds: books
            .changed_holds()
            .map(|change| format!("{change:?}"))
            .collect(),
        known: books
            .touched()
            .map(|key| books.account(key).map(Account::state))
            .collect(),
    }
}
