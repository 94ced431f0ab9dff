//! Puts dead letters back on the queue when somebody asked for it.
//!
//! It is published first and marked after: a crash in between publishes it once more, and the claim on the
//! event makes the second one do nothing.

use std::time::Duration;

use queue::{ACCEPTED_CONTENT_TYPE, Message, Partition};
use service::Ids;
use store::{DeadLetter, StoreError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Deps;

const EVERY: Duration = Duration::from_millis(500);
const AT_ONCE: u32 = 100;

pub(crate) async fn run(deps: &Deps, stop: &CancellationToken) {
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = requeue(deps).await {
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

/// Puts back what it can: a letter whose line is full does not keep the others. Answers the first fault.
async fn requeue(deps: &Deps) -> Result<(), RequeueError> {
    let mut outcome = Ok(());
    for letter in deps.store.requeue_requests(AT_ONCE).await? {
        let put_back = put_back(letter, deps).await;
        outcome = outcome.and(put_back);
    }
    outcome
}

async fn put_back(letter: DeadLetter, deps: &Deps) -> Result<(), RequeueError> {
    let id = letter.id;
    deps.queue
        .publisher()
        .publish(message(letter, &*deps.ids))
        .await?;
    deps.store.mark_requeued(id).await?;
    tracing::info!(%id, "a dead letter went back to the queue");
    Ok(())
}

/// A letter as a message of its own: should that come to nothing too, it is another letter.
fn message(letter: DeadLetter, ids: &dyn Ids) -> Message {
    let company_id = letter.company_id.unwrap_or(Uuid::nil());
    Message {
        id: ids.next(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use jiff::Timestamp;
    use service::SeededIds;
    use store::DeadLetterStatus;

    fn letter(company_id: Option<Uuid>, partition: u16) -> DeadLetter {
        DeadLetter {
            id: Uuid::from_u128(1),
            company_id,
            event_id: None,
            partition,
            reason: "unusable_rule".to_owned(),
            detail: String::new(),
            message_kind: "payment.accepted".to_owned(),
            body: Bytes::from_static(b"as it came"),
            correlation_id: "c-1".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            status: DeadLetterStatus::RequeueRequested,
        }
    }

    #[test]
    fn a_letter_goes_back_as_it_came_under_a_new_id() {
        let company_id = Uuid::from_u128(2);
        let message = message(letter(Some(company_id), 7), &SeededIds::new(1));
        assert_ne!(message.id, Uuid::from_u128(1));
        assert_eq!((message.company_id, message.partition.number()), (company_id, 7));
        assert_eq!(
            (message.kind.as_str(), message.correlation_id.as_str()),
            ("payment.accepted", "c-1")
        );
        assert_eq!(message.body, "as it came");
    }

    #[test]
    fn a_letter_of_a_partition_that_is_no_more_goes_to_its_company_s() {
        let company_id = Uuid::from_u128(2);
        let message = message(letter(Some(company_id), 99), &SeededIds::new(1));
        assert_eq!(message.partition, queue::partition_of(company_id.as_bytes()));
    }
}
