//! `moneyflow ledger verify` beside a running system: the chain grows by itself, a noted head holds, and whoever tampers
//! with the ledger is told on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::process::Output;

use serde_json::{Value, json};
use support::{COMPANY, Home, System, moneyflow, on_every_kind};

on_every_kind!(
    the_chain_grows_and_a_noted_head_holds,
    an_amount_that_was_changed_is_told,
);

async fn verify(home: &Home, arguments: &[&str]) -> Output {
    let mut command = moneyflow();
    command.args(["ledger", "verify"]).args(arguments);
    home.name_to(&mut command);
    command.output().await.unwrap()
}

async fn report(home: &Home) -> Value {
    let output = verify(home, &["--json"]).await;
    assert!(output.status.success(), "{output:?}");
    rules::json::parse(&output.stdout).unwrap()
}

/// Opens accounts with something on them: a transaction each.
async fn post(system: &System, codes: &[&str]) {
    for code in codes {
        let account =
            json!({"company_id": COMPANY, "code": code, "currency": "BRL", "initial_balance": "10"});
        let request = system
            .client
            .post(format!("{}/api/v1/accounts", system.payments))
            .header("content-type", "application/json")
            .header("Idempotency-Key", *code)
            .body(account.to_string());
        assert_eq!(request.send().await.unwrap().status(), 201);
    }
}

/// The head of the chain, once it has so many links.
async fn head(home: &Home, links: u64) -> String {
    let looking = async {
        loop {
            let chain = &report(home).await["chain"];
            if chain["chained"] == json!(links) && chain["waiting"] == json!(0) {
                return chain["head"].as_str().unwrap().to_owned();
            }
        }
    };
    let minute = std::time::Duration::from_mins(1);
    tokio::time::timeout(minute, looking)
        .await
        .expect("it is chained in time")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn the_chain_grows_and_a_noted_head_holds(home: &Home) {
    let system = System::start(home, None).await;
    post(&system, &["a", "b"]).await;
    let noted = head(home, 2).await;
    post(&system, &["c"]).await;
    let later = head(home, 3).await;
    assert_ne!(noted, later);

    let good = verify(home, &["--anchor", &noted]).await;
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    let expected = format!(
        "verified: 4 accounts, 3 transactions, 6 entries and 0 holds agree, and so do 0 payments with their events and the ledger\n\
         chained: 3 transactions are as they were when they were chained, and 0 wait for it; the chain's head is {later}\n"
    );
    assert_eq!(text(&good.stdout), expected);
    let other = later.replacen("3:", "2:", 1);
    let bad = verify(home, &["--anchor", &other]).await;
    assert_eq!(bad.status.code(), Some(1), "{bad:?}");
    let told = text(&bad.stderr);
    assert!(
        told.contains(&format!("was noted to pass through {other}")),
        "{told}"
    );
    let misuse = verify(home, &["--anchor", "2:beef"]).await;
    assert_eq!(misuse.status.code(), Some(2), "{misuse:?}");
    system.stop().await;
}

async fn an_amount_that_was_changed_is_told(home: &Home) {
    let system = System::start(home, None).await;
    post(&system, &["a", "b", "c"]).await;
    head(home, 3).await;
    system.stop().await;
    home.tamper("UPDATE entries SET amount = amount + 1 WHERE transaction_number = 2")
        .await;
    let told = verify(home, &[]).await;
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    let said = text(&told.stderr);
    let chain = said.lines().find(|line| line.contains("(link 2 of the chain)"));
    assert!(
        chain.is_some_and(|line| line.ends_with("it was changed after it was chained")),
        "{said}"
    );
    assert!(said.contains("account "), "the account is named as well: {said}");
}
