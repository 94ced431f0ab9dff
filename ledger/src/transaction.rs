//! A ledger transaction as it is asked for: balanced by construction.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{AccountCode, AccountKind, Currency, Direction, Money, content};

/// How many entries a transaction may have.
pub const MAX_ENTRIES: usize = 1_000;

/// An entry as a caller states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    /// The account that it is posted to.
    pub account: AccountCode,
    /// The side that it is posted on.
    pub direction: Direction,
    /// How much; above zero.
    pub amount: Money,
    /// The kind that the account opens with, or must have.
    pub kind: Option<AccountKind>,
    /// The overdraft that the account opens with, or must have.
    pub overdraft: Option<bool>,
}

impl EntryDraft {
    /// An entry that says nothing of its account's terms.
    pub const fn new(account: AccountCode, direction: Direction, amount: Money) -> Self {
        Self {
            account,
            direction,
            amount,
            kind: None,
            overdraft: None,
        }
    }

    /// A debit.
    pub const fn debit(account: AccountCode, amount: Money) -> Self {
        Self::new(account, Direction::Debit, amount)
    }

    /// A credit.
    pub const fn credit(account: AccountCode, amount: Money) -> Self {
        Self::new(account, Direction::Credit, amount)
    }

    /// The same, of an account of this kind.
    #[must_use]
    pub const fn of_kind(mut self, kind: AccountKind) -> Self {
        self.kind = Some(kind);
        self
    }
}

/// Why entries are no transaction. Entries are counted from 0, as in a JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// There are fewer than two entries.
    #[error("a transaction of {found} entries cannot balance: expected at least 2")]
    TooFewEntries {
        /// How many there are.
        found: usize,
    },
    /// There are more than [`MAX_ENTRIES`].
    #[error("a transaction of {found} entries is too large: expected at most {MAX_ENTRIES}")]
    TooManyEntries {
        /// How many there are.
        found: usize,
    },
    /// An entry's amount is zero or negative.
    #[error("entry {index} is of {amount}: expected an amount above zero, and the direction to say the side")]
    NotPositive {
        /// Which entry.
        index: usize,
        /// Its amount.
        amount: Money,
    },
    /// Debits and credits differ in a currency.
    #[error("the entries in {currency} do not balance: debits are {debits}, credits are {credits}")]
    Unbalanced {
        /// The currency.
        currency: Currency,
        /// The sum of its debits.
        debits: Money,
        /// The sum of its credits.
        credits: Money,
    },
    /// The sum of a side does not fit.
    #[error("the entries in {currency} add up to more than the ledger can hold")]
    Overflow {
        /// The currency.
        currency: Currency,
    },
}

impl TransactionError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooFewEntries { .. } => "too_few_entries",
            Self::TooManyEntries { .. } => "too_many_entries",
            Self::NotPositive { .. } => "invalid_amount",
            Self::Unbalanced { .. } => "unbalanced_transaction",
            Self::Overflow { .. } => "amount_overflow",
        }
    }
}

/// A balanced set of entries with what is said about it. One that exists has at least two entries, all of them
/// positive, whose debits equal their credits in every currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionDraft {
    entries: Vec<EntryDraft>,
    description: Option<String>,
    metadata: Map<String, Value>,
    reference: Option<String>,
    reverses: Option<Uuid>,
}

impl TransactionDraft {
    /// A transaction of these entries, in this order.
    ///
    /// # Errors
    ///
    /// There are fewer than two entries or more than [`MAX_ENTRIES`], one is not positive, or they do not
    /// balance in some currency.
    pub fn new(entries: Vec<EntryDraft>) -> Result<Self, TransactionError> {
        check_count(entries.len())?;
        check_amounts(&entries)?;
        check_balance(&entries)?;
        Ok(Self {
            entries,
            description: None,
            metadata: Map::new(),
            reference: None,
            reverses: None,
        })
    }

    /// The same, described for people.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The same, with this description or without any.
    #[must_use]
    pub fn described(self, description: Option<String>) -> Self {
        Self { description, ..self }
    }

    /// The same, with what else is to be kept about it.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = metadata;
        self
    }

    /// The same, with the name that makes it unique within its company.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// The same, naming the earlier transaction that it makes undone.
    #[must_use]
    pub const fn reversing(mut self, transaction_id: Uuid) -> Self {
        self.reverses = Some(transaction_id);
        self
    }

    /// The entries, in the order stated.
    pub fn entries(&self) -> &[EntryDraft] {
        &self.entries
    }

    /// What it says to people.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// What else is kept about it.
    pub const fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// The name that makes it unique within its company.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The transaction that it makes undone.
    pub const fn reverses(&self) -> Option<Uuid> {
        self.reverses
    }

    /// The SHA-256 of what it says, so that a second transaction of the same reference can be told to be the
    /// same or another.
    ///
    /// Covered are the entries in order (account, direction, amount, currency), the description, the metadata
    /// whatever the order of its keys, and the transaction reversed. Left out are the company and the reference,
    /// which the hash is looked up by, and the terms that an account would open with, which are no part of what
    /// is stored: so it can be computed again from the ledger.
    pub fn content_hash(&self) -> [u8; 32] {
        content::hash(self)
    }
}

