//! Rules and their versions.

use async_trait::async_trait;
use jiff::Timestamp;
use store::{
    ChangeRuleError, Page, PageRequest, PinnedRule, Publication, PublishedRule, Rule, RuleFilter,
    RuleVersion, Rules, SaveRule, SaveRuleError, SavedRule, StoreError, UnknownCompany,
};
use uuid::Uuid;

use super::tables::Tables;
use super::{MemoryStore, page_of};

impl Tables {
    /// The rule, if it is at the version that the writer last read.
    fn guarded(&mut self, rule_id: Uuid, expected: Option<u32>) -> Result<&mut Rule, ChangeRuleError> {
        let rule = self.rules.get_mut(&rule_id).ok_or(ChangeRuleError::NotFound)?;
        let current = rule.latest_version;
        if expected.is_some_and(|expected| expected != current) {
            return Err(ChangeRuleError::Stale { current });
        }
        Ok(rule)
    }

    fn rule_named(&self, company_id: Uuid, name: &str) -> Option<Rule> {
        let mut rules = self.rules.values();
        let found = rules.find(|rule| rule.company_id == company_id && rule.name == name);
        found.cloned()
    }

    /// What the company has published, or the company itself, has changed.
    fn advance_revision(&mut self, company_id: Uuid) {
        if let Some((_, revision)) = self.companies.get_mut(&company_id) {
            *revision += 1;
        }
    }

    fn save(&mut self, save: SaveRule) -> Result<SavedRule, SaveRuleError> {
        let company_id = save.company_id;
        let is_known = self.companies.contains_key(&company_id);
        let created = match save.unknown_company {
            UnknownCompany::Create(ref company) if !is_known => Some(company.clone()),
            UnknownCompany::Refuse if !is_known => return Err(SaveRuleError::UnknownCompany(company_id)),
            UnknownCompany::Create(_) | UnknownCompany::Refuse => None,
        };
        let known = self.rule_named(company_id, &save.name);
        let current = known.as_ref().map_or(0, |rule| rule.latest_version);
        if save.expected_version.is_some_and(|expected| expected != current) {
            return Err(SaveRuleError::Stale { current });
        }
        let company_created = created.is_some();
        if let Some(company) = created {
            self.companies.insert(company_id, (*company, 1));
        }
        let rule = next_version(known, &save);
        let version = RuleVersion {
            rule_id: rule.id,
            version: rule.latest_version,
            document: save.document,
            warnings: save.warnings,
            created_at: save.now,
        };
        self.rules.insert(rule.id, rule.clone());
        self.versions.insert((rule.id, version.version), version.clone());
        if save.publish {
            self.advance_revision(company_id);
        }
        Ok(SavedRule {
            rule,
            version,
            company_created,
        })
    }

    fn publication(&self, company_id: Uuid) -> Option<Publication> {
        let (company, revision) = self.companies.get(&company_id)?;
        let of_company = self.rules.values().filter(|rule| rule.company_id == company_id);
        let published = of_company.filter_map(|rule| {
            let version = self.versions.get(&(rule.id, rule.published_version?))?;
            Some(PublishedRule {
                rule_id: rule.id,
                name: rule.name.clone(),
                version: version.version,
                document: version.document.clone(),
            })
        });
        let mut rules: Vec<PublishedRule> = published.collect();
        rules.sort_by(|one, other| one.name.cmp(&other.name));
        Some(Publication {
            company: company.clone(),
            rules,
            revision: *revision,
        })
    }
}

/// The rule as it is with one version more.
fn next_version(known: Option<Rule>, save: &SaveRule) -> Rule {
    let mut rule = known.unwrap_or_else(|| Rule {
        id: save.new_rule_id,
        company_id: save.company_id,
        name: save.name.clone(),
        latest_version: 0,
        published_version: None,
        archived_at: None,
        created_at: save.now,
        updated_at: save.now,
    });
    rule.latest_version += 1;
    if save.publish {
        rule.published_version = Some(rule.latest_version);
    }
    rule.archived_at = None;
    rule.updated_at = save.now;
    rule
}

#[async_trait]
impl Rules for MemoryStore {
    async fn save_rule(&self, save: SaveRule) -> Result<SavedRule, SaveRuleError> {
        self.open()?.save(save)
    }

    async fn list_rules(
        &self,
        filter: RuleFilter,
        page: PageRequest,
    ) -> Result<Page<(Rule, RuleVersion)>, StoreError> {
        let tables = self.open()?;
        let wanted = |rule: &&Rule| {
            filter
                .company_id
                .is_none_or(|company_id| company_id == rule.company_id)
                && (filter.with_archived || rule.archived_at.is_none())
        };
        let newest_first = tables.rules.values().rev().filter(wanted);
        let with_versions = newest_first.filter_map(|rule| {
            let latest = tables.versions.get(&(rule.id, rule.latest_version))?;
            Some((rule.clone(), latest.clone()))
        });
        Ok(page_of(with_versions, page, |(rule, _)| rule.id))
    }

    async fn find_rule(&self, rule_id: Uuid) -> Result<Option<Rule>, StoreError> {
        Ok(self.open()?.rules.get(&rule_id).cloned())
    }

    async fn find_rule_version(&self, pinned: PinnedRule) -> Result<Option<RuleVersion>, StoreError> {
        let key = (pinned.rule_id, pinned.version);
        Ok(self.open()?.versions.get(&key).cloned())
    }

    async fn list_rule_versions(
        &self,
        rule_id: Uuid,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<RuleVersion>, StoreError> {
        let tables = self.open()?;
        let range = (rule_id, 0)..(rule_id, before.unwrap_or(u32::MAX));
        let newest_first = tables.versions.range(range).rev();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(newest_first
            .take(limit)
            .map(|(_, version)| version.clone())
            .collect())
    }

    async fn publish_rule(
        &self,
        pinned: PinnedRule,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        let mut tables = self.open()?;
        let rule = tables.guarded(pinned.rule_id, expected_version)?;
        if rule.archived_at.is_some() {
            return Err(ChangeRuleError::Archived);
        }
        if !(1..=rule.latest_version).contains(&pinned.version) {
            return Err(ChangeRuleError::NotFound);
        }
        let is_published = rule.published_version == Some(pinned.version);
        if !is_published {
            rule.published_version = Some(pinned.version);
            rule.updated_at = now;
        }
        let rule = rule.clone();
        if !is_published {
            tables.advance_revision(rule.company_id);
        }
        Ok(rule)
    }

    async fn archive_rule(
        &self,
        rule_id: Uuid,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        let mut tables = self.open()?;
        let rule = tables.guarded(rule_id, expected_version)?;
        if rule.archived_at.is_some() {
            return Ok(rule.clone());
        }
        let was_published = rule.published_version.take().is_some();
        rule.archived_at = Some(now);
        rule.updated_at = now;
        let rule = rule.clone();
        if was_published {
            tables.advance_revision(rule.company_id);
        }
        Ok(rule)
    }

    async fn published_rules(&self, company_id: Uuid) -> Result<Option<Publication>, StoreError> {
        Ok(self.open()?.publication(company_id))
    }
}
