//! Rules and versions as rows: reading them, and the statements that write them.

use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{PinnedRule, Rule, RuleVersion};
use uuid::Uuid;

use crate::fault::Fault;
use crate::value::{Place, UuidBytes, micros};

/// A rule's columns; the table is `r`.
pub(crate) const RULE: &str = "r.id, r.company_id, r.name, r.latest_version, r.published_version, r.archived_at, \
     r.created_at, r.updated_at";

/// A version's columns; the table is `v`.
pub(crate) const VERSION: &str = "v.rule_id, v.version, v.document, v.warnings, v.created_at";

/// Where a version's columns begin in a row that has a rule's before them.
const AFTER_RULE: usize = 8;

/// A rule's columns, as they were read.
pub(crate) struct RuleRow {
    id: UuidBytes,
    company_id: UuidBytes,
    name: String,
    latest_version: i64,
    published_version: Option<i64>,
    archived_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// A version's columns, as they were read.
pub(crate) struct VersionRow {
    rule_id: UuidBytes,
    version: i64,
    document: String,
    warnings: String,
    created_at: i64,
}

impl RuleRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            company_id: row.get(1)?,
            name: row.get(2)?,
            latest_version: row.get(3)?,
            published_version: row.get(4)?,
            archived_at: row.get(5)?,
            created_at: row.get(6)?,
            updated_at: row.get(7)?,
        })
    }
}

impl VersionRow {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Self::read_from(row, 0)
    }

    /// Reads a version that stands behind its rule.
    pub(crate) fn read_after_rule(row: &Row<'_>) -> rusqlite::Result<Self> {
        Self::read_from(row, AFTER_RULE)
    }

    fn read_from(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            rule_id: row.get(first)?,
            version: row.get(first + 1)?,
            document: row.get(first + 2)?,
            warnings: row.get(first + 3)?,
            created_at: row.get(first + 4)?,
        })
    }
}

impl TryFrom<RuleRow> for Rule {
    type Error = Fault;

    fn try_from(row: RuleRow) -> Result<Self, Fault> {
        let place = Place::new("rules", row.id);
        Ok(Self {
            id: place.id,
            company_id: Uuid::from_bytes(row.company_id),
            name: row.name,
            latest_version: place.number(row.latest_version)?,
            published_version: row
                .published_version
                .map(|version| place.number(version))
                .transpose()?,
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
            rule_id: place.id,
            version: place.number(row.version)?,
            document: row.document,
            warnings: row.warnings,
            created_at: place.time(row.created_at)?,
        })
    }
}

pub(crate) fn find(connection: &Connection, rule_id: Uuid) -> Result<Option<Rule>, Fault> {
    let sql = format!("SELECT {RULE} FROM rules r WHERE r.id = ?1");
    let row = connection
        .prepare_cached(&sql)?
        .query_row([rule_id.as_bytes()], RuleRow::read)
        .optional()?;
    row.map(Rule::try_from).transpose()
}

pub(crate) fn find_by_name(
    connection: &Connection,
    company_id: Uuid,
    name: &str,
) -> Result<Option<Rule>, Fault> {
    let sql = format!("SELECT {RULE} FROM rules r WHERE r.company_id = ?1 AND r.name = ?2");
    let row = connection
        .prepare_cached(&sql)?
        .query_row(params![company_id.as_bytes(), name], RuleRow::read)
        .optional()?;
    row.map(Rule::try_from).transpose()
}

pub(crate) fn find_version(
    connection: &Connection,
    pinned: PinnedRule,
) -> Result<Option<RuleVersion>, Fault> {
    let sql = format!("SELECT {VERSION} FROM rule_versions v WHERE v.rule_id = ?1 AND v.version = ?2");
    let row = connection
        .prepare_cached(&sql)?
        .query_row(
            params![pinned.rule_id.as_bytes(), pinned.version],
            VersionRow::read,
        )
        .optional()?;
    row.map(RuleVersion::try_from).transpose()
}

pub(crate) fn insert(connection: &Connection, rule: &Rule) -> Result<(), Fault> {
    let sql = "INSERT INTO rules (id, company_id, name, latest_version, published_version, archived_at, created_at, \
         updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        rule.id.as_bytes(),
        rule.company_id.as_bytes(),
        rule.name,
        rule.latest_version,
        rule.published_version,
        rule.archived_at.map(micros),
        micros(rule.created_at),
        micros(rule.updated_at),
    ])?;
    Ok(())
}

/// Writes what can change of a rule.
pub(crate) fn update(connection: &Connection, rule: &Rule) -> Result<(), Fault> {
    let sql = "UPDATE rules SET latest_version = ?2, published_version = ?3, archived_at = ?4, updated_at = ?5 \
         WHERE id = ?1";
    let updated = connection.prepare_cached(sql)?.execute(params![
        rule.id.as_bytes(),
        rule.latest_version,
        rule.published_version,
        rule.archived_at.map(micros),
        micros(rule.updated_at),
    ])?;
    if updated == 1 {
        Ok(())
    } else {
        Err(Fault::corrupt(
            "rules",
            &rule.id,
            &"it vanished while it was changed",
        ))
    }
}

pub(crate) fn insert_version(connection: &Connection, version: &RuleVersion) -> Result<(), Fault> {
    let sql = "INSERT INTO rule_versions (rule_id, version, document, warnings, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![
        version.rule_id.as_bytes(),
        version.version,
        version.document,
        version.warnings,
        micros(version.created_at),
    ])?;
    Ok(())
}
