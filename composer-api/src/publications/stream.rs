//! `GET /published-rules/stream`: tells of every change of what companies have published.

use api_types::PublicationNotice;
use futures_util::{Stream, stream};
use poem::web::sse::Event;
use poem_openapi::{OpenApi, types::ToJSON as _};

use crate::{Published, Subscription, endpoint::State, sse::EventStream, tags::Chapter};

pub(super) struct PublicationStream(pub(super) State);

#[OpenApi(tag = "Chapter::Companies")]
impl PublicationStream {
    /// Listen for what is published
    ///
    /// Server-sent events: `published` whenever what a company has published changed, with the company and the
    /// revision. Comments keep the connection open. The stream ends if an event may have been missed: after connecting,
    /// assume that everything changed.
    #[oai(
        path = "/published-rules/stream",
        method = "get",
        operation_id = "publication_stream"
    )]
    #[expect(
        clippy::unused_async,
        reason = "operations are async; this one has nothing to wait for"
    )]
    async fn listen(&self) -> EventStream<PublicationNotice> {
        let events = events(self.0.notices.subscribe());
        EventStream::new(events, self.0.shutdown.clone())
    }
}

fn events(subscription: Subscription) -> impl Stream<Item = Event> {
    stream::unfold(subscription, |mut subscription| async move {
        let Published { company_id, revision } = subscription.next().await?;
        let data = PublicationNotice { company_id, revision }.to_json_string();
        Some((Event::message(data).event_type("published"), subscription))
    })
}
