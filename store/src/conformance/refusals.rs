//! Batches that are refused: nothing of them is stored, and the store goes on.

use ledger::{Account, AccountKind};

use super::StoreFactory;
use super::fixture::{first, id, key};
use super::payments::{Payment, Transfer, footprint, load_for, pay, pay_with};
use crate::{
    AccountFilter, BatchEnd, BatchIntent, BatchWrite, Claim, ClaimOutcome, Counter, CounterKey, Footprint,
    RunFilter, Store, StoreError, Verdict,
};

/// Runs a payment that must be refused for its data, and checks that it left nothing and stands in nobody's way.
async fn expect_refused(
    store: &dyn Store,
    payment: Payment,
    change: impl FnOnce(&mut BatchWrite) + Send + 'static,
) -> String {
    let company_id = payment.claim.company_id;
    let before = seen(store, &payment).await;
    let neighbour = Payment::new(company_id, "a neighbour in the batch");
    let refused = pay_with(store, vec![neighbour, payment.clone()], change).await;
    let Err(StoreError::Refused { message }) = refused else {
        panic!("expected a refusal, got {refused:?}");
    };
    assert_eq!(seen(store, &payment).await, before);
    let next = Payment::new(company_id, &format!("after {}", payment.claim.event_id));
    assert_eq!(pay(store, vec![next.clone()]).await, Ok(BatchEnd::Committed));
    assert!(store.find_run(next.run_id()).await.unwrap().is_some());
    message
}

/// What of a payment a refusal might have left behind.
async fn seen(store: &dyn Store, payment: &Payment) -> impl PartialEq + std::fmt::Debug + use<> {
    let claims = vec![payment.claim.clone()];
    let loaded = load_for(store, claims, footprint(std::slice::from_ref(payment))).await;
    let runs = store.list_runs(RunFilter::default(), first(99)).await.unwrap();
    (loaded.claims, loaded.accounts, loaded.counters, runs)
}

/// A run's id is there once.
pub async fn refuses_a_run_that_exists(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let first = Payment::new(company_id, "e1");
    pay(&*store, vec![first.clone()]).await.unwrap();
    let mut second = Payment::new(company_id, "e2");
    second.claim.runs = first.claim.runs;
    expect_refused(&*store, second, |_| ()).await;
}

/// A reference is there once per company; another company may have it too.
pub async fn refuses_a_reference_that_is_in_use(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let reference = |write: &mut BatchWrite| {
        let transaction = &mut write.transactions.last_mut().unwrap().transaction;
        transaction.reference = String::from("order-1");
    };
    pay_with(&*store, vec![Payment::new(company_id, "e1")], reference)
        .await
        .unwrap();
    pay_with(&*store, vec![Payment::new(id(), "e1")], reference)
        .await
        .unwrap();
    let message = expect_refused(&*store, Payment::new(company_id, "e2"), reference).await;
    assert!(message.contains("transactions_company_id_reference"), "{message}");
}

/// A run belongs to an event that was claimed for it.
pub async fn refuses_a_run_whose_event_nobody_claimed(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payment = Payment::new(id(), "e1");
    expect_refused(&*store, payment, |write| write.runs[0].claim_id = id()).await;
}

/// What a batch writes to an account rests on what it has read of it.
pub async fn refuses_accounts_that_were_not_read(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    pay(&*store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    let claims = vec![super::fixture::claim(company_id, "e2", "{}")];
    let known = store
        .list_accounts(AccountFilter::default(), first(1))
        .await
        .unwrap()
        .items;
    let intent = BatchIntent {
        leases: Vec::new(),
        claims: claims.clone(),
        footprint: Footprint::default(),
    };
    let write = BatchWrite {
        changed_accounts: known,
        ..BatchWrite::default()
    };
    let refused = store
        .run_batch(intent, Box::new(|_| Verdict::Commit(Box::new(write))))
        .await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    let loaded = load_for(&*store, claims, Footprint::default()).await;
    assert_eq!(loaded.claims, [ClaimOutcome::Fresh]);
}

/// An account is opened once: by its id and by its key.
pub async fn refuses_to_open_an_account_twice(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    pay(&*store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    let taken = Account::open(id(), key(company_id, "revenue"), AccountKind::Revenue, true);
    let message = expect_refused(&*store, Payment::new(company_id, "e2"), |write| {
        write.opened_accounts.push(taken);
    })
    .await;
    assert!(message.contains("accounts_"), "{message}");
}

/// An account is written once, as it is at the end of the batch.
pub async fn refuses_to_write_an_account_twice(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    pay(&*store, vec![Payment::new(company_id, "e1")]).await.unwrap();
    let twice = |write: &mut BatchWrite| write.changed_accounts.push(write.changed_accounts[0].clone());
    expect_refused(&*store, Payment::new(company_id, "e2"), twice).await;
}

/// A counter that was not read cannot be moved, and none goes backwards.
pub async fn refuses_counters_that_were_not_read(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    pay(
        &*store,
        vec![Payment::new(company_id, "e1"), Payment::new(company_id, "e2")],
    )
    .await
    .unwrap();
    let invoice = CounterKey {
        company_id,
        counter: Counter::Invoice,
    };
    expect_refused(&*store, Payment::new(company_id, "e3"), move |write| {
        write.counters.push((invoice, 1));
    })
    .await;
    expect_refused(&*store, Payment::new(company_id, "e4"), |write| {
        write.counters[0].1 = 1;
    })
    .await;
}

/// An account's entries are numbered one after another, and counted.
pub async fn refuses_entries_out_of_their_order(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let payment = |event_id: &str| Payment {
        transfers: vec![Transfer::new(company_id, "bank", "settlement", 7)],
        ..Payment::new(company_id, event_id)
    };
    pay(&*store, vec![payment("e1")]).await.unwrap();
    let gap = |write: &mut BatchWrite| write.transactions[1].transaction.entries[0].number += 1;
    expect_refused(&*store, payment("e2"), gap).await;
    let uncounted = |write: &mut BatchWrite| drop(write.transactions.pop());
    expect_refused(&*store, payment("e3"), uncounted).await;
}

/// A decision that panics is at fault for its data: nothing is stored, and the store goes on.
pub async fn a_decision_that_panics_stores_nothing(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let claim: Claim = Payment::new(id(), "e1").claim;
    let intent = BatchIntent {
        leases: Vec::new(),
        claims: vec![claim.clone()],
        footprint: Footprint::default(),
    };
    let refused = store
        .run_batch(intent, Box::new(|_| panic!("a decision that panics on purpose")))
        .await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    let loaded = load_for(&*store, vec![claim], Footprint::default()).await;
    assert_eq!(loaded.claims, [ClaimOutcome::Fresh]);
    assert_eq!(
        pay(&*store, vec![Payment::new(id(), "e2")]).await,
        Ok(BatchEnd::Committed)
    );
}
