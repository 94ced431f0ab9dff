//! A store, a queue and what a worker needs besides, in a folder that goes away with them.

use std::sync::Arc;

use bytes::Bytes;
use orchestrator::{Deps, Limits, Sharing, Worker};
use queue::embedded::{EmbeddedOptions, EmbeddedQueue};
use queue::{
    ACCEPTED_CONTENT_TYPE, ACCEPTED_KIND, AcceptedEvent, Message, Partition, Queue, TakeLimits, partition_of,
};
use service::{Ids, SystemClock, SystemIds};
use store::Store;
use store_sqlite::{Options, SqliteStore};
use tasks::Tasks;
use tempfile::TempDir;

use super::{Bus, Company, FaultyStore, Heard, News, WatchedQueue};

pub(crate) struct System {
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) queue: Arc<WatchedQueue>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) heard: Arc<Heard>,
    pub(crate) news: News,
    _folder: TempDir,
}

impl System {
    pub(crate) async fn open() -> Self {
        Self::with(EmbeddedOptions::default()).await
    }

    pub(crate) async fn with(options: EmbeddedOptions) -> Self {
        Self::build(options, |_| None).await
    }

    /// One whose events reach those who listen.
    pub(crate) async fn with_bus() -> (Self, Arc<Bus>) {
        let mut bus = None;
        let system = Self::build(EmbeddedOptions::default(), |news| {
            bus = Some(Arc::new(Bus::new(news.clone())));
            bus.clone()
        });
        (system.await, bus.unwrap())
    }

    async fn build(options: EmbeddedOptions, bus: impl FnOnce(&News) -> Option<Arc<Bus>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("store.db"), Options::default()).unwrap();
        let queue = EmbeddedQueue::open(folder.path().join("queue.db"), options)
            .await
            .unwrap();
        let news = News::new();
        let bus = bus(&news);
        Self {
            store: Arc::new(FaultyStore::new(Arc::new(store), news.clone())),
            queue: Arc::new(WatchedQueue::new(Arc::new(queue), news.clone(), bus)),
            tasks: Arc::new(Tasks::built_in().unwrap()),
            heard: Arc::new(Heard::new(news.clone())),
            news,
            _folder: folder,
        }
    }

    /// A worker that takes as much as it may.
    pub(crate) fn worker(&self) -> Worker {
        self.worker_within(Limits::default())
    }

    /// A worker that takes at most so many messages at once.
    pub(crate) fn worker_taking(&self, messages: usize) -> Worker {
        let take = TakeLimits {
            messages,
            ..TakeLimits::default()
        };
        self.worker_within(Limits {
            take,
            ..Limits::default()
        })
    }

    pub(crate) fn worker_within(&self, limits: Limits) -> Worker {
        Worker::start(&self.deps(), limits, Sharing::new("worker"))
    }

    /// A worker that shares like this.
    pub(crate) fn worker_sharing(&self, sharing: Sharing) -> Worker {
        Worker::start(&self.deps(), Limits::default(), sharing)
    }

    /// Waits until a worker works on so many partitions.
    pub(crate) async fn until_held(&self, worker: &Worker, count: usize) {
        let mut held = worker.held();
        let news = self.news.clone();
        let telling = async move {
            while held.changed().await.is_ok() {
                news.tell();
            }
            std::future::pending::<()>().await;
        };
        let held = worker.held();
        let waiting = async {
            let what = format!("the worker has {count} partitions");
            self.news
                .until(&what, async || held.borrow().len() == count)
                .await;
        };
        tokio::select! {
            () = waiting => {}
            () = telling => {}
        }
    }

    pub(crate) fn deps(&self) -> Deps {
        Deps {
            store: self.store.clone(),
            queue: self.queue.clone(),
            tasks: self.tasks.clone(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            observer: self.heard.clone(),
        }
    }

    /// Publishes events, in this order. Those of one partition come to the worker in one take, if it is started
    /// after this, or waits.
    pub(crate) async fn publish<'e>(&self, events: impl IntoIterator<Item = &'e AcceptedEvent>) {
        let messages = events.into_iter().map(message).collect();
        for published in self.queue.publisher().publish_batch(messages).await {
            published.unwrap();
        }
    }

    /// Publishes a message whose body is whatever this is.
    pub(crate) async fn publish_body(&self, company: &Company, body: impl Into<Bytes>) {
        let event = company.event("unread", &serde_json::json!({}), &[]);
        let message = Message {
            body: body.into(),
            ..message(&event)
        };
        self.queue.publisher().publish(message).await.unwrap();
    }

    /// Takes what is in a partition and goes away without an answer, so many times.
    pub(crate) async fn take_and_drop(&self, company: &Company, times: u32) {
        for _ in 0..times {
            let mut consumer = self.queue.consume(partition(company)).await.unwrap();
            let taken = consumer.take(TakeLimits::default()).await.unwrap();
            assert!(!taken.is_empty());
        }
    }

    /// Waits until the queue holds nothing more: all that was published has come to its end.
    pub(crate) async fn settle(&self) {
        let empty = async || self.waiting().await == 0;
        self.news.until("the queue is empty", empty).await;
    }

    /// How many messages are in the queue, taken or not.
    pub(crate) async fn waiting(&self) -> u64 {
        let depths = self.queue.depths().await.unwrap();
        depths.iter().map(|depth| depth.ready + depth.in_flight).sum()
    }

    /// Lets a worker work off what there is, stops it, and checks the ledger.
    pub(crate) async fn work_off(&self) {
        self.finish(self.worker()).await;
    }

    /// Waits until a worker has worked off what there is, stops it, and checks the ledger.
    pub(crate) async fn finish(&self, worker: Worker) {
        self.settle().await;
        worker.stop().await;
        assert_eq!(self.waiting().await, 0);
        self.verify().await;
    }

    pub(crate) async fn verify(&self) {
        let audit = store::verify_ledger(&*self.store).await.unwrap();
        assert_eq!(audit.difference, None);
    }

    /// Stops serving the files.
    pub(crate) async fn close(self) {
        self.queue.close().await;
        self.store.close().await;
    }
}

fn partition(company: &Company) -> Partition {
    partition_of(company.id().as_bytes())
}

/// The message that the router would publish for an event.
fn message(event: &AcceptedEvent) -> Message {
    let company_id = event.company.company_id;
    Message {
        id: event.id,
        partition: partition_of(company_id.as_bytes()),
        kind: ACCEPTED_KIND.to_owned(),
        company_id,
        correlation_id: event.correlation_id.clone(),
        traceparent: event.traceparent.clone(),
        content_type: ACCEPTED_CONTENT_TYPE.to_owned(),
        body: event.encode().unwrap(),
    }
}

/// An id that nothing has.
pub(crate) fn nobody() -> uuid::Uuid {
    SystemIds.next()
}
