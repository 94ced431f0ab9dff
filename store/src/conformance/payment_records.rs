//! Payments that callers made, with what happened to each.

use std::collections::BTreeSet;

use ledger::{
    AccountKind, Books, Exchange, HoldDraft, Payment, PaymentChange, PaymentEvent, PaymentState, Rounding,
};
use uuid::Uuid;

use super::MoneyStoreFactory;
use super::fixture::{all_pages, at, first, id, key, money};
use super::payments::load;
use crate::{
    AnswerKey, Decline, HoldFilter, KeptRequest, KnownRequest, LoadedMovements, MoneyStore, MovementIntent,
    MovementWrite, PageRequest, PaymentFilter, PaymentRecord, PaymentType, Span, Step, StoreError,
    StoredPaymentEvent,
};

/// A payment of 1.00 that was just taken, with its event.
pub(super) fn taken(company_id: Uuid, key: Option<&str>) -> (PaymentRecord, StoredPaymentEvent) {
    let (life, event) = Payment::pending(money(100)).unwrap();
    let payment = PaymentRecord {
        id: id(),
        company_id,
        payment_type: PaymentType::Internal,
        source_account_id: id(),
        destination_account_id: Some(id()),
        authorization: Step::Manual,
        capture: Step::Automatic,
        exchange: Some(
            Exchange::new("JPY".parse().unwrap(), "29.705".parse().unwrap(), Rounding::Floor).unwrap(),
        ),
        provider: None,
        description: Some("rent".to_owned()),
        metadata: r#"{"order":1.50}"#.to_owned(),
        life,
        hold_id: None,
        transaction_id: None,
        decline: None,
        created_at: at(1),
        updated_at: at(1),
    };
    let first = happened(&payment, event, key);
    (payment, first)
}

/// What happened to a payment last.
fn happened(payment: &PaymentRecord, event: PaymentEvent, key: Option<&str>) -> StoredPaymentEvent {
    StoredPaymentEvent {
        id: id(),
        payment_id: payment.id,
        company_id: payment.company_id,
        number: payment.life.figures().events,
        event,
        transaction_id: payment.transaction_id,
        reason: Some("because".to_owned()),
        request: key.map(|key| request(payment.company_id, key)),
        created_at: payment.updated_at,
    }
}

fn request(company_id: Uuid, key: &str) -> KeptRequest {
    KeptRequest {
        key: AnswerKey {
            company_id,
            route: "POST /payments".to_owned(),
            key: key.to_owned(),
        },
        fingerprint: [7; 32],
    }
}

pub(super) fn go_on(payment: &mut PaymentRecord, change: PaymentChange) -> StoredPaymentEvent {
    let event = payment.life.apply(change).unwrap();
    happened(payment, event, None)
}

async fn write(store: &dyn MoneyStore, write: MovementWrite) -> Result<(), StoreError> {
    let intent = MovementIntent::default();
    store.move_money(intent, Box::new(move |_| write)).await
}

async fn make(store: &dyn MoneyStore, payment: &PaymentRecord, events: &[StoredPaymentEvent]) {
    let made = MovementWrite {
        made_payments: vec![payment.clone()],
        payment_events: events.to_vec(),
        ..MovementWrite::default()
    };
    write(store, made).await.unwrap();
}

async fn change(
    store: &dyn MoneyStore,
    payment: &PaymentRecord,
    events: &[StoredPaymentEvent],
) -> Result<(), StoreError> {
    let changed = MovementWrite {
        changed_payments: vec![payment.clone()],
        payment_events: events.to_vec(),
        ..MovementWrite::default()
    };
    write(store, changed).await
}

/// What the store has of an intent. Nothing is written.
async fn look(store: &dyn MoneyStore, intent: MovementIntent) -> LoadedMovements {
    let (tell, told) = std::sync::mpsc::channel();
    let decide = move |loaded| {
        tell.send(loaded).unwrap();
        MovementWrite::default()
    };
    store.move_money(intent, Box::new(decide)).await.unwrap();
    told.recv().unwrap()
}

/// A payment is read as it was written, and then as it became, with all that happened to it.
pub async fn keeps_a_payment_with_what_happened_to_it(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let (mut payment, taken) = taken(id(), Some("k"));
    make(&*store, &payment, std::slice::from_ref(&taken)).await;
    assert_eq!(store.find_payment(payment.id).await, Ok(Some(payment.clone())));
    assert_eq!(store.find_payment(id()).await, Ok(None));
    let some = BTreeSet::from([id(), payment.id]);
    assert_eq!(store.find_payments(some).await, Ok(vec![payment.clone()]));
    assert_eq!(store.find_payments(BTreeSet::new()).await, Ok(Vec::new()));

    (payment.hold_id, payment.transaction_id) = (Some(id()), Some(id()));
    payment.updated_at = at(2);
    let captured = go_on(&mut payment, PaymentChange::CaptureAtOnce);
    let refunded = go_on(&mut payment, PaymentChange::Refund(Some(money(30))));
    change(&*store, &payment, &[captured.clone(), refunded.clone()])
        .await
        .unwrap();
    assert_eq!(store.find_payment(payment.id).await, Ok(Some(payment.clone())));
    let events = all_pages!(2, page => store.list_payment_events(payment.id, page));
    assert_eq!(events, [refunded, captured, taken]);
    let nobodys = store.list_payment_events(id(), first(9)).await.unwrap();
    assert_eq!(nobodys.items, []);
}

