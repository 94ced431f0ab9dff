//! Finding nodes: Ctrl+F.

use canvas::{search::search, selection::Item};
use leptos::{html, prelude::*};

use super::{Editor, focus};

/// How many are offered.
const SHOWN: usize = 12;

/// The field, while something is sought.
#[component]
pub(super) fn Find() -> impl IntoView {
    let editor = expect_context::<Editor>();
    move || editor.finds.get().then(|| view! { <FindField /> })
}

#[component]
fn FindField() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.find;
    let query = RwSignal::new(String::new());
    let marked = RwSignal::new(0_usize);
    let found = Memo::new(move |_| {
        let query = query.get();
        editor.board.follow(|document| {
            let found = search(document, &query).into_iter().take(SHOWN);
            let named = found.filter_map(|found| {
                let node = document.node(&found.id)?;
                Some((found.id, node.name().to_owned()))
            });
            named.collect::<Vec<_>>()
        })
    });
    let show = move |id: &str| {
        editor.select(Item::Node(id.to_owned()));
        editor.board.reveal(id);
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| input.get().map(|input| input.focus()));
    let close = move || {
        let _ = editor.finds.try_set(false);
        focus::canvas();
    };
    let go = move |by: isize| {
        let count = found.with(Vec::len);
        if count == 0 {
            return;
        }
        marked.update(|marked| *marked = marked.saturating_add_signed(by).min(count - 1));
        let id = found.with(|found| found.get(marked.get_untracked()).map(|(id, _)| id.clone()));
        if let Some(id) = id {
            show(&id);
        }
    };
    let on_key = move |key: web_sys::KeyboardEvent| {
        match key.key().as_str() {
            "ArrowDown" => go(1),
            "ArrowUp" => go(-1),
            "Enter" => {
                go(0);
                close();
            }
            "Escape" => close(),
            _ => return,
        }
        key.prevent_default();
        key.stop_propagation();
    };
    let rows = move || {
        let found = found.get();
        let is_vain = found.is_empty() && query.with(|query| !query.trim().is_empty());
        if is_vain {
            return view! { <li class="hint">{words.none}</li> }.into_any();
        }
        let rows = found.into_iter().enumerate().map(|(index, (id, name))| {
            let chosen = id.clone();
            view! {
                <li
                    id=format!("found-{index}")
                    role="option"
                    aria-selected=move || (marked.get() == index).to_string()
                    on:pointerdown=|event| event.prevent_default()
                    on:click=move |_| {
                        show(&chosen);
                        close();
                    }
                >
                    <span>{name}</span>
                    <small class="muted">{id}</small>
                </li>
            }
        });
        rows.collect_view().into_any()
    };
    view! {
        <div class="picker find" role="search" aria-label=words.title>
            <input
                node_ref=input
                class="field"
                role="combobox"
                aria-expanded="true"
                aria-controls="found"
                aria-activedescendant=move || format!("found-{}", marked.get())
                aria-label=words.title
                placeholder=words.placeholder
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    marked.set(0);
                    go(0);
                }
                on:keydown=on_key
                on:blur=move |_| { let _ = editor.finds.try_set(false); }
            />
            <ul id="found" role="listbox" aria-label=words.title>{rows}</ul>
        </div>
    }
}
