//! Sentences from the server, which set names between backticks.

use leptos::prelude::*;

/// A sentence, its names set as code.
#[component]
pub(crate) fn Prose(text: String) -> impl IntoView {
    // Every second part stands between two backticks.
    let parts = text.split('`').enumerate().map(|(place, part)| {
        let part = part.to_owned();
        if place % 2 == 0 {
            part.into_any()
        } else {
            view! { <code>{part}</code> }.into_any()
        }
    });
    parts.collect_view()
}
