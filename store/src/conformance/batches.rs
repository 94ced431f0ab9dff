//! Batches: all or nothing, and what they are shown.

use std::collections::BTreeSet;

use super::StoreFactory;
use super::fixture::{claim, first, id, key};
use super::payments::{Payment, Transfer, footprint, load, load_for, pay, pay_with};
use crate::{
    BatchEnd, BatchIntent, BatchWrite, ClaimOutcome, Counter, CounterKey, Footprint, KnownReference,
    RunFilter, Verdict,
};

/// What a batch writes is there once it has answered, and as it was written.
pub async fn stores_a_batch_whole(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let payments: Vec<Payment> = (0..40)
        .map(|number| Payment::new(company_id, &format!("e{number}")))
        .collect();
    let (tell, told) = std::sync::mpsc::channel();
    let written = pay_with(&*store, payments.clone(), move |write| {
        tell.send(write.clone()).unwrap();
    })
    .await;
    assert_eq!(written, Ok(BatchEnd::Committed));
    let written: BatchWrite = told.recv().unwrap();
    for (number, payment) in payments.iter().enumerate() {
        let details = store.find_run(payment.run_id()).await.unwrap().unwrap();
        assert_eq!(details.run, payment.run());
        assert_eq!(details.event.as_ref(), Some(&payment.claim.body));
        assert_eq!(
            details.transactions,
            [written.transactions[number].transaction.clone()]
        );
        assert_eq!(details.events, [written.events[number].clone()]);
    }
}

/// Accounts and counters are shown as they were written; what does not exist is not shown.
pub async fn reads_back_what_a_footprint_names(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let payment = Payment::new(company_id, "e1");
    let (tell, told) = std::sync::mpsc::channel();
    let tell_accounts = move |write: &mut BatchWrite| tell.send(write.opened_accounts.clone()).unwrap();
    pay_with(&*store, vec![payment.clone()], tell_accounts)
        .await
        .unwrap();
    let mut wanted = footprint(&[payment]);
    wanted.accounts.insert(key(company_id, "nobody"));
    wanted.accounts.insert(key(id(), "receivables"));
    let invoice = CounterKey {
        company_id,
        counter: Counter::Invoice,
    };
    let outbox = CounterKey {
        company_id,
        counter: Counter::Outbox,
    };
    wanted.counters.insert(invoice);
    let loaded = load(&*store, wanted).await;
    assert_eq!(loaded.claims, []);
    assert_eq!(loaded.counters, [(outbox, 1)]);
    let mut written = told.recv().unwrap();
    written.sort_by(|a, b| a.key().cmp(b.key()));
    assert_eq!(loaded.accounts, written);
    assert_eq!(written[0].balance().minor(), 100);
}

/// A batch that is to be widened was never there: its claims are free.
pub async fn widening_leaves_nothing(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let payment = Payment::new(id(), "e1");
    let loaded = load_for(
        &*store,
        vec![payment.claim.clone()],
        footprint(std::slice::from_ref(&payment)),
    )
    .await;
    assert_eq!(loaded.claims, [ClaimOutcome::Fresh]);
    assert_eq!(
        store
            .list_runs(RunFilter::default(), first(9))
            .await
            .unwrap()
            .items,
        []
    );
    let again = load_for(&*store, vec![payment.claim.clone()], Footprint::default()).await;
    assert_eq!(again.claims, [ClaimOutcome::Fresh]);
    assert_eq!(pay(&*store, vec![payment.clone()]).await, Ok(BatchEnd::Committed));
    assert!(store.find_run(payment.run_id()).await.unwrap().is_some());
}

/// A batch may be empty, and a claim may come without anything to write.
pub async fn a_batch_without_events_is_a_batch(factory: &impl StoreFactory) {
    let store = factory.open().await;
    assert_eq!(pay(&*store, Vec::new()).await, Ok(BatchEnd::Committed));
    let claim = claim(id(), "ignored", "{}");
    let intent = BatchIntent {
        leases: Vec::new(),
        claims: vec![claim.clone()],
        footprint: Footprint::default(),
    };
    let nothing = Box::new(|_| Verdict::Commit(Box::default()));
    assert_eq!(store.run_batch(intent, nothing).await, Ok(BatchEnd::Committed));
    let loaded = load_for(&*store, vec![claim], Footprint::default()).await;
    assert_eq!(loaded.claims, [ClaimOutcome::Repeated]);
}

/// A counter goes on where the last batch left it, each company's for itself.
pub async fn counts_without_gaps(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (one, other) = (id(), id());
    for batch in 0..3 {
        let payments = [one, other, one].into_iter().enumerate();
        let payments =
            payments.map(|(number, company_id)| Payment::new(company_id, &format!("e{batch}.{number}")));
        pay(&*store, payments.collect()).await.unwrap();
    }
    let counter = |company_id| CounterKey {
        company_id,
        counter: Counter::Outbox,
    };
    let counters = BTreeSet::from([one, other].map(counter));
    let loaded = load(
        &*store,
        Footprint {
            counters,
            ..Footprint::default()
        },
    )
    .await;
    assert_eq!(
        loaded.counters.into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from([(counter(one), 6), (counter(other), 3)])
    );
}

/// References that earlier batches used are shown with the content that they stand for.
pub async fn knows_references_in_use(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let company_id = id();
    let mut payment = Payment::new(company_id, "e1");
    payment
        .transfers
        .push(Transfer::new(company_id, "bank", "receivables", 40));
    let (tell, told) = std::sync::mpsc::channel();
    let tell = move |write: &mut BatchWrite| tell.send(write.transactions.clone()).unwrap();
    pay_with(&*store, vec![payment], tell).await.unwrap();
    let posted = told.recv().unwrap();
    let reference = |number: usize| posted[number].transaction.reference.clone();
    let references = [
        (company_id, reference(1)),
        (company_id, "free".to_owned()),
        (id(), reference(0)),
    ]
    .into_iter()
    .collect();
    let loaded = load(
        &*store,
        Footprint {
            references,
            ..Footprint::default()
        },
    )
    .await;
    let expected = KnownReference {
        company_id,
        reference: reference(1),
        transaction_id: posted[1].transaction.id,
        content_hash: posted[1].content_hash,
        run_id: posted[1].transaction.run_id,
    };
    assert_ne!(expected.run_id, None);
    assert_eq!(loaded.references, [expected]);
}
