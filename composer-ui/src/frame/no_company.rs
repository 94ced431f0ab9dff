//! The first thing on a MoneyFlow that knows no company.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    companies::companies,
    icons::Icon,
    parts::{Empty, Tone, toasts},
    words::words,
};

/// Asks for the first company.
#[component]
pub(crate) fn NoCompany() -> impl IntoView {
    let words = words();
    let (companies, toasts) = (companies(), toasts());
    let name = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let create = move |submitted: web_sys::SubmitEvent| {
        submitted.prevent_default();
        is_busy.set(true);
        spawn_local(async move {
            match api::create_company(name.get_untracked().trim()).await {
                Ok(company) => companies.add(company),
                Err(error) => {
                    toasts.say(Tone::Error, error.message(words));
                    is_busy.set(false);
                }
            }
        });
    };
    view! {
        <Empty icon=Icon::Rules title=words.frame.no_company_title text=words.frame.no_company>
            <form class="inline-form" on:submit=create>
                <input
                    class="field"
                    type="text"
                    required
                    maxlength="120"
                    aria-label=words.frame.company_name
                    placeholder=words.frame.company_name
                    bind:value=name
                />
                <button class="button primary" type="submit" disabled=move || is_busy.get()>
                    {words.frame.create_company}
                </button>
            </form>
        </Empty>
    }
}