/// What happened is refused to change, also past the store.
pub async fn payment_events_stay_as_they_are(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let (payment, taken) = taken(id(), None);
    make(&*store, &payment, &[taken]).await;
    for sql in [
        "UPDATE payment_events SET state = 'refunded'",
        "DELETE FROM payment_events",
    ] {
        let refused = factory.execute(sql).await.unwrap_err();
        assert!(
            refused.contains("payment") && refused.contains("never"),
            "{refused}"
        );
    }
}

/// A payment is written only if it went on since it was read; else nothing is.
pub async fn refuses_a_payment_that_did_not_go_on(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let (payment, taken) = taken(id(), None);
    make(&*store, &payment, std::slice::from_ref(&taken)).await;
    let mut other = payment.clone();
    let cancelled = go_on(&mut other, PaymentChange::Cancel);
    let stale = change(&*store, &payment, &[cancelled]).await;
    assert!(matches!(stale, Err(StoreError::Refused { .. })), "{stale:?}");
    let twice = change(&*store, &other, &[taken]).await;
    assert!(matches!(twice, Err(StoreError::Refused { .. })), "{twice:?}");
    let events = store.list_payment_events(payment.id, first(9)).await.unwrap();
    assert_eq!(events.items.len(), 1);
    assert_eq!(store.find_payment(payment.id).await, Ok(Some(payment)));
}

/// A request is found by its key, and by nobody else's; under a key that has one no other is kept.
pub async fn knows_the_requests_behind_payments(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let company_id = id();
    let (payment, event) = taken(company_id, Some("k"));
    make(&*store, &payment, &[event]).await;
    let ask = |company_id, key: &str| MovementIntent {
        requests: [request(company_id, key).key].into_iter().collect(),
        ..MovementIntent::default()
    };
    let known = KnownRequest {
        request: request(company_id, "k"),
        payment_id: payment.id,
    };
    assert_eq!(look(&*store, ask(company_id, "k")).await.requests, [known]);
    for nothing in [ask(company_id, "j"), ask(id(), "k")] {
        assert_eq!(look(&*store, nothing).await.requests, []);
    }
    let (again, event) = taken(company_id, Some("k"));
    let refused = write(
        &*store,
        MovementWrite {
            made_payments: vec![again.clone()],
            payment_events: vec![event],
            ..MovementWrite::default()
        },
    )
    .await;
    assert!(refused.is_err(), "the key is taken");
    assert_eq!(store.find_payment(again.id).await, Ok(None));
}

/// Writes something about a payment, along with its two accounts, which are opened, and a hold that is placed on them.
pub(super) async fn write_with_hold(
    store: &dyn MoneyStore,
    payment: &PaymentRecord,
    mut write: MovementWrite,
) {
    let company_id = payment.company_id;
    let (hold_id, source_id) = (payment.hold_id.unwrap(), payment.source_account_id);
    let ids = [source_id, payment.destination_account_id.unwrap()];
    let codes = ["alice", "bob"];
    let mut intent = MovementIntent::default();
    intent.payments.insert(payment.id);
    let keys = codes.map(|code| key(company_id, code));
    intent.footprint.accounts.extend(keys.clone());
    let mut books = Books::new();
    for (key, id) in keys.into_iter().zip(ids) {
        books.foresee(key.clone());
        books.open_account(id, key, AccountKind::Liability, true).unwrap();
    }
    books.absent_hold(hold_id);
    let draft = HoldDraft {
        id: hold_id,
        account: codes[0].parse().unwrap(),
        to: codes[1].parse().unwrap(),
        amount: money(100),
        expires_at_ms: None,
    };
    books.place_hold(company_id, &draft, &mut id).unwrap();
    let opened = books.changed().map(|changed| changed.account.clone());
    write.batch.opened_accounts = opened.collect();
    write.batch.placed_holds = vec![books.hold(hold_id).unwrap().clone()];
    store.move_money(intent, Box::new(move |_| write)).await.unwrap();
}

/// Naming a payment names its accounts and its hold, whether it was made with that hold or got it later.
pub async fn reads_what_belongs_to_a_payment(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let (mut at_once, taken_first) = taken(id(), None);
    at_once.hold_id = Some(id());
    let authorized = go_on(&mut at_once, PaymentChange::Authorize);
    let made = MovementWrite {
        made_payments: vec![at_once.clone()],
        payment_events: vec![taken_first, authorized],
        ..MovementWrite::default()
    };
    write_with_hold(&*store, &at_once, made).await;
    expect_hold_of(&*store, &at_once).await;

    let (mut later, taken_first) = taken(id(), None);
    make(&*store, &later, &[taken_first]).await;
    later.hold_id = Some(id());
    let authorized = go_on(&mut later, PaymentChange::Authorize);
    let changed = MovementWrite {
        changed_payments: vec![later.clone()],
        payment_events: vec![authorized],
        ..MovementWrite::default()
    };
    write_with_hold(&*store, &later, changed).await;
    expect_hold_of(&*store, &later).await;
}

