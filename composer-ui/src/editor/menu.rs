//! What is done with all of the rule: arranged, exported, imported.

use canvas::geometry::Orientation;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;

use super::Editor;
use crate::icons::{Icon, Sign};

/// The menu behind the three dots.
#[component]
pub(super) fn Menu() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let title = editor.texts.menu.title;
    let is_open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let file = NodeRef::<html::Input>::new();
    close_on_press_elsewhere(root, is_open);
    let import = Callback::new(move |()| {
        if let Some(file) = file.get_untracked() {
            file.click();
        }
    });
    let chosen = move |_| {
        if let Some(input) = file.get_untracked() {
            let picked = input.files().and_then(|files| files.get(0));
            // The same file can be chosen again.
            input.set_value("");
            if let Some(picked) = picked {
                editor.import(picked);
            }
        }
    };
    view! {
        <div
            class="menu"
            node_ref=root
            on:keydown=move |key| {
                if key.key() == "Escape" && is_open.get_untracked() {
                    is_open.set(false);
                    key.stop_propagation();
                }
            }
        >
            <button
                class="button quiet icon"
                type="button"
                title=title
                aria-label=title
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                <Sign icon=Icon::More />
            </button>
            {move || is_open.get().then(|| view! { <Entries is_open=is_open on_import=import /> })}
            <input
                node_ref=file
                class="unseen"
                type="file"
                accept="application/json,.json"
                tabindex="-1"
                aria-hidden="true"
                on:change=chosen
            />
        </div>
    }
}

fn close_on_press_elsewhere(root: NodeRef<html::Div>, is_open: RwSignal<bool>) {
    let away = window_event_listener(ev::pointerdown, move |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let is_inside = root
            .get_untracked()
            .is_some_and(|root| root.contains(target.as_ref()));
        if !is_inside {
            is_open.set(false);
        }
    });
    on_cleanup(move || away.remove());
}

#[component]
fn Entries(is_open: RwSignal<bool>, on_import: Callback<()>) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.menu;
    let entry = move |label: &'static str, action: Callback<()>| {
        let act = move |_| {
            is_open.set(false);
            action.run(());
        };
        view! {
            <li role="none">
                <button type="button" role="menuitem" on:click=act>
                    {label}
                </button>
            </li>
        }
    };
    let with_editor = move |action: fn(Editor)| Callback::new(move |()| action(editor));
    let may_edit = move || !editor.board.is_read_only.get();
    let arranging = move || {
        let top_down = with_editor(|editor| editor.board.arrange(Orientation::TopDown));
        let left_right = with_editor(|editor| editor.board.arrange(Orientation::LeftRight));
        may_edit().then(|| {
            view! {
                {entry(words.top_down, top_down)}
                {entry(words.left_right, left_right)}
                {entry(words.note, with_editor(Editor::add_note))}
            }
        })
    };
    view! {
        <ul role="menu" aria-label=words.title>
            {entry(words.rule_settings, with_editor(Editor::open_rule))}
            {entry(words.list, with_editor(|editor| editor.shows_list.set(true)))}
            {entry(words.minimap, with_editor(|editor| editor.shows_map.update(|shows| *shows = !*shows)))}
            {arranging}
            {entry(words.export_json, with_editor(Editor::export_json))}
            {entry(words.export_svg, with_editor(Editor::export_svg))}
            {move || may_edit().then(|| entry(words.import_json, on_import))}
        </ul>
    }
}

impl Editor {
    /// Shows the rule's own members.
    pub(super) fn open_rule(self) {
        self.board.selection.update(canvas::selection::Selection::clear);
        self.shows_rule.set(true);
    }
}
