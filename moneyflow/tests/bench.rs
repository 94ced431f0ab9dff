//! `moneyflow bench`: on servers, whatever becomes of a measurement, its queues go with it; transfers on every kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails where something is missing"
)]

mod support;

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use support::{Home, moneyflow};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

const DEADLINE: Duration = Duration::from_mins(1);
/// 16 partitions, and the dead.
const QUEUES: usize = 17;

/// A measurement that has begun, and what the names of its queues begin with.
struct Bench {
    child: Child,
    prefix: String,
    /// Kept, so that it has somebody to talk to.
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Bench {
    async fn start(home: &Home, duration_s: &str) -> Self {
        let mut command = moneyflow();
        command.args(["bench", "--json", "--rate", "50", "--companies", "1"]);
        command.args(["--duration", duration_s]);
        home.name_to(&mut command);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let prefix = loop {
            let line = stderr
                .next_line()
                .await
                .unwrap()
                .expect("it says where it measures");
            if let Some(names) = line.strip_prefix("queues of its own: ") {
                break names.strip_suffix(".*").unwrap().to_owned();
            }
        };
        Self {
            child,
            prefix,
            stderr,
        }
    }

    /// Its exit code, and what it printed.
    async fn ended(mut self) -> (Option<i32>, String) {
        let ending = async {
            let mut out = String::new();
            let mut stdout = self.child.stdout.take().unwrap();
            stdout.read_to_string(&mut out).await.unwrap();
            while self.stderr.next_line().await.unwrap().is_some() {}
            (self.child.wait().await.unwrap().code(), out)
        };
        tokio::time::timeout(DEADLINE, ending)
            .await
            .expect("it ends in time")
    }
}

#[tokio::test]
async fn a_measurement_deletes_its_queues() {
    let home = Home::on_servers().await;
    let bench = Bench::start(&home, "1").await;
    let prefix = bench.prefix.clone();
    home.wait_for_queues(&prefix, QUEUES).await;
    let (code, out) = bench.ended().await;
    assert_eq!(code, Some(0), "{out}");
    let report: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(report["ledger_verified"], true, "{report}");
    assert_eq!(home.queues(&prefix).await, 0);
    home.remove().await;
}

#[tokio::test]
async fn one_that_is_interrupted_does_so_too() {
    let home = Home::on_servers().await;
    let bench = Bench::start(&home, "3600").await;
    let prefix = bench.prefix.clone();
    // Its worker is at work, and would declare its queues anew.
    home.wait_for_rows("SELECT count(*) FROM runs").await;
    assert_eq!(home.queues(&prefix).await, QUEUES);
    let id = bench.child.id().unwrap().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().await.unwrap();
    assert!(sent.success());
    let (code, out) = bench.ended().await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(home.queues(&prefix).await, 0);
    home.remove().await;
}

/// Measures transfers for a moment, and says what came of it.
async fn transfers(home: &Home) -> Value {
    let mut command = moneyflow();
    command.args(["bench", "transfers", "--json", "--duration", "1"]);
    command.args(["--accounts", "20", "--callers", "4"]);
    home.name_store_to(&mut command);
    let output = tokio::time::timeout(DEADLINE, command.output());
    let output = output.await.expect("it ends in time").unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}");
    let report: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(report["ledger_verified"], true, "{report}");
    for stretch in ["all_accounts", "hot_account", "half_load", "one_at_a_time"] {
        assert!(report[stretch]["transfers"].as_u64() > Some(0), "{report}");
    }
    report
}

#[tokio::test]
async fn transfers_are_measured_on_files() {
    let report = transfers(&Home::embedded()).await;
    assert_eq!(report["peer"], Value::Null);
}

#[tokio::test]
async fn transfers_are_measured_beside_the_classic_way_on_a_server() {
    let home = Home::on_servers().await;
    let peer = &transfers(&home).await["peer"];
    assert!(peer["all_accounts_per_s"].as_u64() > Some(0), "{peer}");
    assert!(peer["hot_account_per_s"].as_u64() > Some(0), "{peer}");
    home.remove().await;
}
