//! The command line: what it prints, and its exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::process::Output;

use serde_json::{Value, json};
use support::{COMPANY, Home, System, moneyflow, on_every_kind, product_rule};

on_every_kind!(migrate_says_what_it_does);

async fn run(arguments: &[&str]) -> Output {
    moneyflow().args(arguments).output().await.unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A file in a folder of its own.
fn file(name: &str, content: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn validate_tells_every_fault_and_fails() {
    let (_folder, good) = file("rule.json", &product_rule(COMPANY, "x").to_string());
    let valid = run(&["rules", "validate", &good]).await;
    assert_eq!(valid.status.code(), Some(0));
    assert!(out(&valid).ends_with("valid\n"));
    assert!(
        complaint(&valid).contains("warning: /rules/3:"),
        "{}",
        complaint(&valid)
    );

    let bad = product_rule(COMPANY, "x")
        .to_string()
        .replace("\"state\":\"failure\"", "\"state\":\"failed\"");
    let (_folder, bad) = file(
        "rule.json",
        &bad.replace("payment.tasks.abort_flow", "payment.tasks.abort_flo"),
    );
    let refused = run(&["rules", "validate", "--json", &bad]).await;
    assert_eq!(refused.status.code(), Some(1));
    let report: Value = rules::json::parse(out(&refused).as_bytes()).unwrap();
    assert_eq!(report["valid"], false);
    let codes: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["bad_value", "unknown_task"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let missing = run(&["rules", "validate", "/nowhere/rule.json"]).await;
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        complaint(&missing).contains("/nowhere/rule.json cannot be read"),
        "{}",
        complaint(&missing)
    );
    let (_folder, large) = file("rule.json", &" ".repeat(1024 * 1024 + 1));
    assert!(complaint(&run(&["rules", "validate", &large]).await).contains("expected at most 1048576"));
    let (_folder, broken) = file("rule.json", "{\"a\":1,\"a\":2}");
    assert!(complaint(&run(&["rules", "validate", &broken]).await).contains("stands twice"));
}

#[tokio::test]
async fn misuse_has_its_own_exit_code() {
    for arguments in [
        &["rules"][..],
        &["up", "--composer-port", "x"],
        &["nothing"],
        &["up", "--database-url", "mysql:x"],
        &["serve", "composer-api", "--queue-url", "kafka://mq"],
        &["serve", "composer-api", "--queue-url", "amqp://ana:x@mq:port"],
        &[
            "serve",
            "router",
            "--queue-url",
            "amqp://mq",
            "--queue-prefix",
            "",
        ],
    ] {
        assert_eq!(run(arguments).await.status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(&["--help"]).await.status.code(), Some(0));
}

#[tokio::test]
async fn simulate_shows_what_would_be_posted() {
    let (_rule_folder, rule) = file("rule.json", &product_rule(COMPANY, "x").to_string());
    let (_event_folder, event) = file("event.json", r#"{"payment_type":"product","total":"120.0"}"#);
    let simulated = run(&["rules", "simulate", &rule, "--event", &event]).await;
    assert_eq!(simulated.status.code(), Some(0), "{}", complaint(&simulated));
    let text = out(&simulated);
    assert!(text.contains("status: succeeded"), "{text}");
    assert!(text.contains("entry   debit receivables 120.00 BRL"), "{text}");
    assert!(text.contains("event   invoice.generated"), "{text}");
}

#[tokio::test]
async fn examples_pass_and_a_wrong_expectation_fails() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/rules");
    let passed = run(&["rules", "test", examples]).await;
    assert_eq!(passed.status.code(), Some(0), "{}", complaint(&passed));
    assert!(out(&passed).contains(" passed, 0 failed"));

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("cases")).unwrap();
    std::fs::write(
        folder.path().join("rule.json"),
        product_rule(COMPANY, "x").to_string(),
    )
    .unwrap();
    let case = r#"{"event":{"total":"1.00"},"expect":{"status":"succeeded"}}"#;
    std::fs::write(folder.path().join("cases/wrong.json"), case).unwrap();
    let failed = run(&["rules", "test", folder.path().to_str().unwrap()]).await;
    assert_eq!(failed.status.code(), Some(1));
    assert!(out(&failed).contains("0 passed, 1 failed"), "{}", out(&failed));
    assert!(complaint(&failed).contains("aborted"), "{}", complaint(&failed));
}

#[tokio::test(flavor = "multi_thread")]
async fn push_and_send_speak_to_a_running_system() {
    let home = Home::embedded();
    let system = System::start(&home, None).await;
    let (_rule_folder, rule) = file("rule.json", &product_rule(COMPANY, "pushed").to_string());
    let pushed = run(&["rules", "push", "--composer-url", &system.composer, &rule]).await;
    assert_eq!(pushed.status.code(), Some(0), "{}", complaint(&pushed));
    assert!(
        out(&pushed).contains("pushed version 1 is published"),
        "{}",
        out(&pushed)
    );

    let lines = format!(
        "{{\"company_id\":\"{COMPANY}\",\"event_id\":\"a\",\"total\":1}}\n{{\"company_id\":\"{COMPANY}\",\"event_id\":\"a\",\"total\":1}}\n\
         {{\"event_id\":\"b\"}}\n"
    );
    let (_event_folder, events) = file("events.ndjson", &lines);
    let sent = run(&["events", "send", "--router-url", &system.router, &events]).await;
    assert_eq!(sent.status.code(), Some(1), "one line names no company");
    assert_eq!(out(&sent), "a enqueued (1 rules)\na duplicate (1 rules)\n");
    assert!(complaint(&sent).contains("company_id"), "{}", complaint(&sent));

    let away = run(&["events", "send", "--router-url", "http://127.0.0.1:9", &rule]).await;
    assert_eq!(away.status.code(), Some(1));
    assert!(
        complaint(&away).contains("cannot be reached"),
        "{}",
        complaint(&away)
    );
    system.stop().await;
}

#[tokio::test]
async fn reconcile_compares_a_file_with_payments() {
    let home = Home::embedded();
    let system = System::start(&home, None).await;
    let accounts = format!("{}/api/v1/accounts", system.payments);
    let open = async |code: &str| {
        let account =
            json!({"company_id": COMPANY, "code": code, "currency": "BRL", "initial_balance": "50"});
        let (status, opened) = system.post_text(&accounts, account.to_string()).await;
        assert_eq!(status, 201, "{opened}");
        opened["id"].as_str().unwrap().to_owned()
    };
    let (alice, bob) = (open("alice").await, open("bob").await);
    let payment = json!({"company_id": COMPANY, "payment_type": "internal", "source_account_id": alice,
        "destination_account_id": bob, "amount": "20", "currency": "BRL"});
    let paid = system.client.post(format!("{}/api/v1/payments", system.payments));
    let paid = paid
        .header("content-type", "application/json")
        .header("idempotency-key", "p1");
    let paid: Value = paid
        .body(payment.to_string())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = paid["id"].as_str().unwrap();

    let reconcile = async |file: &str, url: &str| {
        let span = ["--from", "2020-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z"];
        let named = [
            "ledger",
            "reconcile",
            file,
            "--company",
            COMPANY,
            "--payments-url",
            url,
        ];
        run(&[&named[..], &span[..]].concat()).await
    };
    let (_folder, good) = file(
        "good.csv",
        &format!("payment_id,amount,currency,status\n{id},20.00,BRL,captured\n"),
    );
    let agreed = reconcile(&good, &system.payments).await;
    assert_eq!(agreed.status.code(), Some(0), "{}", complaint(&agreed));
    assert_eq!(out(&agreed), "matched: 1 of 1 lines\n");

    let line = json!({"payment_id": id, "amount": 19.99, "currency": "BRL", "status": "captured"});
    let (_folder, bad) = file("bad.ndjson", &line.to_string());
    let differs = reconcile(&bad, &system.payments).await;
    assert_eq!(differs.status.code(), Some(1));
    let expected = format!(
        "matched: 0 of 1 lines\namount differs: 1\n  line 1, {id}, here 20.00 BRL captured, there 19.99 BRL captured\n"
    );
    assert_eq!(out(&differs), expected);

    let (_folder, broken) = file("broken.csv", "payment_id\n");
    let refused = reconcile(&broken, &system.payments).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        complaint(&refused).contains("invalid_settlements"),
        "{}",
        complaint(&refused)
    );
    let away = reconcile(&good, "http://127.0.0.1:9").await;
    assert!(
        complaint(&away).contains("cannot be reached"),
        "{}",
        complaint(&away)
    );
    system.stop().await;
}

async fn migrate_says_what_it_does(home: &Home) {
    let at_home = async |arguments: &[&str]| {
        let mut command = moneyflow();
        command.args(arguments);
        home.name_to(&mut command);
        command.output().await.unwrap()
    };
    let dry = at_home(&["migrate", "--dry-run"]).await;
    assert!(
        out(&dry).contains("would apply 0001"),
        "{}{}",
        out(&dry),
        complaint(&dry)
    );
    let served = at_home(&["serve", "orchestrator", "--worker-port", "0"]).await;
    assert_eq!(
        served.status.code(),
        Some(1),
        "serve refuses a database that is not migrated"
    );
    assert!(complaint(&served).contains("migrat"), "{}", complaint(&served));
    assert!(out(&at_home(&["migrate"]).await).contains("applied 0001"));
    assert!(out(&at_home(&["migrate"]).await).contains("is up to date"));
}

#[tokio::test]
async fn others_are_not_served_by_accident() {
    let refused = run(&["up", "--host", "0.0.0.0"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        complaint(&refused).contains("--allow-open"),
        "{}",
        complaint(&refused)
    );
}

#[tokio::test]
async fn passwords_in_urls_are_not_repeated() {
    let mistyped = run(&["migrate", "--database-url", "mysql://ana:s3cret@db/x"]).await;
    assert_eq!(mistyped.status.code(), Some(2));
    let said = complaint(&mistyped);
    assert!(
        said.contains("expected sqlite:PATH or postgres://") && !said.contains("s3cret"),
        "{said}"
    );
    let mistyped = run(&["serve", "router", "--queue-url", "amqp://ana:s3cret@mq:port"]).await;
    let said = complaint(&mistyped);
    assert!(
        said.contains("it should look like amqp://") && !said.contains("s3cret"),
        "{said}"
    );
    let help = moneyflow()
        .args(["up", "--help"])
        .env("MONEYFLOW_DATABASE_URL", "postgres://ana:s3cret@db/x")
        .env("MONEYFLOW_QUEUE_URL", "amqp://ana:s3cret@mq")
        .output()
        .await
        .unwrap();
    assert!(out(&help).contains("MONEYFLOW_DATABASE_URL") && !out(&help).contains("s3cret"));
}
