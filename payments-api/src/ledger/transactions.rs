//! `GET /api/v1/ledger/transactions` and `/{transaction_id}`: what was posted together.

use api_types::{LedgerTransaction, Page};
use poem_openapi::{OpenApi, param::Path, param::Query};
use service::{Cursor, Limit, RawJson};
use store::{StoredTransaction, TransactionFilter};
use uuid::Uuid;
use views::{lists, stored_json};

use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

pub(super) struct ListTransactions(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ListTransactions {
    /// List ledger transactions
    ///
    /// Newest first, each with its entries.
    #[oai(
        path = "/api/v1/ledger/transactions",
        method = "get",
        operation_id = "list_ledger_transactions"
    )]
    #[expect(clippy::too_many_arguments, reason = "a list is filtered by each of them")]
    async fn list(
        &self,
        /// The company.
        company_id: Query<Uuid>,
        /// Only the one of this reference.
        reference: Query<Option<String>>,
        /// Only those that this run posted.
        run_id: Query<Option<Uuid>>,
        /// From this moment on.
        from: Query<Option<Moment>>,
        /// Up to, and without, this moment.
        to: Query<Option<Moment>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<LedgerTransaction>>, Refused> {
        let filter = TransactionFilter {
            company_id: company_id.0,
            reference: reference.0,
            run_id: run_id.0,
            dated: spans::read(from.0, to.0)?,
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self.0.store.list_transactions(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        Ok(stored_json::write(&lists::page(
            found,
            views::ledger::transaction,
        )?)?)
    }
}

pub(super) struct ReadTransaction(pub(super) State);

#[OpenApi(tag = "Chapter::Ledger")]
impl ReadTransaction {
    /// Read a ledger transaction
    ///
    /// With all of its entries, and the run and the node that posted it, if one did.
    #[oai(
        path = "/api/v1/ledger/transactions/:transaction_id",
        method = "get",
        operation_id = "read_ledger_transaction"
    )]
    async fn read(
        &self,
        transaction_id: Path<Uuid>,
        /// Only if it is this company's.
        company_id: Query<Option<Uuid>>,
    ) -> Result<RawJson<LedgerTransaction>, Refused<404>> {
        let id = transaction_id.0;
        let found = self.0.store.find_transaction(id).await;
        let found = found.map_err(problems::of_store)?;
        let is_its =
            |transaction: &StoredTransaction| company_id.0.is_none_or(|id| id == transaction.company_id);
        let found = found.filter(is_its);
        let found = found.ok_or_else(|| problems::transaction_not_found(id))?;
        Ok(stored_json::write(&views::ledger::transaction(found)?)?)
    }
}
