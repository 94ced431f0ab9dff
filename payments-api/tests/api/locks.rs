//! What somebody else keeps locked on the server, and clocks that do not agree with the server's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use service::Clock as _;

use crate::support::{Bank, Keeper, transfer};

const OTHER_COMPANY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_mins(1);

async fn lock(bank: &Bank, account_id: &str) -> Keeper {
    bank.keep_locked(format!(
        "SELECT FROM accounts WHERE id = '{account_id}' FOR NO KEY UPDATE"
    ))
    .await
}

/// A transfer that does not name the locked account goes on at its pace, also to an account that those wait for who do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_beside_a_locked_account_go_on() {
    let bank = Arc::new(Bank::on_postgres().await);
    let locked = bank.account("locked", "1000").await;
    let free = bank.account("free", "1000").await;
    let shared = bank.account("shared", "0").await;
    let keeper = lock(&bank, &locked).await;
    let send = |name: &'static str, from: &str, at: usize| {
        let (bank, from, shared) = (bank.clone(), from.to_owned(), shared.clone());
        let began = Instant::now();
        tokio::spawn(async move {
            let reply = bank.transfer(&format!("{name}{at}"), &from, &shared, "1").await;
            (reply, began.elapsed())
        })
    };
    let waiting: Vec<_> = (0..200).map(|at| send("locked", &locked, at)).collect();
    let beside = join_all((0..200).map(|at| send("free", &free, at)));
    for one in beside.await {
        let (reply, took) = one.unwrap();
        reply.json(201);
        assert!(took < Duration::from_secs(3), "it took {took:?}");
    }
    assert!(waiting.iter().all(|one| !one.is_finished()), "they wait for it");
    keeper.let_go().await;
    for one in waiting {
        one.await.unwrap().0.json(201);
    }
    assert_eq!(bank.balance(&shared).await, "400.00");
    bank.verify().await;
}

/// Those who wait for what stays locked are told so in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stays_locked_is_said_to_be() {
    let bank = Bank::on_postgres().await;
    let (locked, other) = (
        bank.account("locked", "10").await,
        bank.account("other", "0").await,
    );
    let keeper = bank.keep_locked("LOCK TABLE accounts".to_owned()).await;
    let problem = bank.transfer("a", &locked, &other, "1").await.json(503);
    assert_eq!(problem["code"], "store_unavailable");
    assert!(
        problem["detail"].to_string().contains("somebody else"),
        "{problem}"
    );
    keeper.let_go().await;
    bank.transfer("a", &locked, &other, "1").await.json(201);
}

async fn place(bank: &Bank, key: String, hold: Value) -> String {
    let placed = bank.post_as(&key, "/api/v1/holds", &hold).await.json(201);
    placed["id"].as_str().unwrap().to_owned()
}

async fn is_expired(bank: &Bank, hold_id: &str) -> bool {
    bank.get(&format!("/api/v1/holds/{hold_id}")).await.json(200)["status"] == "expired"
}

async fn eventually_expired(bank: &Bank, hold_id: &str) {
    let expired = async {
        while !is_expired(bank, hold_id).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, expired).await.unwrap();
}

/// More holds of a locked account are due than are read at once; another company's, due later than all of them, is freed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holds_of_a_locked_account_keep_no_other_from_expiring() {
    let bank = Bank::on_postgres().await;
    let locked = bank.account("locked", "2000").await;
    let other = bank.account("other", "0").await;
    let mut theirs = Vec::new();
    for (code, initial_balance) in [("alice", "10"), ("bob", "0")] {
        let account = json!({
            "company_id": OTHER_COMPANY, "code": code, "currency": "BRL", "initial_balance": initial_balance,
        });
        let opened = bank.post("/api/v1/accounts", &account).await.json(201);
        theirs.push(opened["id"].as_str().unwrap().to_owned());
    }
    let mut hold = transfer(&locked, &other, "1");
    hold["expires_in_s"] = json!(60);
    let on_locked = join_all((0..1_050).map(|at| place(&bank, format!("h{at}"), hold.clone()))).await;
    let mut hold = transfer(&theirs[0], &theirs[1], "1");
    hold["company_id"] = json!(OTHER_COMPANY);
    hold["expires_in_s"] = json!(61);
    let theirs = place(&bank, "theirs".to_owned(), hold).await;
    let keeper = lock(&bank, &locked).await;
    bank.clock.advance(SignedDuration::from_secs(62));
    eventually_expired(&bank, &theirs).await;
    assert!(!is_expired(&bank, &on_locked[0]).await);
    keeper.let_go().await;
    for hold_id in &on_locked {
        eventually_expired(&bank, hold_id).await;
    }
    bank.verify().await;
}

/// A process whose clock is ahead neither frees nor refuses what is not due by the server's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_ahead_ends_no_hold() {
    let bank = Bank::on_postgres().await;
    let (alice, bob) = (bank.account("alice", "10").await, bank.account("bob", "0").await);
    bank.clock.advance(SignedDuration::from_hours(24 * 365 * 100));
    let mut hold = transfer(&alice, &bob, "1");
    hold["expires_in_s"] = json!(60);
    let [first, second] = [
        place(&bank, "a".to_owned(), hold.clone()).await,
        place(&bank, "b".to_owned(), hold).await,
    ];
    bank.clock.advance(SignedDuration::from_hours(1));
    let due = bank.store.due_holds(bank.clock.now(), None, 9).await;
    assert_eq!(due.unwrap(), []);
    for (hold_id, how) in [(first, "capture"), (second, "release")] {
        let path = format!("/api/v1/holds/{hold_id}/{how}");
        bank.post(&path, &Value::Null).await.json(200);
    }
    assert_eq!(bank.balance(&bob).await, "1.00");
}
