//! `POST /payment-rules/{rule_id}/versions/{version}/publish`: rolls forward or back.

use std::sync::Arc;

use poem_openapi::{OpenApi, param::Path};
use service::{IfMatch, Problem};
use store::PinnedRule;
use uuid::Uuid;

use super::{
    checking,
    read::{Found, with_newest_version},
};
use crate::{
    Refused,
    condition::guarded,
    endpoint::{State, to_its_end},
    problems, publications,
    tags::Chapter,
};

pub(super) struct PublishVersion(pub(super) State);

#[OpenApi(tag = "Chapter::Rules")]
impl PublishVersion {
    /// Publish a version
    ///
    /// Events run it from now on, be it newer or older than what they ran. Runs in flight go on with the version that
    /// they began with. Publishing what is published changes nothing. A version with faults, a draft that is not finished,
    /// is refused with all of them.
    #[oai(
        path = "/payment-rules/:rule_id/versions/:version/publish",
        method = "post",
        operation_id = "publish_version"
    )]
    async fn publish(
        &self,
        rule_id: Path<Uuid>,
        version: Path<u32>,
        /// The newest version that was read, such as `"3"`: refused if there is a newer one.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Found, Refused<404, 409, 412, 422>> {
        let pinned = PinnedRule {
            rule_id: rule_id.0,
            version: version.0,
        };
        ensure_it_can_run(&self.0, pinned).await?;
        let state = Arc::clone(&self.0);
        let rule = to_its_end(async move { write(&state, pinned, &if_match).await }).await?;
        Ok(with_newest_version(&self.0, &rule).await?)
    }
}

/// A version never changes, so what is found of it holds when it is published.
///
/// # Errors
/// 422 with every finding. A version that is not there is left to the store.
async fn ensure_it_can_run(state: &State, pinned: PinnedRule) -> Result<(), Problem> {
    let found = state.store.find_rule_version(pinned).await;
    let Some(version) = found.map_err(problems::of_store)? else {
        return Ok(());
    };
    let document = rules::json::parse(version.document.as_bytes()).map_err(Problem::internal)?;
    let report = checking::check(&state.tasks, document).await?;
    match report.rule {
        Some(_) => Ok(()),
        None => Err(checking::refusal(report.findings, "")),
    }
}

async fn write(state: &State, pinned: PinnedRule, if_match: &IfMatch) -> Result<store::Rule, Problem> {
    let now = state.clock.now();
    let attempt = |expected_version| state.store.publish_rule(pinned, expected_version, now);
    let published = guarded(if_match, attempt).await;
    let rule =
        published.map_err(|error| problems::of_changing(error, pinned.rule_id, Some(pinned.version)))?;
    publications::announce(state, rule.company_id).await;
    Ok(rule)
}
