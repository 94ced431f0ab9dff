//! What holds of the books whatever is asked of them, in any order.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod support;

use std::collections::HashMap;

use ledger::{
    Account, AccountKind, AccountState, AccountStatus, Books, Currency, Direction, EntryDraft, HoldDraft,
    HoldStatus, Money, TransactionDraft,
};
use proptest::prelude::*;
use serde_json::{Map, Value};
use support::*;
use uuid::Uuid;

const CODES: [&str; 6] = ["bank", "shop", "ana", "bia", "revenue", "frozen"];
const KINDS: [AccountKind; 5] = [
    AccountKind::Asset,
    AccountKind::Liability,
    AccountKind::Equity,
    AccountKind::Revenue,
    AccountKind::Expense,
];

/// Something that may be asked of the books.
#[derive(Debug, Clone)]
enum Step {
    Post(TransactionDraft),
    Place(HoldDraft),
    Capture(Uuid, Option<Money>),
    Release(Uuid),
}

impl Step {
    /// Takes the step; whether it was accepted.
    fn take(&self, books: &mut Books, new_account_id: &mut dyn FnMut() -> Uuid) -> bool {
        match self {
            Self::Post(draft) => books.post(COMPANY, draft, new_account_id).is_ok(),
            Self::Place(draft) => books.place_hold(COMPANY, draft, new_account_id).is_ok(),
            Self::Capture(hold_id, amount) => books.capture_hold(COMPANY, *hold_id, *amount).is_ok(),
            Self::Release(hold_id) => books.release_hold(COMPANY, *hold_id).is_ok(),
        }
    }
}

fn account_name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&CODES)
}

fn any_currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(vec![currency(), "JPY".parse().unwrap()])
}

/// Two entries of one amount, and sometimes what the second account opens with.
fn entries() -> impl Strategy<Value = Vec<EntryDraft>> {
    let terms = (
        proptest::option::weighted(0.2, proptest::sample::select(&KINDS)),
        proptest::option::weighted(0.2, any::<bool>()),
    );
    (account_name(), account_name(), any_currency(), 1..300_i64, terms).prop_map(
        |(debit, credit, currency, minor, (kind, overdraft))| {
            let amount = Money::new(minor, currency);
            let second = EntryDraft::credit(code(credit), amount);
            vec![
                EntryDraft::debit(code(debit), amount),
                EntryDraft {
                    kind,
                    overdraft,
                    ..second
                },
            ]
        },
    )
}

fn transaction() -> impl Strategy<Value = TransactionDraft> {
    proptest::collection::vec(entries(), 1..4).prop_map(|entries| draft(entries.concat()))
}

fn hold_id() -> impl Strategy<Value = Uuid> {
    (1..6_u128).prop_map(Uuid::from_u128)
}

fn step() -> impl Strategy<Value = Step> {
    let place =
        (hold_id(), account_name(), account_name(), 1..300_i64).prop_map(|(id, account, to, minor)| {
            Step::Place(HoldDraft {
                id,
                ..hold_draft(account, to, minor)
            })
        });
    let capture = (hold_id(), proptest::option::of(-5..300_i64));
    prop_oneof![
        4 => transaction().prop_map(Step::Post),
        2 => place,
        2 => capture.prop_map(|(id, minor)| Step::Capture(id, minor.map(brl))),
        1 => hold_id().prop_map(Step::Release),
    ]
}

/// A bank that may be overdrawn and three accounts that may not; what is not loaded opens by its first mention.
fn started() -> Books {
    let mut books = Books::from_scratch();
    let states = [
        account("bank", AccountKind::Asset, true, 1_000),
        account("cash", AccountKind::Asset, false, 200),
        purse("shop", 500),
        purse("ana", 0),
        with_status(AccountStatus::Frozen, purse("frozen", 300)),
    ];
    for state in states {
        books.load(Account::from_state(state).unwrap());
    }
    books
}

