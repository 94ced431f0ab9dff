//! Random sequences of steps, followed one after another.

use std::cell::Cell;
use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Handle;

use crate::support::Bank;

/// Follows so many sequences, each under a number of its own, for accounts that no other has; then the ledger is verified.
pub(crate) async fn follow_each<S: Debug>(
    bank: &Bank,
    sequences: u32,
    steps: impl Strategy<Value = Vec<S>>,
    follow: impl AsyncFn(u32, &[S]) -> Result<(), TestCaseError>,
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
            handle.block_on(follow(count.get(), &steps))
        });
        followed.unwrap();
    });
    bank.verify().await;
}
