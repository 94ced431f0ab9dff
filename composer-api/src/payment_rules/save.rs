//! `POST /payment-rules`: a new version of a rule.

use std::sync::Arc;

use api_types::{Rule, RuleDocument};
use poem_openapi::{ApiResponse, OpenApi, param::Query};
use rules::{Finding, Report};
use serde_json::Value;
use service::{Document, EntityTag, FieldError, IfMatch, Problem, RawJson};
use store::{Company, SavedRule, UnknownCompany};
use uuid::Uuid;
use views::stored_json;

use super::{checking, shape};
use crate::{
    Refused,
    condition::guarded,
    endpoint::{State, to_its_end},
    problems, publications,
    tags::Chapter,
};

pub(super) struct SaveRule(pub(super) State);

#[derive(ApiResponse)]
enum Saved {
    /// The version is saved.
    #[oai(status = 201)]
    Created(
        RawJson<Rule>,
        /// The version, for `If-Match`.
        #[oai(header = "ETag")]
        String,
        /// Where the version is.
        #[oai(header = "Location")]
        String,
    ),
}

#[OpenApi(tag = "Chapter::Rules")]
impl SaveRule {
    /// Save a rule
    ///
    /// Saves a new version under the company and the name of the document, which makes the rule if there is none of
    /// that name, and brings it back if it was archived. Events run the new version at once, unless it is a draft.
    ///
    /// A document with faults is refused with all of them, each in its place. A draft may have faults in its nodes and in
    /// `when`, as long as it can be drawn: they stand among its warnings, and keep it from being published.
    #[oai(path = "/payment-rules", method = "post", operation_id = "save_rule")]
    async fn save(
        &self,
        /// Keeps what is published as it is.
        #[oai(default)]
        draft: Query<bool>,
        /// The version that was read, such as `"3"`: refused if there is a newer one.
        #[oai(name = "If-Match")]
        if_match: IfMatch,
        /// The rule.
        document: Document<RuleDocument>,
    ) -> Result<Saved, Refused<404, 412, 422>> {
        let (value, _) = document.into_parts();
        let report = checking::check(&self.0.tasks, value.clone()).await?;
        let document = match report.rule {
            Some(rule) => Savable {
                company_id: rule.document.company_id,
                name: rule.document.name.clone(),
                document: rule.document.to_json(),
                remarks: report.warnings,
            },
            None if draft.0 => unfinished(&value, report)?,
            None => return Err(checking::refusal(report.findings, "").into()),
        };
        let save = save_of(&self.0, document, !draft.0)?;
        let state = Arc::clone(&self.0);
        let saved = to_its_end(async move { write(&state, save, &if_match).await }).await?;
        Ok(answer(&saved)?)
    }
}

/// What is saved: a rule, or one that is not finished.
struct Savable {
    company_id: Uuid,
    name: String,
    document: Value,
    /// What is to be said about it.
    remarks: Vec<Finding>,
}

/// A draft with faults. Whose it is, what it is called and how much it is must be right, and it must be a graph.
///
/// # Errors
/// 422 with every finding.
fn unfinished(value: &Value, report: Report) -> Result<Savable, Problem> {
    let is_of_the_graph = |finding: &Finding| {
        let member = finding.pointer.split('/').nth(1);
        matches!(member, Some("rules" | "when")) && finding.code != "too_many_nodes"
    };
    let document = canvas::document::from_json(value).ok();
    let company_id = document
        .as_ref()
        .and_then(|document| document.company_id().parse().ok());
    match (document, company_id) {
        (Some(document), Some(company_id)) if report.findings.iter().all(is_of_the_graph) => Ok(Savable {
            company_id,
            name: document.name().to_owned(),
            document: document.to_json(),
            remarks: [report.findings, report.warnings].concat(),
        }),
        _ => Err(checking::refusal(report.findings, "")),
    }
}

fn save_of(state: &State, rule: Savable, publish: bool) -> Result<store::SaveRule, Problem> {
    let now = state.clock.now();
    let company_id = rule.company_id;
    let unknown_company = if state.allow_unknown_company {
        UnknownCompany::Create(Box::new(default_company(state, company_id)))
    } else {
        UnknownCompany::Refuse
    };
    Ok(store::SaveRule {
        new_rule_id: state.ids.next(),
        company_id,
        unknown_company,
        name: rule.name,
        document: rule.document.to_string(),
        warnings: serde_json::to_string(&rule.remarks).map_err(Problem::internal)?,
        publish,
        expected_version: None,
        now,
    })
}

/// The company that a rule for an unknown one makes.
pub(super) fn default_company(state: &State, company_id: Uuid) -> Company {
    let id = company_id.to_string();
    Company {
        company_id,
        name: format!("Company {}", id.get(..8).unwrap_or(&id)),
        plan: None,
        region: None,
        currency: state.default_currency,
        created_at: state.clock.now(),
    }
}

async fn write(state: &State, save: store::SaveRule, if_match: &IfMatch) -> Result<SavedRule, Problem> {
    let attempt = |expected_version| {
        state.store.save_rule(store::SaveRule {
            expected_version,
            ..save.clone()
        })
    };
    let saved = guarded(if_match, attempt).await.map_err(problems::of_saving)?;
    if save.publish {
        publications::announce(state, save.company_id).await;
    }
    Ok(saved)
}

fn answer(saved: &SavedRule) -> Result<Saved, Problem> {
    let mut rule = shape::rule(&saved.rule, &saved.version)?;
    if saved.company_created {
        rule.warnings.push(company_created(rule.company_id));
    }
    let tag = EntityTag::version(rule.version.into()).to_string();
    let location = format!("/payment-rules/{}/versions/{}", rule.id, rule.version);
    Ok(Saved::Created(stored_json::write(&rule)?, tag, location))
}

fn company_created(company_id: Uuid) -> FieldError {
    let detail = format!(
        "There was no company {company_id}, so it was created with the defaults. If that is a slip of the keyboard, \
         archive this rule and save it under the right company."
    );
    FieldError::new("/company_id", "company_created", detail)
}
