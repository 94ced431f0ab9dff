//! Rules: saving, publishing and archiving them, each in one job; and reading them.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use store::{
    ChangeRuleError, Page, PageRequest, PinnedRule, Publication, PublishedRule, Rule, RuleFilter,
    RuleVersion, Rules, SaveRule, SaveRuleError, SavedRule, StoreError, UnknownCompany,
};
use uuid::Uuid;

use crate::SqliteStore;
use crate::companies;
use crate::fault::{Failure, Fault};
use crate::pages::{before, cut, rows_to_read};
use crate::query::Query;
use crate::rule_rows::{self, RULE, RuleRow, VERSION, VersionRow};
use crate::value::{Place, UuidBytes};

fn save(connection: &Connection, save: SaveRule) -> Result<SavedRule, Failure<SaveRuleError>> {
    let company_created = ensure_company(connection, &save)?;
    let known = rule_rows::find_by_name(connection, save.company_id, &save.name)?;
    let current = known.as_ref().map_or(0, |rule| rule.latest_version);
    if save.expected_version.is_some_and(|expected| expected != current) {
        return Err(Failure::Rejected(SaveRuleError::Stale { current }));
    }
    let rule = match known {
        Some(rule) => with_next_version(connection, rule, &save)?,
        None => first_version(connection, &save)?,
    };
    let version = RuleVersion {
        rule_id: rule.id,
        version: rule.latest_version,
        document: save.document,
        warnings: save.warnings,
        created_at: save.now,
    };
    rule_rows::insert_version(connection, &version)?;
    if save.publish {
        companies::advance_revision(connection, save.company_id)?;
    }
    Ok(SavedRule {
        rule,
        version,
        company_created,
    })
}

/// Whether the company was created.
fn ensure_company(connection: &Connection, save: &SaveRule) -> Result<bool, Failure<SaveRuleError>> {
    if companies::find(connection, save.company_id)?.is_some() {
        return Ok(false);
    }
    match &save.unknown_company {
        UnknownCompany::Create(company) if company.company_id == save.company_id => {
            Ok(companies::insert(connection, company)?)
        }
        UnknownCompany::Create(company) => {
            let asked = format!(
                "company {} was to be created for a rule of company {}",
                company.company_id, save.company_id
            );
            Err(Fault::refused(asked).into())
        }
        UnknownCompany::Refuse => Err(Failure::Rejected(SaveRuleError::UnknownCompany(save.company_id))),
    }
}

fn first_version(connection: &Connection, save: &SaveRule) -> Result<Rule, Fault> {
    let rule = Rule {
        id: save.new_rule_id,
        company_id: save.company_id,
        name: save.name.clone(),
        latest_version: 1,
        published_version: save.publish.then_some(1),
        archived_at: None,
        created_at: save.now,
        updated_at: save.now,
    };
    rule_rows::insert(connection, &rule)?;
    Ok(rule)
}

fn with_next_version(connection: &Connection, mut rule: Rule, save: &SaveRule) -> Result<Rule, Fault> {
    let next = rule.latest_version.checked_add(1);
    rule.latest_version = next.ok_or_else(|| Fault::refused("the rule has too many versions"))?;
    if save.publish {
        rule.published_version = Some(rule.latest_version);
    }
    rule.archived_at = None;
    rule.updated_at = save.now;
    rule_rows::update(connection, &rule)?;
    Ok(rule)
}

/// The rule, if it is at the version that the writer last read.
fn guarded(
    connection: &Connection,
    rule_id: Uuid,
    expected_version: Option<u32>,
) -> Result<Rule, Failure<ChangeRuleError>> {
    let rule = rule_rows::find(connection, rule_id)?.ok_or(Failure::Rejected(ChangeRuleError::NotFound))?;
    let current = rule.latest_version;
    if expected_version.is_some_and(|expected| expected != current) {
        return Err(Failure::Rejected(ChangeRuleError::Stale { current }));
    }
    Ok(rule)
}

fn publish(
    connection: &Connection,
    pinned: PinnedRule,
    expected_version: Option<u32>,
    now: Timestamp,
) -> Result<Rule, Failure<ChangeRuleError>> {
    let mut rule = guarded(connection, pinned.rule_id, expected_version)?;
    if rule.archived_at.is_some() {
        return Err(Failure::Rejected(ChangeRuleError::Archived));
    }
    if !(1..=rule.latest_version).contains(&pinned.version) {
        return Err(Failure::Rejected(ChangeRuleError::NotFound));
    }
    if rule.published_version != Some(pinned.version) {
        rule.published_version = Some(pinned.version);
        rule.updated_at = now;
        rule_rows::update(connection, &rule)?;
        companies::advance_revision(connection, rule.company_id)?;
    }
    Ok(rule)
}

