//! Claims: an event runs once.

use super::StoreFactory;
use super::fixture::{claim, id};
use super::payments::{Payment, load_for, pay};
use crate::{Claim, ClaimOutcome, Footprint, RunFilter, Store};

async fn outcomes(store: &dyn Store, claims: Vec<Claim>) -> Vec<ClaimOutcome> {
    load_for(store, claims, Footprint::default()).await.claims
}

/// An event that was claimed is repeated if its bytes are the same, and in conflict if they are not.
pub async fn tells_repeated_from_conflicting_claims(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payment = Payment::new(id(), "e1");
    let body = String::from_utf8(payment.claim.body.to_vec()).unwrap();
    pay(&*store, vec![payment.clone()]).await.unwrap();
    let company_id = payment.claim.company_id;
    let claims = vec![
        claim(company_id, "e1", &body),
        claim(company_id, "e1", "other"),
        claim(company_id, "e2", &body),
    ];
    let expected = [
        ClaimOutcome::Repeated,
        ClaimOutcome::Conflicting,
        ClaimOutcome::Fresh,
    ];
    assert_eq!(outcomes(&*store, claims).await, expected);
    // The same message, delivered again: nothing more happens.
    pay(&*store, vec![payment.clone()]).await.unwrap();
    let details = store.find_run(payment.run_id()).await.unwrap().unwrap();
    assert_eq!((details.transactions.len(), details.events.len()), (1, 1));
}

/// Within a batch the first of equal claims is the one that counts, also for the events' bodies.
pub async fn sees_earlier_claims_of_the_same_batch(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let first = Payment::new(company_id, "e1");
    let repeated = Payment {
        claim: Claim {
            id: id(),
            ..first.claim.clone()
        },
        ..first.clone()
    };
    let mut conflicting = Payment::new(company_id, "e1");
    conflicting.claim = claim(company_id, "e1", "conflicting");
    let payments = vec![
        first.clone(),
        repeated,
        conflicting.clone(),
        Payment::new(company_id, "e2"),
    ];
    let claims = payments.iter().map(|payment| payment.claim.clone()).collect();
    let expected = [
        ClaimOutcome::Fresh,
        ClaimOutcome::Repeated,
        ClaimOutcome::Conflicting,
        ClaimOutcome::Fresh,
    ];
    assert_eq!(outcomes(&*store, claims).await, expected);

    pay(&*store, payments).await.unwrap();
    let of_event = RunFilter {
        event_id: Some("e1".to_owned()),
        ..RunFilter::default()
    };
    let runs = store
        .list_runs(of_event, super::fixture::first(9))
        .await
        .unwrap()
        .items;
    assert_eq!(
        runs.iter().map(|run| run.id).collect::<Vec<_>>(),
        [first.run_id()]
    );
    assert_eq!(
        store.find_run(first.run_id()).await.unwrap().unwrap().event,
        Some(first.claim.body)
    );
    assert_eq!(store.find_run(conflicting.run_id()).await, Ok(None));
}

/// Two companies may give their events the same ids.
pub async fn claims_are_per_company(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (one, other) = (Payment::new(id(), "e1"), Payment::new(id(), "e1"));
    pay(&*store, vec![one]).await.unwrap();
    assert_eq!(
        outcomes(&*store, vec![other.claim.clone()]).await,
        [ClaimOutcome::Fresh]
    );
    pay(&*store, vec![other.clone()]).await.unwrap();
    assert!(store.find_run(other.run_id()).await.unwrap().is_some());
}
