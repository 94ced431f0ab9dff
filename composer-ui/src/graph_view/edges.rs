//! Edges: their way, their word, and whether the run took them.

use canvas::{
    document::Edge,
    geometry::{EdgeRoute, Point},
    run::{EdgeAppearance, RunView},
    words,
};
use leptos::prelude::*;

use super::Drawing;
use crate::words::language;

/// How wide a word is, about.
const WORD_WIDTH: f64 = 56.0;

/// All edges, those that the run took above the others.
pub(super) fn edges(drawing: &Drawing, run: &RunView) -> impl IntoView + use<> {
    let mut edges: Vec<Edge<'_>> = drawing.document.edges().collect();
    edges.sort_by_key(|edge| run.edge(*edge) == EdgeAppearance::Taken);
    edges
        .into_iter()
        .filter_map(|edge| one(drawing, run, edge))
        .collect_view()
}

/// Where the word stands: at the longest piece, or in the middle of a way whose pieces are all shorter than a word.
fn label_of(route: &EdgeRoute) -> Point {
    let longest = route.segments().map(|(from, to)| from.distance(to));
    if longest.fold(0.0, f64::max) < WORD_WIDTH {
        route.bounds().center()
    } else {
        route.label_position()
    }
}

fn one(drawing: &Drawing, run: &RunView, edge: Edge<'_>) -> Option<impl IntoView + use<>> {
    let source = drawing.document.node(edge.source)?;
    let route = drawing.scene.route(&edge.id())?;
    let label = label_of(route);
    let word = words::exit(source.kind, edge.state, language().of_canvas());
    let class = format!("graph-edge {} {}", edge.state.as_str(), run.edge(edge).as_str());
    Some(view! {
        <g class=class>
            <path d=route.path_data() />
            <text x=label.x y=label.y + 4.0>{word}</text>
        </g>
    })
}
