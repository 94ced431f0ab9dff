//! `POST /api/v1/reconciliations`: a provider's settlements compared with the payments that are kept here. Nothing is
//! stored.

mod body;
mod compare;
mod records;
mod report;
mod settlement;

use poem_openapi::{OpenApi, param::Query};
use service::{Problem, RawJson};
use uuid::Uuid;
use views::stored_json;

use self::body::SettlementFile;
use self::compare::Scope;
use self::report::Report;
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Moment, Refused, problems, spans};

/// The operations that compare.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    Reconcile(state.clone())
}

struct Reconcile(State);

#[OpenApi(tag = "Chapter::Payments")]
impl Reconcile {
    /// Compare a provider's settlements with payments
    ///
    /// A line is a payment: `payment_id`, `amount`, `currency`, `status`; whatever else it says is passed over. A CSV names its
    /// columns in the first line. `status` is `captured`, `partially_refunded`, `refunded`, `declined`, `failed` or
    /// `cancelled`. `amount` is what was captured less what was refunded, zero if all was; of a payment that was declined,
    /// failed or cancelled it does not count, and may be left empty.
    ///
    /// Payments of the stretch of time that took money and that no line names are missing there. Nothing is stored.
    #[oai(
        path = "/api/v1/reconciliations",
        method = "post",
        operation_id = "reconcile_settlements"
    )]
    async fn reconcile(
        &self,
        /// The company.
        company_id: Query<Uuid>,
        /// Only payments through this provider; all of the company's, if it is left out.
        provider: Query<Option<String>>,
        /// The payments that were taken from this moment on.
        from: Query<Moment>,
        /// The payments that were taken up to, and without, this moment.
        to: Query<Moment>,
        /// The settlements.
        file: SettlementFile,
    ) -> Result<RawJson<Report>, Refused<404, 422>> {
        let span = spans::read(Some(from.0), Some(to.0))?;
        self.expect_company(company_id.0).await?;
        let scope = Scope {
            company_id: company_id.0,
            provider: provider.0,
            span,
        };
        file.check_size(self.0.limits.settlements_bytes)?;
        let report = compare::compare(&*self.0.store, scope, file.settlements()?).await;
        Ok(stored_json::write(&report.map_err(problems::of_store)?)?)
    }
}

impl Reconcile {
    async fn expect_company(&self, company_id: Uuid) -> Result<(), Problem> {
        let found = self.0.store.find_company(company_id).await;
        let found = found.map_err(problems::of_store)?;
        let unknown = || Problem::not_found("unknown_company", format!("There is no company {company_id}."));
        found.map(|_| ()).ok_or_else(unknown)
    }
}
