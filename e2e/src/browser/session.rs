//! What is said to the driver: WebDriver's commands, as far as they are used here (<https://www.w3.org/TR/webdriver2/>).

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The slowest answer is the start of the browser on a machine that does much else.
const ANSWER: Duration = Duration::from_mins(2);

/// An open browser.
#[derive(Debug)]
pub(super) struct Session {
    client: reqwest::Client,
    url: String,
}

impl Session {
    /// Opens a browser.
    pub(super) async fn open(driver: &str, capabilities: &Value) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWER).build()?;
        let request = client.post(format!("{driver}/session")).json(capabilities);
        let answer = value_of(request).await.context("Chromium does not start")?;
        let id = answer.get("sessionId").and_then(Value::as_str);
        let id = id.context("the driver names no session")?;
        Ok(Self {
            url: format!("{driver}/session/{id}"),
            client,
        })
    }

    /// Closes it.
    pub(super) async fn close(&self) -> anyhow::Result<()> {
        value_of(self.client.delete(&self.url)).await.map(|_| ())
    }

    /// A command that asks.
    pub(super) async fn get(&self, command: &str) -> anyhow::Result<Value> {
        value_of(self.client.get(format!("{}/{command}", self.url)))
            .await
            .with_context(|| format!("the driver could not {command}"))
    }

    /// A command that does something.
    pub(super) async fn post(&self, command: &str, body: &Value) -> anyhow::Result<Value> {
        value_of(self.client.post(format!("{}/{command}", self.url)).json(body))
            .await
            .with_context(|| format!("the driver could not {command}"))
    }

    /// A command that takes something back.
    pub(super) async fn delete(&self, command: &str) -> anyhow::Result<()> {
        value_of(self.client.delete(format!("{}/{command}", self.url)))
            .await
            .map(|_| ())
    }

    /// A command of the browser's own protocol (<https://chromedevtools.github.io/devtools-protocol/>).
    pub(super) async fn cdp(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        self.post(
            "goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
        .await
        .context(command.to_owned())
    }

    /// What a script in the page returns.
    pub(super) async fn script<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: &[Value],
    ) -> anyhow::Result<T> {
        let body = json!({ "script": script, "args": arguments });
        Ok(serde_json::from_value(self.post("execute/sync", &body).await?)?)
    }

    /// What a script in the page hands to the function that is its last argument.
    pub(super) async fn asynchronous_script<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: &[Value],
    ) -> anyhow::Result<T> {
        let body = json!({ "script": script, "args": arguments });
        Ok(serde_json::from_value(self.post("execute/async", &body).await?)?)
    }
}

/// The value of an answer, which an error has, too.
async fn value_of(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
    let answer = request.send().await?;
    let status = answer.status();
    let mut body: Value = answer.json().await?;
    let value = body.get_mut("value").map(Value::take).unwrap_or_default();
    if status.is_success() {
        return Ok(value);
    }
    let said = |member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default();
    let message = said("message").lines().next().unwrap_or_default();
    bail!("{}: {message}", said("error"))
}
