//! Who published something: announced to those who run what is published.
//!
//! A notice says no more than that it is worth asking again. Who may have missed one is cut off, and asks about
//! everything when it comes back.

use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

/// How many notices a listener may be behind before it is cut off.
const BACKLOG: usize = 1_024;

/// What a company has published, or the company itself, changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The company.
    pub company_id: Uuid,
    /// The revision of its publication; each is greater than the one before it.
    pub revision: u64,
}

#[derive(Debug, Clone, Copy)]
enum Notice {
    Published(Published),
    /// Something changed, and what is not known.
    Interrupted,
}

/// Where it is announced that something was published. Its clones are one and the same.
#[derive(Debug, Clone)]
pub struct Notices(broadcast::Sender<Notice>);

impl Default for Notices {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Notices {
    /// Nobody listens yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens from now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
    }

    /// Tells everyone who listens.
    pub fn announce(&self, published: Published) {
        self.tell(Notice::Published(published));
    }

    /// Cuts everyone off: something changed, and it cannot be said what.
    pub fn interrupt(&self) {
        self.tell(Notice::Interrupted);
    }

    fn tell(&self, notice: Notice) {
        // It fails if nobody listens, which is nobody's fault.
        let _listeners = self.0.send(notice);
    }
}

/// A listener.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Notice>);

impl Subscription {
    /// The next notice; none once the listener may have missed one. It may be cancelled.
    pub async fn next(&mut self) -> Option<Published> {
        match self.0.recv().await {
            Ok(Notice::Published(published)) => Some(published),
            Ok(Notice::Interrupted) | Err(RecvError::Lagged(_) | RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(revision: u64) -> Published {
        Published {
            company_id: Uuid::nil(),
            revision,
        }
    }

    #[tokio::test]
    async fn everyone_who_listens_is_told() {
        let notices = Notices::new();
        notices.announce(published(1));
        let (mut first, mut second) = (notices.subscribe(), notices.clone().subscribe());
        notices.announce(published(2));
        assert_eq!(
            (first.next().await, second.next().await),
            (Some(published(2)), Some(published(2)))
        );
        notices.interrupt();
        assert_eq!(first.next().await, None);
    }

    #[tokio::test]
    async fn who_is_too_far_behind_is_cut_off() {
        let notices = Notices::new();
        let mut slow = notices.subscribe();
        for revision in 0..=u64::try_from(BACKLOG).unwrap() {
            notices.announce(published(revision));
        }
        assert_eq!(slow.next().await, None);
    }
}
