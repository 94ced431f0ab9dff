//! Rules as documents: read for the canvas, saved from it, and their versions.

use api_types::{Page, Rule, RuleVersion, RuleVersionSummary};

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
    rule_id: &str,
    cursor: Option<&str>,
) -> Result<Page<RuleVersionSummary>, ApiError> {
    let path = format!("/payment-rules/{}/versions", encoded(rule_id));
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
