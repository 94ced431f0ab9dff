//! What the queue can do on its own, on the same machine a moment before: the system is told as a share of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use queue::{
    ACCEPTED_CONTENT_TYPE, ACCEPTED_KIND, AcceptedEvent, AcceptedRun, CompanySnapshot, Message, Partition,
    Queue, TakeLimits,
};
use service::{Clock as _, Ids as _, SystemClock, SystemIds};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::scenario::Scenario;

/// How many messages are on their way to the queue at any time: as many as the load has connections.
const PUBLISHERS: u64 = super::load::CONNECTIONS;
/// How many messages are sent: enough for some seconds.
const MESSAGES: u64 = 40_000;
/// Far longer than that takes.
const LONGEST: Duration = Duration::from_mins(2);

/// Messages per second that the queue takes, confirms, hands out and has acknowledged, all at once, and nothing else is
/// done with them. They are the messages of the load.
pub(super) async fn queue(queue: &Arc<dyn Queue>, scenario: &Scenario) -> anyhow::Result<u64> {
    let started = Instant::now();
    let taken = Arc::new(AtomicU64::new(0));
    let mut takers = JoinSet::new();
    for partition in Partition::all() {
        let (queue, taken) = (queue.clone(), taken.clone());
        takers.spawn(async move { take(queue, partition, &taken).await });
    }
    let mut publishers = JoinSet::new();
    for lane in 0..PUBLISHERS {
        let messages = (lane..MESSAGES).step_by(usize::try_from(PUBLISHERS)?);
        let messages: Vec<Message> = messages
            .map(|number| message(scenario, number))
            .collect::<anyhow::Result<_>>()?;
        let publisher = queue.publisher();
        publishers.spawn(async move {
            for message in messages {
                publisher.publish(message).await?;
            }
            Ok::<(), queue::PublishError>(())
        });
    }
    while let Some(published) = publishers.join_next().await {
        published?.context("the queue did not take a message")?;
    }
    let all_taken = async {
        while taken.load(Ordering::Relaxed) < MESSAGES {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(LONGEST, all_taken)
        .await
        .context("the queue did not hand out what it took")?;
    let millis = u64::try_from(started.elapsed().as_millis())?.max(1);
    takers.shutdown().await;
    Ok(MESSAGES * 1_000 / millis)
}

async fn take(queue: Arc<dyn Queue>, partition: Partition, taken: &AtomicU64) -> anyhow::Result<()> {
    let mut consumer = queue.consume(partition).await?;
    let acknowledger = consumer.acknowledger();
    loop {
        let deliveries = consumer.take(TakeLimits::default()).await?;
        let tags: Vec<_> = deliveries.iter().map(|delivery| delivery.tag).collect();
        acknowledger.ack(&tags).await?;
        taken.fetch_add(u64::try_from(tags.len())?, Ordering::Relaxed);
    }
}

/// The message that the router would make of the nth event.
fn message(scenario: &Scenario, number: u64) -> anyhow::Result<Message> {
    let company_id = scenario.company(number);
    let accepted = AcceptedEvent {
        id: SystemIds.next(),
        company: CompanySnapshot {
            company_id,
            name: "Bench".to_owned(),
            plan: None,
            region: None,
            currency: "BRL".to_owned(),
        },
        event_id: format!("bench-{number}"),
        body_sha256: [0; 32],
        accepted_at: SystemClock.now(),
        correlation_id: SystemIds.next().to_string(),
        traceparent: None,
        runs: vec![AcceptedRun {
            run_id: SystemIds.next(),
            rule_id: Uuid::nil(),
            rule_name: "default".to_owned(),
            version: 1,
        }],
        event: scenario.event(number).into(),
    };
    Ok(Message {
        id: accepted.id,
        partition: queue::partition_of(company_id.as_bytes()),
        kind: ACCEPTED_KIND.to_owned(),
        company_id,
        correlation_id: accepted.correlation_id.clone(),
        traceparent: None,
        content_type: ACCEPTED_CONTENT_TYPE.to_owned(),
        body: accepted.encode()?,
    })
}
