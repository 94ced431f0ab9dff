//! Answers that cost something to find, shared by everybody who asks within a while.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// The last answer to one question.
pub(crate) struct Recent<T> {
    good_for: Duration,
    /// With when it came. Locked while the next is found, so that one at a time is.
    last: Arc<Mutex<Option<(Instant, T)>>>,
}

impl<T: Clone + Send + 'static> Recent<T> {
    pub(crate) fn new(good_for: Duration) -> Self {
        Self {
            good_for,
            last: Arc::default(),
        }
    }

    /// The last answer, while it is good, else a new one; none if finding it panicked. Dropped, it leaves the finding
    /// under way: whoever asks next waits for that, and adds nothing to it.
    pub(crate) async fn get_or(&self, find: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let mut last = Arc::clone(&self.last).lock_owned().await;
        if let Some((found_at, found)) = &*last
            && found_at.elapsed() < self.good_for
        {
            return Some(found.clone());
        }
        let finding = tokio::spawn(async move {
            let found = find.await;
            *last = Some((Instant::now(), found.clone()));
            found
        });
        finding.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::future::{join_all, pending};
    use tokio::sync::Semaphore;
    use tokio::time::{advance, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Counts how often it is asked; an answer takes a permit.
    struct Question {
        asked: AtomicU32,
        permits: Semaphore,
    }

    impl Question {
        fn new(permits: usize) -> Arc<Self> {
            Arc::new(Self {
                asked: AtomicU32::new(0),
                permits: Semaphore::new(permits),
            })
        }

        async fn ask(self: Arc<Self>) -> u32 {
            let earlier = self.asked.fetch_add(1, Ordering::Relaxed);
            self.permits.acquire().await.unwrap().forget();
            earlier
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_ask_within_a_while_share_one_answer() {
        let (recent, question) = (Recent::new(SECOND), Question::new(9));
        let ask = || recent.get_or(question.clone().ask());
        assert_eq!(join_all((0..9).map(|_| ask())).await, [Some(0); 9]);
        advance(SECOND / 2).await;
        assert_eq!(ask().await, Some(0));
        advance(SECOND / 2).await;
        assert_eq!(ask().await, Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_give_up_leave_one_question_and_its_answer() {
        let (recent, question) = (Recent::new(SECOND), Question::new(0));
        let ask = || recent.get_or(question.clone().ask());
        for _ in 0..5 {
            assert!(timeout(SECOND, ask()).await.is_err());
        }
        question.permits.add_permits(1);
        assert_eq!(timeout(SECOND, ask()).await, Ok(Some(0)));
        assert_eq!(question.asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_no_answer_and_does_not_last() {
        let recent = Recent::new(SECOND);
        assert_eq!(
            recent.get_or(async { panic!("a question that is broken") }).await,
            None
        );
        assert_eq!(recent.get_or(async { 1 }).await, Some(1));
        let again = recent.get_or(pending());
        assert_eq!(timeout(SECOND, again).await, Ok(Some(1)));
    }
}
