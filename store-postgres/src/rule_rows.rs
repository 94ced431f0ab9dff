//! Rules and versions as rows: reading them, and the statements that write them.

use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use store::{PinnedRule, Rule, RuleVersion};
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{Moment, Place};

/// A rule's columns; the table is `r`.
macro_rules! rule_columns {
    () => {
        "r.id, r.company_id, r.name, r.latest_version, r.published_version, r.archived_at, r.created_at, r.updated_at"
    };
}

/// A version's columns; the table is `v`.
macro_rules! version_columns {
    () => {
        "v.rule_id, v.version, v.document::text, v.warnings::text, v.created_at"
    };
}
pub(crate) use {rule_columns, version_columns};

/// Where a version's columns begin in a row that has a rule's before them.
const AFTER_RULE: usize = 8;

const FIND: &str = concat!("SELECT ", rule_columns!(), " FROM rules r WHERE r.id = $1");

const FIND_BY_NAME: &str = concat!(
    "SELECT ",
    rule_columns!(),
    " FROM rules r WHERE r.company_id = $1 AND r.name = $2"
);

const FIND_VERSION: &str = concat!(
    "SELECT ",
    version_columns!(),
    " FROM rule_versions v WHERE v.rule_id = $1 AND v.version = $2"
);

const INSERT: &str =
    "INSERT INTO rules (id, company_id, name, latest_version, published_version, archived_at, created_at,
        updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const UPDATE: &str =
    "UPDATE rules SET latest_version = $2, published_version = $3, archived_at = $4, updated_at = $5
    WHERE id = $1";

const INSERT_VERSION: &str = "INSERT INTO rule_versions (rule_id, version, document, warnings, created_at)
    VALUES ($1, $2, $3::text::json, $4::text::json, $5)";

/// A rule's columns, as they were read.
pub(crate) struct RuleRow {
    id: Uuid,
    company_id: Uuid,
    name: String,
    latest_version: i64,
    published_version: Option<i64>,
    archived_at: Option<Moment>,
    created_at: Moment,
    updated_at: Moment,
}

/// A version's columns, as they were read.
pub(crate) struct VersionRow {
    rule_id: Uuid,
    version: i64,
    document: String,
    warnings: String,
    created_at: Moment,
}

impl FromRow<'_, PgRow> for RuleRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            company_id: row.try_get(1)?,
            name: row.try_get(2)?,
            latest_version: row.try_get(3)?,
            published_version: row.try_get(4)?,
            archived_at: row.try_get(5)?,
            created_at: row.try_get(6)?,
            updated_at: row.try_get(7)?,
        })
    }
}

impl FromRow<'_, PgRow> for VersionRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Self::read(row, 0)
    }
}

impl VersionRow {
    /// Reads a version that stands behind its rule.
    pub(crate) fn read_after_rule(row: &PgRow) -> sqlx::Result<Self> {
        Self::read(row, AFTER_RULE)
    }

    fn read(row: &PgRow, first: usize) -> sqlx::Result<Self> {
        Ok(Self {
            rule_id: row.try_get(first)?,
            version: row.try_get(first + 1)?,
            document: row.try_get(first + 2)?,
            warnings: row.try_get(first + 3)?,
            created_at: row.try_get(first + 4)?,
        })
    }
}

impl TryFrom<RuleRow> for Rule {
    type Error = Fault;

    fn try_from(row: RuleRow) -> Result<Self, Fault> {
        let place = Place::new("rules", row.id);
        let published_version = row.published_version.map(|version| place.number(version));
        Ok(Self {
            id: row.id,
            company_id: row.company_id,
            name: row.name,
            latest_version: place.number(row.latest_version)?,
            published_version: published_version.transpose()?,
            archived_at: place.optional_time(row.archived_at)?,
            created_at: place.time(row.created_at)?,
            updated_at: place.time(row.updated_at)?,
        })
    }
}

impl TryFrom<VersionRow> for RuleVersion {
    type Error = Fault;

    fn try_from(row: VersionRow) -> Result<Self, Fault> {
        let place = Place::new("rule_versions", row.rule_id);
        Ok(Self {
            rule_id: row.rule_id,
            version: place.number(row.version)?,
            document: row.document,
            warnings: row.warnings,
            created_at: place.time(row.created_at)?,
        })
    }
}

pub(crate) async fn find(connection: &mut PgConnection, rule_id: Uuid) -> Result<Option<Rule>, Fault> {
    let row: Option<RuleRow> = sqlx::query_as(FIND)
        .bind(rule_id)
        .fetch_optional(connection)
        .await?;
    row.map(Rule::try_from).transpose()
}

pub(crate) async fn find_by_name(
    connection: &mut PgConnection,
    company_id: Uuid,
    name: &str,
) -> Result<Option<Rule>, Fault> {
    let row: Option<RuleRow> = sqlx::query_as(FIND_BY_NAME)
        .bind(company_id)
        .bind(name)
        .fetch_optional(connection)
        .await?;
    row.map(Rule::try_from).transpose()
}

pub(crate) async fn find_version(
    connection: &mut PgConnection,
    pinned: PinnedRule,
) -> Result<Option<RuleVersion>, Fault> {
    let row: Option<VersionRow> = sqlx::query_as(FIND_VERSION)
        .bind(pinned.rule_id)
        .bind(i64::from(pinned.version))
        .fetch_optional(connection)
        .await?;
    row.map(RuleVersion::try_from).transpose()
}

pub(crate) async fn insert(connection: &mut PgConnection, rule: &Rule) -> Result<(), Fault> {
    sqlx::query(INSERT)
        .bind(rule.id)
        .bind(rule.company_id)
        .bind(&rule.name)
        .bind(i64::from(rule.latest_version))
        .bind(rule.published_version.map(i64::from))
        .bind(rule.archived_at.map(Moment::from))
        .bind(Moment::from(rule.created_at))
        .bind(Moment::from(rule.updated_at))
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes what can change of a rule.
pub(crate) async fn update(connection: &mut PgConnection, rule: &Rule) -> Result<(), Fault> {
    let done = sqlx::query(UPDATE)
        .bind(rule.id)
        .bind(i64::from(rule.latest_version))
        .bind(rule.published_version.map(i64::from))
        .bind(rule.archived_at.map(Moment::from))
        .bind(Moment::from(rule.updated_at))
        .execute(connection)
        .await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Fault::corrupt(
            "rules",
            &rule.id,
            &"it vanished while it was changed",
        ))
    }
}

pub(crate) async fn insert_version(
    connection: &mut PgConnection,
    version: &RuleVersion,
) -> Result<(), Fault> {
    sqlx::query(INSERT_VERSION)
        .bind(version.rule_id)
        .bind(i64::from(version.version))
        .bind(&version.document)
        .bind(&version.warnings)
        .bind(Moment::from(version.created_at))
        .execute(connection)
        .await?;
    Ok(())
}
