//! Rules as documents: read for the canvas, saved from it, and their versions.

use api_types::{JsonText, Page, Rule, RuleVersion, RuleVersionSummary, Run};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    ApiError, ListRequest,
    request::{Method, answer, answer_if, get},
};
use crate::query::encoded;

/// A rule, as it was saved last.
pub(crate) async fn rule(rule_id: &str) -> Result<Rule, ApiError> {
    get(&format!("/payment-rules/{}", encoded(rule_id))).await
}

/// One of its versions.
pub(crate) async fn rule_version(rule_id: &str, version: u32) -> Result<RuleVersion, ApiError> {
    get(&format!("/payment-rules/{}/versions/{version}", encoded(rule_id))).await
}

/// Its versions, the newest first.
pub(crate) async fn versions(
    rule_id: Uuid,
    cursor: Option<&str>,
) -> Result<Page<RuleVersionSummary>, ApiError> {
    let path = format!("/payment-rules/{rule_id}/versions");
    get(&ListRequest::default().url(&path, cursor)).await
}

/// Saves a draft on top of a version, if that is still the newest; of none, if it is the rule's first.
pub(crate) async fn save_over(document: &str, version: Option<u32>) -> Result<Rule, ApiError> {
    let path = "/payment-rules?draft=true";
    match version {
        Some(version) => answer_if(Method::Post, path, document, &format!("\"{version}\"")).await,
        None => answer(Method::Post, path, Some(document)).await,
    }
}

/// What rules see of a company.
pub(crate) async fn company(company_id: &str) -> Result<Value, ApiError> {
    get(&format!("/companies/{}", encoded(company_id))).await
}

#[derive(Deserialize)]
struct EventOfRun {
    event: Option<JsonText>,
}

/// The event of a rule's last run, if it ran and its event is still there.
pub(crate) async fn last_event(rule_id: Uuid) -> Result<Option<JsonText>, ApiError> {
    let path = format!("/runs?rule_id={rule_id}&limit=1");
    let runs: Page<Run> = get(&path).await?;
    let Some(run) = runs.items.first() else {
        return Ok(None);
    };
    event_of_run(&run.id.to_string()).await
}

/// The event of a run; none once it was erased.
pub(crate) async fn event_of_run(run_id: &str) -> Result<Option<JsonText>, ApiError> {
    let run: EventOfRun = get(&format!("/runs/{}", encoded(run_id))).await?;
    Ok(run.event)
}
