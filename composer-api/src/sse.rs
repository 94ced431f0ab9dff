//! Streams of events (the WHATWG's server-sent events), kept alive by comments, ended at shutdown.

use std::{future, marker::PhantomData, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream, stream::BoxStream};
use poem::{Body, IntoResponse, Response, http::header, web::sse::Event};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
    types::Type,
};
use tokio_util::sync::CancellationToken;

const CONTENT_TYPE: &str = "text/event-stream";
/// After how much silence a comment is sent: less than proxies wait before they close.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// An answer that goes on. `T` is what the `data` of its events is.
pub(crate) struct EventStream<T> {
    chunks: BoxStream<'static, Bytes>,
    data: PhantomData<fn() -> T>,
}

impl<T> EventStream<T> {
    /// Sends a comment at once, so that the client knows that it is connected, then the events as they come, until
    /// there are no more or `shutdown` is cancelled.
    pub(crate) fn new(
        events: impl Stream<Item = Event> + Send + 'static,
        shutdown: CancellationToken,
    ) -> Self {
        let rest = stream::unfold(events.boxed(), |mut events| async move {
            match tokio::time::timeout(KEEP_ALIVE, events.next()).await {
                Ok(event) => event.map(|event| (Bytes::from(event.to_string()), events)),
                Err(_) => Some((COMMENT, events)),
            }
        });
        let chunks = stream::once(future::ready(COMMENT)).chain(rest);
        Self {
            chunks: chunks.take_until(shutdown.cancelled_owned()).boxed(),
            data: PhantomData,
        }
    }
}

impl<T> IntoResponse for EventStream<T> {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type(CONTENT_TYPE)
            .header(header::CACHE_CONTROL, "no-cache")
            // A proxy must not wait for more.
            .header("X-Accel-Buffering", "no")
            .body(Body::from_bytes_stream(self.chunks.map(Ok::<_, std::io::Error>)))
    }
}

impl<T: Type> ApiResponse for EventStream<T> {
    fn meta() -> MetaResponses {
        let data = MetaSchema {
            items: Some(Box::new(T::schema_ref())),
            ..MetaSchema::new_with_format("array", "event-stream")
        };
        let schema = MetaSchemaRef::Inline(Box::new(data));
        let response = MetaResponse {
            description: "Events, as they happen.",
            status: Some(200),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: CONTENT_TYPE,
                schema,
            }],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![response],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(events: impl Stream<Item = Event> + Send + 'static) -> (EventStream<String>, CancellationToken) {
        let shutdown = CancellationToken::new();
        (EventStream::new(events, shutdown.clone()), shutdown)
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_broken_by_comments() {
        let (mut stream, shutdown) = live(stream::pending());
        assert_eq!(stream.chunks.next().await, Some(COMMENT));
        let begun = tokio::time::Instant::now();
        assert_eq!(stream.chunks.next().await, Some(COMMENT));
        assert_eq!(begun.elapsed().as_secs(), KEEP_ALIVE.as_secs());
        shutdown.cancel();
        assert_eq!(stream.chunks.next().await, None);
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_source() {
        let event = Event::message("{}").event_type("run").id("7");
        let (stream, _) = live(stream::iter([event]));
        let chunks: Vec<Bytes> = stream.chunks.collect().await;
        assert_eq!(
            chunks,
            [COMMENT, Bytes::from_static(b"id: 7\nevent: run\ndata: {}\n\n")]
        );
    }
}
