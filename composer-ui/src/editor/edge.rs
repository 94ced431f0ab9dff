//! An edge: its way, and the outcome that it asks for as colour and word.

use canvas::{
    document::{Edge, EdgeId},
    selection::Item,
};
use leptos::prelude::*;

use super::{Editor, look::half_width};

/// An edge. It is drawn again when one of its nodes moves, or it says something else.
#[component]
pub(super) fn EdgeView(id: EdgeId) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let look = board.edge(&id)?;
    let item = Item::Edge(id.clone());
    let is_selected = Memo::new(move |_| board.selection.with(|selection| selection.contains(&item)));
    let (spliced, ran, edge) = (id.clone(), id.clone(), look.clone());
    let class = move || {
        let mut class = format!("edge state-{}", edge.with(|look| look.state.as_str()));
        if is_selected.get() {
            class.push_str(" selected");
        }
        if editor
            .hand
            .splices
            .with(|splices| splices.as_ref() == Some(&spliced))
        {
            class.push_str(" splices");
        }
        let appearance = board.run.with(|run| {
            let state = edge.with(|look| look.state);
            let (source, target) = (ran.source.as_str(), ran.target.as_str());
            run.as_ref().map(|run| {
                run.edge(Edge {
                    source,
                    state,
                    target,
                })
            })
        });
        if let Some(appearance) = appearance {
            class.push_str(" went-");
            class.push_str(appearance.as_str());
        }
        class
    };
    let (path, below, word, ends) = (look.clone(), look.clone(), look.clone(), look);
    Some(view! {
        <g class=class data-edge=format!("{}>{}", id.source, id.target)>
            <path class="edge-reach" d=move || below.with(|look| look.path.clone()) />
            <path class="edge-line" d=move || path.with(|look| look.path.clone()) marker-end="url(#arrow)" />
            <g
                class="edge-word"
                transform=move || {
                    let at = word.with(|look| look.label_at).unwrap_or_default();
                    format!("translate({} {})", at.x, at.y)
                }
            >
                {
                    let words = ends.clone();
                    let said = Memo::new(move |_| words.with(|look| look.label_at.map(|_| look.word)));
                    move || {
                        let word = said.get()?;
                        let half = half_width(word);
                        Some(view! {
                            <rect x=-half y="-9" width=half * 2.0 height="18" rx="9" />
                            <text y="3.8">{word}</text>
                        })
                    }
                }
            </g>
            {move || {
                is_selected
                    .get()
                    .then(|| {
                        let orientation = board.orientation.get();
                        let (from, to) = ends.with(|look| (look.source_handle(orientation), look.to));
                        view! {
                            <circle class="edge-end" data-end="source" cx=from.x cy=from.y r="6" />
                            <circle class="edge-end" data-end="target" cx=to.x cy=to.y r="6" />
                        }
                    })
            }}
        </g>
    })
}
