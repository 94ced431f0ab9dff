//! `POST /payment-rules/validate`: what is wrong with a rule, and what is odd.

use poem_openapi::{Object, OpenApi, payload::Json};
use service::{Document, FieldError};

use super::{checking, document::RuleDocument};
use crate::{endpoint::State, refused::Refused, tags::Chapter};

pub(super) struct ValidateRule(pub(super) State);

/// What a check found.
#[derive(Debug, Object)]
struct Validation {
    /// Whether the rule could be saved.
    valid: bool,
    /// What is wrong, all of it, in the order of the document.
    findings: Vec<FieldError>,
    /// What is allowed but hardly meant.
    warnings: Vec<FieldError>,
}

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
