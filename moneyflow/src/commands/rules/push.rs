//! `moneyflow rules push`: rules to the composer API.

use std::path::PathBuf;

use serde_json::Value;

use crate::commands::{files, http};
use crate::output::{Failed, remark, say, say_json};

pub(crate) async fn run(
    paths: &[PathBuf],
    composer_url: &str,
    draft: bool,
    json: bool,
) -> anyhow::Result<()> {
    let query = if draft { "?draft=true" } else { "" };
    let url = format!("{}/payment-rules{query}", composer_url.trim_end_matches('/'));
    let client = http::client()?;
    let mut all_saved = true;
    for path in paths {
        let response = http::post(&client, &url, "application/json", files::read(path)?).await?;
        let saved = response.status().is_success();
        let answer = http::json_of(response).await?;
        all_saved &= saved;
        if json {
            say_json(&answer);
        } else if saved {
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default();
            let version = answer.get("version").map(Value::to_string).unwrap_or_default();
            say(format!(
                "{}: {} version {version} is {}",
                path.display(),
                text("name"),
                text("status")
            ));
        } else {
            remark(format!("{}:", path.display()));
            http::problem_lines(&answer).iter().for_each(remark);
        }
    }
    if all_saved { Ok(()) } else { Err(Failed.into()) }
}
