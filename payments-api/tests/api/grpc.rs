//! Payments over gRPC: authorized, declined, repeated, refused, read.

use std::sync::mpsc;
use std::time::Duration;

use jiff::SignedDuration;
use payments_api::grpc::proto::{
    AuthorizePaymentRequest, CaptureMode, GetAccountBalanceRequest, GetPaymentRequest, PaymentStatus,
};
use serde_json::{Value, json};
use service::Clock as _;
use store::{MovementIntent, MovementWrite};
use tokio::task::JoinSet;
use tonic::{Code, Request};

use crate::grpc_support::{assert_refused, authorize, paying};
use crate::support::{Bank, COMPANY, PAYMENTS, act, on_every_kind, paid, payment};

on_every_kind!(
    the_amount_is_reserved_unless_it_is_to_be_taken,
    the_payment_is_the_same_over_rest,
    a_decline_is_an_answer,
    fifty_equal_calls_at_once_move_the_money_once,
    a_key_is_answered_by_the_first_outcome_for_ever,
    a_key_is_one_requests,
    a_balance_is_in_minor_units,
    a_deadline_passes_and_the_payment_is_found_again,
    a_store_that_is_away_is_unavailable,
);

async fn alice_and_bob(bank: &Bank) -> (String, String) {
    (bank.account("alice", "10").await, bank.account("bob", "0").await)
}

/// Balance, available, pending.
async fn figures(bank: &Bank, account_id: &str) -> [String; 3] {
    let path = format!("/api/v1/accounts/{account_id}/balance");
    let found = bank.get(&path).await.json(200);
    ["balance", "available", "pending"].map(|name| found[name].as_str().unwrap().to_owned())
}

async fn the_amount_is_reserved_unless_it_is_to_be_taken(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let (server, taken) = (bank.over_grpc().await, CaptureMode::Automatic.into());
    let mut client = server.client().await;
    let manual = AuthorizePaymentRequest {
        capture: CaptureMode::Manual.into(),
        ..paying("b", &alice, &bob, 100)
    };
    for request in [paying("a", &alice, &bob, 250), manual] {
        let (answer, replayed) = authorize(&mut client, request).await.unwrap();
        assert_eq!((answer.status(), replayed), (PaymentStatus::Authorized, false));
    }
    assert_eq!(figures(bank, &alice).await, ["10.00", "6.50", "3.50"]);
    let automatic = AuthorizePaymentRequest {
        capture: taken,
        ..paying("c", &alice, &bob, 50)
    };
    let (answer, _) = authorize(&mut client, automatic).await.unwrap();
    assert_eq!(answer.status(), PaymentStatus::Captured);
    // 2026-01-01T00:00:03Z
    assert_eq!(answer.processed_at.unwrap().seconds, 1_767_225_603);
    assert_eq!(figures(bank, &alice).await, ["9.50", "6.00", "3.50"]);
    assert_eq!(bank.balance(&bob).await, "0.50");
    bank.verify().await;
}

async fn the_payment_is_the_same_over_rest(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    let request = AuthorizePaymentRequest {
        description: "aluguel".to_owned(),
        ..paying("a", &alice, &bob, 250)
    };
    let (answer, _) = authorize(&mut client, request).await.unwrap();
    let mut over_rest = payment(&alice, &bob, "2.50");
    over_rest["capture"] = json!("manual");
    over_rest["description"] = json!("aluguel");
    // A key is of its operation: the same one over REST is another payment.
    let mut twin = paid(bank, "a", &over_rest).await;
    let mut made = bank
        .get(&format!("{PAYMENTS}/{}", answer.payment_id))
        .await
        .json(200);
    for payment in [&mut made, &mut twin] {
        payment["id"] = Value::Null;
    }
    assert_eq!(made, twin);

    let id = GetPaymentRequest {
        payment_id: answer.payment_id.clone(),
    };
    act(bank, &answer.payment_id, "capture", &json!({"amount": "2"}))
        .await
        .json(200);
    act(bank, &answer.payment_id, "refund", &json!({"amount": "0.75"}))
        .await
        .json(200);
    let found = client
        .get_payment(id)
        .await
        .unwrap()
        .into_inner()
        .payment
        .unwrap();
    assert_eq!(
        (found.amount_cents, found.captured_cents, found.refunded_cents),
        (250, 200, 75)
    );
    assert_eq!(found.status(), PaymentStatus::PartiallyRefunded);
    assert_eq!(found.capture(), CaptureMode::Manual);
    assert_eq!((found.payer_account_id, found.payee_account_id), (alice, bob));
    assert_eq!(
        (&*found.company_id, &*found.currency, &*found.description),
        (COMPANY, "BRL", "aluguel")
    );
    assert_eq!(found.created_at.unwrap().seconds, 1_767_225_603);
    bank.verify().await;
}

