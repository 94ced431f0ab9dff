//! `GET /payment-rules`: the rules of a company, or of all.

use api_types::{Page, Rule};
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, RawJson};
use store::RuleFilter;
use uuid::Uuid;

use super::shape;
use crate::{endpoint::State, lists, problems, refused::Refused, stored_json, tags::Chapter};

pub(super) struct ListRules(pub(super) State);

#[OpenApi(tag = "Chapter::Rules")]
impl ListRules {
    /// List rules
    ///
    /// Newest rule first, each with the document of its newest version.
    #[oai(path = "/payment-rules", method = "get", operation_id = "list_rules")]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Also archived ones.
        #[oai(default)]
        archived: Query<bool>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<Rule>>, Refused> {
        let filter = RuleFilter {
            company_id: company_id.0,
            with_archived: archived.0,
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self
            .0
            .store
            .list_rules(filter, page)
            .await
            .map_err(problems::of_store)?;
        let rules = lists::page(found, |(rule, version)| shape::rule(&rule, &version))?;
        Ok(stored_json::write(&rules)?)
    }
}
