//! The ledger, for reading.

use async_trait::async_trait;
use ledger::Account;
use store::{
    AccountFilter, EntryFilter, KindTotal, LedgerViews, LedgerVisitor, Page, PageRequest, StoreError,
    StoredEntry, StoredTransaction,
};
use uuid::Uuid;

use crate::trial_balance::trial_balance;
use crate::walk::walk;
use crate::{SqliteStore, accounts, entry_lists, transactions};

#[async_trait]
impl LedgerViews for SqliteStore {
    async fn list_accounts(
        &self,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, StoreError> {
        self.read(move |connection| accounts::list(connection, &filter, page))
            .await
    }

    async fn list_entries(
        &self,
        filter: EntryFilter,
        page: PageRequest,
    ) -> Result<Page<StoredEntry>, StoreError> {
        self.read(move |connection| entry_lists::list(connection, filter, page))
            .await
    }

    async fn find_transaction(&self, transaction_id: Uuid) -> Result<Option<StoredTransaction>, StoreError> {
        self.read(move |connection| transactions::find(connection, transaction_id))
            .await
    }

    async fn trial_balance(&self, company_id: Option<Uuid>) -> Result<Vec<KindTotal>, StoreError> {
        self.read(move |connection| trial_balance(connection, company_id))
            .await
    }

    async fn visit_ledger(
        &self,
        mut visitor: Box<dyn LedgerVisitor>,
    ) -> Result<Box<dyn LedgerVisitor>, StoreError> {
        self.read(move |connection| {
            walk(connection, &mut *visitor)?;
            Ok(visitor)
        })
        .await
    }
}
