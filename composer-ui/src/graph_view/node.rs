//! A node: its name, what it does, and how it came out.

use canvas::{
    document::{Node, NodeKind},
    geometry::{PORT_RADIUS, Point, Rect, entry_shape},
    run::Appearance,
    words::{describe, ellipsis},
};
use leptos::prelude::*;
use rules::model::Quantifier;

use super::{Drawing, icon, tone};
use crate::words::{language, words};

/// How many characters of a name fit between the mark and the state, and of what the node does.
const NAME: usize = 17;
const LINE: usize = 31;
/// How large the state's sign is.
const SIGN: f64 = 16.0;

/// A node that can be chosen.
pub(super) fn node(
    drawing: &Drawing,
    node: &Node,
    appearance: Memo<Appearance>,
    chosen: Memo<Option<String>>,
    on_choose: Callback<String>,
) -> Option<impl IntoView + use<>> {
    let area = drawing.document.area(&node.id)?;
    let does = describe(node, node.task_name(), language().of_canvas());
    let (name, told, states) = (node.name().to_owned(), does.clone(), words().run.node_states);
    let label = move || format!("{name}: {}. {told}", states(appearance.get()));
    let class = move || {
        let appearance = appearance.get();
        format!(
            "graph-node {} look-{}",
            tone(appearance).class(),
            appearance.as_str()
        )
    };
    let (clicked, pressed, known) = (node.id.clone(), node.id.clone(), node.id.clone());
    let is_chosen = move || {
        chosen
            .with(|chosen| chosen.as_deref() == Some(&known))
            .to_string()
    };
    let on_key = move |key: web_sys::KeyboardEvent| {
        if matches!(key.key().as_str(), "Enter" | " ") {
            key.prevent_default();
            on_choose.run(pressed.clone());
        }
    };
    Some(view! {
        <g
            class=class
            transform=format!("translate({} {})", area.left(), area.top())
            on:click=move |_| on_choose.run(clicked.clone())
        >
            <title>{does.clone()}</title>
            // The button is what lies below the words: its own name says all that they have to cut short.
            <rect
                width=area.size.width
                height=area.size.height
                rx="6"
                role="button"
                tabindex="0"
                aria-label=label
                aria-pressed=is_chosen
                on:keydown=on_key
            />
            {mark(node.kind)}
            <text class="name" x="34" y="27" aria-hidden="true">{ellipsis(node.name(), NAME).into_owned()}</text>
            <text class="line" x="12" y="49" aria-hidden="true">{ellipsis(&does, LINE).into_owned()}</text>
            {move || sign(appearance.get(), area)}
            {entry(drawing, node, area)}
        </g>
    })
}

/// A diamond for a condition, a square for a task.
fn mark(kind: NodeKind) -> impl IntoView {
    let lines = match kind {
        NodeKind::Condition => "M19 15l7 7l-7 7l-7 -7z",
        NodeKind::Task => "M13 16h12v12h-12z",
    };
    view! { <path class="mark" d=lines /> }
}

/// The state's shape, at the right.
fn sign(appearance: Appearance, area: Rect) -> Option<impl IntoView> {
    let lines = icon(appearance)?.lines();
    let place = format!("translate({} 14)", area.size.width - SIGN - 10.0);
    Some(view! {
        <g class="state" transform=place>
            <circle cx="8" cy="8" r="10" />
            <path d=lines />
        </g>
    })
}

/// Where edges come in: open if one of them is enough, filled if all are needed.
fn entry(drawing: &Drawing, node: &Node, area: Rect) -> Option<impl IntoView + use<>> {
    if node.depends_on.is_empty() {
        return None;
    }
    let class = match node.join() {
        Quantifier::All => "entry all",
        Quantifier::Any => "entry any",
    };
    let here = Rect::new(Point::default(), area.size);
    let Rect { origin, size } = entry_shape(here, node.depends_on.len(), drawing.orientation);
    Some(view! {
        <g>
            <rect class=class x=origin.x y=origin.y width=size.width height=size.height rx=PORT_RADIUS />
        </g>
    })
}
