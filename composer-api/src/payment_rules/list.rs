//! `GET /payment-rules`: the rules of a company, or of all.

use api_types::{Page, Rule};
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, Problem, RawJson};
use store::RuleFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape;
use crate::{Refused, endpoint::State, problems, tags::Chapter};

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
        /// Each with so many of its last runs, at most 20, as `recent_runs`.
        #[oai(default, validator(maximum(value = "20")))]
        recent_runs: Query<u32>,
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
        let mut rules = lists::page(found, |(rule, version)| shape::rule(&rule, &version))?;
        if recent_runs.0 > 0 {
            self.add_recent_runs(&mut rules.items, recent_runs.0).await?;
        }
        Ok(stored_json::write(&rules)?)
    }
}

impl ListRules {
    /// One question for all rules of a page.
    async fn add_recent_runs(&self, rules: &mut [Rule], per_rule: u32) -> Result<(), Problem> {
        let ids = rules.iter().map(|rule| rule.id).collect();
        let recent = self.0.store.recent_runs(ids, per_rule).await;
        let recent = recent.map_err(problems::of_store)?;
        for rule in rules {
            let of_rule = recent.iter().filter(|run| run.rule_id == rule.id);
            rule.recent_runs = Some(of_rule.map(shape::recent).collect());
        }
        Ok(())
    }
}
