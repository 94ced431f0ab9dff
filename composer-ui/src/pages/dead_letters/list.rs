//! A row of the list: a dead letter.

use api_types::{DeadLetter, DeadLetterStatus};
use leptos::prelude::*;

use crate::{
    parts::{Ago, Badge, Tone},
    routes::Page,
    words::words,
};

/// What a dead letter's state means.
pub(super) fn tone(status: DeadLetterStatus) -> Tone {
    match status {
        DeadLetterStatus::Dead => Tone::Error,
        DeadLetterStatus::RequeueRequested => Tone::Running,
        DeadLetterStatus::Requeued => Tone::Quiet,
    }
}

/// The cells of a dead letter.
#[component]
pub(super) fn Cells(letter: DeadLetter, opened: Memo<Option<String>>) -> impl IntoView {
    let told = words().faults.told;
    let words = &words().dead_letters;
    let status = (words.statuses)(letter.status);
    let url = Page::DeadLetters(Some(letter.id.to_string())).path();
    let event = letter.event_id.unwrap_or_else(|| words.unknown_event.to_owned());
    let detail = told(&letter.detail);
    let title = detail.clone();
    let current = {
        let id = letter.id.to_string();
        move || {
            opened
                .with(|opened| opened.as_deref() == Some(&id))
                .then_some("true")
        }
    };
    view! {
        <span role="cell"><Badge tone=tone(letter.status) text=status /></span>
        <span role="cell" class="ellipsis">
            <a class="row-link" href=url aria-current=current>{event}</a>
        </span>
        <span role="cell" class="two-lines" title=title>
            <span>{letter.reason}</span>
            <small>{detail}</small>
        </span>
        <span role="cell" class="muted"><Ago time=letter.created_at /></span>
    }
}
