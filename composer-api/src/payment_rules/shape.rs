//! What a rule and its versions look like.

use poem_openapi::{
    Enum, Object,
    types::{Example, ParseFromJSON as _},
};
use serde_json::{Map, Value};
use service::{FieldError, Problem};
use uuid::Uuid;

use super::document;
use crate::time::Time;

/// A rule, with the document of one of its versions.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct Rule {
    /// Its id, the same for all versions.
    pub(crate) id: Uuid,
    /// Whose it is.
    pub(crate) company_id: Uuid,
    /// Unique within the company.
    pub(crate) name: String,
    /// The version that this is: the newest.
    pub(crate) version: u32,
    /// The version that events run now, if any.
    #[oai(nullable)]
    pub(crate) published_version: Option<u32>,
    /// Where it stands.
    pub(crate) status: RuleStatus,
    /// The nodes.
    pub(crate) rules: Value,
    /// Which events it is for; null: every one.
    #[oai(nullable)]
    pub(crate) when: Option<Value>,
    /// For people.
    pub(crate) description: String,
    /// Where the canvas draws the nodes.
    pub(crate) layout: Value,
    /// What is allowed but hardly meant.
    pub(crate) warnings: Vec<FieldError>,
    /// When its first version was saved.
    pub(crate) created_at: Time,
    /// When it last changed in any way.
    pub(crate) updated_at: Time,
}

/// Where a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum RuleStatus {
    /// No version is published.
    Draft,
    /// Events run one of its versions.
    Published,
    /// It was put away.
    Archived,
}

/// One version of a rule.
#[derive(Debug, Object)]
pub(crate) struct RuleVersion {
    /// The rule.
    pub(crate) rule_id: Uuid,
    /// Whose it is.
    pub(crate) company_id: Uuid,
    /// The rule's name.
    pub(crate) name: String,
    /// Its number, from 1.
    pub(crate) version: u32,
    /// Whether events run it now.
    pub(crate) published: bool,
    /// The nodes.
    pub(crate) rules: Value,
    /// Which events it is for; null: every one.
    #[oai(nullable)]
    pub(crate) when: Option<Value>,
    /// For people.
    pub(crate) description: String,
    /// Where the canvas draws the nodes.
    pub(crate) layout: Value,
    /// What is allowed but hardly meant.
    pub(crate) warnings: Vec<FieldError>,
    /// When it was saved.
    pub(crate) created_at: Time,
}

/// One version in the history of a rule, without its document.
#[derive(Debug, Object)]
pub(crate) struct RuleVersionSummary {
    /// The rule.
    pub(crate) rule_id: Uuid,
    /// Its number, from 1.
    pub(crate) version: u32,
    /// Whether events run it now.
    pub(crate) published: bool,
    /// What is allowed but hardly meant.
    pub(crate) warnings: Vec<FieldError>,
    /// When it was saved.
    pub(crate) created_at: Time,
}

/// The parts of a stored document.
struct Parts {
    rules: Value,
    when: Option<Value>,
    description: String,
    layout: Value,
}

impl Rule {
    /// The rule with the document of its newest version.
    ///
    /// # Errors
    /// 500 if what is stored is not what was saved.
    pub(crate) fn of(rule: &store::Rule, version: &store::RuleVersion) -> Result<Self, Problem> {
        let parts = parts_of(version)?;
        Ok(Self {
            id: rule.id,
            company_id: rule.company_id,
            name: rule.name.clone(),
            version: version.version,
            published_version: rule.published_version,
            status: rule.status().into(),
            rules: parts.rules,
            when: parts.when,
            description: parts.description,
            layout: parts.layout,
            warnings: warnings_of(version)?,
            created_at: Time(rule.created_at),
            updated_at: Time(rule.updated_at),
        })
    }
}

impl RuleVersion {
    /// A version with its document.
    ///
    /// # Errors
    /// 500 if what is stored is not what was saved.
    pub(crate) fn of(rule: &store::Rule, version: &store::RuleVersion) -> Result<Self, Problem> {
        let parts = parts_of(version)?;
        Ok(Self {
            rule_id: rule.id,
            company_id: rule.company_id,
            name: rule.name.clone(),
            version: version.version,
            published: rule.published_version == Some(version.version),
            rules: parts.rules,
            when: parts.when,
            description: parts.description,
            layout: parts.layout,
            warnings: warnings_of(version)?,
            created_at: Time(version.created_at),
        })
    }
}

impl RuleVersionSummary {
    /// A version without its document.
    ///
    /// # Errors
    /// 500 if what is stored is not what was saved.
    pub(crate) fn of(rule: &store::Rule, version: &store::RuleVersion) -> Result<Self, Problem> {
        Ok(Self {
            rule_id: rule.id,
            version: version.version,
            published: rule.published_version == Some(version.version),
            warnings: warnings_of(version)?,
            created_at: Time(version.created_at),
        })
    }
}

impl From<store::RuleStatus> for RuleStatus {
    fn from(status: store::RuleStatus) -> Self {
        match status {
            store::RuleStatus::Draft => Self::Draft,
            store::RuleStatus::Published => Self::Published,
            store::RuleStatus::Archived => Self::Archived,
        }
    }
}

fn parts_of(version: &store::RuleVersion) -> Result<Parts, Problem> {
    let Value::Object(mut members) = stored_json(version, &version.document)? else {
        return Err(corrupt(version, "its document is not an object"));
    };
    let mut take = |name: &str| members.shift_remove(name);
    Ok(Parts {
        rules: take("rules").unwrap_or_else(|| Value::Array(Vec::new())),
        when: take("when"),
        description: take("description")
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default(),
        layout: take("layout").unwrap_or_else(|| Value::Object(Map::new())),
    })
}

fn warnings_of(version: &store::RuleVersion) -> Result<Vec<FieldError>, Problem> {
    let warnings = stored_json(version, &version.warnings)?;
    Vec::parse_from_json(Some(warnings)).map_err(|error| corrupt(version, error.message()))
}

/// The stored document as a value.
///
/// # Errors
/// 500 if it is not JSON.
pub(crate) fn document_of(version: &store::RuleVersion) -> Result<Value, Problem> {
    stored_json(version, &version.document)
}

fn stored_json(version: &store::RuleVersion, text: &str) -> Result<Value, Problem> {
    rules::json::parse(text.as_bytes()).map_err(|error| corrupt(version, &error.to_string()))
}

fn corrupt(version: &store::RuleVersion, what: &str) -> Problem {
    Problem::internal(format!(
        "rule {} version {} is corrupt: {what}",
        version.rule_id, version.version
    ))
}

impl Example for Rule {
    fn example() -> Self {
        let saved = Time(jiff::Timestamp::constant(1_767_225_600, 0));
        Self {
            id: Uuid::from_u128(0x019b_7779_5d80_7000_8000_0000_0000_0001),
            company_id: Uuid::from_u128(0xb5aa_9687_d61f_467c_973e_f55d_4469_81dc),
            name: "products".to_owned(),
            version: 3,
            published_version: Some(2),
            status: RuleStatus::Published,
            rules: Value::Array(document::nodes()),
            when: None,
            description: String::new(),
            layout: Value::Object(Map::new()),
            warnings: Vec::new(),
            created_at: saved,
            updated_at: saved,
        }
    }
}
