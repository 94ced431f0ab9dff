//! What is fixed about an account: its kind, the sides that it has, and its status.

use serde::{Deserialize, Serialize};

/// The kind of an account, which decides the side that its balance grows on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// What the company has: bank, receivables.
    Asset,
    /// What it owes: payables, balances kept for others.
    Liability,
    /// What belongs to its owners, and what balances the books: funding, exchange.
    Equity,
    /// What it earns.
    Revenue,
    /// What it spends.
    Expense,
}

impl AccountKind {
    /// The side that raises the balance: debit for assets and expenses, credit for the others.
    pub const fn normal_side(self) -> Direction {
        match self {
            Self::Asset | Self::Expense => Direction::Debit,
            Self::Liability | Self::Equity | Self::Revenue => Direction::Credit,
        }
    }

    /// Its name, such as `asset`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Liability => "liability",
            Self::Equity => "equity",
            Self::Revenue => "revenue",
            Self::Expense => "expense",
        }
    }
}

/// A side of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The left side.
    Debit,
    /// The right side.
    Credit,
}

impl Direction {
    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }

    /// Its name: `debit` or `credit`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debit => "debit",
            Self::Credit => "credit",
        }
    }
}

/// What may still be done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Everything.
    Open,
    /// Nothing that lowers its balance: no debit on a liability, no credit on an asset.
    Frozen,
    /// No entry and no new hold at all.
    Closed,
}

impl AccountStatus {
    /// Its name, such as `open`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Closed => "closed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json() {
        for kind in [
            AccountKind::Asset,
            AccountKind::Liability,
            AccountKind::Equity,
            AccountKind::Revenue,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        for direction in [Direction::Debit, Direction::Credit] {
            assert_eq!(serde_json::to_value(direction).unwrap(), direction.name());
        }
        for status in [AccountStatus::Open, AccountStatus::Frozen, AccountStatus::Closed] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
    }
}
