//! An edge: with which outcome of its source it goes on.

use canvas::{
    document::{EdgeId, NodeKind},
    words::exit,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use crate::editor::{Editor, texts::EDGE_STATES};

/// An edge's state, to be changed.
#[component]
pub(super) fn EdgePanel(edge: EdgeId) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.inspector;
    let board = editor.board;
    let names = board.with(|document| {
        let name = |id: &str| {
            document
                .node(id)
                .map(|node| node.name().to_owned())
                .unwrap_or_default()
        };
        (name(&edge.source), name(&edge.target))
    });
    let kind = board.with(|document| document.node(&edge.source).map(|node| node.kind));
    let kind = kind.unwrap_or(NodeKind::Task);
    let of = edge.clone();
    let now = Memo::new(move |_| board.follow(|document| document.edge_state(&of)));
    let exits = kind.exits();
    let choices = EDGE_STATES
        .into_iter()
        .filter(|state| exits.contains(state))
        .map(move |state| {
            let edge = edge.clone();
            let word = match state {
                EdgeState::Any => words.any,
                state => exit(kind, state, board.language()),
            };
            view! {
                <label class="choice-line">
                    <input
                        type="radio"
                        name="edge-state"
                        value=state.as_str()
                        prop:checked=move || now.get() == Some(state)
                        on:change=move |_| editor.restate(edge.clone(), state)
                    />
                    <span class=format!("state-word state-{}", state.as_str())>{word}</span>
                </label>
            }
        });
    view! {
        <header class="panel-head">
            <h2>{words.edge}</h2>
        </header>
        <p class="edge-names">
            {names.0}
            <span aria-hidden="true">" → "</span>
            {names.1}
        </p>
        <h3>{words.edge_when}</h3>
        <div role="radiogroup" aria-label=words.edge_when data-pointer="/state">{choices.collect_view()}</div>
        <div class="panel-actions">
            <button class="button small" type="button" on:click=move |_| editor.delete()>
                {words.delete}
            </button>
        </div>
    }
}
