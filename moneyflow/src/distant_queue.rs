//! A queue on a broker, for a process that only looks at it: the process goes on whether the broker is there or not.
//!
//! The first connection is tried for in the background until it stands. From then on the queue looks after its
//! connections itself.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use composer_api::{QueueDepth, QueueFigures};
use queue::Queue;
use service::{Check, Down};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::backends::Places;
use crate::system::Depth;

const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A queue that may be out of reach.
#[derive(Clone)]
pub(crate) struct DistantQueue(watch::Receiver<State>);

#[derive(Clone)]
enum State {
    Reached(Arc<dyn Queue>),
    /// And why.
    OutOfReach(Arc<str>),
}

/// The task that reaches for a queue, and closes it in the end.
pub(crate) struct Reaching {
    closing: CancellationToken,
    task: JoinHandle<()>,
}

impl DistantQueue {
    /// Begins to reach for the queue.
    pub(crate) fn reach(places: Places) -> (Self, Reaching) {
        let (sender, receiver) = watch::channel(State::OutOfReach("it was not reached yet".into()));
        let closing = CancellationToken::new();
        let stop = closing.clone();
        let task = tokio::spawn(async move {
            if let Some(queue) = stop.run_until_cancelled(reach(&places, &sender)).await {
                sender.send_replace(State::Reached(queue.clone()));
                stop.cancelled().await;
                queue.close().await;
            }
        });
        (Self(receiver), Reaching { closing, task })
    }

    fn state(&self) -> State {
        self.0.borrow().clone()
    }
}

impl Reaching {
    /// Closes the queue, or gives up reaching for it.
    pub(crate) async fn close(self) {
        self.closing.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the queue was not closed well");
        }
    }
}

/// Tries until it works. Every reason why it does not is told once, and again after another one.
async fn reach(places: &Places, state: &watch::Sender<State>) -> Arc<dyn Queue> {
    let mut waits = ExponentialBuilder::default()
        .with_jitter()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .without_max_times()
        .build();
    let mut told = String::new();
    loop {
        let reason = match places.open_queue().await {
            Ok(queue) => return queue,
            Err(error) => format!("{error:#}"),
        };
        if reason != told {
            tracing::warn!(reason, "the queue is out of reach: trying on");
            state.send_replace(State::OutOfReach(reason.as_str().into()));
            told = reason;
        }
        tokio::time::sleep(waits.next().unwrap_or(LONGEST_WAIT)).await;
    }
}

#[async_trait]
impl QueueDepth for DistantQueue {
    async fn depth(&self) -> Result<QueueFigures, String> {
        match self.state() {
            State::Reached(queue) => Depth(queue).depth().await,
            State::OutOfReach(reason) => Err(reason.to_string()),
        }
    }
}

/// Without it the process lacks some figures and nothing else, so it is ready all the same, and only says so.
#[async_trait]
impl Check for DistantQueue {
    fn name(&self) -> &'static str {
        "queue"
    }

    async fn check(&self) -> Result<(), Down> {
        Ok(())
    }

    async fn note(&self) -> Option<String> {
        let reason = match self.state() {
            State::Reached(queue) => queue.health().await.err()?.to_string(),
            State::OutOfReach(reason) => reason.to_string(),
        };
        Some(format!(
            "out of reach, so nobody can say how full it is: {reason}"
        ))
    }
}
