//! What a rule and its versions look like.

use api_types::{FieldError, JsonText, RecentRun, Rule, RuleStatus, RuleVersion, RuleVersionSummary, Time};
use serde::Deserialize;
use serde_json::Value;
use service::Problem;
use views::stored_json;

use crate::runs;

/// The parts of a stored document, as they stand in it.
#[derive(Deserialize)]
struct Parts {
    rules: JsonText,
    when: Option<JsonText>,
    #[serde(default)]
    description: String,
    layout: Option<JsonText>,
}

/// The rule with the document of its newest version.
///
/// # Errors
/// 500 if what is stored is not what was saved.
pub(crate) fn rule(rule: &store::Rule, version: &store::RuleVersion) -> Result<Rule, Problem> {
    let parts = parts_of(version)?;
    Ok(Rule {
        id: rule.id,
        company_id: rule.company_id,
        name: rule.name.clone(),
        version: version.version,
        published_version: rule.published_version,
        status: status(rule.status()),
        rules: parts.rules,
        when: parts.when,
        description: parts.description,
        layout: layout(parts.layout)?,
        warnings: warnings_of(version)?,
        created_at: Time::from(rule.created_at),
        updated_at: Time::from(rule.updated_at),
        recent_runs: None,
    })
}

/// One of a rule's last runs.
pub(crate) fn recent(run: &store::RecentRun) -> RecentRun {
    RecentRun {
        id: run.id,
        status: runs::status(run.status),
        accepted_at: Time::from(run.accepted_at),
        finished_at: run.finished_at.map(Time::from),
    }
}

/// A version with its document.
///
/// # Errors
/// 500 if what is stored is not what was saved.
pub(crate) fn version(rule: &store::Rule, version: &store::RuleVersion) -> Result<RuleVersion, Problem> {
    let parts = parts_of(version)?;
    Ok(RuleVersion {
        rule_id: rule.id,
        company_id: rule.company_id,
        name: rule.name.clone(),
        version: version.version,
        published: rule.published_version == Some(version.version),
        rules: parts.rules,
        when: parts.when,
        description: parts.description,
        layout: layout(parts.layout)?,
        warnings: warnings_of(version)?,
        created_at: Time::from(version.created_at),
    })
}

/// A version without its document.
///
/// # Errors
/// 500 if what is stored is not what was saved.
pub(crate) fn summary(
    rule: &store::Rule,
    version: &store::RuleVersion,
) -> Result<RuleVersionSummary, Problem> {
    Ok(RuleVersionSummary {
        rule_id: rule.id,
        version: version.version,
        published: rule.published_version == Some(version.version),
        warnings: warnings_of(version)?,
        created_at: Time::from(version.created_at),
    })
}

fn status(status: store::RuleStatus) -> RuleStatus {
    match status {
        store::RuleStatus::Draft => RuleStatus::Draft,
        store::RuleStatus::Published => RuleStatus::Published,
        store::RuleStatus::Archived => RuleStatus::Archived,
    }
}

/// The parts are texts and the derive only finds where they begin and end: no value of a company's passes through it.
fn parts_of(version: &store::RuleVersion) -> Result<Parts, Problem> {
    serde_json::from_str(&version.document).map_err(|error| corrupt(version, &error.to_string()))
}

/// Where nothing is drawn yet, the layout is empty.
fn layout(stored: Option<JsonText>) -> Result<JsonText, Problem> {
    stored.map_or_else(|| stored_json::json("{}".to_owned(), String::new), Ok)
}

fn warnings_of(version: &store::RuleVersion) -> Result<Vec<FieldError>, Problem> {
    serde_json::from_str(&version.warnings).map_err(|error| corrupt(version, &error.to_string()))
}

/// The stored document as a value.
///
/// # Errors
/// 500 if it is not JSON.
pub(crate) fn document_of(version: &store::RuleVersion) -> Result<Value, Problem> {
    let document = rules::json::parse(version.document.as_bytes());
    document.map_err(|error| corrupt(version, &error.to_string()))
}

fn corrupt(version: &store::RuleVersion, what: &str) -> Problem {
    Problem::internal(format!(
        "rule {} version {} is corrupt: {what}",
        version.rule_id, version.version
    ))
}
