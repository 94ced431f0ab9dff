//! What outlives the process, and what does not outlive closing.

use super::StoreFactory;
use super::fixture::{company, id};
use super::payments::{Payment, pay};
use crate::{BatchEnd, CreateCompanyError, StoreError};

/// What the store has answered for is there after a crash, and the store goes on from there.
pub async fn keeps_what_was_committed_over_a_crash(factory: &impl StoreFactory) {
    let mut store = factory.open().await;
    let company = company();
    store.create_company(company.clone()).await.unwrap();
    let mut seen = Vec::new();
    for round in 0..3 {
        let payment = Payment::new(company.company_id, &format!("e{round}"));
        assert_eq!(pay(&*store, vec![payment.clone()]).await, Ok(BatchEnd::Committed));
        seen.push(store.find_run(payment.run_id()).await.unwrap().unwrap());
        let before = store.run_changes(None, None, 1).await.unwrap().cursor;
        store = factory.crash(store).await;
        assert_eq!(store.run_changes(None, None, 1).await.unwrap().cursor, before);
        for details in &seen {
            assert_eq!(
                store.find_run(details.run.id).await.as_ref(),
                Ok(&Some(details.clone()))
            );
        }
    }
    assert_eq!(store.find_company(company.company_id).await, Ok(Some(company)));
    assert_eq!(seen[2].events[0].number, 3);
}

/// A closed store is unavailable, for reading and for writing.
pub async fn refuses_everything_once_closed(factory: &impl StoreFactory) {
    let store = factory.open().await;
    assert_eq!(store.ping().await, Ok(()));
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable { .. })));
    let refused = pay(&*store, vec![Payment::new(id(), "e1")]).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable { .. })),
        "{refused:?}"
    );
    let refused = store.create_company(company()).await;
    assert!(
        matches!(
            refused,
            Err(CreateCompanyError::Store(StoreError::Unavailable { .. }))
        ),
        "{refused:?}"
    );
}
