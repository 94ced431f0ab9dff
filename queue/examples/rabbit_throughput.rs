//! Measures a RabbitMQ broker through this queue: durable messages with confirms, many under way, then a consumer per
//! partition that takes and acknowledges.
//!
//! `cargo run --release -p queue --example rabbit_throughput -- URL [messages] [callers] [body bytes]`
//!
//! It declares queues of its own, named by the process, and deletes them.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use queue::rabbitmq::{RabbitOptions, RabbitQueue};
use queue::{Message, Partition, Queue, QueueError, TakeLimits};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the broker's URL is missing")?;
    let messages: u64 = arguments.next().map_or(Ok(200_000), |text| text.parse())?;
    let callers: u64 = arguments.next().map_or(Ok(1000), |text| text.parse())?;
    let body_bytes: usize = arguments.next().map_or(Ok(1024), |text| text.parse())?;
    let options = RabbitOptions {
        prefix: format!("throughput-{}", std::process::id()),
        ..RabbitOptions::default()
    };
    let queue = Arc::new(RabbitQueue::connect(&url, options).await?);
    let body = Bytes::from(vec![b'x'; body_bytes]);

    let started = Instant::now();
    let mut latencies = publish_all(&queue, &body, messages, callers).await?;
    report("published and confirmed", messages, started.elapsed());
    latencies.sort_unstable();
    for percent in [50, 99] {
        let latency = latencies.get(latencies.len() * percent / 100);
        println!("  p{percent} {:.2?}", latency.copied().unwrap_or_default());
    }

    let started = Instant::now();
    let acknowledging = consume_all(&queue, messages).await?;
    report("taken and acknowledged", messages, started.elapsed());
    println!("  {acknowledging:.2?} per call that acknowledges");

    let started = Instant::now();
    let both = tokio::try_join!(
        async {
            publish_all(&queue, &body, messages, callers)
                .await
                .map_err(Box::<dyn Error>::from)
        },
        async {
            consume_all(&queue, messages)
                .await
                .map_err(Box::<dyn Error>::from)
        },
    );
    let (_, acknowledging) = both?;
    report("both at once", messages, started.elapsed());
    println!("  {acknowledging:.2?} per call that acknowledges");
    queue.delete().await?;
    queue.close().await;
    Ok(())
}

/// The time that each call took.
async fn publish_all(
    queue: &Arc<RabbitQueue>,
    body: &Bytes,
    messages: u64,
    callers: u64,
) -> Result<Vec<Duration>, queue::PublishError> {
    let publishing: Vec<_> = (0..callers)
        .map(|caller| {
            let numbers = (caller..messages).step_by(usize::try_from(callers).unwrap_or(1));
            tokio::spawn(publish(Arc::clone(queue), body.clone(), numbers))
        })
        .collect();
    let mut latencies = Vec::new();
    for caller in publishing {
        let done = caller.await.map_err(|error| queue::PublishError::Unavailable {
            reason: error.to_string(),
        })?;
        latencies.extend(done?);
    }
    Ok(latencies)
}

async fn publish(
    queue: Arc<RabbitQueue>,
    body: Bytes,
    numbers: impl Iterator<Item = u64>,
) -> Result<Vec<Duration>, queue::PublishError> {
    let publisher = queue.publisher();
    let mut latencies = Vec::new();
    for number in numbers {
        let message = Message {
            id: Uuid::from_u128(u128::from(number)),
            partition: queue::partition_of(&(number % 1000).to_be_bytes()),
            kind: "payment.accepted".to_owned(),
            company_id: Uuid::from_u128(1),
            correlation_id: "0197c5a4-7d1e-7c3a-9d53-2f0a5a1b6c7d".to_owned(),
            traceparent: None,
            content_type: "application/json".to_owned(),
            body: body.clone(),
        };
        let started = Instant::now();
        publisher.publish(message).await?;
        latencies.push(started.elapsed());
    }
    Ok(latencies)
}

/// The time that a call which acknowledges took, on average.
async fn consume_all(queue: &Arc<RabbitQueue>, messages: u64) -> Result<Duration, QueueError> {
    let left = Arc::new(AtomicU64::new(messages));
    let (acknowledging, calls) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut consuming = tokio::task::JoinSet::new();
    for partition in Partition::all() {
        let (queue, left) = (Arc::clone(queue), Arc::clone(&left));
        let (acknowledging, calls) = (Arc::clone(&acknowledging), Arc::clone(&calls));
        consuming.spawn(async move {
            let mut consumer = queue.consume(partition).await?;
            let acknowledger = consumer.acknowledger();
            loop {
                let taken = consumer.take(TakeLimits::default()).await?;
                let tags: Vec<_> = taken.iter().map(|delivery| delivery.tag).collect();
                let started = Instant::now();
                acknowledger.ack(&tags).await?;
                let took = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                acknowledging.fetch_add(took, Ordering::Relaxed);
                calls.fetch_add(1, Ordering::Relaxed);
                if left.fetch_sub(tags.len() as u64, Ordering::AcqRel) <= tags.len() as u64 {
                    return Ok(());
                }
            }
        });
    }
    // The first to end has seen the last message; an error is one too.
    let ended = consuming.join_next().await;
    consuming.shutdown().await;
    match ended {
        Some(Ok(Err(error))) => Err(error),
        _ => Ok(Duration::from_micros(
            acknowledging.load(Ordering::Relaxed) / calls.load(Ordering::Relaxed).max(1),
        )),
    }
}

fn report(what: &str, messages: u64, within: Duration) {
    let per_second = u128::from(messages) * 1000 / within.as_millis().max(1);
    println!("{what}: {messages} in {within:.2?}, {per_second}/s");
}
