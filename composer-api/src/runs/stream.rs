//! `GET /runs/stream`: runs, as they are stored and change.

use std::{sync::Arc, time::Duration};

use api_types::Run;
use futures_util::{Stream, StreamExt as _, stream};
use poem::web::sse::Event;
use poem_openapi::{
    OpenApi,
    param::{Header, Query},
    types::ToJSON as _,
};
use store::{ChangeCursor, Store};
use uuid::Uuid;

use super::shape;
use crate::{Refused, endpoint::State, problems, sse::EventStream, tags::Chapter};

/// How long to wait before looking again, when there was no more to see.
const PAUSE: Duration = Duration::from_millis(300);
/// How many runs to read at once.
const PAGE: u32 = 100;

pub(super) struct RunStream(pub(super) State);

#[OpenApi(tag = "Chapter::Runs")]
impl RunStream {
    /// Listen for runs
    ///
    /// Server-sent events: `run`, with the run as lists show it, whenever one was stored or changed. Who sends the last
    /// id that it saw as `Last-Event-ID` misses none, and may see some twice. Comments keep the connection open.
    #[oai(path = "/runs/stream", method = "get", operation_id = "run_stream")]
    async fn listen(
        &self,
        /// Only this company's.
        company_id: Query<Option<Uuid>>,
        /// The id of the last event that was seen; from now on unless said.
        #[oai(name = "Last-Event-ID")]
        last_event_id: Header<Option<u64>>,
    ) -> Result<EventStream<Run>, Refused<503>> {
        let after = last_event_id.0.map(ChangeCursor);
        let cursor = match after {
            Some(cursor) => cursor,
            // Asked before the answer begins: what is stored once the client is connected is not missed.
            None => {
                self.0
                    .store
                    .run_changes(company_id.0, None, PAGE)
                    .await
                    .map_err(problems::of_store)?
                    .cursor
            }
        };
        let tail = Tail {
            store: Arc::clone(&self.0.store),
            company_id: company_id.0,
            cursor,
            is_behind: true,
        };
        Ok(EventStream::new(tail.events(), self.0.shutdown.clone()))
    }
}

/// Follows the runs of a company, or of all.
struct Tail {
    store: Arc<dyn Store>,
    company_id: Option<Uuid>,
    cursor: ChangeCursor,
    /// Whether there may be more to see already.
    is_behind: bool,
}

impl Tail {
    fn events(self) -> impl Stream<Item = Event> + Send {
        stream::unfold(self, Self::next).flat_map(stream::iter)
    }

    /// The next runs, once there are some. None if the store fails: the client comes back with the last id.
    async fn next(mut self) -> Option<(Vec<Event>, Self)> {
        loop {
            if !self.is_behind {
                tokio::time::sleep(PAUSE).await;
            }
            let found = self
                .store
                .run_changes(self.company_id, Some(self.cursor), PAGE)
                .await;
            let changes = found
                .inspect_err(|error| tracing::warn!(%error, "a stream of runs ends"))
                .ok()?;
            self.cursor = changes.cursor;
            self.is_behind = u32::try_from(changes.runs.len()).is_ok_and(|found| found >= PAGE);
            let mut events: Vec<Event> = changes
                .runs
                .into_iter()
                .map(|run| event(&shape::listed(run)))
                .collect();
            // Only the last bears the id: who breaks off before it sees the others again.
            if let Some(last) = events.pop() {
                events.push(last.id(self.cursor.0.to_string()));
                return Some((events, self));
            }
        }
    }
}

fn event(run: &Run) -> Event {
    Event::message(run.to_json_string()).event_type("run")
}
