//! Random sequences of steps, each on accounts of its own, and what should be on those.

use std::cell::Cell;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Handle;

use crate::support::Bank;

/// How many accounts a sequence has.
pub(crate) const ACCOUNTS: usize = 3;

/// What each of them is opened with, in cents.
const OPENED_WITH: i64 = 200;

/// Cents as reais.
pub(crate) fn decimal(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// What should be on the accounts of a sequence, in cents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purses {
    pub(crate) balances: [i64; ACCOUNTS],
    pub(crate) pending: [i64; ACCOUNTS],
}

impl Purses {
    pub(crate) fn opened() -> Self {
        Self {
            balances: [OPENED_WITH; ACCOUNTS],
            pending: [0; ACCOUNTS],
        }
    }

    pub(crate) fn has(&self, account: usize, minor: i64) -> bool {
        self.balances[account] - self.pending[account] >= minor
    }

    pub(crate) fn shift(&mut self, from: usize, to: usize, minor: i64) {
        self.balances[from] -= minor;
        self.balances[to] += minor;
    }
}

/// The accounts of one sequence.
pub(crate) struct Accounts<'b> {
    pub(crate) bank: &'b Bank,
    pub(crate) ids: Vec<String>,
}

impl<'b> Accounts<'b> {
    async fn open(bank: &'b Bank, sequence: u32) -> Self {
        let mut ids = Vec::new();
        for account in 0..ACCOUNTS {
            let code = format!("sequence:{sequence}:{account}");
            ids.push(bank.account(&code, &decimal(OPENED_WITH)).await);
        }
        Self { bank, ids }
    }

    /// That there is on them what should be.
    pub(crate) async fn compare(&self, expected: &Purses) -> Result<(), TestCaseError> {
        for (account, id) in self.ids.iter().enumerate() {
            let path = format!("/api/v1/accounts/{id}/balance");
            let found = self.bank.get(&path).await.json(200);
            let (balance, pending) = (expected.balances[account], expected.pending[account]);
            for (name, minor) in [
                ("balance", balance),
                ("pending", pending),
                ("available", balance - pending),
            ] {
                prop_assert_eq!(
                    found[name].as_str().unwrap(),
                    decimal(minor),
                    "{} of {}",
                    name,
                    account
                );
            }
        }
        Ok(())
    }
}

/// Follows so many sequences, each under a number and on accounts that no other has; then the ledger is verified.
pub(crate) async fn follow_each<S: Debug>(
    bank: &Bank,
    sequences: u32,
    steps: impl Strategy<Value = Vec<S>>,
    follow: impl AsyncFn(u32, Accounts<'_>, Vec<S>) -> Result<(), TestCaseError>,
) {
    let handle = Handle::current();
    tokio::task::block_in_place(|| {
        let config = Config {
            cases: sequences,
            failure_persistence: None,
            ..Config::default()
        };
        let count = Cell::new(0);
        let followed = TestRunner::new(config).run(&steps, |steps| {
            count.set(count.get() + 1);
            handle.block_on(async {
                let accounts = Accounts::open(bank, count.get()).await;
                follow(count.get(), accounts, steps).await
            })
        });
        followed.unwrap();
    });
    bank.verify().await;
}
