//! The palette: what a node can be, to click, or to drag onto the canvas.

use canvas::{
    geometry::{NODE_SIZE, Point},
    hit::Hit,
};
use leptos::{html, prelude::*};
use web_sys::PointerEvent;

use super::{
    Editor, focus,
    hand::{Insertion, Wanted},
    picker::{Choice, KindSign, matching},
};

/// So many pixels make a drag of a click.
const TREMBLE: i32 = 4;

/// A choice on its way to the canvas.
#[derive(Debug, Clone, PartialEq)]
struct Carried {
    choice: Choice,
    from: (i32, i32),
    at: (i32, i32),
    is_moved: bool,
}

/// The palette.
#[component]
pub(super) fn Palette() -> impl IntoView {
    let editor = expect_context::<Editor>();
    let words = &editor.texts.picker;
    let all = editor.choices();
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| matching(&all, &query.get()));
    let carried: RwSignal<Option<Carried>> = RwSignal::new(None);
    let rows = move || {
        let rows = found
            .get()
            .into_iter()
            .map(|choice| view! { <Row choice=choice carried=carried /> });
        rows.collect_view()
    };
    move || {
        (!editor.board.is_read_only.get()).then(|| {
            view! {
                <aside class="palette" aria-label=words.palette>
                    <input
                        class="field"
                        type="search"
                        aria-label=words.filter
                        placeholder=words.filter
                        on:input=move |event| query.set(event_target_value(&event))
                    />
                    <ul>{rows}</ul>
                    {move || {
                        carried
                            .get()
                            .filter(|carried| carried.is_moved)
                            .map(|carried| {
                                view! {
                                    <div
                                        class="carried"
                                        style:left=format!("{}px", carried.at.0)
                                        style:top=format!("{}px", carried.at.1)
                                    >
                                        <KindSign kind=carried.choice.kind task=carried.choice.task.clone() />
                                        {carried.choice.title}
                                    </div>
                                }
                            })
                    }}
                </aside>
            }
        })
    }
}

#[component]
fn Row(choice: Choice, carried: RwSignal<Option<Carried>>) -> impl IntoView {
    let editor = expect_context::<Editor>();
    let button = NodeRef::<html::Button>::new();
    let taken = choice.clone();
    let press = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(button) = button.get_untracked() {
            // Without capture the drag ends at the button's border.
            let _ = button.set_pointer_capture(event.pointer_id());
        }
        let at = (event.client_x(), event.client_y());
        carried.set(Some(Carried {
            choice: taken.clone(),
            from: at,
            at,
            is_moved: false,
        }));
    };
    let drag = move |event: PointerEvent| {
        if carried.with_untracked(Option::is_none) {
            return;
        }
        carried.update(|carried| {
            if let Some(carried) = carried {
                carried.at = (event.client_x(), event.client_y());
                let far = |one: i32, other: i32| (one - other).abs() > TREMBLE;
                carried.is_moved |= far(carried.at.0, carried.from.0) || far(carried.at.1, carried.from.1);
            }
        });
        editor.show_splice(carried.with_untracked(|carried| {
            carried
                .as_ref()
                .filter(|carried| carried.is_moved)
                .map(|carried| carried.at)
        }));
    };
    let release = move |_: PointerEvent| {
        let Some(dropped) = carried.get_untracked() else {
            return;
        };
        carried.set(None);
        editor.show_splice(None);
        if dropped.is_moved {
            editor.drop_choice(&dropped.choice, dropped.at);
        }
    };
    let clicked = choice.clone();
    let click = move |event: web_sys::MouseEvent| {
        // A drag ends with a click, too; it was told apart by where it ended.
        let is_click = event.detail() == 0 || is_over(&event, button);
        if is_click {
            editor.insert_beside(&clicked);
        }
    };
    let name = choice.task.clone().unwrap_or_else(|| "condition".to_owned());
    view! {
        <li>
            <button
                node_ref=button
                type="button"
                title=choice.description.clone()
                data-choice=name
                on:pointerdown=press
                on:pointermove=drag
                on:pointerup=release
                on:pointercancel=move |_| carried.set(None)
                on:click=click
            >
                <KindSign kind=choice.kind task=choice.task.clone() />
                <span>{choice.title.clone()}</span>
            </button>
        </li>
    }
}

fn is_over(event: &web_sys::MouseEvent, button: NodeRef<html::Button>) -> bool {
    button.get_untracked().is_some_and(|button| {
        let area = button.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        (area.left()..=area.right()).contains(&x) && (area.top()..=area.bottom()).contains(&y)
    })
}

/// Where a point of the window is on the drawing area, if it is there.
fn on_stage(at: (i32, i32)) -> Option<Point> {
    let stage = document().query_selector(".stage").ok().flatten()?;
    let area = stage.get_bounding_client_rect();
    let (x, y) = (f64::from(at.0) - area.left(), f64::from(at.1) - area.top());
    let is_inside = (0.0..=area.width()).contains(&x) && (0.0..=area.height()).contains(&y);
    is_inside.then(|| Point::new(x, y))
}

impl Editor {
    /// What a node let go here would be connected with.
    fn place_at(self, at: Point) -> Wanted {
        let view = self.board.view.get_untracked();
        let at = view.to_canvas(at);
        let place = match self.board.with_scene(|scene| scene.at(at, view.scale)) {
            Hit::Edge(edge) => Insertion::Into(edge),
            _ => Insertion::Free,
        };
        Wanted { at, place }
    }

    /// Shows into which edge a node would be put.
    fn show_splice(self, at: Option<(i32, i32)>) {
        let place = at.and_then(on_stage).map(|at| self.place_at(at).place);
        let edge = match place {
            Some(Insertion::Into(edge)) => Some(edge),
            _ => None,
        };
        if self.hand.splices.with_untracked(|now| *now != edge) {
            self.hand.splices.set(edge);
        }
    }

    /// Adds what was dragged here, into an edge if it was let go on one.
    fn drop_choice(self, choice: &Choice, at: (i32, i32)) {
        if let Some(at) = on_stage(at) {
            let mut wanted = self.place_at(at);
            wanted.at.y -= NODE_SIZE.height / 2.0;
            self.insert(choice.kind, choice.task.as_deref(), &wanted);
            focus::canvas();
        }
    }
}
