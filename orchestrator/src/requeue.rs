//! Puts dead letters back on the queue when somebody asked for it.
//!
//! It is published first and marked after: a crash in between publishes it once more, and the claim on the
//! event makes the second one do nothing.

use std::time::Duration;

use queue::{ACCEPTED_CONTENT_TYPE, Message, Partition};
use store::{DeadLetter, StoreError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Deps;

const EVERY: Duration = Duration::from_millis(500);
const AT_ONCE: u32 = 100;

pub(crate) async fn run(deps: Deps, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = requeue(&deps).await {
            tracing::warn!(%error, "dead letters could not be put back: trying again");
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum RequeueError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Publish(#[from] queue::PublishError),
}

async fn requeue(deps: &Deps) -> Result<(), RequeueError> {
    let publisher = deps.queue.publisher();
    for letter in deps.store.requeue_requests(AT_ONCE).await? {
        let id = letter.id;
        publisher.publish(message(letter, deps)).await?;
        deps.store.mark_requeued(id).await?;
        tracing::info!(%id, "a dead letter went back to the queue");
    }
    Ok(())
}

fn message(letter: DeadLetter, deps: &Deps) -> Message {
    let company_id = letter.company_id.unwrap_or(Uuid::nil());
    Message {
        id: deps.ids.next(),
        partition: Partition::new(letter.partition)
            .unwrap_or_else(|| queue::partition_of(company_id.as_bytes())),
        kind: letter.message_kind,
        company_id,
        correlation_id: letter.correlation_id,
        traceparent: None,
        content_type: ACCEPTED_CONTENT_TYPE.to_owned(),
        body: letter.body,
    }
}
