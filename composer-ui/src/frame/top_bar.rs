//! The top bar: which company, where to, which MoneyFlow, and how it looks.

use api_types::Company;
use leptos::{ev, prelude::*};
use web_sys::HtmlSelectElement;

use super::{preferences_bar::PreferencesBar, search::Search};
use crate::{
    companies::companies,
    icons::{Icon, Sign},
    navigation::navigation,
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
    let choose = move |change: web_sys::Event| {
        let switch: HtmlSelectElement = event_target(&change);
        navigation.choose_company(&switch.value());
        switch.set_value(&navigation.company_untracked().unwrap_or_default());
    };
    let options = move || {
        let option = |company: Company| {
            let id = company.company_id.to_string();
            let value = id.clone();
            let is_chosen = move || chosen() == id;
            view! { <option value=value selected=is_chosen>{company.name}</option> }
        };
        companies.all().into_iter().map(option).collect_view()
    };
    view! {
        <Show when=move || !companies.all().is_empty()>
            <select
                class="company"
                aria-label=words().frame.company
                prop:value=chosen
                on:change=choose
            >
                {options}
            </select>
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