fn archive(
    connection: &Connection,
    rule_id: Uuid,
    expected_version: Option<u32>,
    now: Timestamp,
) -> Result<Rule, Failure<ChangeRuleError>> {
    let mut rule = guarded(connection, rule_id, expected_version)?;
    if rule.archived_at.is_some() {
        return Ok(rule);
    }
    let was_published = rule.published_version.take().is_some();
    rule.archived_at = Some(now);
    rule.updated_at = now;
    rule_rows::update(connection, &rule)?;
    if was_published {
        companies::advance_revision(connection, rule.company_id)?;
    }
    Ok(rule)
}

fn list(
    connection: &Connection,
    filter: RuleFilter,
    page: PageRequest,
) -> Result<Page<(Rule, RuleVersion)>, Fault> {
    let before = before(page).into_bytes();
    let limit = rows_to_read(page);
    let company_id = filter.company_id.map(Uuid::into_bytes);
    let mut query = Query::new(format!(
        "SELECT {RULE}, {VERSION} FROM rules r
         JOIN rule_versions v ON v.rule_id = r.id AND v.version = r.latest_version"
    ))
    .and("r.id < ?", &[&before])
    .and_if("r.company_id = ?", company_id.as_ref());
    if !filter.with_archived {
        query = query.and("r.archived_at IS NULL", &[]);
    }
    let rows = query.ordered("r.id DESC", &limit).fetch(connection, |row| {
        Ok((RuleRow::read(row)?, VersionRow::read_after_rule(row)?))
    })?;
    let rules = rows
        .into_iter()
        .map(|(rule, version)| Ok((rule.try_into()?, version.try_into()?)))
        .collect::<Result<_, Fault>>()?;
    Ok(cut(rules, page, |(rule, _): &(Rule, RuleVersion)| rule.id))
}

fn list_versions(
    connection: &Connection,
    rule_id: Uuid,
    limit: u32,
    before: Option<u32>,
) -> Result<Vec<RuleVersion>, Fault> {
    let sql = format!(
        "SELECT {VERSION} FROM rule_versions v WHERE v.rule_id = ?1 AND v.version < ?2
         ORDER BY v.version DESC LIMIT ?3"
    );
    let before = before.map_or(i64::MAX, i64::from);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![rule_id.as_bytes(), before, limit], VersionRow::read)?;
    rows.map(|row| row?.try_into()).collect()
}

fn published(connection: &Connection, company_id: Uuid) -> Result<Option<Publication>, Fault> {
    let Some(revised) = companies::find(connection, company_id)? else {
        return Ok(None);
    };
    let sql = "SELECT r.id, r.name, v.version, v.document FROM rules r
         JOIN rule_versions v ON v.rule_id = r.id AND v.version = r.published_version
         WHERE r.company_id = ?1 ORDER BY r.name";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([company_id.as_bytes()])?;
    let mut rules = Vec::new();
    while let Some(row) = rows.next()? {
        let place = Place::new("rules", row.get::<_, UuidBytes>(0)?);
        rules.push(PublishedRule {
            rule_id: place.id,
            name: row.get(1)?,
            version: place.number(row.get(2)?)?,
            document: row.get(3)?,
        });
    }
    Ok(Some(Publication {
        company: revised.company,
        rules,
        revision: revised.revision,
    }))
}

#[async_trait]
impl Rules for SqliteStore {
    async fn save_rule(&self, rule: SaveRule) -> Result<SavedRule, SaveRuleError> {
        self.write_or_reject(move |connection| save(connection, rule))
            .await?
    }

    async fn list_rules(
        &self,
        filter: RuleFilter,
        page: PageRequest,
    ) -> Result<Page<(Rule, RuleVersion)>, StoreError> {
        self.read(move |connection| list(connection, filter, page)).await
    }

    async fn find_rule(&self, rule_id: Uuid) -> Result<Option<Rule>, StoreError> {
        self.read(move |connection| rule_rows::find(connection, rule_id))
            .await
    }

    async fn find_rule_version(&self, pinned: PinnedRule) -> Result<Option<RuleVersion>, StoreError> {
        self.read(move |connection| rule_rows::find_version(connection, pinned))
            .await
    }

    async fn list_rule_versions(
        &self,
        rule_id: Uuid,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<RuleVersion>, StoreError> {
        self.read(move |connection| list_versions(connection, rule_id, limit, before))
            .await
    }

    async fn publish_rule(
        &self,
        pinned: PinnedRule,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.write_or_reject(move |connection| publish(connection, pinned, expected_version, now))
            .await?
    }

    async fn archive_rule(
        &self,
        rule_id: Uuid,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.write_or_reject(move |connection| archive(connection, rule_id, expected_version, now))
            .await?
    }

    async fn published_rules(&self, company_id: Uuid) -> Result<Option<Publication>, StoreError> {
        self.read(move |connection| published(connection, company_id))
            .await
    }
}
