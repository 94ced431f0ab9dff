//! `moneyflow health URL`: whether a service is ready, as an exit code.

use std::time::Duration;

use anyhow::Context as _;

use super::http;
use crate::output::{Failed, remark, say};

/// Far longer than a service takes that is well.
const LONGEST: Duration = Duration::from_secs(5);

pub(crate) async fn run(url: &str) -> anyhow::Result<()> {
    let url = format!("{}/readyz", url.trim_end_matches('/'));
    let asked = http::client()?.get(&url).timeout(LONGEST).send().await;
    let response = asked.with_context(|| format!("{url} cannot be reached"))?;
    let status = response.status();
    let body = response.text().await.unwrap_or_default();
    if status.is_success() {
        say("ready");
        return Ok(());
    }
    remark(format!("moneyflow: {url} answered {status}: {body}"));
    Err(Failed.into())
}
