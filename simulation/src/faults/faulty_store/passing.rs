//! What a worker's process asks of the store that is only read, or that no worker asks.

use async_trait::async_trait;
use jiff::Timestamp;
use ledger::Account;
use store::{
    AccountFilter, ChangeCursor, ChangeRuleError, Companies, Company, CreateCompany, CreateCompanyError,
    EntryFilter, KindTotal, LedgerViews, LedgerVisitor, Page, PageRequest, PinnedRule, Publication,
    RecentRun, Rule, RuleFilter, RuleVersion, Rules, RunChanges, RunDetails, RunFilter, RunRecord, Runs,
    SaveRule, SaveRuleError, SavedRule, Statistics, StatisticsQuery, StatisticsReport, Store, StoreError,
    StoredEntry, StoredTransaction,
};
use uuid::Uuid;

use super::FaultyStore;

#[async_trait]
impl Store for FaultyStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.call("ping", self.store.ping()).await
    }

    /// Closing is the process's own: the store stays open for the others.
    async fn close(&self) {}
}

#[async_trait]
impl Companies for FaultyStore {
    async fn create_company(&self, company: CreateCompany) -> Result<(), CreateCompanyError> {
        self.store.create_company(company).await
    }

    async fn find_company(&self, company_id: Uuid) -> Result<Option<Company>, StoreError> {
        self.call("find_company", self.store.find_company(company_id))
            .await
    }

    async fn list_companies(&self, page: PageRequest) -> Result<Page<Company>, StoreError> {
        self.call("list_companies", self.store.list_companies(page)).await
    }
}

#[async_trait]
impl Rules for FaultyStore {
    async fn save_rule(&self, save: SaveRule) -> Result<SavedRule, SaveRuleError> {
        self.store.save_rule(save).await
    }

    async fn list_rules(
        &self,
        filter: RuleFilter,
        page: PageRequest,
    ) -> Result<Page<(Rule, RuleVersion)>, StoreError> {
        self.call("list_rules", self.store.list_rules(filter, page)).await
    }

    async fn find_rule(&self, rule_id: Uuid) -> Result<Option<Rule>, StoreError> {
        self.call("find_rule", self.store.find_rule(rule_id)).await
    }

    async fn find_rule_version(&self, pinned: PinnedRule) -> Result<Option<RuleVersion>, StoreError> {
        let act = self.store.find_rule_version(pinned);
        self.call(format!("find_rule_version of {}", pinned.rule_id), act)
            .await
    }

    async fn list_rule_versions(
        &self,
        rule_id: Uuid,
        limit: u32,
        before: Option<u32>,
    ) -> Result<Vec<RuleVersion>, StoreError> {
        let act = self.store.list_rule_versions(rule_id, limit, before);
        self.call("list_rule_versions", act).await
    }

    async fn publish_rule(
        &self,
        pinned: PinnedRule,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.store.publish_rule(pinned, expected_version, now).await
    }

    async fn archive_rule(
        &self,
        rule_id: Uuid,
        expected_version: Option<u32>,
        now: Timestamp,
    ) -> Result<Rule, ChangeRuleError> {
        self.store.archive_rule(rule_id, expected_version, now).await
    }

    async fn published_rules(&self, company_id: Uuid) -> Result<Option<Publication>, StoreError> {
        self.call("published_rules", self.store.published_rules(company_id))
            .await
    }
}

#[async_trait]
impl Runs for FaultyStore {
    async fn list_runs(&self, filter: RunFilter, page: PageRequest) -> Result<Page<RunRecord>, StoreError> {
        self.call("list_runs", self.store.list_runs(filter, page)).await
    }

    async fn recent_runs(&self, rule_ids: Vec<Uuid>, per_rule: u32) -> Result<Vec<RecentRun>, StoreError> {
        self.call("recent_runs", self.store.recent_runs(rule_ids, per_rule))
            .await
    }

    async fn find_run(&self, run_id: Uuid) -> Result<Option<RunDetails>, StoreError> {
        self.call("find_run", self.store.find_run(run_id)).await
    }

    async fn run_changes(
        &self,
        company_id: Option<Uuid>,
        after: Option<ChangeCursor>,
        limit: u32,
    ) -> Result<RunChanges, StoreError> {
        let act = self.store.run_changes(company_id, after, limit);
        self.call("run_changes", act).await
    }
}

#[async_trait]
impl LedgerViews for FaultyStore {
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        self.call("list_accounts", self.store.list_accounts(filter, page))
            .await
    }

    async fn list_entries(
        &self,
        filter: EntryFilter,
        page: PageRequest,
    ) -> Result<Page<StoredEntry>, StoreError> {
        self.call("list_entries", self.store.list_entries(filter, page))
            .await
    }

    async fn find_transaction(&self, transaction_id: Uuid) -> Result<Option<StoredTransaction>, StoreError> {
        let act = self.store.find_transaction(transaction_id);
        self.call("find_transaction", act).await
    }

    async fn trial_balance(&self, company_id: Option<Uuid>) -> Result<Vec<KindTotal>, StoreError> {
        self.call("trial_balance", self.store.trial_balance(company_id))
            .await
    }

    async fn visit_ledger(
        &self,
        visitor: Box<dyn LedgerVisitor>,
    ) -> Result<Box<dyn LedgerVisitor>, StoreError> {
        self.call("visit_ledger", self.store.visit_ledger(visitor)).await
    }
}

#[async_trait]
impl Statistics for FaultyStore {
    async fn statistics(&self, query: StatisticsQuery) -> Result<StatisticsReport, StoreError> {
        self.call("statistics", self.store.statistics(query)).await
    }
}
