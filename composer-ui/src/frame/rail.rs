//! The rail: the pages, by sign and word.

use leptos::prelude::*;

use crate::{
    icons::{Icon, Sign},
    navigation::navigation,
    preferences::preferences,
    routes::{RAIL, RailEntry},
    words::words,
};

/// The pages.
#[component]
pub(crate) fn Rail() -> impl IntoView {
    let words = words();
    let preferences = preferences();
    let toggle = move || {
        if preferences.has_slim_rail() {
            words.frame.wide_rail
        } else {
            words.frame.slim_rail
        }
    };
    view! {
        <nav class="rail" aria-label=words.frame.rail>
            <a class="brand" href="/app" aria-label="MoneyFlow">
                <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
                    <rect width="32" height="32" rx="7" />
                    <path d="M9 9v6a4 4 0 0 0 4 4h6a4 4 0 0 1 4 4" />
                    <circle cx="9" cy="8.5" r="3" />
                    <circle cx="23" cy="23.5" r="3" />
                </svg>
                <span>"MoneyFlow"</span>
            </a>
            <ul>{RAIL.iter().map(|entry| view! { <Line entry=entry /> }).collect_view()}</ul>
            <button class="line" type="button" title=toggle on:click=move |_| preferences.toggle_rail()>
                <Sign icon=Icon::Rail />
                <span>{toggle}</span>
            </button>
        </nav>
    }
}

#[component]
fn Line(entry: &'static RailEntry) -> impl IntoView {
    let navigation = navigation();
    let label = (entry.label)(words());
    let current = move || entry.page.is_of(&navigation.page()).then_some("page");
    let group = entry
        .group
        .map(|group| view! { <li class="group">{group(words())}</li> });
    view! {
        {group}
        <li>
            <a class="line" href=entry.page.path() title=label aria-current=current>
                <Sign icon=entry.icon />
                <span>{label}</span>
            </a>
        </li>
    }
}
