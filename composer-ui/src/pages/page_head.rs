//! The head of a page: its title, what can be done there, and what its list is filtered by.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    icons::{Icon, Sign},
    navigation::navigation,
    parts::Select,
};

/// The title of a page, with its actions to the right.
#[component]
pub(crate) fn PageHead(
    title: &'static str,
    #[prop(default = "")] meaning: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <h1>{title}</h1>
                {(!meaning.is_empty()).then(|| view! { <p>{meaning}</p> })}
            </div>
            <div class="actions">{children.map(|children| children())}</div>
        </header>
    }
}

/// A filter to be typed. It stands in the address under `name`.
#[component]
pub(crate) fn SearchField(
    name: &'static str,
    label: &'static str,
    /// How long to wait for the next letter, where each change asks the server.
    #[prop(default = Duration::ZERO)]
    pause: Duration,
) -> impl IntoView {
    let navigation = navigation();
    let mut set = debounce(pause, move |text: String| navigation.set_filter(name, &text));
    view! {
        <label class="search-field">
            <Sign icon=Icon::Search />
            <input
                class="field"
                type="search"
                aria-label=label
                placeholder=label
                prop:value=move || navigation.filter(name).unwrap_or_default()
                on:input=move |typed| set(event_target_value(&typed))
            />
        </label>
    }
}

/// A filter with a few values. It stands in the address under `name`.
#[component]
pub(crate) fn Choice(
    name: &'static str,
    label: &'static str,
    /// What stands for no filter.
    any: &'static str,
    options: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let navigation = navigation();
    let chosen = move || navigation.filter(name).unwrap_or_default();
    let offered = move || {
        let any = (String::new(), any.to_owned());
        std::iter::once(any).chain(options.get()).collect::<Vec<_>>()
    };
    let choose = Callback::new(move |value: String| navigation.set_filter(name, &value));
    view! {
        <Select
            label=label
            options=Signal::derive(offered)
            chosen=Signal::derive(chosen)
            on_choose=choose
        />
    }
}
