//! The chain over the ledger's transactions: made after the fact, and what it tells of whoever tampers with the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use uuid::Uuid;

use super::MoneyStoreFactory;
use super::fixture::id;
use super::movement_races::is_done;
use super::movements::Movement;
use super::payments::{Payment, pay};
use crate::{ChainAudit, ChainPoint, ChainRound, MoneyStore, PageRequest, verify_chain, verify_ledger};

/// The transaction of the third link.
const THIRD: &str = "(SELECT transaction_number FROM ledger_chain WHERE position = 3)";

async fn audit(store: &dyn MoneyStore) -> ChainAudit {
    verify_chain(store, None).await.unwrap()
}

/// Posts so many transactions.
async fn post(store: &dyn MoneyStore, company_id: Uuid, count: u32) {
    for _ in 0..count {
        let movement = Movement::new(company_id, &id().to_string());
        movement.carry_out(store).await.unwrap();
    }
}

/// Chains until nothing waits.
async fn chain_all(store: &dyn MoneyStore, limit: u32) -> ChainAudit {
    let chaining = async {
        loop {
            while store.extend_chain(limit).await.unwrap() == ChainRound::Full {}
            let audit = audit(store).await;
            if audit.waiting == 0 || audit.difference.is_some() {
                return audit;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), chaining)
        .await
        .unwrap()
}

/// A ledger of five transactions, all chained, which anybody may change now; and their ids, in the order of the chain.
async fn chained(factory: &impl MoneyStoreFactory) -> (Arc<dyn MoneyStore>, Vec<Uuid>) {
    let store = factory.open_for_money().await;
    let company_id = id();
    post(&*store, company_id, 5).await;
    let ids = transactions(&*store).await;
    chain_all(&*store, 100).await;
    factory.unguard().await;
    (store, ids)
}

/// The ids of all transactions, oldest first.
async fn transactions(store: &dyn MoneyStore) -> Vec<Uuid> {
    let page = PageRequest {
        limit: 200,
        after: None,
    };
    let entries = store
        .list_entries(crate::EntryFilter::default(), page)
        .await
        .unwrap();
    let mut ids: Vec<Uuid> = entries.items.iter().map(|entry| entry.transaction_id).collect();
    ids.dedup();
    ids.reverse();
    ids
}

/// What is said of a ledger of five transactions once somebody tampered with it, in place of the id of the third.
async fn said_after(factory: &impl MoneyStoreFactory, sql: &str) -> String {
    let (store, ids) = chained(factory).await;
    factory.execute(sql).await.unwrap();
    let difference = audit(&*store).await.difference.unwrap();
    let mut said = difference.to_string();
    for (id, name) in ids.iter().zip(["first", "second", "third", "fourth", "fifth"]) {
        said = said.replace(&id.to_string(), name);
    }
    said
}

/// Everything that was posted is chained, a few at a time, and a point that was noted stays on the chain.
pub async fn chains_what_was_posted(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let empty = audit(&*store).await;
    assert_eq!((empty.chained, empty.waiting), (0, 0));
    assert_eq!((empty.head, empty.difference), (ChainPoint::BEGINNING, None));
    assert_eq!(store.extend_chain(9).await, Ok(ChainRound::Done));

    post(&*store, company_id, 5).await;
    pay(&*store, vec![Payment::new(company_id, "a run's")])
        .await
        .unwrap();
    let waiting = audit(&*store).await;
    assert_eq!((waiting.chained, waiting.waiting), (0, 6));
    let first = chain_all(&*store, 2).await;
    assert_eq!((first.chained, first.head.position), (6, 6));
    assert_eq!(first.difference, None);

    post(&*store, company_id, 2).await;
    let second = chain_all(&*store, 100).await;
    assert_eq!((second.chained, &second.difference), (8, &None));
    let anchored = verify_chain(&*store, Some(first.head)).await.unwrap();
    assert_eq!(anchored, second);
    let elsewhere = ChainPoint {
        hash: second.head.hash,
        ..first.head
    };
    let anchored = verify_chain(&*store, Some(elsewhere)).await.unwrap();
    let said = anchored.difference.unwrap().to_string();
    assert_eq!(
        said,
        format!(
            "the chain: it was noted to pass through {elsewhere}, and passes through {}",
            first.head
        )
    );
    let beyond = ChainPoint {
        position: 9,
        ..first.head
    };
    let anchored = verify_chain(&*store, Some(beyond)).await.unwrap();
    let said = anchored.difference.unwrap().to_string();
    assert_eq!(
        said,
        format!(
            "the chain: it was noted to pass through {beyond}, and ends at {}",
            second.head
        )
    );
}

/// Links stay as they are.
pub async fn links_stay_as_they_are(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    post(&*store, id(), 1).await;
    chain_all(&*store, 100).await;
    for sql in [
        "UPDATE ledger_chain SET digest = hash",
        "DELETE FROM ledger_chain",
    ] {
        let refused = factory.execute(sql).await.unwrap_err();
        assert!(
            refused.contains("ledger_chain") && refused.contains("never"),
            "{refused}"
        );
    }
    assert_eq!(audit(&*store).await.chained, 1);
}

/// An amount in the middle is another one now.
pub async fn names_a_transaction_that_was_changed(factory: &impl MoneyStoreFactory) {
    let change =
        format!("UPDATE entries SET amount = amount + 1 WHERE transaction_number = {THIRD} AND position = 1");
    let said = said_after(factory, &change).await;
    assert_eq!(
        said,
        "transaction third (link 3 of the chain): it was changed after it was chained"
    );
}

/// So is what it says of itself.
pub async fn names_a_transaction_whose_texts_were_changed(factory: &impl MoneyStoreFactory) {
    let change = format!("UPDATE transactions SET metadata = '{{\"a\":1}}' WHERE number = {THIRD}");
    let said = said_after(factory, &change).await;
    assert_eq!(
        said,
        "transaction third (link 3 of the chain): it was changed after it was chained"
    );
}

/// A transaction is gone, with its entries.
pub async fn names_a_transaction_that_was_deleted(factory: &impl MoneyStoreFactory) {
    let delete = format!(
        "DELETE FROM entries WHERE transaction_number = {THIRD}; DELETE FROM transactions WHERE number = {THIRD}"
    );
    let said = said_after(factory, &delete).await;
    assert_eq!(
        said,
        "transaction third (link 3 of the chain): it is chained, but its row is missing"
    );
}

/// The hash of a link is another one.
pub async fn names_a_link_that_was_rewritten(factory: &impl MoneyStoreFactory) {
    let rewrite = "UPDATE ledger_chain SET hash = digest WHERE position = 3";
    let said = said_after(factory, rewrite).await;
    let expected = "transaction third (link 3 of the chain): its link does not follow from the one before: one of the \
                    two was rewritten";
    assert_eq!(said, expected);
}

/// The digest of a link is another one.
pub async fn names_a_digest_that_was_rewritten(factory: &impl MoneyStoreFactory) {
    let said = said_after(
        factory,
        "UPDATE ledger_chain SET digest = hash WHERE position = 3",
    )
    .await;
    assert_eq!(
        said,
        "transaction third (link 3 of the chain): its link was changed"
    );
}

/// A link is gone, and its transaction is not.
pub async fn names_a_link_that_is_missing(factory: &impl MoneyStoreFactory) {
    let said = said_after(factory, "DELETE FROM ledger_chain WHERE position = 3").await;
    assert_eq!(
        said,
        "transaction third (link 3 of the chain): its link is missing"
    );
}

/// A link is gone together with its transaction.
pub async fn names_what_comes_behind_a_gap(factory: &impl MoneyStoreFactory) {
    let delete = format!(
        "DELETE FROM entries WHERE transaction_number = {THIRD}; DELETE FROM transactions WHERE number = {THIRD};
         DELETE FROM ledger_chain WHERE position = 3"
    );
    let said = said_after(factory, &delete).await;
    let expected =
        "transaction fourth (link 4 of the chain): link 3 before it is missing, and so is its transaction";
    assert_eq!(said, expected);
}

/// The end of the chain is cut off.
pub async fn names_an_end_that_was_cut_off(factory: &impl MoneyStoreFactory) {
    let said = said_after(factory, "DELETE FROM ledger_chain WHERE position > 3").await;
    assert_eq!(
        said,
        "transaction fourth (link 4 of the chain): its link is missing"
    );
}

/// A transaction stands among those that are chained, where none was.
pub async fn names_a_transaction_that_was_slipped_in(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    post(&*store, id(), 5).await;
    factory.unguard().await;
    let fourth = "(SELECT number FROM transactions ORDER BY number LIMIT 1 OFFSET 3)";
    let make_room = format!(
        "DELETE FROM entries WHERE transaction_number = {fourth}; DELETE FROM transactions WHERE number = {fourth}"
    );
    factory.execute(&make_room).await.unwrap();
    assert_eq!(chain_all(&*store, 100).await.chained, 4);
    let slip_in = format!(
        "INSERT INTO transactions (number, id, company_id, reference, created_at, content_hash, metadata) {}
         SELECT number - 1, company_id, company_id, 'slipped in', created_at, content_hash, metadata
         FROM transactions WHERE number = (SELECT max(number) FROM transactions)",
        factory.overriding()
    );
    factory.execute(&slip_in).await.unwrap();
    let difference = audit(&*store).await.difference.unwrap();
    assert!(difference.subject.starts_with("transaction "), "{difference}");
    assert_eq!(
        difference.problem,
        "it was slipped in before link 4: the chain does not know it"
    );
}

/// Whoever rewrites the whole chain leaves no trace but against a point that was noted before.
pub async fn a_chain_that_was_made_anew_shows_against_a_noted_point(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    factory
        .execute("CREATE TABLE beginning AS SELECT position, hash, up_to FROM ledger_chain_head")
        .await
        .unwrap();
    post(&*store, id(), 5).await;
    let noted = chain_all(&*store, 100).await.head;
    factory.unguard().await;
    let rewrite = format!(
        "UPDATE entries SET balance_after = balance_after + 1 WHERE transaction_number = {THIRD};
         DELETE FROM ledger_chain;
         UPDATE ledger_chain_head SET position = (SELECT position FROM beginning),
             hash = (SELECT hash FROM beginning), up_to = (SELECT up_to FROM beginning)"
    );
    factory.execute(&rewrite).await.unwrap();
    let anew = chain_all(&*store, 100).await;
    assert_eq!((anew.chained, anew.difference), (5, None));
    let difference = verify_chain(&*store, Some(noted)).await.unwrap().difference;
    assert_eq!(difference.unwrap().subject, "the chain");
}

/// The race: several builders find the same transactions without links, while more are posted. Whoever verifies meanwhile
/// finds a good chain.
pub async fn several_may_build_one_chain(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let is_posting = Arc::new(AtomicBool::new(true));
    let mut posting = tokio::task::JoinSet::new();
    for task in 0..4 {
        let store = Arc::clone(&store);
        posting.spawn(async move {
            for number in 0..15 {
                let name = format!("{task}.{number}");
                while !is_done(Movement::new(company_id, &name).carry_out(&*store).await) {}
            }
        });
    }
    let mut building = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (store, is_posting) = (Arc::clone(&store), Arc::clone(&is_posting));
        building.spawn(async move {
            while is_posting.load(Ordering::SeqCst) {
                while !is_done(store.extend_chain(7).await.map(|_| ())) {}
            }
        });
    }
    while !posting.is_empty() {
        assert_eq!(audit(&*store).await.difference, None);
        while let Some(done) = posting.try_join_next() {
            done.unwrap();
        }
    }
    is_posting.store(false, Ordering::SeqCst);
    building.join_all().await;
    let audit = chain_all(&*store, 7).await;
    assert_eq!((audit.chained, audit.difference), (60, None));
    assert_eq!(verify_ledger(&*store).await.unwrap().difference, None);
}
