//! Where the keyboard's focus goes.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// What takes a value.
const FIELDS: &str = ":is(input, select, textarea)";

/// Gives the keys back to the canvas.
pub(super) fn canvas() {
    focus(".stage");
}

/// Puts the focus on the inspector's first field of a member, once that is drawn.
pub(super) fn member(member: &str) {
    place(&format!("/{member}"));
}

/// Puts the focus on the field of a place in what is inspected, named by its pointer, once that is drawn; if the place
/// has no field of its own, on the first of what it is in.
pub(super) fn place(pointer: &str) {
    let pointer = pointer.to_owned();
    request_animation_frame(move || {
        let _ = places(&pointer).any(focus_in);
    });
}

/// A place, and what it is in, from the inside out.
fn places(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |inner| {
        inner.rsplit_once('/').map(|(outer, _)| outer)
    })
}

/// The one that is chosen among radio buttons, and a field for a value rather than a button.
fn focus_in(place: &str) -> bool {
    let place = place.replace('\\', "\\\\").replace('"', "\\\"");
    let place = format!(".editor [data-pointer=\"{place}\"]");
    focus(&format!("{place} [type=radio]:checked"))
        || focus(&format!("{place}{FIELDS}, {place} {FIELDS}"))
        || focus(&format!("{place} button"))
}

/// Whether there is such a thing.
fn focus(selector: &str) -> bool {
    let Ok(Some(found)) = document().query_selector(selector) else {
        return false;
    };
    if let Some(found) = found.dyn_ref::<HtmlElement>() {
        // What is in the document and visible takes it.
        let _ = found.focus();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_sought_from_the_inside_out() {
        let all: Vec<&str> = places("/expect/4/value").collect();
        assert_eq!(all, ["/expect/4/value", "/expect/4", "/expect", ""]);
        assert_eq!(places("").collect::<Vec<_>>(), [""]);
    }
}
