//! Holds: placed, captured, released.

use std::collections::BTreeSet;

use ledger::{Books, HoldDraft, HoldStatus};
use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{id, key, money};
use super::payments::load;
use crate::{BatchEnd, BatchIntent, BatchWrite, Footprint, Loaded, Store, StoreError, Verdict};

fn naming(company_id: Uuid, hold_ids: &[Uuid]) -> Footprint {
    let holds = hold_ids.iter().map(|hold_id| (company_id, *hold_id)).collect();
    Footprint {
        holds,
        ..Footprint::default()
    }
}

/// Runs a batch that does something with holds, on books that foresee the accounts of this module.
async fn on_books(
    store: &dyn Store,
    company_id: Uuid,
    mut footprint: Footprint,
    act: impl FnOnce(&mut Books) + Send + 'static,
) {
    let keys = ["customer", "merchant"].map(|code| key(company_id, code));
    footprint.accounts = BTreeSet::from(keys.clone());
    let decide = move |loaded: Loaded| {
        let mut books = Books::new();
        loaded
            .accounts
            .into_iter()
            .for_each(|account| books.load(account));
        loaded.holds.into_iter().for_each(|hold| books.load_hold(hold));
        for key in keys {
            books.foresee(key);
        }
        act(&mut books);
        Verdict::Commit(Box::new(written(&books)))
    };
    let intent = BatchIntent {
        leases: Vec::new(),
        claims: Vec::new(),
        footprint,
    };
    assert_eq!(
        store.run_batch(intent, Box::new(decide)).await,
        Ok(BatchEnd::Committed)
    );
}

fn written(books: &Books) -> BatchWrite {
    let mut write = BatchWrite::default();
    for changed in books.changed() {
        let accounts = if changed.is_new {
            &mut write.opened_accounts
        } else {
            &mut write.changed_accounts
        };
        accounts.push(changed.account.clone());
    }
    for changed in books.changed_holds() {
        let holds = if changed.is_new {
            &mut write.placed_holds
        } else {
            &mut write.changed_holds
        };
        holds.push(changed.hold.clone());
    }
    write
}

fn draft(hold_id: Uuid, minor: i64, expires_at_ms: Option<i64>) -> HoldDraft {
    let code = |code: &str| code.parse().unwrap();
    HoldDraft {
        id: hold_id,
        account: code("customer"),
        to: code("merchant"),
        amount: money(minor),
        expires_at_ms,
    }
}

/// Holds are shown as they were written, each with its two accounts, to batches of their own company.
pub async fn keeps_holds(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (company_id, kept, freed) = (id(), id(), id());
    on_books(&*store, company_id, Footprint::default(), move |books| {
        books
            .place_hold(company_id, &draft(kept, 70, Some(1_800_000_000_000)), &mut id)
            .unwrap();
        books
            .place_hold(company_id, &draft(freed, 30, None), &mut id)
            .unwrap();
    })
    .await;
    let loaded = load(&*store, naming(company_id, &[kept, id()])).await;
    assert_eq!(loaded.holds.len(), 1);
    assert_eq!(loaded.holds[0].state().expires_at_ms, Some(1_800_000_000_000));
    assert_eq!(
        (loaded.holds[0].amount(), loaded.holds[0].status()),
        (money(70), HoldStatus::Pending)
    );
    let customer = loaded
        .accounts
        .iter()
        .find(|account| account.key().code.as_str() == "customer")
        .unwrap();
    assert_eq!((loaded.accounts.len(), customer.pending_debits()), (2, 100));
    assert_eq!(load(&*store, naming(id(), &[kept])).await.holds, []);

    on_books(&*store, company_id, naming(company_id, &[freed]), move |books| {
        books.release_hold(company_id, freed).unwrap();
    })
    .await;
    let loaded = load(&*store, naming(company_id, &[kept, freed])).await;
    let statuses: Vec<_> = loaded
        .holds
        .iter()
        .map(|hold| (hold.id(), hold.status()))
        .collect();
    assert_eq!(
        statuses,
        [(kept, HoldStatus::Pending), (freed, HoldStatus::Released)],
        "in the order of their keys"
    );
    assert!(
        loaded
            .accounts
            .iter()
            .any(|account| account.pending_debits() == 70)
    );
}

/// A hold is changed only by a batch that has read it.
pub async fn refuses_holds_that_were_not_read(factory: &impl StoreFactory) {
    let store = factory.open().await;
    let (company_id, hold_id) = (id(), id());
    on_books(&*store, company_id, Footprint::default(), move |books| {
        books
            .place_hold(company_id, &draft(hold_id, 70, None), &mut id)
            .unwrap();
    })
    .await;
    let hold = load(&*store, naming(company_id, &[hold_id])).await.holds;
    for write in [
        BatchWrite {
            changed_holds: hold.clone(),
            ..BatchWrite::default()
        },
        BatchWrite {
            placed_holds: hold,
            ..BatchWrite::default()
        },
    ] {
        let intent = BatchIntent {
            leases: Vec::new(),
            claims: Vec::new(),
            footprint: Footprint::default(),
        };
        let refused = store
            .run_batch(intent, Box::new(|_| Verdict::Commit(Box::new(write))))
            .await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    }
}
