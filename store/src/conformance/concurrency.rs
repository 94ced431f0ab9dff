//! Many at once.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{first, id, key};
use super::payments::{Payment, Transfer, intent, load, pay, settle};
use crate::{
    AccountFilter, BatchEnd, BatchIntent, Counter, CounterKey, Footprint, RunFilter, Store, Verdict,
};

/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_mins(1);

/// Commits a payment as one does who did not foresee its accounts: the first try asks for nothing, and is widened.
async fn pay_unforeseen(store: &dyn Store, payment: Payment) {
    let payments = vec![payment];
    let narrow = BatchIntent {
        footprint: Footprint::default(),
        ..intent(&payments)
    };
    let widened = store.run_batch(narrow, Box::new(|_| Verdict::Widen)).await;
    assert_eq!(widened, Ok(BatchEnd::Widened));
    let decide = {
        let payments = payments.clone();
        move |loaded| Verdict::Commit(Box::new(settle(&payments, &loaded)))
    };
    assert_eq!(
        store.run_batch(intent(&payments), Box::new(decide)).await,
        Ok(BatchEnd::Committed)
    );
}

/// The race: two batches read a balance, and each writes it back plus its own amount.
pub async fn a_hot_account_adds_up(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..16_i64 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0..10 {
                let mut payment = Payment::new(company_id, &format!("{task}.{number}"));
                payment.transfers = vec![Transfer::new(company_id, "bank", "revenue", 1 + task)];
                pay_unforeseen(&*store, payment).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let accounts = [key(company_id, "bank"), key(company_id, "revenue")]
        .into_iter()
        .collect();
    let loaded = load(
        &*store,
        Footprint {
            accounts,
            ..Footprint::default()
        },
    )
    .await;
    for account in &loaded.accounts {
        assert_eq!(
            (account.balance().minor(), account.entries()),
            (10 * (1..=16).sum::<i64>(), 160)
        );
    }
    assert_eq!(loaded.accounts.len(), 2);
    assert_eq!(
        store
            .list_accounts(AccountFilter::default(), first(9))
            .await
            .unwrap()
            .items
            .len(),
        2
    );
}

/// How many events of a company were stored.
async fn sent(store: &dyn Store, company_id: Uuid) -> u64 {
    let counters = [CounterKey {
        company_id,
        counter: Counter::Outbox,
    }]
    .into_iter()
    .collect();
    let loaded = load(
        store,
        Footprint {
            counters,
            ..Footprint::default()
        },
    )
    .await;
    loaded.counters.first().map_or(0, |(_, last)| *last)
}

/// Whoever stops listening to a batch that they began does not stop the batch.
pub async fn what_was_begun_is_finished_unheard(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let payments: Vec<_> = (0..8)
        .map(|number| Payment::new(company_id, &format!("e{number}")))
        .collect();
    for payment in payments {
        let store = Arc::clone(&store);
        let begun = async move { pay(&*store, vec![payment]).await };
        // Polled once, which begins it, and then dropped.
        tokio::select! {
            biased;
            _ = begun => {}
            () = std::future::ready(()) => {}
        }
    }
    let all_sent = async {
        while sent(&*store, company_id).await < 8 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, all_sent).await.unwrap();
    assert_eq!(
        store
            .list_runs(RunFilter::default(), first(99))
            .await
            .unwrap()
            .items
            .len(),
        8
    );
}