async fn a_decline_is_an_answer(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    let too_much = || paying("a", &alice, &bob, 1_001);
    let (declined, replayed) = authorize(&mut client, too_much()).await.unwrap();
    assert_eq!((declined.status(), replayed), (PaymentStatus::Declined, false));
    let error = declined.error.clone().unwrap();
    assert_eq!(error.code, "insufficient_funds");
    assert!(error.message.contains("10.01 BRL"), "{}", error.message);
    assert_eq!(figures(bank, &alice).await, ["10.00", "10.00", "0.00"]);

    // It stays declined, also once there is enough, and once its answer is forgotten.
    let rich = bank.account("rich", "100").await;
    bank.transfer("t", &rich, &alice, "100").await.json(201);
    let again = authorize(&mut client, too_much()).await.unwrap();
    assert_eq!(again, (declined.clone(), true));
    forget(bank).await;
    let again = authorize(&mut client, too_much()).await.unwrap();
    assert_eq!(again, (declined, true));
    bank.post(&format!("/api/v1/accounts/{alice}/freeze"), &Value::Null)
        .await
        .json(200);
    let (frozen, _) = authorize(&mut client, paying("b", &alice, &bob, 1))
        .await
        .unwrap();
    assert_eq!(frozen.error.unwrap().code, "account_frozen");
    assert_eq!(bank.balance(&bob).await, "0.00");
    bank.verify().await;
}

/// Two days later no answer is kept any more.
async fn forget(bank: &Bank) {
    bank.clock.advance(SignedDuration::from_hours(48));
    let forgotten = bank.store.forget_answers(bank.clock.now(), 1_000).await;
    assert!(forgotten.unwrap() > 0);
}

async fn fifty_equal_calls_at_once_move_the_money_once(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let here = bank.over_grpc().await;
    let (there, _background) = bank.another_over_grpc().await;
    let clients = [here.client().await, there.client().await];
    let mut calls = JoinSet::new();
    for number in 0..50 {
        let mut client = clients[number % 2].clone();
        let request = AuthorizePaymentRequest {
            capture: CaptureMode::Automatic.into(),
            ..paying("k", &alice, &bob, 700)
        };
        calls.spawn(async move { authorize(&mut client, request).await.unwrap() });
    }
    let answers = calls.join_all().await;
    let (first, _) = &answers[0];
    assert_eq!(first.status(), PaymentStatus::Captured);
    assert!(answers.iter().all(|(answer, _)| answer == first));
    assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
    assert_eq!(bank.balance(&bob).await, "7.00");
    bank.verify().await;
}

/// Whatever becomes of a payment, its request is answered as it was at first: from the answer, and later from its events.
async fn a_key_is_answered_by_the_first_outcome_for_ever(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    let reserved = paying("a", &alice, &bob, 400);
    let taken = AuthorizePaymentRequest {
        capture: CaptureMode::Automatic.into(),
        ..paying("b", &alice, &bob, 300)
    };
    let (authorized, _) = authorize(&mut client, reserved.clone()).await.unwrap();
    let (captured, _) = authorize(&mut client, taken.clone()).await.unwrap();
    bank.clock.advance(SignedDuration::from_mins(5));
    let change = async |id: &str, what: &str, body: Value| act(bank, id, what, &body).await.json(200);
    change(&authorized.payment_id, "capture", Value::Null).await;
    // More events than are read at once.
    for _ in 0..210 {
        change(&captured.payment_id, "refund", json!({"amount": "0.01"})).await;
    }
    let mut repeated = async || {
        let again = authorize(&mut client, reserved.clone()).await.unwrap();
        assert_eq!(again, (authorized.clone(), true));
        let again = authorize(&mut client, taken.clone()).await.unwrap();
        assert_eq!(again, (captured.clone(), true));
    };
    repeated().await;
    forget(bank).await;
    repeated().await;
    bank.verify().await;
}