/// Every account as it is, by its key.
fn accounts(books: &Books) -> HashMap<String, AccountState> {
    let states = books
        .touched()
        .filter_map(|key| books.account(key))
        .map(Account::state);
    states.map(|state| (state.key.to_string(), state)).collect()
}

/// Debits less credits of all accounts in each currency, posted and pending.
fn imbalance(books: &Books) -> HashMap<Currency, (i64, i64)> {
    accounts(books)
        .into_values()
        .fold(HashMap::new(), |mut sums, state| {
            let (posted, pending) = sums.entry(state.key.currency).or_default();
            *posted += state.posted_debits - state.posted_credits;
            *pending += state.pending_debits - state.pending_credits;
            sums
        })
}

proptest! {
    #[test]
    fn debits_equal_credits_over_any_sequence(steps in proptest::collection::vec(step(), 1..40)) {
        let (mut books, mut ids) = (started(), ids());
        let before = imbalance(&books);
        for step in &steps {
            step.take(&mut books, &mut ids);
            for (currency, (posted, pending)) in imbalance(&books) {
                prop_assert_eq!(posted, before.get(&currency).map_or(0, |(posted, _)| *posted));
                prop_assert_eq!(pending, 0);
            }
        }
    }

    #[test]
    fn no_account_goes_where_it_may_not(steps in proptest::collection::vec(step(), 1..40)) {
        let (mut books, mut ids) = (started(), ids());
        for step in &steps {
            step.take(&mut books, &mut ids);
            for state in accounts(&books).into_values() {
                // Building an account checks every invariant, that of the overdraft among them.
                prop_assert!(Account::from_state(state).is_ok());
            }
        }
        prop_assert!(balance(&books, "frozen") >= 300);
    }

    #[test]
    fn what_is_refused_changes_nothing(steps in proptest::collection::vec(step(), 1..40)) {
        let (mut books, mut ids) = (started(), ids());
        for step in &steps {
            let (seen_before, accounts_before) = (seen_changes(&books), accounts(&books));
            if !step.take(&mut books, &mut ids) {
                prop_assert_eq!(seen_changes(&books), seen_before);
                prop_assert_eq!(accounts(&books), accounts_before);
            }
        }
    }

    #[test]
    fn a_rollback_restores_everything(
        kept in proptest::collection::vec(step(), 0..15), undone in proptest::collection::vec(step(), 0..15),
        again in proptest::collection::vec(step(), 0..15),
    ) {
        let (mut books, mut ids) = (started(), ids());
        for step in &kept {
            step.take(&mut books, &mut ids);
        }
        let mut straight = books.clone();
        let checkpoint = books.checkpoint();
        for step in &undone {
            step.take(&mut books, &mut ids);
        }
        books.rollback_to(checkpoint);
        prop_assert_eq!(accounts(&books), accounts(&straight));
        for step in &again {
            let id = &mut || Uuid::nil();
            prop_assert_eq!(step.take(&mut books, id), step.take(&mut straight, id));
        }
        prop_assert_eq!(seen_changes(&books), seen_changes(&straight));
    }

    #[test]
    fn what_is_pending_is_what_pending_holds_hold(steps in proptest::collection::vec(step(), 1..40)) {
        let (mut books, mut ids) = (started(), ids());
        for step in &steps {
            step.take(&mut books, &mut ids);
        }
        let pending = |change: &ledger::ChangedHold<'_>| change.hold.status() == HoldStatus::Pending;
        let held: i64 = books.changed_holds().filter(pending).map(|change| change.hold.amount().minor()).sum();
        let sums = accounts(&books).into_values().map(|state| state.pending_debits).sum::<i64>();
        prop_assert_eq!(sums, held);
    }

    #[test]
    fn entries_are_numbered_without_gaps(drafts in proptest::collection::vec(transaction(), 1..30)) {
        let (mut books, mut ids) = (started(), ids());
        let mut last: HashMap<String, (u64, i64)> = HashMap::new();
        for draft in &drafts {
            let Ok(posting) = books.post(COMPANY, draft, &mut ids) else { continue };
            for entry in posting.entries {
                let account = books.account(&entry.key).unwrap();
                let loaded = started().account(&entry.key).map_or(0, |account| account.balance().minor());
                let (number, balance) = last.entry(entry.key.to_string()).or_insert((0, loaded));
                let raises = entry.direction == account.kind().normal_side();
                *number += 1;
                *balance += if raises { entry.amount.minor() } else { -entry.amount.minor() };
                prop_assert_eq!((entry.number, entry.balance_after.minor()), (*number, *balance));
            }
        }
    }

    #[test]
    fn dry_books_foresee_whatever_enforcing_books_ask_for(drafts in proptest::collection::vec(transaction(), 1..15)) {
        let mut dry = Books::dry();
        for draft in &drafts {
            let _ = dry.post(COMPANY, draft, &mut Uuid::nil);
        }
        let mut books = Books::new();
        for key in dry.touched() {
            books.foresee(key.clone());
        }
        for draft in &drafts {
            let outcome = books.post(COMPANY, draft, &mut Uuid::nil);
            prop_assert!(!matches!(outcome, Err(ledger::BooksError::Unforeseen(_))));
        }
    }

    #[test]
    fn equal_content_has_an_equal_hash_whatever_the_order_of_keys(
        entries in entries(), members in proptest::collection::vec(("[a-z]{1,4}", json(3)), 0..6), seed in any::<u64>(),
    ) {
        let metadata: Map<String, Value> = members.into_iter().collect();
        let shuffled = shuffle(&metadata, seed);
        let one = draft(entries.clone()).with_metadata(metadata).with_reference("first");
        let other = draft(entries).with_metadata(shuffled);
        prop_assert_eq!(one.content_hash(), other.content_hash());
        prop_assert_ne!(one.clone().with_description("more").content_hash(), one.content_hash());
    }

    #[test]
    fn what_does_not_balance_is_no_transaction(entries in entries(), more in 1..100_i64) {
        let mut entries = entries;
        let amount = entries[0].amount;
        let side = |direction: Direction| EntryDraft::new(code("x"), direction, Money::new(more, amount.currency()));
        entries.push(side(Direction::Debit));
        prop_assert!(TransactionDraft::new(entries.clone()).is_err());
        entries.push(side(Direction::Credit));
        prop_assert!(TransactionDraft::new(entries).is_ok());
    }
}

