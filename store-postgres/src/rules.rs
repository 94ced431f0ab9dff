//! Rules: saving, publishing and archiving them, each in one unit of work; and reading them.
//!
//! Whoever changes a rule holds its company's row first: two writers of one company follow one another, and each sees
//! what the one before it did.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{FromRow, PgConnection, QueryBuilder};
use store::{
    ChangeRuleError, Page, PageRequest, PinnedRule, Publication, PublishedRule, Rule, RuleFilter,
    RuleVersion, Rules, SaveRule, SaveRuleError, SavedRule, StoreError, UnknownCompany,
};
use uuid::Uuid;

use crate::companies;
use crate::connect::PostgresStore;
use crate::fault::{Failure, Fault};
use crate::pages::{before, cut, rows_to_read, shaped};
use crate::rule_rows::{self, RuleRow, VersionRow, rule_columns, version_columns};
use crate::unit::Begin;
use crate::value::Place;

const VERSIONS: &str = concat!(
    "SELECT ",
    version_columns!(),
    " FROM rule_versions v WHERE v.rule_id = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT $3"
);

const PUBLISHED: &str = "SELECT r.id, r.name, v.version, v.document::text FROM rules r
    JOIN rule_versions v ON v.rule_id = r.id AND v.version = r.published_version
    WHERE r.company_id = $1 ORDER BY r.name";

async fn save(connection: &mut PgConnection, save: SaveRule) -> Result<SavedRule, Failure<SaveRuleError>> {
    let company_created = ensure_company(connection, &save).await?;
    let known = rule_rows::find_by_name(connection, save.company_id, &save.name).await?;
    let current = known.as_ref().map_or(0, |rule| rule.latest_version);
    if save.expected_version.is_some_and(|expected| expected != current) {
        return Err(Failure::Rejected(SaveRuleError::Stale { current }));
    }
    let rule = match known {
        Some(rule) => with_next_version(connection, rule, &save).await?,
        None => first_version(connection, &save).await?,
    };
    let version = RuleVersion {
        rule_id: rule.id,
        version: rule.latest_version,
        document: save.document,
        warnings: save.warnings,
        created_at: save.now,
    };
    rule_rows::insert_version(connection, &version).await?;
    if save.publish {
        companies::advance_revision(connection, save.company_id).await?;
    }
    Ok(SavedRule {
        rule,
        version,
        company_created,
    })
}

/// Locks the company, after making it if need be. Whether it was created.
async fn ensure_company(
    connection: &mut PgConnection,
    save: &SaveRule,
) -> Result<bool, Failure<SaveRuleError>> {
    if companies::lock(connection, save.company_id).await? {
        return Ok(false);
    }
    match &save.unknown_company {
        UnknownCompany::Create(company) if company.company_id == save.company_id => {
            let created = companies::insert(connection, company).await?;
            // If somebody else has just created it, this waited for them, and locks theirs.
            companies::lock(connection, save.company_id).await?;
            Ok(created)
        }
        UnknownCompany::Create(company) => {
            let (other, asked) = (company.company_id, save.company_id);
            let message = format!("company {other} was to be created for a rule of company {asked}");
            Err(Fault::refused(message).into())
        }
        UnknownCompany::Refuse => Err(Failure::Rejected(SaveRuleError::UnknownCompany(save.company_id))),
    }
}

async fn first_version(connection: &mut PgConnection, save: &SaveRule) -> Result<Rule, Fault> {
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
    rule_rows::insert(connection, &rule).await?;
    Ok(rule)
}

async fn with_next_version(
    connection: &mut PgConnection,
    mut rule: Rule,
    save: &SaveRule,
) -> Result<Rule, Fault> {
    let next = rule.latest_version.checked_add(1);
    rule.latest_version = next.ok_or_else(|| Fault::refused("the rule has too many versions"))?;
    if save.publish {
        rule.published_version = Some(rule.latest_version);
    }
    rule.archived_at = None;
    rule.updated_at = save.now;
    rule_rows::update(connection, &rule).await?;
    Ok(rule)
}

/// The rule, with its company locked, if it is at the version that the writer last read.
async fn guarded(
    connection: &mut PgConnection,
    rule_id: Uuid,
    expected_version: Option<u32>,
) -> Result<Rule, Failure<ChangeRuleError>> {
    let not_found = || Failure::Rejected(ChangeRuleError::NotFound);
    let rule = rule_rows::find(connection, rule_id)
        .await?
        .ok_or_else(not_found)?;
    companies::lock(connection, rule.company_id).await?;
    // Read again: whoever had the company before may have changed it.
    let rule = rule_rows::find(connection, rule_id)
        .await?
        .ok_or_else(not_found)?;
    let current = rule.latest_version;
    if expected_version.is_some_and(|expected| expected != current) {
        return Err(Failure::Rejected(ChangeRuleError::Stale { current }));
    }
    Ok(rule)
}

