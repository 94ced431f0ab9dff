//! A time: how long ago, and when exactly on hover.

use api_types::Time;
use leptos::prelude::*;

use crate::formats::clock;

/// How long ago a time was.
#[component]
pub(crate) fn Ago(time: Time) -> impl IntoView {
    let clock = clock();
    let exactly = clock.exactly(time.as_str());
    let machine = time.to_string();
    view! { <time datetime=machine title=exactly>{move || clock.ago(time.as_str())}</time> }
}
