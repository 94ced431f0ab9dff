//! `POST /payment-rules/validate`: what is wrong with a rule, and what is odd.

use api_types::{RuleDocument, Validation};
use poem_openapi::{OpenApi, payload::Json};
use service::Document;

use super::checking;
use crate::{Refused, endpoint::State, tags::Chapter};

pub(super) struct ValidateRule(pub(super) State);

#[OpenApi(tag = "Chapter::Rules")]
impl ValidateRule {
    /// Check a rule
    ///
    /// Nothing is stored. The answer is 200 also for a rule that is full of faults; only what is not JSON is refused.
    #[oai(
        path = "/payment-rules/validate",
        method = "post",
        operation_id = "validate_rule"
    )]
    async fn validate(
        &self,
        /// The rule.
        document: Document<RuleDocument>,
    ) -> Result<Json<Validation>, Refused> {
        let (value, _) = document.into_parts();
        let report = checking::check(&self.0.tasks, value).await?;
        Ok(Json(Validation {
            valid: report.rule.is_some(),
            findings: report.findings.into_iter().map(checking::shown).collect(),
            warnings: report.warnings.into_iter().map(checking::shown).collect(),
        }))
    }
}
