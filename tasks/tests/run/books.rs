//! Whatever a rule does, the books stay balanced and hold exactly what its nodes say that they did.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Direction, HoldStatus};
use proptest::prelude::*;
use rules::{CompensationState, NodeState};
use tasks::{Desk, Needs, Run, TaskResult};

use super::random::{setup, setups};
use crate::support::seen::{Seen, seen, sides};
use crate::support::{COMPANY, Setup};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_books_hold_what_the_nodes_did_and_nothing_else(case in setups()) {
        let setup = setup(&case);
        let mut desk = Desk::from_scratch();
        let run = setup.run_on(&mut desk).unwrap();
        assert_balanced(&run);
        assert_books_are_the_entries(&desk, &run);
        assert_pending_is_what_is_held(&desk);
        assert_nothing_is_overdrawn(&desk);
        assert_numbers_have_no_gaps(&desk, &run);
        assert_effects_are_of_what_succeeded(&run);
    }

    /// A node that failed might as well never have been tried.
    #[test]
    fn a_failed_node_leaves_nothing(case in setups()) {
        let setup = setup(&case);
        let run = setup.run();
        let again = setup.run_with(&mut Desk::from_scratch(), &failures(&run)).unwrap();
        prop_assert_eq!(seen(&again), seen(&run));
    }

    #[test]
    fn a_batch_comes_to_the_same_within_a_few_rounds(case in setups()) {
        let setup = setup(&case);
        prop_assert_eq!(in_rounds(&setup), seen(&setup.run()));
    }

    #[test]
    fn a_repeated_run_comes_to_the_same(case in setups()) {
        let setup = setup(&case);
        let (first, second) = (setup.run(), setup.run());
        prop_assert_eq!(&first.transactions, &second.transactions);
        prop_assert_eq!(&first.events, &second.events);
        prop_assert_eq!(first.execution.records(), second.execution.records());
    }
}

fn assert_balanced(run: &Run<'_>) {
    for transaction in &run.transactions {
        let entries = transaction.entries.iter();
        for (currency, [debits, credits]) in
            sides(entries.map(|entry| (entry.direction.name(), entry.amount)))
        {
            assert_eq!(debits, credits, "{currency} in {transaction:?}");
        }
    }
}

/// What is posted to each account is the sum of the entries that the run shows.
fn assert_books_are_the_entries(desk: &Desk, run: &Run<'_>) {
    let mut posted = BTreeMap::new();
    for entry in run
        .transactions
        .iter()
        .flat_map(|transaction| &transaction.entries)
    {
        let (debits, credits, count) = posted.entry(entry.key.clone()).or_insert((0, 0, 0));
        match entry.direction {
            Direction::Debit => *debits += entry.amount.minor(),
            Direction::Credit => *credits += entry.amount.minor(),
        }
        *count += 1;
        assert_eq!(entry.number, *count, "entries are numbered in order");
    }
    for change in desk.books().changed() {
        let state = change.account.state();
        let (debits, credits, count) = posted.remove(&state.key).unwrap_or_default();
        assert_eq!(
            (state.posted_debits, state.posted_credits, state.entries),
            (debits, credits, count),
            "{}",
            state.key
        );
    }
    assert!(posted.is_empty(), "posted to no account: {posted:?}");
}

fn assert_pending_is_what_is_held(desk: &Desk) {
    let held = desk.books().changed_holds();
    let held = held.filter(|change| change.hold.status() == HoldStatus::Pending);
    let held: i128 = held.map(|change| i128::from(change.hold.amount().minor())).sum();
    let accounts = desk.books().changed().map(|change| change.account.state());
    let pending: i128 = accounts
        .map(|account| i128::from(account.pending_debits) + i128::from(account.pending_credits))
        .sum();
    assert_eq!(pending, 2 * held, "a hold stands on two accounts");
}

fn assert_nothing_is_overdrawn(desk: &Desk) {
    for change in desk.books().changed() {
        let account = change.account;
        assert!(
            account.overdraft() || !account.available().is_negative(),
            "{account:?}"
        );
    }
}

fn assert_numbers_have_no_gaps(desk: &Desk, run: &Run<'_>) {
    let numbers = run
        .events
        .iter()
        .filter_map(|event| event.data.get("invoice_number")?.as_u64());
    let numbers: Vec<u64> = numbers.collect();
    let last = numbers.len() as u64;
    assert_eq!(numbers, (1..=last).collect::<Vec<u64>>());
    let counted: Vec<u64> = desk.invoice_numbers().map(|(_, last)| last).collect();
    assert!(counted.iter().all(|counted| *counted == last), "{counted:?}");
}

fn assert_effects_are_of_what_succeeded(run: &Run<'_>) {
    let plan = run.execution.plan();
    let (mut succeeded, mut undone) = (BTreeSet::new(), BTreeSet::new());
    for (position, record) in run.execution.records().iter().enumerate() {
        let node_id = plan.node_id(position).unwrap();
        if record.state == NodeState::Success {
            succeeded.insert(node_id);
        }
        let compensation = record
            .compensation
            .as_ref()
            .map(|compensation| compensation.state);
        if compensation == Some(CompensationState::Succeeded) {
            undone.insert(node_id);
        }
    }
    for transaction in &run.transactions {
        let of = if transaction.reference.ends_with(":compensation") {
            &undone
        } else {
            &succeeded
        };
        assert!(of.contains(transaction.node_id.as_str()), "{transaction:?}");
    }
    for event in &run.events {
        assert!(succeeded.contains(event.node_id.as_str()), "{event:?}");
    }
}

/// The failures of a run, to be had again without running their tasks.
fn failures(run: &Run<'_>) -> BTreeMap<String, TaskResult> {
    let plan = run.execution.plan();
    let records = run.execution.records().iter().enumerate();
    records
        .filter_map(|(position, record)| {
            let error = record.error.clone()?;
            let failure = TaskResult::Failure {
                code: error.code,
                message: error.message,
            };
            Some((plan.node_id(position)?.to_owned(), failure))
        })
        .collect()
}

/// The run as a batch does it: on a desk that knows only what it was told of.
fn in_rounds(setup: &Setup) -> Seen {
    let mut dry = Desk::dry();
    setup.run_on(&mut dry).unwrap();
    let mut needs: Needs = dry.touched();
    for _ in 0..4 * setup.plan.len() {
        let mut desk = Desk::enforcing();
        desk.foresee(&needs);
        match setup.run_on(&mut desk) {
            Ok(run) => {
                let known = desk.touched();
                assert!(
                    known
                        .accounts
                        .iter()
                        .all(|key| key.company_id == COMPANY.company_id)
                );
                assert_books_are_the_entries(&desk, &run);
                return seen(&run);
            }
            Err(more) => needs.merge(more),
        }
    }
    panic!("it still lacks something: {needs:?}")
}
