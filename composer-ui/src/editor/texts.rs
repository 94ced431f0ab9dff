//! The editor's texts, in every language.

mod english;
mod portuguese;

use canvas::{connect::Refusal, edit::EditError};

use crate::words::{Language, language};

/// The texts in the language of the page.
pub(super) fn texts() -> &'static Texts {
    match language() {
        Language::English => &english::TEXTS,
        Language::Portuguese => &portuguese::TEXTS,
    }
}

/// The canvas's own name of the language of the page.
pub(super) fn drawn_language() -> canvas::words::Language {
    match language() {
        Language::English => canvas::words::Language::En,
        Language::Portuguese => canvas::words::Language::Pt,
    }
}

/// All texts of the editor.
pub(super) struct Texts {
    pub(super) canvas: &'static str,
    pub(super) canvas_help: &'static str,
    pub(super) new_rule: &'static str,
    pub(super) rule_name: &'static str,
    pub(super) version: fn(u32) -> String,
    pub(super) unsaved: &'static str,
    pub(super) saved: &'static str,
    pub(super) leave: &'static str,
    pub(super) undo: &'static str,
    pub(super) redo: &'static str,
    pub(super) save: &'static str,
    pub(super) save_hint: &'static str,
    pub(super) publish: &'static str,
    pub(super) fit: &'static str,
    pub(super) zoom_in: &'static str,
    pub(super) zoom_out: &'static str,
    pub(super) life_size: &'static str,
    pub(super) unreadable: fn(&str) -> String,
    pub(super) refused: fn(&EditError) -> String,
    pub(super) refusal: fn(&Refusal) -> String,
    pub(super) picker: Picker,
    pub(super) empty_title: &'static str,
    pub(super) empty: &'static str,
    pub(super) first_node: &'static str,
    pub(super) rename: &'static str,
}

/// Choosing what a new node does.
pub(super) struct Picker {
    pub(super) title: &'static str,
    pub(super) filter: &'static str,
    pub(super) condition: &'static str,
    pub(super) condition_hint: &'static str,
    pub(super) nothing: &'static str,
    pub(super) palette: &'static str,
}
