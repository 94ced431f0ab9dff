//! Runs as they come. A run that changes does so in its row; new ones appear at the top while that is in sight, and wait
//! behind a button otherwise, so that nothing jumps away from under the reader.

use api_types::Run;
use leptos::prelude::*;

use super::filters::RunFilter;
use crate::{
    api::{Connection, RunStream},
    feed::Feed,
    formats::millis_of,
    parts::Tone,
    words::words,
};

/// How many new runs wait; beyond that the list is read anew.
const WAITING: usize = 1_000;

/// The list, kept up to date.
#[derive(Clone, Copy)]
pub(super) struct Live {
    feed: Feed<Run>,
    connection: RwSignal<Connection>,
    /// New runs, the newest first, while the top is out of sight.
    waiting: RwSignal<Vec<Run>>,
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
        };
        let stream = RunStream::open(company, live.connection, move |run| {
            live.take(run, filter, at_top.get_untracked());
        });
        StoredValue::new_local(stream);
        Effect::new(move |_| {
            filter.track();
            live.waiting.update(Vec::clear);
        });
        // A stream that is new after a fault may have missed something.
        Effect::new(move |before: Option<Connection>| {
            let now = live.connection.get();
            if before == Some(Connection::Broken) && now == Connection::Open && at_top.get_untracked() {
                feed.reload();
            }
            now
        });
        Effect::new(move |_| {
            if at_top.get() {
                live.show();
            }
        });
        live
    }

    fn take(self, run: Run, filter: Memo<RunFilter>, is_at_top: bool) {
        let is_shown = filter
            .try_with_untracked(|filter| filter.takes(&run))
            .unwrap_or(false)
            && self.belongs_to_what_was_read(&run);
        let mut items = self.feed.items.write();
        if let Some(known) = items.iter_mut().find(|known| known.id == run.id) {
            *known = run;
        } else if is_shown && is_at_top {
            items.insert(0, run);
        } else {
            items.untrack();
            drop(items);
            if is_shown {
                self.hold(run);
            }
        }
    }

    /// A run from further back that changes comes with its part of the list.
    fn belongs_to_what_was_read(self, run: &Run) -> bool {
        let oldest = self
            .feed
            .items
            .with_untracked(|items| items.last().map(|last| millis_of(last.accepted_at.as_str())));
        self.feed.is_complete() || oldest.is_none_or(|oldest| millis_of(run.accepted_at.as_str()) >= oldest)
    }

    fn hold(self, run: Run) {
        self.waiting.update(
            |waiting| match waiting.iter_mut().find(|known| known.id == run.id) {
                Some(known) => *known = run,
                None => {
                    waiting.insert(0, run);
                    waiting.truncate(WAITING);
                }
            },
        );
    }

    /// Puts what waits at the top.
    fn show(self) {
        let waiting = self.waiting.try_update(std::mem::take).unwrap_or_default();
        if waiting.len() == WAITING {
            self.feed.reload();
        } else if !waiting.is_empty() {
            self.feed.items.update(|items| {
                items.splice(0..0, waiting);
            });
        }
    }
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