async fn a_key_is_one_requests(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    let first = paying("k", &alice, &bob, 100);
    let (made, _) = authorize(&mut client, first.clone()).await.unwrap();
    // The same in other words.
    let same = AuthorizePaymentRequest {
        payer_account_id: alice.to_uppercase(),
        capture: CaptureMode::Manual.into(),
        ..first.clone()
    };
    let again = authorize(&mut client, same).await.unwrap();
    assert_eq!(again, (made.clone(), true));
    let carol = bank.account("carol", "0").await;
    let others = [
        paying("k", &alice, &bob, 101),
        paying("k", &alice, &carol, 100),
        paying("k", &bob, &alice, 100),
        AuthorizePaymentRequest {
            capture: CaptureMode::Automatic.into(),
            ..first.clone()
        },
        AuthorizePaymentRequest {
            description: "x".to_owned(),
            ..first.clone()
        },
    ];
    let mut others_are_refused = async || {
        for other in &others {
            let refused = authorize(&mut client, other.clone()).await;
            let key = ["idempotency_key"];
            assert_refused(refused, Code::AlreadyExists, "IDEMPOTENCY_KEY_REUSED", &key);
        }
    };
    others_are_refused().await;
    forget(bank).await;
    others_are_refused().await;
    // It is still the first request's.
    let again = authorize(&mut client, first).await.unwrap();
    assert_eq!(again, (made, true));
    assert_eq!(figures(bank, &alice).await, ["10.00", "9.00", "1.00"]);
    bank.verify().await;
}

async fn a_balance_is_in_minor_units(bank: &Bank) {
    let mut client = bank.over_grpc().await.client().await;
    for (currency, opening, minor) in [
        ("BRL", "12.50", 1_250),
        ("JPY", "1250", 1_250),
        ("KWD", "1.250", 1_250),
    ] {
        let alice = bank.account_in("alice", currency, opening).await;
        let bob = bank.account_in("bob", currency, "0").await;
        let request = AuthorizePaymentRequest {
            currency: currency.to_owned(),
            ..paying(currency, &alice, &bob, 250)
        };
        let (answer, _) = authorize(&mut client, request).await.unwrap();
        assert_eq!(answer.status(), PaymentStatus::Authorized);
        let account_id = alice.clone();
        let found = client
            .get_account_balance(GetAccountBalanceRequest { account_id })
            .await;
        let found = found.unwrap().into_inner();
        assert_eq!((found.account_id, &*found.currency), (alice, currency));
        assert_eq!(
            (found.balance, found.available, found.pending),
            (minor, 1_000, 250)
        );
    }
}

/// The caller is told in time, and what stood in the line by then is carried out.
async fn a_deadline_passes_and_the_payment_is_found_again(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    let (entered, go_on) = hold_up(bank, &alice);
    entered.await.unwrap();
    let mut late = Request::new(paying("k", &alice, &bob, 100));
    late.set_timeout(Duration::from_secs(1));
    let told = client.authorize_payment(late).await.unwrap_err();
    assert_eq!(told.code(), Code::DeadlineExceeded, "{told:?}");
    go_on.send(()).unwrap();
    let (answer, replayed) = authorize(&mut client, paying("k", &alice, &bob, 100))
        .await
        .unwrap();
    assert_eq!((answer.status(), replayed), (PaymentStatus::Authorized, true));
    assert_eq!(figures(bank, &alice).await, ["10.00", "9.00", "1.00"]);

    let mut senseless = Request::new(paying("l", &alice, &bob, 100));
    senseless
        .metadata_mut()
        .insert("grpc-timeout", "soon".parse().unwrap());
    let told = client.authorize_payment(senseless).await.unwrap_err();
    assert_eq!(told.code(), Code::InvalidArgument);
    bank.verify().await;
}

/// Holds an account, so that nobody else moves money there before it is told to go on.
fn hold_up(bank: &Bank, account_id: &str) -> (tokio::sync::oneshot::Receiver<()>, mpsc::Sender<()>) {
    let (enter, entered) = tokio::sync::oneshot::channel();
    let (go_on, told) = mpsc::channel();
    let mut intent = MovementIntent::default();
    intent.accounts.insert(account_id.parse().unwrap());
    let store = bank.store.clone();
    tokio::spawn(async move {
        let decide = Box::new(move |_| {
            enter.send(()).unwrap();
            told.recv().unwrap();
            MovementWrite::default()
        });
        store.move_money(intent, decide).await.unwrap();
    });
    (entered, go_on)
}

async fn a_store_that_is_away_is_unavailable(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    bank.store.close().await;
    let refused = authorize(&mut client, paying("k", &alice, &bob, 100)).await;
    assert_refused(refused, Code::Unavailable, "STORE_UNAVAILABLE", &[]);
}
