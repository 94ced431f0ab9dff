//! Search over everything (Ctrl+K): rules, tasks and pages by any part of their names, runs and events by their ids.

mod found;
mod sources;

use leptos::prelude::*;

use self::{
    found::{Target, matching},
    sources::{Known, follow_ids},
};
use crate::{navigation::navigation, parts::Dialog, words::words};

/// The search, until something is chosen.
#[component]
pub(crate) fn Search(on_close: Callback<()>) -> impl IntoView {
    let words = words();
    let navigation = navigation();
    let known = Known::load();
    let text = RwSignal::new(String::new());
    follow_ids(text, known);
    let found = Memo::new(move |_| text.with(|text| known.with(|known| matching(known, text))));
    let marked = RwSignal::new(0_usize);
    let go = move |target: &Target| {
        on_close.run(());
        navigation.open(&target.url);
    };
    let mark = move |at: usize| {
        marked.set(at);
        if let Some(option) = document().get_element_by_id(&option_id(at)) {
            option.scroll_into_view_with_bool(false);
        }
    };
    let on_key = move |key: web_sys::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        let at = marked.get_untracked();
        match key.key().as_str() {
            "ArrowDown" => mark(last.min(at + 1)),
            "ArrowUp" => mark(at.saturating_sub(1)),
            "Enter" => {
                if let Some(target) = found.with_untracked(|found| found.get(at).cloned()) {
                    go(&target);
                }
            }
            _ => return,
        }
        key.prevent_default();
    };
    let option = move |(at, target): (usize, Target)| {
        let (title, remark) = (target.title.clone(), target.remark.clone());
        view! {
            <li
                id=option_id(at)
                role="option"
                aria-selected=move || (marked.get() == at).to_string()
                on:mousemove=move |_| marked.set(at)
                on:click=move |_| go(&target)
            >
                <span class="ellipsis">{title}</span>
                <small>{remark}</small>
            </li>
        }
    };
    let groups = move || {
        let found: Vec<(usize, Target)> = found.get().into_iter().enumerate().collect();
        let groups = found.chunk_by(|(_, one), (_, other)| one.group == other.group);
        let group = |targets: &[(usize, Target)]| {
            let title = targets.first().map(|(_, target)| target.group.title(words))?;
            let options = targets.iter().cloned().map(option).collect_view();
            Some(view! {
                <ul role="group" aria-label=title>
                    <li class="group-title" role="presentation">{title}</li>
                    {options}
                </ul>
            })
        };
        groups.map(group).collect_view()
    };
    let active = move || (!found.with(Vec::is_empty)).then(|| option_id(marked.get()));
    view! {
        <Dialog title=words.search.open on_close=on_close class="search">
            <input
                autofocus=true
                class="field"
                type="text"
                role="combobox"
                aria-expanded="true"
                aria-controls="results"
                aria-activedescendant=active
                aria-label=words.search.open
                placeholder=words.search.placeholder
                prop:value=text
                on:input=move |typed| {
                    marked.set(0);
                    text.set(event_target_value(&typed));
                }
                on:keydown=on_key
            />
            <div id="results" role="listbox" aria-label=words.search.results>{groups}</div>
            <Show when=move || found.with(Vec::is_empty)>
                <p class="hint" role="status">{words.search.nothing}</p>
            </Show>
        </Dialog>
    }
}

fn option_id(at: usize) -> String {
    format!("result-{at}")
}
