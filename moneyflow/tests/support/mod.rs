//! A system in a process of its own, as a user would start it.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "scaffolding of tests: each binary uses what it needs, and fails where something is missing"
)]

mod home;

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub(crate) use home::Home;
#[allow(unused_imports, reason = "not every binary of tests uses it")]
pub(crate) use home::on_every_kind;

/// The company of the examples.
pub(crate) const COMPANY: &str = "b5aa9687-d61f-467c-973e-f55d446981dc";

const DEADLINE: Duration = Duration::from_mins(1);

/// A command of the binary under test.
pub(crate) fn moneyflow() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moneyflow"));
    command
        .kill_on_drop(true)
        .env("MONEYFLOW_LOG", "warn")
        .env_remove("MONEYFLOW_DATA_DIR");
    command
}

/// A running system.
pub(crate) struct System {
    pub(crate) composer: String,
    pub(crate) router: String,
    pub(crate) payments: String,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) client: reqwest::Client,
}

impl System {
    /// Starts a system on free ports; `hold_at` names a commit boundary to be held at.
    pub(crate) async fn start(home: &Home, hold_at: Option<&str>) -> Self {
        Self::try_start(home, hold_at)
            .await
            .expect("the system did not come up")
    }

    /// The same; none if it was held, or ended, before it was up.
    pub(crate) async fn try_start(home: &Home, hold_at: Option<&str>) -> Option<Self> {
        let mut command = moneyflow();
        command.args([
            "up",
            "--no-demo",
            "--composer-port",
            "0",
            "--router-port",
            "0",
            "--payments-port",
            "0",
            "--grpc-port",
            "0",
            "--worker-port",
            "0",
        ]);
        home.name_to(&mut command);
        command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        if let Some(place) = hold_at {
            command.env("MONEYFLOW_HOLD_AT", place);
        }
        let mut child = command.spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let (mut composer, mut router, mut payments) = (String::new(), String::new(), String::new());
        loop {
            let line = tokio::time::timeout(DEADLINE, lines.next_line())
                .await
                .expect("in time");
            let line = line.expect("stdout is text")?;
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some("composer"), Some("API"), Some(url)) => url.clone_into(&mut composer),
                (Some("payments"), Some("API"), Some(url)) => url.clone_into(&mut payments),
                (Some("router"), Some(url), _) => url.clone_into(&mut router),
                (Some("Stop"), ..) => break,
                (Some("held"), ..) => {
                    child.kill().await.expect("it can be killed");
                    return None;
                }
                _ => {}
            }
        }
        let client = reqwest::Client::builder()
            .timeout(DEADLINE)
            .no_proxy()
            .build()
            .expect("a client");
        Some(Self {
            composer,
            router,
            payments,
            child,
            lines,
            client,
        })
    }

    /// SIGKILL, and gone.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Waits until the process says that it is held at the boundary.
    pub(crate) async fn held(&mut self) {
        loop {
            let line = tokio::time::timeout(DEADLINE, self.lines.next_line())
                .await
                .expect("held in time");
            let line = line.expect("stdout is text").expect("the process lives");
            if line.starts_with("held") {
                return;
            }
        }
    }

    /// SIGTERM, and a good end.
    pub(crate) async fn stop(mut self) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .expect("kill runs");
        assert!(sent.success());
        let status = tokio::time::timeout(DEADLINE, self.child.wait())
            .await
            .expect("stops in time");
        assert!(status.expect("a status").success());
    }

    /// GET on the composer: status and body.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let response = self
            .client
            .get(format!("{}{path}", self.composer))
            .send()
            .await
            .expect("an answer");
        answer(response).await
    }

    /// POST on the composer.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.post_text(&format!("{}{path}", self.composer), body.to_string())
            .await
    }

    /// An event to the router.
    pub(crate) async fn pay(&self, event: &Value) -> (u16, Value) {
        self.post_text(&format!("{}/payment", self.router), event.to_string())
            .await
    }

    /// JSON text, as it is, to any URL.
    pub(crate) async fn post_text(&self, url: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(body);
        answer(request.send().await.expect("an answer")).await
    }

    /// Asks the composer until the answer is as wanted.
    pub(crate) async fn wait_until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let (status, body) = self.get(path).await;
            if status == 200 && wanted(&body) {
                return body;
            }
            assert!(
                Instant::now() < deadline,
                "{path} never became as wanted; it is {status} {body}"
            );
            poll_pause().await;
        }
    }

    /// Waits until every accepted event has been run.
    pub(crate) async fn wait_until_idle(&self) {
        let idle = |stats: &Value| stats["queue"]["ready"] == 0 && stats["queue"]["in_flight"] == 0;
        self.wait_until("/stats", idle).await;
    }

    /// All items of a list, page by page.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let (status, page) = self.get(&format!("{path}{joint}limit=200{cursor}")).await;
            assert_eq!(status, 200, "{page}");
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

/// Between two looks at a condition.
pub(crate) async fn poll_pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

async fn answer(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let bytes = response.bytes().await.expect("a whole answer");
    (status, rules::json::parse(&bytes).unwrap_or(Value::Null))
}

/// The user's rule, mended: invoice for products, abort for all else, a royalty in any case.
pub(crate) fn product_rule(company_id: &str, name: &str) -> Value {
    let parameters =
        json!({"company_id": "$context.event.company_id", "product_id": "$context.event.product.id"});
    json!({"company_id": company_id, "name": name, "rules": [
        {"node_type": "condition", "node_id": "condition-1",
         "expect": [{"field": "$context.event.payment_type", "operator": "eq", "value": ["product"]}]},
        {"node_type": "task", "node_id": "abort-flow-1", "task_name": "payment.tasks.abort_flow", "parameters": null,
         "depends_on": [{"node_id": "condition-1", "state": "failure"}]},
        {"node_type": "task", "node_id": "generate-invoice-1", "task_name": "payment.tasks.generate_invoice",
         "depends_on": [{"node_id": "condition-1", "state": "success"}], "parameters": parameters},
        {"node_type": "condition", "node_id": "condition-2", "depends_on": [{"node_id": "condition-1", "state": "success"}],
         "expect": [{"field": "$context.event.product.type", "operator": "in", "value": ["book", "ebook"]}]},
        {"node_type": "task", "node_id": "generate_royalty-1", "task_name": "payment.tasks.generate_royalty",
         "parameters": parameters},
    ]})
}
