//! `GET /api/v1/payments/{payment_id}/events`: everything that happened to a payment.

use api_types::Page;
use poem_openapi::{OpenApi, param::Path, param::Query};
use service::{Cursor, Limit, RawJson};
use uuid::Uuid;
use views::{lists, stored_json};

use super::shape::{self, PaymentEvent};
use crate::endpoint::State;
use crate::tags::Chapter;
use crate::{Refused, problems};

pub(super) struct ListPaymentEvents(pub(super) State);

#[OpenApi(tag = "Chapter::Payments")]
impl ListPaymentEvents {
    /// List what happened to a payment
    ///
    /// All of it, newest first: it stands where these events have brought it.
    #[oai(
        path = "/api/v1/payments/:payment_id/events",
        method = "get",
        operation_id = "list_payment_events"
    )]
    async fn list(
        &self,
        payment_id: Path<Uuid>,
        #[oai(default)] limit: Query<Limit>,
        cursor: Query<Option<Cursor>>,
    ) -> Result<RawJson<Page<PaymentEvent>>, Refused<404>> {
        let page = lists::request(limit.0, cursor.0.as_ref())?;
        let payment = super::find(&self.0, payment_id.0).await?;
        let currency = payment.life.amount().currency();
        let found = self.0.store.list_payment_events(payment.id, page).await;
        let found = found.map_err(problems::of_store)?;
        let shown = lists::page(found, |event| Ok(shape::event(event, currency)))?;
        Ok(stored_json::write(&shown)?)
    }
}
