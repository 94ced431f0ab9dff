//! A time: how long ago, and when exactly on hover.

use leptos::prelude::*;

use crate::formats::clock;

/// How long ago a time was.
#[component]
pub(crate) fn Ago(#[prop(into)] time: String) -> impl IntoView {
    let clock = clock();
    let exactly = clock.exactly(&time);
    let machine = time.clone();
    view! { <time datetime=machine title=exactly>{move || clock.ago(&time)}</time> }
}
