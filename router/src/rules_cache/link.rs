//! How things stand with the source, over all companies.

use std::time::Duration;

use tokio::time::Instant;

/// How long what was fetched is trusted while no notices come in, and negative answers in any case.
pub(crate) const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long a fetch that failed says that the source is away.
const AWAY_FOR: Duration = Duration::from_secs(5);
/// How long a fetch that went well says that the source is there.
const PROVES_FOR: Duration = Duration::from_secs(10);

/// Whether a published rule would be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It would.
    Up,
    /// It would not: events are matched with the rules that were published last.
    Stale,
    /// And there are none to match with.
    Nothing,
}

/// How things stand with the source.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Link {
    /// Since when every notice has come in; none while there is no connection.
    pub(crate) connected_at: Option<Instant>,
    last_answer: Option<Instant>,
    last_failure: Option<Instant>,
}

impl Link {
    pub(crate) fn connected(&mut self, now: Instant) {
        self.connected_at = Some(now);
        self.last_answer = Some(now);
    }

    pub(crate) fn answered(&mut self, now: Instant) {
        self.last_answer = Some(now);
    }

    /// Whether this is the first failure since the source last answered.
    pub(crate) fn failed(&mut self, now: Instant) -> bool {
        let is_news = self.unanswered_failure().is_none();
        self.last_failure = Some(now);
        is_news
    }

    /// Whether the source failed to answer a moment ago: then nobody waits for it who can do without.
    pub(crate) fn is_away(&self, now: Instant) -> bool {
        self.unanswered_failure()
            .is_some_and(|at| now.duration_since(at) < AWAY_FOR)
    }

    /// Whether it failed so lately that it is not asked again, by those who can do without.
    pub(crate) fn is_resting(&self, now: Instant) -> bool {
        self.unanswered_failure()
            .is_some_and(|at| now.duration_since(at) < TRUSTED_FOR)
    }

    /// The last failure, if no answer came since.
    fn unanswered_failure(&self) -> Option<Instant> {
        self.last_failure.filter(|_| self.last_failure > self.last_answer)
    }

    pub(crate) fn is_up(&self, now: Instant) -> bool {
        self.connected_at.is_some()
            || self
                .last_answer
                .is_some_and(|at| now.duration_since(at) <= PROVES_FOR)
    }
}
