//! Calls over gRPC that cannot be carried out as they are: each has its code, its reason, and the members at fault.

use payments_api::grpc::proto::{
    AuthorizePaymentRequest, GetAccountBalanceRequest, GetPaymentRequest, PaymentStatus,
};
use tonic::Code;

use crate::grpc_support::{assert_refused, authorize, paying};
use crate::support::{Bank, PAYMENTS, on_every_kind};

on_every_kind!(
    a_member_at_fault_is_named,
    what_does_not_go_together_is_refused,
    what_is_not_there_is_not_found,
    all_that_is_wrong_is_told_at_once,
);

const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn alice_and_bob(bank: &Bank) -> (String, String) {
    (bank.account("alice", "10").await, bank.account("bob", "0").await)
}

async fn a_member_at_fault_is_named(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    let fit = || paying("k", &alice, &bob, 100);
    let with = |change: fn(&mut AuthorizePaymentRequest)| {
        let mut request = fit();
        change(&mut request);
        request
    };
    let (key, text) = ("INVALID_IDEMPOTENCY_KEY", "INVALID_TEXT");
    let cases = [
        (with(|r| r.idempotency_key.clear()), key, "idempotency_key"),
        (
            with(|r| r.idempotency_key = "x".repeat(256)),
            key,
            "idempotency_key",
        ),
        (with(|r| r.idempotency_key = "a b".into()), key, "idempotency_key"),
        (
            with(|r| r.payer_account_id = "alice".into()),
            "INVALID_ID",
            "payer_account_id",
        ),
        (
            with(|r| r.payee_account_id.clear()),
            "INVALID_ID",
            "payee_account_id",
        ),
        (with(|r| r.amount_cents = 0), "INVALID_AMOUNT", "amount_cents"),
        (
            with(|r| r.amount_cents = i64::MIN),
            "INVALID_AMOUNT",
            "amount_cents",
        ),
        (
            with(|r| r.currency = "XXQ".into()),
            "INVALID_CURRENCY",
            "currency",
        ),
        (
            with(|r| r.currency = "brl".into()),
            "INVALID_CURRENCY",
            "currency",
        ),
        (with(|r| r.description = "a\0b".into()), text, "description"),
        (with(|r| r.description = "ä".repeat(501)), text, "description"),
        (with(|r| r.capture = 7), "INVALID_CAPTURE", "capture"),
    ];
    for (request, reason, member) in cases {
        let refused = authorize(&mut client, request).await;
        assert_refused(refused, Code::InvalidArgument, reason, &[member]);
    }
    let unfit = client.get_payment(GetPaymentRequest::default()).await;
    assert_refused(unfit, Code::InvalidArgument, "INVALID_ID", &["payment_id"]);
    let unfit = client
        .get_account_balance(GetAccountBalanceRequest::default())
        .await;
    assert_refused(unfit, Code::InvalidArgument, "INVALID_ID", &["account_id"]);

    // None of them used the key up, or made a payment.
    let (answer, replayed) = authorize(&mut client, fit()).await.unwrap();
    assert_eq!((answer.status(), replayed), (PaymentStatus::Authorized, false));
    let listed = bank.get(PAYMENTS).await.json(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

async fn what_does_not_go_together_is_refused(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let euros = bank.account_in("euros", "EUR", "5").await;
    let mut client = bank.over_grpc().await.client().await;
    let in_euros = AuthorizePaymentRequest {
        currency: "EUR".to_owned(),
        ..paying("c", &alice, &bob, 1)
    };
    // Twice: a refusal is an answer, and is given again.
    for _ in 0..2 {
        for (request, reason, member) in [
            (paying("a", &alice, &alice, 1), "SAME_ACCOUNT", "payee_account_id"),
            (paying("b", &alice, &euros, 1), "CURRENCY_MISMATCH", "currency"),
            (in_euros.clone(), "CURRENCY_MISMATCH", "currency"),
        ] {
            let refused = authorize(&mut client, request).await;
            assert_refused(refused, Code::InvalidArgument, reason, &[member]);
        }
    }
}

async fn what_is_not_there_is_not_found(bank: &Bank) {
    let (alice, bob) = alice_and_bob(bank).await;
    let mut client = bank.over_grpc().await.client().await;
    for (request, member) in [
        (paying("a", NOBODY, &bob, 1), "payer_account_id"),
        (paying("b", &alice, NOBODY, 1), "payee_account_id"),
    ] {
        let refused = authorize(&mut client, request).await;
        assert_refused(refused, Code::NotFound, "ACCOUNT_NOT_FOUND", &[member]);
    }
    let payment_id = NOBODY.to_owned();
    let unknown = client.get_payment(GetPaymentRequest { payment_id }).await;
    assert_refused(unknown, Code::NotFound, "PAYMENT_NOT_FOUND", &[]);
    let account_id = NOBODY.to_owned();
    let unknown = client
        .get_account_balance(GetAccountBalanceRequest { account_id })
        .await;
    assert_refused(unknown, Code::NotFound, "ACCOUNT_NOT_FOUND", &[]);
}

async fn all_that_is_wrong_is_told_at_once(bank: &Bank) {
    let mut client = bank.over_grpc().await.client().await;
    let refused = authorize(&mut client, AuthorizePaymentRequest::default()).await;
    let members = [
        "idempotency_key",
        "payer_account_id",
        "payee_account_id",
        "amount_cents",
        "currency",
    ];
    assert_refused(
        refused,
        Code::InvalidArgument,
        "INVALID_IDEMPOTENCY_KEY",
        &members,
    );
}
