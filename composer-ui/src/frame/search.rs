//! Search over everything (Ctrl+K): rules, tasks, pages and accounts by any part of their names, runs and
//! events by their ids.

mod found;
mod marked;
mod sources;

use leptos::prelude::*;

use self::{
    found::{Target, matching},
    marked::Marked,
    sources::{Known, Progress, follow_ids},
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
    let marked = Marked::among(found, text);
    let go = move |target: &Target| {
        on_close.run(());
        navigation.open(&target.url);
    };
    let mark = move |at: usize| {
        marked.put(at);
        if let Some(option) = document().get_element_by_id(&option_id(at)) {
            option.scroll_into_view_with_bool(false);
        }
    };
    let on_key = move |key: web_sys::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        let at = marked.place_untracked();
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
                aria-selected=move || (marked.place() == at).to_string()
                on:mousemove=move |_| marked.put(at)
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
    let active = move || (!found.with(Vec::is_empty)).then(|| option_id(marked.place()));
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
                    marked.begin_anew();
                    text.set(event_target_value(&typed));
                }
                on:keydown=on_key
            />
            <div id="results" role="listbox" aria-label=words.search.results>{groups}</div>
            <Hint found=found known=known />
        </Dialog>
    }
}

/// What is to be said where nothing is found, or not everything could be looked through.
#[component]
fn Hint(found: Memo<Vec<Target>>, known: Known) -> impl IntoView {
    let words = words();
    move || {
        let is_empty = found.with(Vec::is_empty);
        let hint = match known.progress() {
            Progress::Failed(error) => error.message(words),
            Progress::Asking if is_empty => format!("{}…", words.common.loading),
            Progress::Done if is_empty => words.search.nothing.to_owned(),
            Progress::Asking | Progress::Done => return None,
        };
        Some(view! { <p class="hint" role="status">{hint}</p> })
    }
}

fn option_id(at: usize) -> String {
    format!("result-{at}")
}
