//! The graph on the screen: all of it at first, then as the reader moves and zooms it.

use std::sync::Arc;

use canvas::{
    geometry::{Point, Rect, Size, Vector},
    run::RunView,
    viewport::Viewport,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};

use super::{Drawing, edges::edges, node::node};
use crate::{
    icons::{Icon, Sign},
    words::words,
};

/// The room around a graph that is fitted.
const PADDING_PX: f64 = 12.0;
/// One step of the buttons and keys.
const ZOOM_STEP: f64 = 1.25;
/// Below this scale what a node does cannot be read, and only its name is shown.
const READABLE_SCALE: f64 = 0.4;
/// At first no graph is shown smaller than this: what it cannot show is a drag away.
const FIRST_SCALE: f64 = 0.65;
/// A pointer that moves less far than this clicks.
const CLICK_PX: f64 = 4.0;

/// Where the view stands, and what moves it.
#[derive(Clone, Copy)]
struct Camera {
    place: NodeRef<html::Div>,
    viewport: RwSignal<Viewport>,
    area: Rect,
    /// What is to be in sight at first: the chosen node, or where the rule begins.
    first: Option<Rect>,
    /// Whether the reader has moved it: then it does not move by itself any more.
    is_moved: RwSignal<bool>,
    /// Where the pointer took hold, and where it was last.
    hold: RwSignal<Option<(Point, Point)>>,
}

impl Camera {
    fn size(self) -> Option<Size> {
        let place = self.place.get_untracked()?;
        Some(Size::new(
            place.client_width().into(),
            place.client_height().into(),
        ))
    }

    fn fit(self) {
        if let Some(size) = self.size() {
            self.viewport.set(Viewport::fitting(self.area, size, PADDING_PX));
            self.is_moved.set(false);
        }
    }

    /// All of it if that can be read, else as much as can.
    fn open(self) {
        let Some(size) = self.size() else {
            return;
        };
        let whole = Viewport::fitting(self.area, size, PADDING_PX);
        let viewport = match self.first {
            Some(first) if whole.scale < FIRST_SCALE => {
                let middle = Point::new(size.width / 2.0, size.height / 2.0);
                whole
                    .scaled(FIRST_SCALE, middle)
                    .revealing(first, size, 2.0 * PADDING_PX)
            }
            _ => whole,
        };
        self.viewport.set(viewport);
        self.is_moved.set(false);
    }

    fn zoom(self, factor: f64) {
        if let Some(size) = self.size() {
            self.zoom_at(factor, Point::new(size.width / 2.0, size.height / 2.0));
        }
    }

    fn zoom_at(self, factor: f64, at: Point) {
        self.viewport
            .update(|viewport| *viewport = viewport.zoomed(factor, at));
        self.is_moved.set(true);
    }

    fn on_wheel(self, wheel: &WheelEvent) {
        let Some(place) = self.place.get_untracked() else {
            return;
        };
        wheel.prevent_default();
        let corner = place.get_bounding_client_rect();
        let at = Point::new(
            f64::from(wheel.client_x()) - corner.left(),
            f64::from(wheel.client_y()) - corner.top(),
        );
        self.zoom_at(Viewport::wheel_factor(wheel.delta_y()), at);
    }

    fn on_key(self, key: &KeyboardEvent) {
        match key.key().as_str() {
            "+" | "=" => self.zoom(ZOOM_STEP),
            "-" => self.zoom(1.0 / ZOOM_STEP),
            "0" => self.fit(),
            _ => return,
        }
        key.prevent_default();
    }

    fn grip(self, pointer: &PointerEvent) {
        if pointer.button() == 0 {
            let at = place_of(pointer);
            self.hold.set(Some((at, at)));
        }
    }

    fn drag(self, pointer: &PointerEvent) {
        let Some((from, before)) = self.hold.get_untracked() else {
            return;
        };
        let now = place_of(pointer);
        if from.distance(now) < CLICK_PX && from == before {
            return;
        }
        if from == before {
            // From here on it is no click: the drag keeps the pointer wherever it goes.
            let target = pointer.current_target();
            if let Some(target) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
                let _ = target.set_pointer_capture(pointer.pointer_id());
            }
        }
        let by = Vector::new(now.x - before.x, now.y - before.y);
        self.viewport.update(|viewport| *viewport = viewport.panned(by));
        self.hold.set(Some((from, now)));
        self.is_moved.set(true);
    }
}

fn place_of(pointer: &PointerEvent) -> Point {
    Point::new(pointer.client_x().into(), pointer.client_y().into())
}

/// The graph of a rule, with what a run made of it.
#[component]
pub(crate) fn GraphView(
    /// The graph.
    drawing: Arc<Drawing>,
    /// What became of its nodes. What changes is drawn in place: the reader may have moved the graph, or hold a node.
    run: Memo<RunView>,
    /// The node that is looked at.
    chosen: Memo<Option<String>>,
    /// A node was chosen.
    on_choose: Callback<String>,
) -> impl IntoView {
    let camera = Camera {
        place: NodeRef::new(),
        viewport: RwSignal::new(Viewport::default()),
        area: drawing.bounds(),
        first: drawing.first(chosen.get_untracked().as_deref()),
        is_moved: RwSignal::new(false),
        hold: RwSignal::new(None),
    };
    Effect::new(move |_| {
        camera.place.track();
        // It is in the page, and so has a size, only once that is laid out.
        request_animation_frame(move || camera.open());
    });
    let resized = window_event_listener(ev::resize, move |_| {
        if !camera.is_moved.get_untracked() {
            camera.open();
        }
    });
    on_cleanup(move || resized.remove());
    let nodes: Vec<_> = drawing
        .document
        .nodes()
        .filter_map(|shown| {
            let (all, id) = (Arc::clone(&drawing), shown.id.clone());
            let appearance = Memo::new(move |_| run.with(|run| run.node(&all.document, &id)));
            node(&drawing, shown, appearance, chosen, on_choose)
        })
        .collect();
    let edges = move || run.with(|run| edges(&drawing, run));
    let viewport = camera.viewport;
    view! {
        <div class="graph-view" node_ref=camera.place on:keydown=move |key| camera.on_key(&key)>
            <svg
                role="group"
                aria-label=words().run.graph
                class:far=move || viewport.with(|viewport| viewport.scale < READABLE_SCALE)
                class:held=move || camera.hold.with(Option::is_some)
                on:wheel=move |wheel| camera.on_wheel(&wheel)
                on:pointerdown=move |pointer| camera.grip(&pointer)
                on:pointermove=move |pointer| camera.drag(&pointer)
                on:pointerup=move |_| camera.hold.set(None)
                on:pointercancel=move |_| camera.hold.set(None)
            >
                <g transform=move || viewport.get().transform()>{edges} {nodes}</g>
            </svg>
            <ZoomButtons camera=camera />
        </div>
    }
}

#[component]
fn ZoomButtons(camera: Camera) -> impl IntoView {
    let words = &words().run;
    let button = |icon, label: &'static str, act: Callback<()>| {
        view! {
            <button class="button quiet icon" type="button" title=label aria-label=label on:click=move |_| act.run(())>
                <Sign icon=icon />
            </button>
        }
    };
    view! {
        <div class="graph-zoom">
            {button(Icon::Minus, words.zoom_out, Callback::new(move |()| camera.zoom(1.0 / ZOOM_STEP)))}
            {button(Icon::Plus, words.zoom_in, Callback::new(move |()| camera.zoom(ZOOM_STEP)))}
            {button(Icon::Fit, words.zoom_fit, Callback::new(move |()| camera.fit()))}
        </div>
    }
}
