//! Money moved by several at once: workers and callers, on the same accounts and under the same references.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use super::MoneyStoreFactory;
use super::fixture::{id, money};
use super::movements::{Movement, account};
use super::payments::{Payment, Transfer, intent, pay, settle};
use crate::{Loaded, LoadedMovements, MoneyStore, MovementWrite, Outage, StoreError, Verdict, verify_ledger};

impl Movement {
    /// Posts under its reference; false if somebody else had posted under it.
    async fn post_unless_known(&self, store: &dyn MoneyStore) -> bool {
        let known = Arc::new(AtomicBool::new(false));
        loop {
            let mut intent = self.intent();
            let reference = (self.company_id, self.reference.clone());
            intent.footprint.references.insert(reference);
            let (movement, found) = (self.clone(), Arc::clone(&known));
            let decide = move |loaded: LoadedMovements| {
                found.store(!loaded.references.is_empty(), Ordering::SeqCst);
                if loaded.references.is_empty() {
                    return movement.decide(loaded);
                }
                MovementWrite::default()
            };
            if is_done(store.move_money(intent, Box::new(decide)).await) {
                return !known.load(Ordering::SeqCst);
            }
        }
    }
}

/// The race: both look for an answer, neither finds one, and each writes its own.
pub async fn an_answer_is_given_once(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        tasks.spawn(
            async move { while !is_done(Movement::new(company_id, "once").carry_out(&*store).await) {} },
        );
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let alice = account(&*store, company_id, "alice").await;
    assert_eq!((alice.balance(), alice.entries()), (money(100), 1));
}

/// Workers and callers move money between the same accounts at once, some of them opened by whoever comes first.
pub async fn batches_and_movements_add_up(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0..10 {
                let name = format!("{task}.{number}");
                while !is_done(if task % 2 == 0 {
                    let mut payment = Payment::new(company_id, &name);
                    payment.transfers = vec![Transfer::new(company_id, "bank", "alice", 40)];
                    pay(&*store, vec![payment]).await.map(|_| ())
                } else {
                    Movement::new(company_id, &name).carry_out(&*store).await
                }) {}
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let alice = account(&*store, company_id, "alice").await;
    assert_eq!((alice.balance(), alice.entries()), (money(40 * (100 + 40)), 80));
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}

/// The race: a run and a caller both look for a reference, neither finds it, and each posts under it. That is nobody's
/// fault: who comes second looks again, and finds it.
pub async fn a_reference_is_posted_under_once(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    for round in 0..10 {
        let name = format!("r{round}");
        let caller = async {
            // Opens accounts of its own: nothing but the reference is in the other's way.
            let movement = Movement {
                from: "cash",
                to: "bob",
                ..Movement::new(company_id, &name)
            };
            movement.post_unless_known(&*store).await
        };
        let (posted, moved) = tokio::join!(pay_under(&*store, company_id, &name), caller);
        assert_eq!(usize::from(posted) + usize::from(moved), 1, "{name}");
    }
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}

/// Posts what a run of an event would, under a reference that the rule chose; false if somebody else had posted under it.
async fn pay_under(store: &dyn MoneyStore, company_id: Uuid, reference: &str) -> bool {
    let known = Arc::new(AtomicBool::new(false));
    loop {
        let payments = vec![Payment::new(company_id, reference)];
        let mut intent = intent(&payments);
        let name = (company_id, reference.to_owned());
        intent.footprint.references.insert(name.clone());
        let found = Arc::clone(&known);
        let decide = move |loaded: Loaded| {
            found.store(!loaded.references.is_empty(), Ordering::SeqCst);
            let mut write = settle(&payments, &loaded);
            if loaded.references.is_empty() {
                write.transactions[0].transaction.reference = name.1;
            } else {
                (write.transactions, write.opened_accounts, write.changed_accounts) = Default::default();
            }
            Verdict::Commit(Box::new(write))
        };
        if is_done(store.run_batch(intent, Box::new(decide)).await.map(|_| ())) {
            return !known.load(Ordering::SeqCst);
        }
    }
}

/// Whether it is done; false if somebody else was in the way, and it is to be tried again.
pub(super) fn is_done(result: Result<(), StoreError>) -> bool {
    match result {
        Ok(()) => true,
        Err(StoreError::Unavailable {
            outage: Outage::Contention | Outage::Locked,
            ..
        }) => false,
        Err(error) => panic!("{error}"),
    }
}

/// The race: two movements read a balance, and each writes it back plus its own amount.
pub async fn concurrent_movements_add_up(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    Movement::new(company_id, "first")
        .carry_out(&*store)
        .await
        .unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0..10 {
                let mut movement = Movement::new(company_id, &format!("{task}.{number}"));
                if task % 2 == 0 {
                    (movement.from, movement.to) = (movement.to, movement.from);
                    movement.minor = 1;
                }
                while !is_done(movement.clone().carry_out(&*store).await) {}
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let alice = account(&*store, company_id, "alice").await;
    assert_eq!((alice.balance(), alice.entries()), (money(4_060), 81));
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}
