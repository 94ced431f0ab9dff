//! What is known of one company.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;
use uuid::Uuid;

use super::company_rules::CompanyRules;
use super::link::{Link, TRUSTED_FOR};
use crate::SourceError;

/// What the source said of a company.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// Its rules; none if it has published nothing.
    Rules {
        etag: Arc<str>,
        rules: Arc<CompanyRules>,
    },
    /// Rules that this program cannot compile, and why.
    Unusable { etag: Arc<str>, reason: Arc<str> },
    /// There is no such company.
    UnknownCompany,
}

impl Known {
    pub(crate) fn etag(&self) -> Option<&Arc<str>> {
        match self {
            Self::Rules { etag, .. } | Self::Unusable { etag, .. } => Some(etag),
            Self::UnknownCompany => None,
        }
    }

    /// Whether it refuses every event, and is therefore never served stale.
    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Self::Rules { rules, .. } => rules.is_empty(),
            Self::Unusable { .. } => false,
            Self::UnknownCompany => true,
        }
    }
}

/// A fetch under way, for all who wait for it. Dropping it stops nothing.
pub(crate) type Fetching = Shared<BoxFuture<'static, Result<Known, SourceError>>>;

/// What is at hand for an event.
pub(crate) enum AtHand {
    /// It stands.
    Trusted(Known),
    /// It may have changed.
    Stale(Known),
    /// There is nothing that could be served.
    Nothing,
}

/// What is known of one company, and the fetch that is under way, of which there is never more than one.
pub(crate) struct Slot {
    pub(crate) company_id: Uuid,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    /// When the fetch began that brought it, or confirmed it.
    asked_at: Option<Instant>,
    /// How many notices came.
    notices: u64,
    /// How many had come when the fetch began that brought it, or confirmed it.
    heeded: u64,
    /// When the last fetch failed, if it did.
    failed_at: Option<Instant>,
    fetching: Option<(Instant, Fetching)>,
}

impl Slot {
    pub(crate) fn new(company_id: Uuid) -> Self {
        Self {
            company_id,
            state: Mutex::default(),
        }
    }

    pub(crate) fn at_hand(&self, link: &Link, now: Instant) -> AtHand {
        let state = self.lock();
        match &state.known {
            Some(known) if state.is_trusted(known, link, now) => AtHand::Trusted(known.clone()),
            Some(known) if !known.is_negative() => AtHand::Stale(known.clone()),
            _ => AtHand::Nothing,
        }
    }

    /// Whether it was asked for in vain so lately that it is not asked for again.
    pub(crate) fn is_resting(&self, now: Instant) -> bool {
        self.lock()
            .failed_at
            .is_some_and(|at| now.duration_since(at) < TRUSTED_FOR)
    }

    pub(crate) fn known(&self) -> Option<Known> {
        self.lock().known.clone()
    }

    /// A notice came: what is known has changed.
    pub(crate) fn outdate(&self) {
        self.lock().notices += 1;
    }

    /// The fetch that is under way, since when, or else the one that `begin` begins.
    pub(crate) fn fetching(
        &self,
        now: Instant,
        begin: impl FnOnce() -> BoxFuture<'static, Result<Known, SourceError>>,
    ) -> (Instant, Fetching) {
        let mut state = self.lock();
        state
            .fetching
            .get_or_insert_with(|| (now, begin().shared()))
            .clone()
    }

    /// To be called before asking: what is known, and how many notices the answer will heed.
    pub(crate) fn begin_round(&self) -> (Option<Known>, u64) {
        let state = self.lock();
        (state.known.clone(), state.notices)
    }

    pub(crate) fn learn(&self, known: Known, asked_at: Instant, heeded: u64) {
        let mut state = self.lock();
        state.known = Some(known);
        state.asked_at = Some(asked_at);
        state.heeded = heeded;
        state.failed_at = None;
    }

    pub(crate) fn learn_nothing(&self, failed_at: Instant) {
        self.lock().failed_at = Some(failed_at);
    }

    /// Ends the fetch, unless a notice came in the meantime: then another round is due.
    pub(crate) fn ends_fetch(&self) -> bool {
        let mut state = self.lock();
        if state.heeds_all() {
            state.fetching = None;
        }
        state.heeds_all()
    }

    /// Ends the fetch in any case.
    pub(crate) fn end_fetch(&self) {
        self.lock().fetching = None;
    }

    /// Every state is written whole, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_trusted(&self, known: &Known, link: &Link, now: Instant) -> bool {
        let Some(asked_at) = self.asked_at.filter(|_| self.heeds_all()) else {
            return false;
        };
        match link.connected_at {
            // Asked since every notice comes in, and none came.
            Some(connected_at) if !known.is_negative() => asked_at >= connected_at,
            _ => now.duration_since(asked_at) < TRUSTED_FOR,
        }
    }

    fn heeds_all(&self) -> bool {
        self.heeded == self.notices
    }
}
