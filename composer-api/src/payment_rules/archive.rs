//! `DELETE /payment-rules/{rule_id}`: puts a rule away.

use std::sync::Arc;

use poem_openapi::{OpenApi, param::Path};
use service::{IfMatch, Problem};
use uuid::Uuid;

use super::read::{Found, with_newest_version};
use crate::{
    Refused,
    condition::guarded,
    endpoint::{State, to_its_end},
    problems, publications,
    tags::Chapter,
};

pub(super) struct ArchiveRule(pub(super) State);

#[OpenApi(tag = "Chapter::Rules")]
impl ArchiveRule {
    /// Archive a rule
    ///
    /// Events no longer run it. Its versions and its runs stay, and saving a new version brings it back. Archiving an
    /// archived rule changes nothing.
    #[oai(
        path = "/payment-rules/:rule_id",
        method = "delete",
        operation_id = "archive_rule"
    )]
    async fn archive(
        &self,
        rule_id: Path<Uuid>,
        /// The version that was read, such as `"3"`: refused if there is a newer one.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
    ) -> Result<Found, Refused<404, 412>> {
        let state = Arc::clone(&self.0);
        let rule = to_its_end(async move { write(&state, rule_id.0, &if_match).await }).await?;
        Ok(with_newest_version(&self.0, &rule).await?)
    }
}

async fn write(state: &State, rule_id: Uuid, if_match: &IfMatch) -> Result<store::Rule, Problem> {
    let now = state.clock.now();
    let attempt = |expected_version| state.store.archive_rule(rule_id, expected_version, now);
    let archived = guarded(if_match, attempt).await;
    let rule = archived.map_err(|error| problems::of_changing(error, rule_id, None))?;
    publications::announce(state, rule.company_id).await;
    Ok(rule)
}
