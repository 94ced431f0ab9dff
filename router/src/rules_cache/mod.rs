//! The published rules of companies, compiled, and whether they can still be trusted.
//!
//! While notices come in, what was fetched is trusted until a notice for its company comes, or the connection was
//! lost in between. While none come in, it is trusted for a second. What is not trusted is asked for anew by its
//! entity tag, once for all who want it; those who have something to go on with wait a moment for the answer, and
//! not at all while the source is away. Negative answers are trusted for a second in any case, and never stale.
//!
//! No lock is held across a wait. Lock order: none is taken while another is held.

mod company_rules;
mod follow;
mod link;
mod slot;
mod slots;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tasks::Tasks;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::source::{Fetched, RuleSource, SourceError};

pub(crate) use self::company_rules::{CompanyRules, Matched};

pub(crate) use self::follow::follow;
use self::link::Link;
pub(crate) use self::link::Reach;
pub(crate) use self::slot::Known;
use self::slot::{AtHand, Fetching, Slot};
use self::slots::Slots;

/// How long an event that could be matched with stale rules waits for new ones.
const PATIENCE: Duration = Duration::from_millis(250);
/// Companies that are asked about at once after a connection was lost.
const REVALIDATED_AT_ONCE: usize = 16;

/// What is known of the published rules.
pub(crate) struct RuleCache {
    source: Arc<dyn RuleSource>,
    tasks: Arc<Tasks>,
    slots: Mutex<Slots>,
    link: Mutex<Link>,
    work: TaskTracker,
}

impl RuleCache {
    pub(crate) fn new(
        source: Arc<dyn RuleSource>,
        tasks: Arc<Tasks>,
        companies: NonZeroUsize,
        work: TaskTracker,
    ) -> Self {
        let slots = Mutex::new(Slots::new(companies));
        Self {
            source,
            tasks,
            slots,
            link: Mutex::default(),
            work,
        }
    }

    /// What the company has published.
    pub(crate) async fn rules_of(self: &Arc<Self>, company_id: Uuid) -> Result<Known, SourceError> {
        let slot = self.slots().get_or_insert(company_id);
        let (link, now) = (*self.link(), Instant::now());
        let is_resting = link.is_resting(now) || slot.is_resting(now);
        match slot.at_hand(&link, now) {
            AtHand::Trusted(known) => Ok(known),
            AtHand::Stale(known) if is_resting => Ok(known),
            AtHand::Stale(known) => {
                let (since, fetching) = self.fetch(&slot);
                if !link.is_away(now) {
                    // Whether it came in time, or failed, is the same here: the slot says what is known by now.
                    let _in_time = timeout_at(since + PATIENCE, fetching).await;
                }
                Ok(slot.known().unwrap_or(known))
            }
            AtHand::Nothing if is_resting => Err(SourceError::Unavailable(
                "there was no answer a moment ago".to_owned(),
            )),
            AtHand::Nothing => self.fetch(&slot).1.await,
        }
    }

    /// Whether a published rule would be seen.
    pub(crate) fn reach(&self) -> Reach {
        if self.link().is_up(Instant::now()) {
            Reach::Up
        } else if self.slots().has_known() {
            Reach::Stale
        } else {
            Reach::Nothing
        }
    }

    /// From here on every notice comes in. What was known before may have changed.
    fn connected(self: &Arc<Self>) {
        self.link().connected(Instant::now());
        let slots = self.slots().known();
        let cache = Arc::clone(self);
        self.work.spawn(async move {
            let all = stream::iter(slots);
            all.for_each_concurrent(REVALIDATED_AT_ONCE, |slot| cache.fetch(&slot).1.map(drop))
                .await;
        });
    }

    /// From here on notices may be missed.
    fn disconnected(&self) {
        self.link().connected_at = None;
    }

    /// The company's published rules have changed.
    fn changed(self: &Arc<Self>, company_id: Uuid) {
        let slot = self.slots().get(company_id);
        if let Some(slot) = slot {
            slot.outdate();
            drop(self.fetch(&slot));
        }
    }

