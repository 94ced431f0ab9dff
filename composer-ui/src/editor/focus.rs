//! Where the keyboard's focus goes.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// Gives the keys back to the canvas.
pub(super) fn canvas() {
    focus(".stage");
}

/// Puts the focus on the inspector's first field of a member, once that is drawn.
pub(super) fn member(member: &str) {
    let place = format!(".inspector [data-member='{member}']");
    request_animation_frame(move || focus(&format!("{place} :is(input, select, textarea)")));
}

fn focus(selector: &str) {
    if let Ok(Some(found)) = document().query_selector(selector)
        && let Some(found) = found.dyn_ref::<HtmlElement>()
    {
        // What is in the document and visible takes it.
        let _ = found.focus();
    }
}
