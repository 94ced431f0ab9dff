//! The editor's texts, in every language.

mod english;
mod portuguese;

use canvas::{connect::Refusal, edit::EditError};
use rules::{Operator, model::EdgeState};

use super::inspector::Numbers;
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
    pub(super) name_taken: fn(&str) -> String,
    pub(super) leave_title: &'static str,
    pub(super) leave: &'static str,
    pub(super) leave_action: &'static str,
    pub(super) read_only: &'static str,
    pub(super) edit_newest: &'static str,
    pub(super) undo: &'static str,
    pub(super) redo: &'static str,
    pub(super) save: &'static str,
    pub(super) save_hint: &'static str,
    pub(super) publish: &'static str,
    pub(super) cannot_publish: &'static str,
    pub(super) view: &'static str,
    pub(super) fit: &'static str,
    pub(super) zoom_in: &'static str,
    pub(super) zoom_out: &'static str,
    pub(super) life_size: &'static str,
    pub(super) unreadable: fn(&str) -> String,
    pub(super) refused: fn(&EditError) -> String,
    pub(super) refusal: fn(&Refusal) -> String,
    pub(super) empty_title: &'static str,
    pub(super) empty: &'static str,
    pub(super) first_node: &'static str,
    pub(super) rename: &'static str,
    pub(super) close_drawer: &'static str,
    pub(super) picker: Picker,
    pub(super) problems: Problems,
    pub(super) inspector: Inspector,
    pub(super) simulation: Simulation,
    pub(super) versions: Versions,
    pub(super) menu: Menu,
    pub(super) find: Find,
    pub(super) list: List,
    pub(super) said: Said,
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

/// What is wrong.
pub(super) struct Problems {
    pub(super) title: &'static str,
    pub(super) none: &'static str,
    pub(super) checking: &'static str,
}

/// What is selected, member by member.
pub(super) struct Inspector {
    pub(super) title: &'static str,
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) condition: &'static str,
    pub(super) task: &'static str,
    pub(super) expects: &'static str,
    pub(super) match_all: &'static str,
    pub(super) match_any: &'static str,
    pub(super) always: &'static str,
    pub(super) add_expectation: &'static str,
    pub(super) remove: &'static str,
    pub(super) field: &'static str,
    pub(super) operator: &'static str,
    pub(super) operators: fn(Operator) -> &'static str,
    pub(super) value: &'static str,
    pub(super) value_to: &'static str,
    pub(super) value_list: &'static str,
    pub(super) kind_of_value: &'static str,
    pub(super) kind_text: &'static str,
    pub(super) kind_number: &'static str,
    pub(super) kind_bool: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) unset: &'static str,
    pub(super) add_item: &'static str,
    pub(super) unknown_parameter: &'static str,
    pub(super) take_from_event: &'static str,
    pub(super) type_a_value: &'static str,
    pub(super) runs_after: &'static str,
    pub(super) join: &'static str,
    pub(super) join_all: &'static str,
    pub(super) join_any: &'static str,
    pub(super) on_failure: &'static str,
    pub(super) failure_fail: &'static str,
    pub(super) failure_continue: &'static str,
    pub(super) failure_abort: &'static str,
    pub(super) retry: &'static str,
    pub(super) attempts: &'static str,
    pub(super) longest_trying: &'static str,
    pub(super) first_wait: &'static str,
    pub(super) longest_wait: &'static str,
    pub(super) wait_grows: &'static str,
    pub(super) timeout: &'static str,
    pub(super) takes: fn(&Numbers) -> String,
    pub(super) undone_by: &'static str,
    pub(super) undone_by_nothing: &'static str,
    pub(super) json: &'static str,
    pub(super) form: &'static str,
    pub(super) apply: &'static str,
    pub(super) not_json: &'static str,
    pub(super) edge: &'static str,
    pub(super) edge_when: &'static str,
    pub(super) any: &'static str,
    pub(super) note: &'static str,
    pub(super) several: fn(usize) -> String,
    pub(super) delete: &'static str,
    pub(super) duplicate: &'static str,
    pub(super) rule: &'static str,
    pub(super) description: &'static str,
    pub(super) when: &'static str,
    pub(super) when_hint: &'static str,
}

