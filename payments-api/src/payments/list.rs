//! `GET /api/v1/payments`: the payments of a company, an account, a provider.

use api_types::Page;
use poem_openapi::{OpenApi, param::Query};
use service::{Cursor, Limit, Problem, RawJson};
use store::PaymentFilter;
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape::{self, Payment, PaymentStatus};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

pub(super) struct ListPayments(pub(super) State);

#[OpenApi(tag = "Chapter::Payments")]
impl ListPayments {
    /// List payments
    ///
    /// Newest first.
    #[oai(path = "/api/v1/payments", method = "get", operation_id = "list_payments")]
    #[expect(clippy::too_many_arguments, reason = "a list is filtered by each of them")]
    async fn list(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// Only those that stand there.
        status: Query<Option<PaymentStatus>>,
        /// Only those from or to this account.
        account_id: Query<Option<Uuid>>,
        /// Only those through this provider.
        provider: Query<Option<String>>,
        /// Only those taken from this moment on.
        from: Query<Option<Moment>>,
        /// Only those taken up to, and without, this moment.
        to: Query<Option<Moment>>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<Payment>>, Refused> {
        let filter = PaymentFilter {
            company_id: company_id.0,
            state: status.0.map(Into::into),
            account_id: account_id.0,
            provider: provider.0,
            created: spans::read(from.0, to.0)?,
        };
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let found = self.0.store.list_payments(filter, page).await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |payment| {
            shape::payment(&payment).map_err(Problem::internal)
        })?;
        Ok(stored_json::write(&shown)?)
    }
}
