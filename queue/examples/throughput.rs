//! Measures the embedded queue: many publishers, a consumer per partition that takes and acknowledges, one file.
//!
//! `cargo run --release -p queue --example throughput -- [messages] [publishers] [body bytes] [folder]`

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use queue::embedded::{EmbeddedOptions, EmbeddedQueue};
use queue::{Message, Partition, Queue, QueueError, TakeLimits};
use uuid::Uuid;

/// What was measured.
struct Measured {
    published: Duration,
    drained: Duration,
    latencies: Vec<Duration>,
    commits: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let messages: u64 = arguments.next().map_or(Ok(400_000), |text| text.parse())?;
    let publishers: u64 = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let body_bytes: usize = arguments.next().map_or(Ok(600), |text| text.parse())?;
    let folder: PathBuf = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let file = folder.join(format!("throughput-{}.sqlite", std::process::id()));

    let queue = Arc::new(EmbeddedQueue::open(&file, EmbeddedOptions::default()).await?);
    let measured = measure(&queue, messages, publishers, body_bytes).await?;
    queue.close().await;
    report(messages, &measured);
    println!(
        "file after all was acknowledged: {} KiB",
        std::fs::metadata(&file)?.len() / 1024
    );
    for suffix in ["", ".lock"] {
        std::fs::remove_file(format!("{}{suffix}", file.display()))?;
    }
    Ok(())
}

async fn measure(
    queue: &Arc<EmbeddedQueue>,
    messages: u64,
    publishers: u64,
    body_bytes: usize,
) -> Result<Measured, Box<dyn Error>> {
    let started = Instant::now();
    let left = Arc::new(AtomicU64::new(messages));
    let body = Bytes::from(vec![b'x'; body_bytes]);
    let mut consuming = Vec::new();
    for partition in Partition::all() {
        consuming.push(tokio::spawn(consume(
            Arc::clone(queue),
            partition,
            Arc::clone(&left),
        )));
    }
    let publishing: Vec<_> = (0..publishers)
        .map(|publisher| {
            let numbers = (publisher..messages).step_by(usize::try_from(publishers).unwrap_or(1));
            tokio::spawn(publish(Arc::clone(queue), body.clone(), numbers))
        })
        .collect();
    let mut latencies = Vec::new();
    for publisher in publishing {
        latencies.extend(publisher.await??);
    }
    let published = started.elapsed();
    while left.load(Ordering::Acquire) > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let drained = started.elapsed();
    consuming.iter().for_each(tokio::task::JoinHandle::abort);
    latencies.sort_unstable();
    Ok(Measured {
        published,
        drained,
        latencies,
        commits: queue.stats().commits,
    })
}

async fn publish(
    queue: Arc<EmbeddedQueue>,
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

async fn consume(
    queue: Arc<EmbeddedQueue>,
    partition: Partition,
    left: Arc<AtomicU64>,
) -> Result<(), QueueError> {
    let mut consumer = queue.consume(partition).await?;
    let acknowledger = consumer.acknowledger();
    loop {
        let taken = consumer.take(TakeLimits::default()).await?;
        let tags: Vec<_> = taken.iter().map(|delivery| delivery.tag).collect();
        acknowledger.ack(&tags).await?;
        left.fetch_sub(tags.len() as u64, Ordering::AcqRel);
    }
}

fn report(messages: u64, measured: &Measured) {
    let percentile = |percent: usize| {
        measured
            .latencies
            .get(measured.latencies.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    let per_second = |within: Duration| u128::from(messages) * 1000 / within.as_millis().max(1);
    println!(
        "published:  {messages} in {:.2?}, {}/s",
        measured.published,
        per_second(measured.published)
    );
    println!(
        "drained:    {messages} in {:.2?}, {}/s",
        measured.drained,
        per_second(measured.drained)
    );
    println!(
        "latency:    p50 {:.2?}, p99 {:.2?}",
        percentile(50),
        percentile(99)
    );
    println!(
        "commits:    {}, {} messages each",
        measured.commits,
        messages / measured.commits.max(1)
    );
}
