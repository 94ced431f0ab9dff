//! `moneyflow events send`: payment events to the router.

use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

use super::{files, http};
use crate::output::{Failed, remark, say, say_json};

pub(crate) async fn run(file: &Path, router_url: &str, json: bool) -> anyhow::Result<()> {
    let bytes = files::read(file)?;
    let base = router_url.trim_end_matches('/');
    if file.extension().is_some_and(|extension| extension == "ndjson") {
        return send_batch(&format!("{base}/payments/batch"), bytes, json).await;
    }
    let response = http::post(
        &http::client()?,
        &format!("{base}/payment"),
        "application/json",
        bytes,
    )
    .await?;
    let accepted = response.status().is_success();
    let answer = http::json_of(response).await?;
    report(&answer, accepted, json);
    if accepted { Ok(()) } else { Err(Failed.into()) }
}

async fn send_batch(url: &str, bytes: Vec<u8>, json: bool) -> anyhow::Result<()> {
    let response = http::post(&http::client()?, url, "application/x-ndjson", bytes).await?;
    if !response.status().is_success() {
        report(&http::json_of(response).await?, false, json);
        return Err(Failed.into());
    }
    let text = response.text().await.context("the answer broke off")?;
    let mut refused = 0_usize;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let answer = rules::json::parse(line.as_bytes()).context("the router's answer")?;
        let problem = answer.get("problem");
        refused += usize::from(problem.is_some());
        match problem {
            Some(problem) if !json => {
                remark(format!(
                    "line {}:",
                    answer.get("line").map(Value::to_string).unwrap_or_default()
                ));
                report(problem, false, json);
            }
            _ => report(&answer, problem.is_none(), json),
        }
    }
    if refused == 0 { Ok(()) } else { Err(Failed.into()) }
}

fn report(answer: &Value, accepted: bool, json: bool) {
    if json {
        say_json(answer);
    } else if accepted {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
        let rules = answer.get("rules").and_then(Value::as_array).map_or(0, Vec::len);
        say(format!("{} {} ({rules} rules)", text("event_id"), text("status")));
        if let Some(warning) = answer.get("warning").and_then(Value::as_str) {
            remark(format!("warning: {warning}"));
        }
    } else {
        http::problem_lines(answer).iter().for_each(remark);
    }
}
