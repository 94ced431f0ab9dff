//! What changed: the cursor over runs.

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::id;
use super::payments::{Payment, pay};
use crate::{ChangeCursor, Store};

async fn present(store: &dyn Store) -> ChangeCursor {
    let changes = store.run_changes(None, None, 9).await.unwrap();
    assert_eq!(changes.runs, []);
    changes.cursor
}

/// Reads on from a cursor until nothing is left, a few at a time.
async fn read_on(store: &dyn Store, company_id: Option<Uuid>, cursor: &mut ChangeCursor) -> Vec<Uuid> {
    let mut seen = Vec::new();
    loop {
        let changes = store.run_changes(company_id, Some(*cursor), 3).await.unwrap();
        assert!(changes.runs.len() <= 3 && changes.cursor >= *cursor);
        *cursor = changes.cursor;
        if changes.runs.is_empty() {
            return seen;
        }
        seen.extend(changes.runs.into_iter().map(|run| run.id));
    }
}

/// Whoever follows the cursor sees every run once, whatever batches commit at the same time.
pub async fn shows_every_change_once(factory: &impl StoreFactory) {
    let store = factory.open().await;
    pay(&*store, vec![Payment::new(id(), "before")]).await.unwrap();
    let mut cursor = present(&*store).await;
    assert_eq!(read_on(&*store, None, &mut cursor).await, Vec::<Uuid>::new());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let company_id = id();
            let mut written = Vec::new();
            for batch in 0..5 {
                let payment = |number| Payment::new(company_id, &format!("{writer}.{batch}.{number}"));
                let payments: Vec<_> = (0..4).map(payment).collect();
                written.extend(payments.iter().map(Payment::run_id));
                pay(&*store, payments).await.unwrap();
            }
            written
        });
    }
    let mut seen = Vec::new();
    let mut written = HashSet::new();
    while let Some(done) = writers.join_next().await {
        seen.extend(read_on(&*store, None, &mut cursor).await);
        written.extend(done.unwrap());
    }
    seen.extend(read_on(&*store, None, &mut cursor).await);
    assert_eq!(seen.len(), written.len(), "once");
    assert_eq!(seen.into_iter().collect::<HashSet<_>>(), written);
}

/// The cursor of a company with nothing new moves on past the others' runs.
pub async fn changes_of_one_company_pass_over_the_others(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (quiet, busy) = (id(), id());
    let mut cursor = present(&*store).await;
    let payments: Vec<_> = (0..7)
        .map(|number| Payment::new(busy, &format!("e{number}")))
        .collect();
    pay(&*store, payments.clone()).await.unwrap();
    assert_eq!(
        read_on(&*store, Some(quiet), &mut cursor).await,
        Vec::<Uuid>::new()
    );
    assert_eq!(cursor, present(&*store).await);
    let payment = Payment::new(quiet, "at last");
    pay(&*store, vec![payments[0].clone(), payment.clone()])
        .await
        .unwrap();
    assert_eq!(
        read_on(&*store, Some(quiet), &mut cursor).await,
        [payment.run_id()]
    );
    let mut from_the_start = ChangeCursor(0);
    let all = payments.iter().map(Payment::run_id).collect::<Vec<_>>();
    assert_eq!(read_on(&*store, Some(busy), &mut from_the_start).await, all);
}