fn check_count(found: usize) -> Result<(), TransactionError> {
    match found {
        0 | 1 => Err(TransactionError::TooFewEntries { found }),
        2..=MAX_ENTRIES => Ok(()),
        _ => Err(TransactionError::TooManyEntries { found }),
    }
}

fn check_amounts(entries: &[EntryDraft]) -> Result<(), TransactionError> {
    match entries.iter().position(|entry| !entry.amount.is_positive()) {
        Some(index) => {
            let amount = entries.get(index).map(|entry| entry.amount);
            amount.map_or(Ok(()), |amount| {
                Err(TransactionError::NotPositive { index, amount })
            })
        }
        None => Ok(()),
    }
}

/// The two sides of one currency.
struct Sides {
    currency: Currency,
    debits: i64,
    credits: i64,
}

fn check_balance(entries: &[EntryDraft]) -> Result<(), TransactionError> {
    // Few currencies meet in one transaction, so a list serves better than a map.
    let mut all: Vec<Sides> = Vec::with_capacity(1);
    for entry in entries {
        let currency = entry.amount.currency();
        add(&mut all, entry).ok_or(TransactionError::Overflow { currency })?;
    }
    match all.iter().find(|sides| sides.debits != sides.credits) {
        None => Ok(()),
        Some(&Sides {
            currency,
            debits,
            credits,
        }) => Err(TransactionError::Unbalanced {
            currency,
            debits: Money::new(debits, currency),
            credits: Money::new(credits, currency),
        }),
    }
}

fn add(all: &mut Vec<Sides>, entry: &EntryDraft) -> Option<()> {
    let currency = entry.amount.currency();
    let sides = match all.iter().position(|sides| sides.currency == currency) {
        Some(known) => all.get_mut(known)?,
        None => all.push_mut(Sides {
            currency,
            debits: 0,
            credits: 0,
        }),
    };
    let side = match entry.direction {
        Direction::Debit => &mut sides.debits,
        Direction::Credit => &mut sides.credits,
    };
    *side = side.checked_add(entry.amount.minor())?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap())
    }

    fn debit(minor: i64, code: &str) -> EntryDraft {
        EntryDraft::debit("a".parse().unwrap(), money(minor, code))
    }

    fn credit(minor: i64, code: &str) -> EntryDraft {
        EntryDraft::credit("b".parse().unwrap(), money(minor, code))
    }

    #[test]
    fn debits_equal_credits_in_every_currency() {
        let entries = vec![
            debit(100, "BRL"),
            credit(40, "BRL"),
            credit(60, "BRL"),
            debit(7, "JPY"),
            credit(7, "JPY"),
        ];
        assert!(TransactionDraft::new(entries).is_ok());
        let refused = TransactionDraft::new(vec![debit(100, "BRL"), credit(100, "USD")]).unwrap_err();
        assert_eq!(refused.code(), "unbalanced_transaction");
        let refused = TransactionDraft::new(vec![debit(100, "BRL"), credit(99, "BRL")]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the entries in BRL do not balance: debits are 1.00 BRL, credits are 0.99 BRL"
        );
    }

    #[test]
    fn there_are_two_to_a_thousand_entries() {
        assert_eq!(
            TransactionDraft::new(vec![]),
            Err(TransactionError::TooFewEntries { found: 0 })
        );
        assert_eq!(
            TransactionDraft::new(vec![debit(1, "BRL")]),
            Err(TransactionError::TooFewEntries { found: 1 })
        );
        let pairs = |count| {
            std::iter::repeat_n([debit(1, "BRL"), credit(1, "BRL")], count)
                .flatten()
                .collect()
        };
        assert!(TransactionDraft::new(pairs(500)).is_ok());
        let refused = TransactionDraft::new(pairs(501));
        assert_eq!(refused, Err(TransactionError::TooManyEntries { found: 1_002 }));
    }

    #[test]
    fn every_amount_is_positive() {
        for minor in [0, -1] {
            let refused = TransactionDraft::new(vec![debit(1, "BRL"), credit(minor, "BRL")]);
            assert_eq!(
                refused,
                Err(TransactionError::NotPositive {
                    index: 1,
                    amount: money(minor, "BRL")
                })
            );
        }
    }

    #[test]
    fn sums_are_checked() {
        let entries = vec![debit(i64::MAX, "BRL"), debit(1, "BRL"), credit(1, "BRL")];
        assert_eq!(
            TransactionDraft::new(entries).unwrap_err().code(),
            "amount_overflow"
        );
    }
}
