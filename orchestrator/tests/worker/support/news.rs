//! Waiting without sleeping: whoever did something tells it, whoever waits looks again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orchestrator::{CommittedRun, Observer};
use tokio::sync::watch;

/// Longer than anything here takes on the slowest machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// Tells that something happened.
#[derive(Clone)]
pub(crate) struct News(Arc<watch::Sender<u64>>);

impl News {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    pub(crate) fn tell(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Waits until a condition holds, looking again whenever something happened.
    pub(crate) async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let mut news = self.0.subscribe();
        let waiting = async {
            while !holds().await {
                news.changed().await.unwrap();
            }
        };
        let in_time = tokio::time::timeout(DEADLINE, waiting).await;
        assert!(in_time.is_ok(), "waited in vain until {what}");
    }
}

/// An observer that remembers what it heard.
pub(crate) struct Heard {
    runs: Mutex<Vec<CommittedRun>>,
    panics: Mutex<u32>,
    news: News,
}

impl Heard {
    pub(crate) fn new(news: News) -> Self {
        Self {
            runs: Mutex::default(),
            panics: Mutex::default(),
            news,
        }
    }

    pub(crate) fn runs(&self) -> Vec<CommittedRun> {
        self.runs.lock().unwrap().clone()
    }

    /// Panics the next so many times.
    pub(crate) fn panic_next(&self, times: u32) {
        *self.panics.lock().unwrap() = times;
    }

    fn is_to_panic(&self) -> bool {
        let mut left = self.panics.lock().unwrap();
        let panics = *left > 0;
        *left = left.saturating_sub(1);
        panics
    }
}

impl Observer for Heard {
    fn committed(&self, runs: &[CommittedRun]) {
        assert!(!self.is_to_panic(), "a defect in an observer");
        self.runs.lock().unwrap().extend(runs);
        self.news.tell();
    }
}
