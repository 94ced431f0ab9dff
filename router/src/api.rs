//! The two calls.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use service::{CorrelationId, Document, Problem, TraceParent};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::answer::Accepted;
use crate::batch::{Lines, NdJson, answer_lines};
use crate::event_schema::EventSchema;
use crate::intake::{Incoming, Intake, Origin, Prepared, WEBHOOK_ID};
use crate::problems;

pub(crate) struct RouterApi {
    pub(crate) intake: Arc<Intake>,
    pub(crate) work: TaskTracker,
    /// Events of one batch that are published at once.
    pub(crate) batch_size: usize,
}

#[OpenApi]
impl RouterApi {
    /// Takes an event in.
    ///
    /// Answers once the event is stored for processing: what is answered `enqueued` is never lost. Sending it again is
    /// safe: the same event is answered `duplicate`, another one under the same id is refused.
    #[oai(path = "/payment", method = "post")]
    async fn payment(
        &self,
        request: &Request,
        event: Document<EventSchema>,
        /// Names an event that has neither `event_id` nor `id` (Standard Webhooks).
        #[oai(name = "webhook-id")]
        webhook_id: Header<Option<String>>,
        correlation_id: CorrelationId,
        traceparent: Option<TraceParent>,
    ) -> Result<Json<Accepted>, Problem> {
        let origin = Origin {
            correlation_id,
            traceparent,
        };
        let event = Incoming::read(event, the_webhook_id(request, webhook_id.0)?.as_deref())?;
        match self.intake.prepare(event, &origin).await? {
            Prepared::Settled(answer) => Ok(Json(answer)),
            Prepared::Publish(publishing) => {
                // In a task of its own: a client that hangs up now changes nothing.
                let intake = Arc::clone(&self.intake);
                let publishing = async move { intake.publish(*publishing).await };
                let published = self.work.spawn(publishing.in_current_span());
                published.await.map_err(Problem::internal)?.map(Json)
            }
        }
    }

    /// Takes many events in, one per line.
    ///
    /// Each line is handled like the body of `POST /payment`, and answered with one line, in order, as soon as it is
    /// known. Events are stored in the order of their lines. At most 10,000 lines and 8 MiB.
    #[oai(path = "/payments/batch", method = "post")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async; this one answers before its work is done"
    )]
    async fn batch(
        &self,
        lines: Lines,
        correlation_id: CorrelationId,
        traceparent: Option<TraceParent>,
    ) -> Result<NdJson, Problem> {
        let origin = Origin {
            correlation_id,
            traceparent,
        };
        let intake = Arc::clone(&self.intake);
        Ok(answer_lines(intake, lines, origin, self.batch_size, &self.work))
    }
}

/// The header, if it is there once and can be read: one that cannot must not become "no id".
fn the_webhook_id(request: &Request, read: Option<String>) -> Result<Option<String>, Problem> {
    match (request.headers().get_all(WEBHOOK_ID).iter().count(), read) {
        (0, _) => Ok(None),
        (1, Some(id)) => Ok(Some(id)),
        _ => {
            let detail = format!("The header `{WEBHOOK_ID}` must be there once, in visible ASCII.");
            Err(problems::invalid_event(WEBHOOK_ID, "bad_value", detail))
        }
    }
}
