//! `GET /payment-rules/{rule_id}/versions` and `…/versions/{version}`: the history of a rule.

use api_types::{Page, RuleVersion, RuleVersionSummary};
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
    payload::Json,
};
use service::{Cursor, Limit, Problem, RawJson, page_of};
use store::PinnedRule;
use uuid::Uuid;
use views::stored_json;

use super::{
    read::{find_rule, find_version},
    shape,
};
use crate::{Refused, endpoint::State, problems, tags::Chapter};

pub(super) struct ReadVersions(pub(super) State);

#[OpenApi(tag = "Chapter::Rules")]
impl ReadVersions {
    /// List a rule's versions
    ///
    /// Newest first, without their documents.
    #[oai(
        path = "/payment-rules/:rule_id/versions",
        method = "get",
        operation_id = "list_versions"
    )]
    async fn list(
        &self,
        rule_id: Path<Uuid>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<Json<Page<RuleVersionSummary>>, Refused<404>> {
        let before = cursor.0.as_ref().map(number_in).transpose()?;
        let rule = find_rule(&self.0, rule_id.0).await?;
        // One more than the page holds tells whether there is another.
        let wanted = u32::try_from(limit.0.get()).unwrap_or(u32::MAX).saturating_add(1);
        let versions = self.0.store.list_rule_versions(rule.id, wanted, before);
        let versions = versions.await.map_err(problems::of_store)?;
        let shown = versions.iter().map(|version| shape::summary(&rule, version));
        let shown = shown.collect::<Result<Vec<_>, _>>()?;
        Ok(Json(page_of(shown, limit.0, |last| {
            Cursor::new(last.version.to_be_bytes())
        })))
    }

    /// Read a version
    ///
    /// With its document, as it was saved.
    #[oai(
        path = "/payment-rules/:rule_id/versions/:version",
        method = "get",
        operation_id = "read_version"
    )]
    async fn read(
        &self,
        rule_id: Path<Uuid>,
        version: Path<u32>,
    ) -> Result<RawJson<RuleVersion>, Refused<404>> {
        let rule = find_rule(&self.0, rule_id.0).await?;
        let pinned = PinnedRule {
            rule_id: rule.id,
            version: version.0,
        };
        let version = find_version(&self.0, pinned).await?;
        Ok(stored_json::write(&shape::version(&rule, &version)?)?)
    }
}

/// The number of the version that a page begins after.
fn number_in(cursor: &Cursor) -> Result<u32, Problem> {
    let number = <[u8; 4]>::try_from(cursor.position()).map_err(|_| Cursor::invalid())?;
    Ok(u32::from_be_bytes(number))
}
