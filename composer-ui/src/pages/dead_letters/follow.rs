//! A letter that is to be put back is so in a moment, by a worker: it is read anew until it was.

use std::time::Duration;

use api_types::{DeadLetter, DeadLetterStatus};
use leptos::{prelude::*, task::spawn_local};

use crate::{api, feed::Feed, reading::Reading};

/// How often it is looked for: as often as workers look for such letters.
const EVERY: Duration = Duration::from_millis(500);
/// How many letters of the list are followed at once; the others follow when these are put back.
const AT_ONCE: usize = 10;

/// Follows the letter that is opened, and tells the list how it stands.
pub(super) fn follow_letter(letter: Reading<DeadLetter>, feed: Feed<DeadLetter>) {
    let is_requested = Memo::new(move |_| letter.get().is_some_and(|letter| is_requested(&letter)));
    Effect::new(move |_| {
        if is_requested.get() {
            repeat(move || letter.again());
        }
    });
    Effect::new(move |_| {
        if let Some(letter) = letter.get() {
            feed.change(move |letters, _| replace(letters, &letter));
        }
    });
}

/// Follows the letters of the list, but for the one that is opened.
pub(super) fn follow_list(feed: Feed<DeadLetter>, opened: Memo<Option<String>>) {
    let requested = Memo::new(move |_| {
        let ids = feed.items.with(|letters| requested(letters));
        opened.with(|opened| {
            ids.into_iter()
                .filter(|id| Some(id) != opened.as_ref())
                .collect::<Vec<_>>()
        })
    });
    Effect::new(move |_| {
        let ids = requested.get();
        if !ids.is_empty() {
            repeat(move || {
                for id in ids.clone() {
                    spawn_local(read_into(feed, id));
                }
            });
        }
    });
}

/// Does it again and again until what asked for it is asked anew, or the page is left.
fn repeat(act: impl Fn() + 'static) {
    if let Ok(repeating) = set_interval_with_handle(act, EVERY) {
        on_cleanup(move || repeating.clear());
    }
}

async fn read_into(feed: Feed<DeadLetter>, id: String) {
    // If it could not be read, it is read again soon.
    if let Ok(letter) = api::dead_letter(&id).await {
        feed.change(move |letters, _| replace(letters, &letter));
    }
}

fn is_requested(letter: &DeadLetter) -> bool {
    letter.status == DeadLetterStatus::RequeueRequested
}

fn requested(letters: &[DeadLetter]) -> Vec<String> {
    let requested = letters.iter().filter(|letter| is_requested(letter));
    requested
        .take(AT_ONCE)
        .map(|letter| letter.id.to_string())
        .collect()
}

/// Changes a letter in its row; says whether that is news.
fn replace(letters: &mut [DeadLetter], letter: &DeadLetter) -> bool {
    let known = letters.iter_mut().find(|known| known.id == letter.id);
    let outdated = known.filter(|known| *known != letter);
    outdated.map(|known| known.clone_from(letter)).is_some()
}
