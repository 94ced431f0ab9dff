//! `GET /stats`: counts, latencies and amounts over time.

mod range;
mod shape;

use api_types::{OutboxFigures, QueueFigures, Statistics};
use poem_openapi::{OpenApi, param::Query, payload::Json};
use service::Problem;
use uuid::Uuid;

use self::range::Range;
use crate::{Moment, Refused, endpoint::State, problems, tags::Chapter};

/// The statistics.
pub(crate) fn api(state: &State) -> impl OpenApi + use<> {
    ReadStatistics(state.clone())
}

struct ReadStatistics(State);

#[OpenApi(tag = "Chapter::Statistics")]
impl ReadStatistics {
    /// Read statistics
    ///
    /// Runs by outcome and the time from acceptance to the end, by when their events were accepted; amounts posted, by
    /// when they were posted. Step by step, and in total.
    #[oai(path = "/stats", method = "get", operation_id = "read_statistics")]
    async fn read(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// From this moment on; an hour before `to` unless said.
        from: Query<Option<Moment>>,
        /// Up to, and without, this moment; now unless said.
        to: Query<Option<Moment>>,
        /// The length of a step, in seconds; such that there are at most 120 unless said.
        step: Query<Option<u32>>,
    ) -> Result<Json<Statistics>, Refused> {
        let range = Range::of(from.0, to.0, step.0, self.0.clock.now())?;
        let query = range.query(company_id.0);
        let report = self.0.store.statistics(query).await.map_err(problems::of_store)?;
        let outbox = outbox(&self.0, company_id.0).await?;
        let dead_letters = self.0.store.count_dead_letters(company_id.0).await;
        let dead_letters = dead_letters.map_err(problems::of_store)?;
        Ok(Json(Statistics {
            queue: queue(&self.0).await,
            outbox,
            dead_letters,
            ..shape::report(range, report)
        }))
    }
}

/// How far sending events lags behind; none where they are not sent.
async fn outbox(state: &State, company_id: Option<Uuid>) -> Result<Option<OutboxFigures>, Problem> {
    if !state.relays_events {
        return Ok(None);
    }
    let lag = state
        .store
        .outbox_lag(company_id)
        .await
        .map_err(problems::of_store)?;
    Ok(Some(shape::outbox(&lag, state.clock.now())))
}

/// How full the queue is; none where it cannot be asked.
async fn queue(state: &State) -> Option<QueueFigures> {
    let depth = state.queue_depth.as_ref()?.depth().await;
    depth
        .inspect_err(|reason| tracing::warn!(reason, "the queue cannot say how full it is"))
        .ok()
}
