//! Runs as they come. A run that changes does so in its row; new ones appear at the top while that is in sight, and wait
//! behind a button otherwise, so that nothing jumps away from under the reader.

use api_types::Run;
use leptos::prelude::*;

use super::{
    filters::RunFilter,
    place::{is_in_reach, put, replace},
};
use crate::{
    api::{Connection, RunStream},
    feed::Feed,
    formats::millis_of,
    parts::Tone,
    words::words,
};

/// How many new runs wait; beyond that the list is read anew.
const WAITING: usize = 1_000;
/// How many runs are kept while the top is in sight; beyond that the list begins anew with its first part.
const KEPT: usize = 1_000;

/// The list, kept up to date.
#[derive(Clone, Copy)]
pub(super) struct Live {
    feed: Feed<Run>,
    connection: RwSignal<Connection>,
    /// New runs, the newest first, while the top is out of sight.
    waiting: RwSignal<Vec<Run>>,
    /// Whether something may have been missed while the top was out of sight.
    is_outdated: StoredValue<bool>,
}

impl Live {
    /// Follows the runs of a company until the page is left.
    pub(super) fn follow(
        company: &str,
        feed: Feed<Run>,
        filter: Memo<RunFilter>,
        at_top: RwSignal<bool>,
    ) -> Self {
        let live = Self {
            feed,
            connection: RwSignal::new(Connection::Opening),
            waiting: RwSignal::new(Vec::new()),
            is_outdated: StoredValue::new(false),
        };
        let stream = RunStream::open(company, live.connection, move |run| {
            live.take(run, filter, at_top.get_untracked());
        });
        StoredValue::new_local(stream);
        Effect::new(move |_| {
            filter.track();
            live.waiting.update(Vec::clear);
        });
        // What happened before the stream was open, or while it was broken, it may not tell.
        Effect::new(move |_| {
            if live.connection.get() != Connection::Open {
                return;
            }
            if at_top.get_untracked() {
                live.read_anew();
            } else {
                live.is_outdated.set_value(true);
            }
        });
        Effect::new(move |_| {
            if at_top.get() {
                live.show();
            }
        });
        live
    }

    fn take(self, run: Run, filter: Memo<RunFilter>, is_at_top: bool) {
        let is_shown = filter.try_with_untracked(|filter| filter.takes(&run)) == Some(true);
        if is_shown && is_at_top {
            self.feed
                .change(move |items, extent| put(items, &run, extent, accepted));
            self.keep_within_bounds();
            return;
        }
        if is_shown && self.is_new(&run) {
            self.hold(run.clone());
        }
        self.feed.change(move |items, _| replace(items, &run));
    }

    /// A page that is left open does not grow for ever: what comes behind the first part is read again when it is
    /// scrolled to.
    fn keep_within_bounds(self) {
        if self.feed.items.with_untracked(Vec::len) > KEPT && !self.feed.is_reading() {
            self.feed.again();
        }
    }

    fn is_new(self, run: &Run) -> bool {
        let extent = self.feed.extent();
        self.feed.items.with_untracked(|items| {
            let is_known = items.iter().any(|known| known.id == run.id);
            !is_known && is_in_reach(items, run, extent, accepted)
        })
    }

    fn hold(self, run: Run) {
        let mut waiting = self.waiting.write();
        if !replace(&mut waiting, &run) {
            waiting.insert(0, run);
            waiting.truncate(WAITING);
        }
    }

    /// Puts what waits where it belongs.
    fn show(self) {
        if self.is_outdated.get_value() || self.waiting.with_untracked(Vec::len) == WAITING {
            self.read_anew();
            return;
        }
        let waiting = self.waiting.try_update(std::mem::take).unwrap_or_default();
        if !waiting.is_empty() {
            self.feed.change(move |items, extent| {
                let put = waiting.iter().filter(|run| put(items, run, extent, accepted));
                put.count() > 0
            });
        }
    }

    /// What waits is read with the rest.
    fn read_anew(self) {
        self.is_outdated.set_value(false);
        self.waiting.update(Vec::clear);
        self.feed.again();
    }
}

fn accepted(run: &Run) -> f64 {
    millis_of(run.accepted_at.as_str())
}

/// Whether the list is live.
#[component]
pub(super) fn LiveBadge(live: Live) -> impl IntoView {
    let words = words();
    move || {
        let (tone, text, hint) = match live.connection.get() {
            Connection::Opening => return None,
            Connection::Open => (Tone::Success, words.runs.live, words.runs.live_hint),
            Connection::Broken => (Tone::Failure, words.runs.offline, words.runs.offline_hint),
        };
        Some(view! { <span class=format!("live {}", tone.class()) role="status" title=hint>{text}</span> })
    }
}

/// How many new runs wait, and the way to them.
#[component]
pub(super) fn NewAbove(live: Live) -> impl IntoView {
    let words = words();
    let show = move |_| {
        live.show();
        if let Ok(Some(body)) = document().query_selector(".runs-table .body") {
            body.set_scroll_top(0);
        }
    };
    move || {
        let count = live.waiting.with(Vec::len);
        (count > 0).then(|| {
            view! {
                <button class="new-above" type="button" on:click=show>
                    "↑ " {(words.runs.new_above)(count)}
                </button>
            }
        })
    }
}
