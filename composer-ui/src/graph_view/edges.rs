//! Edges: their way, their word, and whether the run took them.

use canvas::{
    document::Edge,
    run::{EdgeAppearance, RunView},
    words,
};
use leptos::prelude::*;

use super::Drawing;
use crate::words::language;

/// All edges, those that the run took above the others.
pub(super) fn edges(drawing: &Drawing, run: &RunView) -> impl IntoView + use<> {
    let mut edges: Vec<Edge<'_>> = drawing.document.edges().collect();
    edges.sort_by_key(|edge| run.edge(*edge) == EdgeAppearance::Taken);
    edges
        .into_iter()
        .filter_map(|edge| one(drawing, run, edge))
        .collect_view()
}

fn one(drawing: &Drawing, run: &RunView, edge: Edge<'_>) -> Option<impl IntoView + use<>> {
    let source = drawing.document.node(edge.source)?;
    let route = drawing.scene.route(&edge.id())?;
    let label = route.label_position();
    let word = words::exit(source.kind, edge.state, language().of_canvas());
    let class = format!("graph-edge {} {}", edge.state.as_str(), run.edge(edge).as_str());
    Some(view! {
        <g class=class>
            <path d=route.path_data() />
            <text x=label.x y=label.y + 4.0>{word}</text>
        </g>
    })
}