/// What is written back, regardless of ids, which differ where an account is opened twice.
fn seen_changes(books: &Books) -> (Vec<(AccountState, bool)>, Vec<String>) {
    let without_id = |state: AccountState| AccountState {
        id: Uuid::nil(),
        ..state
    };
    let mut changed: Vec<_> = books
        .changed()
        .map(|change| (without_id(change.account.state()), change.is_new))
        .collect();
    changed.sort_by(|(one, _), (other, _)| one.key.cmp(&other.key));
    let mut holds: Vec<_> = books
        .changed_holds()
        .map(|change| format!("{change:?}"))
        .collect();
    holds.sort();
    (changed, holds)
}

fn json(depth: u32) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("[a-z]{1,4}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same object with its members, and theirs, in another order.
fn shuffle(object: &Map<String, Value>, seed: u64) -> Map<String, Value> {
    let mut members: Vec<(String, Value)> = object
        .iter()
        .map(|(name, value)| (name.clone(), shuffle_value(value, seed)))
        .collect();
    members.sort_by_key(|(name, _)| {
        name.bytes().fold(seed, |key, byte| {
            key.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(byte.into())
        })
    });
    members.into_iter().collect()
}

fn shuffle_value(value: &Value, seed: u64) -> Value {
    match value {
        Value::Object(members) => Value::Object(shuffle(members, seed)),
        Value::Array(values) => values.iter().map(|value| shuffle_value(value, seed)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
