//! The ledger, for reading.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ledger::{Account, AccountKind, Currency, Total};
use store::{
    AccountFilter, EntryFilter, KindTotal, LedgerViews, LedgerVisitor, Page, PageRequest, StoreError,
    StoredEntry, StoredTransaction, Visit,
};
use uuid::Uuid;

use super::tables::Tables;
use super::{MemoryStore, page_of};

impl Tables {
    /// Every entry, in the order of posting.
    fn entries(&self) -> impl DoubleEndedIterator<Item = &StoredEntry> {
        self.transactions
            .iter()
            .flat_map(|posted| &posted.transaction.entries)
    }

    /// Accounts, in the order of their ids.
    fn accounts_by_id(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.account_keys
            .values()
            .filter_map(|key| self.accounts.get(key))
    }

    /// Shows everything, in the order that [`LedgerVisitor`] promises, until the visitor has seen enough.
    fn show(&self, visitor: &mut dyn LedgerVisitor) -> Option<()> {
        for account in self.accounts_by_id() {
            go_on(visitor.account(account))?;
        }
        for hold in self.holds.values() {
            go_on(visitor.hold(hold))?;
        }
        let mut entries: Vec<&StoredEntry> = self.entries().collect();
        entries.sort_by_key(|entry| (entry.account_id, entry.number));
        for entry in &entries {
            go_on(visitor.entry_of_account(entry))?;
        }
        entries.sort_by_key(|entry| (entry.transaction_id, entry.position));
        for entry in entries {
            go_on(visitor.entry_of_transaction(entry))?;
        }
        for posted in &self.transactions {
            if posted.transaction.entries.is_empty() {
                go_on(visitor.empty_transaction(posted.transaction.id))?;
            }
        }
        Some(())
    }
}

fn go_on(visit: Visit) -> Option<()> {
    match visit {
        Visit::Next => Some(()),
        Visit::Stop => None,
    }
}

fn matches(entry: &StoredEntry, filter: &EntryFilter) -> bool {
    filter
        .company_id
        .is_none_or(|company_id| company_id == entry.company_id)
        && filter
            .account
            .as_ref()
            .is_none_or(|account| *account == entry.account)
        && filter.run_id.is_none_or(|run_id| Some(run_id) == entry.run_id)
        && filter.account_id.is_none_or(|id| id == entry.account_id)
        && filter.transaction_id.is_none_or(|id| id == entry.transaction_id)
        && filter.dated.holds(entry.created_at)
}

#[async_trait]
impl LedgerViews for MemoryStore {
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        let tables = self.open()?;
        let newest_first = tables.accounts_by_id().rev().filter(|account| {
            let key = account.key();
            filter
                .company_id
                .is_none_or(|company_id| company_id == key.company_id)
                && filter.code.as_ref().is_none_or(|code| *code == key.code)
                && filter
                    .code_prefix
                    .as_ref()
                    .is_none_or(|prefix| key.code.as_str().starts_with(prefix.as_str()))
                && filter.kind.is_none_or(|kind| kind == account.kind())
                && filter.currency.is_none_or(|currency| currency == key.currency)
        });
        Ok(page_of(newest_first.cloned(), page, Account::id))
    }

    async fn list_entries(
        &self,
        filter: EntryFilter,
        page: PageRequest,
    ) -> Result<Page<StoredEntry>, StoreError> {
        let tables = self.open()?;
        let newest_first = tables.entries().rev().filter(|entry| matches(entry, &filter));
        Ok(page_of(newest_first.cloned(), page, |entry| entry.id))
    }

    async fn find_transaction(&self, transaction_id: Uuid) -> Result<Option<StoredTransaction>, StoreError> {
        let tables = self.open()?;
        let found = tables.transaction(transaction_id);
        Ok(found.map(|posted| posted.transaction.clone()))
    }

    async fn trial_balance(&self, company_id: Option<Uuid>) -> Result<Vec<KindTotal>, StoreError> {
        let tables = self.open()?;
        let mut sums: BTreeMap<(&str, AccountKind), (Currency, u64, i128, i128)> = BTreeMap::new();
        for account in tables.accounts.values() {
            let key = account.key();
            if company_id.is_none_or(|company_id| company_id == key.company_id) {
                let none = (key.currency, 0, 0, 0);
                let sum = sums.entry((key.currency.code(), account.kind())).or_insert(none);
                sum.1 += 1;
                sum.2 += i128::from(account.posted_debits());
                sum.3 += i128::from(account.posted_credits());
            }
        }
        let total = |((_, kind), (currency, accounts, debits, credits))| KindTotal {
            kind,
            accounts,
            posted_debits: Total::new(debits, currency),
            posted_credits: Total::new(credits, currency),
        };
        Ok(sums.into_iter().map(total).collect())
    }

    async fn visit_ledger(
        &self,
        mut visitor: Box<dyn LedgerVisitor>,
    ) -> Result<Box<dyn LedgerVisitor>, StoreError> {
        let tables = self.open()?;
        // Whether the visitor stopped early makes no difference.
        let _ = tables.show(visitor.as_mut());
        Ok(visitor)
    }
}
