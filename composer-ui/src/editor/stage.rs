//! The drawing area: what is drawn, and the browser's events, handed on as points and buttons.

use canvas::{
    geometry::{Orientation, Point, Size, Vector},
    hit::Hit,
    viewport::Viewport,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Element, PointerEvent, ResizeObserver, WheelEvent};

use super::{
    Editor,
    edge::EdgeView,
    hand::{Button, Pointer},
    node::NodeView,
    note::NoteView,
    overlay::Overlay,
};

/// Below this scale nodes show their sign and name only.
const FAR: f64 = 0.4;

/// The drawing area.
#[component]
pub(super) fn Stage() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let (board, hand) = (editor.board, editor.hand);
    let frame = NodeRef::<html::Div>::new();
    measure(frame, editor);
    let told = move |event: &PointerEvent| pointer_of(event, frame);
    let is_pointed_at = RwSignal::new(false);
    let press = move |event: PointerEvent| {
        if is_of_a_control(&event) {
            return;
        }
        if let Some(frame) = frame.get_untracked() {
            // Without capture a drag ends at the border: bad, and no reason to fail.
            let _ = frame.set_pointer_capture(event.pointer_id());
            let _ = frame.focus();
        }
        // The middle button would scroll, the main one select text.
        event.prevent_default();
        is_pointed_at.set(true);
        hand.press(told(&event));
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let at = point_of(&event, frame);
        let lines = if event.delta_mode() == 0 { 1.0 } else { 32.0 };
        if event.shift_key() {
            return hand.pan(Vector::new(-(event.delta_y() + event.delta_x()) * lines, 0.0));
        }
        hand.zoom(Viewport::wheel_factor(event.delta_y() * lines), at);
    };
    let double = move |event: web_sys::MouseEvent| editor.double_click(point_of(&event, frame));
    let scale = Memo::new(move |_| board.view.get().scale);
    let is_over_port = move || matches!(hand.hover.get(), Hit::Port { .. });
    view! {
        <div
            node_ref=frame
            class="stage"
            class:pointed=is_pointed_at
            class:far=move || scale.get() < FAR
            class:pans=move || hand.pans.get() || hand.is_panning.get()
            class:panning=move || hand.is_panning.get()
            class:connecting=move || hand.loose.with(Option::is_some)
            class:over-port=is_over_port
            class:left-right=move || board.orientation.get() == Orientation::LeftRight
            class:shows-run=move || board.run.with(Option::is_some)
            tabindex="0"
            role="application"
            aria-label=editor.texts.canvas
            aria-describedby="canvas-help"
            on:pointerdown=press
            on:pointermove=move |event| hand.drag(told(&event))
            on:pointerup=move |event| hand.release(told(&event))
            on:pointercancel=move |_| hand.give_up()
            on:pointerleave=move |_| hand.leave()
            on:keydown=move |_| is_pointed_at.set(false)
            on:blur=move |_| editor.lets_go.set_value(false)
            on:wheel=wheel
            on:dblclick=double
            on:contextmenu=|event| event.prevent_default()
        >
            <p id="canvas-help" class="unseen">{editor.texts.canvas_help}</p>
            <svg class="drawing" aria-hidden="false">
                <Dots />
                <g class="world" transform=move || board.view.get().transform()>
                    <Things />
                    <Overlay />
                </g>
            </svg>
        </div>
    }
}

/// The dotted grid. It fades as the view is zoomed out.
#[component]
fn Dots() -> impl IntoView {
    let view = expect_context::<Editor>().board.view;
    let fade = move || ((view.get().scale - 0.3) / 0.4).clamp(0.0, 1.0);
    view! {
        <defs>
            <pattern
                id="dots"
                width="16"
                height="16"
                patternUnits="userSpaceOnUse"
                patternTransform=move || view.get().transform()
            >
                <circle class="dot" cx="0.7" cy="0.7" r="0.7" />
            </pattern>
        </defs>
        <rect class="dots" width="100%" height="100%" fill="url(#dots)" opacity=fade />
    }
}

/// Notes below edges below nodes.
#[component]
fn Things() -> impl IntoView {
    let shown = expect_context::<Editor>().board.shown;
    let notes = Memo::new(move |_| shown.with(|shown| shown.notes.clone()));
    let edges = Memo::new(move |_| shown.with(|shown| shown.edges.clone()));
    let nodes = Memo::new(move |_| shown.with(|shown| shown.nodes.clone()));
    view! {
        <For each=move || notes.get() key=Clone::clone let:id>
            <NoteView id=id />
        </For>
        <For each=move || edges.get() key=Clone::clone let:id>
            <EdgeView id=id />
        </For>
        <For each=move || nodes.get() key=Clone::clone let:id>
            <NodeView id=id />
        </For>
    }
}

/// Keeps the board told how large the drawing area is.
fn measure(frame: NodeRef<html::Div>, editor: Editor) {
    Effect::new(move |_| {
        let Some(frame) = frame.get() else { return };
        let element: Element = frame.into();
        let area_of = element.clone();
        let resized = Closure::<dyn FnMut()>::new(move || {
            let area = area_of.get_bounding_client_rect();
            if area.width() < 1.0 || editor.board.screen.is_disposed() {
                return;
            }
            editor.board.resize(Size::new(area.width(), area.height()));
        });
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&element);
            // The page goes with its drawing area: what is observed no more calls nothing.
            resized.forget();
            let observer = StoredValue::new_local(observer);
            on_cleanup(move || {
                let _ = observer.try_update_value(|observer| observer.disconnect());
            });
        }
    });
    let released = window_event_listener(ev::keyup, move |event| {
        if event.key() == " " {
            editor.hand.pans.set(false);
        }
    });
    let blurred = window_event_listener(ev::blur, move |_| editor.hand.pans.set(false));
    on_cleanup(move || {
        released.remove();
        blurred.remove();
    });
}

fn pointer_of(event: &PointerEvent, frame: NodeRef<html::Div>) -> Pointer {
    Pointer {
        id: event.pointer_id(),
        at: point_of(event, frame),
        button: match event.button() {
            0 => Button::Main,
            1 => Button::Middle,
            _ => Button::Other,
        },
        extends: event.shift_key(),
        toggles: event.ctrl_key() || event.meta_key(),
        is_touch: event.pointer_type() == "touch",
    }
}

/// Where on the drawing area an event is.
pub(super) fn point_of(event: &web_sys::MouseEvent, frame: NodeRef<html::Div>) -> Point {
    let Some(frame) = frame.get_untracked() else {
        return Point::default();
    };
    let area = frame.get_bounding_client_rect();
    Point::new(
        f64::from(event.client_x()) - area.left(),
        f64::from(event.client_y()) - area.top(),
    )
}

/// Whether a button or field lies above the canvas here.
fn is_of_a_control(event: &PointerEvent) -> bool {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let control = target.and_then(|target| target.closest("button, input, select, textarea").ok().flatten());
    control.is_some()
}
