//! Texts to take along: ids and code.

use leptos::prelude::*;

use super::toasts;
use crate::{
    icons::{Icon, Sign},
    words::words,
};

/// How much of an id is shown. The end tells ids of one moment apart; their beginning is the time.
const SHOWN_CHARS: usize = 8;

/// An id, shortened; a click copies all of it.
#[component]
pub(crate) fn CopyableId(#[prop(into)] id: String) -> impl IntoView {
    let shown: String = id
        .chars()
        .skip(id.chars().count().saturating_sub(SHOWN_CHARS))
        .collect();
    let title = format!("{} {id}", words().common.copy);
    let toasts = toasts();
    view! {
        <button class="id" type="button" title=title on:click=move |_| toasts.copy(&id)>
            "…" {shown}
        </button>
    }
}

/// A block of code with a button that copies it.
#[component]
pub(crate) fn Code(#[prop(into)] text: String) -> impl IntoView {
    let toasts = toasts();
    let copied = text.clone();
    view! {
        <div class="code">
            <pre tabindex="0">{text}</pre>
            <button
                class="button quiet icon"
                type="button"
                title=words().common.copy
                aria-label=words().common.copy
                on:click=move |_| toasts.copy(&copied)
            >
                <Sign icon=Icon::Copy />
            </button>
        </div>
    }
}
