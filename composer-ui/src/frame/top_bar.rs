//! The top bar: which company, where to, which MoneyFlow, and how it looks.

use leptos::{ev, prelude::*};

use super::{preferences_bar::PreferencesBar, search::Search};
use crate::{
    companies::companies,
    icons::{Icon, Sign},
    navigation::navigation,
    parts::Select,
    words::words,
};

/// The top bar.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let words = words();
    let is_searching = RwSignal::new(false);
    let pressed = window_event_listener(ev::keydown, move |key| {
        if (key.ctrl_key() || key.meta_key()) && key.key().eq_ignore_ascii_case("k") {
            key.prevent_default();
            is_searching.set(true);
        }
    });
    on_cleanup(move || pressed.remove());
    view! {
        <header class="top-bar">
            <CompanySwitch />
            <button class="search-button" type="button" on:click=move |_| is_searching.set(true)>
                <Sign icon=Icon::Search />
                <span>{words.search.open}</span>
                <kbd>"Ctrl K"</kbd>
            </button>
            <Environment />
            <PreferencesBar />
        </header>
        <Show when=move || is_searching.get()>
            <Search on_close=Callback::new(move |()| is_searching.set(false)) />
        </Show>
    }
}

#[component]
fn CompanySwitch() -> impl IntoView {
    let companies = companies();
    let navigation = navigation();
    let chosen = move || companies.chosen().unwrap_or_default();
    // The address decides: whoever stays with unsaved work stays with its company, and the switch says so.
    let choose = Callback::new(move |company: String| navigation.choose_company(&company));
    let options = move || {
        let named = companies.all().into_iter();
        named
            .map(|company| (company.company_id.to_string(), company.name))
            .collect::<Vec<_>>()
    };
    view! {
        <Show when=move || !companies.all().is_empty()>
            <Select
                class="company"
                label=words().frame.company
                options=Signal::derive(options)
                chosen=Signal::derive(chosen)
                on_choose=choose
            />
        </Show>
    }
}

/// Which MoneyFlow this is: one's own machine, or a server by its name.
#[component]
fn Environment() -> impl IntoView {
    let words = words();
    let host = window().location().hostname().unwrap_or_default();
    let is_local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
    let (text, title) = if is_local {
        (words.frame.local.to_owned(), words.frame.local_hint)
    } else {
        (host, "")
    };
    view! { <span class="pill" title=title>{text}</span> }
}
