//! A node: what it is called, what it asks or does, and when it runs.

use canvas::{
    document::{Document, EdgeId, NodeKind},
    edit::{self, Edit},
    selection::Item,
    words::exit,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::{
    Labelled, Owner,
    call::{Call, CallForm},
    condition::ConditionBuilder,
    failing::Failing,
    panel::Panel,
    raw::NodeJson,
    values::text_of,
};
use crate::{
    editor::{Editor, focus},
    parts::{Select, options},
};

/// A node's members.
#[component]
pub(super) fn NodePanel(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let of = id.clone();
    let kind = Memo::new(move |_| {
        editor
            .board
            .follow(|document| document.node(&of).map(|node| node.kind))
    });
    let title = Signal::derive(move || match kind.get() {
        Some(NodeKind::Condition) => words.condition.to_owned(),
        _ => words.task.to_owned(),
    });
    let id = StoredValue::new(id);
    let json = move || view! { <NodeJson id=id.get_value() /> };
    let members = move || {
        let id = id.get_value();
        let members = match kind.get()? {
            NodeKind::Condition => view! {
                <h3>{words.expects}</h3>
                <ConditionBuilder owner=Owner::Node(id) hint=words.always />
            }
            .into_any(),
            NodeKind::Task => view! {
                <CallForm call=Call::own(editor, &id) />
                <Failing id=id />
            }
            .into_any(),
        };
        Some(members)
    };
    view! {
        <Panel title=title json=json>
            <Names id=id.get_value() />
            {members}
            <Runs id=id.get_value() />
        </Panel>
    }
}

/// The name for people, and the id for paths.
#[component]
fn Names(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let of = id.clone();
    let label = Memo::new(move |_| {
        editor
            .member(&of, "label")
            .as_ref()
            .map(text_of)
            .unwrap_or_default()
    });
    let of = id.clone();
    let typed = move |event| {
        let text = event_target_value(&event);
        let value = (!text.trim().is_empty()).then(|| text.into());
        editor.set_member(&of, "label", value);
    };
    let (shown, placeholder) = (id.clone(), id.clone());
    let renamed = {
        move |event: web_sys::Event| {
            let new = event_target_value(&event).trim().to_owned();
            if new == id || !editor.rename_id(&id, &new, Edit::All(Vec::new())) {
                // It is called as before.
                if let Some(input) = event_target_input(&event) {
                    input.set_value(&id);
                }
            }
        }
    };
    view! {
        <Labelled label=words.name pointer="/label">
            <input
                class="field"
                maxlength="120"
                placeholder=placeholder
                prop:value=label
                on:input=typed
                on:change=move |_| editor.board.pause()
            />
        </Labelled>
        <Labelled label=words.id pointer="/node_id">
            <input class="field path" maxlength="64" spellcheck="false" prop:value=shown on:change=renamed />
        </Labelled>
    }
}

fn event_target_input(event: &web_sys::Event) -> Option<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast as _;
    event.target()?.dyn_into().ok()
}

impl Editor {
    /// Gives a node another id, and the paths that name it, after another edit and in one step with it. Whether that
    /// was possible.
    pub(super) fn rename_id(self, from: &str, to: &str, first: Edit) -> bool {
        let mut document = self.board.with(Document::clone);
        let renamed = document
            .apply(&first)
            .and_then(|_| edit::rename(&document, from, to))
            .map(|renamed| Edit::All(vec![first, renamed]));
        let done = renamed.and_then(|edit| {
            // The selection goes with the node, before it is looked at again.
            self.board
                .selection
                .update(|selection| selection.rename(from, to));
            self.board.edit(edit)
        });
        if let Err(error) = done {
            self.toasts
                .say(crate::parts::Tone::Error, (self.texts.refused)(&error));
            return false;
        }
        self.select(Item::Node(to.to_owned()));
        true
    }
}

/// When it runs: the edges that end here, and what is waited for where they are several.
#[component]
fn Runs(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let ends_here = id.clone();
    let edges = Memo::new(move |_| {
        editor.board.follow(|document| {
            let ending = document.edges().filter(|edge| edge.target == ends_here);
            ending.map(|edge| (edge.id(), edge.state)).collect::<Vec<_>>()
        })
    });
    let list = move || {
        let lines = edges.get().into_iter().enumerate();
        let lines = lines.map(|(index, (edge, state))| {
            view! {
                <li data-pointer=format!("/depends_on/{index}")>
                    <EdgeLine edge=edge state=state />
                </li>
            }
        });
        let lines = lines.collect_view();
        edges.with(|edges| !edges.is_empty()).then(|| {
            view! {
                <div class="labelled" data-pointer="/depends_on">
                    <span>{words.runs_after}</span>
                    <ul class="edge-list">{lines}</ul>
                </div>
            }
        })
    };
    let (of, at) = (id.clone(), id.clone());
    let entries = Memo::new(move |_| {
        editor
            .board
            .follow(|document| document.node(&of).map_or(0, |node| node.depends_on.len()))
    });
    let join = Memo::new(move |_| {
        editor
            .member(&at, "join")
            .map_or_else(|| "all".to_owned(), |join| text_of(&join))
    });
    let id = StoredValue::new(id);
    let choose = Callback::new(move |join: String| {
        // `all` goes without saying.
        let join = (join != "all").then(|| join.into());
        id.with_value(|id| editor.set_member(id, "join", join));
        editor.board.pause();
    });
    let joins = options([("all", words.join_all), ("any", words.join_any)]);
    let is_several = Memo::new(move |_| entries.get() > 1);
    let joined = move || {
        is_several.get().then(|| {
            view! {
                <Labelled label=words.join pointer="/join">
                    <Select options=joins chosen=join on_choose=choose />
                </Labelled>
            }
        })
    };
    view! {
        {list}
        {joined}
    }
}

/// An edge as a button that selects it: the way to edges without a pointer.
#[component]
fn EdgeLine(edge: EdgeId, state: EdgeState) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let (name, word) = editor.board.with(|document| {
        let source = document.node(&edge.source);
        let kind = source.map_or(NodeKind::Task, |node| node.kind);
        let name = source.map(|node| node.name().to_owned());
        (
            name.unwrap_or_else(|| edge.source.clone()),
            exit(kind, state, editor.board.language()),
        )
    });
    let select = move |_| {
        editor.select(Item::Edge(edge.clone()));
        focus::member("state");
    };
    view! {
        <button class="edge-button" type="button" on:click=select>
            {name}
            <span class=format!("state-word state-{}", state.as_str())>{word}</span>
        </button>
    }
}