async fn publish(
    connection: &mut PgConnection,
    pinned: PinnedRule,
    expected_version: Option<u32>,
    now: Timestamp,
) -> Result<Rule, Failure<ChangeRuleError>> {
    let mut rule = guarded(connection, pinned.rule_id, expected_version).await?;
    if rule.archived_at.is_some() {
        return Err(Failure::Rejected(ChangeRuleError::Archived));
    }
    if !(1..=rule.latest_version).contains(&pinned.version) {
        return Err(Failure::Rejected(ChangeRuleError::NotFound));
    }
    if rule.published_version != Some(pinned.version) {
        rule.published_version = Some(pinned.version);
        rule.updated_at = now;
        rule_rows::update(connection, &rule).await?;
        companies::advance_revision(connection, rule.company_id).await?;
    }
    Ok(rule)
}

async fn archive(
    connection: &mut PgConnection,
    rule_id: Uuid,
    expected_version: Option<u32>,
    now: Timestamp,
) -> Result<Rule, Failure<ChangeRuleError>> {
    let mut rule = guarded(connection, rule_id, expected_version).await?;
    if rule.archived_at.is_some() {
        return Ok(rule);
    }
    let was_published = rule.published_version.take().is_some();
    rule.archived_at = Some(now);
    rule.updated_at = now;
    rule_rows::update(connection, &rule).await?;
    if was_published {
        companies::advance_revision(connection, rule.company_id).await?;
    }
    Ok(rule)
}

async fn list(
    connection: &mut PgConnection,
    filter: RuleFilter,
    page: PageRequest,
) -> Result<Page<(Rule, RuleVersion)>, Fault> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        rule_columns!(),
        ", ",
        version_columns!(),
        " FROM rules r JOIN rule_versions v ON v.rule_id = r.id AND v.version = r.latest_version WHERE r.id < "
    ));
    query.push_bind(before(page));
    if let Some(company_id) = filter.company_id {
        query.push(" AND r.company_id = ").push_bind(company_id);
    }
    if !filter.with_archived {
        query.push(" AND r.archived_at IS NULL");
    }
    query
        .push(" ORDER BY r.id DESC LIMIT ")
        .push_bind(rows_to_read(page));
    let rows = query.build().fetch_all(connection).await?;
    let both = rows.iter().map(|row| {
        let (rule, version) = (RuleRow::from_row(row)?, VersionRow::read_after_rule(row)?);
        Ok((rule.try_into()?, version.try_into()?))
    });
    let rules = both.collect::<Result<_, Fault>>()?;
    Ok(cut(rules, page, |(rule, _): &(Rule, RuleVersion)| rule.id))
}

async fn list_versions(
    connection: &mut PgConnection,
    rule_id: Uuid,
    limit: u32,
    before: Option<u32>,
) -> Result<Vec<RuleVersion>, Fault> {
    let rows: Vec<VersionRow> = sqlx::query_as(VERSIONS)
        .bind(rule_id)
        .bind(before.map_or(i64::MAX, i64::from))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    shaped(rows)
}

async fn published(connection: &mut PgConnection, company_id: Uuid) -> Result<Option<Publication>, Fault> {
    let Some(revised) = companies::find(connection, company_id).await? else {
        return Ok(None);
    };
    let rows: Vec<(Uuid, String, i64, String)> = sqlx::query_as(PUBLISHED)
        .bind(company_id)
        .fetch_all(connection)
        .await?;
    let rules = rows.into_iter().map(|(rule_id, name, version, document)| {
        Ok(PublishedRule {
            rule_id,
            name,
            version: Place::new("rules", rule_id).number(version)?,
            document,
        })
    });
    Ok(Some(Publication {
        company: revised.company,
        rules: rules.collect::<Result<_, Fault>>()?,
        revision: revised.revision,
    }))
}

#[async_trait]
impl Rules for PostgresStore {
    async fn save_rule(&self, rule: SaveRule) -> Result<SavedRule, SaveRuleError> {
        self.unit(Begin::Write, move |connection| Box::pin(save(connection, rule)))
            .await?
    }

    async fn list_rules(
        &self,
        filter: RuleFilter,
        page: PageRequest,
    ) -> Result<Page<(Rule, RuleVersion)>, StoreError> {
        self.read(move |connection| Box::pin(list(connection, filter, page)))
            .await
    }

    async fn find_rule(&self, rule_id: Uuid) -> Result<Option<Rule>, StoreError> {
        self.read(move |connection| Box::pin(rule_rows::find(connection, rule_id)))
            .await
    }

    async fn find_rule_version(&self, pinned: PinnedRule) -> Result<Option<RuleVersion>, StoreError> {
        self.read(move |connection| Box::pin(rule_rows::find_version(connection, pinned)))
            .await
    }

    async fn list_rule_versions(
        &self,
        rule_id: Uuid,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<RuleVersion>, StoreError> {
        self.read(move |connection| Box::pin(list_versions(connection, rule_id, limit, before)))
            .await
    }

    async fn publish_rule(
        &self,
        pinned: PinnedRule,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.unit(Begin::Write, move |connection| {
            Box::pin(publish(connection, pinned, expected_version, now))
        })
        .await?
    }

    async fn archive_rule(
        &self,
        rule_id: Uuid,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.unit(Begin::Write, move |connection| {
            Box::pin(archive(connection, rule_id, expected_version, now))
        })
        .await?
    }

    async fn published_rules(&self, company_id: Uuid) -> Result<Option<Publication>, StoreError> {
        self.read_snapshot(Begin::Snapshot, move |connection| {
            Box::pin(published(connection, company_id))
        })
        .await
    }
}
