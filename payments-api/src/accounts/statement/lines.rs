//! A statement as CSV: made while it is sent, a few hundred entries at a time, so that one of any length takes the memory
//! of a page.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};
use ledger::{Direction, Money};
use store::{MoneyStore, Span, Statement, StatementLine};

use crate::csv::{Lines, text};

/// How many entries are read at once.
const PAGE: u32 = 500;

/// What a statement's columns are called.
const COLUMNS: [&str; 10] = [
    "record",
    "number",
    "created_at",
    "transaction_id",
    "reference",
    "description",
    "debit",
    "credit",
    "balance",
    "currency",
];

/// The statement's lines: one that says what it opened with, one for every entry, and one that says what it closed with and
/// what all came to. A statement that breaks off has no such last line.
pub(super) fn chunks(
    store: Arc<dyn MoneyStore>,
    statement: Statement,
    span: Span,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let zero = Money::new(0, statement.opening.balance.currency());
    let writing = Writing {
        store,
        behind: statement.opening.entries,
        balance: statement.opening.balance,
        debits: zero,
        credits: zero,
        statement,
        span,
    };
    stream::try_unfold(Next::Opening(writing), |next| async {
        match next {
            Next::Opening(writing) => Ok(Some((writing.opening()?, writing.go_on()))),
            Next::Entries(mut writing) => Ok(Some((writing.entries().await?, writing.go_on()))),
            Next::Closing(writing) => Ok(Some((writing.closing()?, Next::Nothing))),
            Next::Nothing => Ok(None),
        }
    })
}

/// What is written next.
enum Next {
    Opening(Writing),
    Entries(Writing),
    Closing(Writing),
    Nothing,
}

/// How far a statement has been written.
struct Writing {
    store: Arc<dyn MoneyStore>,
    statement: Statement,
    span: Span,
    /// The number of the last entry that was written, and the balance that it left.
    behind: u64,
    balance: Money,
    debits: Money,
    credits: Money,
}

impl Writing {
    fn go_on(self) -> Next {
        if self.behind < self.statement.closing.entries {
            Next::Entries(self)
        } else {
            Next::Closing(self)
        }
    }

    fn opening(&self) -> io::Result<Bytes> {
        let mut lines = Lines::new();
        lines.add(&COLUMNS.map(Into::into))?;
        let from = self.span.from.map(|from| from.to_string());
        lines.add(&[
            "opening".into(),
            "".into(),
            from.unwrap_or_default().into(),
            "".into(),
            "".into(),
            "".into(),
            "".into(),
            "".into(),
            self.balance.to_decimal_string().into(),
            self.currency(),
        ])?;
        lines.into_bytes()
    }

    async fn entries(&mut self) -> io::Result<Bytes> {
        let account_id = self.statement.account.id();
        let last = self.statement.closing.entries;
        let read = self
            .store
            .statement_lines(account_id, self.behind, last, PAGE)
            .await;
        let read = read.map_err(|error| broken(&format!("of account {account_id}: {error}")))?;
        let Some(end) = read.last() else {
            let behind = self.behind;
            return Err(broken(&format!(
                "account {account_id} has no entry behind {behind}"
            )));
        };
        (self.behind, self.balance) = (end.entry.number, end.entry.balance_after);
        let mut lines = Lines::new();
        for line in &read {
            self.add(&mut lines, line)?;
        }
        lines.into_bytes()
    }

    fn add(&mut self, lines: &mut Lines, line: &StatementLine) -> io::Result<()> {
        let entry = &line.entry;
        let amount = entry.amount.to_decimal_string();
        let (sum, debit, credit) = match entry.direction {
            Direction::Debit => (&mut self.debits, amount, String::new()),
            Direction::Credit => (&mut self.credits, String::new(), amount),
        };
        *sum = sum.checked_add(entry.amount).map_err(io::Error::other)?;
        lines.add(&[
            "entry".into(),
            entry.number.to_string().into(),
            entry.created_at.to_string().into(),
            entry.transaction_id.to_string().into(),
            text(&line.reference),
            text(line.description.as_deref().unwrap_or_default()),
            debit.into(),
            credit.into(),
            entry.balance_after.to_decimal_string().into(),
            self.currency(),
        ])
    }

    fn closing(&self) -> io::Result<Bytes> {
        if self.balance != self.statement.closing.balance {
            let (id, expected) = (self.statement.account.id(), self.statement.closing.balance);
            let found = self.balance;
            return Err(broken(&format!(
                "account {id} closes at {found}, not at {expected}"
            )));
        }
        let mut lines = Lines::new();
        let to = self.span.to.map(|to| to.to_string());
        lines.add(&[
            "closing".into(),
            "".into(),
            to.unwrap_or_default().into(),
            "".into(),
            "".into(),
            "".into(),
            self.debits.to_decimal_string().into(),
            self.credits.to_decimal_string().into(),
            self.balance.to_decimal_string().into(),
            self.currency(),
        ])?;
        lines.into_bytes()
    }

    fn currency(&self) -> std::borrow::Cow<'static, str> {
        self.balance.currency().code().into()
    }
}

/// The answer is under way and can only break off: its reader sees that it did, and the log says why.
fn broken(why: &str) -> io::Error {
    tracing::warn!(why, "a statement broke off");
    io::Error::other("the statement broke off")
}
