//! The keys of the canvas. While a field has the focus, or a dialog is open, they are not the canvas's.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    Editor, focus,
    walking::{Turn, Way},
};

/// How far an arrow key moves: a step of the grid.
const STEP: f64 = 16.0;
/// And with Shift.
const LEAP: f64 = 80.0;
/// A key's zoom.
const ZOOM: f64 = 1.2;

/// Listens as long as the editor is open.
pub(super) fn listen(editor: Editor) {
    let listening = window_event_listener(ev::keydown, move |key| {
        if !are_the_canvas() {
            // From a field of the inspector the way back leads past all the others.
            if key.key() == "Escape" && is_free() && is_inspecting() {
                focus::canvas();
            }
            return;
        }
        let is_command = key.ctrl_key() || key.meta_key();
        let is_taken = if is_command {
            command(editor, &key)
        } else if key.alt_key() {
            with_alt(editor, &key)
        } else {
            plain(editor, &key)
        };
        if is_taken {
            key.prevent_default();
        }
    });
    let saving = window_event_listener(ev::keydown, move |key| {
        // Saving is the one thing that typing must not hinder.
        if (key.ctrl_key() || key.meta_key()) && key.key().eq_ignore_ascii_case("s") && is_free() {
            key.prevent_default();
            editor.save();
        }
    });
    on_cleanup(move || {
        listening.remove();
        saving.remove();
    });
}

/// Whether keys and the clipboard are the canvas's now.
pub(super) fn are_the_canvas() -> bool {
    !is_typing() && is_free()
}

/// Whether what is typed goes into a field.
fn is_typing() -> bool {
    let Some(focused) = document().active_element() else {
        return false;
    };
    let is_field = matches!(focused.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    is_field
        || focused
            .dyn_ref::<HtmlElement>()
            .is_some_and(HtmlElement::is_content_editable)
}

/// Whether the inspector has the focus.
fn is_inspecting() -> bool {
    matches!(document().query_selector(".inspector :focus"), Ok(Some(_)))
}

/// Whether no dialog is open.
fn is_free() -> bool {
    matches!(document().query_selector("dialog[open]"), Ok(None))
}

/// Whether the focus is on the canvas, or nowhere: a button or link takes its own keys.
fn is_on_canvas() -> bool {
    document().active_element().is_none_or(|focused| {
        focused.tag_name() == "BODY" || focused.tag_name() == "MAIN" || focused.class_list().contains("stage")
    })
}

/// With Alt arrows go to another node; with Shift, too, they resize a note.
fn with_alt(editor: Editor, key: &KeyboardEvent) -> bool {
    let Some(way) = Way::of_key(&key.key()) else {
        return false;
    };
    if key.shift_key() {
        return editor.resize_by(way.vector(STEP));
    }
    editor.walk(way);
    true
}

fn command(editor: Editor, key: &KeyboardEvent) -> bool {
    match (key.key().to_ascii_lowercase().as_str(), key.shift_key()) {
        ("z", false) => editor.undo(),
        ("z", true) | ("y", _) => editor.redo(),
        ("a", _) => editor.select_all(),
        ("d", _) => editor.duplicate(),
        ("f", _) => editor.finds.set(true),
        _ => return false,
    }
    true
}

fn plain(editor: Editor, key: &KeyboardEvent) -> bool {
    let distance = if key.shift_key() { LEAP } else { STEP };
    match key.key().as_str() {
        "Escape" => editor.escape(),
        _ if !is_on_canvas() => return false,
        "Delete" | "Backspace" => editor.delete(),
        "+" | "=" => editor.zoom_by(ZOOM),
        "-" | "_" => editor.zoom_by(1.0 / ZOOM),
        "0" => editor.board.fit(),
        "1" => editor.zoom_to_life(),
        "F2" => editor.rename(),
        " " => editor.hand.pans.set(true),
        "Tab" if !key.shift_key() => return editor.insert_after_selected(),
        "Enter" => return editor.open_inspector(),
        "e" | "E" => return editor.connect_selected(),
        "PageDown" => editor.go_on(Turn::Next),
        "PageUp" => editor.go_on(Turn::Back),
        other => {
            let way = Way::of_key(other);
            return way.is_some_and(|way| editor.nudge(way.vector(distance)));
        }
    }
    true
}
