//! The views of the ledger.

use serde_json::{Value, json};
use store::conformance::{Payment, Transfer, id};

use crate::support::{COMPANY, Composer, company_id, members};

#[tokio::test]
async fn accounts_and_balances_are_listed() {
    let composer = Composer::new();
    composer
        .pay([
            Payment::new(company_id(), "e1"),
            Payment::new(company_id(), "e2"),
            Payment::new(id(), "e3"),
        ])
        .await;
    let accounts = composer
        .get(&format!("/api/v1/ledger/accounts?company_id={COMPANY}"))
        .await
        .items();
    assert_eq!(
        members(&accounts[0]),
        [
            "id",
            "company_id",
            "code",
            "currency",
            "kind",
            "overdraft",
            "status"
        ]
    );
    assert_eq!(accounts.len(), 2);
    let revenue = composer
        .get(&format!(
            "/api/v1/ledger/accounts?company_id={COMPANY}&code=revenue"
        ))
        .await
        .items();
    assert_eq!(
        (&revenue[0]["kind"], &revenue[0]["status"]),
        (&json!("revenue"), &json!("open"))
    );
    assert_eq!(revenue.len(), 1);
    assert_eq!(
        composer
            .get("/api/v1/ledger/accounts?code=revenue")
            .await
            .items()
            .len(),
        2
    );

    let balances = composer
        .get(&format!(
            "/api/v1/ledger/balances?company_id={COMPANY}&account=revenue"
        ))
        .await
        .items();
    let expected = [
        "account_id",
        "company_id",
        "account",
        "kind",
        "currency",
        "balance",
        "available",
        "posted_debits",
        "posted_credits",
        "pending_debits",
        "pending_credits",
    ];
    assert_eq!(members(&balances[0]), expected);
    assert_eq!(
        (&balances[0]["balance"], &balances[0]["posted_debits"]),
        (&json!("2.00"), &json!("0.00"))
    );
    assert_eq!(balances.len(), 1);
    assert_eq!(composer.get("/api/v1/ledger/balances").await.items().len(), 4);
}

#[tokio::test]
async fn entries_are_listed_by_account_run_and_transaction() {
    let composer = Composer::new();
    let (first, second) = (Payment::new(company_id(), "e1"), Payment::new(company_id(), "e2"));
    composer.pay([first.clone(), second]).await;
    let entries = async |query: &str| {
        composer
            .get(&format!("/api/v1/ledger/entries?{query}"))
            .await
            .items()
    };
    let all = entries(&format!("company_id={COMPANY}")).await;
    assert_eq!(all.len(), 4);
    let expected = [
        "id",
        "transaction_id",
        "run_id",
        "account",
        "number",
        "direction",
        "amount",
        "currency",
        "balance_after",
        "created_at",
    ];
    assert_eq!(members(&all[0]), expected);
    let revenue = entries("account=revenue").await;
    let balances: Vec<&Value> = revenue.iter().map(|entry| &entry["balance_after"]).collect();
    assert_eq!(balances, [&json!("2.00"), &json!("1.00")]);
    let of_run = entries(&format!("run_id={}", first.run_id())).await;
    assert_eq!(of_run, all[2..]);
    let transaction = of_run[0]["transaction_id"].as_str().unwrap();
    assert_eq!(
        entries(&format!("transaction_id={transaction}&account=revenue")).await,
        revenue[1..]
    );
    assert_eq!(entries(&format!("company_id={}", id())).await, [] as [Value; 0]);
    let page = composer.get("/api/v1/ledger/entries?limit=3").await.json();
    assert_eq!(
        entries(&format!("cursor={}", page["next_cursor"].as_str().unwrap())).await,
        all[3..]
    );
}

#[tokio::test]
async fn what_no_account_can_be_called_is_refused() {
    let composer = Composer::new();
    for (path, name) in [
        ("accounts", "code"),
        ("balances", "account"),
        ("entries", "account"),
    ] {
        for code in ["", "a%20b", "caf%C3%A9", "a%00"] {
            let refused = composer
                .get(&format!("/api/v1/ledger/{path}?{name}={code}"))
                .await;
            assert_eq!(
                refused.faults(400, "invalid_parameter"),
                [format!("{name} invalid")],
                "{code}"
            );
        }
    }
}

#[tokio::test]
async fn a_transaction_is_read_with_all_of_its_sides() {
    let composer = Composer::new();
    let payment = Payment::new(company_id(), "e1");
    composer.pay([payment.clone()]).await;
    let run = composer.get(&format!("/runs/{}", payment.run_id())).await.json();
    let posted = &run["transactions"][0];
    let id = posted["id"].as_str().unwrap();
    let read = composer
        .get(&format!("/api/v1/ledger/transactions/{id}"))
        .await
        .json();
    assert_eq!(&read, posted);
    assert_eq!(read["run_id"], json!(payment.run_id()));
    assert_eq!(read["entries"].as_array().unwrap().len(), 2);
    let unknown = format!("/api/v1/ledger/transactions/{COMPANY}");
    composer.get(&unknown).await.problem(404, "unknown_transaction");
}

#[tokio::test]
async fn the_trial_balance_proves_that_the_books_balance() {
    let composer = Composer::new();
    let mut payment = Payment::new(company_id(), "e1");
    payment
        .transfers
        .push(Transfer::new(company_id(), "bank", "receivables", 25));
    composer.pay([payment, Payment::new(id(), "e2")]).await;
    let of_company = format!("/api/v1/ledger/trial-balance?company_id={COMPANY}");
    let expected = json!({"currencies": [{
        "currency": "BRL", "accounts": 3, "posted_debits": "1.25", "posted_credits": "1.25", "difference": "0.00",
        "kinds": [
            {"kind": "asset", "accounts": 2, "posted_debits": "1.25", "posted_credits": "0.25", "balance": "1.00"},
            {"kind": "revenue", "accounts": 1, "posted_debits": "0.00", "posted_credits": "1.00", "balance": "1.00"},
        ],
    }]});
    assert_eq!(composer.get(&of_company).await.json(), expected);
    let of_all = composer.get("/api/v1/ledger/trial-balance").await.json();
    assert_eq!(of_all["currencies"][0]["posted_debits"], "2.25");
    let nobody = format!("/api/v1/ledger/trial-balance?company_id={}", id());
    assert_eq!(composer.get(&nobody).await.json(), json!({"currencies": []}));
}
