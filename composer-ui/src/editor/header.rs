//! The bar above the canvas: what the rule is called, how it stands, and what is done with all of it.

use api_types::RuleStatus;
use canvas::{document::Document, edit::Edit, history::MergeKey};
use leptos::prelude::*;

use super::{Editor, menu::Menu};
use crate::{
    icons::{Icon, Sign},
    parts::{Badge, Tone},
    routes::Page,
    words::words,
};

/// The bar above the canvas.
#[component]
pub(super) fn Header() -> impl IntoView {
    let editor = expect_context::<Editor>();
    view! {
        <header class="editor-head">
            <a class="button quiet" href=Page::Rules.path()>
                {words().pages.rules}
            </a>
            <span class="muted" aria-hidden="true">"/"</span>
            <Name />
            <Standing />
            <span class="spring"></span>
            <Tool
                icon=Icon::Undo
                label=editor.texts.undo
                is_off=Signal::derive(move || !editor.can_undo())
                on_click=Callback::new(move |()| editor.undo())
            />
            <Tool
                icon=Icon::Redo
                label=editor.texts.redo
                is_off=Signal::derive(move || !editor.can_redo())
                on_click=Callback::new(move |()| editor.redo())
            />
            <Tool
                icon=Icon::Search
                label=editor.texts.find.title
                on_click=Callback::new(move |()| editor.finds.set(true))
            />
            <Menu />
            <Saving />
        </header>
    }
}

/// A button that is a sign; its label is read out, and shown on hover.
#[component]
pub(super) fn Tool(
    icon: Icon,
    label: &'static str,
    #[prop(into, default = false.into())] is_off: Signal<bool>,
    on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class="button quiet icon"
            type="button"
            title=label
            aria-label=label
            disabled=is_off
            on:click=move |_| on_click.run(())
        >
            <Sign icon=icon />
        </button>
    }
}

/// The name; it is typed as long as the rule was never saved, since rules are told apart by it.
#[component]
fn Name() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let name = Memo::new(move |_| board.follow(|document| document.name().to_owned()));
    let is_new = Memo::new(move |_| editor.record.with(|record| record.rule_id.is_none()));
    let typed = move |event| {
        let edit = Edit::SetRule {
            member: "name".to_owned(),
            value: Some(event_target_value(&event).into()),
        };
        let _ = board.edit_merging(edit, MergeKey::field("rule", "name"));
    };
    move || {
        if is_new.get() {
            view! {
                <input
                    class="field name-field"
                    aria-label=editor.texts.rule_name
                    maxlength="100"
                    data-pointer="/name"
                    prop:value=name
                    on:input=typed
                    on:blur=move |_| board.pause()
                />
            }
            .into_any()
        } else {
            view! { <h1 class="ellipsis">{name}</h1> }.into_any()
        }
    }
}

/// The version, whether it is published, and whether anything is unsaved.
#[component]
fn Standing() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let badge = move || {
        let record = editor.record.get();
        let version = record.version?;
        let statuses = words().rules.statuses;
        let (tone, status) = if record.is_published() {
            (Tone::Success, statuses(RuleStatus::Published))
        } else {
            (Tone::Waiting, statuses(RuleStatus::Draft))
        };
        Some(view! {
            <span class="muted number">{(editor.texts.version)(version)}</span>
            <Badge tone=tone text=status />
        })
    };
    let is_dirty = Memo::new(move |_| editor.board.is_dirty());
    view! {
        {badge}
        {move || is_dirty.get().then(|| view! { <span class="unsaved">{editor.texts.unsaved}</span> })}
    }
}

/// Save and publish.
#[component]
fn Saving() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let is_dirty = Memo::new(move |_| board.is_dirty());
    let is_empty = Memo::new(move |_| board.follow(Document::is_empty));
    let cannot_save = move || {
        editor.is_saving.get()
            || is_empty.get()
            || (!is_dirty.get() && editor.record.with(|record| record.rule_id.is_some()))
    };
    let cannot_publish = move || {
        editor.is_saving.get()
            || is_empty.get()
            || (!is_dirty.get() && editor.record.with(super::saving::Record::is_published))
    };
    let has_errors = move || editor.problems.forbid_publishing();
    let publish_hint = move || {
        if has_errors() {
            editor.texts.cannot_publish
        } else {
            editor.texts.publish
        }
    };
    move || {
        if board.is_read_only.get() {
            let newest = editor.record.with_untracked(|record| record.rule_id);
            let newest = newest.map(|id| Page::Rule(id.to_string()).path());
            return view! {
                <span class="muted">{editor.texts.read_only}</span>
                <a class="button" href=newest.unwrap_or_default()>
                    {editor.texts.edit_newest}
                </a>
            }
            .into_any();
        }
        view! {
            <button
                class="button"
                type="button"
                title=editor.texts.save_hint
                disabled=cannot_save
                on:click=move |_| editor.save()
            >
                {editor.texts.save}
            </button>
            <button
                class="button primary"
                type="button"
                title=publish_hint
                disabled=cannot_publish
                aria-disabled=move || has_errors().to_string()
                on:click=move |_| editor.publish()
            >
                <Sign icon=Icon::Publish />
                {editor.texts.publish}
            </button>
        }
        .into_any()
    }
}
