//! An edge: with which outcome of its source it goes on.

use canvas::{
    document::{EdgeId, NodeKind},
    words::exit,
};
use leptos::prelude::*;
use rules::model::EdgeState;

use super::panel::Panel;
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
    let choices = move || {
        let offered = EDGE_STATES.into_iter().filter(|state| exits.contains(state));
        let choice = |state: EdgeState| {
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
        };
        offered.map(choice).collect_view()
    };
    view! {
        <Panel title=words.edge>
            <p class="edge-names">
                {names.0.clone()}
                <span aria-hidden="true">" → "</span>
                {names.1.clone()}
            </p>
            <h3>{words.edge_when}</h3>
            <div role="radiogroup" aria-label=words.edge_when data-pointer="/state">
                {choices()}
            </div>
        </Panel>
    }
}
