//! What an address that leads nowhere shows.

use leptos::prelude::*;

use crate::{icons::Icon, parts::Empty, words::words};

/// Nothing is here, and where to go.
#[component]
pub(crate) fn UnknownPage() -> impl IntoView {
    let words = &words().pages;
    view! {
        <Empty icon=Icon::Search title=words.unknown text=words.unknown_hint>
            <a class="button" href="/app/rules">{words.home}</a>
        </Empty>
    }
}