/// The hold of a payment is there for whoever names that payment, and for nobody else.
async fn expect_hold_of(store: &dyn MoneyStore, payment: &PaymentRecord) {
    let (company_id, hold_id) = (payment.company_id, payment.hold_id.unwrap());
    let mut intent = MovementIntent::default();
    intent.payments.extend([payment.id, id()]);
    let loaded = look(store, intent).await;
    assert_eq!(loaded.payments, std::slice::from_ref(payment));
    let found: BTreeSet<Uuid> = loaded.accounts.iter().map(ledger::Account::id).collect();
    assert_eq!(found, payment.accounts().collect());
    assert_eq!(loaded.holds.len(), 1);
    assert_eq!(loaded.holds[0].id(), hold_id);

    // For who does not name the payment, a run among them, its hold is not there.
    let mut intent = MovementIntent::default();
    intent.footprint.holds.insert((company_id, hold_id));
    let footprint = intent.footprint.clone();
    assert_eq!(look(store, intent.clone()).await.holds, []);
    assert_eq!(load(store, footprint).await.holds, []);
    // Nor for who names another payment.
    let (other, event) = taken(company_id, None);
    make(store, &other, &[event]).await;
    intent.payments.insert(other.id);
    assert_eq!(look(store, intent).await.holds, []);

    // The payment alone settles it, so it is none of the holds that callers see.
    assert_eq!(store.find_hold(hold_id).await, Ok(None));
    let listed = store.list_holds(HoldFilter::default(), first(9)).await.unwrap();
    assert_eq!(listed.items, []);
}

/// Payments are listed by whose they are, where they stand, from or to whom, through whom and when: newest first.
pub async fn lists_payments(factory: &impl MoneyStoreFactory) {
    let store = factory.open_for_money().await;
    let (company_id, alice, bob) = (id(), id(), id());
    let mut all = Vec::new();
    // When they were taken decides, and not their ids, which the clock of another process may have made.
    let mut ids: Vec<Uuid> = (0..5).map(|_| id()).collect();
    ids.swap(1, 3);
    for (number, own_id) in (0..5).zip(ids) {
        let (mut payment, mut event) = taken(company_id, None);
        (payment.id, payment.created_at) = (own_id, at(number));
        event.payment_id = own_id;
        match number {
            0 | 2 => payment.source_account_id = alice,
            3 => payment.destination_account_id = Some(alice),
            _ => payment.source_account_id = bob,
        }
        if number == 4 {
            (payment.payment_type, payment.provider) = (PaymentType::External, Some("acme".to_owned()));
        }
        let mut events = vec![event];
        if number == 2 {
            events.push(go_on(&mut payment, PaymentChange::Decline));
            payment.decline = Some(Decline {
                code: "insufficient_funds".to_owned(),
                detail: "There is too little.".to_owned(),
            });
        }
        make(&*store, &payment, &events).await;
        all.insert(0, payment);
    }
    let (others, event) = taken(id(), None);
    make(&*store, &others, &[event]).await;

    let own = || PaymentFilter {
        company_id: Some(company_id),
        ..PaymentFilter::default()
    };
    let listed = all_pages!(2, page => store.list_payments(own(), page));
    assert_eq!(listed, all);
    let whole = all_pages!(4, page => store.list_payments(PaymentFilter::default(), page));
    // It was taken in the same moment as another, and has the greater id.
    let mut of_all = all.clone();
    of_all.insert(3, others);
    assert_eq!(whole, of_all);
    let declined = PaymentFilter {
        state: Some(PaymentState::Declined),
        ..own()
    };
    let of_alice = PaymentFilter {
        account_id: Some(alice),
        ..PaymentFilter::default()
    };
    let by_acme = PaymentFilter {
        provider: Some("acme".to_owned()),
        ..PaymentFilter::default()
    };
    let nowhere = PageRequest {
        limit: 2,
        after: Some(id()),
    };
    let behind_nothing = store.list_payments(own(), nowhere).await.unwrap();
    assert_eq!((behind_nothing.items, behind_nothing.next), (Vec::new(), None));
    let of_all_declined = PaymentFilter {
        company_id: None,
        ..declined.clone()
    };
    let early = PaymentFilter {
        created: Span {
            from: Some(at(1)),
            to: Some(at(3)),
        },
        ..own()
    };
    for (filter, places) in [
        (declined, vec![2]),
        (of_all_declined, vec![2]),
        (of_alice, vec![1, 2, 4]),
        (by_acme, vec![0]),
        (early, vec![2, 3]),
    ] {
        let expected: Vec<PaymentRecord> = places
            .into_iter()
            .map(|place: usize| all[place].clone())
            .collect();
        let listed = all_pages!(2, page => store.list_payments(filter.clone(), page));
        assert_eq!(listed, expected, "{filter:?}");
    }
}
