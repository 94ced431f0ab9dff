//! The payments API, killed between a transfer's commit and its answer: sent again it is answered, and moves nothing twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::process::Stdio;

use serde_json::{Value, json};
use support::{COMPANY, Home, moneyflow};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

struct Payments {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Payments {
    async fn start(home: &Home, hold_at: Option<&str>) -> Self {
        let mut command = moneyflow();
        command
            .args([
                "serve",
                "payments-api",
                "--payments-port",
                "0",
                "--grpc-port",
                "0",
            ])
            .stdout(Stdio::piped());
        if let Some(place) = hold_at {
            command.env("MONEYFLOW_HOLD_AT", place);
        }
        home.name_to(&mut command);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("it says where it is");
        let (_, url) = line.split_once(": ").unwrap();
        let url = url.to_owned();
        let line = lines.next_line().await.unwrap().unwrap();
        assert!(line.starts_with("Over gRPC: "), "{line}");
        Self { child, lines, url }
    }

    /// Waits until the process is held, and kills it there.
    async fn kill_when_held(mut self) {
        let line = self.lines.next_line().await.unwrap().expect("it is held");
        assert!(line.starts_with("held"), "{line}");
        self.kill().await;
    }

    /// SIGKILL, and gone.
    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// A request; none answered, if the process dies meanwhile.
async fn post(url: String, key: &str, body: Value) -> Option<(u16, bool, Value)> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("Idempotency-Key", key)
        .body(body.to_string());
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let replayed = response.headers().contains_key("idempotency-replayed");
    let bytes = response.bytes().await.ok()?;
    Some((status, replayed, rules::json::parse(&bytes).unwrap()))
}

async fn account(url: &str, code: &str, initial_balance: &str) -> Value {
    let account = json!({
        "company_id": COMPANY, "code": code, "currency": "BRL", "initial_balance": initial_balance,
    });
    let (status, _, body) = post(format!("{url}/api/v1/accounts"), code, account)
        .await
        .unwrap();
    assert_eq!(status, 201, "{body}");
    body["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_answered_once_whatever_dies() {
    for side in ["before", "after"] {
        let home = Home::embedded();
        assert!(migrated(&home).await);
        let payments = Payments::start(&home, None).await;
        let alice = account(&payments.url, "alice", "100").await;
        let bob = account(&payments.url, "bob", "0").await;
        until_chained(&home).await;
        payments.kill().await;
        let transfer = json!({
            "company_id": COMPANY, "source_account_id": alice, "destination_account_id": bob, "amount": "7.00",
            "currency": "BRL",
        });
        let held = Payments::start(&home, Some(&format!("store:{side}:1"))).await;
        let url = format!("{}/api/v1/transfers", held.url);
        let unheard = tokio::spawn(post(url, "k", transfer.clone()));
        held.kill_when_held().await;
        assert_eq!(unheard.await.unwrap(), None);

        let payments = Payments::start(&home, None).await;
        let url = format!("{}/api/v1/transfers", payments.url);
        let (status, replayed, body) = post(url, "k", transfer).await.unwrap();
        assert_eq!((status, replayed), (201, side == "after"), "{body}");
        let balance = format!(
            "{}/api/v1/accounts/{}/balance",
            payments.url,
            bob.as_str().unwrap()
        );
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let balance = client.get(balance).send().await.unwrap().text().await.unwrap();
        assert!(balance.contains(r#""balance":"7.00""#), "{balance}");
    }
}

/// The chain is made by commits of its own: with nothing to chain, the next commit is the transfer's.
async fn until_chained(home: &Home) {
    let chaining = async {
        loop {
            let mut command = moneyflow();
            command.args(["ledger", "verify", "--json"]);
            home.name_to(&mut command);
            let output = command.output().await.unwrap();
            let report = rules::json::parse(&output.stdout).unwrap();
            if report["chain"]["waiting"] == json!(0) {
                return;
            }
        }
    };
    let minute = std::time::Duration::from_mins(1);
    tokio::time::timeout(minute, chaining)
        .await
        .expect("it is chained in time");
}

async fn migrated(home: &Home) -> bool {
    let mut command = moneyflow();
    command.arg("migrate").stdout(Stdio::null());
    home.name_to(&mut command);
    command.status().await.unwrap().success()
}
