//! The map: all of the graph in a corner, and what part of it is seen. A press or drag goes there.

use std::fmt::Write as _;

use canvas::{
    document::Document,
    geometry::{Point, Rect, Size},
    viewport::Viewport,
};
use leptos::{html, prelude::*};
use web_sys::PointerEvent;

use super::{Editor, stage::point_of};

/// How large it is, in pixels.
const SIZE: Size = Size {
    width: 180.0,
    height: 120.0,
};

/// The map, while it is wanted, there is more than is seen, and room for both.
#[component]
pub(super) fn Minimap() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let is_needed = Memo::new(move |_| {
        let seen = board.view.get().visible(board.screen.get());
        let bounds = board.follow(Document::bounds);
        let has_room = board.screen.with(|screen| screen.height > 3.0 * SIZE.height);
        has_room
            && editor.shows_map.get()
            && bounds.is_some_and(|all| !(seen.contains(all.origin) && seen.contains(all.corner())))
    });
    move || is_needed.get().then(|| view! { <Map /> })
}

#[component]
fn Map() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let board = editor.board;
    let frame = NodeRef::<html::Div>::new();
    // All of the graph as one path: nothing here is told apart.
    let drawn = Memo::new(move |_| board.follow(|document| (shapes(document), document.bounds())));
    let map = Memo::new(move |_| {
        let bounds = drawn.with(|(_, bounds)| *bounds).unwrap_or_default();
        Viewport::map(bounds.grown(120.0), SIZE, 6.0)
    });
    let seen = Memo::new(move |_| board.view.get().visible(board.screen.get()));
    let go = move |event: &PointerEvent| {
        let at = map.get_untracked().to_canvas(point_of(event, frame));
        let view = board.view.get_untracked();
        board.look(Viewport::centred(at, view.scale, board.screen.get_untracked()));
    };
    view! {
        <div
            class="minimap"
            node_ref=frame
            aria-hidden="true"
            on:pointerdown=move |event| {
                if let Some(frame) = frame.get_untracked() {
                    // Without capture the drag ends at the border.
                    let _ = frame.set_pointer_capture(event.pointer_id());
                }
                go(&event);
            }
            on:pointermove=move |event| {
                if event.buttons() == 1 {
                    go(&event);
                }
            }
        >
            <svg width=SIZE.width height=SIZE.height>
                <g transform=move || map.get().transform()>
                    <path class="map-nodes" d=move || drawn.with(|(shapes, _)| shapes.clone()) />
                    <rect
                        class="map-seen"
                        x=move || seen.get().left()
                        y=move || seen.get().top()
                        width=move || seen.get().size.width
                        height=move || seen.get().size.height
                    />
                </g>
            </svg>
        </div>
    }
}

fn shapes(document: &Document) -> String {
    let mut path = String::new();
    for node in document.nodes() {
        if let Some(Rect {
            origin: Point { x, y },
            size,
        }) = document.area(&node.id)
        {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{x} {y}h{}v{}h-{}z", size.width, size.height, size.width);
        }
    }
    path
}
