//! What is done with all of the rule: arranged, exported, imported.

use canvas::{
    document::{self, Document, Note},
    edit::Edit,
    geometry::{Orientation, Rect},
    guides, naming,
    selection::Item,
    svg::Drawing,
};
use js_sys::Array;
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::{Editor, focus};
use crate::{
    icons::{Icon, Sign},
    parts::Tone,
};

/// The largest document that is read.
const LIMIT_BYTES: f64 = 1_048_576.0;

/// The menu behind the three dots.
#[component]
pub(super) fn Menu() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.menu;
    let is_open = RwSignal::new(false);
    let root = NodeRef::<html::Div>::new();
    let file = NodeRef::<html::Input>::new();
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
    let entry = move |label: &'static str, action: fn(Editor)| {
        let act = move |_| {
            is_open.set(false);
            action(editor);
        };
        view! {
            <li role="none">
                <button type="button" role="menuitem" on:click=act>
                    {label}
                </button>
            </li>
        }
    };
    let may_edit = move || !editor.board.is_read_only.get();
    let editing = move || {
        may_edit().then(|| {
            view! {
                {entry(words.top_down, |editor| editor.board.arrange(Orientation::TopDown))}
                {entry(words.left_right, |editor| editor.board.arrange(Orientation::LeftRight))}
                {entry(words.note, Editor::add_note)}
            }
        })
    };
    let import = move |_| {
        is_open.set(false);
        if let Some(file) = file.get_untracked() {
            file.click();
        }
    };
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
                title=words.title
                aria-label=words.title
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                <Sign icon=Icon::More />
            </button>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        view! {
                            <ul role="menu" aria-label=words.title>
                                {entry(words.rule_settings, Editor::open_rule)}
                                {entry(words.list, |editor| editor.shows_list.set(true))}
                                {entry(words.minimap, |editor| editor.shows_map.update(|shows| *shows = !*shows))}
                                {editing}
                                {entry(words.export_json, Editor::export_json)}
                                {entry(words.export_svg, Editor::export_svg)}
                                {move || {
                                    may_edit()
                                        .then(|| {
                                            view! {
                                                <li role="none">
                                                    <button type="button" role="menuitem" on:click=import>
                                                        {words.import_json}
                                                    </button>
                                                </li>
                                            }
                                        })
                                }}
                            </ul>
                        }
                    })
            }}
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

impl Editor {
    /// Shows the rule's own members.
    pub(super) fn open_rule(self) {
        self.board.selection.update(canvas::selection::Selection::clear);
        self.shows_rule.set(true);
    }

    /// Puts a note in the middle of what is seen.
    fn add_note(self) {
        let id = self.board.with(naming::fresh_note_id);
        let area = Rect::new(guides::to_grid(self.board.middle()), document::NOTE_SIZE);
        let note = Note {
            id: id.clone(),
            text: self.texts.menu.new_note.to_owned(),
            area,
        };
        self.edit(Edit::AddNote { note, index: None });
        self.select(Item::Note(id));
        focus::member("text");
    }

    fn export_json(self) {
        let json = self.board.with(Document::to_json);
        let text = serde_json::to_string_pretty(&json).unwrap_or_default();
        self.offer("json", "application/json", &text);
    }

    fn export_svg(self) {
        let orientation = self.board.orientation.get_untracked();
        let title = |task: &str| self.board.title(task);
        let text = self.board.with(|document| {
            let drawing = Drawing {
                document,
                orientation,
                title: &title,
                language: self.board.language(),
            };
            drawing.to_svg()
        });
        self.offer("svg", "image/svg+xml", &text);
    }

    /// Offers a text as a file of the rule's name.
    fn offer(self, extension: &str, content_type: &str, text: &str) {
        let name = self.board.with(|document| document.name().to_owned());
        // A browser that forbids it says so itself.
        let _ = download(&format!("{name}.{extension}"), content_type, text);
    }

    /// Replaces what is on the canvas by the rule in a file: one step, which can be undone. The name stays.
    fn import(self, file: web_sys::File) {
        let refuse = move |detail: &str| self.toasts.say(Tone::Error, (self.texts.unreadable)(detail));
        if file.size() > LIMIT_BYTES {
            return refuse("> 1 MiB");
        }
        spawn_local(async move {
            let text = JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|text| text.as_string());
            match document::parse(&text.unwrap_or_default()) {
                Ok(imported) => self.replace(super::board::placed(imported)),
                Err(error) => refuse(&error.to_string()),
            }
        });
    }

    fn replace(self, document: Document) {
        let kept = self.board.with(|now| {
            ["company_id", "name"].map(|member| Edit::SetRule {
                member: member.to_owned(),
                value: now.member(member).cloned(),
            })
        });
        let mut edits = vec![Edit::Replace(Box::new(document))];
        edits.extend(kept);
        self.edit(Edit::All(edits));
        self.board.fit();
    }
}

fn download(name: &str, content_type: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(content_type);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = leptos::prelude::document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