    /// The fetch that is under way for this company, or a new one. It goes on whoever waits for it.
    fn fetch(self: &Arc<Self>, slot: &Arc<Slot>) -> (Instant, Fetching) {
        slot.fetching(Instant::now(), || {
            let fetch = self.work.spawn(Arc::clone(self).run_fetch(Turn::of(slot)));
            let crashed = |_| Err(SourceError::Unreadable("the fetch crashed".to_owned()));
            fetch.map(move |ended| ended.unwrap_or_else(crashed)).boxed()
        })
    }

    async fn run_fetch(self: Arc<Self>, mut turn: Turn) -> Result<Known, SourceError> {
        loop {
            let known = self.ask(&turn.slot).await?;
            if !known.is_negative() {
                self.slots().keep(&turn.slot);
            }
            if turn.ends() {
                return Ok(known);
            }
        }
    }

    async fn ask(&self, slot: &Slot) -> Result<Known, SourceError> {
        let asked_at = Instant::now();
        let (before, heeded) = slot.begin_round();
        let etag = before.as_ref().and_then(Known::etag).cloned();
        let fetched = self
            .source
            .published_rules(slot.company_id, etag.as_deref())
            .await;
        let known = match fetched {
            Ok(fetched) => self.understand(slot.company_id, fetched, before).await,
            Err(error) => Err(error),
        };
        match &known {
            Ok(known) => {
                slot.learn(known.clone(), asked_at, heeded);
                self.link().answered(Instant::now());
            }
            Err(error) => {
                slot.learn_nothing(Instant::now());
                self.note_failure(slot.company_id, error);
            }
        }
        known
    }

    async fn understand(
        &self,
        company_id: Uuid,
        fetched: Fetched,
        before: Option<Known>,
    ) -> Result<Known, SourceError> {
        let (etag, publication) = match (fetched, before) {
            (Fetched::UnknownCompany, _) => return Ok(Known::UnknownCompany),
            (Fetched::Unchanged, Some(before)) => return Ok(before),
            (Fetched::Unchanged, None) => {
                return Err(SourceError::Unreadable(
                    "unchanged, though nothing was known".to_owned(),
                ));
            }
            (Fetched::Changed { etag, publication }, _) => (Arc::from(etag), publication),
        };
        if publication.company.company_id != company_id {
            return Err(SourceError::Unreadable("it is about another company".to_owned()));
        }
        let tasks = Arc::clone(&self.tasks);
        // Compiling is all computing, and a publication may be megabytes.
        let compiling = tokio::task::spawn_blocking(move || CompanyRules::compile(publication, &tasks));
        let reason = match compiling.await {
            Ok(Ok(rules)) => {
                return Ok(Known::Rules {
                    etag,
                    rules: Arc::new(rules),
                });
            }
            Ok(Err(error)) => error.to_string(),
            Err(crash) => crash.to_string(),
        };
        tracing::error!(%company_id, reason, "a publication is of no use: events of the company are refused");
        Ok(Known::Unusable {
            etag,
            reason: reason.into(),
        })
    }

    /// Logs what is news. An answer that cannot be read says nothing of other companies.
    fn note_failure(&self, company_id: Uuid, error: &SourceError) {
        let is_news = match error {
            SourceError::Unavailable(_) => self.link().failed(Instant::now()),
            SourceError::Unreadable(_) => true,
        };
        if is_news {
            tracing::warn!(%company_id, %error, "published rules cannot be refreshed: stale ones are served");
        } else {
            tracing::debug!(%company_id, %error, "published rules still cannot be refreshed");
        }
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fetch's turn at its slot. It ends also where the fetch fails or crashes, so that the next may begin.
struct Turn {
    slot: Arc<Slot>,
    is_over: bool,
}

impl Turn {
    fn of(slot: &Arc<Slot>) -> Self {
        Self {
            slot: Arc::clone(slot),
            is_over: false,
        }
    }

    /// Ends it, unless a notice came in the meantime: then another round is due.
    fn ends(&mut self) -> bool {
        self.is_over = self.slot.ends_fetch();
        self.is_over
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Once it is over, the slot may have a new fetch already.
        if !self.is_over {
            self.slot.end_fetch();
        }
    }
}

#[cfg(test)]
mod tests;