/// Trying the rule out.
pub(super) struct Simulation {
    pub(super) title: &'static str,
    pub(super) event: &'static str,
    pub(super) example: &'static str,
    pub(super) last_run: &'static str,
    pub(super) no_run: &'static str,
    pub(super) run: &'static str,
    pub(super) step: &'static str,
    pub(super) all_steps: &'static str,
    pub(super) clear: &'static str,
    pub(super) not_json: fn(&str) -> String,
    pub(super) broken: &'static str,
    pub(super) unavailable: &'static str,
    pub(super) hint: &'static str,
    pub(super) result: &'static str,
    pub(super) as_it_comes: &'static str,
    pub(super) told_success: &'static str,
    pub(super) told_failure: &'static str,
    pub(super) posts: &'static str,
    pub(super) sends: &'static str,
    pub(super) account: &'static str,
    pub(super) debit: &'static str,
    pub(super) credit: &'static str,
    pub(super) statuses: fn(&str) -> &'static str,
    pub(super) states: fn(canvas::run::Appearance) -> &'static str,
}

/// Versions, and what differs between them.
pub(super) struct Versions {
    pub(super) title: &'static str,
    pub(super) published: &'static str,
    pub(super) open: &'static str,
    pub(super) compare: &'static str,
    pub(super) hint: &'static str,
    pub(super) publish: fn(u32) -> String,
    pub(super) publish_meaning: &'static str,
    pub(super) differs: fn(u32) -> String,
    pub(super) same: &'static str,
    pub(super) added: &'static str,
    pub(super) removed: &'static str,
    pub(super) changed: &'static str,
    pub(super) edges: &'static str,
    pub(super) moved: fn(usize) -> String,
    pub(super) notes: &'static str,
    pub(super) of_rule: &'static str,
    pub(super) conflict: fn(u32) -> String,
    pub(super) conflict_meaning: &'static str,
    pub(super) keep_mine: &'static str,
    pub(super) take_theirs: &'static str,
    pub(super) more: &'static str,
}

/// What is done with the whole.
pub(super) struct Menu {
    pub(super) title: &'static str,
    pub(super) top_down: &'static str,
    pub(super) left_right: &'static str,
    pub(super) note: &'static str,
    pub(super) new_note: &'static str,
    pub(super) export_json: &'static str,
    pub(super) export_svg: &'static str,
    pub(super) import_json: &'static str,
    pub(super) rule_settings: &'static str,
    pub(super) list: &'static str,
    pub(super) minimap: &'static str,
}

/// Finding nodes.
pub(super) struct Find {
    pub(super) title: &'static str,
    pub(super) placeholder: &'static str,
    pub(super) none: &'static str,
}

/// The graph as a list.
pub(super) struct List {
    pub(super) title: &'static str,
    pub(super) wave: fn(u32) -> String,
    pub(super) edge: fn(&str, &str, &str) -> String,
    pub(super) note: fn(&str) -> String,
    pub(super) connect: &'static str,
    pub(super) to: &'static str,
    pub(super) no_targets: &'static str,
}

/// What is read out.
pub(super) struct Said {
    pub(super) undone: &'static str,
    pub(super) redone: &'static str,
    pub(super) deleted: &'static str,
    pub(super) copied: &'static str,
    pub(super) selected: fn(&str) -> String,
    pub(super) several: fn(usize) -> String,
    pub(super) size: fn(f64, f64) -> String,
    pub(super) connected: fn(&str, &str) -> String,
}

/// The states of an edge, in the order in which they are offered.
pub(super) const EDGE_STATES: [EdgeState; 4] = [
    EdgeState::Success,
    EdgeState::Failure,
    EdgeState::Error,
    EdgeState::Any,
];
