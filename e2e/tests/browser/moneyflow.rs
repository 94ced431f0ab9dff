//! The program as users start it: `moneyflow up`, all in one process, on ports and a folder of its own.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use e2e::process::Service;
use e2e::servers::temporary_folder;
use e2e::{Patience, free_port, until};
use serde_json::Value;
use tempfile::TempDir;

const SOON: Patience = Patience::of(Duration::from_secs(30));

/// The company that it starts with.
pub(crate) const COMPANY: &str = "0de30000-0000-7000-8000-000000000001";

/// A whole system. Dropped, it is killed.
pub(crate) struct MoneyFlow {
    service: Service,
    router: String,
    client: reqwest::Client,
    // Last: what writes there goes first.
    _folder: TempDir,
}

impl MoneyFlow {
    /// Starts one, with the demo company, and makes sure that the browser application is in it.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = temporary_folder()?;
        let data = folder.path().join("data");
        let data = data.to_str().context("the folder's name is text")?;
        let [composer, router, worker] = [free_port()?, free_port()?, free_port()?];
        let ports = [composer, router, worker].map(|port| port.to_string());
        let [composer_flag, router_flag, worker_flag] = ["--composer-port", "--router-port", "--worker-port"];
        let arguments = [
            "up",
            "--data-dir",
            data,
            composer_flag,
            &ports[0],
            router_flag,
            &ports[1],
            worker_flag,
            &ports[2],
            "--payments-port",
            "0",
            "--grpc-port",
            "0",
        ];
        let mut started = Self {
            service: Service::new("moneyflow", &arguments, composer, folder.path()),
            router: format!("http://127.0.0.1:{router}"),
            client: reqwest::Client::builder().no_proxy().build()?,
            _folder: folder,
        };
        started.come_up().await?;
        started.must_have_its_application().await?;
        started.has_run_the_demo().await?;
        Ok(started)
    }

    /// The address of a page of the application.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.service.url())
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        self.service.last_words()
    }

    /// GET on the composer.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        answered(self.client.get(self.page(path))).await
    }

    /// POST to the composer.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        answered(self.client.post(self.page(path)).json(body)).await
    }

    /// POST to the composer under a key.
    pub(crate) async fn post_as(&self, key: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.client.post(self.page(path)).header("Idempotency-Key", key);
        answered(request.json(body)).await
    }

    /// The payment provider's webhook.
    pub(crate) async fn pay(&self, event: &Value) -> anyhow::Result<Value> {
        answered(self.client.post(format!("{}/payment", self.router)).json(event)).await
    }

    /// The rule of a name, once there is one.
    pub(crate) async fn rule(&self, name: &str) -> anyhow::Result<Value> {
        until(&format!("the rule {name}"), SOON, async || {
            let listed = self
                .get(&format!("/payment-rules?company_id={COMPANY}&limit=200"))
                .await?;
            let rules = listed.get("items").and_then(Value::as_array);
            let is_it = |rule: &&Value| rule.get("name").and_then(Value::as_str) == Some(name);
            Ok(rules.and_then(|rules| rules.iter().find(is_it)).cloned())
        })
        .await
    }

    /// Stops it and starts it again, on the same data and ports.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        self.service.stop().await?;
        self.come_up().await
    }

    /// The composer is the first of its services to listen, the router comes after it.
    async fn come_up(&mut self) -> anyhow::Result<()> {
        self.service.start().await?;
        let health = format!("{}/healthz", self.router);
        until("the router to come up", SOON, async || {
            let answer = self.client.get(&health).send().await?;
            Ok(answer.status().is_success().then_some(()))
        })
        .await
    }

    /// A build without the application is a build in which nothing here can be tested.
    async fn must_have_its_application(&self) -> anyhow::Result<()> {
        let page = self.client.get(self.page("/app")).send().await?;
        let status = page.status();
        let text = page.text().await?;
        ensure!(
            status.is_success() && text.contains("moneyflow-worker"),
            "this program was built without the browser application, or with that of other sources: run \
             `cargo run --release --package ui-build -- --quick`, then build again (`make test` does both)"
        );
        Ok(())
    }

    /// The demo's payments come right after the start: what counts runs should not see them come.
    async fn has_run_the_demo(&self) -> anyhow::Result<()> {
        until("the demo company's runs and money", SOON, async || {
            let count = async |list: &str| {
                let listed = self
                    .get(&format!("{list}?company_id={COMPANY}&limit=200"))
                    .await?;
                anyhow::Ok(listed.get("items").and_then(Value::as_array).map(Vec::len))
            };
            // The second hold is the last of it.
            let is_there = count("/runs").await? >= Some(9) && count("/api/v1/holds").await? >= Some(2);
            Ok(is_there.then_some(()))
        })
        .await
        .with_context(|| self.last_words())
    }
}

async fn answered(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
    let answer = request.send().await?;
    let (url, status) = (answer.url().clone(), answer.status());
    let text = answer.text().await?;
    if !status.is_success() {
        bail!("{url} answered {status}: {text}");
    }
    Ok(rules::json::parse(text.as_bytes())?)
}
