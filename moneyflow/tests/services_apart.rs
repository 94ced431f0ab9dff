//! Services in processes of their own: the router goes on while the composer is away.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{COMPANY, moneyflow, product_rule};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

/// Starts a service and waits for the line that says where it is.
async fn serve(arguments: &[&str], data_dir: &Path) -> (Child, String) {
    let mut command = moneyflow();
    command
        .arg("serve")
        .args(arguments)
        .arg("--data-dir")
        .arg(data_dir)
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("it says where it is");
    let (_, url) = line.split_once(": ").unwrap();
    (child, url.to_owned())
}

async fn post(url: &str, body: &Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        rules::json::parse(&response.bytes().await.unwrap()).unwrap(),
    )
}

fn event(number: u32) -> Value {
    json!({"company_id": COMPANY, "event_id": format!("e-{number}"), "total": "1"})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_serves_stale_rules_while_the_composer_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let migrated = moneyflow()
        .args(["migrate", "--data-dir"])
        .arg(folder.path())
        .status()
        .await
        .unwrap();
    assert!(migrated.success());
    let (mut composer, composer_url) = serve(&["composer-api", "--composer-port", "0"], folder.path()).await;
    let router = ["router", "--router-port", "0", "--composer-url", &composer_url];
    let (_router, router_url) = serve(&router, folder.path()).await;
    let pay = format!("{router_url}/payment");

    let (status, problem) = post(&pay, &event(0)).await;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_company")));
    let (status, saved) = post(
        &format!("{composer_url}/payment-rules"),
        &product_rule(COMPANY, "default"),
    )
    .await;
    assert_eq!(status, 201, "{saved}");
    // The notice of the publish is on its way: the first answers may still be that nobody knows the company.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(1);
    while post(&pay, &event(1)).await.0 != 200 {
        assert!(
            std::time::Instant::now() < deadline,
            "the publish is not seen within a second"
        );
    }

    composer.kill().await.unwrap();
    for number in 2..10 {
        let (status, answer) = post(&pay, &event(number)).await;
        assert_eq!((status, &answer["status"]), (200, &json!("enqueued")));
    }
    let unknown = json!({"company_id": "00000000-0000-7000-8000-00000000dead", "event_id": "x"});
    let (status, problem) = post(&pay, &unknown).await;
    assert_eq!((status, &problem["code"]), (503, &json!("rules_unavailable")));
}
