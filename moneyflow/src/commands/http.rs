//! Talking to the services.

use anyhow::Context as _;
use reqwest::{Client, Response};
use serde_json::Value;

/// A client for the services of this system.
pub(crate) fn client() -> anyhow::Result<Client> {
    Ok(Client::builder()
        .timeout(std::time::Duration::from_mins(1))
        .no_proxy()
        .build()?)
}

/// Posts a text.
pub(crate) async fn post(
    client: &Client,
    url: &str,
    content_type: &str,
    body: Vec<u8>,
) -> anyhow::Result<Response> {
    post_with(client, url, &[("content-type", content_type)], body).await
}

/// Posts a text with headers.
pub(crate) async fn post_with(
    client: &Client,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> anyhow::Result<Response> {
    let request = headers
        .iter()
        .fold(client.post(url), |request, (name, value)| {
            request.header(*name, *value)
        })
        .body(body);
    request
        .send()
        .await
        .with_context(|| format!("{url} cannot be reached"))
}

/// The answer's JSON, every digit kept; null if it has none.
pub(crate) async fn json_of(response: Response) -> anyhow::Result<Value> {
    let bytes = response.bytes().await.context("the answer broke off")?;
    Ok(rules::json::parse(&bytes).unwrap_or_default())
}

/// What a problem says, with its findings, a line each.
pub(crate) fn problem_lines(problem: &Value) -> Vec<String> {
    let text = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut lines = vec![format!("{}: {}", text(problem, "code"), text(problem, "detail"))];
    for finding in problem
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        lines.push(format!(
            "  {}: {}: {}",
            text(finding, "pointer"),
            text(finding, "code"),
            text(finding, "detail")
        ));
    }
    lines
}
