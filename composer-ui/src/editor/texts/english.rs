//! English.

use canvas::{connect::Refusal, edit::EditError};
use rules::model::MAX_DEPENDENCIES;

use super::{Picker, Texts};

pub(super) static TEXTS: Texts = Texts {
    canvas: "Canvas of the rule",
    canvas_help: "Tab adds a node after the one that is selected. Arrow keys move what is selected, Delete removes it, F2 renames it.",
    new_rule: "New rule",
    rule_name: "Name of the rule",
    version: |version| format!("Version {version}"),
    unsaved: "Unsaved changes",
    saved: "Saved as a draft",
    leave: "There are unsaved changes. Leave without saving them?",
    undo: "Undo (Ctrl+Z)",
    redo: "Do again (Ctrl+Shift+Z)",
    save: "Save draft",
    save_hint: "Save as a draft (Ctrl+S)",
    publish: "Publish",
    fit: "Show all (0)",
    zoom_in: "Zoom in (+)",
    zoom_out: "Zoom out (-)",
    life_size: "Actual size (1)",
    unreadable: |detail| format!("This rule cannot be drawn: {detail}"),
    refused: EditError::to_string,
    refusal,
    picker: Picker {
        title: "Add a node",
        filter: "Type to filter",
        condition: "Condition",
        condition_hint: "Asks something of the event, and goes on with yes or no.",
        nothing: "Nothing is called so.",
        palette: "Nodes to add",
    },
    empty_title: "An empty rule",
    empty: "A rule begins with a condition or a task. Double-click anywhere, or drag one from the left.",
    first_node: "Add the first node",
    rename: "Name of the node",
};

fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Itself => "A node cannot wait for itself.".to_owned(),
        Refusal::Cycle(nodes) => format!("This would be a circle: {}.", nodes.join(" → ")),
        Refusal::Connected(_) => "These two are connected already.".to_owned(),
        Refusal::NoSuchExit => "A task succeeds or fails: only a condition can end in an error.".to_owned(),
        Refusal::TooMany => format!("A node waits for at most {MAX_DEPENDENCIES} others."),
        Refusal::UnknownNode(id) => format!("There is no node {id}."),
    }
}
