//! A node: its sign and name, what it does in words, its ports, and what a run made of it.

use canvas::{
    document::NodeKind,
    geometry::{Exits, NODE_SIZE, PORT_RADIUS, Point, Port, Rect, Size, entry_shape},
    run::Appearance,
    selection::Item,
    words,
};
use leptos::prelude::*;
use rules::model::Quantifier;

use super::{
    Editor,
    look::{NodeLook, port_name},
    marks::{PortShape, mark},
};

/// A node. It is drawn again when it moves, says something else, is selected, or settles.
#[component]
pub(super) fn NodeView(id: String) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let signals = board.node(&id)?;
    let (place, look) = (signals.place, signals.look);
    let item = Item::Node(id.clone());
    let is_selected = Memo::new(move |_| board.selection.with(|selection| selection.contains(&item)));
    let taking = id.clone();
    let takes = Memo::new(move |_| {
        let targets = editor.hand.targets.get();
        targets.map(|targets| targets.contains(&taking))
    });
    let ran = id.clone();
    let appearance = Memo::new(move |_| {
        board.run.with(|run| {
            run.as_ref()
                .map(|run| board.with(|document| run.node(document, &ran)))
        })
    });
    let sits = look.clone();
    let kind = move || {
        if sits.with(|look| look.kind == NodeKind::Condition) {
            "condition"
        } else {
            "task"
        }
    };
    let class = move || {
        let mut class = format!("node {}", kind());
        for (name, holds) in [
            (" selected", is_selected.get()),
            (" takes", takes.get() == Some(true)),
            (" refuses", takes.get() == Some(false)),
        ] {
            if holds {
                class.push_str(name);
            }
        }
        if let Some(appearance) = appearance.get() {
            class.push_str(" ran-");
            class.push_str(appearance.as_str());
        }
        class
    };
    let spoken = look.clone();
    let (body, problems) = (look.clone(), id.clone());
    Some(view! {
        <g
            class=class
            data-node-id=id.clone()
            role="group"
            aria-label=move || spoken.with(|look| format!("{}: {}", look.name, look.does))
            transform=move || {
                let place = place.get();
                format!("translate({} {})", place.x, place.y)
            }
        >
            <rect class="node-body" width=NODE_SIZE.width height=NODE_SIZE.height rx="6" />
            {move || view! { <Face look=body.get() /> }}
            <Badge id=problems />
            {move || appearance.get().map(|appearance| view! { <Outcome appearance=appearance /> })}
            {
                let ports = Memo::new(move |_| look.with(|look| (look.kind, look.exits, look.entries, look.join)));
                move || {
                    let (kind, exits, entries, join) = ports.get();
                    view! { <Ports kind=kind exits=exits entries=entries join=join /> }
                }
            }
        </g>
    })
}

/// Sign, name, and what it does.
#[component]
fn Face(look: NodeLook) -> impl IntoView {
    view! {
        <path class="node-mark" transform="translate(13 11)" d=mark(look.kind, look.task.as_deref()) />
        <text class="node-name" x="37" y="24">{look.short_name()}</text>
        <text class="node-does" x="14" y="47">{look.short_does()}</text>
    }
}

/// How many things are wrong with it.
#[component]
fn Badge(id: String) -> impl IntoView {
    let problems = expect_context::<Editor>().problems;
    move || {
        let count = problems.count(&id);
        let (class, count) = match (count.errors, count.warnings) {
            (0, 0) => return None,
            (0, warnings) => ("node-badge warning", warnings),
            (errors, _) => ("node-badge error", errors),
        };
        Some(view! {
            <g class=class transform=format!("translate({} 0)", NODE_SIZE.width)>
                <circle r="9" />
                <text y="3.6">{count}</text>
            </g>
        })
    }
}

/// What a run made of it: a shape beside the colour.
#[component]
fn Outcome(appearance: Appearance) -> impl IntoView {
    let lines = match appearance {
        Appearance::Success => "M3.5 8.5l3 3l6-7",
        Appearance::No => "M5.7 2.5h4.6l3.2 3.2v4.6l-3.2 3.2H5.7l-3.2-3.2V5.7zM5.5 8h5",
        Appearance::Failure | Appearance::Error => "M4.5 4.5l7 7M11.5 4.5l-7 7",
        Appearance::Skipped => "M4 8h8",
        Appearance::Waiting => "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M8 5.2V8l2 1.3",
        Appearance::Running => "M13 8a5 5 0 1 1-5-5",
        Appearance::Pending => return None,
    };
    Some(view! {
        <g class="node-outcome" transform=format!("translate({} 0)", NODE_SIZE.width - 26.0)>
            <circle r="9" />
            <path transform="translate(-6 -6) scale(0.75)" d=lines />
        </g>
    })
}

/// The entry above, the exits below; or left and right.
#[component]
fn Ports(kind: NodeKind, exits: Exits, entries: usize, join: Quantifier) -> impl IntoView {
    let board = expect_context::<Editor>().board;
    let area = Rect::new(Point::default(), NODE_SIZE);
    let at = move |port: Port| {
        let Point { x, y } = port.position(area, exits, board.orientation.get());
        format!("translate({x} {y})")
    };
    let exits = exits.states().iter().map(move |&state| {
        let port = Port::Exit(state);
        let word = words::exit(kind, state, board.language());
        view! {
            <g class=format!("port exit state-{}", state.as_str()) data-port=port_name(port) transform=move || at(port)>
                <circle class="port-reach" r="13" />
                <PortShape state=state />
                <text class="port-word" x="9" y="17">{word}</text>
            </g>
        }
    });
    let entry = move || {
        let Size { width, height } = entry_shape(area, entries, board.orientation.get()).size;
        let (x, y) = (-width / 2.0, -height / 2.0);
        view! {
            <rect class="port-shape" x=x y=y width=width height=height rx=PORT_RADIUS />
        }
    };
    let join = match (entries, join) {
        (0 | 1, _) => "port entry",
        (_, Quantifier::All) => "port entry join-all",
        (_, Quantifier::Any) => "port entry join-any",
    };
    view! {
        <g class=join data-port=port_name(Port::Entry) transform=move || at(Port::Entry)>
            {entry}
        </g>
        {exits.collect_view()}
    }
}
