//! All that is not a batch: the real store's, while the database is up.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::Account;
use store::{
    AccountFilter, ChangeCursor, ChangeRuleError, Companies, Company, CreateCompany, CreateCompanyError,
    DeadLetter, DeadLetters, EntryFilter, KindTotal, LedgerViews, LedgerVisitor, Page, PageRequest,
    PinnedRule, Publication, RecentRun, Rule, RuleFilter, RuleVersion, Rules, RunChanges, RunDetails,
    RunFilter, RunRecord, Runs, SaveRule, SaveRuleError, SavedRule, Statistics, StatisticsQuery,
    StatisticsReport, Store, StoreError, StoredEntry, StoredTransaction,
};
use uuid::Uuid;

use super::{FaultyStore, unavailable};

#[async_trait]
impl Store for FaultyStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.check_up()?;
        self.inner.ping().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

#[async_trait]
impl Companies for FaultyStore {
    async fn create_company(&self, company: CreateCompany) -> Result<(), CreateCompanyError> {
        self.check_up()?;
        self.inner.create_company(company).await
    }

    async fn find_company(&self, company_id: Uuid) -> Result<Option<Company>, StoreError> {
        self.check_up()?;
        self.inner.find_company(company_id).await
    }

    async fn list_companies(&self, page: PageRequest) -> Result<Page<Company>, StoreError> {
        self.check_up()?;
        self.inner.list_companies(page).await
    }
}

#[async_trait]
impl Rules for FaultyStore {
    async fn save_rule(&self, save: SaveRule) -> Result<SavedRule, SaveRuleError> {
        self.check_up()?;
        self.inner.save_rule(save).await
    }

    async fn list_rules(
        &self,
        filter: RuleFilter,
        page: PageRequest,
    ) -> Result<Page<(Rule, RuleVersion)>, StoreError> {
        self.check_up()?;
        self.inner.list_rules(filter, page).await
    }

    async fn find_rule(&self, rule_id: Uuid) -> Result<Option<Rule>, StoreError> {
        self.check_up()?;
        self.inner.find_rule(rule_id).await
    }

    async fn find_rule_version(&self, pinned: PinnedRule) -> Result<Option<RuleVersion>, StoreError> {
        self.check_up()?;
        self.rules_read.fetch_add(1, Ordering::SeqCst);
        self.inner.find_rule_version(pinned).await
    }

    async fn list_rule_versions(
        &self,
        rule_id: Uuid,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<RuleVersion>, StoreError> {
        self.check_up()?;
        self.inner.list_rule_versions(rule_id, limit, before).await
    }

    async fn publish_rule(
        &self,
        pinned: PinnedRule,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.check_up()?;
        self.inner.publish_rule(pinned, expected_version, now).await
    }

    async fn archive_rule(
        &self,
        rule_id: Uuid,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.check_up()?;
        self.inner.archive_rule(rule_id, expected_version, now).await
    }

    async fn published_rules(&self, company_id: Uuid) -> Result<Option<Publication>, StoreError> {
        self.check_up()?;
        self.inner.published_rules(company_id).await
    }
}

#[async_trait]
impl Runs for FaultyStore {
    async fn list_runs(&self, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, StoreError> {
        self.check_up()?;
        self.inner.list_runs(filter, page).await
    }

    async fn recent_runs(&self, rule_ids: Vec<Uuid>, per_rule: u32) -> Result<Vec<RecentRun>, StoreError> {
        self.check_up()?;
        self.inner.recent_runs(rule_ids, per_rule).await
    }

    async fn find_run(&self, run_id: Uuid) -> Result<Option<RunDetails>, StoreError> {
        self.check_up()?;
        self.inner.find_run(run_id).await
    }

    async fn run_changes(
        &self,
        company_id: Option<Uuid>,
        after: Option<ChangeCursor>,
        limit: u32,
    ) -> Result<RunChanges, StoreError> {
        self.check_up()?;
        self.inner.run_changes(company_id, after, limit).await
    }
}

#[async_trait]
impl LedgerViews for FaultyStore {
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        self.check_up()?;
        self.inner.list_accounts(filter, page).await
    }

    async fn list_entries(
        &self,
        filter: EntryFilter,
        page: PageRequest,
    ) -> Result<Page<StoredEntry>, StoreError> {
        self.check_up()?;
        self.inner.list_entries(filter, page).await
    }

    async fn find_transaction(&self, transaction_id: Uuid) -> Result<Option<StoredTransaction>, StoreError> {
        self.check_up()?;
        self.inner.find_transaction(transaction_id).await
    }

    async fn trial_balance(&self, company_id: Option<Uuid>) -> Result<Vec<KindTotal>, StoreError> {
        self.check_up()?;
        self.inner.trial_balance(company_id).await
    }

    async fn visit_ledger(
        &self,
        visitor: Box<dyn LedgerVisitor>,
    ) -> Result<Box<dyn LedgerVisitor>, StoreError> {
        self.check_up()?;
        self.inner.visit_ledger(visitor).await
    }
}

#[async_trait]
impl DeadLetters for FaultyStore {
    async fn list_dead_letters(
        &self,
        company_id: Option<Uuid>,
        page: PageRequest,
    ) -> Result<Page<DeadLetter>, StoreError> {
        self.check_up()?;
        self.inner.list_dead_letters(company_id, page).await
    }

    async fn count_dead_letters(&self, company_id: Option<Uuid>) -> Result<u64, StoreError> {
        self.check_up()?;
        self.inner.count_dead_letters(company_id).await
    }

    async fn find_dead_letter(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.check_up()?;
        self.inner.find_dead_letter(id).await
    }

    async fn keep_dead_letter(&self, letter: DeadLetter) -> Result<(), StoreError> {
        self.check_up()?;
        let order = Ordering::SeqCst;
        let turned_away = self
            .letters_to_turn_away
            .fetch_update(order, order, |left| left.checked_sub(1));
        if turned_away.is_ok() {
            return Err(unavailable());
        }
        self.inner.keep_dead_letter(letter).await?;
        self.news.tell();
        Ok(())
    }

    async fn request_requeue(&self, id: Uuid) -> Result<Option<DeadLetter>, StoreError> {
        self.check_up()?;
        self.inner.request_requeue(id).await
    }

    async fn requeue_requests(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.check_up()?;
        self.inner.requeue_requests(limit).await
    }

    async fn mark_requeued(&self, id: Uuid) -> Result<(), StoreError> {
        self.check_up()?;
        self.inner.mark_requeued(id).await?;
        self.news.tell();
        Ok(())
    }
}

#[async_trait]
impl Statistics for FaultyStore {
    async fn statistics(&self, query: StatisticsQuery) -> Result<StatisticsReport, StoreError> {
        self.check_up()?;
        self.inner.statistics(query).await
    }
}
