//! The queue in memory does what every queue must do: so what is simulated on it holds for the others.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use queue::Queue;
use queue::conformance::{Harness, Settings};
use service::SystemClock;
use simulation::{MemoryQueue, MemoryQueueOptions};

/// Opens queues in memory, and remembers which one is open, to find it again after a crash.
#[derive(Default)]
struct MemoryHarness(Mutex<Option<MemoryQueue>>);

impl MemoryHarness {
    fn keep(&self, queue: MemoryQueue) -> Arc<dyn Queue> {
        *self.0.lock().unwrap() = Some(queue.clone());
        Arc::new(queue)
    }
}

#[async_trait]
impl Harness for MemoryHarness {
    async fn open(&self, settings: Settings) -> Arc<dyn Queue> {
        let options = MemoryQueueOptions {
            max_messages: usize::try_from(settings.max_messages).unwrap(),
            delivery_limit: settings.delivery_limit,
        };
        self.keep(MemoryQueue::new(options, Arc::new(SystemClock)))
    }

    async fn crash(&self, _: Arc<dyn Queue>) -> Arc<dyn Queue> {
        let found = self.0.lock().unwrap().as_ref().unwrap().reopened();
        self.keep(found)
    }
}

queue::conformance_suite!(MemoryHarness::default());
