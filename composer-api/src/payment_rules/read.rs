//! `GET /payment-rules/{rule_id}`: one rule.

use api_types::Rule;
use poem_openapi::{ApiResponse, OpenApi, param::Path};
use service::{EntityTag, Problem, RawJson};
use store::PinnedRule;
use uuid::Uuid;
use views::stored_json;

use super::shape;
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ReadRule(pub(super) State);

/// A rule, and what to send as `If-Match` to change it.
#[derive(ApiResponse)]
pub(super) enum Found {
    /// The rule.
    #[oai(status = 200)]
    Rule(
        RawJson<Rule>,
        /// The newest version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[OpenApi(tag = "Chapter::Rules")]
impl ReadRule {
    /// Read a rule
    ///
    /// With the document of its newest version.
    #[oai(path = "/payment-rules/:rule_id", method = "get", operation_id = "read_rule")]
    async fn read(&self, rule_id: Path<Uuid>) -> Result<Found, Refused<404>> {
        let rule = find_rule(&self.0, rule_id.0).await?;
        Ok(with_newest_version(&self.0, &rule).await?)
    }
}

/// Finds a rule.
///
/// # Errors
/// 404 if there is none.
pub(super) async fn find_rule(state: &State, rule_id: Uuid) -> Result<store::Rule, Problem> {
    let found = state.store.find_rule(rule_id).await.map_err(problems::of_store)?;
    found.ok_or_else(|| problems::unknown_rule(rule_id))
}

/// Finds a version of a rule.
///
/// # Errors
/// 404 if there is none.
pub(super) async fn find_version(state: &State, pinned: PinnedRule) -> Result<store::RuleVersion, Problem> {
    let found = state
        .store
        .find_rule_version(pinned)
        .await
        .map_err(problems::of_store)?;
    found.ok_or_else(|| problems::unknown_version(pinned.rule_id, pinned.version))
}

/// The answer with a rule as it was found.
///
/// # Errors
/// 404 if it went away since.
pub(super) async fn with_newest_version(state: &State, rule: &store::Rule) -> Result<Found, Problem> {
    let pinned = PinnedRule {
        rule_id: rule.id,
        version: rule.latest_version,
    };
    let version = find_version(state, pinned).await?;
    let tag = EntityTag::version(rule.latest_version.into()).to_string();
    let rule = stored_json::write(&shape::rule(rule, &version)?)?;
    Ok(Found::Rule(rule, tag))
}
